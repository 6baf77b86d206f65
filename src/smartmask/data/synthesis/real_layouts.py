"""Silhouettes in layouts of real photos, at the size and depth that the layout's own things imply.

The new thing stands on visible ground. What reaches farther down in the columns that it covers is nearer to
the camera and stays in front of it; all else it hides. So its mask is whole and its place in the order known,
though the layout round it is a photo's and has visible masks only.
"""

import cv2
import numpy as np
from jaxtyping import Bool

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.perspective.estimate import estimate_camera
from smartmask.perspective.scales import WILD, draw_height
from smartmask.perspective.standing import GROUNDS
from smartmask.scene.camera import Camera

_TRIES = 30
_LEAST_PX = 20
_MOST_CANVAS_SHARE = 0.85
_LEAST_SEEN_SHARE = 0.3
_MOST_UNSURE = 0.3
"""Octaves by which the size of a metre may be unsure where something is stood."""
_NEARER_PX = 2


def stand_in_layout(
    rng: np.random.Generator,
    scene: LayeredScene,
    library: SilhouetteLibrary,
    key: str,
    camera: Camera | None = None,
) -> LayeredScene | None:
    """A scene with one more thing in it, whole and in its place in the order.

    Args:
        rng: Where chance comes from.
        scene: The layout of a photo, with its ground.
        library: What may be stood in it.
        key: Name of the new scene; it stays in the group of the old one.
        camera: Who sees it; estimated if None.

    Returns:
        None if the size of a metre is sure on no ground that is seen, or nothing fits.
    """
    camera = camera or estimate_camera(scene.layout())
    index = scene.visible_index()
    rows, columns = np.nonzero(_ground(scene))
    is_trusted = _sure_rows(camera)[rows]
    rows, columns = rows[is_trusted], columns[is_trusted]
    if not len(rows):
        return None
    for _ in range(_TRIES):
        place = int(rng.integers(len(rows)))
        row, column = int(rows[place]), int(columns[place])
        label = _draw_label(rng, library, scene.layers[index[row, column]].label)
        silhouette = None if label is None else library.draw(rng, label)
        if label is None or silhouette is None:
            continue
        metres = draw_height(rng, label, silhouette.aspect)
        if metres is None:
            continue
        tall = round(metres * camera.scale_at(row + 1.0))
        shape = silhouette.mask()[:, ::-1] if rng.random() < 0.5 else silhouette.mask()
        mask = _placed(shape, tall, (row, column), scene.size_hw)
        if mask is None:
            continue
        layers = _inserted(scene, label, mask, row)
        if layers is not None:
            return LayeredScene(
                key, scene.group, scene.size_hw, layers, scene.is_exact, scene.texts, scene.undecided
            )
    return None


def sure_camera(scene: LayeredScene) -> Camera | None:
    """The camera of a photo's layout; None if the size of a metre is sure on no ground that is seen."""
    camera = estimate_camera(scene.layout())
    return camera if _ground(scene)[_sure_rows(camera)].any() else None


def _ground(scene: LayeredScene) -> Bool[np.ndarray, "H W"]:
    """The pixels at which ground is seen."""
    numbers = [number for number, layer in enumerate(scene.layers) if layer.label in GROUNDS]
    return np.isin(scene.visible_index(), numbers)


def _sure_rows(camera: Camera) -> Bool[np.ndarray, " H"]:
    """Whether the size of a metre is sure at the foot of each row."""
    feet = np.arange(camera.size_hw[0]) + 1.0
    return np.array(
        [foot > camera.horizon and camera.scale_deviation_at(foot) <= _MOST_UNSURE for foot in feet], bool
    )


def _draw_label(rng: np.random.Generator, library: SilhouetteLibrary, ground: str) -> str | None:
    """A label that such ground carries, the frequent ones rather, but by the square root of their number."""
    counts: dict[str, int] = {}
    for support in GROUNDS[ground]:
        counts.update(library.labels_on(support))
    for label in WILD & set(counts):
        del counts[label]
    if not counts:
        return None
    weights = np.sqrt(np.array(list(counts.values()), np.float64))
    return str(rng.choice(list(counts), p=weights / weights.sum()))


def _placed(
    shape: Bool[np.ndarray, "h w"], tall: int, foot: tuple[int, int], size_hw: tuple[int, int]
) -> Bool[np.ndarray, "H W"] | None:
    """The shape so many pixels tall with the middle of its lowest row at a pixel; None if it does not fit."""
    wide = max(1, round(tall * shape.shape[1] / shape.shape[0]))
    top, left = foot[0] + 1 - tall, foot[1] - wide // 2
    if max(tall, wide) < _LEAST_PX or tall > _MOST_CANVAS_SHARE * size_hw[0]:
        return None
    if tall < 4 or top < 0 or left < 0 or left + wide > size_hw[1]:
        return None
    is_smaller = tall < shape.shape[0]
    way = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    mask = np.zeros(size_hw, bool)
    mask[top : top + tall, left : left + wide] = (
        cv2.resize(shape.astype(np.float32), (wide, tall), interpolation=way) >= 0.5
    )
    return mask if mask.any() else None


def _inserted(
    scene: LayeredScene, label: str, mask: Bool[np.ndarray, "H W"], foot_row: int
) -> tuple[SceneLayer, ...] | None:
    """The scene's layers with a new one behind those that are nearer; None if there is no such order.

    There is none if too little of the new thing would be seen, or if a nearer layer lies behind one that the
    new thing hides.
    """
    masks = [layer.mask(scene.size_hw) for layer in scene.layers]
    nearer = [
        number
        for number, (layer, other) in enumerate(zip(scene.layers, masks, strict=True))
        if layer.label not in GROUNDS and _is_nearer(other, mask, foot_row)
    ]
    if nearer:
        hidden = np.logical_or.reduce([masks[number] for number in nearer]) & mask
        if np.count_nonzero(hidden) > (1 - _LEAST_SEEN_SHARE) * np.count_nonzero(mask):
            return None
    for number in nearer:
        for other in range(number + 1, len(masks)):
            if other not in nearer and (masks[number] & masks[other]).any():
                return None
    front = [scene.layers[number] for number in nearer]
    behind = [layer for number, layer in enumerate(scene.layers) if number not in nearer]
    return (*behind, SceneLayer.of(label, mask, extent="amodal", is_thing=True), *front)


def _is_nearer(other: Bool[np.ndarray, "H W"], mask: Bool[np.ndarray, "H W"], foot_row: int) -> bool:
    """Whether a layer that meets the new thing reaches farther down than its foot where they meet."""
    columns = (other & mask).any(0)
    if not columns.any():
        return False
    return bool(other[foot_row + 1 + _NEARER_PX :, columns].any())
