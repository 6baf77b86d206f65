"""Averages of weights."""

import pytest
import torch
from torch import nn

from smartmask.training.averaged import blend


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.25, 2.0), (1.0, 5.0)])
def test_a_blend_has_so_much_of_the_new_weights(share, expected):
    network = nn.BatchNorm1d(3)
    before = {name: torch.ones_like(value) for name, value in network.state_dict().items()}
    with torch.no_grad():
        for value in network.state_dict().values():
            value.fill_(5)
    blend(network, before, share)
    assert torch.allclose(network.weight, torch.full((3,), expected))
    assert torch.allclose(network.running_mean, torch.full((3,), expected))
    assert network.num_batches_tracked == 5, "counters stay"
