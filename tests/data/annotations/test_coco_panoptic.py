"""COCO panoptic, on files of its form."""

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
    write_json,
    write_png,
)

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.coco_panoptic import read_coco_panoptic
from smartmask.errors import AnnotationError

WALL_ID, DOG_ID = 3 + 256 * 200 + 65536 * 17, 255
IMAGE = {"id": 9, "height": SIZE[0], "width": SIZE[1], "file_name": "000000000009.jpg"}


def colours(ids: np.ndarray) -> np.ndarray:
    return np.stack([ids % 256, ids // 256 % 256, ids // 65536], -1)


IDS = np.where(SMALL, DOG_ID, np.where(LARGE, WALL_ID, 0))


def segments(**dog: object) -> list[dict]:
    return [{"id": WALL_ID, "category_id": 199}, {"id": DOG_ID, "category_id": 18, "iscrowd": 0} | dog]


def write(folder, infos: list, ids: np.ndarray | None = IDS, **annotation: object):
    if ids is not None:
        write_png(folder / "panoptic_val2017" / "000000000009.png", colours(ids))
    record = {"image_id": 9, "file_name": "000000000009.png", "segments_info": infos} | annotation
    categories = [
        {"id": 18, "name": "dog", "isthing": 1},
        {"id": 199, "name": "wall-other-merged", "isthing": 0},
    ]
    file = {"images": [IMAGE], "annotations": [record], "categories": categories}
    return write_json(folder / "panoptic_val2017.json", file)


def test_segments_are_things_and_regions_and_what_they_leave_out_is_undecided(tmp_path):
    scene = only_scene(read_coco_panoptic, write(tmp_path, segments()))
    assert (scene.key, scene.group, scene.image) == ("coco-panoptic:9", "coco:9", "000000000009.jpg")
    assert summary(scene) == [("wall", "visible", False), ("dog", "visible", True)]
    assert is_mask(scene.objects[0], LARGE & ~SMALL)
    assert is_mask(scene.objects[1], SMALL)
    assert np.array_equal(undecided(scene), ~LARGE)
    assert scene.occlusions == ()


def test_a_crowd_is_kept_as_a_region_and_noted(tmp_path):
    (scene,), problems = read_all(read_coco_panoptic, write(tmp_path, segments(iscrowd=1)))
    assert summary(scene)[1] == ("dog", "visible", False)
    assert problems == {"crowd region, kept as a region": 1}


@pytest.mark.parametrize(
    ("dog", "problems"),
    [
        pytest.param({"category_id": 7}, {"unknown category": 1}, id="an unknown category"),
        pytest.param(
            {"id": 4}, {"empty mask": 1, "missing or wrong field": 1}, id="a segment that is not in the PNG"
        ),
        pytest.param({"id": WALL_ID}, {"duplicate id": 1, "missing or wrong field": 1}, id="a segment twice"),
        pytest.param({"id": "4"}, {"missing or wrong field": 2}, id="a text for an id"),
    ],
)
def test_a_damaged_segment_is_undecided_and_counted(tmp_path, dog, problems):
    (scene,), found = read_all(read_coco_panoptic, write(tmp_path, segments(**dog)))
    assert summary(scene) == [("wall", "visible", False)]
    assert np.array_equal(undecided(scene), ~LARGE | SMALL)
    assert found == problems


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(None, "missing file", id="no PNG"),
        pytest.param(b"no PNG", "damaged file", id="a text for a PNG"),
        pytest.param(png(colours(IDS))[:60], "damaged file", id="half a PNG"),
        pytest.param(png(IDS % 256), "damaged file", id="a grey PNG"),
        pytest.param(png(colours(IDS[:40])), "size differs from the record", id="another size"),
    ],
)
def test_a_damaged_png_leaves_its_image_out(tmp_path, content, kind):
    path = write(tmp_path, segments(), ids=None)
    (tmp_path / "panoptic_val2017").mkdir()
    if content is not None:
        (tmp_path / "panoptic_val2017" / "000000000009.png").write_bytes(content)
    assert read_all(read_coco_panoptic, path) == ([], {kind: 1})


def test_a_missing_folder_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(AnnotationError, match=r"the PNGs of panoptic_val2017\.json must lie in it"):
        list(read_coco_panoptic(write(tmp_path, segments(), ids=None), Problems()))
