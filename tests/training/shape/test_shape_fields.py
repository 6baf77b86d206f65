"""Fields of whole shapes: made once, kept, and made anew when the shapes are others."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from silhouette_shapes import oval_library
from whole_shape_parts import drawn_shapes

from smartmask.data.shape_splits import split_shapes
from smartmask.errors import AnnotationError
from smartmask.model.shape.frame import FRAME_PX, frame_field
from smartmask.training.shape.fields import LEVELS, ShapeFields, read_shapes, shape_codes, shape_fields

SHAPES = drawn_shapes(groups=8, of_each=1)


@pytest.fixture
def folder(tmp_path):
    """The drawn shapes as a file of silhouettes."""
    path = tmp_path / "silhouettes"
    path.mkdir()
    write(path / "drawn.parquet", SHAPES)
    return path


def write(path, shapes):
    rows = [
        {
            "source": "drawn", "group": shape.group, "label": shape.label, "parent": "",
            "height": shape.size_hw[0], "width": shape.size_hw[1], "counts": shape.counts,
            "aspect_true": shape.aspect, "whole": True, "style": shape.style, "use": "bank",
            "licence": "ours",
        }
        for shape in shapes
    ]  # fmt: skip
    parquet.write_table(pa.Table.from_pylist(rows), path)


def test_fields_are_those_of_the_shapes(folder, tmp_path):
    data = shape_fields(folder, None, tmp_path / "cache")
    assert data.fields.shape == (len(SHAPES), FRAME_PX, FRAME_PX)
    assert data.fields.dtype == np.int8
    assert data.splits == split_shapes(data.shapes)
    for row in (0, 9, len(SHAPES) - 1):
        expected = frame_field(data.shapes[row].mask())
        assert np.abs(data.fields[row] / LEVELS - expected).max() <= 0.5 / LEVELS + 1e-6
    parts = data.rows("train"), data.rows("validation"), data.rows("test")
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(SHAPES)))
    assert sorted(data.rows("test", "validation").tolist()) == sorted(np.concatenate(parts[1:]).tolist())


def test_what_is_kept_is_taken_and_what_is_of_other_shapes_is_not(folder, tmp_path):
    cache = tmp_path / "cache"
    shape_fields(folder, None, cache)
    (kept,) = cache.iterdir()
    marked = np.load(kept)
    marked[0] = 77
    np.save(kept, marked)
    assert (shape_fields(folder, None, cache).fields[0] == 77).all()
    write(folder / "more.parquet", SHAPES[:2])
    other = shape_fields(folder, None, cache)
    assert len(other.shapes) == len(SHAPES) + 2
    assert not (other.fields[0] == 77).all()
    assert len(list(cache.iterdir())) == 2


def test_a_run_that_was_cut_off_leaves_nothing_that_is_taken_for_whole(folder, tmp_path):
    cache = tmp_path / "cache"
    shape_fields(folder, None, cache)
    (kept,) = cache.iterdir()
    kept.rename(kept.with_suffix(".tmp"))
    kept.with_suffix(".tmp").write_bytes(b"half")
    assert (shape_fields(folder, None, cache).fields[0] != 0).any()
    assert [path.name for path in cache.iterdir()] == [kept.name]


def test_codes_are_those_of_the_fields_and_are_kept_for_these_shapes_and_codec(
    folder, tmp_path, shipped_codec, monkeypatch
):
    cache = tmp_path / "cache"
    data = shape_fields(folder, None, cache)
    codes = shape_codes(data, shipped_codec, cache)
    assert np.array_equal(codes, shipped_codec.encode(data.fields.astype(np.float32) / LEVELS))
    (kept,) = cache.glob("codes-*")
    np.save(kept, np.zeros_like(codes))
    assert not shape_codes(data, shipped_codec, cache).any()
    monkeypatch.setattr(shipped_codec, "digest", "another")
    assert np.array_equal(shape_codes(data, shipped_codec, cache), codes)
    fewer = ShapeFields(data.shapes[:3], data.splits[:3], data.fields[:3])
    assert np.array_equal(shape_codes(fewer, shipped_codec, cache), codes[:3])
    assert len(list(cache.glob("codes-*"))) == 3


def test_silhouettes_of_photos_come_after_the_files(folder, tmp_path):
    library = oval_library()
    library.save(tmp_path / "library.npz")
    shapes = read_shapes(folder, tmp_path / "library.npz")
    assert [shape.label for shape in shapes[len(SHAPES) :]] == [one.label for one in library.silhouettes]


def test_a_folder_without_shapes_is_an_error(tmp_path):
    with pytest.raises(AnnotationError, match="holds no parquet files"):
        shape_fields(tmp_path, None, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
