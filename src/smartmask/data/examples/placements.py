"""A true placement of an object beside false ones, in one layout that favours none of them.

The true mask is what was annotated. False ones are the same shape moved, rescaled or stretched, an object of
another scene at the place it has there, or the true mask under another word. What may give the true one away
without any knowledge of scenes, and what is done about it:

- the hole of an object that was taken out of a modal layout: the same kind of hole is cut and filled under
  every mask (`removal.py`); an exact scene has no hole, and what is left out there because it touches the
  object is left out where it touches any of the masks (`work_canvas.py`);
- the resampling of moved masks: all are drawn alike (`false_placements.py`);
- scale: factors above and below 1 are drawn alike, so that the larger of two masks is as often the true one;
- the straight cut of an object at the photo's border: one time in two it moves only where that stays hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int16

from smartmask.data.examples.false_placements import (
    FALSE_PLACEMENTS,
    LEAST_SEEN,
    SHAPE_PX,
    TRIES,
    Item,
    Mask,
    ObjectPool,
    ShapeCanvas,
)
from smartmask.data.examples.removal import Fill, remove_objects
from smartmask.data.examples.work_canvas import WorkPixels, behind, compact, painted
from smartmask.language.wording import mirrored, object_prompt, scene_text
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View

CANVAS_PX = 128
"""Longer side of the canvas that placements are drawn on."""
SMALLEST_PX = 12
MOST_ALIKE_IOU = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """One true placement and false ones.

    Attributes:
        visible_index: The layout on the canvas.
        labels: The labels that it counts.
        masks: The masks, the true one first.
        prompts: What each is asked for as.
        kinds: What each is: "true", or a key of `FALSE_PLACEMENTS`.
        scene: Text of the scene, or None.
    """

    visible_index: Int16[np.ndarray, "H W"]
    labels: tuple[str, ...]
    masks: tuple[Mask, ...]
    prompts: tuple[str, ...]
    kinds: tuple[str, ...]
    scene: str | None


def make_placements(
    item: Item,
    kinds: Sequence[str],
    pool: ObjectPool,
    rng: np.random.Generator,
    *,
    fill: Fill | None = None,
    plain: bool = False,
) -> Placements | None:
    """An object's true placement and one false one of each kind, all choices from `rng`.

    Args:
        item: A scene and its layer, one of the pool's.
        kinds: Keys of `FALSE_PLACEMENTS`; kinds that cannot be drawn for this object are left out.
        pool: Where objects of other scenes come from.
        rng: Source of everything random.
        fill: How holes are filled; None draws one.
        plain: The label as the prompt and no text of the scene, unmirrored shapes as they are: for tests of
            quality. Else wordings, mirroring and roughened shapes vary.

    Returns:
        None if too little of the object is seen, or no false placement could be drawn.

    Raises:
        ValueError: If a mask that is needed is damaged.
    """
    scene, number = item
    window = View.whole(scene.size_hw, CANVAS_PX)
    is_mirrored = not plain and bool(rng.random() < 0.5)
    pixels = WorkPixels.of(window, is_mirrored)
    rows, columns = (np.flatnonzero(pixels.inside.any(axis)) for axis in (1, 0))
    photo = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    blur = 0.0 if plain or rng.random() < 0.5 else float(rng.uniform(0.03, 0.14)) * SHAPE_PX
    canvas = ShapeCanvas((len(rows), len(columns)), is_mirrored, blur)

    true = canvas.shape(item)
    true_mask = canvas.draw(true)
    if np.count_nonzero(true_mask) < SMALLEST_PX:
        return None
    label = scene.layers[number].label
    prompt = label if plain else object_prompt(label, rng, scene.layers[number].texts)
    prompt = mirrored(prompt) if is_mirrored else prompt
    found = [(true_mask, prompt, "true")]
    for kind in kinds:
        for _ in range(TRIES):
            false = FALSE_PLACEMENTS[kind](canvas, item, true, pool, rng)
            if false is None:
                break
            mask = canvas.draw(false.shape)
            is_seen = np.count_nonzero(mask) >= max(
                SMALLEST_PX, LEAST_SEEN * false.shape.area(), false.least_area * np.count_nonzero(true_mask)
            )
            if is_seen and (false.word is not None or mask_iou(mask, true_mask) <= MOST_ALIKE_IOU):
                found.append((mask, false.word or prompt, kind))
                break
    if len(found) == 1:
        return None

    masks = tuple(mask for mask, _, _ in found)
    if scene.is_exact:
        near = np.zeros(pixels.inside.shape, bool)
        near[photo] = np.logical_or.reduce(masks)
        index = behind(scene, number, near, pixels, rng)[photo]
    else:
        index = remove_objects(painted(scene, number, pixels)[photo], masks, rng, fill)
    index, labels = compact(index, scene)
    text = None
    if not plain and rng.random() < 0.5:
        text = scene_text(labels, label, rng, scene.texts)
        text = mirrored(text) if is_mirrored else text
    prompts, names = tuple(words for _, words, _ in found), tuple(kind for _, _, kind in found)
    return Placements(index, labels, masks, prompts, names, text)
