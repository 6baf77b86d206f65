"""The shape memory: chosen among the whole shapes, coded, with a report of what was dropped."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from smartmask.data.whole_shapes import WholeShape
from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.codec import SKETCH_PX, SilhouetteCodec
from smartmask.protocols import ShapeCoder
from smartmask.training.shape.fields import LEVELS, ShapeFields, field_of
from smartmask.training.shape.memory_curation import curate

ONE_SIDED = frozenset({"book", "clock", "watch", "letter", "number", "sign", "keyboard", "flag"})
"""Their mirror images would be wrong, or hold writing that is."""

UNREADABLE = {
    "bench": ("coco:", "mesh_sweethome3d:KatorLegaz/katorlegaz/bench/"),
    "bicycle": ("coco:", "mesh_aws_worlds:"),
    "boat": ("coco:", "mesh_pmndrs_market:", "mesh_quaternius:"),
    "fork": ("mesh_quaternius:", "mesh_robot_objects:"),
    "lamp": ("mesh_sweethome3d:BlendSwap-CC-0/blendswap-cc-0/lamp2/",),
    "motor boat": ("emoji:",),
    "mug": ("mesh_pmndrs_market:mug-1",),
    "truck": ("coco:", "mesh_pmndrs_market:"),
}
"""Groups, by how they begin, whose outlines do not show their label: as we saw it, not judged blind."""


def is_readable(shape: WholeShape | RememberedShape) -> bool:
    """Whether its group is not among those that were found not to show what they are called."""
    return not shape.group.startswith(UNREADABLE.get(shape.label, ()))


def make_memory(data: ShapeFields, codec: SilhouetteCodec) -> tuple[ShapeMemory, dict[str, Any]]:
    """Choose among the shapes of the training split whose licence lets a code be passed on, and code them.

    Returns:
        The memory, and counts of what is in it and of what was dropped.
    """
    banked = [row for row in data.rows("train") if data.shapes[row].is_bank]
    candidates = np.array([row for row in banked if is_readable(data.shapes[row])], np.int64)
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


def with_renders(
    memory: ShapeMemory, rendered: Sequence[WholeShape], data: ShapeFields, codec: ShapeCoder
) -> tuple[ShapeMemory, dict[str, Any]]:
    """A memory with the best of some further shapes behind its own, of which those stay that are readable.

    Args:
        memory: What is known already.
        rendered: Shapes that may be added, whose licence lets a code be passed on.
        data: Whole shapes, of which those that are held out have no double in what is added.
        codec: The codec that made the memory's codes.

    Returns:
        The memory, and counts of what was added, and of what was dropped for which reason.
    """
    known = [memory.entry(number) for number in range(len(memory))]
    readable = np.array([number for number, shape in enumerate(known) if is_readable(shape)], np.int64)
    unreadable = len(known) - len(readable)
    memory, known = memory.of_numbers(readable), [known[number] for number in readable]
    held = data.rows("test", "validation")
    new = ShapeFields(list(rendered), ["train"] * len(rendered), np.stack([field_of(s) for s in rendered]))
    first, last = len(known), len(known) + len(held)
    every: list[WholeShape | RememberedShape] = [*known, *(data.shapes[row] for row in held), *rendered]
    pictures = np.concatenate([codec.sketch(memory.codes), sketches(data)[held], sketches(new)])
    curation = curate(
        every, pictures, np.arange(last, len(every)), np.arange(first, last), known=np.arange(first)
    )
    chosen = [rendered[row - last] for row in curation.kept]
    report = {
        "shapes": len(chosen),
        "objects": len({shape.group for shape in chosen}),
        "considered": len(rendered),
        "dropped": curation.dropped,
        "known and unreadable": unreadable,
        "labels": dict(sorted(Counter(shape.label for shape in chosen).items())),
        "sources": dict(sorted(Counter(shape.source for shape in chosen).items())),
    }
    if chosen:
        memory = ShapeMemory.joined(memory, coded(new, curation.kept - last, curation.clarities, codec))
    return memory, report


def sketches(data: ShapeFields) -> Float32[np.ndarray, "N S S"]:
    """Small fields of all shapes."""
    found = np.zeros((len(data.shapes), SKETCH_PX, SKETCH_PX), np.float32)
    step = data.fields.shape[1] // SKETCH_PX
    for start in range(0, len(found), 500):
        part = data.fields[start : start + 500].astype(np.float32) / LEVELS
        found[start : start + 500] = part.reshape(-1, SKETCH_PX, step, SKETCH_PX, step).mean((2, 4))
    return found


def coded(data: ShapeFields, rows: np.ndarray, clarities: np.ndarray, codec: ShapeCoder) -> ShapeMemory:
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
            view=shape.view,
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
