"""How often the depth order that visible regions tell is right, on scenes whose order is known.

A scene of whole objects in order is reduced to what is seen of them. Asked is, of each two regions that touch
and whose whole masks share at least `LEAST_OVERLAP` of the smaller one, which is in front.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from smartmask.data.layered_scene import LayeredScene
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.depth_evidence import KINDS, read_evidence
from smartmask.segmentation.depth_order import front_of, order_by_depth
from smartmask.segmentation.panoptic import nearness_key

LEAST_OVERLAP = 0.01
"""Outlines drawn side by side share a few pixels by mistake, which says nothing about depth."""
SORTS = ("two things", "thing and surroundings", "surroundings")
"""Pairs by how many of the two may be asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownScene:
    """What is seen of a scene, and the truth about it.

    Attributes:
        layout: The visible regions as a segmenter orders them, which is the "present order".
        nearness: How near each pixel is, or None.
        pairs: (front, behind) of each pair that is asked.
        sorts: The sort of each pair, of `SORTS`.
        evidence: For each pair and kind of evidence, above 0 where it is right.
    """

    layout: Layout
    nearness: Float32[np.ndarray, "H W"] | None
    pairs: tuple[tuple[int, int], ...]
    sorts: tuple[str, ...]
    evidence: Float[np.ndarray, "Q K"]

    @staticmethod
    def of(scene: LayeredScene, nearness: Float32[np.ndarray, "H W"] | None = None) -> "KnownScene":
        """What is seen of a scene in order."""
        seen = scene.layout().visible()
        shown = [number for number, mask in enumerate(seen) if mask.any()]
        shown.sort(key=lambda number: nearness_key(seen[number], scene.layers[number].is_thing))
        layout = Layout(scene.size_hw, tuple(Layer(scene.layers[n].label, seen[n]) for n in shown))
        found = read_evidence(layout.visible_index(), layout.labels, nearness)
        whole = {number: scene.layers[number].mask(scene.size_hw) for number in shown}
        pairs, sorts, evidence = [], [], []
        for (first, second), values in zip(found.pairs.tolist(), found.values, strict=True):
            masks = whole[shown[first]], whole[shown[second]]
            shared = np.count_nonzero(masks[0] & masks[1])
            if shared < LEAST_OVERLAP * min(np.count_nonzero(mask) for mask in masks):
                continue
            is_first = shown[first] > shown[second]
            pairs.append((first, second) if is_first else (second, first))
            sorts.append(SORTS[sum(not scene.layers[shown[number]].is_thing for number in (first, second))])
            evidence.append(values if is_first else -values)
        return KnownScene(
            layout, nearness, tuple(pairs), tuple(sorts), np.array(evidence).reshape(-1, len(KINDS))
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How a rule answered: pairs that it got right, got wrong, and said nothing about."""

    right: int
    wrong: int
    silent: int

    @property
    def share(self) -> float:
        """Share of the pairs that are right; silence counts half."""
        return (self.right + self.silent / 2) / (self.right + self.wrong + self.silent)


def measure_depth_order(scenes: Iterable[KnownScene]) -> dict[str, dict[str, Tally]]:
    """How often each rule and each kind of evidence is right, pooled over all pairs.

    Returns:
        For each rule the tally of each of `SORTS` that occurs. Rules are "order" (`order_by_depth`), "votes"
        (`front_of`), the trivial "lower edge only", "smaller in front" and "present order", and "by KIND" for
        each kind of evidence that says anything.
    """
    answers: dict[str, list[Float[np.ndarray, " Q"]]] = {}
    sorts: list[str] = []
    for scene in scenes:
        sorts += scene.sorts
        for rule, values in _answers(scene).items():
            answers.setdefault(rule, []).append(values)
    sort_of = np.array(sorts)
    return {
        rule: {sort: _tally(pooled[sort_of == sort]) for sort in SORTS if (sort_of == sort).any()}
        for rule, pooled in ((rule, np.concatenate(parts)) for rule, parts in answers.items())
        if pooled.any()
    }


def _answers(scene: KnownScene) -> dict[str, Float[np.ndarray, " Q"]]:
    """What each rule says about each pair: above 0 if it is right."""
    front, behind = np.array(scene.pairs, np.int64).reshape(-1, 2).T
    ordered = order_by_depth(scene.layout, scene.nearness)
    position = {id(layer): place for place, layer in enumerate(ordered.layers)}
    places = np.array([position[id(layer)] for layer in scene.layout.layers])
    votes = {vote[:2] for vote in front_of(scene.layout, scene.nearness)}
    lowest = np.array([np.flatnonzero(layer.mask.any(axis=1))[-1] for layer in scene.layout.layers])
    area_px = np.array([np.count_nonzero(layer.mask) for layer in scene.layout.layers])
    return {
        "order": np.sign(places[front] - places[behind]).astype(np.float64),
        "votes": np.array([(pair in votes) - (pair[::-1] in votes) for pair in scene.pairs], np.float64),
        "lower edge only": np.sign(lowest[front] - lowest[behind]).astype(np.float64),
        "smaller in front": np.sign(area_px[behind] - area_px[front]).astype(np.float64),
        "present order": np.sign(front - behind).astype(np.float64),
    } | {f"by {kind}": scene.evidence[:, column] for column, kind in enumerate(KINDS)}


def _tally(answers: Float[np.ndarray, " Q"]) -> Tally:
    right, wrong = int(np.count_nonzero(answers > 0)), int(np.count_nonzero(answers < 0))
    return Tally(right, wrong, len(answers) - right - wrong)
