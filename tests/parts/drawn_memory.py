"""Memories of shapes that tests draw."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from block_coder import BlockCoder
from thin_shapes import ellipse
from whole_shape_parts import bar, comb

from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.shapes.remember import remember
from smartmask.protocols import ShapeCoder

Known = tuple[RememberedShape, np.ndarray]


def seen(label: str, mask: np.ndarray, group: str = "1", **known: object) -> Known:
    """What is remembered of a mask that fills its crop."""
    facts = {"style": "photo", "may_mirror": True, "source": "drawn", "licence": "CC0", **known}
    aspect = mask.shape[1] / mask.shape[0]
    return RememberedShape(label=label, aspect=aspect, group=f"drawn:{group}", **facts), mask


def memory_of(
    shapes: Iterable[Known],
    coder: ShapeCoder | None = None,
    parents: Mapping[str, str] = MappingProxyType({}),
) -> ShapeMemory:
    """A memory of drawn shapes."""
    return remember(shapes, coder or BlockCoder(), parents)


def horse(number: int = 0) -> np.ndarray:
    """A trunk on four legs with its head to the left; each number another one."""
    mask = np.zeros((60 + 2 * number, 90), bool)
    mask[14:34, 14:] = True
    mask[:16, : 26 - number] = True
    for left in (14, 28, 66, 80):
        mask[34:, left : left + 8] = True
    return mask


def lamp(number: int = 0) -> np.ndarray:
    """A shade on a pole, three times as high as wide; each number another one."""
    mask = np.zeros((120, 40), bool)
    mask[: 30 + 4 * number] = True
    mask[:, 16:24] = True
    mask[112:, 8:32] = True
    return mask


def quarters() -> list[np.ndarray]:
    """Four shapes as large and as detailed as each other: one, turned by quarters."""
    square = comb(2)[:60, ::4][:, np.arange(60) // 3]
    return [np.ascontiguousarray(np.rot90(square, turns)) for turns in range(4)]


def stable() -> list[Known]:
    """Horses and lamps of several objects, a ball, a comb and a bar."""
    return [
        *(seen("horse", horse(number), f"horse{number}") for number in range(6)),
        *(seen("lamp", lamp(number), f"lamp{number}") for number in range(5)),
        seen("ball", ellipse(40, 40), "ball"),
        seen("comb", comb(1), "comb", may_mirror=False),
        seen("bar", bar(1), "bar"),
    ]
