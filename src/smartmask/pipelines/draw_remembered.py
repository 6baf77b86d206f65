"""Masks from remembered shapes: chosen by what the denoiser's samples vote for, fitted to the hint.

box        the shape fills it; stretched no more than `MOST_STRETCH`, else it stands on its foot line
region     the shape keeps its proportions, and stands in a box within the region
none       the shape keeps its proportions, at the place and size that a placer gives
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from smartmask.model.shape_frame import FRAME_PX, MARGIN_PX
from smartmask.model.shape_sketch import pairwise_iou
from smartmask.pipelines.shape_choice import Candidates, choose
from smartmask.pipelines.shape_fit import fitted_box, fitted_outline, warp_toward
from smartmask.pipelines.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.pipelines.suggestion import Origin
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.outline import Outline
from smartmask.scene.view import View

REGION_STRETCH = 1.15
"""The most that a thing in a region leaves its own proportions by."""
LATER_PRICE = 0.02
"""What each place down the order costs where a shape is sought for a box, in ln(width / height)."""
ORDERED = 16
"""Shapes of a request that are put in order; further candidates are drawn freely."""


NEAREST_SHARE = 0.25
"""Share of the votes, those most like a shape, that it follows: another pose must not pull at it."""
MOST_WARP = 0.03
"""Longest displacement toward them, as a share of the shape's box."""
SEED_NOISE = 0.02
"""Deviation, in IoU, of the choice between shapes that are nearly as good: seeds differ by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A remembered shape on the canvas."""

    outline: Outline
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The shapes of a request in the order in which to show them.

    Attributes:
        prompt: What was asked for.
        box_xyxy: What is to be filled; None = shapes have their own proportions, at places still to come.
        shapes: The candidates.
        order: Places among them.
        votes: Samples of what is likely, in the frame of the box.
        is_within: Whether shapes in their own proportions stay within the boxes that they are laid on; else
            they take the boxes' foot points and areas.
    """

    prompt: str
    box_xyxy: BoxXYXY | None
    shapes: Candidates
    order: Int[np.ndarray, " c"]
    votes: Bool[np.ndarray, "v S S"]
    is_within: bool = False


def choose_for_box(
    recall: ShapeRecall,
    prompt: str,
    box_xyxy: BoxXYXY,
    view: View,
    fields: Float32[np.ndarray, "v R R"],
    rng: np.random.Generator,
) -> Chosen:
    """Shapes for a box.

    Args:
        recall: The memory.
        prompt: What is wanted.
        box_xyxy: The box to fill.
        view: The window that the samples were drawn in.
        fields: The samples, each stretched to the box already, or not.
        rng: Decides between equals.
    """
    x0, y0, x1, y1 = box_xyxy
    log_aspect = float(np.log((x1 - x0) / (y1 - y0)))
    shapes = recall.candidates(prompt, log_aspect)
    side = shapes.sketches.shape[1]
    votes = np.stack([in_frame(field, view, box_xyxy, side) > 0 for field in fields])
    votes = votes[votes.any((1, 2))]
    order = choose(shapes, votes, log_aspect, ORDERED, rng, noise=SEED_NOISE)
    return Chosen(prompt, box_xyxy, shapes, order, votes)


def choose_freely(
    recall: ShapeRecall, prompt: str, rng: np.random.Generator, region_xyxy: BoxXYXY | None = None
) -> Chosen:
    """Shapes in their own proportions; about a region those that are like it in aspect."""
    middle = None
    if region_xyxy is not None:
        x0, y0, x1, y1 = region_xyxy
        middle = float(np.log((x1 - x0) / (y1 - y0)))
    shapes = _some(recall.candidates(prompt, middle), rng)
    if middle is None:
        middle = float(np.median(shapes.log_aspects)) if len(shapes) else 0.0
    none = np.zeros((0, *shapes.sketches.shape[1:]), bool)
    order = choose(shapes, none, middle, ORDERED, rng, noise=SEED_NOISE)
    return Chosen(prompt, None, shapes, order, none, is_within=region_xyxy is not None)


def lay(recall: ShapeRecall, chosen: Chosen, place: int, box_xyxy: BoxXYXY) -> Laid | None:
    """The shape at a place of the order, laid on a box; None if nothing of it is left.

    Args:
        recall: The memory.
        chosen: The order.
        place: Which one.
        box_xyxy: Where it goes.
    """
    row = int(chosen.order[place])
    number, is_mirrored = int(chosen.shapes.numbers[row]), bool(chosen.shapes.is_mirrored[row])
    aspect = float(np.exp(chosen.shapes.log_aspects[row]))
    if chosen.box_xyxy is None:
        target, fit = _own_box(chosen, box_xyxy, aspect), "own"
    else:
        target, fit = fitted_box(box_xyxy, aspect, MOST_STRETCH)
    field, warp = recall.field(number, is_mirrored), None
    if len(chosen.votes) and fit == "box":
        warp = warp_toward(chosen.shapes.sketches[row], 2 * _nearest(chosen, row) - 1, MOST_WARP)
    outline = fitted_outline(field, target, warp)
    if not outline.curves:
        return None
    entry = recall.memory.entry(number)
    origin = Origin(
        label=entry.label,
        similarity=recall.similarity(chosen.prompt, number),
        source=entry.source,
        group=entry.group,
        is_mirrored=is_mirrored,
        fit=fit,
    )
    return Laid(outline, origin)


def place_for(chosen: Chosen, number: int, box_xyxy: BoxXYXY) -> int:
    """The place of the shape for a candidate's box: its own, unless another one is more like the box."""
    x0, y0, x1, y1 = box_xyxy
    away = np.abs(chosen.shapes.log_aspects[chosen.order] - np.log((x1 - x0) / (y1 - y0)))
    later = (np.arange(len(chosen.order)) - number) % len(chosen.order)
    return int(np.argmin(np.maximum(away - np.log(MOST_STRETCH), 0) + LATER_PRICE * later))


def _own_box(chosen: Chosen, box_xyxy: BoxXYXY, aspect: float) -> BoxXYXY:
    """Where a shape goes that has its own proportions, or nearly."""
    if chosen.is_within:
        return fitted_box(box_xyxy, aspect, REGION_STRETCH)[0]
    x0, y0, x1, y1 = box_xyxy
    nearest = np.clip((x1 - x0) / (y1 - y0), aspect / MOST_STRETCH, aspect * MOST_STRETCH)
    return of_aspect(box_xyxy, float(nearest))


def of_aspect(box_xyxy: BoxXYXY, aspect: float) -> BoxXYXY:
    """A box of the same foot point and area, and of another width over height.

    >>> of_aspect((0, 0, 40, 10), 1.0)
    (10.0, -10.0, 30.0, 10.0)
    """
    x0, y0, x1, y1 = (float(value) for value in box_xyxy)
    area, middle = (x1 - x0) * (y1 - y0), (x0 + x1) / 2
    width, height = float(np.sqrt(area * aspect)), float(np.sqrt(area / aspect))
    return middle - width / 2, y1 - height, middle + width / 2, y1


def in_frame(
    field: Float32[np.ndarray, "R R"], view: View, box_xyxy: BoxXYXY, side: int
) -> Float32[np.ndarray, "S S"]:
    """A view's field in the frame of a box, at a sketch's resolution."""
    x0, y0, x1, y1 = box_xyxy
    margin = MARGIN_PX / FRAME_PX
    shares = ((np.arange(side) + 0.5) / side - margin) / (1 - 2 * margin)
    columns = _weights((x0 + shares * (x1 - x0) - view.x0) * view.scale - 0.5, view.resolution)
    rows = _weights((y0 + shares * (y1 - y0) - view.y0) * view.scale - 0.5, view.resolution)
    return np.asarray(rows @ field @ columns.T, np.float32)


def _weights(places: Float[np.ndarray, " S"], count: int) -> Float[np.ndarray, "S R"]:
    return np.clip(1 - np.abs(np.clip(places, 0, count - 1)[:, None] - np.arange(count)), 0, None)


def _nearest(chosen: Chosen, row: int) -> Float[np.ndarray, "S S"]:
    """The share of the votes nearest to a shape that are inside, of each pixel."""
    votes = chosen.votes.reshape(len(chosen.votes), -1)
    mine = (chosen.shapes.sketches[row] > 0).reshape(1, -1)
    count = max(1, round(NEAREST_SHARE * len(votes)))
    near = np.argsort(-pairwise_iou(mine, votes)[0], kind="stable")[:count]
    return np.asarray(chosen.votes[near].mean(0))


def _some(shapes: Candidates, rng: np.random.Generator, most: int = 160) -> Candidates:
    """A random part of many shapes."""
    if len(shapes) <= most:
        return shapes
    kept = np.sort(rng.choice(len(shapes), most, replace=False))
    return shapes.taken(kept)
