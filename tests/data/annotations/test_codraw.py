"""CoDraw's own file, on one that the tests write, and against masks drawn from the same scenes."""

import gzip
import json
import struct
import zlib
from itertools import islice

import numpy as np
import pytest
from annotation_files import DATA, read_all, summary, write_json, write_png
from shapes import rectangle

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.codraw import parse_scene, read_codraw
from smartmask.data.annotations.parquet_codraw import read_parquet_codraw
from smartmask.errors import AnnotationError
from smartmask.scene.masks import mask_iou

SUN = "s_3s.png,0,3,0,100,80,0,0"
BALL = "t_4s.png,1,4,7,130,90,1,1"
AWAY = "a_2s.png,2,2,4,-10000,-10000,0,0"
SPRITE = np.zeros((40, 60, 4))
SPRITE[:, :30] = 255


def scene_text(*items: str) -> str:
    return ",".join([str(len(items)), *items])


def write(folder, teller: object, *drawn: str, ident: object = 27):
    for name in ("s_3s.png", "t_4s.png"):
        write_png(folder / "Pngs" / name, SPRITE)
    dialog = [{"msg_t": "hi", "msg_d": "ok", "abs_d": text} for text in drawn]
    record = {"image_id": ident, "abs_t": teller, "dialog": dialog}
    return write_json(folder / "CoDraw_1_0.json", {"data": {"train_00027": record}})


def test_sprites_are_scaled_by_depth_mirrored_and_centred(tmp_path):
    path = write(tmp_path, scene_text(BALL, SUN, AWAY))
    (scene,), problems = read_all(read_codraw, path)
    assert problems == {}
    assert (scene.key, scene.group, scene.size_hw) == ("codraw:27:teller", "codraw:2", (400, 500))
    assert summary(scene) == [("sun", "amodal", True), ("soccer ball", "amodal", True)]
    assert np.array_equal(scene.objects[0].mask((400, 500)), rectangle((400, 500), (70, 60, 100, 100)))
    # 60 x 40 at 0.7 is 42 x 28; mirrored, its right half is filled.
    assert np.array_equal(scene.objects[1].mask((400, 500)), rectangle((400, 500), (130, 76, 151, 104)))


def test_the_sky_is_behind_all_and_the_rest_goes_from_far_to_near(tmp_path):
    far = "t_4s.png,1,4,7,95,80,2,0"
    near = "t_4s.png,1,4,7,95,80,0,0"
    (scene,), _ = read_all(read_codraw, write(tmp_path, scene_text(near, far, SUN)))
    assert [item.label for item in scene.objects] == ["sun", "soccer ball", "soccer ball"]
    assert scene.objects[1].area_px < scene.objects[2].area_px
    assert sorted(scene.occlusions) == [(1, 0), (2, 0), (2, 1)]


def test_the_drawers_scene_is_the_last_that_the_dialog_holds(tmp_path):
    path = write(tmp_path, scene_text(SUN), "", scene_text(SUN), scene_text(BALL) + ",", "")
    scenes, _ = read_all(read_codraw, path)
    assert [(scene.key, scene.objects[0].label) for scene in scenes] == [
        ("codraw:27:teller", "sun"),
        ("codraw:27:drawer", "soccer ball"),
    ]


@pytest.mark.parametrize(
    ("ball", "kind"),
    [
        pytest.param("t_5s.png,1,5,7,130,90,0,0", "missing file", id="no sprite"),
        pytest.param("t_99s.png,1,5,7,130,90,0,0", "unknown category", id="an unknown sprite"),
        pytest.param("../x.png,1,5,7,130,90,0,0", "unknown category", id="a path for a sprite"),
        pytest.param("t_4s.png,1,5,7,900,90,0,0", "empty mask", id="beyond the canvas"),
    ],
)
def test_a_damaged_object_is_left_out_and_counted(tmp_path, ball, kind):
    (scene,), problems = read_all(read_codraw, write(tmp_path, scene_text(SUN, ball)))
    assert ([item.label for item in scene.objects], problems) == (["sun"], {kind: 1})


def test_a_sprite_that_is_no_png_is_counted(tmp_path):
    path = write(tmp_path, scene_text(SUN, BALL))
    (tmp_path / "Pngs" / "t_4s.png").write_bytes(b"no PNG")
    (scene,), problems = read_all(read_codraw, path)
    assert (len(scene.objects), problems) == (1, {"damaged file": 1})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("2," + SUN, id="an object short"),
        pytest.param("1" * 5000, id="a number of thousands of digits"),
        pytest.param("\u0661," + SUN, id="digits of another script"),
        pytest.param(scene_text(SUN.replace("100", "here")), id="a place that is no number"),
        pytest.param(scene_text(SUN.replace("100", "nan")), id="a place that is not finite"),
        pytest.param(scene_text("s_3s.png,0,3,0,100,80,3,0"), id="a depth of 3"),
    ],
)
def test_a_damaged_scene_is_left_out_and_counted(tmp_path, text):
    with pytest.raises(DamageError):
        parse_scene(text)
    assert read_all(read_codraw, write(tmp_path, text)) == ([], {"missing or wrong field": 1})


def test_a_sprite_too_large_to_be_one_is_counted_before_it_is_decoded(tmp_path):
    path = write(tmp_path, scene_text(SUN, BALL))
    large = tmp_path / "Pngs" / "t_4s.png"
    header = struct.pack(">LLBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    large.write_bytes(
        b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + chunk + struct.pack(">L", zlib.crc32(chunk))
        + struct.pack(">L4sL", 0, b"IDAT", zlib.crc32(b"IDAT"))
    )  # fmt: skip
    (scene,), problems = read_all(read_codraw, path)
    assert ([item.label for item in scene.objects], problems) == (["sun"], {"damaged file": 1})


@pytest.mark.parametrize("ident", [None, "27"])
def test_a_record_without_a_number_is_left_out_and_counted(tmp_path, ident):
    path = write(tmp_path, scene_text(SUN), ident=ident)
    assert read_all(read_codraw, path) == ([], {"missing or wrong field": 1})


def test_a_number_that_is_there_twice_is_counted(tmp_path):
    path = write(tmp_path, scene_text(SUN))
    data = json.loads(path.read_text())["data"]
    write_json(path, {"data": data | {"train_00028": data["train_00027"]}})
    scenes, problems = read_all(read_codraw, path)
    assert (len(scenes), problems) == (1, {"duplicate id": 1})


def test_a_file_without_data_or_clip_art_is_an_error(tmp_path):
    with pytest.raises(AnnotationError, match=r"give CoDraw_1_0\.json"):
        list(read_codraw(write_json(tmp_path / "CoDraw_1_0.json", []), Problems()))
    with pytest.raises(AnnotationError, match="clip art must lie in it"):
        list(read_codraw(write_json(tmp_path / "CoDraw_1_0.json", {"data": {}}), Problems()))


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "codraw").is_dir(), reason="needs the folder shared/data")
def test_drawn_scenes_are_those_of_the_parquet_file(tmp_path):
    with gzip.open(DATA / "codraw/dialogs.jsonl.gz", "rt") as lines:
        records = [json.loads(line) for line in islice(lines, 60)]
    (tmp_path / "Pngs").symlink_to(DATA / "codraw/clipart", target_is_directory=True)
    content = {"data": {f"scene_{record['image_id']}": record for record in records}}
    drawn, problems = read_all(read_codraw, write_json(tmp_path / "CoDraw_1_0.json", content))
    assert (len(drawn), problems) == (120, {})
    stored = {
        scene.key: scene
        for scene in islice(read_parquet_codraw(DATA / "codraw/scenes.parquet", Problems(True)), 400)
    }
    for scene in drawn:
        other = stored[scene.key]
        assert scene.group == other.group
        assert [item.label for item in scene.objects] == [item.label for item in other.objects]
        for mine, theirs in zip(scene.objects, other.objects, strict=True):
            assert mask_iou(mine.mask(scene.size_hw), theirs.mask(scene.size_hw)) >= 0.98
        assert set(scene.occlusions) == set(other.occlusions)
