"""What a planner is told and shown of a layout."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.data.planning.picture import LEGEND_PX, SIDE_PX, draw_map
from smartmask.data.planning.regions import MAX_NAME_CHARACTERS, MAX_REGIONS, seen_regions
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout

SIZE = (60, 80)


def room() -> Layout:
    """A wall, a floor that covers its lower half, a ball on it, and a lamp that the ball hides."""
    ball = disc(SIZE, (20, 45), 10)
    return Layout(
        SIZE,
        (
            Layer("wall", np.ones(SIZE, bool)),
            Layer("floor", rectangle(SIZE, (0, 30, 80, 60))),
            Layer("lamp", ball, "amodal"),
            Layer("ball", ball, "amodal"),
        ),
    )


def canvas_colour(picture: np.ndarray, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place of a canvas of 60 x 80, which fills the picture's width, in shares of it."""
    return tuple(picture[int(y * SIDE_PX * 60 / 80), int(x * SIDE_PX)].tolist())


def test_regions_are_what_is_seen_with_their_boxes_in_thousandths():
    told = [(region.number, region.name, region.box) for region in seen_regions(room())]
    assert told == [
        (0, "wall", (0, 0, 1000, 500)),
        (1, "floor", (0, 500, 1000, 1000)),
        (3, "ball", (125, 583, 375, 917)),
    ]


def test_of_too_many_regions_the_largest_are_told_in_their_order():
    size = (1, 4000)
    starts = np.cumsum([0, *range(1, 80)])
    layers = [Layer(f"part {n}", rectangle(size, (starts[n], 0, starts[n + 1], 1))) for n in range(79)]
    told = [region.number for region in seen_regions(Layout(size, tuple(layers)))]
    assert told == list(range(79 - MAX_REGIONS, 79))


def test_a_name_is_one_line_of_limited_length():
    mask = np.ones((2, 2), bool)
    (region,) = seen_regions(Layout((2, 2), (Layer("a\n b\t" + "c" * 10_000, mask),)))
    assert region.name.startswith("a b ccc")
    assert len(region.name) == MAX_NAME_CHARACTERS


def test_the_map_has_each_label_in_its_colour_and_the_unknown_in_grey():
    layout = Layout(SIZE, (Layer("ball", disc(SIZE, (20, 45), 10)),))
    picture = draw_map(layout, seen_regions(layout))
    assert picture.shape == (SIDE_PX, SIDE_PX, 3)
    # Off its middle, where the number is.
    assert canvas_colour(picture, 0.17, 0.75) == tuple(label_colours(["ball"])[0].tolist())
    assert canvas_colour(picture, 0.9, 0.1) == (222, 222, 222)


def test_a_hidden_region_leaves_no_trace_in_the_map():
    whole, without = room(), Layout(SIZE, (*room().layers[:2], room().layers[3]))
    assert not np.array_equal(
        draw_map(whole, seen_regions(whole)), draw_map(without, seen_regions(without))
    ), "numbers count hidden layers too"
    assert canvas_colour(draw_map(whole, seen_regions(whole)), 0.17, 0.75) == tuple(
        label_colours(whole.labels)[3].tolist()
    )


def test_each_region_has_a_number_on_it_and_a_line_in_the_legend():
    layout = room()
    regions = seen_regions(layout)
    whole = draw_map(layout, regions)
    for region in regions:
        fewer = draw_map(layout, [other for other in regions if other is not region])
        rows, columns = np.nonzero((whole != fewer).any(-1))
        canvas_px = SIDE_PX * 60 // 80
        on_canvas = rows < canvas_px
        x0, y0, x1, y1 = (value * SIDE_PX / 1000 for value in region.box)
        assert on_canvas.any()
        assert (columns[on_canvas] >= x0).all()
        assert (columns[on_canvas] <= x1).all()
        assert (rows[on_canvas] >= y0 * 0.75).all()
        assert (rows[on_canvas] <= y1 * 0.75).all()
        assert not on_canvas.all(), "nothing changed in the legend"


def test_two_layouts_that_differ_differ_in_their_maps_and_one_always_gives_the_same():
    layout = room()
    moved = Layout(SIZE, (*layout.layers[:3], Layer("ball", disc(SIZE, (60, 45), 10))))
    first = draw_map(layout, seen_regions(layout))
    assert np.array_equal(first, draw_map(room(), seen_regions(room())))
    assert not np.array_equal(first, draw_map(moved, seen_regions(moved)))


@pytest.mark.parametrize(
    ("size_hw", "canvas_wh"),
    [
        pytest.param((60, 80), (SIDE_PX, 504), id="landscape"),
        pytest.param((80, 80), (SIDE_PX - LEGEND_PX, SIDE_PX - LEGEND_PX), id="square"),
        pytest.param((80, 60), (504, SIDE_PX), id="portrait"),
        pytest.param((1, 2000), (SIDE_PX, 1), id="a line"),
        pytest.param((2000, 1), (1, SIDE_PX), id="a column"),
        pytest.param((1, 1), (SIDE_PX - LEGEND_PX, SIDE_PX - LEGEND_PX), id="a pixel"),
    ],
)
def test_the_whole_canvas_is_in_the_square_beside_its_legend(size_hw, canvas_wh):
    layout = Layout(size_hw)
    picture = draw_map(layout, seen_regions(layout))
    grey = (picture == 222).all(-1)
    assert (grey.any(0).sum(), grey.any(1).sum()) == canvas_wh


def test_a_legend_that_is_full_says_how_many_are_left_out():
    size = (60, 80)
    layers = tuple(
        Layer(f"a thing with a very long name, number {n}", rectangle(size, (n, 0, n + 1, 60)))
        for n in range(48)
    )
    layout = Layout(size, layers)
    regions = seen_regions(layout)
    all_of_them, some = draw_map(layout, regions), draw_map(layout, regions[:47])
    assert not np.array_equal(all_of_them, some)
    assert len(regions) == 48


@pytest.mark.parametrize("label", ["\x00\x1b[31m", "‮evil", "<image>", "日本語", "a" * 10_000])
def test_hostile_labels_are_drawn_as_what_they_are(label):
    layout = Layout((4, 4), (Layer(label, np.ones((4, 4), bool)),))
    assert draw_map(layout, seen_regions(layout)).shape == (SIDE_PX, SIDE_PX, 3)
