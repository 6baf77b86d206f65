"""How plainly each shape of a memory shows what it is called, told by networks that have not learnt from it.

Two readers of silhouettes are trained, each on one half of the groups of the training split, cut otherwise
than those of `evaluation/recogniser.py` are, which only measure. A shape is read by the reader of the half
that its group is not of; its clarity is the probability of its word. A mug whose handle is not seen, a fork
from its edge and a bicycle from behind have little. Labels that are not told apart keep the clarity that they
have.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.shape_words import HALVES, common_word, half_of
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX
from smartmask.model.shape.picture import silhouette_picture
from smartmask.protocols import ShapeCoder
from smartmask.training.recogniser.loop import ReadShapes, RecogniserConfig, logits_of, train_recogniser
from smartmask.training.recogniser.network import RecogniserNetwork
from smartmask.training.shape.fields import ShapeFields

CUT = "clarity"
READ_PX = 128
"""Longer side of a shape that is read."""
_PART = 500


def train_readers(
    data: ShapeFields,
    config: RecogniserConfig,
    run: Path,
    on_log: Callable[[dict[str, Any]], None],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[list[str], list[RecogniserNetwork]]:
    """Train, or go on with, the readers of both halves of the training split; with the words they tell apart.

    Raises:
        CheckpointError: If a run in the folder was begun with other settings, or its state is damaged.
    """
    shapes = [data.shapes[row] for row in data.rows("train")]
    learnt = ReadShapes.of(shapes, ["train"] * len(shapes), CUT)
    readers = [train_recogniser(learnt, half, config, run / f"half_{half}", on_log, clock) for half in HALVES]
    return learnt.words, readers


def with_clarities(
    memory: ShapeMemory, coder: ShapeCoder, words: Sequence[str], readers: Sequence[RecogniserNetwork]
) -> ShapeMemory:
    """The memory with the clarity of each shape whose word the readers tell apart.

    Args:
        memory: The shapes.
        coder: The codec that made its codes.
        words: What the readers tell apart.
        readers: Of both halves.
    """
    number = {word: place for place, word in enumerate(words)}
    labels, groups = memory.rows.texts["label"].texts(), memory.rows.texts["group"].texts()
    rows = np.array([row for row, label in enumerate(labels) if common_word(label) in number], np.int64)
    clarities = memory.rows.clarities.copy()
    for part in np.array_split(rows, max(1, len(rows) // _PART)):
        fields, aspects = coder.decode(memory.codes[part]), memory.aspects[part].tolist()
        masks = [_shape(field, aspect) for field, aspect in zip(fields, aspects, strict=True)]
        pictures = np.stack([silhouette_picture(mask) for mask in masks])
        chances = np.stack([_chances(logits_of(reader, pictures)) for reader in readers])
        for place, row in enumerate(part.tolist()):
            other = 1 - half_of(groups[row], CUT)
            clarities[row] = chances[other, place, number[common_word(labels[row])]]
    return ShapeMemory(
        replace(memory.rows, clarities=clarities), lambda: memory.codes, memory.codec, memory.parents
    )


def _shape(field: Float32[np.ndarray, "F F"], aspect: float) -> Bool[np.ndarray, "h w"]:
    """What a field holds within its frame's margins, in its aspect."""
    inner = np.ascontiguousarray(field[MARGIN_PX : FRAME_PX - MARGIN_PX, MARGIN_PX : FRAME_PX - MARGIN_PX])
    width, height = (READ_PX, READ_PX / aspect) if aspect > 1 else (READ_PX * aspect, READ_PX)
    size = max(1, round(width)), max(1, round(height))
    found = cv2.resize(inner, size, interpolation=cv2.INTER_LINEAR) > 0
    if not found.any():
        found[:] = True
    return np.asarray(found)


def _chances(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(odds / odds.sum(-1, keepdims=True))
