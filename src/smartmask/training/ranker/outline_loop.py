"""The judge of outlines in PyTorch, its training, and the shipped file.

    L = cross entropy (real against drawn, of the same words) + cross entropy (own words against others')

Held-out shapes, and what was drawn for their words, are watched and give the slopes by which its answers
become true shares. It takes minutes of one core, so it does not resume.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from smartmask.model.ranker.outlines import (
    FORMAT,
    FORMAT_VERSION,
    OutlineCard,
    OutlineConfig,
    OutlineJudge,
    weight_shapes,
)
from smartmask.model.shape.frame import CODE_BYTES, LEVELS
from smartmask.training.averaged import follow
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack
from smartmask.training.npz_export import write_npz
from smartmask.training.ranker.outline_drawing import DrawnRows

LOG_EVERY_STEPS = 500
WATCHED = 4000
LICENCE = (
    "Apache-2.0. Learned from masks and names alone, of the collections that NOTICE names under the shape "
    "generator; their licences let models be trained"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineTraining:
    """Settings of a run.

    Attributes:
        network: Sizes of the network.
        batch: Real shapes a step, and as many drawn ones, and as many with others' words.
        learning_rate: Its peak; it falls to zero over the second half.
        word_noise: Length of the noise on the words' embeddings, of length 1, at the most.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        seed: Everything random follows from it.
    """

    network: OutlineConfig = field(default_factory=OutlineConfig)
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    dropout: float = 0.3
    word_noise: float = 0.5
    ema_decay: float = 0.998
    seed: int = 0


class TrainableJudge(nn.Module):
    """The batched twin of `model/ranker/outlines.py`, parameter by parameter."""

    def __init__(self, config: OutlineConfig, dropout: float) -> None:
        """Draw weights.

        Args:
            config: Sizes.
            dropout: Share of hidden numbers dropped in training; of the code's own a third of it.
        """
        super().__init__()
        self.config, self.dropout = config, dropout
        self.weights = nn.ParameterDict()
        for name, shape in weight_shapes(config).items():
            value = torch.zeros(shape)
            if len(shape) == 2:
                # Embeddings are of length 1: each of their numbers is as small as they are many.
                value.normal_(0, 1.0 if name == "words" else shape[0] ** -0.5)
            self.weights[name] = nn.Parameter(value)

    def forward(
        self, code: Float[Tensor, "B N"], text: Float[Tensor, "B D"], log_aspect: Float[Tensor, " B"]
    ) -> Float[Tensor, "B 2"]:
        """Logits: real and not drawn; of these words and not of others."""
        w = self.weights
        shown = torch.cat([code, log_aspect[:, None]], 1)
        hidden = functional.silu(self._dropped(shown, self.dropout / 3) @ w["first"] + w["first_bias"])
        hidden = functional.silu(self._dropped(hidden, self.dropout) @ w["again"] + w["again_bias"])
        words = torch.cat([text, log_aspect[:, None]], 1) @ w["words"] + w["words_bias"]
        mixed = functional.silu(hidden * (1 + words) @ w["mix"] + w["mix_bias"])
        return self._dropped(mixed, self.dropout) @ w["out"] + w["out_bias"]

    def _dropped(self, hidden: Tensor, share: float) -> Tensor:
        return functional.dropout(hidden, share, self.training)


class OutlineData:
    """Real and drawn shapes of the parts of a pack."""

    def __init__(self, pack: GeneratorPack, drawn: dict[str, DrawnRows]) -> None:
        """Take the pack, and what was drawn for rows of its parts."""
        self.text = torch.from_numpy(pack.embeddings.astype(np.float32))
        self.words = torch.from_numpy(pack.words.astype(np.int64))
        self.log_aspects = torch.from_numpy(pack.log_aspects)
        self._real, self._drawn = pack.codes, drawn
        self._shares = {
            name: np.cumsum(pack.weights.astype(np.float64) * (pack.parts == number))
            for number, name in enumerate(PARTS)
        }

    def batch(
        self, part: str, count: int, rng: np.random.Generator
    ) -> tuple[Float[Tensor, "B N"], Float[Tensor, "B D"], Float[Tensor, " B"]]:
        """Codes as levels, texts and proportions: `count` real shapes, as many drawn, and the real ones again
        under the words of others."""
        real, others = (self._rows(part, count, rng) for _ in range(2))
        same = (self.words[real] == self.words[others]).numpy()
        others[same] = rng.integers(len(self.words), size=int(same.sum()))
        drawn = self._drawn[part]
        chosen = rng.integers(len(drawn.rows), size=count)
        codes = np.concatenate([self._real[real], drawn.codes[chosen], self._real[real]])
        shape_of = torch.from_numpy(np.concatenate([real, drawn.rows[chosen], real]))
        word_of = torch.from_numpy(np.concatenate([real, drawn.rows[chosen], others]))
        levels = np.stack([codes >> 4, codes & 15], 2).reshape(len(codes), 2 * CODE_BYTES)
        text = self.text[self.words[word_of]]
        return torch.from_numpy(levels.astype(np.float32)), text, self.log_aspects[shape_of]

    def _rows(self, part: str, count: int, rng: np.random.Generator) -> np.ndarray:
        shares = self._shares[part]
        return np.searchsorted(shares, rng.random(count) * shares[-1], "right")


def outline_loss(logits: Float[Tensor, "B 2"]) -> Float[Tensor, "2"]:
    """Both cross entropies of a batch as `OutlineData.batch` makes them."""
    real, drawn, other = logits.chunk(3)
    sides = ((real[:, 0], drawn[:, 0]), (real[:, 1], other[:, 1]))
    return torch.stack(
        [(functional.softplus(-yes) + functional.softplus(no)).mean() / 2 for yes, no in sides]
    )


def train_outlines(
    config: OutlineTraining,
    data: OutlineData,
    steps: int,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> tuple[TrainableJudge, int]:
    """Train; the averaged network comes back, and the shapes it was shown.

    Args:
        config: The settings.
        data: What to learn from.
        steps: How many; more than some thousand learn the drawn shapes by heart.
        on_log: Called with each record of the log.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    network = TrainableJudge(config.network, config.dropout)
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(), config.learning_rate, weight_decay=config.weight_decay
    )
    began, total = time.monotonic(), torch.zeros(2)
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = config.learning_rate * min(1, 2 * (1 - (step - 1) / steps))
        levels, text, log_aspect = data.batch("train", config.batch, rng)
        levels = levels + torch.rand_like(levels) - 0.5
        blur = config.word_noise * torch.rand(len(text), 1) / text.shape[1] ** 0.5
        losses = outline_loss(network(_numbers(levels), text + blur * torch.randn_like(text), log_aspect))
        optimizer.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        follow(average, network, step, config.ema_decay)
        total += losses.detach() / LOG_EVERY_STEPS
        if step % LOG_EVERY_STEPS == 0:
            held_out = outline_loss(held_out_logits(average, data))
            record = {"step": float(step), "seconds": time.monotonic() - began}
            for name, (mine, theirs) in zip(("real", "kind"), zip(total, held_out, strict=True), strict=True):
                record |= {name: float(mine), f"held-out {name}": float(theirs)}
            on_log(record)
            total = torch.zeros(2)
    return average, 3 * steps * config.batch


@torch.no_grad()
def held_out_logits(network: TrainableJudge, data: OutlineData) -> Float[Tensor, "B 2"]:
    """Logits of held-out shapes, in the order of a batch."""
    levels, text, log_aspect = data.batch("validation", WATCHED, np.random.default_rng(1))
    logits: Tensor = network(_numbers(levels), text, log_aspect)
    return logits


def fitted_slopes(logits: Float[Tensor, "B 2"]) -> list[float]:
    """What to divide logits by so that their cross entropies are least (Guo et al. 2017, "temperature")."""
    tried = torch.linspace(0.5, 8.0, 151)
    losses = torch.stack([outline_loss(logits / slope) for slope in tried])
    return [round(float(tried[number]), 3) for number in losses.argmin(0)]


def export_outlines(
    network: TrainableJudge, slopes: list[float], codec: str, views: int, path: Path
) -> OutlineJudge:
    """Write a network as the shipped file, float16, and return it as it will be read.

    Args:
        network: The (averaged) network.
        slopes: Of its logits.
        codec: Digest of the codec.
        views: Shapes it was shown.
        path: Where to; replaced only when complete.
    """
    card = OutlineCard(network=network.config, codec=codec, views=views, slopes=slopes, licence=LICENCE)
    weights = {name: value.detach().numpy() for name, value in network.weights.items()}
    return OutlineJudge(card, write_npz(path, FORMAT, FORMAT_VERSION, card, weights))


def _numbers(levels: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
    return levels * (2 / (LEVELS - 1)) - 1
