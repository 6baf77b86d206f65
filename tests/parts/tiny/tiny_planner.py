"""The planner's network at a width of 8, with random weights, for all tests that need one."""

import numpy as np

from smartmask.model.planner.network import PlannerCard, PlannerConfig, PlannerNetwork, weight_shapes

LABELS = ("chair", "table", "lamp", "rug", "picture", "bottle")
SIZES = PlannerConfig(text_width=8, width=8, heads=2, depth=2, hidden=12, order_width=4)


def tiny_planner(seed: int = 0, sizes: PlannerConfig = SIZES) -> PlannerNetwork:
    """A network all of whose weights take part."""
    rng = np.random.default_rng(seed)
    card = PlannerCard(labels=LABELS, network=sizes, samples=1, data={"made": 1}, licence="none")
    shapes = weight_shapes(sizes, len(LABELS))
    weights = {
        name: (rng.standard_normal(shape) * 0.4 + ("norm" in name)).astype(np.float32)
        for name, shape in shapes.items()
    }
    return PlannerNetwork(card, weights)
