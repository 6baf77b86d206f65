"""Does the ranker tell where held-out objects stood from where they did not? Asked pair by pair.

A pair is an object's true mask and one false one in a layout of their own, with the same kind of hole under
both where holes are needed at all (`data/examples/placements.py`). Everything random follows from the
object's number.
The area under the ROC curve of pairs is the share of them in which the true mask has the higher score, half
of the ties among them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int16

from smartmask.data.examples.false_placements import Item, Mask, ObjectPool, is_cut
from smartmask.data.examples.placements import make_placements
from smartmask.data.examples.removal import Fill
from smartmask.data.layered_scene import LayeredScene
from smartmask.protocols import Ranker
from smartmask.scene.layout import UNKNOWN

PROTOCOL = 1
KINDS = ("shifted", "rescaled", "same label of another scene", "another label of another scene")
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class RankingPair:
    """A true and a false placement in one layout.

    Attributes:
        number: Of the object; it seeds everything random about the pair.
        kind: How the false one was made.
        is_whole: Whether the photo's border leaves the object whole.
        visible_index, labels: The layout.
        masks: The true mask, the false one.
        prompts: What each is asked for as.
    """

    number: int
    kind: str
    is_whole: bool
    visible_index: Int16[np.ndarray, "H W"]
    labels: tuple[str, ...]
    masks: tuple[Mask, Mask]
    prompts: tuple[str, str]


def ranking_pairs(
    scenes: Iterable[LayeredScene], limit: int, fill: Fill | None = None, kinds: Sequence[str] = KINDS
) -> Iterator[RankingPair]:
    """A pair of each kind for objects spread evenly over some scenes.

    Args:
        scenes: Scenes of one split of one dataset.
        limit: At most so many objects.
        fill: How holes are filled; None draws one for each pair.
        kinds: Keys of `FALSE_PLACEMENTS`.
    """
    pool = ObjectPool(list(scenes))
    count = min(limit, len(pool.items))
    for number in np.linspace(0, len(pool.items) - 1, count).astype(int).tolist():
        for kind in kinds:
            pair = _pair(pool, number, kind, pool.items[number], fill)
            if pair is not None:
                yield pair


def hole_pairs(scenes: Iterable[LayeredScene], limit: int) -> Iterator[tuple[RankingPair, RankingPair]]:
    """Pairs of exact scenes as they are, and the same with holes cut and filled under both masks.

    What is behind the object is known here, so what the second are told apart by and the first are not is
    the holes' doing.
    """
    pool = ObjectPool(list(scenes))
    count = min(limit, len(pool.items))
    for number in np.linspace(0, len(pool.items) - 1, count).astype(int).tolist():
        scene, layer = pool.items[number]
        behind = replace(scene, layers=scene.layers[: layer + 1])
        for kind in KINDS:
            exact = _pair(pool, number, kind, (behind, layer), None)
            cut = _pair(pool, number, kind, (replace(behind, is_exact=False), layer), None)
            if exact is not None and cut is not None:
                yield exact, cut


def score_pairs(ranker: Ranker, pairs: Iterable[RankingPair]) -> Float[np.ndarray, "P 2"]:
    """The score of the true and of the false mask of each pair."""
    scores = [
        [
            ranker.score(pair.visible_index, pair.labels, mask, prompt, None)
            for mask, prompt in zip(pair.masks, pair.prompts, strict=True)
        ]
        for pair in pairs
    ]
    return np.array(scores, np.float64).reshape(-1, 2)


def with_other_words(pairs: Sequence[RankingPair], seed: int = 0) -> list[RankingPair]:
    """The pairs with labels and prompts that belong to others: what is left is geometry."""
    words = sorted({label for pair in pairs for label in (*pair.labels, *pair.prompts)})
    rng = np.random.default_rng([seed, 12])
    changed = []
    for pair in pairs:
        names = sorted({*pair.labels, *pair.prompts})
        drawn = rng.choice(len(words), len(names), replace=len(words) < len(names))
        new = dict(zip(names, (words[place] for place in drawn), strict=True))
        prompts = new[pair.prompts[0]], new[pair.prompts[1]]
        changed.append(replace(pair, labels=tuple(new[label] for label in pair.labels), prompts=prompts))
    return changed


def without_layout(pairs: Sequence[RankingPair]) -> list[RankingPair]:
    """The pairs on canvases of which nothing is known: what is left is the word and the place."""
    return [
        replace(pair, visible_index=np.full_like(pair.visible_index, UNKNOWN), labels=()) for pair in pairs
    ]


def pair_auc(scores: Float[np.ndarray, "P 2"]) -> float:
    """Share of pairs with the higher score for the true mask, half of the ties among them.

    >>> pair_auc(np.array([[0.9, 0.1], [0.2, 0.3], [0.5, 0.5], [0.7, 0.2]]))
    0.625
    """
    return float(np.mean(scores[:, 0] > scores[:, 1]) + np.mean(scores[:, 0] == scores[:, 1]) / 2)


def pooled_auc(scores: Float[np.ndarray, "P 2"]) -> float:
    """The same over all true masks against all false ones, also of other layouts.

    >>> pooled_auc(np.array([[0.9, 0.1], [0.2, 0.3]]))
    0.75
    """
    values, places = np.unique(scores, return_inverse=True)
    places = places.reshape(scores.shape)
    false = np.bincount(places[:, 1], minlength=len(values))
    below = np.cumsum(false) - false / 2
    return float(below[places[:, 0]].mean() / len(scores))


def confidence_interval(
    scores: Float[np.ndarray, "P 2"], numbers: Sequence[int], seed: int = 0
) -> tuple[float, float]:
    """The middle 95 % of `pair_auc` over resamples of objects.

    Args:
        scores: Of each pair.
        numbers: The object of each pair: pairs of one object are drawn together.
        seed: Of the resampling.
    """
    wins = (scores[:, 0] > scores[:, 1]) + 0.5 * (scores[:, 0] == scores[:, 1])
    _, places = np.unique(numbers, return_inverse=True)
    count, won = np.bincount(places), np.bincount(places, wins)
    drawn = np.random.default_rng(seed).integers(len(count), size=(RESAMPLES, len(count)))
    low, high = np.quantile(won[drawn].sum(1) / count[drawn].sum(1), (0.025, 0.975))
    return float(low), float(high)


def calibration_error(scores: Float[np.ndarray, "P 2"], bins: int = 10) -> float:
    """Mean difference of score and share of true masks over bins of equal count, true and false mixed evenly.

    >>> calibration_error(np.array([[1.0, 0.0]] * 20))
    0.0
    """
    truth = np.repeat([[1.0, 0.0]], len(scores), 0).ravel()
    order = np.argsort(scores.ravel(), kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    errors = [abs(scores.ravel()[part].mean() - truth[part].mean()) for part in parts]
    return float(np.average(errors, weights=[len(part) for part in parts]))


def _pair(pool: ObjectPool, number: int, kind: str, item: Item, fill: Fill | None) -> RankingPair | None:
    rng = np.random.default_rng([number, KINDS.index(kind) if kind in KINDS else len(KINDS), 11])
    found = make_placements(item, (kind,), pool, rng, fill=fill, plain=True)
    if found is None:
        return None
    masks, prompts = (found.masks[0], found.masks[1]), (found.prompts[0], found.prompts[1])
    return RankingPair(number, kind, not is_cut(item), found.visible_index, found.labels, masks, prompts)
