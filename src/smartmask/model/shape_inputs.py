"""What the compact network reads of a condition, computed in NumPy, the same for training and inference.

hint      -> its signed distance field, in the coordinates of the shape codec, and its aspect
layout    -> for each of `CELLS` x `CELLS` cells of the view the mean of its pixels' labels: the label
             embeddings brought down to few numbers, and the shares that are off the canvas or unknown
words     -> their embeddings
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Float32, Int64

from smartmask.model.codec import TRUNCATION_PX
from smartmask.model.condition import SPECIAL_ROWS, Condition
from smartmask.model.shape_codec import ShapeCodec
from smartmask.scene.distance import signed_field

CELLS = 8
"""Cells of the layout along a side of the view."""
_FINER = 2
"""Pixels of the map in which a hint's distances are measured, along a side of a view pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class ShapeInputs:
    """The network's inputs after (noisy, t), stacked, in their order.

    Attributes:
        hint: Coordinates of the hint's field.
        layout: Of each cell, row by row: L numbers of its labels, the shares off the canvas and unknown.
        extent: Natural logarithms of the hint's width / height and of window side / longer canvas side.
        guidance_kind: The hint's row in `GUIDANCE_KINDS`.
        object_text: Embedding of the object's text; zero = not given.
        scene_text: Embedding of the scene's text; zero = not given.
    """

    hint: Float[np.ndarray, "B K"]
    layout: Float[np.ndarray, "B cells"]
    extent: Float[np.ndarray, "B 2"]
    guidance_kind: Int64[np.ndarray, " B"]
    object_text: Float[np.ndarray, "B D"]
    scene_text: Float[np.ndarray, "B D"]

    @staticmethod
    def of(condition: Condition, codec: ShapeCodec) -> "ShapeInputs":
        """The inputs of one condition, B = 1."""
        field = hint_field(condition.guidance)
        inside = field > 0
        width, height = (max(1, int(inside.any(axis).sum())) for axis in (0, 1))
        return ShapeInputs(
            hint=codec.encode(field)[None],
            layout=_layout(condition, codec)[None],
            extent=np.array([[np.log(width / height), condition.zoom]], np.float32),
            guidance_kind=np.array([condition.guidance_kind], np.int64),
            object_text=condition.object_text[None],
            scene_text=condition.scene_text[None],
        )

    @staticmethod
    def stack(items: Sequence["ShapeInputs"]) -> "ShapeInputs":
        """Several as one."""
        parts = [item.arrays() for item in items]
        return ShapeInputs(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})

    def arrays(self) -> dict[str, np.ndarray]:
        """Each input under its name, in their order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def hint_field(coverage: Float32[np.ndarray, "R R"]) -> Float32[np.ndarray, "R R"]:
    """The signed distance field, in [-1, 1], of a hint's map in [0, 1]; a map of zeros is far from anything.

    The contour is where the map crosses one half, found in a map `_FINER` times as fine.
    """
    size = len(coverage)
    steps = np.clip((np.arange(_FINER * size) + 0.5) / _FINER - 0.5, 0, size - 1)
    weights = np.clip(1 - np.abs(steps[:, None] - np.arange(size)), 0, None)
    inside = weights @ coverage @ weights.T > 0.5
    return signed_field(inside, _FINER, TRUNCATION_PX)


def _layout(condition: Condition, codec: ShapeCodec) -> Float32[np.ndarray, " cells"]:
    width = codec.label_basis.shape[1]
    table = np.zeros((SPECIAL_ROWS + len(condition.label_table), width + SPECIAL_ROWS), np.float32)
    table[:SPECIAL_ROWS, width:] = np.eye(SPECIAL_ROWS)
    table[SPECIAL_ROWS:, :width] = condition.label_table @ codec.label_basis
    side = len(condition.regions) // CELLS
    cells = table[condition.regions].reshape(CELLS, side, CELLS, side, -1)
    return np.asarray(cells.mean((1, 3)).reshape(-1), np.float32)
