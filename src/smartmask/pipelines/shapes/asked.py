"""What the networks that draw and choose shapes are told of a request: its words, and what is about it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from smartmask.language.shape_phrases import read_shape_phrase
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import cell_rows, layout_of
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import REFINE_FILL, View

LAYOUT_PX = 64
"""Side of the window in which the layout about a hint is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What lies about a box.

    Attributes:
        log_aspect: ln(width / height) of the box.
        zoom: ln(window side / longer canvas side).
        layout: As `generator_inputs.layout_of` has it.
    """

    log_aspect: float
    zoom: float
    layout: Float32[np.ndarray, "cells L"]

    @staticmethod
    def of(scene: Scene, box_xyxy: BoxXYXY, encoder: TextEncoder) -> "Surroundings":
        """Look at a scene in a window about a box."""
        x0, y0, x1, y1 = box_xyxy
        view = View.around(box_xyxy, REFINE_FILL, scene.layout.size_hw, LAYOUT_PX)
        rows = cell_rows(view.pick(scene.visible_index, OUTSIDE) + np.int16(SPECIAL_ROWS))
        layout = layout_of(rows, encoder.encode(scene.layout.labels))
        return Surroundings(float(np.log((x1 - x0) / (y1 - y0))), view.zoom, layout)


def thing_asked_for(
    prompt: str, encoder: TextEncoder, recall: ShapeRecall | None
) -> Float32[np.ndarray, " D"]:
    """The embedding of the thing that is wanted, by the memory's name for it if it has one."""
    words = recall.words(prompt) if recall else None
    if words and words.matches and words.matches[0].how in ("label", "synonym"):
        return encoder.encode([words.matches[0].label])[0]
    phrase = " ".join(read_shape_phrase(prompt).run)
    return encoder.encode([phrase or prompt])[0]
