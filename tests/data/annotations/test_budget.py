"""An image with more objects than can be held and ordered is left out, and the next one is read."""

import json

import numpy as np
import pytest
from PIL import Image

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import MAX_OBJECTS, MAX_OBJECTS_MEGABYTES, check_objects
from smartmask.data.sources import read_scenes


@pytest.mark.parametrize(("bits", "megapixels"), [(1, 8.0), (8, 1.0), (16, 0.5)])
def test_as_much_as_the_limits_say_and_no_more(bits, megapixels):
    check_objects(MAX_OBJECTS, (1, 1), bits)
    with pytest.raises(DamageError, match=f"up to {MAX_OBJECTS} are read"):
        check_objects(MAX_OBJECTS + 1, (1, 1), bits)
    size_hw = 1000, round(megapixels * 1000)
    check_objects(MAX_OBJECTS_MEGABYTES, size_hw, bits)
    with pytest.raises(DamageError, match="megapixels of all together"):
        check_objects(MAX_OBJECTS_MEGABYTES + 1, size_hw, bits)


def coco(sizes_hw: list[tuple[int, int]], counts: list[int]) -> dict[str, object]:
    """A file of images with so many small squares each."""
    return {
        "images": [{"id": n, "height": h, "width": w} for n, (h, w) in enumerate(sizes_hw)],
        "annotations": [
            {"image_id": n, "category_id": 1, "segmentation": [[0, 0, 3, 0, 3, 3, 0, 3]]}
            for n, count in enumerate(counts)
            for _ in range(count)
        ],
        "categories": [{"id": 1, "name": "cup"}],
    }


@pytest.mark.parametrize("source", ["coco-instances", "lvis"])
@pytest.mark.parametrize(
    ("size_hw", "count"), [((10_000, 10_000), 5), ((9, 9), 1025)], ids=["pixels", "objects"]
)
def test_an_image_beyond_the_limits_is_left_out_alone(tmp_path, source, size_hw, count):
    (tmp_path / "a.json").write_text(json.dumps(coco([size_hw, (9, 9)], [count, 2])))
    problems = Problems()
    (scene,) = read_scenes(source, tmp_path / "a.json", problems)
    assert len(scene.layers) == 2
    assert "1 x image with too many objects" in problems.report()[0]


def test_a_second_panoptic_record_of_an_image_is_a_duplicate(tmp_path):
    (tmp_path / "a").mkdir()
    Image.fromarray(np.full((6, 8, 3), (1, 0, 0), np.uint8)).save(tmp_path / "a/a.png")
    info = {"image_id": 1, "file_name": "a.png", "segments_info": [{"id": 1, "category_id": 1}]}
    content = {
        "images": [{"id": 1, "height": 6, "width": 8}],
        "annotations": [info | {"id": 1}, info | {"id": 2}],
        "categories": [{"id": 1, "name": "wall"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    problems = Problems()
    assert len(list(read_scenes("coco-panoptic", tmp_path / "a.json", problems))) == 1
    assert "1 x duplicate id" in problems.report()[0]


def test_an_order_that_is_no_number_is_damage(tmp_path):
    square = {"name": "cup", "segmentation": [0, 0, 3, 0, 3, 3, 0, 3], "order": float("nan")}
    record = {"image_id": 1, "height": 6, "width": 8, "regions": [square, square | {"order": 1}]}
    (tmp_path / "a.json").write_text(json.dumps(record))
    problems = Problems()
    (scene,) = read_scenes("cocoa", tmp_path / "a.json", problems)
    assert len(scene.layers) == 1
    assert "'order' must be a finite number, not nan" in problems.report()[0]
