"""From shapes to a memory of them: each drawn in the codec's frame, then coded."""

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool

from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.frame import frame_field
from smartmask.protocols import ShapeCoder

_AT_ONCE = 64


def remember(
    shapes: Iterable[tuple[RememberedShape, Bool[np.ndarray, "_ _"]]],
    coder: ShapeCoder,
    parents: Mapping[str, str] = MappingProxyType({}),
) -> ShapeMemory:
    """A memory of shapes, in their order.

    Args:
        shapes: What is known of each, and its mask, whatever lies round it.
        coder: Makes the codes.
        parents: A wider word for some labels; read last, so what yields the shapes may fill it.

    Raises:
        ValueError: If a mask is empty.
    """
    known, codes = [], []
    rest = iter(shapes)
    while some := list(islice(rest, _AT_ONCE)):
        known += [shape for shape, _ in some]
        codes.append(coder.encode(np.stack([frame_field(mask) for _, mask in some])))
    if not codes:
        return ShapeMemory.empty()
    wider = {label: parent for label, parent in parents.items() if parent and parent != label}
    return ShapeMemory.of(known, np.concatenate(codes), coder.digest, wider)


def without_known(added: ShapeMemory, memory: ShapeMemory) -> ShapeMemory:
    """What of the shapes to be added is not in a memory yet: no shape of that label has that code."""
    labels = memory.rows.texts["label"].texts(), added.rows.texts["label"].texts()
    seen = {(label, code.tobytes()) for label, code in zip(labels[0], memory.codes, strict=True)}
    new = []
    for number, (label, code) in enumerate(zip(labels[1], added.codes, strict=True)):
        key = label, code.tobytes()
        if key not in seen:
            new.append(number)
            seen.add(key)
    return added.of_numbers(np.array(new, np.int64))
