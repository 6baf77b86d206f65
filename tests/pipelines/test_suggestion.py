"""A suggestion shows itself, is cut out of a photo, and is saved."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shapes import blob, disc
from suggestions import suggestion_of

from smartmask.pipelines.suggestion import Origin, Suggestion
from smartmask.scene.outline import Outline
from smartmask.scene.picture import LONGEST_PX

SIZE_HW = (48, 64)
BALL = suggestion_of(disc(SIZE_HW, (30, 20), 12), "a ball", 0.714)
PHOTO = np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3), np.uint8)


def origin(label: str, source: str) -> Origin:
    return Origin(
        label=label, similarity=1.0, source=source, group="1", is_mirrored=False, fit="box", number=7, views=0
    )


def square(x0: float, y0: float, x1: float, y1: float) -> Outline:
    return Outline((np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32),))


@pytest.mark.parametrize(
    ("outline", "source", "shown"),
    [
        (square(20, 16, 50, 40), origin("dog", "coco"), "box 20,16..50,40, score 0.71, from a dog of coco"),
        (square(20, 16, 50, 40), origin("owl", "mine"), "box 20,16..50,40, score 0.71, from an owl of mine"),
        (square(-9, 16, 99, 40), None, "box 0,16..64,40, score 0.71, drawn freely"),
        (Outline(()), None, "empty, score 0.71, drawn freely"),
    ],
    ids=["remembered", "of a vowel", "drawn, beyond the canvas", "nothing"],
)
def test_it_says_what_where_how_good_and_from_what(outline, source, shown):
    suggestion = Suggestion(outline, SIZE_HW, 0.714, "a dog", source)
    assert repr(suggestion) == f"Suggestion('a dog', {shown})"
    assert "mask" not in vars(suggestion)


def test_it_shows_its_shape_white_on_black():
    with Image.open(io.BytesIO(BALL._repr_png_())) as picture:
        assert (picture.format, picture.mode) == ("PNG", "L")
        shown = np.asarray(picture)
    assert np.array_equal(shown > 127, BALL.mask)
    assert shown[20, 30] == 255
    assert shown[0, 0] == 0


def test_a_large_canvas_is_shown_small_without_drawing_it():
    large = BALL.enlarged(100, (4800, 6400))
    with Image.open(io.BytesIO(large._repr_png_())) as picture:
        assert (picture.height, picture.width) == (LONGEST_PX * 3 // 4, LONGEST_PX)
        shown = np.asarray(picture)
    assert (shown > 127).mean() == pytest.approx(BALL.mask.mean(), rel=0.05)
    assert "mask" not in vars(large)


@given(st.integers(0, 50))
def test_a_cutout_is_the_photo_with_the_coverage_as_its_opacity(seed):
    suggestion = suggestion_of(blob(SIZE_HW, seed))
    cutout = suggestion.cutout(PHOTO)
    assert (cutout.dtype, cutout.shape) == (np.uint8, (*SIZE_HW, 4))
    assert np.array_equal(cutout[..., :3], PHOTO)
    assert np.array_equal(cutout[..., 3] > 127, suggestion.mask)
    assert np.abs(cutout[..., 3] / 255 - suggestion.alpha).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize(
    ("photo", "found"),
    [
        (PHOTO[:, :60], r"uint8 \(48, 60, 3\)"),
        (PHOTO[..., 0], r"uint8 \(48, 64\)"),
        (PHOTO / 255, r"float64 \(48, 64, 3\)"),
        (np.dstack([PHOTO, PHOTO[..., :1]]), r"uint8 \(48, 64, 4\)"),
        (Image.fromarray(PHOTO), "Image"),
    ],
    ids=["of another size", "grey", "in shares", "with opacity", "no array"],
)
@pytest.mark.usefixtures("no_type_check")
def test_no_cutout_of_what_is_no_photo_of_the_canvas(photo, found):
    with pytest.raises(
        ValueError, match=rf"the photo must be uint8 \(48, 64, 3\), as the canvas, not {found}"
    ):
        BALL.cutout(photo)


def test_it_saves_its_mask(tmp_path):
    BALL.save(tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as saved:
        assert np.array_equal(np.asarray(saved), BALL.mask * np.uint8(255))
    with pytest.raises(ValueError, match=r"mask\.webp: pictures are written as PNG; give a name that ends"):
        BALL.save(str(tmp_path / "mask.webp"))
    assert [path.name for path in tmp_path.iterdir()] == ["mask.png"]


def test_a_pickled_suggestion_is_the_same():
    back = pickle.loads(pickle.dumps(BALL))
    assert repr(back) == repr(BALL)
    assert np.array_equal(back.alpha, BALL.alpha)


def test_it_holds_bits_of_its_box_and_no_canvas():
    large = BALL.enlarged(100, (4800, 6400))
    mask = large.mask
    assert np.array_equal(mask, large.outline.mask((4800, 6400)))
    assert len(pickle.dumps(large)) < mask.size / 8


@pytest.mark.parametrize("rounded", [np.rint, np.ceil, np.floor])
def test_levels_are_the_coverage_rounded_on_the_whole_canvas(rounded):
    for found in (BALL, Suggestion(square(-9.3, 16.2, 99, 40.7), SIZE_HW, 0.5, "a dog")):
        assert np.array_equal(found.levels(rounded), rounded(found.alpha * np.float32(255)).astype(np.uint8))
    assert not Suggestion(Outline(()), SIZE_HW, 0.5, "a dog").levels(rounded).any()
