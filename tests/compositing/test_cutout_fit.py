"""Fitting a cut-out to a mask: it lands where it should, is not deformed, and does not stick out."""

import numpy as np
import pytest
from PIL import Image
from shapes import blob, disc, rectangle

from smartmask.compositing.cutout_fit import (
    MOST_STRETCH,
    MOST_TURN,
    SLACK,
    SQUEEZE,
    Fit,
    fit_cutout,
    interpolate,
)
from smartmask.scene.boxes import box_of
from smartmask.scene.distance import grow
from smartmask.scene.masks import mask_iou


def animal(size_hw: tuple[int, int] = (120, 160)) -> np.ndarray:
    """A body, legs, and a head on one side only."""
    mask = disc(size_hw, (70, 55), 28) | disc(size_hw, (95, 55), 28) | disc(size_hw, (135, 32), 16)
    mask |= rectangle(size_hw, (55, 70, 66, 112)) | rectangle(size_hw, (98, 70, 109, 112))
    return mask


def placed(fit: Fit, alpha: np.ndarray, size_hw: tuple[int, int]) -> np.ndarray:
    """The cut-out's silhouette under a fit."""
    y, x = np.mgrid[: size_hw[0], : size_hw[1]].astype(np.float32) + np.float32(0.5)
    u, v = fit.source_of(x, y)
    return interpolate(alpha.astype(np.float32), u - 0.5, v - 0.5) > 0.5


def moved(mask: np.ndarray, scale: float, corner_xy: tuple[int, int], size_hw: tuple[int, int]) -> np.ndarray:
    """A mask at another size and place."""
    image = Image.fromarray(mask.astype(np.float32))
    image = image.resize((round(mask.shape[1] * scale), round(mask.shape[0] * scale)), Image.Resampling.BOX)
    canvas = Image.new("F", (size_hw[1], size_hw[0]))
    canvas.paste(image, corner_xy)
    return np.asarray(canvas) > 0.5


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.2], ids=lambda scale: f"times {scale}")
@pytest.mark.parametrize("mirror", [False, True], ids=["as it is", "mirrored"])
def test_its_own_silhouette_is_met_at_any_size_and_either_way_round(scale, mirror):
    size_hw = (300, 400)
    shape = animal()
    mask = moved(shape[:, ::-1] if mirror else shape, scale, (25, 20), size_hw)
    fit = fit_cutout(shape * np.uint8(255), mask)
    assert (fit.matrix[0, 0] < 0) == mirror
    assert mask_iou(placed(fit, shape, size_hw), mask) > 0.93


@pytest.mark.parametrize("seed", range(4))
def test_hardly_anything_sticks_out_of_another_shape(seed):
    size_hw, shape = (160, 200), animal()
    mask = blob(size_hw, seed)
    found = placed(fit_cutout(shape * np.uint8(255), mask), shape, size_hw)
    x0, y0, x1, y1 = box_of(mask)
    allowed = grow(mask, SLACK * max(x1 - x0, y1 - y0) + 1.5)
    assert found.any()
    assert (found & ~allowed).sum() < 0.03 * found.sum()
    assert found.sum() > 0.2 * mask.sum()


@pytest.mark.parametrize("seed", range(4))
def test_it_is_never_deformed_beyond_the_limits(seed):
    fit = fit_cutout(animal() * np.uint8(255), blob((160, 60), seed))
    linear = fit.matrix[:, :2]
    across, down = np.hypot(*linear[0]), np.hypot(*linear[1])
    assert abs(np.log(across / down)) <= MOST_STRETCH + 1e-6
    assert abs(np.arctan2(linear[1, 0], linear[1, 1])) <= MOST_TURN + 1e-6
    assert abs(linear[0] @ linear[1]) < 0.02 * across * down + abs(np.sin(2 * MOST_TURN)) * across * down
    cell_px = (fit.grid_xyxy[2] - fit.grid_xyxy[0]) / fit.shift.shape[1]
    slopes = [np.gradient(fit.shift[..., axis] / cell_px) for axis in (0, 1)]
    area = (1 + slopes[0][1]) * (1 + slopes[1][0]) - slopes[0][0] * slopes[1][1]
    assert area.min() >= SQUEEZE[0] - 1e-3
    assert area.max() <= SQUEEZE[1] + 1e-3


def test_it_stands_on_the_foot_of_its_mask():
    size_hw, shape = (200, 200), animal()
    mask = rectangle(size_hw, (70, 40, 120, 180))  # far too tall, so most of it stays bare
    found = placed(fit_cutout(shape * np.uint8(255), mask), shape, size_hw)
    assert abs(box_of(found)[3] - 180) <= 4


@pytest.mark.parametrize("share", [0.6, 0.75], ids=lambda share: f"{share:.0%} on the photo")
def test_an_object_cut_by_the_border_goes_on_beyond_it(share):
    shape = animal()
    whole = moved(shape, 1.0, (10, 10), (140, 180))
    height = int(10 + share * 112)
    mask = whole[:height]
    fit = fit_cutout(shape * np.uint8(255), mask)
    assert mask_iou(placed(fit, shape, mask.shape), mask) > 0.85
    scale = 1 / np.sqrt(abs(np.linalg.det(fit.matrix[:, :2])))
    assert 0.88 < scale < 1.12  # squeezed into what is seen it would be as small as `share`


@pytest.mark.parametrize(
    "mask",
    [rectangle((40, 50), (20, 20, 21, 21)), rectangle((40, 50), (0, 5, 50, 6)), np.ones((3, 2), bool)],
    ids=["a pixel", "a line", "everything"],
)
def test_odd_masks_are_fitted_too(mask):
    fit = fit_cutout(animal() * np.uint8(255), mask)
    assert np.isfinite(fit.matrix).all()
    assert np.isfinite(fit.shift).all()
