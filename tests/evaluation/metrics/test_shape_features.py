"""Shape features: what they ignore, what they see, and closed forms."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn
from shapes import blob, bool_masks, disc, rectangle

from smartmask.evaluation.metrics.shape_features import FEATURES, GRID, NAMES, shape_features

SIZE_HW = (240, 320)


def named(mask: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, shape_features(mask).tolist(), strict=True))


def scaled(mask: np.ndarray, factor: float) -> np.ndarray:
    soft = cv2.resize(mask.astype(np.float32), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return soft >= 0.5


@given(st.integers(0, 200), st.integers(-30, 30), st.integers(-30, 30))
def test_the_place_does_not_matter(seed, right, down):
    shape = blob((100, 100), seed)
    canvas = np.zeros(SIZE_HW, bool)
    canvas[40:140, 40:140] = shape
    moved = np.roll(canvas, (down, right), (0, 1))
    assert np.array_equal(shape_features(moved), shape_features(canvas))


@lru_cache
def deviations() -> np.ndarray:
    """How much each feature varies over random shapes: what a difference is measured by."""
    return np.stack([shape_features(blob((200, 240), seed)) for seed in range(40)]).std(0)


@pytest.mark.parametrize(
    ("factor", "typical"), [(0.25, 0.2), (0.5, 0.1), (2.0, 0.1)], ids=["a quarter", "half", "twice"]
)
def test_the_scale_hardly_matters(factor, typical):
    spread = np.maximum(deviations(), 1e-3)
    for seed in range(6):
        mask = blob((200, 240), seed)
        apart = np.abs(shape_features(scaled(mask, factor)) - shape_features(mask)) / spread
        assert np.median(apart) < typical
        assert apart.max() < 1.0


def test_the_aspect_matters():
    square, wide = rectangle(SIZE_HW, (10, 10, 50, 50)), rectangle(SIZE_HW, (10, 10, 90, 50))
    apart = {name: named(wide)[name] - named(square)[name] for name in NAMES}
    assert apart["log aspect"] == pytest.approx(np.log(2), abs=1e-6)
    assert apart["spread x"] == pytest.approx(np.log(2) / 2, abs=0.01)
    assert apart["spread y"] == pytest.approx(-np.log(2) / 2, abs=0.01)
    assert all(abs(apart[name]) < 1e-6 for name in NAMES if name.startswith("dct"))


def test_a_rectangle_has_closed_forms():
    found = named(rectangle(SIZE_HW, (20, 30, 116, 78)))
    assert found["extent"] == 1
    assert found["solidity"] == pytest.approx(1, abs=1e-6)
    assert found["complexity"] == pytest.approx(
        np.log((2 * (96 + 48)) ** 2 / (4 * np.pi * 96 * 48)), abs=0.06
    )
    assert found["spread x"] == pytest.approx(np.log(np.sqrt(2) / np.sqrt(12)), abs=1e-3)
    assert found["spread y"] == pytest.approx(np.log(np.sqrt(1 / 2) / np.sqrt(12)), abs=1e-3)
    for name in ("tilt", "skewness xxx", "skewness xxy", "skewness xyy", "skewness yyy", "log parts"):
        assert found[name] == pytest.approx(0, abs=1e-6)
    assert found["largest part"] == 1


@pytest.mark.parametrize("radius", [12, 30, 90])
def test_a_disc_has_closed_forms_at_any_size(radius):
    found = named(disc(SIZE_HW, (150.0, 120.0), radius))
    assert found["log aspect"] == 0
    assert found["extent"] == pytest.approx(np.pi / 4, abs=0.02)
    assert found["solidity"] == pytest.approx(1, abs=0.03)
    assert found["complexity"] == pytest.approx(0, abs=0.08)
    assert found["spread x"] == pytest.approx(np.log(0.5 / np.sqrt(np.pi)), abs=0.02)


def test_coefficients_are_those_of_the_dct():
    mask = blob((GRID * 4, GRID * 4), 7)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    canvas = np.zeros((128, 128), bool)
    canvas[: rows[-1] - rows[0] + 1, : columns[-1] - columns[0] + 1] = mask[
        rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1
    ]
    canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1] = True, True, True, True  # a box of 128 x 128
    cells = canvas.reshape(GRID, 4, GRID, 4).mean((1, 3))
    expected = dctn(cells, norm="ortho") / GRID
    for name, value in named(canvas).items():
        if name.startswith("dct"):
            u, v = (int(part) for part in name.removeprefix("dct ").split(","))
            assert value == pytest.approx(expected[u, v], abs=1e-6)


def test_what_is_missing_shows_where_it_should():
    whole = rectangle(SIZE_HW, (20, 20, 116, 116))
    notched = whole & ~rectangle(SIZE_HW, (52, 68, 84, 116))  # two legs
    two = whole & ~rectangle(SIZE_HW, (60, 20, 76, 116))
    ring = whole & ~rectangle(SIZE_HW, (52, 52, 84, 84))
    assert named(notched)["solidity"] == pytest.approx(1 - 32 * 48 / 96**2, abs=0.01)
    assert named(notched)["complexity"] > named(whole)["complexity"] + 0.3
    assert named(notched)["skewness yyy"] > 0.05  # less mass below
    assert named(notched)["log parts"] == 0
    assert named(two)["log parts"] == pytest.approx(np.log(2))
    assert named(two)["largest part"] == 0.5
    assert named(ring)["complexity"] > named(whole)["complexity"] + 0.3  # the inner outline counts
    assert named(ring)["solidity"] < 0.9


def test_upside_down_and_mirrored_are_other_shapes():
    mask = blob((120, 120), 3)
    upright, turned, mirrored = named(mask), named(mask[::-1]), named(mask[:, ::-1])
    assert turned["skewness yyy"] == pytest.approx(-upright["skewness yyy"], abs=1e-4)
    assert mirrored["skewness xxx"] == pytest.approx(-upright["skewness xxx"], abs=1e-4)
    assert mirrored["tilt"] == pytest.approx(-upright["tilt"], abs=1e-4)
    assert turned["dct 1,0"] == pytest.approx(-upright["dct 1,0"], abs=1e-5)
    assert turned["solidity"] == pytest.approx(upright["solidity"], abs=1e-3)


@given(bool_masks(st.integers(1, 40), st.integers(1, 40)).filter(np.any))
def test_every_mask_has_finite_features(mask):
    found = shape_features(mask)
    assert found.shape == (FEATURES,)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("box", [(3, 3, 4, 4), (3, 3, 4, 200), (3, 3, 300, 4)], ids=str)
def test_pixels_and_lines_have_finite_features(box):
    assert np.isfinite(shape_features(rectangle(SIZE_HW, box))).all()


def test_thin_things_all_over_are_not_lost():
    rows, columns = np.indices((200, 200))
    found = named(np.abs(rows - columns) < 1)  # a diagonal one pixel wide, at half its resolution
    assert found["tilt"] == pytest.approx(1, abs=0.01)
    assert found["log parts"] == 0


def test_an_empty_mask_has_no_shape():
    with pytest.raises(ValueError, match="an empty mask has no box"):
        shape_features(np.zeros((4, 4), bool))
