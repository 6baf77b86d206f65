"""VOC as parquet, on small files."""

import numpy as np
import pytest
from annotation_files import (
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    png,
    read_all,
    summary,
    undecided,
    write_parquet,
)

from smartmask.data.annotations.parquet_voc import read_parquet_voc
from smartmask.data.ordering import layered
from smartmask.scene.rle import encode_rle


def item(name: str, mask: np.ndarray, occluded: int = 0, truncated: int = 0) -> dict:
    return {"name": name, "occluded": occluded, "truncated": truncated, "counts": encode_rle(mask)}


def row(class_map: np.ndarray, *objects: dict, **more: object) -> dict:
    return {
        "image_id": "2007_000032", "height": SIZE[0], "width": SIZE[1], "class_map_png": png(class_map),
        "objects": list(objects),
    } | more  # fmt: skip


def test_single_objects_lie_in_front_of_the_regions_of_the_class_map(tmp_path):
    class_map = np.where(SMALL, 12, np.where(LARGE, 11, 0))
    class_map[:2] = 255
    objects = item("dog", SMALL), item("diningtable", LARGE & ~SMALL, occluded=1)
    scene = only_scene(read_parquet_voc, write_parquet(tmp_path, [row(class_map, *objects)]))
    assert scene.key == scene.group == "voc:2007_000032"
    assert summary(scene) == [
        ("dining table", "visible", False),
        ("dog", "visible", False),
        ("dog", "amodal", True),
        ("dining table", "visible", True),
    ]
    assert is_mask(scene.objects[1], SMALL)
    assert set(scene.occlusions) == {(1, 0), (2, 1), (3, 2)}  # the order of the file
    assert np.array_equal(undecided(scene)[:2], np.ones((2, SIZE[1]), bool))
    ordered = layered(scene)
    seen = ordered.visible_index()
    things = {layer.label: number for number, layer in enumerate(ordered.layers) if layer.is_thing}
    assert np.array_equal(seen == things["dog"], SMALL)
    assert np.array_equal(seen == things["dining table"], LARGE & ~SMALL)


def test_parts_of_the_class_map_without_an_object_stay_a_region(tmp_path):
    class_map = np.where(LARGE, 15, 0)
    scene = only_scene(
        read_parquet_voc, write_parquet(tmp_path, [row(class_map, item("person", SMALL, truncated=1))])
    )
    assert summary(scene) == [("person", "visible", False), ("person", "visible", True)]
    assert is_mask(scene.objects[0], LARGE)
    assert scene.undecided is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(png(np.zeros((9, 9))), "size differs from the record", id="another size"),
        pytest.param(png(np.full(SIZE, 77)), "unknown category", id="a class that does not exist"),
        pytest.param(png(np.zeros((*SIZE, 3))), "damaged file", id="a PNG in colours"),
        pytest.param(b"no PNG", "damaged file", id="no PNG"),
        pytest.param(None, "missing or wrong field", id="nothing"),
    ],
)
def test_a_damaged_class_map_leaves_its_row_out(tmp_path, content, kind):
    sound = row(np.where(LARGE, 15, 0), item("person", SMALL), image_id="2007_000033")
    damaged = row(np.zeros(SIZE), item("person", SMALL), class_map_png=content)
    scenes, problems = read_all(read_parquet_voc, write_parquet(tmp_path, [sound, damaged]))
    assert ([scene.key for scene in scenes], problems) == (["voc:2007_000033"], {kind: 1})


def test_a_damaged_object_is_left_out_and_counted(tmp_path):
    damaged = item("dog", SMALL) | {"counts": "2\x7f"}
    path = write_parquet(tmp_path, [row(np.where(LARGE, 15, 0), damaged)])
    (scene,), problems = read_all(read_parquet_voc, path)
    assert (summary(scene), problems) == ([("person", "visible", False)], {"damaged mask": 1})
