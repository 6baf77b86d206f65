"""Pictures show what they should where they should, at any size."""

import io

import numpy as np
import pytest
from PIL import Image
from suggestions import suggestion_of

from smartmask.apps.drawing import (
    ACCENT,
    HINT,
    PAGE_WIDTH,
    draw_layout,
    draw_suggestion,
    overview,
)
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.colours import label_colours
from smartmask.scene.guidance import Box, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.outline import Outline
from smartmask.scene.picture import png_bytes


def box_mask(size_hw: tuple[int, int], x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    mask = np.zeros(size_hw, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def room(size_hw: tuple[int, int]) -> Layout:
    height = size_hw[0]
    wall, floor = np.zeros(size_hw, bool), np.zeros(size_hw, bool)
    wall[: max(height // 2, 1)], floor[height // 2 :] = True, True
    return Layout(size_hw, (Layer("wall", wall), Layer("floor", floor)))


def near(picture: Image.Image, x: int, y: int, colour: tuple[int, ...], tolerance: int = 12) -> bool:
    return bool(np.abs(np.asarray(picture)[y, x].astype(int) - colour).max() <= tolerance)


def test_layout_shows_its_colours_and_names():
    picture = draw_layout(room((300, 400)), None)
    assert picture.size == (1200, 900)
    pale = 0.7 * label_colours(["wall", "floor"]) + 0.3 * 255
    assert near(picture, 20, 20, tuple(pale[0]))
    assert near(picture, 20, 880, tuple(pale[1]))
    for rows in (slice(150, 300), slice(600, 750)):  # white letters with a dark outline, amid each half
        middle = np.asarray(picture)[rows, 450:750].reshape(-1, 3).astype(int)
        assert (middle.min(1) > 250).sum() > 50
        assert (middle.max(1) < 50).sum() > 50


def test_layout_over_a_photo_lets_the_photo_through():
    layout = room((300, 400))
    dark, bright = (draw_layout(layout, np.full((300, 400, 3), value, np.uint8)) for value in (0, 255))
    gap = int(np.asarray(bright)[20, 20, 0]) - int(np.asarray(dark)[20, 20, 0])
    assert 80 < gap < 150


def test_unknown_pixels_are_left_to_the_photo():
    layout = Layout((300, 400), (Layer("wall", box_mask((300, 400), 0, 0, 100, 300)),))
    assert near(draw_layout(layout, np.full((300, 400, 3), 90, np.uint8)), 1000, 450, (90, 90, 90))


def spotted(spots: int) -> Layout:
    """A wall with small spots that are too small for their name, and one speck."""
    size_hw = (300, 400)
    layers = [Layer("wall", np.ones(size_hw, bool))]
    layers += [Layer("spot", box_mask(size_hw, 40 + 60 * n, 150, 50 + 60 * n, 160)) for n in range(spots)]
    return Layout(size_hw, (*layers, Layer("speck", box_mask(size_hw, 5, 5, 6, 6))))


def test_names_that_do_not_fit_stand_beside_with_a_line_to_a_dot():
    picture = np.asarray(draw_layout(spotted(1), None)).astype(int)
    dot = picture[460:471, 130:141].reshape(-1, 3)  # the middle of the spot, at three times the size
    assert (dot.min(1) > 250).sum() > 20
    assert (dot.max(1) < 60).sum() > 4
    inside = picture[451:479, 121:149].reshape(-1, 3)
    assert (inside.min(1) > 250).sum() < 200  # no letters there


def test_the_legend_lists_what_has_no_name_in_the_picture():
    assert draw_layout(room((300, 400)), None, legend=True).size == (1200, 900)
    plain, listed = (draw_layout(spotted(1), None, legend=legend) for legend in (False, True))
    assert plain.size == (1200, 900)
    assert listed.width == 1200
    assert 930 < listed.height < 1000
    assert np.array_equal(np.asarray(listed)[:900], np.asarray(plain))
    colours = {tuple(pixel) for pixel in np.asarray(listed)[900:].reshape(-1, 3).tolist()}
    wall, spot, speck = (tuple(colour) for colour in label_colours(["wall", "spot", "speck"]).tolist())
    assert speck in colours
    assert wall not in colours
    assert spot not in colours


def test_a_long_legend_takes_several_lines_and_counts_equal_names():
    size_hw = (100, 100)
    specks = tuple(Layer(f"speck {n % 40}", box_mask(size_hw, n, 2, n + 1, 3)) for n in range(80))
    layout = Layout(size_hw, (Layer("wall", np.ones(size_hw, bool)), *specks))
    once = draw_layout(Layout(size_hw, layout.layers[:41]), None, legend=True)
    twice = draw_layout(layout, None, legend=True)
    assert 1200 + 5 * 30 < once.height < 1200 + 12 * 45
    assert once.height <= twice.height < once.height * 1.3


def test_large_layouts_are_scaled_down():
    assert draw_layout(room((30, 4000)), None).size == (PAGE_WIDTH, 14)


def test_suggestion_is_tinted_inside_outlined_at_its_edge_and_nowhere_else():
    background = Image.new("RGB", (400, 300), (0, 0, 0))
    picture = draw_suggestion(
        background, suggestion_of(box_mask((300, 400), 100, 150, 200, 250)), NoGuidance()
    )
    assert near(picture, 150, 200, tuple(value * 0.52 for value in ACCENT))
    assert near(picture, 99, 200, (255, 255, 255), 60)
    assert near(picture, 92, 200, (0, 0, 0))
    assert np.array_equal(np.asarray(picture)[:, 260:], np.zeros((300, 140, 3)))
    assert np.asarray(background).max() == 0


def test_soft_edges_are_tinted_by_alpha():
    rows = np.arange(300, dtype=np.float32)[:, None, None]
    slit = np.array([[240, 0.3], [400, 0.3], [400, 0.7], [240, 0.7]], np.float32)
    smoke = Outline(tuple(slit + rows * np.array([0, 1], np.float32)))
    soft = Suggestion(smoke, (300, 400), 0.5, "smoke")
    picture = draw_suggestion(Image.new("RGB", (400, 300)), soft, NoGuidance())
    assert near(picture, 300, 280, tuple(value * 0.52 * 0.4 for value in ACCENT))


@pytest.mark.parametrize(
    "hint",
    [
        Box((40, 60, 240, 280)),
        Box((-40, 60, 240, 900)),
        Scribble(box_mask((300, 400), 40, 60, 240, 280)),
        Region(box_mask((300, 400), 40, 60, 240, 280)),
    ],
    ids=["box", "box beyond the canvas", "scribble", "region"],
)
def test_the_hint_is_outlined(hint):
    picture = draw_suggestion(
        Image.new("RGB", (400, 300)), suggestion_of(box_mask((300, 400), 350, 20, 380, 40)), hint
    )
    row = np.asarray(picture)[150, 230:250].astype(int)
    assert (np.abs(row - HINT).max(1) < 60).any()


def test_tiny_suggestions_are_ringed():
    picture = draw_suggestion(
        Image.new("RGB", (400, 300)), suggestion_of(box_mask((300, 400), 200, 200, 202, 202)), NoGuidance()
    )
    ring = np.asarray(picture)[186:217, 185:189].max()
    assert ring == 255


@pytest.mark.parametrize("count", [0, 1, 2, 4, 9, 64])
def test_overview_holds_every_panel_within_the_page_width(count):
    size_hw = (48, 64)
    suggestions = [suggestion_of(box_mask(size_hw, 5, 5, 20 + i % 20, 30)) for i in range(count)]
    page = overview(np.zeros((*size_hw, 3), np.uint8), room(size_hw), suggestions, "a dog", "seed 0")
    assert page.width <= PAGE_WIDTH
    reds = (np.asarray(page).astype(int) - [round(v * 0.52) for v in ACCENT])[::4, ::4]
    assert ((np.abs(reds).max(-1) < 8).sum() > 20 * count) or count == 0


@pytest.mark.parametrize("size_hw", [(1, 1), (3, 900), (900, 3), (48, 64), (1200, 900)], ids=str)
@pytest.mark.parametrize("with_photo", [True, False], ids=["photo", "no photo"])
def test_overview_takes_any_canvas(size_hw, with_photo):
    photo = np.zeros((*size_hw, 3), np.uint8) if with_photo else None
    page = overview(photo, room(size_hw), [suggestion_of(np.ones(size_hw, bool))] * 2, "a dog")
    assert 200 < page.width <= PAGE_WIDTH
    assert 200 < page.height <= 2000


def test_long_odd_and_foreign_texts_are_drawn(tmp_path):
    layout = Layout((60, 80), (Layer("caf\u00e9\n\x00 \u4e2d\u6587 " * 30, np.ones((60, 80), bool)),))
    words = "tr\u00e8s long \u200d\U0001f600 " * 90
    page = overview(None, layout, [suggestion_of(np.ones((60, 80), bool), words)], words, words)
    assert page.width <= PAGE_WIDTH
    with Image.open(io.BytesIO(png_bytes(page))) as image:
        assert image.format == "PNG"


def test_drawing_is_reproducible():
    arguments = (
        np.zeros((48, 64, 3), np.uint8),
        room((48, 64)),
        [suggestion_of(np.ones((48, 64), bool))],
        "a dog",
    )
    assert png_bytes(overview(*arguments)) == png_bytes(overview(*arguments))


def test_sizes_that_do_not_match_are_named():
    with pytest.raises(ValueError, match="the photo is 64x48 but the layout is 60x40"):
        draw_layout(room((40, 60)), np.zeros((48, 64, 3), np.uint8))
    with pytest.raises(ValueError, match=r"suggestion 0 is \(4, 4\) \(H, W\) but the layout is \(40, 60\)"):
        overview(None, room((40, 60)), [suggestion_of(np.ones((4, 4), bool))], "a dog")
