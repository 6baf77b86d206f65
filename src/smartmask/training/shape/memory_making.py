"""The shape memory: chosen among the whole shapes, coded, with a report of what was dropped."""

from collections import Counter
from typing import Any

import numpy as np
from jaxtyping import Float32

from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.codec import SKETCH_PX, SilhouetteCodec
from smartmask.training.shape.fields import LEVELS, ShapeFields
from smartmask.training.shape.memory_curation import curate

ONE_SIDED = frozenset({"book", "clock", "watch", "letter", "number", "sign", "keyboard", "flag"})
"""Their mirror images would be wrong, or hold writing that is."""


def make_memory(data: ShapeFields, codec: SilhouetteCodec) -> tuple[ShapeMemory, dict[str, Any]]:
    """Choose among the shapes of the training split whose licence lets a code be passed on, and code them.

    Returns:
        The memory, and counts of what is in it and of what was dropped.
    """
    candidates = np.array([row for row in data.rows("train") if data.shapes[row].is_bank], np.int64)
    curation = curate(data.shapes, sketches(data), candidates, data.rows("test", "validation"))
    chosen = [data.shapes[row] for row in curation.kept]
    report = {
        "shapes": len(chosen),
        "labels": len({shape.label for shape in chosen}),
        "objects": len({shape.group for shape in chosen}),
        "considered": len(candidates),
        "dropped": curation.dropped,
        "styles": dict(Counter(shape.style for shape in chosen)),
        "sources": dict(sorted(Counter(shape.source for shape in chosen).items())),
    }
    return coded(data, curation.kept, curation.clarities, codec), report


def sketches(data: ShapeFields) -> Float32[np.ndarray, "N S S"]:
    """Small fields of all shapes."""
    found = np.zeros((len(data.shapes), SKETCH_PX, SKETCH_PX), np.float32)
    step = data.fields.shape[1] // SKETCH_PX
    for start in range(0, len(found), 500):
        part = data.fields[start : start + 500].astype(np.float32) / LEVELS
        found[start : start + 500] = part.reshape(-1, SKETCH_PX, step, SKETCH_PX, step).mean((2, 4))
    return found


def coded(data: ShapeFields, rows: np.ndarray, clarities: np.ndarray, codec: SilhouetteCodec) -> ShapeMemory:
    """The memory of some shapes."""
    known = [
        RememberedShape(
            label=shape.label,
            style=shape.style,
            aspect=shape.aspect,
            may_mirror=shape.label.split()[-1] not in ONE_SIDED,
            source=shape.source,
            group=shape.group,
            licence=shape.licence,
            clarity=float(clarity),
        )
        for shape, clarity in zip((data.shapes[row] for row in rows), clarities, strict=True)
    ]
    codes = [
        codec.encode(data.fields[part].astype(np.float32) / LEVELS)
        for part in np.array_split(rows, max(1, len(rows) // 500))
    ]
    parents = {shape.label: shape.parent for shape in (data.shapes[row] for row in rows)}
    wider = {label: parent for label, parent in parents.items() if parent and parent != label}
    return ShapeMemory.of(known, np.concatenate(codes), codec.digest, wider)
