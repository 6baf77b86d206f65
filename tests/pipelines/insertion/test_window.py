"""Windows: there and back without a shift, at any shape, size and place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle

from smartmask.pipelines.insertion.window import Window
from smartmask.scene.layout import Layer, Layout

SIZES = st.tuples(st.integers(1, 90), st.integers(1, 90))


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, tuple[int, int, int, int], int | None, int]:
    """A window, the box it was made for, and what the inpainter wants."""
    height, width = draw(SIZES)
    x0, y0 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    x1, y1 = draw(st.integers(x0 + 1, width)), draw(st.integers(y0 + 1, height))
    side, multiple = draw(st.none() | st.integers(1, 128)), draw(st.sampled_from([1, 8, 64]))
    padding = draw(st.integers(0, 40))
    box = x0, y0, x1, y1
    return Window.around(box, padding, (height, width), side, multiple), box, side, multiple


@given(windows())
def test_it_holds_the_box_and_has_the_sides_that_are_wanted(case):
    window, (x0, y0, x1, y1), side, multiple = case
    rows, columns = window.on_photo
    assert columns.start <= x0 < x1 <= columns.stop
    assert rows.start <= y0 < y1 <= rows.stop
    assert all(length % multiple == 0 for length in window.shown_hw)
    if side is None:
        assert window.shown_hw == window.extent_hw
    else:
        assert max(window.shown_hw) == -(-side // multiple) * multiple


@given(windows())
def test_a_picture_that_is_left_alone_comes_back_at_its_own_scale(case):
    window, _, side, _ = case
    height, width = window.size_hw
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    back = window.back(window.image(photo))
    assert back.shape == photo[window.on_photo].shape
    if side is None:
        assert np.array_equal(back, photo[window.on_photo])


@pytest.mark.parametrize("side", [64, 100, 256, 512], ids=lambda side: f"to {side}")
@pytest.mark.parametrize("multiple", [1, 8, 64], ids=lambda multiple: f"by {multiple}")
@pytest.mark.parametrize(
    "box",
    [(100, 60, 140, 90), (0, 0, 30, 40), (215, 120, 240, 160), (0, 70, 240, 80), (120, 0, 126, 160)],
    ids=["in the middle", "upper left corner", "lower right corner", "a wide strip", "a tall strip"],
)
def test_nothing_moves_on_the_way_there_and_back(box, multiple, side):
    """A shift by d pixels would change a slope of 2 levels a pixel by 2 d; measured off the borders."""
    rows, columns = np.mgrid[:160, :240]
    wave = 128 + 100 * np.sin(columns / 50) * np.cos(rows / 50)
    photo = np.repeat(np.rint(wave)[..., None], 3, 2).astype(np.uint8)
    window = Window.around(box, 16, (160, 240), side, multiple)
    difference = window.back(window.image(photo)).astype(float) - photo[window.on_photo]
    # The only blur is that of shrinking, which is even: what is left over is a shift.
    slope = np.gradient(wave, axis=1)[window.on_photo][4:-4, 4:-4]
    shift = (difference[4:-4, 4:-4, 0] * slope).sum() / (slope**2).sum()
    assert abs(shift) < 0.05
    assert np.abs(difference[4:-4, 4:-4]).max() <= 3


@pytest.mark.parametrize(
    ("box", "size_hw", "shown_hw"),
    [
        ((300, 50, 340, 450), (480, 640), (512, 512)),
        ((20, 200, 620, 230), (640, 640), (512, 512)),
        ((0, 0, 30, 400), (480, 640), (512, 512)),
        ((10, 10, 30, 430), (480, 100), (512, 120)),
    ],
    ids=["a lamp post", "a snake", "in a corner", "a photo that is a strip itself"],
)
def test_a_network_gets_a_square_as_far_as_the_photo_goes(box, size_hw, shown_hw):
    window = Window.around(box, 16, size_hw, 512, 8)
    assert window.shown_hw == shown_hw
    height, width = window.extent_hw
    assert height <= size_hw[0]
    assert abs(window.shown_hw[0] / height - window.shown_hw[1] / width) < 0.12
    rows, columns = window.on_photo
    assert rows.start <= box[1] < box[3] <= rows.stop
    assert columns.start <= box[0] < box[2] <= columns.stop


def test_beyond_the_photo_it_is_mirrored():
    photo = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((1, 3, 3), np.uint8)
    window = Window.around((0, 0, 3, 4), 0, (4, 3), None, 8)
    assert window.shown_hw == (8, 8)
    assert window.image(photo)[:, 3, 0].tolist() == [1, 0, 0, 1, 2, 3, 3, 2]


def test_a_mask_is_shown_wherever_it_is_touched():
    mask = np.zeros((64, 64), bool)
    mask[20, 31] = True
    window = Window.around((0, 0, 64, 64), 0, (64, 64), 16, 1)
    touched = window.touched(mask)
    assert np.argwhere(touched).tolist() == [[5, 7]]


def test_layers_come_in_order_and_the_object_is_there_however_fine_it_is():
    size_hw = (64, 64)
    hair = np.zeros(size_hw, bool)
    hair[10:50, 33] = True
    layers = (
        Layer("wall", np.ones(size_hw, bool)),
        Layer("far away", rectangle(size_hw, (60, 60, 64, 64))),
        Layer("hair", hair, "amodal"),
        Layer("cat", rectangle(size_hw, (0, 0, 40, 40))),
    )
    window = Window.around((16, 16, 48, 48), 0, size_hw, 8, 1)
    layout, number = window.layout(Layout(size_hw, layers), 2)
    assert layout.size_hw == window.shown_hw == (8, 8)
    assert layout.labels == ("wall", "hair", "cat")
    assert number == 1
    assert layout.layers[1].extent == "amodal"
    assert np.argwhere(layout.layers[1].mask)[:, 1].tolist() == [4] * 8
