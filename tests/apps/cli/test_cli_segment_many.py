"""`smartmask segment` of many photos: a folder for each, COCO files of all, and bad ones counted."""

import json
import os

import numpy as np
import pytest
from PIL import Image
from segment_parts import Halves, save, tree

from smartmask.apps import segmenters
from smartmask.data.layout_formats import read_any_layout
from smartmask.scene.layout import Layout

pytestmark = pytest.mark.usefixtures("halves", "small_overlays")


def test_each_photo_has_a_folder_that_no_other_has(run, tmp_path):
    for name in ("a/room.jpg", "b/room.jpg", "b/Hall.png", "b/hall.webp", "c/x.png"):
        save(tmp_path / name)
    code, out, err = run("segment", "a/room.jpg", "b", "c/x.png", "c")
    assert (code, err) == (0, "")
    folders = sorted({name.split("/")[0] for name in tree(tmp_path / "out")})
    assert folders == ["a__room.jpg", "b__Hall.png", "b__hall.webp", "b__room.jpg", "x"]
    for folder in folders:
        names = tree(tmp_path / "out" / folder)
        assert names == ["labels.json", "labels.png", "layout.json", "overlay.png"]
    assert out.count("\n") == 5
    assert "b/Hall.png: 2 regions in out/b__Hall.png: wall, floor" in out


def test_a_bad_photo_is_reported_and_the_rest_goes_on(run, tmp_path):
    save(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "b.png").write_bytes(b"no image")
    save(tmp_path / "photos" / "c.png", (40, 1))
    save(tmp_path / "photos" / "d.png", (4000, 300))
    save(tmp_path / "photos" / "e.png")
    code, out, err = run("segment", "photos", "gone.jpg", "--max-megapixels", 1)
    assert code == 1
    lines = err.splitlines()
    assert lines[0].startswith("Error: photos/b.png: not an image this can read")
    assert lines[1] == "Error: photos/c.png: a photo of one row has no halves"
    assert lines[2].startswith("Error: photos/d.png: 4000x300 is 1.2 megapixels")
    assert lines[3].startswith("Error: gone.jpg: no such file")
    assert lines[4] == "Error: 4 of 6 photos could not be used, see above"
    assert out.count("\n") == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "e"]


def test_a_palette_picture_without_a_palette_does_not_stop_the_rest(run, tmp_path):
    save(tmp_path / "photos" / "b.png")
    with Image.open(tmp_path / "photos" / "b.png") as image:
        image.convert("P").save(tmp_path / "photos" / "a.png")
    whole = (tmp_path / "photos" / "a.png").read_bytes()
    start = whole.index(b"PLTE") - 4
    length = int.from_bytes(whole[start : start + 4]) + 12
    (tmp_path / "photos" / "a.png").write_bytes(whole[:start] + whole[start + length :])
    code, out, err = run("segment", "photos")
    assert (code, out.count("\n")) == (1, 1)
    assert err.splitlines()[0].startswith("Error: photos/a.png: colour mode P cannot be converted")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b"]


def test_strict_stops_at_the_first(run, tmp_path):
    save(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "b.png").write_bytes(b"no image")
    save(tmp_path / "photos" / "c.png")
    code, _, err = run("segment", "photos", "--strict", "--format", "coco-instances")
    assert code == 1
    assert err.startswith("Error: photos/b.png: not an image")
    assert err.endswith("; stopped by --strict, 1 of 3 photos are done\n")
    content = json.loads((tmp_path / "out" / "instances.json").read_text())
    assert [image["file_name"] for image in content["images"]] == ["a.png"]


def test_coco_files_hold_all_photos(run, tmp_path):
    for name in ("photos/a/room.jpg", "photos/b/room.jpg", "photos/panoptic.png"):
        save(tmp_path / name, (40 + len(name), 30))
    formats = ("--format", "coco-panoptic", "--format", "coco-instances")
    code, out, err = run("segment", "photos", *formats)
    assert (code, err) == (0, "")
    assert tree(tmp_path / "out") == [
        "a__room.jpg/overlay.png",
        "b__room.jpg/overlay.png",
        "instances.json",
        "panoptic.json",
        "panoptic.png/overlay.png",
        "panoptic/a__room.jpg.png",
        "panoptic/b__room.jpg.png",
        "panoptic/panoptic.png.png",
    ]
    for name in ("instances.json", "panoptic.json"):
        assert f"All together: out/{name}" in out
        layout = read_any_layout(tmp_path / "out" / name, image="b/room.jpg")
        assert layout.size_hw == (30, 57)
        assert layout.labels == ("wall", "floor")
        assert read_any_layout(tmp_path / "out" / name, image="panoptic.png").size_hw == (30, 59)


def test_results_of_an_earlier_run_are_no_photos(run, tmp_path):
    save(tmp_path / "photos" / "room.jpg")
    save(tmp_path / "photos" / ".thumbs" / "room.jpg")
    (tmp_path / "photos" / "notes.txt").write_text("hello")
    for _ in range(2):
        code, out, _ = run("segment", "photos", "--out", "photos/out")
        assert code == 0
        assert out.count("\n") == 1
    assert len(tree(tmp_path / "photos" / "out" / "room")) == 4


def test_a_photo_given_twice_is_segmented_once(run, photo, tmp_path):
    code, out, _ = run("segment", photo, tmp_path / "x" / ".." / "photo.png", "photo.png")
    assert code == 0
    assert out.count("\n") == 1


def test_an_input_is_never_replaced(run, tmp_path):
    save(tmp_path / "room" / "labels.png")
    save(tmp_path / "room.png")
    code, _, err = run("segment", "room.png", "room/labels.png", "--out", ".")
    assert code == 2
    assert "--out .: would replace the input room/labels.png" in err


def test_a_stop_keeps_what_is_done(run, tmp_path, monkeypatch):
    for name in "abc":
        save(tmp_path / "photos" / f"{name}.png", value=ord(name))

    class Impatient(Halves):
        def segment(self, image: np.ndarray) -> Layout:
            if image[0, 0, 0] == ord("c"):
                raise KeyboardInterrupt
            return super().segment(image)

    monkeypatch.setattr(segmenters, "load_segmenter", lambda *_, **__: Impatient())
    code, _, err = run("segment", "photos", "--format", "coco-instances")
    assert code == 130
    assert err == "Error: stopped; 2 of 3 photos are done, in out\n"
    assert len(json.loads((tmp_path / "out" / "instances.json").read_text())["images"]) == 2


def test_a_full_disk_ends_it(run, tmp_path, monkeypatch):
    for name in "ab":
        save(tmp_path / "photos" / f"{name}.png")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    code, _, err = run("segment", "photos")
    assert (code, err) == (
        1,
        "Error: --out out: cannot be written (No space left on device); nothing was saved\n",
    )
    assert tree(tmp_path / "out") == []


def test_the_segmenter_is_loaded_once(run, tmp_path, halves):
    for name in "abc":
        save(tmp_path / "photos" / f"{name}.png")
    options = (
        "--backend",
        "transformers:x",
        "--words",
        "cat, red lamp",
        "--detector",
        "d",
        "--device",
        "cuda",
    )
    assert run("segment", "photos", *options).code == 0
    expected = {"depth": None, "detector": "d", "outliner": None, "device": "cuda", "dtype": "float32"}
    assert halves == [("transformers:x", ["cat", " red lamp"], expected)]
