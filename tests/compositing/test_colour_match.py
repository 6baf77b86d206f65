"""Colours: Lab as others compute it, and matching within its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from smartmask.compositing.colour_match import LEAST_SATURATION, MOST_CAST, match_colours, to_lab, to_rgb

RED = np.random.default_rng(0).normal((180, 40, 40), 12, (500, 3)).clip(0, 255).astype(np.float32)


def surroundings(mean: tuple[int, int, int], spread: float = 40) -> np.ndarray:
    """Pixels of a photo."""
    return np.random.default_rng(1).normal(mean, spread, (2000, 3)).clip(0, 255).astype(np.uint8)


def hue(colours: np.ndarray) -> np.ndarray:
    """Angle in the a, b plane, in degrees."""
    lab = to_lab(colours)
    return np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
    ids=["white", "black", "red", "blue", "grey"],
)
def test_lab_is_that_of_the_standard(rgb, lab):
    """Values as published for sRGB primaries under D65."""
    assert to_lab(np.array([rgb], np.float32))[0] == pytest.approx(lab, abs=0.05)


@given(arrays(np.uint8, (6, 3)))
def test_lab_and_back_gives_the_same_colours(colours):
    assert np.abs(to_rgb(to_lab(colours.astype(np.float32))) - colours).max() < 0.05


def test_no_strength_changes_nothing():
    assert np.array_equal(match_colours(RED, surroundings((20, 30, 90)), 0.0), RED)


@pytest.mark.parametrize("around", [(30, 30, 60), (225, 225, 230), (60, 140, 50), (200, 150, 80)], ids=str)
def test_a_red_thing_stays_red_in_any_light(around):
    matched = match_colours(RED, surroundings(around, 15), 0.6)
    assert np.abs(np.median(hue(matched)) - np.median(hue(RED))) < 12
    before, after = to_lab(RED)[:, 1:], to_lab(matched)[:, 1:]
    vividness = np.hypot(*after.T).mean() / np.hypot(*before.T).mean()
    assert LEAST_SATURATION - 0.15 < vividness < 1.2


def test_in_the_dark_it_gets_darker_and_in_mist_flatter():
    dark = match_colours(RED, surroundings((25, 25, 25), 8), 0.6)
    assert to_lab(dark)[:, 0].mean() < to_lab(RED)[:, 0].mean() - 3
    zebra = np.repeat(np.array([[10, 10, 10], [245, 245, 245]], np.float32), 200, 0)
    mist = match_colours(zebra, surroundings((180, 180, 180), 8), 0.6)
    assert np.ptp(to_lab(mist)[:, 0]) < 0.9 * np.ptp(to_lab(zebra)[:, 0])
    assert np.ptp(to_lab(mist)[:, 0]) > 0.45 * np.ptp(to_lab(zebra)[:, 0])


def test_in_a_photo_without_colours_it_loses_its_own():
    grey = np.repeat(np.random.default_rng(0).integers(0, 256, (2000, 1), np.uint8), 3, 1)
    matched = match_colours(RED, grey, 0.6)
    assert np.hypot(*to_lab(matched)[:, 1:].T).max() < 1
    sepia = np.clip(grey * np.array([1.0, 0.98, 0.95]), 0, 255).astype(np.uint8)
    toned = to_lab(match_colours(RED, sepia, 0.6))[:, 1:].mean(0)
    assert 0.5 < toned[1] < 6  # as yellowish as the photo


def test_the_cast_is_limited():
    grey = np.full((300, 3), 128, np.float32)
    matched = match_colours(grey, surroundings((250, 120, 20), 5), 1.0)
    assert np.hypot(*to_lab(matched)[:, 1:].mean(0)) <= MOST_CAST + 0.1


@pytest.mark.parametrize("count", [0, 1], ids=["none", "one"])
def test_few_pixels_are_no_trouble(count):
    assert match_colours(RED[:count], surroundings((9, 9, 9)), 0.6).shape == (count, 3)
    assert np.isfinite(match_colours(RED, surroundings((9, 9, 9))[:count], 0.6)).all()
