"""Pasting back: what may not change does not, and colours go on across the border."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import disc, rectangle

from smartmask.pipelines.insertion.paste import MOST_DRIFT, RING_PX, colour_drift, paste_back
from smartmask.scene.distance import feather

SIZE_HW = (90, 120)
WHOLE = (slice(0, 90), slice(0, 120))


def smooth_photo(size_hw: tuple[int, int] = SIZE_HW) -> np.ndarray:
    """Gentle slopes in three colours."""
    rows, columns = np.mgrid[: size_hw[0], : size_hw[1]]
    photo = np.stack([80 + columns / 2, 100 + rows / 2, 160 - columns / 3], 2)
    return np.rint(photo).astype(np.uint8)


def noise(size_hw: tuple[int, int], seed: int = 0) -> np.ndarray:
    """A picture of anything."""
    return np.random.default_rng(seed).integers(0, 256, (*size_hw, 3), np.uint8)


@given(st.integers(0, 10**6), st.sampled_from([0, 3, 8.5]), st.floats(2, 60))
def test_where_alpha_is_nought_the_photo_stays_bit_for_bit(seed, feather_px, radius):
    rng = np.random.default_rng(seed)
    photo, picture = noise(SIZE_HW, seed), noise((50, 70), seed + 1)
    alpha = feather(disc(SIZE_HW, (rng.uniform(20, 90), rng.uniform(20, 70)), radius), feather_px)
    part = slice(30, 80), slice(25, 95)
    outside = np.ones(SIZE_HW, bool)
    outside[part] = False
    alpha[outside] = 0
    result = paste_back(photo, picture, part, alpha)
    assert np.array_equal(result[alpha == 0], photo[alpha == 0])
    assert result.dtype == np.uint8


def test_the_photo_itself_pastes_without_a_trace():
    photo = noise(SIZE_HW)
    alpha = feather(disc(SIZE_HW, (60, 45), 20), 5)
    assert np.array_equal(paste_back(photo, photo, WHOLE, alpha), photo)


@pytest.mark.parametrize("tint", [(6, -4, 3), (20, 20, 20), (-30, 12, 30)], ids=str)
def test_a_constant_tint_leaves_no_step(tint):
    """Stated: at most one level, which is rounding, from `MOST_DRIFT` levels of tint downwards."""
    photo = smooth_photo()
    tinted = (photo.astype(int) + tint).astype(np.uint8)
    assert np.abs(tint).max() <= MOST_DRIFT
    alpha = feather(disc(SIZE_HW, (60, 45), 22), 4)
    result = paste_back(photo, tinted, WHOLE, alpha).astype(int)
    assert np.abs(result - photo).max() <= 1


def test_a_tint_that_changes_across_the_picture_is_followed_near_the_border():
    photo = smooth_photo()
    drift = np.linspace(-20, 20, SIZE_HW[1])[None, :, None]
    tinted = np.rint(photo + drift).astype(np.uint8)
    mask = disc(SIZE_HW, (60, 45), 22)
    result = paste_back(photo, tinted, WHOLE, feather(mask, 0)).astype(int)
    rim = mask & (feather(~mask, 2) > 0)
    assert np.abs(result - photo)[rim].mean() < 0.8  # untreated it is 4.6
    assert np.abs(result - photo).max() <= 2


def test_noise_off_the_mask_says_nothing_about_colours():
    photo = smooth_photo()
    alpha = feather(disc(SIZE_HW, (60, 45), 22), 4)
    assert not colour_drift(photo, noise(SIZE_HW), alpha).any()


def test_another_picture_off_the_mask_says_nothing_about_colours():
    photo = smooth_photo()
    black = np.zeros_like(photo)
    alpha = feather(disc(SIZE_HW, (60, 45), 22), 4)
    assert not colour_drift(photo, black, alpha).any()
    assert not paste_back(photo, black, WHOLE, alpha)[alpha == 1].any()


@pytest.mark.parametrize(
    "mask",
    [np.ones((20, 30), bool), np.ones((1, 1), bool), rectangle((1, 40), (0, 0, 1, 1))],
    ids=["all of it", "a pixel", "a line"],
)
def test_masks_without_a_ring_and_strips_are_no_trouble(mask):
    photo = smooth_photo(mask.shape)
    drift = colour_drift(photo, photo, mask.astype(np.float32))
    assert drift.shape == (*mask.shape, 3)
    assert not drift.any()


def test_only_the_ring_counts():
    photo = smooth_photo((200, 200))
    picture = photo.astype(int) + 10
    far = np.ones((200, 200), bool)
    reach = 20 + RING_PX + 10
    far[100 - reach : 100 + reach, 100 - reach : 100 + reach] = False
    picture[far] = 0
    alpha = disc((200, 200), (100, 100), 20).astype(np.float32)
    drift = colour_drift(photo, picture.astype(np.uint8), alpha)
    assert np.abs(drift[alpha > 0] + 10).max() < 1e-3
