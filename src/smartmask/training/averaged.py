"""A network beside the running average of its weights."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Averaged(nn.Module):
    """The network in training, and its exponential moving average.

    They are one module, so that whatever copies, shards or saves the network does the same to its average.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.live = network
        self.average = copy.deepcopy(network).requires_grad_(False)

    def forward(self, *inputs: Tensor) -> Tensor:
        """The answer of the network in training."""
        answer: Tensor = self.live(*inputs)
        return answer

    def update(self, step: int, decay: float) -> None:
        """Move the average towards the network after a step; the first steps count for more.

        Args:
            step: Steps done.
            decay: Share that the average keeps of itself, later on.
        """
        follow(self.average, self.live, step, decay)


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int, decay: float) -> None:
    """Move an average towards its network after a step; the first steps count for more.

    Args:
        average: A copy of the network.
        network: The network in training.
        step: Steps done.
        decay: Share that the average keeps of itself, later on.
    """
    decay = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)


@torch.no_grad()
def blend(network: nn.Module, earlier: Mapping[str, Tensor], share: float) -> None:
    """Move a network's weights back towards those that it began with: it forgets less of what it knew.

    Source: M. Wortsman and others, "Robust fine-tuning of zero-shot models", CVPR 2022, section 3.

    Args:
        network: What was trained.
        earlier: Its weights before.
        share: How much of the new weights stays, from 0 to 1.
    """
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            value.lerp_(earlier[name].to(value), 1 - share)


def averaged_weights(state: dict[str, Any]) -> dict[str, Tensor]:
    """The average's weights out of the state of an `Averaged`."""
    return {
        name.removeprefix("average."): value for name, value in state.items() if name.startswith("average.")
    }
