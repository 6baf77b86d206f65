"""The settings of a training run, and the recipe of the shipped weights."""

from dataclasses import dataclass, field, replace

from smartmask.model.backbone import BackboneConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Everything that decides what a run learns.

    Attributes:
        backbone: Sizes of the network.
        mixture: Share of views drawn from each dataset.
        batch_size: Views a step.
        learning_rate: Peak; reached after `warmup_steps`, then constant until a final segment takes it to 0.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        drop_text: Share of views without words, for classifier-free guidance.
        drop_layout: Share of views without layout.
        seed: Everything random follows from it and the view's number.
    """

    backbone: BackboneConfig = field(default_factory=BackboneConfig)
    mixture: dict[str, float] = field(default_factory=dict)
    batch_size: int = 64
    learning_rate: float = 6e-4
    weight_decay: float = 0.01
    warmup_steps: int = 500
    clip_norm: float = 1.0
    ema_decay: float = 0.999
    drop_text: float = 0.1
    drop_layout: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        positive = self.batch_size >= 1 and self.learning_rate > 0 and self.warmup_steps >= 1
        if not positive or not 0 < self.ema_decay < 1:
            raise ValueError(
                f"batch_size, learning_rate, warmup_steps must be above 0, ema_decay in (0, 1): {self}"
            )


def compact() -> TrainConfig:
    """The shipped mask model: 64 px views, 7 M parameters.

    Command: `make train-segment MINUTES=110`, repeated.
    On two CPU cores about 60 views/s; scores by views seen are in docs/LOG.md.
    """
    return TrainConfig(
        backbone=BackboneConfig(stem_widths=(48, 128), width=256, depth=6),
        mixture={"voc": 0.42, "made": 0.3, "coco": 0.12, "nyu40": 0.1, "lvis": 0.03, "taco": 0.03},
    )


def compact_codraw() -> TrainConfig:
    """The same on CoDraw alone, for the benchmark's suite of that name.

    CoDraw is CC BY-NC: weights trained on it are for research and never ship.

    Command: `smartmask train --recipe compact-codraw --data DATA --run RUN --final --export codraw.onnx`.
    """
    return replace(compact(), mixture={"codraw": 1.0})
