"""The settings of a run of the embedded segmenter, and the recipe of the shipped weights."""

from dataclasses import dataclass, field

from smartmask.data.labelled_photos import KINDS, Kind
from smartmask.data.segment_classes import CLASSES
from smartmask.training.segmenter.network import SIZE_MULTIPLE, SegmenterConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterTrainConfig:
    """Everything that decides what a run learns.

    Attributes:
        network: Sizes of the network.
        mixture: Share of crops from each kind of photo; few photos have stuff, so they come oftener.
        crop: S, side of a training crop in pixels.
        longer_side: Pixels of a whole photo's longer side that crops are cut for.
        seen_at: The longer sides at which a photo is segmented; their class logits and centres are averaged.
        paste_share: Of the crops, those with things of another photo pasted on.
        batch_size: Crops a step.
        decoder_rate: Peak learning rate of what begins untrained.
        encoder_rate: Peak learning rate of what begins with ImageNet's weights.
        centre_weight: Of the heat map's loss; that of the classes is 1.
        offset_weight: Of the offsets' loss, per cell.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        seed: Everything random follows from it and the crop's number.
    """

    network: SegmenterConfig
    mixture: dict[Kind, float] = field(default_factory=lambda: {"panoptic": 0.4, "inst": 0.45, "inst4": 0.15})
    crop: int = 320
    longer_side: int = 512
    seen_at: tuple[int, ...] = (512, 384)
    paste_share: float = 0.3
    batch_size: int = 8
    decoder_rate: float = 1e-3
    encoder_rate: float = 1.5e-4
    weight_decay: float = 0.05
    warmup_steps: int = 100
    clip_norm: float = 5.0
    centre_weight: float = 0.3
    offset_weight: float = 0.05
    ema_decay: float = 0.995
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = set(self.mixture) - set(KINDS)
        if unknown or not self.mixture or min(self.mixture.values()) <= 0:
            raise ValueError(
                f"the mixture must give positive shares to some of {', '.join(KINDS)}: {self.mixture}"
            )
        sides = self.crop, self.longer_side, *self.seen_at
        if not self.seen_at or min(sides) < 1 or any(side % SIZE_MULTIPLE for side in sides):
            raise ValueError(f"crop, longer_side and seen_at must be multiples of {SIZE_MULTIPLE}: {self}")
        if min(self.batch_size, self.decoder_rate, self.encoder_rate) <= 0 or not 0 < self.ema_decay < 1:
            raise ValueError(f"batch_size and rates must be positive, ema_decay between 0 and 1: {self}")


def embedded(*, taught: bool) -> SegmenterTrainConfig:
    """The shipped segmenter: 3.9 M parameters and ImageNet's classifier of 1.3 M, 106 classes.

    Command: `smartmask train segmenter --data FOLDER/coco --taught PHOTOS`.
    On one CPU core about 10 crops/s, of which half is the frozen encoder's; scores are in docs/LOG.md.

    Args:
        taught: Whether there are photos that other networks, or other annotators, labelled; they make up two
            thirds of the crops.
    """
    network = SegmenterConfig(class_count=len(CLASSES))
    if not taught:
        return SegmenterTrainConfig(network=network)
    mixture: dict[Kind, float] = {"panoptic": 0.14, "inst": 0.15, "inst4": 0.06, "taught": 0.65}
    return SegmenterTrainConfig(network=network, mixture=mixture)
