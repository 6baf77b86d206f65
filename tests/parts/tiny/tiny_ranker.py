"""The ranker's network with few hidden numbers and random weights, for all tests that need one."""

import numpy as np

from smartmask.model.ranker.network import RankerCard, RankerConfig, RankerNetwork, weight_shapes

SIZES = RankerConfig(text_width=8, label_channels=4, told=6, hidden=10)


def tiny_ranker(seed: int = 0, sizes: RankerConfig = SIZES) -> RankerNetwork:
    """A network all of whose weights take part."""
    rng = np.random.default_rng(seed)
    card = RankerCard(network=sizes, groups=1, data={"made": 1}, licence="none")
    weights = {
        name: (rng.standard_normal(shape) * 0.3 + (name == "norm")).astype(np.float32)
        for name, shape in weight_shapes(sizes).items()
    }
    return RankerNetwork(card, weights)
