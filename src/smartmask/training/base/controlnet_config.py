"""The settings of a run that trains a ControlNet for inpainting, and its recipes."""

from dataclasses import dataclass
from typing import get_args

from smartmask.backends.inpaint_diffusers import ControlKind
from smartmask.training.base.config import LoopConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNetTrainConfig:
    """Everything that decides what a ControlNet learns.

    Attributes:
        init: The plain Stable Diffusion checkpoint that it is made for: a folder, or a name on the hub.
        control: What it is shown: the photo without the masked pixels ("inpaint"), or the layout in colours.
        loop: The loop's settings.
        drop_text: Share of pictures without words, for classifier-free guidance.
    """

    init: str
    control: ControlKind
    loop: LoopConfig
    drop_text: float = 0.1

    def __post_init__(self) -> None:
        if self.control not in get_args(ControlKind):
            expected = " or ".join(map(repr, get_args(ControlKind)))
            raise ValueError(f"control must be {expected}, not {self.control!r}")
        if not 0 <= self.drop_text < 1:
            raise ValueError(f"drop_text must be in [0, 1), not {self.drop_text}")


def controlnet_inpaint(init: str) -> ControlNetTrainConfig:
    """A ControlNet that sees the photo around the mask, for SD 1.x, 2.x or XL.

    Command: `accelerate launch ... -m smartmask train controlnet --init
        CHECKPOINT
    --data FOLDER --run runs/controlnet --export controlnet-inpaint`.

    Never run to its end: there was no GPU. Batch and learning rate are those of diffusers' own training
        example.
    """
    return ControlNetTrainConfig(
        init=init, control="inpaint", loop=LoopConfig(batch_size=64, learning_rate=1e-5, ema_decay=0.999)
    )


def controlnet_segmentation(init: str) -> ControlNetTrainConfig:
    """The same that sees the layout in colours."""
    inpaint = controlnet_inpaint(init)
    return ControlNetTrainConfig(init=init, control="segmentation", loop=inpaint.loop)
