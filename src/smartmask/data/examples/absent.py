"""A whole scene without some of its things, as it is shown to whoever is to say where they were.

- Of an exact scene the layers behind the thing and, if wanted, those in front that nothing links to it, as
  training does (`example.py`);
- of any other scene the layout with the things taken out and their holes hidden (`removal.py`). Is a whole
  class taken out, what is left of its things is filled first, so that no hole shows another's outline.
"""

from collections.abc import Collection, Sequence

import numpy as np
from jaxtyping import Bool, Int16, Integer

from smartmask.data.examples.removal import Fill, remove_object
from smartmask.data.examples.work_canvas import unlinked
from smartmask.data.layered_scene import UNDECIDED, LayeredScene
from smartmask.scene.layout import UNKNOWN, Layer, Layout


def without(
    scene: LayeredScene,
    layer: int,
    removed: Sequence[int],
    rng: np.random.Generator,
    fill: Fill | None = None,
    *,
    has_front: bool,
) -> tuple[Integer[np.ndarray, "H W"], Collection[int]]:
    """The index of a scene without some of its things, and the layers that are not in it.

    Args:
        scene: The scene.
        layer: The thing that is asked for.
        removed: All that is taken out with it, if the scene is not exact; itself among them.
        rng: Source of the holes' widths and fills.
        fill: How holes are filled; None draws one for each.
        has_front: Whether an exact scene shows what is in front.
    """
    if scene.is_exact:
        return _behind(scene, layer, has_front=has_front)
    masks = [scene.layers[number].mask(scene.size_hw) for number in removed]
    index = scene.visible_index()
    index[np.isin(index, removed)] = UNDECIDED
    for mask in masks:
        index = np.asarray(remove_object(index, mask, rng, fill), np.int16)
    return index, set(removed)


def layout_of(
    index: Integer[np.ndarray, "H W"], labels: Sequence[str]
) -> tuple[Layout, Int16[np.ndarray, "H W"]]:
    """The layout of an index, of the layers alone that it shows; and its own index.

    Args:
        index: Number of the layer seen at each pixel; below 0 = none.
        labels: Of all layers.
    """
    present = np.unique(index[index >= 0])
    compact = np.where(index < 0, index, np.searchsorted(present, index)).astype(np.int16)
    layers = tuple(Layer(labels[n], compact == place) for place, n in enumerate(present.tolist()))
    return Layout((index.shape[0], index.shape[1]), layers), compact


def smaller(index: Integer[np.ndarray, "H W"], longest: int) -> Integer[np.ndarray, "h w"]:
    """An index of at most so many pixels along its longer side."""
    shrunk = min(1.0, longest / max(index.shape))
    return stretched(index, tuple(max(round(side * shrunk), 1) for side in index.shape))


def stretched(values: np.ndarray, size_hw: tuple[int, ...]) -> np.ndarray:
    """A map on a canvas of another size, the nearest pixel for each."""
    rows = ((np.arange(size_hw[0]) + 0.5) * values.shape[0] / size_hw[0]).astype(int)
    columns = ((np.arange(size_hw[1]) + 0.5) * values.shape[1] / size_hw[1]).astype(int)
    return np.ascontiguousarray(values[rows[:, None], columns[None]])


def _behind(
    scene: LayeredScene, number: int, *, has_front: bool
) -> tuple[Int16[np.ndarray, "H W"], Collection[int]]:
    """What lies behind a layer, with what lies in front and is not linked to it; and the layers left out."""
    index = np.full(scene.size_hw, UNKNOWN, np.int16)
    hidden = set(range(len(scene.layers)))
    last = len(scene.layers) if has_front else number
    own: Bool[np.ndarray, "H W"] = scene.layers[number].mask(scene.size_hw)
    others = ((other, scene.layers[other].mask(scene.size_hw)) for other in range(last) if other != number)
    for other, mask in unlinked(number, own, others):
        index[mask] = other
        hidden.remove(other)
    return index, hidden
