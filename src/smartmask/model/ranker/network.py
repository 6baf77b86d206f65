"""The ranker's network: is this where the object stands? NumPy alone; its twin is in `training`.

    labels, words -> a few channels each; shares (`placement_features.py`) x labels -> what each cell shows
    each region's label, likeness, relation to the mask -> hidden; mean and maximum over regions
    all cells and zones, regions, geometry -> hidden -> hidden -> logit -> score

The words act thrice: they weigh the labels' channels, say how alike each label is to the object asked for,
and scale and shift what is hidden (Perez et al. 2018, "FiLM"). Labels enter as embeddings, so any label will
do.

score = sigmoid(logit): the probability that a placement is the true one, where every second one is and the
others are the same mask moved or rescaled. The logit's scale and offset were fitted on held-out scenes (Platt
1999).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Integer

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import Weights, fitting_weights, read_npz_weights, silu
from smartmask.model.ranker.placement_features import (
    CELLS,
    GEOMETRY,
    RELATIONS,
    SPECIAL_LABELS,
    VIEWS,
    ZONES,
    PlacementFeatures,
    placement_features,
)
from smartmask.protocols import TextEncoder

FORMAT = "smartmask-ranker"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text encoder.
        label_channels: That a label is brought to.
        told: Width of the vector that the words are brought to.
        compared: Width of what is made of each region.
        hidden: Width of the hidden layers.
    """

    text_width: int = 256
    label_channels: int = 12
    told: int = 64
    compared: int = 64
    hidden: int = 256

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1:
            raise ValueError(f"sizes must be positive, not {self}")

    @property
    def read(self) -> int:
        """Numbers that the first layer reads."""
        shown = self.label_channels + 1
        return VIEWS * (CELLS**2 * (shown + 1) + ZONES * shown) + 2 * self.compared + GEOMETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerCard:
    """What a weights file says of itself.

    Attributes:
        network: Its sizes.
        groups: True placements it was trained on, each beside false ones.
        data: The datasets and how many groups of each.
        licence: Of the weights.
    """

    network: RankerConfig
    groups: int
    data: dict[str, int]
    licence: str


def weight_shapes(config: RankerConfig) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    d, h = config.text_width, config.hidden
    return {
        "labels": (d, config.label_channels),
        "special_labels": (SPECIAL_LABELS, config.label_channels),
        "object": (d, config.told),
        "scene": (d, config.told),
        "told_bias": (config.told,),
        "label_gain": (config.told, config.label_channels),
        "compare": (config.label_channels + 1 + RELATIONS, config.compared),
        "compare_bias": (config.compared,),
        "compare_shift": (config.told, config.compared),
        "compare_gain": (config.told, config.compared),
        "compare_again": (config.compared, config.compared),
        "compare_again_bias": (config.compared,),
        "compare_again_shift": (config.told, config.compared),
        "compare_again_gain": (config.told, config.compared),
        "first": (config.read, h),
        "first_bias": (h,),
        "first_shift": (config.told, h),
        "first_gain": (config.told, h),
        "second": (h, h),
        "second_bias": (h,),
        "second_shift": (config.told, h),
        "second_gain": (config.told, h),
        "norm": (h,),
        "out": (h,),
        "calibration": (2,),
    }


class RankerNetwork:
    """The network with its weights."""

    def __init__(self, card: RankerCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self._weights = fitting_weights(weights, weight_shapes(card.network))

    def logit(
        self,
        features: PlacementFeatures,
        labels: Float32[np.ndarray, "L D"],
        object_text: Float32[np.ndarray, " D"],
        scene_text: Float32[np.ndarray, " D"],
    ) -> float:
        """The calibrated logit of one mask.

        Args:
            features: The mask in its layout.
            labels: Embeddings of `features.labels`.
            object_text: Embedding of the object's text.
            scene_text: Embedding of the scene's text; zero = not given.
        """
        w = self._weights
        scale = np.float32(self.card.network.text_width**0.5)
        told = silu((object_text @ w["object"] + scene_text @ w["scene"]) * scale + w["told_bias"])
        channels = np.concatenate([w["special_labels"], labels @ w["labels"] * scale])
        channels = channels * (1 + told @ w["label_gain"])
        alike = np.concatenate([np.zeros(SPECIAL_LABELS, np.float32), labels @ object_text])
        channels = np.concatenate([channels, alike[:, None]], 1)
        shown = features.shares @ channels
        cells = np.concatenate([shown[:, : CELLS**2], features.cover[..., None]], 2)
        regions = np.concatenate([channels[features.neighbours + SPECIAL_LABELS], features.relations], 1)
        regions = _layer(regions, told, w, "compare")
        regions = regions + _layer(regions, told, w, "compare_again")
        most = np.max(regions, 0, initial=0)
        mean = regions.sum(0) / max(len(regions), 1)
        read = np.concatenate(
            [cells.ravel(), shown[:, CELLS**2 :].ravel(), mean, most, features.geometry], dtype=np.float32
        )
        hidden = _layer(read, told, w, "first")
        hidden = hidden + _layer(hidden, told, w, "second")
        normed = hidden * w["norm"] / np.sqrt(np.mean(hidden * hidden) + 1e-6)
        gain, offset = w["calibration"]
        return float(normed @ w["out"] * gain + offset)


class EmbeddedRanker:
    """The `Ranker` of the shipped weights; safe to call from several threads at once."""

    def __init__(self, network: RankerNetwork, encoder: TextEncoder) -> None:
        """Take the parts.

        Args:
            network: The network.
            encoder: The text encoder it was trained with.

        Raises:
            CheckpointError: If the network was trained with an encoder of another width.
        """
        if network.card.network.text_width != encoder.width:
            raise CheckpointError(
                f"the ranker was trained with embeddings of {network.card.network.text_width} numbers, this "
                f"release's have {encoder.width}; train it again with `smartmask train ranker`"
            )
        self._network, self._encoder = network, encoder

    def score(
        self,
        visible_index: Integer[np.ndarray, "H W"],
        labels: Sequence[str],
        mask: Bool[np.ndarray, "H W"],
        prompt: str,
        scene: str | None,
    ) -> float:
        """How likely a mask is where and as large as the object would be, in [0, 1].

        Raises:
            ValueError: If the mask is empty or of another size than the layout.
        """
        features = placement_features(visible_index, labels, mask)
        words = self._encoder.encode(features.labels)
        object_text, scene_text = self._encoder.encode([prompt, scene or ""])
        logit = self._network.logit(features, words, object_text, scene_text)
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def load_ranker_network(path: Path) -> RankerNetwork:
    """The network in a weights file.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    found, arrays = read_npz_weights(path, FORMAT, FORMAT_VERSION, RankerCard, "ranker")
    try:
        card = RankerCard(
            network=RankerConfig(**found["network"]),
            groups=int(found["groups"]),
            data=dict(found["data"]),
            licence=str(found["licence"]),
        )
        return RankerNetwork(card, arrays)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its card or weights do not fit ({error})") from error


def _layer(
    x: Float32[np.ndarray, "*rows I"], told: Float32[np.ndarray, " T"], w: Weights, name: str
) -> Float32[np.ndarray, "*rows H"]:
    hidden = silu(x @ w[name] + w[f"{name}_bias"] + told @ w[f"{name}_shift"])
    return np.asarray(hidden * (1 + told @ w[f"{name}_gain"]), np.float32)
