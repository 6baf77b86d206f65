"""Softness and grain: measured on pictures of which both are known, and given to those that lack them."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from smartmask.compositing.grain_match import (
    MOST_BLUR_PX,
    MOST_GRAIN,
    MOST_SHARPENED,
    REBLUR_PX,
    Texture,
    blur_to_match,
    blurred,
    grain_to_match,
    sharpening_to_match,
    texture_of,
)

SIDE = 200
EVERYWHERE = np.ones((SIDE, SIDE), bool)


def shapes(softness_px: float, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """Smooth shapes in two greys, their edges blurred, with white grain."""
    rng = np.random.default_rng(seed)
    blobs = gaussian_filter(rng.standard_normal((SIDE, SIDE)), 10) > 0
    picture = gaussian_filter(np.where(blobs, 180.0, 60.0), softness_px)
    return (picture + rng.normal(0, noise, picture.shape))[..., None].repeat(3, 2).astype(np.float32)


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize("softness_px", [0.8, 1.2, 1.6])
def test_the_width_of_edges_is_measured(softness_px, noise):
    found = texture_of(shapes(softness_px, noise), EVERYWHERE).softness_px
    assert found == pytest.approx(softness_px, abs=0.35)


@pytest.mark.parametrize("noise", [1.0, 2.0, 4.0])
def test_the_level_of_grain_is_measured_whatever_the_edges(noise):
    found = texture_of(shapes(1.0, noise), EVERYWHERE)
    assert found.noise == pytest.approx(noise, rel=0.15)
    assert found.grain.mean(-1).std() == pytest.approx(noise, rel=0.25)


def test_only_the_part_that_is_asked_for_is_looked_at():
    picture, left = shapes(0.8), EVERYWHERE.copy()
    picture[:, 100:] = shapes(2.5)[:, 100:]
    left[:, 100:] = False
    assert texture_of(picture, left).softness_px < 1.2
    assert texture_of(picture, ~left).softness_px > 1.8


def test_of_a_part_too_small_for_tiles_nothing_is_known():
    for part in (np.eye(SIDE, dtype=bool), EVERYWHERE[:8, :8]):
        found = texture_of(shapes(1.0)[: len(part), : len(part)], part)
        assert (found.softness_px, found.noise, found.grain) == (None, None, None)


def test_texture_is_not_taken_for_grain():
    lawn = np.random.default_rng(0).normal(120, 30, (SIDE, SIDE, 1)).repeat(3, 2).astype(np.float32)
    assert texture_of(lawn, EVERYWHERE).grain is None


def test_cut_off_light_has_no_grain_to_show():
    assert texture_of(np.full((SIDE, SIDE, 3), 255, np.float32), EVERYWHERE).grain is None


def test_a_crisp_object_becomes_as_soft_as_the_photo():
    own, there = (texture_of(shapes(softness_px), EVERYWHERE) for softness_px in (0.8, 1.8))
    after = blurred(shapes(0.8), blur_to_match(own, there))
    assert texture_of(after, EVERYWHERE).softness_px == pytest.approx(there.softness_px, rel=0.15)
    assert sharpening_to_match(own, there) == 0


def test_a_soft_object_becomes_as_crisp_as_the_photo_within_limits():
    own, there = (texture_of(shapes(softness_px), EVERYWHERE) for softness_px in (0.9, 0.7))
    share = sharpening_to_match(own, there)
    assert 0.1 < share < MOST_SHARPENED
    before = shapes(0.9)
    after = before + share * (before - blurred(before, REBLUR_PX))
    steepest = [np.abs(np.diff(picture[..., 0])).max() for picture in (before, after, shapes(0.7))]
    assert steepest[1] == pytest.approx(steepest[2], rel=0.1)
    assert steepest[1] > 1.05 * steepest[0]
    assert blur_to_match(own, there) == 0


def test_both_have_limits_and_need_both_to_be_known():
    crisp, soft, unknown = Texture(0.3, None, None), Texture(9.0, None, None), Texture(None, None, None)
    assert blur_to_match(crisp, soft) == MOST_BLUR_PX
    assert sharpening_to_match(soft, crisp) == MOST_SHARPENED
    for first, second in ((crisp, unknown), (unknown, crisp)):
        assert blur_to_match(first, second) == sharpening_to_match(first, second) == 0


class TestGrain:
    """What is added has the photo's strength, size and colour."""

    clean = Texture(None, 0.0, None)

    def photo(self, size_px: float, strength: float) -> Texture:
        """An even photo with grain of some size, stronger in blue."""
        rng = np.random.default_rng(1)
        grain = gaussian_filter(rng.standard_normal((SIDE, SIDE, 1)), (size_px, size_px, 0))
        grain = np.array([1.0, 1.0, 1.5]) * strength * grain / grain.std()
        return texture_of((128 + grain).astype(np.float32), EVERYWHERE)

    @pytest.mark.parametrize("size_px", [0.01, 1.0], ids=["fine", "coarse"])
    def test_it_is_like_the_photos(self, size_px):
        grain = grain_to_match(self.clean, self.photo(size_px, 2.0), 0.0, (SIDE, SIDE), 0)
        assert grain.std((0, 1)) == pytest.approx(np.array([1.0, 1.0, 1.5]) * 2.0, rel=0.3)
        together = np.mean(grain[:, 1:] * grain[:, :-1]) / grain.var()
        assert together == pytest.approx(np.exp(-1 / (4 * size_px**2)), abs=0.15)

    def test_it_follows_the_seed_alone_and_has_any_size(self):
        photo = self.photo(0.5, 2.0)
        first = grain_to_match(self.clean, photo, 0.0, (30, 700), 3)
        assert first.shape == (30, 700, 3)
        assert np.array_equal(first, grain_to_match(self.clean, photo, 0.0, (30, 700), 3))
        assert not np.array_equal(first, grain_to_match(self.clean, photo, 0.0, (30, 700), 4))

    def test_what_the_object_has_is_not_added_again(self):
        photo = self.photo(0.01, 2.0)
        half = Texture(None, photo.noise / 2, None)
        full = grain_to_match(self.clean, photo, 0.0, (99, 99), 0)
        assert grain_to_match(half, photo, 0.0, (99, 99), 0).std() == pytest.approx(full.std() * 0.75**0.5)
        assert grain_to_match(photo, photo, 0.0, (99, 99), 0) is None

    def test_what_a_blur_takes_is_added_again(self):
        photo = self.photo(0.01, 2.0)
        white = np.random.default_rng(0).normal(0, 1, (SIDE, SIDE, 1)).astype(np.float32)
        left = blurred(white, 1.0).std()
        full = grain_to_match(self.clean, photo, 0.0, (99, 99), 0)
        found = grain_to_match(photo, photo, 1.0, (99, 99), 0)
        assert found.std() == pytest.approx(full.std() * (1 - left**2) ** 0.5, rel=0.02)
        assert grain_to_match(photo, photo, 0.2, (99, 99), 0) is None

    def test_it_is_limited_and_left_out_where_it_would_not_be_seen(self):
        grain = grain_to_match(self.clean, self.photo(0.01, 4.4), 0.0, (SIDE, SIDE), 0)
        brightness = (grain @ np.array([0.299, 0.587, 0.114])).std()
        assert brightness == pytest.approx(MOST_GRAIN, rel=0.1)
        assert grain_to_match(self.clean, self.photo(0.01, 0.5), 0.0, (9, 9), 0) is None
        assert grain_to_match(self.clean, self.clean, 0.0, (9, 9), 0) is None
