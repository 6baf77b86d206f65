"""Training examples: a window of an annotated scene with one object taken out of it.

An example lives on a work canvas, the window at `WORK_SCALE` times the view's resolution, so that holes,
hints and distances cost the same for every photo. Pixels of the work canvas beyond the photo are `OUTSIDE`.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int16

from smartmask.data.annotations.base import AnnotatedObject, AnnotatedScene
from smartmask.data.hints import Shares, draw_hint
from smartmask.data.removal import remove_object
from smartmask.data.wording import object_prompt, scene_text
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import View

WORK_SCALE = 2
MIN_SHARE_WHOLE = 0.08
"""Objects smaller than this share of the canvas's longer side are not asked for in a view of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassShare:
    """How often training shows what one pass of inference sees, and with which hints."""

    share: float
    hints: Shares


PASSES = {
    "place": PassShare(share=0.3, hints={NoGuidance: 0.75, Box: 0.15, Region: 0.05, Scribble: 0.05}),
    "region": PassShare(share=0.15, hints={Region: 0.75, NoGuidance: 0.15, Box: 0.1}),
    "refine": PassShare(share=0.55, hints={Box: 0.45, Scribble: 0.45, NoGuidance: 0.1}),
}
"""Training keeps close to the windows of inference (pipelines/suggest.py); wider variety cost quality."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One training item.

    Attributes:
        visible_index: The layout without the target, on the work canvas.
        labels: The labels that `visible_index` counts.
        target: The mask to draw; beyond the photo it goes on as it leaves it.
        guidance: The hint, drawn on the work canvas.
        prompt: Text of the object.
        scene: Text of the scene, or None.
        zoom: Zoom of the window in its photo.
    """

    visible_index: Int16[np.ndarray, "S S"]
    labels: tuple[str, ...]
    target: Bool[np.ndarray, "S S"]
    guidance: Guidance
    prompt: str
    scene: str | None
    zoom: float


def make_example(
    scene: AnnotatedScene, item: AnnotatedObject, resolution: int, rng: np.random.Generator
) -> Example | None:
    """An example of an object, all its choices from `rng`; None if nothing of it is left in the window."""
    name = str(rng.choice(list(PASSES), p=[entry.share for entry in PASSES.values()]))
    window = _draw_window(name, scene, item, resolution * WORK_SCALE, rng)
    inside = window.inside()
    target = _extended(item.mask(scene.size_hw), window)
    index = window.pick(scene.visible_index, OUTSIDE)
    if rng.random() < 0.5:
        target, index, inside = (np.ascontiguousarray(a[:, ::-1]) for a in (target, index, inside))
    seen = target & inside
    if np.count_nonzero(seen) < 16:
        return None
    index = remove_object(index, seen, rng)
    guidance = _on_photo(draw_hint(seen, PASSES[name].hints, rng), inside)
    present = set(np.unique(index).tolist())
    text = scene_text(
        [label for number, label in enumerate(scene.labels) if number in present], item.label, rng
    )
    return Example(
        visible_index=index,
        labels=scene.labels,
        target=target,
        guidance=guidance,
        prompt=object_prompt(item.label, rng),
        scene=text if rng.random() < 0.6 else None,
        zoom=window.zoom,
    )


def _draw_window(
    name: str, scene: AnnotatedScene, item: AnnotatedObject, resolution: int, rng: np.random.Generator
) -> View:
    """The whole canvas (place), a wide window (region), or a narrow one about the object (refine)."""
    x0, y0, x1, y1 = item.box_xyxy
    extent = max(x1 - x0, y1 - y0)
    whole = View.whole(scene.size_hw, resolution)
    if name == "place" and extent / whole.side > MIN_SHARE_WHOLE:
        side = whole.side * float(np.exp(rng.normal(0, 0.03)))
        centre = rng.normal(0, 0.01, 2) * side + (whole.x0 + whole.side / 2, whole.y0 + whole.side / 2)
    elif name == "refine":
        side = extent / float(np.clip(rng.normal(0.62, 0.05), 0.45, 0.8))
        centre = np.array([x0 + x1, y0 + y1]) / 2 + rng.normal(0, 0.025, 2) * side
    else:
        side = extent / float(rng.uniform(0.18, 0.6))
        room = (side - extent) / 2
        centre = np.array([x0 + x1, y0 + y1]) / 2 + rng.uniform(-0.7, 0.7, 2) * room
    return View(
        x0=float(centre[0] - side / 2),
        y0=float(centre[1] - side / 2),
        side=float(side),
        resolution=resolution,
        size_hw=scene.size_hw,
    )


def _on_photo(guidance: Guidance, inside: Bool[np.ndarray, "S S"]) -> Guidance:
    """The part of a hint that lies on the photo; a user cannot draw beyond it."""
    if isinstance(guidance, Region | Scribble) and (guidance.mask & inside).any():
        return type(guidance)(guidance.mask & inside)
    if isinstance(guidance, Box):
        (left, top, right, bottom), (x0, y0, x1, y1) = box_of(inside), guidance.box_xyxy
        return Box((max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)))
    return guidance


def _extended(mask: Bool[np.ndarray, "H W"], window: View) -> Bool[np.ndarray, "S S"]:
    """The mask in the window; beyond the canvas each pixel repeats the nearest one on it."""
    height, width = mask.shape
    steps = (np.arange(window.resolution) + 0.5) / window.scale
    rows = np.clip(window.y0 + steps, 0, height - 1).astype(int)
    columns = np.clip(window.x0 + steps, 0, width - 1).astype(int)
    return mask[rows[:, None], columns]
