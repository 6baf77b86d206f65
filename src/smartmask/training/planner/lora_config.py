"""The settings of a planner's fine-tuning, and its recipe."""

from dataclasses import dataclass
from typing import Literal, get_args

Precision = Literal["no", "bf16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerLoraConfig:
    """Everything that decides what a run learns.

    Attributes:
        base: The checkpoint that is fine-tuned: a folder, or a name on the hub.
        steps: Of the whole run; the learning rate falls to 0 over them along half a cosine.
        rank: Of the update of each matrix.
        alpha: The update is scaled by alpha / rank.
        dropout: Share of an update's inputs that are left out.
        batch_size: Questions a step, over all processes.
        learning_rate: Peak, reached after `warmup_steps`.
        warmup_steps: Steps from next to nothing to the peak.
        clip_norm: The gradient's norm is cut to this.
        precision: "bf16" = base and matrix products in bfloat16, adapter in float32; "no" = all in float32.
        gradient_checkpointing: Compute activations twice instead of keeping them.
        seed: Everything random follows from it and the step's number.
    """

    base: str
    steps: int
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    batch_size: int = 16
    learning_rate: float = 2e-4
    warmup_steps: int = 50
    clip_norm: float = 1.0
    precision: Precision = "bf16"
    gradient_checkpointing: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        least = min(self.steps, self.rank, self.batch_size, self.warmup_steps)
        if least < 1 or min(self.alpha, self.learning_rate, self.clip_norm) <= 0 or not 0 <= self.dropout < 1:
            raise ValueError(
                "steps, rank, alpha, batch_size, learning_rate, warmup_steps and clip_norm must be above 0, "
                f"dropout in [0, 1): {self}"
            )
        if self.precision not in get_args(Precision):
            raise ValueError(f"precision must be 'no' or 'bf16', not {self.precision!r}")


def planner_lora(base: str = "llava-hf/llava-1.5-7b-hf") -> PlannerLoraConfig:
    """The paper's planner: LLaVA, instruction-tuned.

    Command: `accelerate launch -m smartmask train planner-lora --instructions DATA --run runs/vlm`.

    Never run to its end: there was no GPU. Learning rate, warm-up (3 %) and cosine are those of LLaVA-1.5's
    own LoRA recipe, its rank of 128 cut to 16 for 50,000 questions instead of 665,000.
    """
    return PlannerLoraConfig(base=base, steps=3000, warmup_steps=90)
