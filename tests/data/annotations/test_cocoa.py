"""COCOA, on files of its form, and on two of its own."""

import json

import numpy as np
import pytest
from annotation_files import (
    DATA,
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    polygon,
    read_all,
    runs,
    summary,
    write_json,
    write_png,
)

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.cocoa import read_cocoa
from smartmask.data.ordering import layered
from smartmask.data.segmentations import mask_of
from smartmask.errors import AnnotationError
from smartmask.scene.masks import mask_iou

TABLE = {"name": "table ", "order": 2, "isStuff": 0, "segmentation": polygon(4, 4, 60, 44)}
CUP = {"name": "cup", "order": 1, "isStuff": 0, "segmentation": polygon(20, 14, 40, 34)}
WALL = {"name": "wall", "order": 3, "isStuff": 1, "segmentation": polygon(0, 0, 64, 48)}
SEEN = {"visible_mask": runs(LARGE & ~SMALL)}


def single(*regions: object, **more: object) -> dict:
    url = "https://s3-us-west-1.amazonaws.com/coco-ann/coco-val/COCO_val2014_000000000009.jpg"
    return {"image_id": 9, "id": 41, "url": url, "size": len(regions), "regions": list(regions)} | more


def test_a_region_of_lower_order_hides_those_it_overlaps(tmp_path):
    path = write_json(tmp_path / "9.json", single(CUP, WALL, TABLE | SEEN))
    scene = only_scene(read_cocoa, path)
    assert (scene.key, scene.group, scene.size_hw) == ("cocoa:41", "coco:9", SIZE)
    assert scene.image == "COCO_val2014_000000000009.jpg"
    assert summary(scene) == [("cup", "amodal", True), ("wall", "amodal", False), ("table", "amodal", True)]
    assert is_mask(scene.objects[2], LARGE)
    assert sorted(scene.occlusions) == [(0, 1), (0, 2), (2, 1)]
    assert [layer.label for layer in layered(scene).layers] == ["wall", "table", "cup"]


def test_a_released_file_gives_the_size_of_each_image(tmp_path):
    images = [{"id": 9, "height": SIZE[0], "width": SIZE[1], "file_name": "COCO_train2014_9.jpg"}]
    annotations = [single(CUP, TABLE), single(WALL, id=42)]
    path = write_json(tmp_path / "COCO_amodal.json", {"images": images, "annotations": annotations})
    scenes, problems = read_all(read_cocoa, path)
    assert [(scene.key, scene.group) for scene in scenes] == [("cocoa:41", "coco:9"), ("cocoa:42", "coco:9")]
    assert scenes[0].image == "COCO_train2014_9.jpg"
    assert problems == {}


def test_the_photo_beside_a_file_gives_its_size(tmp_path):
    path = write_json(tmp_path / "9.json", single(CUP))
    assert read_all(read_cocoa, path) == ([], {"no image size": 1})
    write_png(tmp_path / "9.jpg", np.zeros((*SIZE, 3)))
    assert only_scene(read_cocoa, path).size_hw == SIZE


def test_a_folder_leaves_out_damaged_files_and_ids_that_are_there_twice(tmp_path):
    write_json(tmp_path / "1.json", single(TABLE | SEEN))
    write_json(tmp_path / "2.json", single(TABLE | SEEN))
    write_json(tmp_path / "3.json", {"image_id": 1})
    (tmp_path / "4.json").write_text("{")
    scenes, problems = read_all(read_cocoa, tmp_path)
    assert [scene.key for scene in scenes] == ["cocoa:41"]
    assert problems == {"duplicate id": 1, "missing or wrong field": 1, "damaged file": 1}


@pytest.mark.parametrize(
    ("cup", "kind"),
    [
        pytest.param(CUP | {"segmentation": []}, "empty polygon", id="no polygon"),
        pytest.param(CUP | {"segmentation": [1, 2, 3]}, "damaged mask", id="half a point"),
        pytest.param(CUP | {"name": " "}, "object without a name", id="no name"),
        pytest.param(CUP | {"order": None}, "missing or wrong field", id="no order"),
        pytest.param("cup", "missing or wrong field", id="a text for a region"),
    ],
)
def test_a_damaged_region_is_left_out_and_counted(tmp_path, cup, kind):
    (scene,), problems = read_all(read_cocoa, write_json(tmp_path / "9.json", single(TABLE | SEEN, cup)))
    assert summary(scene) == [("table", "amodal", True)]
    assert problems == {kind: 1}


def test_two_that_overlap_and_have_one_order_are_counted_and_free(tmp_path):
    path = write_json(tmp_path / "9.json", single(TABLE | SEEN, CUP | {"order": 2}))
    (scene,), problems = read_all(read_cocoa, path)
    assert (len(scene.objects), scene.occlusions) == (2, ())
    assert problems == {"overlapping objects of one order": 1}


def test_a_folder_without_files_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(AnnotationError, match="give a COCOA file or a folder of them"):
        list(read_cocoa(tmp_path, Problems()))


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "formats/cocoa").is_dir(), reason="needs the folder shared/data")
@pytest.mark.parametrize("name", ["1", "2"])
def test_painting_back_to_front_gives_the_stored_visible_masks(name):
    path = DATA / "formats/cocoa" / f"{name}.json"
    regions = json.loads(path.read_text())["regions"]
    scene = only_scene(read_cocoa, path)
    assert len(scene.objects) == len(regions)
    ordered = layered(scene)
    seen = ordered.visible_index()
    position = {id(layer): number for number, layer in enumerate(ordered.layers)}
    for item, region in zip(scene.objects, regions, strict=True):
        # A region without `visible_mask` is hidden nowhere. One that is hidden altogether would have an empty
        # mask, and empty against empty counts as 1.
        stored = region.get("visible_mask") or region["segmentation"]
        assert mask_iou(seen == position[id(item)], mask_of(stored, scene.size_hw, Problems(), "")) >= 0.998
