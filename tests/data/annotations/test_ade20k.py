"""ADE20K-2021, on files of its form, and on one of its own."""

import json
import os

import numpy as np
import pytest
from annotation_files import (
    DATA,
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    png,
    read_all,
    summary,
    write_json,
    write_png,
)

from smartmask.data.annotations.ade20k import read_ade20k
from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.damage import read_png
from smartmask.data.ordering import layered
from smartmask.errors import AnnotationError
from smartmask.scene.masks import mask_iou

NAME = "ADE_train_00000001"


def item(number: int, name: str, **more: object) -> dict:
    return {
        "id": number,
        "name": name,
        "raw_name": name.split(",")[0],
        "depth_ordering_rank": 9 - number,
        "occluded": "no",
        "crop": "0",
        "parts": {"hasparts": [], "ispartof": [], "part_level": 0},
        "instance_mask": f"{NAME}/instance_{number:03d}_{NAME}.png",
    } | more


FLOOR = item(0, "floor, flooring")
BIN = item(1, "ashcan, trash can, garbage can", raw_name="trash can")
LID = item(2, "lid", parts={"hasparts": [], "ispartof": 1, "part_level": 1})


def write(folder, *objects: object, encoding: str = "utf-8"):
    place = folder / "training" / "office"
    seen = np.where(LARGE, 255, 0)
    write_png(place / FLOOR["instance_mask"], np.where(SMALL, 128, seen))
    write_png(place / BIN["instance_mask"], np.where(SMALL, 255, 0))
    write_png(place / LID["instance_mask"], np.where(SMALL, 255, 0))
    annotation = {"filename": f"{NAME}.jpg", "imsize": [*SIZE, 3], "object": list(objects)}
    path = place / f"{NAME}.json"
    path.write_bytes(json.dumps({"annotation": annotation}, ensure_ascii=False).encode(encoding))
    return place


def test_masks_are_whole_and_what_is_seen_where_another_is_hidden_lies_in_front(tmp_path):
    write(tmp_path, FLOOR, BIN, LID)
    scene = only_scene(read_ade20k, tmp_path)
    assert scene.key == scene.group == f"ade20k:{NAME}"
    assert (scene.size_hw, scene.image) == (SIZE, f"{NAME}.jpg")
    assert summary(scene) == [("floor", "amodal", False), ("trash can", "amodal", True)]
    assert is_mask(scene.objects[0], LARGE)
    assert is_mask(scene.objects[1], SMALL)
    assert scene.objects[1].texts == ("ashcan", "garbage can")
    assert scene.occlusions == ((1, 0),)


def test_a_word_of_the_annotator_that_is_no_synonym_is_not_the_label(tmp_path):
    write(tmp_path, BIN | {"raw_name": "blue thing"})
    assert only_scene(read_ade20k, tmp_path).objects[0].label == "ashcan"


def test_an_object_said_to_be_occluded_without_a_hidden_pixel_is_what_is_seen_of_it(tmp_path):
    write(tmp_path, FLOOR | {"occluded": "yes"}, BIN | {"occluded": "yes"})
    assert [item.extent for item in only_scene(read_ade20k, tmp_path).objects] == ["amodal", "visible"]


def test_files_in_latin_1_are_read(tmp_path):
    write(tmp_path, BIN | {"name": "café", "raw_name": "café"}, encoding="latin-1")
    assert only_scene(read_ade20k, tmp_path).objects[0].label == "café"


@pytest.mark.parametrize(
    ("objects", "kind"),
    [
        pytest.param((BIN | {"instance_mask": "nowhere.png"},), "missing file", id="no mask file"),
        pytest.param((BIN | {"name": "-"},), "object without a name", id="no name"),
        pytest.param((BIN | {"parts": []},), "missing or wrong field", id="no parts"),
        pytest.param((FLOOR,), "duplicate id", id="an id twice"),
        pytest.param((7,), "missing or wrong field", id="a number for an object"),
    ],
)
def test_a_damaged_object_is_left_out_and_counted(tmp_path, objects, kind):
    write(tmp_path, FLOOR, *objects)
    (scene,), problems = read_all(read_ade20k, tmp_path)
    assert (len(scene.objects), problems) == (1, {kind: 1})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"no PNG", "damaged file", id="a text for a PNG"),
        pytest.param(png(np.where(SMALL, 255, 0))[:70], "damaged file", id="half a PNG"),
        pytest.param(png(np.where(SMALL, 77, 0)), "damaged file", id="a value that means nothing"),
        pytest.param(png(np.where(SMALL, 255, 0)[:40]), "size differs from the record", id="another size"),
        pytest.param(png(np.zeros(SIZE)), "empty mask", id="a mask without a pixel"),
    ],
)
def test_a_damaged_mask_file_leaves_its_object_out(tmp_path, content, kind):
    place = write(tmp_path, FLOOR, BIN)
    (place / BIN["instance_mask"]).write_bytes(content)
    (scene,), problems = read_all(read_ade20k, tmp_path)
    assert (len(scene.objects), problems) == (1, {kind: 1})


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../secret.png", id="beyond its folder"),
        pytest.param("/dev/zero", id="a device"),
        pytest.param("a\0b.png", id="a NUL"),
        pytest.param("n" * 300, id="a name too long"),
    ],
)
def test_a_mask_that_lies_elsewhere_is_not_read_and_counted(tmp_path, name):
    write_png(tmp_path / "secret.png", np.where(SMALL, 255, 0))
    (scene,), problems = read_all(read_ade20k, write(tmp_path, FLOOR, item(1, "bin", instance_mask=name)))
    assert [found.label for found in scene.objects] == ["floor"]
    assert sum(problems.values()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_mask_that_is_a_pipe_is_not_waited_for(tmp_path):
    place = write(tmp_path, FLOOR, BIN)
    (place / BIN["instance_mask"]).unlink()
    os.mkfifo(place / BIN["instance_mask"])
    (scene,), problems = read_all(read_ade20k, place)
    assert ([found.label for found in scene.objects], problems) == (["floor"], {"damaged file": 1})


def test_damaged_files_and_names_that_are_there_twice_are_left_out_and_counted(tmp_path):
    write(tmp_path / "a", FLOOR)
    write(tmp_path / "b", FLOOR)
    write_json(tmp_path / "c" / "one.json", {"annotation": {"imsize": [0, 0], "object": []}})
    (tmp_path / "c" / "two.json").write_text("{")
    scenes, problems = read_all(read_ade20k, tmp_path)
    assert len(scenes) == 1
    assert problems == {"duplicate id": 1, "missing or wrong field": 1, "damaged file": 1}


def test_a_folder_without_files_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(AnnotationError, match="give a folder of ADE20K-2021"):
        list(read_ade20k(tmp_path / "nowhere", Problems()))


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "formats/ade20k").is_dir(), reason="needs the folder shared/data")
def test_painting_back_to_front_gives_the_stored_visible_masks():
    folder = DATA / "formats/ade20k"
    scene = only_scene(read_ade20k, folder)
    records = json.loads((folder / "ADE_train_00016964.json").read_text())["annotation"]["object"]
    records = [record for record in records if record["parts"]["part_level"] == 0]
    assert len(records) == len(scene.objects) == 24
    ordered = layered(scene)
    seen = ordered.visible_index()
    position = {id(layer): number for number, layer in enumerate(ordered.layers)}
    for found, record in zip(scene.objects, records, strict=True):
        # Every object of this photo is seen; empty against empty would count as 1.
        stored = read_png(folder / record["instance_mask"]) == 255
        assert stored.any()
        assert mask_iou(seen == position[id(found)], stored) >= 0.998
