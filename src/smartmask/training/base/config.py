"""The settings of runs that go through accelerate, and the recipes of the base mask model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from smartmask.backends.base.backbone import BaseConfig

Precision = Literal["no", "bf16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConfig:
    """What the loop itself is told; `loop.py` serves every model with it.

    Attributes:
        batch_size: Items a step, over all processes and all parts of a step.
        learning_rate: Peak; reached after `warmup_steps`, then constant but for the segment's own factor.
        betas: Of AdamW.
        weight_decay: Of AdamW.
        warmup_steps: Steps from next to nothing to the peak.
        clip_norm: The gradient's norm is cut to this.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        precision: "bf16" = matrix products and convolutions in bfloat16, weights in float32.
        gradient_checkpointing: Compute activations twice instead of keeping them.
        seed: Everything random follows from it and the item's number.
    """

    batch_size: int
    learning_rate: float
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.01
    warmup_steps: int = 500
    clip_norm: float = 1.0
    ema_decay: float = 0.9999
    precision: Precision = "bf16"
    gradient_checkpointing: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        counts = min(self.batch_size, self.warmup_steps)
        if counts < 1 or self.learning_rate <= 0 or self.clip_norm <= 0 or not 0 < self.ema_decay < 1:
            raise ValueError(
                "batch_size, warmup_steps, learning_rate and clip_norm must be above 0, ema_decay in (0, 1): "
                f"{self}"
            )
        if self.precision not in get_args(Precision):
            raise ValueError(f"precision must be 'no' or 'bf16', not {self.precision!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTrainConfig:
    """Everything that decides what a run of the base mask model learns.

    Attributes:
        init: The Stable Diffusion checkpoint that it begins with: a folder, or a name on the hub.
        network: What is ours about the network.
        mixture: Share of views drawn from each dataset.
        loop: The loop's settings.
        drop_text: Share of views without words, for classifier-free guidance.
        drop_layout: Share of views without layout.
    """

    init: str
    network: BaseConfig = field(default_factory=BaseConfig)
    mixture: Mapping[str, float] = field(default_factory=dict)
    loop: LoopConfig
    drop_text: float = 0.1
    drop_layout: float = 0.1

    def __post_init__(self) -> None:
        if not all(0 <= share < 1 for share in (self.drop_text, self.drop_layout)):
            raise ValueError(f"drop_text and drop_layout must be in [0, 1): {self}")


def base_sd15(init: str) -> BaseTrainConfig:
    """The paper-size mask model from Stable Diffusion 1.5 (or 2.1), hints as channels of their own.

    Command: `accelerate launch --multi_gpu -m smartmask train base
    --init stable-diffusion-v1-5/stable-diffusion-v1-5 --data data --run runs/base --steps 80000`.

    Never run to its end: there was no GPU. Hours and cost for 20 million views are estimated in
    docs/results/base_model.md. The learning rate is that of InstructPix2Pix (Brooks et al. 2023), which
    widens the same network in the same way; the data are the paper's two and made scenes.
    """
    return BaseTrainConfig(
        init=init,
        mixture={"ade20k": 0.5, "cocoa": 0.2, "made": 0.3},
        loop=LoopConfig(batch_size=256, learning_rate=1e-4),
    )


def base_sd15_paper(init: str) -> BaseTrainConfig:
    """The same with the hint blended into the colour-coded layout: the paper's equation 5."""
    ours = base_sd15(init)
    return BaseTrainConfig(
        init=init,
        network=BaseConfig(guidance_encoding="blend"),
        mixture={"ade20k": 0.7, "cocoa": 0.3},
        loop=ours.loop,
    )
