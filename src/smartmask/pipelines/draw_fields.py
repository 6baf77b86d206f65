"""Masks from a network that draws fields in windows of the photo, and places objects itself, in two passes.

*Place* draws a coarse mask on the whole canvas, or in the window about a region. *Refine* sees a window round
that mask, or round a box or a scribble, and draws it sharply.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from smartmask.model.diffusion.field_codec import decode
from smartmask.pipelines.drawer import Drawn
from smartmask.pipelines.finish import filling_box, without_specks
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig, Scene
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.scene.boxes import BoxXYXY, clip_box
from smartmask.scene.contour import outline_of_field
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.view import REFINE_FILL, View

REGION_FILL = 0.45
"""Share of the place window's side that a region's longer side fills."""
SMALLEST_WINDOW_PX = 16.0


class FieldDrawing:
    """A `Drawer` round such a network."""

    def __init__(self, generator: MaskGenerator, place: SamplingConfig, refine: SamplingConfig) -> None:
        """Take the parts.

        Args:
            generator: Samples fields.
            place: How the place pass samples.
            refine: How the refine pass samples.
        """
        self._generator, self._place, self._refine = generator, place, refine

    @property
    def variations(self) -> None:
        """None: fields have no codes that could be varied."""
        return None

    @property
    def turning(self) -> None:
        """None: fields are of no mesh."""
        return None

    def words(self, prompt: str) -> ShapeWords | None:
        """None: the network reads the words itself."""
        return None

    def is_ordered(self, guidance: Guidance) -> bool:
        """No: every candidate is a sample like any other."""
        return False

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Sequence[Drawn]:
        """See `Drawer`."""
        rng = np.random.default_rng([seed, number])
        if isinstance(guidance, NoGuidance | Region):
            coarse = self.place(scene, prompt, text, guidance, rng)
            if coarse is None:
                return ()
            guidance = Scribble(coarse)
        view = self._window(guidance.box(), REFINE_FILL, scene.layout.size_hw)
        condition = self._generator.condition(scene, prompt, text, guidance, view)
        field = without_specks(self._generator.sample(condition, self._refine, rng)[0])
        if isinstance(guidance, Box):
            field = filling_box(field, view, guidance.box_xyxy)
        outline = outline_of_field(field)
        if not outline.curves:
            return ()
        outline = outline.smooth(max(1 / view.scale, 1.0))
        corner, scale = np.array([view.x0, view.y0], np.float32), np.float32(1 / view.scale)
        return (Drawn(outline.mapped(lambda points: points * scale + corner)),)

    def place(
        self,
        scene: Scene,
        prompt: str,
        text: str | None,
        guidance: NoGuidance | Region,
        rng: np.random.Generator,
    ) -> Bool[np.ndarray, "H W"] | None:
        """The first pass: a coarse mask on the whole canvas or in the window about a region."""
        size_hw = scene.layout.size_hw
        if isinstance(guidance, Region):
            view = self._window(guidance.box(), REGION_FILL, size_hw)
        else:
            view = View.whole(size_hw, self._generator.resolution)
        condition = self._generator.condition(scene, prompt, text, guidance, view)
        # Two parts far apart are two places at once: the larger is taken.
        field = self._generator.sample(condition, self._place, rng)[0]
        mask, _ = decode(without_specks(field, smallest=1.0), view)
        return mask if mask.any() else None

    def _window(self, box_xyxy: BoxXYXY, fill: float, size_hw: tuple[int, int]) -> View:
        """The window about a box, never smaller than `SMALLEST_WINDOW_PX`."""
        x0, y0, x1, y1 = clip_box(box_xyxy, size_hw)
        fill = min(fill, max(x1 - x0, y1 - y0) / SMALLEST_WINDOW_PX)
        return View.around((x0, y0, x1, y1), fill, size_hw, self._generator.resolution)
