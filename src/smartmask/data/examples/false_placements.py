"""False placements: the same shape elsewhere, of another size or form, another shape, another word.

Every mask, the true one too, is drawn from a small picture of its shape by one interpolation, so that
resampling tells nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.examples.example import askable
from smartmask.data.layered_scene import LayeredScene
from smartmask.language.wording import SYNONYMS

SMALLEST_SHARE = 0.08
"""Objects smaller than this share of the photo's longer side are not placed."""
LEAST_SEEN = 0.4
"""Share of a false mask's own area, and of the true mask's if it was moved, that must be on the canvas."""
SHAPE_PX, SHAPE_MARGIN_PX = 56, 10
BORDER_SHARE = 0.02
"""An object within this share of a side from the border passes for cut by it (NYU's photos have a rim)."""
TRIES = 8
Item = tuple[LayeredScene, int]
"""A scene and the number of one of its layers."""
Mask = Bool[np.ndarray, "H W"]


class ObjectPool:
    """Objects of one dataset, to be placed and to be placed in others' scenes."""

    def __init__(self, scenes: Sequence[LayeredScene]) -> None:
        """Find what may be asked for and is large enough."""
        self.items: list[Item] = []
        self._with_label: dict[str, list[Item]] = {}
        for scene in scenes:
            for number in askable(scene):
                x0, y0, x1, y1 = scene.layers[number].box_xyxy
                if max(x1 - x0, y1 - y0) >= SMALLEST_SHARE * max(scene.size_hw):
                    self.items.append((scene, number))
                    self._with_label.setdefault(scene.layers[number].label, []).append((scene, number))

    def elsewhere(self, item: Item, same_label: bool, rng: np.random.Generator) -> Item | None:
        """An object of another scene, of the same label or of another meaning; None if none turns up."""
        label = item[0].layers[item[1]].label
        found = self._with_label.get(label, []) if same_label else self.items
        for _ in range(TRIES if found else 0):
            other = found[int(rng.integers(len(found)))]
            name = other[0].layers[other[1]].label
            means_else = name != label and name not in SYNONYMS.get(label, ())
            if other[0].group != item[0].group and (same_label or means_else):
                return other
        return None


def is_cut(item: Item) -> bool:
    """Whether the photo's border seems to cut an object."""
    return any(_cut_sides(item))


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A small picture of a shape and its place on the canvas.

    Attributes:
        picture: Coverage, with an empty margin.
        centre_xy, size_wh: Of the shape's box, in canvas pixels.
        cut: Which of the box's sides the photo cuts: left, top, right, bottom.
    """

    picture: Float32[np.ndarray, "h w"]
    centre_xy: tuple[float, float]
    size_wh: tuple[float, float]
    cut: tuple[bool, bool, bool, bool]

    def area(self) -> float:
        """Canvas pixels of the whole shape."""
        height, width = (side - 2 * SHAPE_MARGIN_PX for side in self.picture.shape)
        return (
            float(np.mean(self.picture >= 0.5))
            * self.picture.size
            / (height * width)
            * self.size_wh[0]
            * self.size_wh[1]
        )

    def at(self, centre_xy: tuple[float, float], size_wh: tuple[float, float] | None = None) -> "Shape":
        """The shape at another place."""
        return Shape(self.picture, centre_xy, size_wh or self.size_wh, self.cut)


@dataclass(frozen=True, slots=True, eq=False)
class FalsePlacement:
    """A false placement.

    Attributes:
        shape: Where it is drawn.
        word: What it is asked for as; None = as the true one.
        least_area: Its least area on the canvas, in areas of the true mask.
    """

    shape: Shape
    word: str | None = None
    least_area: float = 0.0


@dataclass(frozen=True, slots=True)
class ShapeCanvas:
    """The photo's part of the work canvas, and how shapes are drawn on it."""

    size_hw: tuple[int, int]
    is_mirrored: bool
    blur_px: float

    def shape(self, item: Item) -> Shape:
        """An object's shape at the place it has in its own scene, as a share of that scene's longer side."""
        scene, number = item
        layer = scene.layers[number]
        x0, y0, x1, y1 = layer.box_xyxy
        crop = layer.mask(scene.size_hw)[y0:y1, x0:x1].astype(np.float32)
        factor = SHAPE_PX / max(crop.shape)
        width, height = (max(1, round(side * factor)) for side in (x1 - x0, y1 - y0))
        picture = np.pad(cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA), SHAPE_MARGIN_PX)
        if self.blur_px:
            picture = cv2.GaussianBlur(picture, (0, 0), self.blur_px)
        cut = _cut_sides(item)
        middle = np.array(scene.size_hw[::-1]) / 2
        scale = max(self.size_hw) / max(scene.size_hw)
        offset = (np.array([x0 + x1, y0 + y1]) / 2 - middle) * scale
        if self.is_mirrored:
            picture, offset, cut = (
                np.ascontiguousarray(picture[:, ::-1]),
                offset * (-1, 1),
                (cut[2], cut[1], cut[0], cut[3]),
            )
        centre = offset + np.array(self.size_hw[::-1]) / 2
        size = (float(x1 - x0) * scale, float(y1 - y0) * scale)
        return Shape(np.asarray(picture, np.float32), (float(centre[0]), float(centre[1])), size, cut)

    def draw(self, shape: Shape) -> Mask:
        """Its mask."""
        height, width = (side - 2 * SHAPE_MARGIN_PX for side in shape.picture.shape)
        across, along = shape.size_wh[0] / width, shape.size_wh[1] / height
        left = shape.centre_xy[0] - shape.size_wh[0] / 2 - SHAPE_MARGIN_PX * across
        top = shape.centre_xy[1] - shape.size_wh[1] / 2 - SHAPE_MARGIN_PX * along
        matrix = np.array(
            [[across, 0, left + across / 2 - 0.5], [0, along, top + along / 2 - 0.5]], np.float32
        )
        return cv2.warpAffine(shape.picture, matrix, self.size_hw[::-1]) >= 0.5


def _cut_sides(item: Item) -> tuple[bool, bool, bool, bool]:
    scene, number = item
    height, width = scene.size_hw
    x0, y0, x1, y1 = scene.layers[number].box_xyxy
    across, along = BORDER_SHARE * width, BORDER_SHARE * height
    return x0 <= across, y0 <= along, x1 >= width - across, y1 >= height - along


def _shifted(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement:
    """Moved by 0.15 to 1 times its size, or anywhere."""
    if rng.random() < 0.5:
        angle, share = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 1)
        move = share * np.array([np.cos(angle) * true.size_wh[0], np.sin(angle) * true.size_wh[1]])
    else:
        move = rng.uniform(0, 1, 2) * canvas.size_hw[::-1] - true.centre_xy
    if rng.random() < 0.5:  # cut sides stay at the border or leave it
        for axis in (0, 1):
            low, high = true.cut[axis], true.cut[axis + 2]
            move[axis] = (
                0 if low and high else -abs(move[axis]) if low else abs(move[axis]) if high else move[axis]
            )
    return FalsePlacement(
        true.at((true.centre_xy[0] + move[0], true.centre_xy[1] + move[1])), least_area=LEAST_SEEN
    )


def _factor(low: float, high: float, rng: np.random.Generator) -> float:
    """A factor between `low` and `high`, or one over it."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high)) * rng.choice([-1, 1])))


def _about(true: Shape, across: float, along: float, rng: np.random.Generator) -> Shape:
    """The shape resized about its foot or its centre, a cut side left where it is."""
    width, height = true.size_wh[0] * across, true.size_wh[1] * along
    (x, y), (dx, dy) = true.centre_xy, (width - true.size_wh[0], height - true.size_wh[1])
    left, top, right, bottom = true.cut
    x += (dx if left else 0) / 2 - (dx if right else 0) / 2
    if top != bottom:
        y += dy / 2 if top else -dy / 2
    elif not top and rng.random() < 0.5:
        y -= dy / 2
    return true.at((x, y), (width, height))


def _rescaled(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement:
    """Smaller by 0.4 to 0.74, or larger by 1.35 to 2.5."""
    factor = _factor(1.35, 2.5, rng)
    return FalsePlacement(_about(true, factor, factor, rng))


def _stretched(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement:
    """Wider or narrower by 1.6 to 3.5, of the same area."""
    factor = _factor(1.6, 3.5, rng) ** 0.5
    return FalsePlacement(_about(true, factor, 1 / factor, rng))


def _same_elsewhere(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement | None:
    """An object of the same label at the place it has in another scene."""
    other = pool.elsewhere(item, True, rng)
    return None if other is None else FalsePlacement(canvas.shape(other))


def _other_elsewhere(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement | None:
    """An object of another label at the place it has in another scene, called by its own name."""
    other = pool.elsewhere(item, False, rng)
    return None if other is None else FalsePlacement(canvas.shape(other), other[0].layers[other[1]].label)


def _wrong_shape(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement | None:
    """The true place filled by the shape of another label."""
    other = pool.elsewhere(item, False, rng)
    if other is None:
        return None
    shape = canvas.shape(other)
    size = (true.size_wh[0] * true.size_wh[1] / (shape.size_wh[0] * shape.size_wh[1])) ** 0.5
    return FalsePlacement(shape.at(true.centre_xy, (shape.size_wh[0] * size, shape.size_wh[1] * size)))


def _wrong_word(
    canvas: ShapeCanvas, item: Item, true: Shape, pool: ObjectPool, rng: np.random.Generator
) -> FalsePlacement | None:
    """The true mask under the name of something else."""
    other = pool.elsewhere(item, False, rng)
    return None if other is None else FalsePlacement(true, other[0].layers[other[1]].label)


FALSE_PLACEMENTS: dict[
    str, Callable[[ShapeCanvas, Item, Shape, ObjectPool, np.random.Generator], FalsePlacement | None]
] = {
    "shifted": _shifted,
    "rescaled": _rescaled,
    "same label of another scene": _same_elsewhere,
    "another label of another scene": _other_elsewhere,
    "stretched": _stretched,
    "wrong shape": _wrong_shape,
    "wrong word": _wrong_word,
}
"""How each kind of false placement is drawn."""
