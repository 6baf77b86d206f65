"""Where things are in photos: a density of boxes given a word and the boxes of what is there. NumPy alone.

A box is a point z = (middle, foot, ln width, ln height), lengths as shares of the canvas. Its density is a
mixture of Gaussians (Bishop 1994, "Mixture density networks"). Some stand where they will on the canvas,
some *beside* a layer, their means told in that layer's widths and heights: on the horse, left of the person.

    p(z | word, layers) = sum over k of w_k N(z; m_k, s_k^2)                                     on the canvas
                        + sum over layers j and k of w_jk N(z; z_j + (w_j a, h_j b, c, d)_jk, s_jk^2)

The word's token reads the layers' by attention in a few blocks; weights, means and deviations are linear in
what it holds then, beside a layer in a hidden layer of both. Unlike the planner's network, which learns whole
scenes, mostly made ones, this one learns where single things are in photos. It reads boxes and words alone,
so it can be asked of a layout that knows no outlines. Its twin is in `training`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from smartmask.errors import CheckpointError
from smartmask.model.npz_weights import (
    Weights,
    fitting_weights,
    read_npz_weights,
    root_mean_square_norm,
    silu,
)

FORMAT = "smartmask-places"
FORMAT_VERSION = 1
NUMBERS = 9
"""Of a Gaussian: its logit, four of the mean, four of the deviation."""
NARROWEST = (0.03, 0.03, 0.08, 0.08)
"""The least deviation of each coordinate."""
LOG_RANGE = (-6.0, 1.5)
"""Of the logarithm of what is added to it."""
BOX_WIDTH = 30
_THINNEST = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesConfig:
    """Sizes of the network.

    Attributes:
        text_width: D of the text encoder.
        width: Of a token.
        heads: Of the attention; they divide the width.
        depth: Blocks.
        hidden: Of a block's feed-forward part.
        free: Gaussians on the canvas.
        beside: Gaussians beside each layer.
    """

    text_width: int = 256
    width: int = 64
    heads: int = 4
    depth: int = 2
    hidden: int = 128
    free: int = 24
    beside: int = 2

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1 or self.width % self.heads:
            raise ValueError(f"sizes must be positive and heads divide the width, not {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesCard:
    """What a weights file says of itself.

    Attributes:
        network: Its sizes.
        samples: Boxes it was trained on, counted each time.
        data: The datasets and how many things of each.
        licence: Of the weights.
    """

    network: PlacesConfig
    samples: int
    data: dict[str, int]
    licence: str


def weight_shapes(config: PlacesConfig) -> dict[str, tuple[int, ...]]:
    """The name and shape of every parameter; a linear map is (in, out)."""
    d = config.width
    shapes: dict[str, tuple[int, ...]] = {
        "words": (config.text_width, d),
        "box_in": (BOX_WIDTH, d),
        "box_bias": (d,),
        "box_out": (d, d),
        "aspect": (d,),
        "start": (d,),
        "nothing": (d,),
        "free": (d, config.free * NUMBERS),
        "free_bias": (config.free * NUMBERS,),
        "beside_word": (d, d),
        "beside_layer": (d, d),
        "beside_both": (d, d),
        "beside_bias": (d,),
        "beside": (d, config.beside * NUMBERS),
        "beside_out_bias": (config.beside * NUMBERS,),
    }
    for number in range(config.depth):
        shapes |= {
            f"block{number}.norm1": (d,),
            f"block{number}.norm2": (d,),
            f"block{number}.norm3": (d,),
            f"block{number}.query": (d, d),
            f"block{number}.key": (d, d),
            f"block{number}.value": (d, d),
            f"block{number}.out": (d, d),
            f"block{number}.up": (d, config.hidden),
            f"block{number}.up_bias": (config.hidden,),
            f"block{number}.down": (config.hidden, d),
        }
    return shapes


@dataclass(frozen=True, slots=True, eq=False)
class PlaceDensity:
    """A mixture of Gaussians over points z.

    Attributes:
        weights: Of each; they sum to 1.
        means: Of each.
        deviations: Of each, along each coordinate.
    """

    weights: Float[np.ndarray, " K"]
    means: Float[np.ndarray, "K 4"]
    deviations: Float[np.ndarray, "K 4"]

    def draw(self, count: int, rng: np.random.Generator) -> Float32[np.ndarray, "N 4"]:
        """Boxes x0, y0, x1, y1 as shares of the canvas, cut off at its borders."""
        which = rng.choice(len(self.weights), count, p=self.weights)
        points = self.means[which] + self.deviations[which] * rng.standard_normal((count, 4))
        return _boxes(points)

    def log_density(self, boxes: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, " N"]:
        """Logarithm of the density of boxes, by their points z."""
        away = (points_of(boxes)[:, None] - self.means) / self.deviations
        logs = -0.5 * (away**2 + np.log(2 * np.pi)).sum(-1) - np.log(self.deviations).sum(-1)
        logs += np.log(self.weights + 1e-30)
        top = logs.max(1)
        return np.asarray(top + np.log(np.exp(logs - top[:, None]).sum(1)))


class PlacesNetwork:
    """The network with its weights."""

    def __init__(self, card: PlacesCard, weights: Weights) -> None:
        """Take weights that fit the card.

        Raises:
            ValueError: If one is missing, unknown, of another shape, or not finite.
        """
        self.card = card
        self.weights = fitting_weights(weights, weight_shapes(card.network))

    def density(
        self,
        word: Float32[np.ndarray, " E"],
        words: Float32[np.ndarray, "N E"],
        boxes: Float32[np.ndarray, "N 4"],
        aspect: float,
    ) -> PlaceDensity:
        """Where a thing may be.

        Args:
            word: Embedding of what it is.
            words: Embedding of each layer's label.
            boxes: Box of each layer, as shares of the canvas.
            aspect: Logarithm of the canvas's width over height.
        """
        w, config = self.weights, self.card.network
        layers = silu(box_features(boxes) @ w["box_in"] + w["box_bias"]) @ w["box_out"] + words @ w["words"]
        x = word @ w["words"] + aspect * w["aspect"] + w["start"]
        read = np.concatenate([w["nothing"][None], layers])
        for number in range(config.depth):
            x = self._block(number, x, read)
        free = (x @ w["free"] + w["free_bias"]).reshape(-1, NUMBERS)
        hidden = x @ w["beside_word"] + layers @ w["beside_layer"] + (x * layers) @ w["beside_both"]
        beside = silu(hidden + w["beside_bias"]) @ w["beside"] + w["beside_out_bias"]
        own = np.repeat(points_of(boxes), config.beside, 0)
        units = np.exp(own[:, 2:]).clip(0.01)
        units = np.concatenate([units, np.ones_like(units)], 1)
        numbers = beside.reshape(-1, NUMBERS).astype(float)
        numbers[:, 1:5] = own + numbers[:, 1:5] * units
        numbers[:, 5:] += np.log(units)
        numbers = np.concatenate([free, numbers])
        likely = np.exp(numbers[:, 0] - numbers[:, 0].max())
        deviations = NARROWEST + np.exp(np.clip(numbers[:, 5:], *LOG_RANGE))
        return PlaceDensity(likely / likely.sum(), numbers[:, 1:5], deviations)

    def _block(
        self, number: int, x: Float32[np.ndarray, " D"], read: Float32[np.ndarray, "T D"]
    ) -> Float32[np.ndarray, " D"]:
        w, heads, name = self.weights, self.card.network.heads, f"block{number}"
        seen = root_mean_square_norm(read, w[f"{name}.norm2"])
        query = (root_mean_square_norm(x, w[f"{name}.norm1"]) @ w[f"{name}.query"]).reshape(heads, -1)
        key = (seen @ w[f"{name}.key"]).reshape(len(read), heads, -1)
        value = (seen @ w[f"{name}.value"]).reshape(len(read), heads, -1)
        scores = np.einsum("hd,thd->ht", query, key) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        x = x + np.einsum("ht,thd->hd", scores, value).reshape(-1) @ w[f"{name}.out"]
        hidden = silu(root_mean_square_norm(x, w[f"{name}.norm3"]) @ w[f"{name}.up"] + w[f"{name}.up_bias"])
        return np.asarray(x + hidden @ w[f"{name}.down"], np.float32)


def load_places_network(path: Path) -> PlacesNetwork:
    """The network in a weights file.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    found, arrays = read_npz_weights(path, FORMAT, FORMAT_VERSION, PlacesCard, "places")
    try:
        card = PlacesCard(
            network=PlacesConfig(**found["network"]),
            samples=int(found["samples"]),
            data=dict(found["data"]),
            licence=str(found["licence"]),
        )
        return PlacesNetwork(card, arrays)
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its card or weights do not fit ({error})") from error


def points_of(boxes: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 4"]:
    """The points z of boxes."""
    x0, y0, x1, y1 = np.asarray(boxes, float).reshape(-1, 4).T
    sides = np.log(np.maximum(np.stack([x1 - x0, y1 - y0], 1), _THINNEST))
    return np.concatenate([np.stack([(x0 + x1) / 2, y1], 1), sides], 1)


def box_features(boxes: Float32[np.ndarray, "N 4"]) -> Float32[np.ndarray, "N F"]:
    """What the network sees of a layer's box: edges, sides, whether they are the canvas's, and waves."""
    x0, y0, x1, y1 = np.asarray(boxes, np.float32).T
    wide, high = np.maximum(x1 - x0, _THINNEST), np.maximum(y1 - y0, _THINNEST)
    middle = (x0 + x1) / 2
    columns = [x0, y0, x1, y1, middle, wide, high, np.log(wide) / 2, np.log(high) / 2]
    columns += [x0 < 0.005, y0 < 0.005, x1 > 0.995]
    for times in (1, 2, 4):
        for value in (middle, y1, y0):
            columns += [np.sin(np.pi * times * value), np.cos(np.pi * times * value)]
    return np.stack(columns, 1).astype(np.float32)


def _boxes(points: Float[np.ndarray, "N 4"]) -> Float32[np.ndarray, "N 4"]:
    middle, foot, wide, high = points[:, 0], points[:, 1], np.exp(points[:, 2]), np.exp(points[:, 3])
    edges = np.stack([middle - wide / 2, foot - high, middle + wide / 2, foot], 1)
    return np.clip(edges, 0, 1).astype(np.float32)
