"""The settings of a training run, and the recipe of the shipped weights."""

from dataclasses import dataclass, field, replace

from smartmask.model.backbone import BackboneConfig
from smartmask.training.view_cache import PART_VIEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Everything that decides what a run learns.

    Attributes:
        backbone: Sizes of the network.
        mixture: Share of views drawn from each dataset.
        cached_views: Views that are made and kept; each is seen many times.
        batch_size: Views a step.
        learning_rate: Peak; reached after `warmup_steps`, then constant until a final segment takes it to 0.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        dropout: Share of each block's numbers that is left out of a step.
        drop_text: Share of views without words, for classifier-free guidance.
        drop_layout: Share of views without layout.
        seed: Everything random follows from it and the view's number.
    """

    backbone: BackboneConfig = field(default_factory=BackboneConfig)
    mixture: dict[str, float] = field(default_factory=dict)
    cached_views: int = 80 * PART_VIEWS
    batch_size: int = 512
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup_steps: int = 300
    clip_norm: float = 1.0
    ema_decay: float = 0.9995
    dropout: float = 0.1
    drop_text: float = 0.1
    drop_layout: float = 0.07
    seed: int = 0

    def __post_init__(self) -> None:
        least = min(self.batch_size, self.cached_views, self.warmup_steps)
        if least < 1 or self.learning_rate <= 0 or not 0 < self.ema_decay < 1:
            raise ValueError(
                "batch_size, cached_views, learning_rate, warmup_steps must be above 0, ema_decay in (0, 1): "
                f"{self}"
            )


def compact() -> TrainConfig:
    """The shipped mask model: shapes of 384 numbers, 12 M parameters.

    Command: `make train-fields MINUTES=110`, repeated.
    Making the views takes a quarter of an hour on two CPU cores, once; then about 2,000 views/s. Scores by
    views seen are in docs/LOG.md.
    """
    return TrainConfig(
        mixture={"voc": 0.55, "made": 0.27, "coco": 0.08, "nyu40": 0.03, "lvis": 0.03, "taco": 0.04},
    )


def compact_codraw() -> TrainConfig:
    """The same on CoDraw alone, for the benchmark's suite of that name.

    CoDraw is CC BY-NC: weights trained on it are for research and never ship.

    Command: `smartmask train --recipe compact-codraw --data DATA --run RUN --final --export codraw.onnx`.
    """
    return replace(compact(), mixture={"codraw": 1.0}, cached_views=8 * PART_VIEWS)
