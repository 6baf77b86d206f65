"""Whole shapes from parquet files: what is read, what is left out, what is refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from silhouette_shapes import oval_library
from whole_shape_parts import comb

from smartmask.data.whole_shapes import (
    COLUMNS,
    OPEN_COLLECTIONS,
    read_whole_shapes,
    whole_shapes_of_library,
)
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle


def row(mask: np.ndarray | None = None, **values: object) -> dict[str, object]:
    """A row of the table."""
    mask = comb(0) if mask is None else mask
    height, width = mask.shape
    known = {
        "source": "packs", "group": "comb1", "label": "comb", "parent": "tool", "height": height,
        "width": width, "counts": encode_rle(mask), "aspect_true": 1.31, "whole": True, "style": "render",
        "use": "bank", "licence": "CC0",
    }  # fmt: skip
    return {**known, **values}


def write(path: Path, *rows: dict[str, object], without: str = "") -> Path:
    columns = [name for name in COLUMNS if name != without]
    parquet.write_table(pa.table({name: [one[name] for one in rows] for name in columns}), path)
    return path


def test_a_row_is_a_shape(tmp_path):
    (found,) = read_whole_shapes(write(tmp_path / "a.parquet", row()))
    assert (found.label, found.parent, found.style, found.licence) == ("comb", "tool", "render", "CC0")
    assert np.array_equal(found.mask(), comb(0))
    assert found.aspect == 1.31
    assert found.is_bank
    assert (found.source, found.group) == ("packs", "packs:comb1")


def test_a_folder_is_read_file_by_file_in_alphabetical_order(tmp_path):
    write(tmp_path / "b.parquet", row(group="3"))
    write(tmp_path / "a.parquet", row(group="1"), row(group="2"))
    (tmp_path / "notes.txt").write_text("no shapes")
    assert [shape.group for shape in read_whole_shapes(tmp_path)] == ["packs:1", "packs:2", "packs:3"]


def test_what_is_not_whole_or_too_small_is_left_out(tmp_path):
    rows = [
        row(group="kept"),
        row(whole=False, style="oil"),
        row(np.ones((3, 40), bool)),
        row(np.ones((40, 3), bool)),
    ]
    found = list(read_whole_shapes(write(tmp_path / "a.parquet", *rows)))
    assert [shape.group for shape in found] == ["packs:kept"]


def test_what_may_only_be_trained_on_says_so_and_words_are_made_plain(tmp_path):
    (found,) = read_whole_shapes(
        write(tmp_path / "a.parquet", row(use="train", label="Wine_Glass", parent=None))
    )
    assert not found.is_bank
    assert (found.label, found.parent) == ("wine glass", "")


@pytest.mark.parametrize(
    ("source", "group", "expected"),
    [
        pytest.param("lvis_whole", "coco:000042", "coco:000042", id="a photo that several annotate"),
        pytest.param("emoji_noto", "u1f600", "emoji:comb", id="an emoji of a concept"),
        pytest.param("packs", "comb1", "packs:comb1", id="a mesh"),
    ],
)
def test_groups_are_named_by_what_they_share(tmp_path, source, group, expected):
    (found,) = read_whole_shapes(write(tmp_path / "a.parquet", row(source=source, group=group)))
    assert found.group == expected


def test_an_unknown_style_is_named_with_its_file(tmp_path):
    path = write(tmp_path / "a.parquet", row(style="oil"))
    with pytest.raises(
        AnnotationError, match=r"a\.parquet: style 'oil'; expected one of \['photo', 'render'"
    ):
        list(read_whole_shapes(path))


def test_a_missing_column_is_named(tmp_path):
    path = write(tmp_path / "a.parquet", row(), without="licence")
    with pytest.raises(AnnotationError, match=r"a\.parquet: cannot be read as silhouettes .*licence"):
        list(read_whole_shapes(path))


@pytest.mark.parametrize("content", [b"", b"PAR1 cut short", b"text"], ids=["empty", "cut short", "text"])
def test_a_file_that_is_none_is_named(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(AnnotationError, match=r"a\.parquet: cannot be read as silhouettes"):
        list(read_whole_shapes(tmp_path))


def test_a_folder_without_files_and_a_missing_file_are_errors(tmp_path):
    for path in (tmp_path, tmp_path / "none.parquet"):
        with pytest.raises(AnnotationError, match="holds no parquet files of silhouettes"):
            list(read_whole_shapes(path))


def test_silhouettes_of_annotated_photos_may_be_kept_where_their_collection_allows_it():
    library = oval_library()
    found = list(whole_shapes_of_library(library))
    assert [shape.label for shape in found] == [one.label for one in library.silhouettes]
    for shape, one in zip(found, library.silhouettes, strict=True):
        assert np.array_equal(shape.mask(), one.mask())
        assert (shape.group, shape.source, shape.style) == (one.group, "drawn", "photo")
        assert not shape.is_bank
    assert {"coco", "taco"} <= set(OPEN_COLLECTIONS)
    assert "voc" not in OPEN_COLLECTIONS
