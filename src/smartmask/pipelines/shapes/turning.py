"""A mask turned: the next view of the mesh that it was drawn from, in its place and as large.

The views that a memory holds of a mesh lie round it. One after the other, against the clock as seen from
above, they show the mesh turning; of a mirrored mask they follow the other way round, so that it turns the
same way. The foot point is kept, and so are metres: the height in the picture goes as the mesh's own height
does from view to view, the width follows by the view's proportions. A mask that was stretched stays so.
"""

import re

import numpy as np
from jaxtyping import Bool

from smartmask.language.wording import with_article
from smartmask.model.shape.frame import frame_field
from smartmask.pipelines.shapes.shape_fit import fitted_outline
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.pipelines.suggestion import Origin
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou
from smartmask.scene.outline import Outline

LEAST_ALIKE = 0.7
"""IoU of a mask with the shape that it is said to be, in one frame: small masks are coarse."""


class ShapeTurning:
    """Turns what was drawn from a memory; safe to call from several threads at once."""

    def __init__(self, recall: ShapeRecall) -> None:
        """Take the memory."""
        self._recall = recall

    def __call__(
        self, prompt: str, mask: Bool[np.ndarray, "H W"], shape: str, steps: int
    ) -> tuple[Outline, Origin]:
        """The view so many steps on, and which shape it is.

        Args:
            prompt: What the mask was asked for with.
            mask: What is turned.
            shape: What it was drawn from, as `Origin.shape` tells.
            steps: Views to go on, or back where below 0; after the last comes the first.

        Raises:
            ValueError: If there is no such shape, it has no other view, or the mask is not of it.
        """
        memory = self._recall.memory
        number, is_mirrored = _read(shape, len(memory))
        views = memory.views_beside(number)
        if len(views) < 2:
            entry = memory.entry(number)
            raise ValueError(
                f"shape {number}, {with_article(entry.label)} of {entry.source}, is known from one side "
                "only; masks of meshes that are known from several sides can be turned"
            )
        known = self._recall.field(number, is_mirrored) > 0
        if not mask_iou(frame_field(mask) > 0, known) >= LEAST_ALIKE:
            raise ValueError(
                f"the mask is not shape {shape}: it was changed, or is cut off; turn it as it was suggested"
            )
        order = sorted(views, key=lambda other: (views[other].azimuth, other))
        at = order.index(number) + (-steps if is_mirrored else steps)
        turned = order[at % len(order)]
        x0, y0, x1, y1 = box_of(mask)
        height = (y1 - y0) * views[turned].height / views[number].height
        aspect = (x1 - x0) / (y1 - y0) * float(memory.aspects[turned] / memory.aspects[number])
        left = (x0 + x1 - height * aspect) / 2
        target = left, y1 - height, left + height * aspect, y1
        return (
            fitted_outline(self._recall.field(turned, is_mirrored), target),
            self._recall.origin(prompt, turned, is_mirrored, "own"),
        )


def _read(shape: str, count: int) -> tuple[int, bool]:
    """The number that a shape's name holds, and whether it is mirrored."""
    found = re.fullmatch(r"(\d{1,9})( mirrored)?", shape)
    if found is None:
        raise ValueError(
            f"shape {shape!r} must be a number, or a number and 'mirrored', as origin.shape tells"
        )
    if not int(found[1]) < count:
        raise ValueError(f"there is no shape {found[1][:40]}: the memory has {count}, numbered from 0")
    return int(found[1]), found[2] is not None
