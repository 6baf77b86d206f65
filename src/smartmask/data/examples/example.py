"""Training examples: a window of a scene, and one of its objects to be drawn into it.

What the window shows depends on what is known behind the object:

- an exact scene shows S_k, all layers behind the object. One time in two it shows those in front as well
  that do not touch the object, since a segmented photo holds all there is; what touches the object is left
  out with all in front of it that touches that in turn, else things would float where it stood. Nothing was
  cut out of the scene, so no outline of the object is left;
- any other scene shows its layout with the object taken out and the hole hidden (`removal.py`).

An example lives on a work canvas (`work_canvas.py`), the window at `WORK_SCALE` times the view's resolution.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int16

from smartmask.data.examples.hints import Shares, draw_hint
from smartmask.data.examples.removal import remove_object
from smartmask.data.examples.work_canvas import WorkPixels, behind, compact, painted
from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.language.wording import mirrored, object_prompt, scene_text
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.view import REFINE_FILL, View

MIN_AREA_PX = 256
MIN_SIDE_PX = 8
WORK_SCALE = 2
ROOM_FILL = 0.4
"""Share of the work canvas's side that the object's longer side fills where the view is the window about the
hint: the canvas has to hold that window wherever the hint ends."""
STRETCH_DEVIATION = 0.1
"""Of the natural logarithm of how much wider a scene is made where a network sees it about a hint."""
MIN_SHARE_WHOLE = 0.08
"""Objects smaller than this share of the canvas's longer side are not asked for in a view of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassShare:
    """How often training shows what one pass of inference sees, and with which hints."""

    share: float
    hints: Shares


Passes = Mapping[str, PassShare]

PASSES: Passes = {
    "place": PassShare(share=0.3, hints={NoGuidance: 0.75, Box: 0.15, Region: 0.05, Scribble: 0.05}),
    "region": PassShare(share=0.15, hints={Region: 0.75, NoGuidance: 0.15, Box: 0.1}),
    "refine": PassShare(share=0.55, hints={Box: 0.45, Scribble: 0.45, NoGuidance: 0.1}),
}
"""What a network that places objects itself is shown. Training keeps close to the windows of inference
(pipelines/draw_fields.py); wider variety cost quality."""
REFINE_ONLY: Passes = {"refine": PassShare(share=1.0, hints={Box: 0.5, Scribble: 0.5})}
"""What a network is shown to which others say where objects are."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One training item.

    Attributes:
        visible_index: The layout without the target, on the work canvas.
        labels: The labels that `visible_index` counts; each is seen somewhere.
        target: The mask to draw; beyond the photo it goes on as it leaves it.
        guidance: The hint, drawn on the work canvas.
        prompt: Text of the object.
        scene: Text of the scene, or None.
        view: The part of the work canvas that the network sees.
        zoom: Zoom of the view in its photo.
        is_whole: Whether the target is the whole object, or what is seen of it.
    """

    visible_index: Int16[np.ndarray, "S S"]
    labels: tuple[str, ...]
    target: Bool[np.ndarray, "S S"]
    guidance: Guidance
    prompt: str
    scene: str | None
    view: View
    zoom: float
    is_whole: bool


def askable(scene: LayeredScene) -> Iterator[int]:
    """The numbers of the layers that may be asked for, rearmost first.

    They are things that are large enough to learn from, and whole. In a scene that is not exact, what is seen
    of an object passes for it.
    """
    for number, layer in enumerate(scene.layers):
        x0, y0, x1, y1 = layer.box_xyxy
        is_large = layer.area_px >= MIN_AREA_PX and min(x1 - x0, y1 - y0) >= MIN_SIDE_PX
        if layer.is_thing and is_large and (layer.extent == "amodal" or not scene.is_exact):
            yield number


def make_example(
    scene: LayeredScene, number: int, resolution: int, rng: np.random.Generator, passes: Passes = PASSES
) -> Example | None:
    """An example of an object, all its choices from `rng`; None if nothing of it is left in the window.

    Args:
        scene: The scene.
        number: The object's layer, one of `askable(scene)`.
        resolution: Pixels along a side of the view.
        rng: Source of the window, the hint and the words.
        passes: Which passes of inference the example may be of.

    Raises:
        ValueError: If a mask that is needed is damaged.
    """
    item = scene.layers[number]
    name = list(passes)[int(rng.choice(len(passes), p=[entry.share for entry in passes.values()]))]
    window = _draw_window(name, scene, item, resolution * WORK_SCALE, rng)
    is_mirrored = bool(rng.random() < 0.5)
    stretch = float(np.exp(rng.normal(0, STRETCH_DEVIATION))) if name == "refine" else 1.0
    pixels = WorkPixels.of(window, is_mirrored, stretch)
    target = pixels.of_layer(item)
    seen = target & pixels.inside
    if np.count_nonzero(seen) < 16:
        return None
    if scene.is_exact:
        index = behind(scene, number, target, pixels, rng)
    else:
        index = remove_object(painted(scene, number, pixels), seen, rng)
    guidance = _on_photo(draw_hint(seen, passes[name].hints, rng), pixels.inside)
    view = _view_of(name, guidance, window, resolution)
    index, labels = compact(index, scene)
    text = scene_text(labels, item.label, rng, scene.texts)
    prompt = object_prompt(item.label, rng, item.texts)
    if is_mirrored:
        text, prompt = mirrored(text), mirrored(prompt)
    return Example(
        visible_index=index,
        labels=labels,
        target=target,
        guidance=guidance,
        prompt=prompt,
        scene=text if rng.random() < 0.6 else None,
        view=view,
        zoom=window.zoom + view.zoom,
        is_whole=item.extent == "amodal",
    )


def _draw_window(
    name: str, scene: LayeredScene, item: SceneLayer, resolution: int, rng: np.random.Generator
) -> View:
    """The whole canvas (place), a wide window (region), or one with room about the object (refine)."""
    x0, y0, x1, y1 = item.box_xyxy
    extent = max(x1 - x0, y1 - y0)
    whole = View.whole(scene.size_hw, resolution)
    if name == "place" and extent / whole.side > MIN_SHARE_WHOLE:
        side = whole.side * float(np.exp(rng.normal(0, 0.03)))
        centre = rng.normal(0, 0.01, 2) * side + (whole.x0 + whole.side / 2, whole.y0 + whole.side / 2)
    elif name == "refine":
        side = extent / ROOM_FILL
        centre = np.array([x0 + x1, y0 + y1]) / 2
        resolution = round(resolution * REFINE_FILL / ROOM_FILL)
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


def _view_of(name: str, guidance: Guidance, window: View, resolution: int) -> View:
    """What the network sees of the work canvas: all of it, or the window about the hint (refine)."""
    size_hw = (window.resolution, window.resolution)
    if name == "refine" and not isinstance(guidance, NoGuidance):
        return View.around(guidance.box(), REFINE_FILL, size_hw, resolution)
    return View.whole(size_hw, resolution)


def _on_photo(guidance: Guidance, inside: Bool[np.ndarray, "S S"]) -> Guidance:
    """The part of a hint that lies on the photo; a user cannot draw beyond it."""
    if isinstance(guidance, Region | Scribble) and (guidance.mask & inside).any():
        return type(guidance)(guidance.mask & inside)
    if isinstance(guidance, Box):
        (left, top, right, bottom), (x0, y0, x1, y1) = box_of(inside), guidance.box_xyxy
        return Box((max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)))
    return guidance
