"""How like real scenes planned ones are: the Fréchet distance between two sets of layouts.

A layout is its things: labels and boxes, at most the `MOST_THINGS` largest. Its features, all plain
arithmetic:

    mean over things of  u (x) (1, middle x, middle y, log width, log height)        16 x 5 numbers
    log(1 + number of things), mean IoU of pairs, share of the canvas under boxes     3 numbers

where u is the label's embedding on 16 fixed random axes, so that "couch" and "sofa" are near. Features are
divided by their standard deviation over the reference set, and

    d^2 = |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2)

(Dowson and Landau 1982; used on features of images by Heusel et al. 2017). This *layout FID* compares two
sets as wholes: scenes drawn from the training set are near whatever was asked for. The *joint* distance also
takes the prompt's embedding (16 axes) as a feature, so it grows where layouts do not belong to their prompts
(DeVries et al. 2019, "On the evaluation of conditional GANs").

From samples, d^2 comes out too large, by about as much as two sets of the same kind differ: with 83 features
and 300 layouts that is more than a good planner's own distance. And a set planned for the reference's own
texts shares their chance, which hides some of it. Two statistics are free of both:

- `frechet_limit`, the distance extrapolated to samples without end, d^2(N) = d^2 + c / N, from parts of the
  two sets that share no text (Chong and Forsyth 2020, "Effectively unbiased FID and Inception Score");
- `kernel_distance`, the unbiased squared maximum mean discrepancy of the kernel (x.y / d + 1)^3 without the
  pairs of one text (Binkowski et al. 2018, "Demystifying MMD GANs": KID). Both may come out below 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from smartmask.data.layered_scene import LayeredScene
from smartmask.protocols import TextEncoder
from smartmask.scene.boxes import box_ious, box_of
from smartmask.scene.layout import Layout

MOST_THINGS = 12
SMALLEST_SHARE = 0.0004
AXES = 16
LIMIT_SIZES, LIMIT_DRAWS = 6, 40
"""Sizes of the parts from which the limit is extrapolated, and parts drawn of each."""


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """The things of a layout.

    Attributes:
        labels: What they are.
        boxes: Boxes as shares of the canvas.
    """

    labels: tuple[str, ...]
    boxes: Float32[np.ndarray, "N 4"]

    @staticmethod
    def of(labels: Sequence[str], boxes: Float32[np.ndarray, "N 4"]) -> "Things":
        """The largest ones."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        kept = [int(n) for n in np.argsort(-area, kind="stable")[:MOST_THINGS] if area[n] >= SMALLEST_SHARE]
        return Things(tuple(labels[number] for number in kept), boxes[kept])

    @staticmethod
    def of_scene(scene: LayeredScene) -> "Things":
        """Those of an annotated or made scene."""
        height, width = scene.size_hw
        things = [layer for layer in scene.layers if layer.is_thing]
        boxes = np.array([layer.box_xyxy for layer in things], np.float32).reshape(-1, 4)
        shares = boxes / np.array([width, height, width, height], np.float32)
        return Things.of([layer.label for layer in things], shares)

    @staticmethod
    def of_layout(layout: Layout, start: Layout) -> "Things":
        """Those that a planned layout has besides its start."""
        height, width = layout.size_hw
        there = {id(layer) for layer in start.layers}
        things = [layer for layer in layout.layers if layer.mask.any() and id(layer) not in there]
        boxes = np.array([box_of(layer.mask) for layer in things], np.float32).reshape(-1, 4)
        shares = boxes / np.array([width, height, width, height], np.float32)
        return Things.of([layer.label for layer in things], shares)


def layout_features(layouts: Sequence[Things], encoder: TextEncoder) -> Float[np.ndarray, "N F"]:
    """The features of each layout."""
    axes = _axes(encoder.width)
    return np.stack([_features(things, encoder, axes) for things in layouts])


def prompt_features(prompts: Sequence[str], encoder: TextEncoder) -> Float[np.ndarray, "N A"]:
    """What the joint distance sees of each prompt."""
    return encoder.encode(prompts).astype(np.float64) @ _axes(encoder.width)


def frechet_distance(found: Float[np.ndarray, "N F"], reference: Float[np.ndarray, "M F"]) -> float:
    """The squared Fréchet distance of two sets, features divided by the reference's standard deviation.

    Raises:
        ValueError: If a set has fewer than two rows.

    >>> rows = np.random.default_rng(0).normal(size=(500, 3))
    >>> round(frechet_distance(rows, rows), 6)
    0.0
    """
    if min(len(found), len(reference)) < 2:
        raise ValueError(
            f"two sets of at least 2 layouts are compared, not {len(found)} and {len(reference)}"
        )
    scale = reference.std(0)
    kept = scale > 1e-9
    return _frechet(found[:, kept] / scale[kept], reference[:, kept] / scale[kept])


def _frechet(one: Float[np.ndarray, "N F"], two: Float[np.ndarray, "M F"]) -> float:
    first, second = np.cov(one, rowvar=False), np.cov(two, rowvar=False)
    # tr (C1 C2)^1/2 by the eigenvalues of the symmetric C1^1/2 C2 C1^1/2.
    root = _root(np.atleast_2d(first))
    shared = np.linalg.eigvalsh(root @ np.atleast_2d(second) @ root)
    trace = np.trace(np.atleast_2d(first)) + np.trace(np.atleast_2d(second))
    trace -= 2 * np.sqrt(np.clip(shared, 0, None)).sum()
    return float(((one.mean(0) - two.mean(0)) ** 2).sum() + max(trace, 0.0))


def frechet_limit(
    found: Float[np.ndarray, "N F"], reference: Float[np.ndarray, "N F"], rng: np.random.Generator
) -> float:
    """What the Fréchet distance tends to with more samples; row i of both sets belongs to the same text.

    Raises:
        ValueError: If there are fewer than 16 rows.
    """
    count = len(found)
    if count < 16:
        raise ValueError(f"two sets of the same 16 or more texts are compared, not of {count}")
    scale = reference.std(0)  # of all of it, or its own noise would be divided by
    kept = scale > 1e-9
    one, two = found[:, kept] / scale[kept], reference[:, kept] / scale[kept]
    sizes = np.repeat(np.linspace(count // 4, count // 2, LIMIT_SIZES).astype(int), LIMIT_DRAWS)
    distances = []
    for size in sizes.tolist():
        order = rng.permutation(count)
        distances.append(_frechet(one[order[:size]], two[order[-size:]]))
    return float(np.polyfit(1 / sizes, distances, 1)[1])


def kernel_distance(
    found: Float[np.ndarray, "N F"], reference: Float[np.ndarray, "N F"]
) -> tuple[float, float]:
    """The unbiased squared kernel distance, and its standard error over texts.

    Raises:
        ValueError: If there are fewer than two rows.
    """
    count = len(found)
    if count < 2:
        raise ValueError(f"two sets of the same 2 or more texts are compared, not of {count}")
    middle, scale = reference.mean(0), reference.std(0)
    kept = scale > 1e-9
    one, two = ((rows[:, kept] - middle[kept]) / scale[kept] for rows in (found, reference))
    across = _kernel(one, two)
    pairs = _kernel(one, one) + _kernel(two, two) - across - across.T
    np.fill_diagonal(pairs, 0.0)
    of_text = pairs.sum(1) / (count - 1)
    return float(of_text.mean()), float(2 * of_text.std() / np.sqrt(count))


def _kernel(one: Float[np.ndarray, "N F"], two: Float[np.ndarray, "M F"]) -> Float[np.ndarray, "N M"]:
    return np.asarray((one @ two.T / one.shape[1] + 1) ** 3)


def _features(
    things: Things, encoder: TextEncoder, axes: Float[np.ndarray, "D A"]
) -> Float[np.ndarray, " F"]:
    if not things.labels:
        return np.zeros(5 * AXES + 3)
    labels = encoder.encode(things.labels).astype(np.float64) @ axes
    x0, y0, x1, y1 = things.boxes.T.astype(np.float64)
    wide, high = np.maximum(x1 - x0, 0.005), np.maximum(y1 - y0, 0.005)
    shapes = np.stack([np.ones(len(x0)), (x0 + x1) / 2, (y0 + y1) / 2, np.log(wide), np.log(high)], 1)
    outer = (labels[:, :, None] * shapes[:, None]).mean(0).ravel()
    return np.concatenate([outer, [np.log1p(len(x0)), pair_iou(things.boxes), covered_share(things.boxes)]])


def pair_iou(boxes: Float32[np.ndarray, "N 4"]) -> float:
    """Mean intersection over union of all pairs; 0 if there is none."""
    if len(boxes) < 2:
        return 0.0
    iou = box_ious(boxes, boxes)
    return float((iou.sum() - np.trace(iou)) / (len(boxes) * (len(boxes) - 1)))


def covered_share(boxes: Float32[np.ndarray, "N 4"], cells: int = 48) -> float:
    """Share of the canvas that lies under at least one box."""
    grid = (np.arange(cells) + 0.5) / cells
    across = (grid >= boxes[:, :1]) & (grid < boxes[:, 2:3])
    down = (grid >= boxes[:, 1:2]) & (grid < boxes[:, 3:])
    return float((down[:, :, None] & across[:, None]).any(0).mean()) if len(boxes) else 0.0


def _root(matrix: Float[np.ndarray, "F F"]) -> Float[np.ndarray, "F F"]:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T)


def _axes(width: int) -> Float[np.ndarray, "D A"]:
    """Orthonormal random axes, always the same."""
    random = np.random.default_rng(0).normal(size=(width, min(AXES, width)))
    axes = np.linalg.qr(random)[0] * np.sqrt(width)
    return np.pad(axes, ((0, 0), (0, AXES - axes.shape[1])))
