"""Where a thing comes: boxes drawn from the network, sorted by what must and what should hold.

Boxes are first drawn from the network's own distribution; of those that keep every rule one is drawn by its
fit, so a scene without special wishes is a plain sample. If none does (a relation that no training scene
shows), boxes all over the canvas are tried, the likeliest of which that keeps the rules is taken: a relation
then holds by construction wherever the canvas allows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64

from smartmask.model.planner.metric import MetricSize
from smartmask.model.planner.network import PlannerNetwork, Reading
from smartmask.model.planner.pairs import pair_features
from smartmask.model.planner.state import BINS, box_bins, boxes_of_bins
from smartmask.model.planner.support import Hold, Surfaces

SAMPLES = 160
"""Boxes drawn from the network for each wish."""
SPREAD = 1400
"""Boxes, of the sizes drawn, tried all over the canvas where none of those is good."""
TEMPERATURE = 0.9
"""That the network's logits are divided by: below 1, likely boxes are drawn more often than it says."""
KEPT_SHARE = 0.6
"""Share of a box's foot that must be held; above the rule's half, since masks are narrower than boxes."""
FLOOR_SHARE = 0.8
"""The same for what stands on the floor: half of a sofa does not stand on a wall."""
NOTHING_AMISS = -1.5
"""A score above which nothing is amiss."""
EQUALLY_NEAR = 0.02
"""Feet that differ by less stand equally near; then the network decides."""
LIFT = 0.008
"""Share of the canvas's height by which a mask may end above its box: then, too, it must be carried."""
FOOT_ZONE = 0.1
"""The same as a share of a thing's height: nothing stands on what is above that of another (`support.py`)."""
SLIVER = 0.09
"""Width or height, as a share of the canvas, below which nobody knows what the rest of a cut thing is."""
CERTAIN_LOGIT = 30.0
"""The logit of what geometry decides."""
IMPROBABLE = 0.05
"""A height or width less likely than this share of the likeliest is taken only if nothing else will do."""
MOST_CUT = 0.03
"""Share of a thing's height that the canvas's upper border may cut off."""
MOST_HIDDEN = 0.4
"""Share of a thing that may be hidden, by a new one or from it."""
MOST_HIDDEN_BY_EXTRA = 0.15
"""The same for what was not asked for: it may not stand in the way."""
MOST_HIDDEN_ALONE = 0.3
"""The same for a single thing, put into a photo: things of a photo are seldom whole."""
LEAST_MISSED = 0.2
"""Area, in shares of its own, of things that it may hide whole: they are far behind it."""
MOST_BEHIND_ALONE = 0.1
"""Share of a single thing, put into a photo, that nearer things may hide: who wants more says behind what."""
MOST_ALIKE = 0.2
"""Share of a box that may lie on boxes of things of the same kind."""
MOST_SHARED_GROUND = 0.3
"""Share of the ground that two solid things cover which both may: depths are rough."""
MOST_SHARED_IN_PHOTOS = 0.5
"""The same where a thing is put into a photo, whose camera and things are guessed."""
_SMALLEST_AREA, _LARGEST_AREA = 0.0006, 0.55
"""Shares of the canvas between which a box's area lies."""

BoxPredicate = Callable[[tuple[float, float, float, float]], bool]
"""Whether a box, as shares of the canvas, keeps a wish."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is asked of a box.

    Attributes:
        hold: What keeps the thing in place.
        surfaces: Where it may be.
        musts: Relations that the prompt states.
        shoulds: What later things will need of it.
        alike: Boxes of things with the same label.
        things: Boxes of all things that must stay seen.
        standing: Boxes of things on the ground: those with a lower foot will stand in front of it.
        most_hidden: Largest share of a thing that it may hide.
        most_behind: Largest share of itself that a thing which stands nearer may hide.
        rest: Where its foot belongs, if not just anywhere that holds it: on a table, on a seat.
        is_sent_up: Whether it belongs in the sky, where some is seen.
        size: How large it comes out where; None = as the network draws it.
        aspect: Its width over height, both as shares of the canvas; None = as the network draws it.
        is_planned: Whether the layout is a planned one, whose ground and things are known: then the whole
            foot is on the ground, which it shares with nothing.
        may_sit: Whether somebody may sit where no seat is.
    """

    hold: Hold
    surfaces: Surfaces
    musts: tuple[BoxPredicate, ...] = ()
    shoulds: tuple[BoxPredicate, ...] = ()
    alike: Float32[np.ndarray, "A 4"] | None = None
    things: Float32[np.ndarray, "N 4"] | None = None
    standing: Float32[np.ndarray, "S 4"] | None = None
    most_hidden: float = MOST_HIDDEN
    most_behind: float = MOST_HIDDEN
    rest: Bool[np.ndarray, "C C"] | None = None
    is_sent_up: bool = False
    size: MetricSize | None = None
    aspect: float | None = None
    is_planned: bool = False
    may_sit: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ChosenBox:
    """A box and how well it keeps its rules.

    Attributes:
        box: As shares of the canvas.
        bins: The bins it lies in.
        score: 0 if it keeps them all, less for each that it breaks.
    """

    box: Float32[np.ndarray, "4"]
    bins: Int64[np.ndarray, "4"]
    score: float


def choose_box(
    network: PlannerNetwork,
    reading: Reading,
    answer: Float32[np.ndarray, " D"],
    others: Float32[np.ndarray, "N 4"],
    wanted: Wanted,
    rng: np.random.Generator,
    *,
    search: bool,
) -> ChosenBox:
    """A box for the thing that a box query asked about.

    Args:
        network: Draws boxes.
        reading: Of the layers.
        answer: Of the box query.
        others: Boxes of the layers.
        wanted: What is asked of it.
        rng: Where chance comes from.
        search: Whether to look all over the canvas if no drawn box keeps the rules.
    """
    found = drawn_boxes(network, reading, answer, others, wanted, rng, search=search)
    chosen = int(np.argmax(found.likely + rng.gumbel(size=len(found.boxes))))
    return ChosenBox(found.boxes[chosen], found.bins[chosen], float(found.scores[chosen]))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnBoxes:
    """Boxes out of which one is to be chosen.

    Attributes:
        raw: As the network drew them, as shares of the canvas.
        boxes: As large as the thing comes out there.
        bins: The bins these lie in.
        scores: 0 for those that keep all rules, less for each that one breaks.
        likely: Logarithm of how likely each is to be chosen, up to a constant.
    """

    raw: Float32[np.ndarray, "K 4"]
    boxes: Float32[np.ndarray, "K 4"]
    bins: Int64[np.ndarray, "K 4"]
    scores: Float[np.ndarray, " K"]
    likely: Float[np.ndarray, " K"]


def drawn_boxes(
    network: PlannerNetwork,
    reading: Reading,
    answer: Float32[np.ndarray, " D"],
    others: Float32[np.ndarray, "N 4"],
    wanted: Wanted,
    rng: np.random.Generator,
    *,
    search: bool,
) -> DrawnBoxes:
    """Boxes for the thing that a box query asked about, as `choose_box` chooses among them."""
    bins = network.draw_bins(answer, SAMPLES, TEMPERATURE, rng)
    raw = boxes_of_bins(bins, rng.random(bins.shape, np.float32))
    bins, boxes = sized_boxes(raw, wanted, rng, bins)
    logs = bin_logs(network, answer, bins)
    scores = rule_scores(boxes, wanted) - 2.0 * _is_improbable(logs, bins, wanted)
    best = float(scores.max())
    if best < NOTHING_AMISS and search:
        raw = spread_boxes(boxes, rng)
        bins, boxes = sized_boxes(raw, wanted, rng)
        logs = bin_logs(network, answer, bins)
        scores = rule_scores(boxes, wanted) - 2.0 * _is_improbable(logs, bins, wanted)
        likely = np.take_along_axis(logs, bins.T[:, :, None], 2)[..., 0].sum(0) + 8 * scores
    else:
        likely = np.where(scores >= min(best, NOTHING_AMISS), 0.0, -np.inf)
    fit = network.fit(reading, answer, bins, boxes, others).astype(np.float64)
    return DrawnBoxes(raw, boxes, bins, scores, likely + fit)


def bin_logs(
    network: PlannerNetwork, answer: Float32[np.ndarray, " D"], bins: Int64[np.ndarray, "K 4"]
) -> Float[np.ndarray, "4 K B"]:
    """Logarithm of the probability of each bin of each number, given the numbers before it."""
    logits = network.box_logits(answer, bins).astype(np.float64)
    logits -= logits.max(-1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(-1, keepdims=True)))


def log_density(
    network: PlannerNetwork, answer: Float32[np.ndarray, " D"], bins: Int64[np.ndarray, "K 4"]
) -> Float[np.ndarray, " K"]:
    """Logarithm of each box's probability."""
    logs = bin_logs(network, answer, bins)
    return np.asarray(np.take_along_axis(logs, bins.T[:, :, None], 2)[..., 0].sum(0))


def position(
    network: PlannerNetwork,
    reading: Reading,
    answer: Float32[np.ndarray, " D"],
    chosen: ChosenBox,
    others: Float32[np.ndarray, "N 4"],
    is_standing: Bool[np.ndarray, " N"],
    lowest: int,
    highest: int,
) -> int:
    """The place in the order that is likeliest: so many of the layers read are behind the new thing.

    Args:
        network: Says which of two is in front.
        reading: Of the layers.
        answer: Of the box query.
        chosen: The new thing's box.
        others: Boxes of the layers, rearmost first.
        is_standing: Which of them stand on the ground as the new thing does; then the lower foot is in front.
        lowest: Least number of layers behind it.
        highest: Largest number.
    """
    logits = network.front_logits(reading, answer, chosen.bins, chosen.box, others).astype(np.float64)
    lower = chosen.box[3] - others[:, 3]
    least_high = np.minimum(chosen.box[3] - chosen.box[1], others[:, 3] - others[:, 1])
    near = np.minimum(EQUALLY_NEAR, FOOT_ZONE * least_high)
    logits = np.where(is_standing & (np.abs(lower) > near), np.sign(lower) * CERTAIN_LOGIT, logits)
    logits = np.where(pair_features(chosen.box, others)[:, 4] > 0, logits, 0.0)
    front, behind = -np.logaddexp(0, -logits), -np.logaddexp(0, logits)
    scores = np.concatenate([[0.0], np.cumsum(front - behind)])
    allowed = scores[lowest : highest + 1]
    return highest - int(np.argmax(allowed[::-1]))


def rule_scores(boxes: Float32[np.ndarray, "K 4"], wanted: Wanted) -> Float[np.ndarray, " K"]:
    """0 for boxes that keep everything; relations weigh most, then what keeps a thing up."""
    held = wanted.surfaces.held_shares(wanted.hold, boxes)
    if wanted.is_planned and wanted.hold in ("top", "seat"):
        lifted = boxes - np.array([0, 0, 0, LIFT], np.float32)
        held = np.minimum(held, wanted.surfaces.held_shares(wanted.hold, lifted))
    if wanted.is_sent_up:
        held = wanted.surfaces.sky_shares(boxes)
    share = FLOOR_SHARE if wanted.is_planned and wanted.hold == "floor" else KEPT_SHARE
    scores = -6 * np.maximum(share - held, 0) / share
    if wanted.rest is not None:
        scores -= 4.0 * (wanted.surfaces.foot_shares(wanted.rest, boxes) < share)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    scores -= 4.0 * ((area < _SMALLEST_AREA) | (area > _LARGEST_AREA))
    scores -= 3.0 * _slivers(boxes)
    scores -= 3.0 * (boxes[:, 1] < -MOST_CUT * (boxes[:, 3] - boxes[:, 1]))
    least = 0.0 if wanted.is_planned else LEAST_MISSED
    scores -= 3.0 * (hidden_shares(boxes, wanted.things, least).max(1, initial=0.0) > wanted.most_hidden)
    if wanted.standing is not None and len(wanted.standing):
        hidden = _shared(boxes, wanted.standing) / np.maximum(area, 1e-6)[:, None]
        is_behind = boxes[:, None, 3] < wanted.standing[None, :, 3] - EQUALLY_NEAR
        scores -= 4.0 * (np.where(is_behind, hidden, 0.0).max(1) > wanted.most_behind)
    if wanted.alike is not None and len(wanted.alike):
        scores -= 5.0 * (_union_shares(boxes, wanted.alike).max(1) > MOST_ALIKE)
    if wanted.size is not None:
        scores -= 4.0 * wanted.size.is_too_high(boxes)
        most_shared = MOST_SHARED_GROUND if wanted.is_planned else MOST_SHARED_IN_PHOTOS
        scores -= 3.0 * (wanted.size.shared_ground(boxes) > most_shared)
        if not wanted.may_sit:
            is_carried = wanted.surfaces.carried_shares(boxes) >= KEPT_SHARE
            scores -= 3.0 * (wanted.size.sits(boxes) & ~is_carried)
    for tests, weight in ((wanted.musts, 20.0), (wanted.shoulds, 3.0)):
        for test in tests:
            scores -= weight * ~np.array([test(tuple(box)) for box in boxes.astype(float).tolist()], bool)
    return np.asarray(scores)


def sized_boxes(
    boxes: Float32[np.ndarray, "K 4"],
    wanted: Wanted,
    rng: np.random.Generator,
    bins: Int64[np.ndarray, "K 4"] | None = None,
) -> tuple[Int64[np.ndarray, "K 4"], Float32[np.ndarray, "K 4"]]:
    """Boxes as large as the thing comes out where they stand, moved back into the canvas; with their bins."""
    if wanted.size is None and wanted.aspect is None:
        return box_bins(boxes) if bins is None else bins, boxes
    sized = boxes.copy()
    if wanted.aspect is not None:
        half = (boxes[:, 3] - boxes[:, 1]) * np.float32(wanted.aspect / 2)
    else:
        widest = np.float32(wanted.size.widest() if wanted.size else np.inf)
        narrowest = np.float32(wanted.size.narrowest() if wanted.size else 0)
        high = boxes[:, 3] - boxes[:, 1]
        half = np.clip(boxes[:, 2] - boxes[:, 0], high * narrowest, high * widest) / 2
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    sized[:, 0], sized[:, 2] = middles - half, middles + half
    if wanted.size is not None:
        sized = wanted.size.resized(sized, rng)
    shift = np.maximum(-sized[:, 0], 0) - np.maximum(sized[:, 2] - 1, 0)
    sized[:, [0, 2]] += np.where(sized[:, 2] - sized[:, 0] < 1, shift, 0)[:, None]
    return box_bins(sized), sized


def _is_improbable(
    logs: Float[np.ndarray, "4 K B"], bins: Int64[np.ndarray, "K 4"], wanted: Wanted
) -> Bool[np.ndarray, " K"]:
    """Whether a box is too high for where its foot is, or too wide for its height, or too small.

    Where metres say how high a thing is the network is not asked.
    """
    if wanted.size is not None:
        return np.zeros(len(bins), bool)
    found = np.take_along_axis(logs, bins.T[:, :, None], 2)[..., 0]
    return np.asarray((found[1:3] - logs[1:3].max(-1) < np.log(IMPROBABLE)).any(0))


def spread_boxes(boxes: Float32[np.ndarray, "K 4"], rng: np.random.Generator) -> Float32[np.ndarray, "S 4"]:
    """Boxes of the drawn sizes, some smaller, all over the canvas."""
    from_box = boxes[rng.integers(len(boxes), size=SPREAD)]
    scale = rng.uniform(0.45, 1.05, SPREAD)
    wide, high = (from_box[:, 2] - from_box[:, 0]) * scale, (from_box[:, 3] - from_box[:, 1]) * scale
    wide, high = np.clip(wide, 1 / BINS, 0.95), np.clip(high, 1 / BINS, 0.95)
    middle = wide / 2 + rng.random(SPREAD) * (1 - wide)
    foot = high + rng.random(SPREAD) * (1 - high)
    return np.stack([middle - wide / 2, foot - high, middle + wide / 2, foot], 1).astype(np.float32)


def _slivers(boxes: np.ndarray) -> np.ndarray:
    """Whether all that the canvas's border leaves of a thing is a strip along it."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    at_side = (boxes[:, 0] < 0.005) | (boxes[:, 2] > 0.995)
    at_end = (boxes[:, 3] > 0.995) | (boxes[:, 1] < 0.005)
    return (at_side & (wide < SLIVER)) | (at_end & (high < SLIVER))


def _shared(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.clip(high - low, 0, None).prod(-1)


def hidden_shares(
    boxes: Float32[np.ndarray, "K 4"], things: Float32[np.ndarray, "N 4"] | None, least: float = 0.0
) -> Float[np.ndarray, "K N"]:
    """How much of each thing that a box would hide is hidden by it: those whose foot is not lower.

    Those whose area is below so many of the box's own do not count.
    """
    if things is None or not len(things):
        return np.zeros((len(boxes), 0))
    area = (things[:, 2:] - things[:, :2]).prod(-1)
    hides = boxes[:, None, 3] >= things[None, :, 3] - 0.01
    hides &= area >= least * (boxes[:, 2:] - boxes[:, :2]).prod(-1)[:, None]
    return np.where(hides, _shared(boxes, things) / np.maximum(area, 1e-6), 0.0)


def _union_shares(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    shared = _shared(boxes, others)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(-1)[:, None] + (others[:, 2:] - others[:, :2]).prod(-1)[None]
    return shared / np.maximum(areas - shared, 1e-9)


def seen_shares(boxes: Float32[np.ndarray, "N 4"], cells: int = 48) -> Float[np.ndarray, " N"]:
    """How much of each box is not under the boxes that come after it.

    >>> seen_shares(np.array([[0, 0, 1, 1], [0, 0, 0.5, 1]], np.float32)).tolist()
    [0.5, 1.0]
    """
    middles = (np.arange(cells) + 0.5) / cells
    across = (middles >= boxes[:, :1]) & (middles < boxes[:, 2:3])
    down = (middles >= boxes[:, 1:2]) & (middles < boxes[:, 3:])
    inside = down[:, :, None] & across[:, None]
    in_front = np.logical_or.accumulate(inside[::-1], 0)[::-1]
    in_front = np.concatenate([in_front[1:], np.zeros_like(inside[:1])]) if len(boxes) else inside
    area = inside.sum((1, 2))
    seen = (inside & ~in_front).sum((1, 2))
    return np.where(area > 0, seen / np.maximum(area, 1), 1.0)


def as_boxes(boxes: Sequence[Float32[np.ndarray, "4"]]) -> Float32[np.ndarray, "N 4"]:
    """Boxes in one array, also when there are none."""
    return np.array(list(boxes), np.float32).reshape(-1, 4)
