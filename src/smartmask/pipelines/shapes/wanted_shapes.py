"""Which shapes of a label answer to what a request says of pose and outline.

A wish that some of the label's shapes meet leaves only those; one that none meets is not honoured, and said
to be so. Which way a thing faces is met by mirroring, where the shape says which way it faces and may be
mirrored. Outlines are told by width over height among the label's own shapes: a tall door is one of the
narrower half of doors, a long snake one of the half that is farther from square.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from smartmask.language.poses import FACING, split_poses
from smartmask.memory.remembered import poses_of
from smartmask.memory.shape_memory import ShapeMemory

LEAST_SPREAD = 1.15
"""The widest third of a label's shapes must be so much wider than the narrowest, for outlines to differ."""
ROUND = 1.25
"""Width over height, or height over width, up to which a shape counts as round."""


@dataclass(frozen=True, slots=True, eq=False)
class WantedShapes:
    """Shapes of a memory to choose among.

    Attributes:
        numbers: Their numbers, ascending.
        is_mirrored: Whether each is to be mirrored.
        honoured: The wishes that they meet.
    """

    numbers: Int[np.ndarray, " M"]
    is_mirrored: Bool[np.ndarray, " M"]
    honoured: tuple[str, ...]


def wanted_shapes(
    memory: ShapeMemory, label: str, poses: Sequence[str] = (), outlines: Sequence[str] = ()
) -> WantedShapes:
    """The shapes of a label, or of a wider word, that meet as many wishes as can be.

    Args:
        memory: The shapes.
        label: What they are to show; of a label that nobody knows there are none.
        poses: Wished poses, in the words of `language/poses.py`.
        outlines: Wished outlines: "tall", "wide", "long", "round".
    """
    numbers = memory.of_label(label)
    honoured: list[str] = []
    held = _poses_of(memory, numbers)
    for pose in poses:
        meets = np.array([pose in has for has in held], bool)
        if pose in FACING:
            other = FACING[1 - FACING.index(pose)]
            may = memory.rows.may_mirror[numbers]
            meets |= np.array([other in has for has in held], bool) & may
        if meets.any():
            honoured.append(pose)
            numbers, held = numbers[meets], [has for has, met in zip(held, meets, strict=True) if met]
    for outline in outlines:
        meets = _met(outline, memory.aspects[numbers].astype(np.float64))
        if meets.any():
            honoured.append(outline)
            numbers, held = numbers[meets], [has for has, met in zip(held, meets, strict=True) if met]
    facing = next((pose for pose in poses if pose in FACING), None)
    mirrored = [facing in honoured and facing not in has for has in held]
    return WantedShapes(numbers, np.array(mirrored, bool), tuple(honoured))


def _poses_of(memory: ShapeMemory, numbers: Int[np.ndarray, " M"]) -> list[frozenset[str]]:
    """The poses that each shape and its label speak of."""
    columns = memory.rows.texts["poses"], memory.rows.texts["label"]
    said = [frozenset(poses_of(text)) for text in columns[0].words]
    named = [frozenset(split_poses(text)[1]) for text in columns[1].words]
    rows = (column.rows[numbers].tolist() for column in columns)
    return [said[pose] | named[label] for pose, label in zip(*rows, strict=True)]


def _met(outline: str, aspects: Float[np.ndarray, " M"]) -> Bool[np.ndarray, " M"]:
    if not len(aspects):
        return np.zeros(0, bool)
    off_square = np.maximum(aspects, 1 / aspects)
    if outline == "round":
        return off_square <= ROUND
    values = {"tall": 1 / aspects, "wide": aspects, "long": off_square}[outline]
    low, middle, high = np.quantile(values, [1 / 6, 1 / 2, 5 / 6])
    return (values >= middle) & bool(high >= LEAST_SPREAD * low)
