"""How much a drawn shape looks like a real one of its kind: a small network over the codec's codes, in NumPy.

    code, proportions        -> hidden -> hidden
    hidden * (1 + words)     -> mixed -> (is it real and not drawn, is it of these words and not of others)

It is learnt from real shapes beside the generator's own for the same words and proportions, and beside the
words of others. What the generator draws is put in order by it: a sample with three legs or none goes last.
Its twin is in `training`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import Weights, fitting_weights, read_npz_weights, silu
from smartmask.model.shape.frame import CODE_BYTES, numbers

FORMAT = "smartmask-outlines"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text encoder.
        hidden: Width of the layers that read the code.
        mixed: Width of the layer that has read the words as well.
    """

    text_width: int = 256
    hidden: int = 384
    mixed: int = 256

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1:
            raise ValueError(f"sizes must be positive, not {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineCard:
    """What a weights file says of itself.

    Attributes:
        network: Its sizes.
        codec: Digest of the codec whose codes it reads.
        views: Shapes it was shown, counted each time.
        slopes: What its two logits are divided by, so that their sigmoids are true shares on held-out shapes.
        licence: Of the weights.
    """

    network: OutlineConfig
    codec: str
    views: int
    slopes: list[float]
    licence: str


def weight_shapes(config: OutlineConfig) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    return {
        "first": (2 * CODE_BYTES + 1, config.hidden),
        "first_bias": (config.hidden,),
        "again": (config.hidden, config.hidden),
        "again_bias": (config.hidden,),
        "words": (config.text_width + 1, config.hidden),
        "words_bias": (config.hidden,),
        "mix": (config.hidden, config.mixed),
        "mix_bias": (config.mixed,),
        "out": (config.mixed, 2),
        "out_bias": (2,),
    }


class OutlineJudge:
    """The network with its weights; safe to call from several threads at once."""

    def __init__(self, card: OutlineCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self._weights = fitting_weights(weights, weight_shapes(card.network))

    def probabilities(
        self,
        codes: UInt8[np.ndarray, "n bytes"],
        text: Float32[np.ndarray, " D"],
        log_aspects: Float32[np.ndarray, " n"],
    ) -> Float32[np.ndarray, "n 2"]:
        """How likely each shape is a real one, and one of these words.

        Args:
            codes: The codec's.
            text: Embedding of the words.
            log_aspects: ln(width / height) of the shapes.
        """
        w = self._weights
        code = numbers(codes).reshape(len(codes), 2 * CODE_BYTES)
        aspects = log_aspects[:, None].astype(np.float32)
        hidden = silu(np.concatenate([code, aspects], 1) @ w["first"] + w["first_bias"])
        hidden = silu(hidden @ w["again"] + w["again_bias"])
        words = np.concatenate([np.tile(text, (len(codes), 1)), aspects], 1) @ w["words"] + w["words_bias"]
        logits = silu(hidden * (1 + words) @ w["mix"] + w["mix_bias"]) @ w["out"] + w["out_bias"]
        return np.asarray(1 / (1 + np.exp(-logits / np.array(self.card.slopes, np.float32))), np.float32)

    def scores(
        self,
        codes: UInt8[np.ndarray, "n bytes"],
        text: Float32[np.ndarray, " D"],
        log_aspects: Float32[np.ndarray, " n"],
    ) -> Float32[np.ndarray, " n"]:
        """ln of both probabilities together: the higher, the sooner a shape is shown."""
        likely = np.clip(self.probabilities(codes, text, log_aspects), 1e-9, 1)
        return np.asarray(np.log(likely).sum(1), np.float32)


def load_outline_judge(path: Path, codec_digest: str) -> OutlineJudge:
    """Read a weights file.

    Args:
        path: The file.
        codec_digest: Of the codec whose codes it is to read.

    Raises:
        CheckpointError: If it is missing, damaged, of another version or codec, or holds unknown settings.
    """
    card, weights = read_npz_weights(path, FORMAT, FORMAT_VERSION, OutlineCard, "outlines")
    try:
        values: dict[str, Any] = {**card, "network": OutlineConfig(**card["network"])}
        del values["format"], values["version"]
        judge = OutlineJudge(OutlineCard(**values), weights)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be used ({error}); train one anew") from error
    if judge.card.codec != codec_digest:
        raise CheckpointError(
            f"{path}: reads codes of codec {judge.card.codec}, here is {codec_digest}; use one release"
        )
    return judge
