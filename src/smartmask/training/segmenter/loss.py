"""What the segmenter is trained to: classes that may be known in part, centres, and offsets.

Classes. A pixel's target is a set A of classes that may be there: one class, or what a partly annotated photo
leaves possible. Its loss is the negative logarithm of the set's total probability,

    L = -log sum_{c in A} p_c = logsumexp(all logits) - logsumexp(logits of A),

the cross-entropy for a set of one, and 0 for the set of all.
"""

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor
from torch.nn import functional

from smartmask.data.segment_classes import ANYTHING
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.data import CropBatch
from smartmask.training.segmenter.network import PanopticMaps


def segmenter_losses(
    maps: PanopticMaps, batch: CropBatch, allowed: Bool[Tensor, "T C"], config: SegmenterTrainConfig
) -> dict[str, Float[Tensor, ""]]:
    """The parts of a step's loss, weighted; their sum is what is minimised."""
    return {
        "classes": class_set_loss(maps.class_logits.float(), batch.targets, allowed),
        "centres": config.centre_weight
        * centre_loss(maps.centre_logits[:, 0].float(), batch.centres, batch.centre_known),
        "offsets": config.offset_weight * offset_loss(maps.offsets.float(), batch.offsets, batch.in_thing),
    }


def class_set_loss(
    logits: Float[Tensor, "B C h w"],
    targets: UInt8[Tensor, "B h w"] | Int[Tensor, "B h w"],
    allowed: Bool[Tensor, "T C"],
) -> Float[Tensor, ""]:
    """Mean over the known cells of -log of the total probability of the classes that may be there; 0 if none
    is known.

    Args:
        targets: A class, or the number of a set of classes.
        allowed: The classes that each target leaves possible; row c of the first C rows allows class c alone.
    """
    targets = targets.long()
    possible = allowed[targets].movedim(-1, 1)
    chosen = logits.masked_fill(~possible, -torch.inf).logsumexp(1)
    known = targets != ANYTHING
    losses = (logits.logsumexp(1) - chosen) * known
    return losses.sum() / known.sum().clamp(min=1)


def centre_loss(
    logits: Float[Tensor, "B h w"], centres: Float[Tensor, "B h w"], known: Bool[Tensor, "B h w"]
) -> Float[Tensor, ""]:
    """Focal loss of a heat map, per centre: Law and Deng 2018 (CornerNet, arXiv 1808.01244), equation 1."""
    probabilities = logits.sigmoid()
    is_centre = centres == 1
    hit = (1 - probabilities) ** 2 * functional.logsigmoid(logits)
    miss = (1 - centres) ** 4 * probabilities**2 * functional.logsigmoid(-logits)
    losses = -torch.where(is_centre, hit, miss) * known
    return losses.sum() / (is_centre & known).sum().clamp(min=1)


def offset_loss(
    offsets: Float[Tensor, "B 2 h w"], truth: Float[Tensor, "B 2 h w"], in_thing: Bool[Tensor, "B h w"]
) -> Float[Tensor, ""]:
    """Mean distance, in cells along each axis, between predicted and true offset over the cells of things."""
    distances = (offsets - truth).abs().mean(1) * in_thing
    return distances.sum() / in_thing.sum().clamp(min=1)
