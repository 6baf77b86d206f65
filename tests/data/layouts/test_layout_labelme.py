"""LabelMe files: shapes are drawn as LabelMe draws them, and no mask is changed by becoming shapes."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from layout_examples import room
from PIL import Image, ImageDraw

from smartmask.data.annotations.base import Problems
from smartmask.data.layout_formats import layout_files_as, read_any_layout
from smartmask.data.layouts.polygons import MAX_PARTS, fill_polygon, polygons_of
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layer, Layout

Json = dict[str, Any]
TRIANGLE = [[1, 1], [6, 1], [1, 4.5]]


def written(layout: Layout) -> Json:
    return json.loads(layout_files_as("labelme", layout, photo_path="../room.jpg")["labelme.json"])


def shape(**changes: Any) -> Json:
    return {
        "label": "cat",
        "points": TRIANGLE,
        "group_id": None,
        "shape_type": "polygon",
        "flags": {},
    } | changes


def read(folder: Path, *shapes: Any, **changes: Any) -> Layout:
    content = {"imageHeight": 6, "imageWidth": 8, "shapes": list(shapes), "imageData": None} | changes
    path = folder / "room.json"
    path.write_text(json.dumps(content))
    return read_any_layout(path)


def of_labelme(record: Json, size_hw: tuple[int, int]) -> np.ndarray:
    """The mask of a polygon or mask shape as LabelMe's `shapes_to_label` makes it."""
    if record["shape_type"] == "mask":
        canvas = np.zeros(size_hw, bool)
        (x0, y0), (x1, y1) = np.asarray(record["points"]).astype(int)
        with Image.open(io.BytesIO(base64.b64decode(record["mask"]))) as image:
            canvas[y0 : y1 + 1, x0 : x1 + 1] = np.array(image).astype(bool)
        return canvas
    image = Image.fromarray(np.zeros(size_hw, np.uint8))
    ImageDraw.Draw(image).polygon([tuple(point) for point in record["points"]], outline=1, fill=1)
    return np.array(image, dtype=bool)


def disc(size: int) -> np.ndarray:
    rows, columns = np.mgrid[:size, :size] - size // 2
    return np.hypot(rows, columns) < size / 2 - 1


@given(arrays(bool, (7, 9)))
def test_labelme_sees_the_mask_that_was_written(mask):
    records = written(Layout((7, 9), (Layer("cat", mask),)))["shapes"]
    seen = np.zeros((7, 9), bool)
    for record in records:
        seen |= of_labelme(record, (7, 9))
    assert np.array_equal(seen, mask)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.floats(-9, 17), st.floats(-7, 13)), min_size=3, max_size=6))
def test_a_polygon_is_drawn_as_on_a_whole_canvas(points):
    record = {"shape_type": "polygon", "points": points}
    assert np.array_equal(fill_polygon(points, (6, 8)), of_labelme(record, (6, 8)))


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(-9, 30) | st.floats(-9, 30), st.integers(-9, 40) | st.floats(-9, 40)),
        min_size=3,
        max_size=9,
    ),
    st.integers(1, 12),
)
def test_a_polygon_is_the_same_in_bands_of_any_height(points, band_px):
    assert np.array_equal(fill_polygon(points, (31, 21), band_px), fill_polygon(points, (31, 21)))


def test_a_polygon_of_a_tall_canvas_is_drawn_by_the_edges_near_each_band(monkeypatch):
    """Pillow takes time with the edges times the rows that it is given."""
    work = []

    class Counted:
        def __init__(self, canvas: Image.Image) -> None:
            self._canvas = canvas

        def polygon(self, corners: list[float], **options: int) -> None:
            work.append(len(corners) // 2 * self._canvas.height)
            ImageDraw.ImageDraw(self._canvas).polygon(corners, **options)

    rows, count = 20_000, 1000
    down = np.linspace(0, rows - 1, count)
    points = [*((0, y) for y in down), *((7, y) for y in down[::-1])]
    monkeypatch.setattr(ImageDraw, "Draw", Counted)
    assert fill_polygon(points, (rows, 8)).all()
    assert 100 * 10**3 < sum(work) < 2 * count * rows / 20


@given(arrays(bool, (6, 6)))
def test_polygons_keep_a_mask_exactly_or_are_not_offered(mask):
    polygons = polygons_of(mask)
    if polygons is not None:
        drawn = np.any([fill_polygon(points, (6, 6)) for points in polygons], axis=0)
        assert np.array_equal(drawn, mask)


def test_whole_shapes_become_polygons_that_people_can_edit():
    for mask in (disc(31), np.ones((5, 7), bool), np.tril(np.ones((20, 20), bool))):
        records = written(Layout(mask.shape, (Layer("cat", mask),)))["shapes"]
        assert [record["shape_type"] for record in records] == ["polygon"]
        assert len(records[0]["points"]) < 60
        assert records[0]["group_id"] is None


def test_several_parts_share_a_group_and_holes_make_a_mask():
    parts = np.hstack([disc(21), disc(21)])
    hole = disc(31) & ~np.pad(disc(11), 10)
    layout = Layout(
        (31, 42),
        tuple(Layer("ring", np.pad(m, ((0, 31 - len(m)), (0, 42 - m.shape[1])))) for m in (parts, hole)),
    )
    records = written(layout)["shapes"]
    assert [(r["shape_type"], r["group_id"]) for r in records] == [
        ("polygon", 0),
        ("polygon", 0),
        ("mask", None),
    ]


def test_confetti_is_kept_as_a_mask():
    mask = np.kron(np.indices((13, 13)).sum(0) % 2 == 0, np.ones((2, 2), bool))
    mask[::4] = False
    assert polygons_of(np.kron(np.eye(MAX_PARTS + 1, dtype=bool)[:, ::-1], np.ones((3, 3), bool))) is not None
    spaced = np.kron(np.eye(MAX_PARTS + 1, dtype=bool), np.pad(np.ones((2, 2), bool), 1))
    assert polygons_of(spaced) is None
    assert polygons_of(np.zeros((3, 3), bool)) is None


def test_a_file_says_what_labelme_needs():
    content = written(room())
    assert content["imagePath"] == "../room.jpg"
    assert content["imageData"] is None
    assert (content["imageHeight"], content["imageWidth"]) == (6, 8)
    assert content["version"].startswith("5.")
    assert [record["flags"] for record in content["shapes"]] == [{}, {"amodal": True}, {"amodal": True}]


def test_shapes_of_one_group_are_one_layer_where_the_last_one_lies(tmp_path):
    other = [[5, 3], [7, 3], [7, 5]]
    layout = read(
        tmp_path,
        shape(group_id=3),
        shape(label="dog"),
        shape(points=other, group_id=3, flags={"amodal": True}),
        shape(label="dog"),
        shape(label="bird", group_id=3),
    )
    assert layout.labels == ("dog", "cat", "dog", "bird")
    expected = fill_polygon([(1, 1), (6, 1), (1, 4.5)], (6, 8)) | fill_polygon(
        [(5, 3), (7, 3), (7, 5)], (6, 8)
    )
    assert np.array_equal(layout.layers[1].mask, expected)
    assert [layer.extent for layer in layout.layers] == ["visible", "amodal", "visible", "visible"]


def test_rectangles_circles_and_old_files_are_read(tmp_path):
    old = {"label": "cat", "points": TRIANGLE}
    layout = read(
        tmp_path,
        old,
        shape(shape_type="rectangle", points=[[6, 4], [2, 1]]),
        shape(shape_type="circle", points=[[4, 3], [4, 5]]),
    )
    assert np.array_equal(layout.layers[0].mask, fill_polygon([(1, 1), (6, 1), (1, 4.5)], (6, 8)))
    assert np.argwhere(layout.layers[1].mask).min(0).tolist() == [1, 2]
    assert layout.layers[1].mask.sum() == 20
    assert np.array_equal(
        layout.layers[2].mask, layout.layers[2].mask[:, ::-1].take(range(-1, 7), 1, mode="wrap")
    )
    assert 11 < layout.layers[2].mask.sum() < 25


def test_a_turned_rectangle_is_its_polygon(tmp_path):
    corners = [[2, 1], [5, 0], [6, 3], [3, 4]]
    (layer,) = read(tmp_path, shape(shape_type="oriented_rectangle", points=corners), imageWidth=8.0).layers
    assert np.array_equal(layer.mask, fill_polygon([(x, y) for x, y in corners], (6, 8)))


def test_points_and_lines_are_left_out_and_counted(tmp_path):
    bare = [
        shape(shape_type=kind, points=TRIANGLE[:count])
        for kind, count in [("point", 1), ("point", 1), ("line", 2), ("linestrip", 3), ("points", 3)]
    ]
    layout = read(tmp_path, bare[0], shape(), *bare[1:])
    assert [layer.mask.tolist() for layer in layout.layers] == [
        fill_polygon([(1, 1), (6, 1), (1, 4.5)], (6, 8)).tolist()
    ]
    problems = Problems()
    read_any_layout(tmp_path / "room.json", problems=problems)
    assert [note.partition(", left")[0] for note in problems.notes()] == [
        "2 x point without an area", "1 x line without an area", "1 x linestrip without an area",
        "1 x points without an area",
    ]  # fmt: skip
    with pytest.raises(LayoutFileError, match="no shape has an area: 2 x point without an area"):
        read(tmp_path, *bare)


def test_polygons_of_very_many_points_are_named(tmp_path):
    comb = shape(points=[[number % 8, number % 2] for number in range(100_000)])
    with pytest.raises(LayoutFileError, match="a polygon of 100000 points; it may have 20000"):
        read(tmp_path, comb)


def test_masks_whose_outline_could_not_be_read_back_are_no_polygons(tmp_path):
    comb = np.zeros((3, 41_000), bool)
    comb[1:], comb[0, ::4] = True, True
    assert polygons_of(comb) is None
    layout = Layout(comb.shape, (Layer("comb", comb),))
    (tmp_path / "room.json").write_text(json.dumps(written(layout)))
    assert np.array_equal(read_any_layout(tmp_path / "room.json").layers[0].mask, comb)


def png(size_wh: tuple[int, int], mode: str = "L") -> str:
    buffer = io.BytesIO()
    Image.new(mode, size_wh, 1).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def mask_shape(mask: Any, points: Any = ((1, 1), (3, 2))) -> Json:
    return shape(shape_type="mask", points=points, mask=mask)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("x", "must be a JSON object, not str"),
        (shape(label=None), "label must be a text, not None"),
        (shape(label=" "), "label must be a non-empty text"),
        (shape(group_id="a"), "group_id must be a whole number or null, not 'a'"),
        (shape(group_id=[1]), "group_id must be a whole number or null"),
        (shape(flags=[]), "flags must be an object"),
        (shape(points=None), "points must be a list"),
        (shape(points=[[1, 1], [2, 2, 2], [3, 3]]), "points must be pairs of numbers"),
        (shape(points=[[1, 1], [2, "2"], [3, 3]]), "points must be numbers of pixels"),
        (shape(points=[[1, 1], [2, 1e9], [3, 3]]), "far off the 8x6 canvas"),
        (shape(points=[[9, 1], [9, 2], [12, 3]]), "wholly outside the 8x6 canvas"),
        (shape(points=TRIANGLE[:2]), "has 2 points; a shape polygon has 3"),
        (shape(shape_type="spline"), r"\('cat'\): is of type 'spline', which is not known; .* delete it"),
        (shape(shape_type="oriented_rectangle"), "has 3 points; a shape oriented_rectangle has 4"),
        (shape(shape_type=["polygon"]), "is of type .'polygon'"),
        (shape(shape_type="circle"), "has 3 points; a shape circle has 2"),
        (mask_shape(None), "mask must be a text, not None"),
        (mask_shape("%%%"), "mask is not base64"),
        (mask_shape("AAAA"), "mask: is not a PNG"),
        (mask_shape(png((4, 2))), "mask: is 4x2 but the canvas is 3x2"),
        (mask_shape(png((3, 2), "RGB")), "mask must be a grey PNG, not one in mode RGB"),
        (mask_shape(png((3, 2))[:60]), "mask: "),
        (mask_shape(png((3, 2)), [[3, 2], [1, 1]]), "the corners .* of a mask are not on the 8x6 canvas"),
        (mask_shape(png((3, 2)), [[6, 1], [8, 2]]), "of a mask are not on the 8x6 canvas"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_broken_shapes_are_named(tmp_path, broken, message):
    with pytest.raises(LayoutFileError, match=r"room\.json: shapes\[1\].*" + message) as caught:
        read(tmp_path, shape(), broken)
    assert len(str(caught.value)) < len(str(tmp_path)) + 400


def test_polygons_that_take_too_long_to_draw_are_named(tmp_path):
    zigzag = shape(points=[[0, 0], [4000, 3000]] * 1001)
    with pytest.raises(LayoutFileError, match="a polygon's outline of 10010000 pixels; it must be below 2e"):
        read(tmp_path, zigzag, imageHeight=3000, imageWidth=4000)


@pytest.mark.parametrize("points", [[[0, 0], [0, 4]], [[0, 0], [4, 0], [0, 0]]], ids=["circle", "polygon"])
def test_shapes_that_take_too_long_to_draw_together_are_named(tmp_path, monkeypatch, points):
    monkeypatch.setattr("smartmask.data.layouts.polygons.MAX_OUTLINES_PX", 16.0)
    kind = "circle" if len(points) == 2 else "polygon"
    shapes = [shape(points=points, shape_type=kind, group_id=1)] * 3
    read(tmp_path, *shapes[:2])
    with pytest.raises(LayoutFileError, match=r"room\.json: outlines of more than 16 pixels together; give"):
        read(tmp_path, *shapes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"imageHeight": None}, "imageHeight must be a whole number, not None"),
        ({"imageWidth": 8.5}, "imageWidth must be a whole number, not 8.5"),
        ({"imageHeight": -6}, "a canvas of 8x-6 pixels"),
        ({"imageHeight": 10**6, "imageWidth": 10**6}, "1000000x1000000 is above the limit of 100 megapixels"),
        ({"imageHeight": 9999, "imageWidth": 9999, "shapes": [shape()] * 90}, "90 shapes .* more than 3000"),
        ({"shapes": [shape()] * 1025}, "holds 1025 layers; a layout has at most 1024"),
        ({"shapes": {}}, "shapes must be a list"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_broken_files_are_named(tmp_path, changes, message):
    with pytest.raises(LayoutFileError, match=r"room\.json: .*" + message):
        read(tmp_path, **changes)
