"""What ImageNet's own classifier sees in a photo, told in the segmenter's classes.

The encoder comes with a classifier of 1,000 classes that knows cats, trains and boats which a few hundred
labelled photos do not hold. Applied to the features near a cell instead of their mean over the photo, it says
p_k, how likely each of its classes k is there (Zhou et al. 2016, arXiv 1512.04150, of class activation maps).
With P(c | k), how much of k is our class c, the evidence for c is

    e_c = a log(1 + q_c(near) / f) + b log(1 + q_c(whole) / f),     q_c = sum_k P(c | k) p_k,

which is added to the logits of the class: nothing where the classifier knows nothing, at most 7 a.
`segmenter_mapping` finds P(c | k).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from smartmask.training.segmenter.imagenet_classes import COUNT

FEATURES = 1280
# Chosen on the validation photos, with the decoder trained before without evidence.
NEAR_WEIGHT, WHOLE_WEIGHT = 0.6, 0.25
FLOOR = 1e-3


class Recognition(nn.Module):
    """Features at 1/32 -> evidence for our classes there; without a mapping there is none."""

    def __init__(self, class_count: int) -> None:
        super().__init__()
        self.head = nn.Linear(FEATURES, COUNT).requires_grad_(False)
        self.mapping: Tensor
        self.register_buffer("mapping", torch.zeros(class_count, COUNT))

    def forward(self, features: Float[Tensor, "B 1280 h w"]) -> Float[Tensor, "B C h w"]:
        """The evidence at each cell."""
        near = self._found(near_each_cell(features))
        whole = self._found(features.mean((2, 3), keepdim=True))
        return NEAR_WEIGHT * torch.log(1 + near / FLOOR) + WHOLE_WEIGHT * torch.log(1 + whole / FLOOR)

    def _found(self, features: Float[Tensor, "B 1280 h w"]) -> Float[Tensor, "B C h w"]:
        likely = self.head(features.movedim(1, -1)).float().softmax(-1)
        return (likely @ self.mapping.T).movedim(-1, 1)


def near_each_cell(features: Float[Tensor, "B 1280 h w"]) -> Float[Tensor, "B 1280 h w"]:
    """Their mean over each cell and its neighbours."""
    return functional.avg_pool2d(features, 3, 1, 1, count_include_pad=False)
