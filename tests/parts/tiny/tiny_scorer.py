"""The network of places and the scorer at a width of 4, with random weights."""

import numpy as np

from smartmask.model.planner import place_scorer, places
from smartmask.model.planner.place_scorer import PlaceScorer, ScorerCard, ScorerConfig
from smartmask.model.planner.places import PlacesCard, PlacesConfig, PlacesNetwork


def tiny_places(text_width: int) -> PlacesNetwork:
    """Random boxes."""
    sizes = PlacesConfig(text_width=text_width, width=4, heads=2, depth=1, hidden=4, free=4, beside=1)
    card = PlacesCard(network=sizes, samples=1, data={"coco": 1}, licence="none")
    return PlacesNetwork(card, _weights(places.weight_shapes(sizes)))


def tiny_scorer(text_width: int) -> PlaceScorer:
    """Random scores."""
    sizes = ScorerConfig(text_width=text_width, word_width=4, width=4)
    card = ScorerCard(network=sizes, samples=1, data={"coco": 1}, licence="none")
    return PlaceScorer(card, _weights(place_scorer.weight_shapes(sizes)))


def _weights(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: (rng.standard_normal(shape) * 0.3).astype(np.float32) for name, shape in shapes.items()}
