"""Objects beside the memory's shapes of their labels: what the chooser learns from.

The objects are those of a generator's pack, which leaves out the test split. Shapes of the object's own
group, and doubles of it, mirrored or not, do not stand beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32, Int, Int32

from smartmask.memory.candidates import Candidates
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS, label_table
from smartmask.model.shape.sketch import pairwise_iou
from smartmask.protocols import ShapeCoder
from smartmask.training.mask.chooser_network import ChooserBatch
from smartmask.training.mask.generator_pack import DOUBLE_IOU, LIKE_ASPECT, PARTS, GeneratorPack, group_number

LEAST = 8
"""An object teaches nothing that stands beside fewer shapes."""
KNOWN = 0.75
"""Share of the objects whose box is told; of the others nothing is but their words."""
DROP_LAYOUT = 0.15
UNKNOWN_CELL = 1
"""Row of the label table for what is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class ChooserData:
    """Objects, and the shapes beside each.

    Attributes:
        pack: Of the objects.
        rows: Places of the objects in the pack.
        shapes: Numbers in the memory of the shapes beside each; -1 = none.
        is_mirrored: Whether they are.
        ious: Of each with the object.
        log_aspects: ln(width / height) of the memory's shapes.
        pictures: Principal components of the memory's sketches, as they are and mirrored.
        labels: The label table of the pack's cells.
        axes, bias: What gives them: sketch @ axes + bias.
    """

    pack: GeneratorPack
    rows: Int[np.ndarray, " N"]
    shapes: Int32[np.ndarray, "N C"]
    is_mirrored: Bool[np.ndarray, "N C"]
    ious: Float16[np.ndarray, "N C"]
    log_aspects: Float32[np.ndarray, " M"]
    pictures: Float32[np.ndarray, "2 M P"]
    labels: Float32[np.ndarray, "W L"]
    axes: Float32[np.ndarray, "S P"]
    bias: Float32[np.ndarray, " P"]

    def of_part(self, part: str) -> Int[np.ndarray, " n"]:
        """The objects of a part of the pack."""
        return np.flatnonzero(self.pack.parts[self.rows] == PARTS.index(part))

    def batch(
        self, objects: Int[np.ndarray, " B"], rng: np.random.Generator | None, most: int | None = None
    ) -> ChooserBatch:
        """Some objects.

        Args:
            objects: Which.
            rng: What is told, whether all is mirrored and which shapes stand beside; None = all as it is.
            most: Shapes beside an object.
        """
        pack, rows, count = self.pack, self.rows[objects], len(objects)
        shapes, mirrored, ious = self.shapes[objects], self.is_mirrored[objects], self.ious[objects]
        if rng is not None and most is not None:
            picked = np.argsort(rng.random(shapes.shape) + 2 * (shapes < 0), 1)[:, :most]
            shapes, mirrored, ious = (
                np.take_along_axis(values, picked, 1) for values in (shapes, mirrored, ious)
            )
        flip = np.zeros(count, bool) if rng is None else rng.random(count) < 0.5
        known = np.ones(count, bool) if rng is None else rng.random(count) < KNOWN
        told = known & (pack.scenes[rows] >= 0)
        if rng is not None:
            told &= rng.random(count) >= DROP_LAYOUT
        cells = np.full((count, LAYOUT_CELLS, LAYOUT_CELLS), UNKNOWN_CELL)
        cells[told] = pack.cells[pack.scenes[rows[told]]].reshape(-1, LAYOUT_CELLS, LAYOUT_CELLS)
        cells[flip] = cells[flip, :, ::-1]
        numbers = np.maximum(shapes, 0)
        pictures = self.pictures[(mirrored ^ flip[:, None]).astype(int), numbers]
        return ChooserBatch(
            text=torch.from_numpy(pack.embeddings[pack.words[rows]]),
            is_known=torch.from_numpy(known.astype(np.float32)),
            log_aspects=torch.from_numpy(pack.log_aspects[rows]),
            zooms=torch.from_numpy(np.where(known, pack.zooms[rows], 0).astype(np.float32)),
            cells=torch.from_numpy(self.labels[cells.reshape(count, -1)]),
            pictures=torch.from_numpy(pictures),
            shape_log_aspects=torch.from_numpy(self.log_aspects[numbers]),
            is_there=torch.from_numpy(shapes >= 0),
            ious=torch.from_numpy(ious.astype(np.float32)),
        )


def chooser_data(
    pack: GeneratorPack,
    memory: ShapeMemory,
    ask: Callable[[str, float], Candidates],
    coder: ShapeCoder,
    components: int,
    limit: int | None = None,
) -> ChooserData:
    """Find the shapes beside each object of a pack, which takes a millisecond each.

    Args:
        pack: The objects.
        memory: What is chosen from.
        ask: Label and ln(width / height) -> the memory's shapes that are chosen from for a box like this.
        coder: The codec of both.
        components: Principal components of a sketch.
        limit: At most so many objects.
    """
    words = pack.words_of_rows
    groups = np.array([group_number(group) for group in memory.rows.texts["group"].words], np.uint32)
    groups = groups[memory.rows.texts["group"].rows]
    rows: list[int] = []
    found: list[tuple[np.ndarray, ...]] = []
    learnt = np.flatnonzero((pack.parts != PARTS.index("unseen")) & (pack.weights > 0))
    for part in np.array_split(learnt[np.argsort(pack.words[learnt], kind="stable")], len(learnt) // 500 + 1):
        sketches = coder.sketch(pack.codes[part])
        for row, sketch in zip(part.tolist(), sketches, strict=True):
            log_aspect = float(pack.log_aspects[row])
            beside = ask(words[pack.words[row]], log_aspect)
            inside = (beside.sketches > 0).reshape(len(beside), sketch.size)
            both = np.stack([sketch, sketch[:, ::-1]]).reshape(2, -1) > 0
            ious = pairwise_iou(both, inside)
            alike = np.abs(beside.log_aspects - log_aspect) < LIKE_ASPECT
            barred = (ious.max(0) > DOUBLE_IOU) & alike
            barred |= groups[beside.numbers] == pack.groups[row]
            kept = np.flatnonzero(~barred)
            if len(kept) >= LEAST and len(rows) < (limit or len(learnt)):
                rows.append(row)
                found.append((beside.numbers[kept], beside.is_mirrored[kept], ious[0, kept]))
    shapes = np.full((len(rows), max((len(one[0]) for one in found), default=0)), -1, np.int32)
    mirrored, ious_of = np.zeros(shapes.shape, bool), np.zeros(shapes.shape, np.float16)
    for place, (numbers, is_mirrored, overlaps) in enumerate(found):
        count = len(numbers)
        shapes[place, :count], mirrored[place, :count] = numbers, is_mirrored
        ious_of[place, :count] = overlaps
    parts = np.array_split(memory.codes, len(memory) // 500 + 1)
    sketches = np.concatenate([coder.sketch(part) for part in parts])
    flat = sketches.reshape(len(sketches), -1)
    flipped = sketches[:, :, ::-1].reshape(len(sketches), -1)
    axes, bias = _principal_axes(np.concatenate([flat, flipped]), components)
    return ChooserData(
        pack=pack,
        rows=np.array(rows, np.int64),
        shapes=shapes,
        is_mirrored=mirrored,
        ious=ious_of,
        log_aspects=np.log(memory.aspects).astype(np.float32),
        pictures=np.stack([values @ axes + bias for values in (flat, flipped)]),
        labels=label_table(pack.embeddings),
        axes=axes,
        bias=bias,
    )


def _principal_axes(
    pictures: Float32[np.ndarray, "n S"], count: int
) -> tuple[Float32[np.ndarray, "S count"], Float32[np.ndarray, " count"]]:
    """The axes, scaled so that a number deviates by the root of its own deviation; and the bias."""
    mean = pictures.mean(0)
    variances, axes = np.linalg.eigh(np.cov((pictures - mean).T))
    variances = np.maximum(variances, 1e-6 * variances.max())  # few pictures have fewer axes
    scaled = (axes[:, -count:] / variances[-count:] ** 0.25).astype(np.float32)
    return scaled, -(mean @ scaled)
