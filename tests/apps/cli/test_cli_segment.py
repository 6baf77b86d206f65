"""`smartmask segment`: files that can be read again, many photos at once, a line for each that is bad."""

import json
import os
import shutil
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from segment_parts import save, tree
from tiny_depth import save_depth_anything

from smartmask.apps import segmenters
from smartmask.apps.cli.segmenting.segment import FORMATS
from smartmask.apps.segmenters import load_segmenter
from smartmask.backends.depth_transformers import TransformersDepth
from smartmask.data.layout_files import read_layout
from smartmask.data.layout_formats import FILE_NAMES, read_any_layout
from smartmask.data.layouts.label_map import read_label_map
from smartmask.protocols import Segmenter
from smartmask.segmentation.depth_order import order_by_depth
from smartmask.weights import WEIGHTS

ALL = [argument for name in FORMATS for argument in ("--format", name)]


@pytest.fixture
def no_models(monkeypatch) -> None:
    """Fails the test if the command loads a segmenter."""

    def refuse(*_: Any, **__: Any) -> Segmenter:
        pytest.fail("the models were loaded before the input was checked")

    monkeypatch.setattr(segmenters, "load_segmenter", refuse)


@pytest.mark.parametrize("backend", ["closed form", "shipped weights"])
def test_writes_a_layout_that_can_be_read_again(run, photo, tmp_path, request, backend):
    if backend == "closed form":
        request.getfixturevalue("halves")
    elif not (WEIGHTS / "segmenter.onnx").is_file():
        pytest.skip("the shipped weights are not in the package yet")
    code, out, err = run("segment", photo, "--out", "deep/room")
    assert (code, err) == (0, "")
    folder = tmp_path / "deep" / "room"
    written = ["labels.json", "labels.png", "layout.json", "overlay.png"]
    assert tree(folder) == written
    layout = read_layout(folder / "layout.json")
    with Image.open(photo) as image:
        expected = segmenters.load_segmenter("embedded").segment(np.array(image))
    assert layout.labels == expected.labels
    assert np.array_equal(layout.visible_index(), expected.visible_index())
    from_map = read_label_map(folder / "labels.png", folder / "labels.json")
    assert set(from_map.labels) == {
        name for name, mask in zip(layout.labels, layout.visible(), strict=True) if mask.any()
    }
    with Image.open(folder / "overlay.png") as overlay:
        assert overlay.width == 1200
        assert overlay.height >= 900  # a legend may be below
    for name in written:
        assert f"deep/room/{name}" in out


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
@pytest.mark.usefixtures("smartmask_parts", "halves", "small_overlays")
def test_the_result_serves_suggest_in_every_format(run, photo, tmp_path):
    assert run("segment", photo, "--out", "room", *ALL).code == 0
    words = ("suggest", photo, "a ball", "-n", 1, "--layout")
    masks = set()
    for name in FILE_NAMES.values():
        code, _, err = run(*words, f"room/{name}", "--out", "ball")
        assert (code, err) == (0, "")
        masks.add((tmp_path / "ball" / "mask_0.png").read_bytes())
    assert len(masks) == 1


@pytest.mark.usefixtures("halves", "small_overlays")
class TestOnePhoto:
    def test_every_format_is_written_and_read(self, run, photo, tmp_path):
        code, out, err = run("segment", photo, *ALL)
        assert (code, err) == (0, "")
        out_folder = tmp_path / "out"
        assert tree(out_folder) == sorted(
            ["labels.csv", "labels.json", "overlay.png", "panoptic/photo.png", *set(FILE_NAMES.values())]
        )
        assert out.startswith("2 regions in ")
        for name in set(FILE_NAMES.values()):
            assert read_any_layout(out_folder / name).labels == ("wall", "floor")
        assert json.loads((out_folder / "labelme.json").read_text())["imagePath"] == "../photo.png"
        assert (
            json.loads((out_folder / "instances.json").read_text())["images"][0]["file_name"] == "photo.png"
        )
        psd = PSDImage.open(out_folder / "layout.psd")
        with Image.open(photo) as image:
            assert np.array_equal(np.asarray(psd.topil().convert("RGB")), np.asarray(image))

    def test_only_what_is_asked_for_is_written(self, run, photo, tmp_path):
        assert run("segment", photo, "--format", "labelme").code == 0
        assert tree(tmp_path / "out") == ["labelme.json", "overlay.png"]

    def test_an_input_is_never_replaced(self, run, tmp_path):
        save(tmp_path / "labels.png")
        before = (tmp_path / "labels.png").read_bytes()
        code, _, err = run("segment", "labels.png", "--out", ".")
        assert code == 2
        assert "--out .: would replace the input labels.png; choose another folder" in err
        assert (tmp_path / "labels.png").read_bytes() == before

    def test_a_photo_that_the_segmenter_refuses_is_one_line(self, run, tmp_path):
        save(tmp_path / "row.png", (40, 1))
        code, out, err = run("segment", "row.png")
        assert (code, out) == (1, "")
        assert err == "Error: row.png: a photo of one row has no halves\n"
        assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_models")
class TestBadInput:
    """Nothing is loaded and nothing written."""

    def test_photo_cannot_be_read(self, run, tmp_path):
        (tmp_path / "notes.jpg").write_text("no image")
        for name, message in [("gone.jpg", "no such file"), ("notes.jpg", "not an image this can read")]:
            code, out, err = run("segment", name)
            assert (code, out) == (1, "")
            assert err.startswith(f"Error: {name}: ")
            assert message in err
            assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--max-megapixels", "0"], "Error: Invalid value for '--max-megapixels'"),
            (["--max-megapixels", "nan"], "Error: max_megapixels must be above 0, not nan"),
            (["--out", "photo.png/here"], "Error: --out photo.png/here: photo.png is a file; give a folder"),
            (["--outt", "here"], "Error: No such option"),
            (
                ["--format", "svg"],
                "Error: Invalid value for '--format': 'svg' is not one of 'json', 'label-map'",
            ),
            (["--outliner", "sam"], "Error: --detector and --outliner serve --words; give these too"),
            (["empty"], "Error: empty: holds no photo (looked for .apng, .avif"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_wrong_values(self, run, photo, tmp_path, arguments, message):
        (tmp_path / "empty").mkdir()
        code, out, err = run("segment", "photo.png", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith(message)
        assert err.count("\n") == 1

    def test_no_photo_at_all(self, run):
        code, _, err = run("segment")
        assert code == 2
        assert "Missing argument 'PHOTO...'" in err

    def test_too_many_megapixels(self, run, photo):
        code, _, err = run("segment", photo, "--max-megapixels", "0.001")
        assert code == 1
        assert "96x72 is 0.0 megapixels, above the limit of 0.001; shrink it, or raise" in err

    def test_psd_without_its_package(self, run, photo, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "psd_tools", None)
        code, _, err = run("segment", photo, "--format", "psd")
        assert (code, err) == (1, 'Error: PSD files need psd-tools; pip install "smartmask-open[psd]"\n')
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--backend", "mask2former"], 2, "backend 'mask2former': expected embedded or transformers:FOLD"),
        (["--backend", "transformers:"], 2, "backend 'transformers:': expected embedded or"),
        (["--words", "cat,,dog", "--detector", "d", "--outliner", "o"], 2, "none that is empty"),
        (["--backend", "transformers:gone/there"], 1, "gone/there: not in the cache"),
    ],
    ids=["no backend", "no checkpoint", "an empty word", "a checkpoint that is not there"],
)  # fmt: skip
def test_wrong_segmenters_are_one_line(run, photo, tmp_path, monkeypatch, options, code, message):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    save(tmp_path / "other.png")
    for photos in (["photo.png"], ["photo.png", "other.png"]):
        found = run("segment", *photos, *options)
        assert found.code == code
        assert message in found.err
        assert found.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_formats_are_those_of_the_library():
    assert tuple(FILE_NAMES) == FORMATS


def test_a_tiny_checkpoint_segments_through_the_command(run, photo, tmp_path, capsys):
    from tiny_transformers import save_mask2former

    checkpoint = save_mask2former(tmp_path / "checkpoint")
    capsys.readouterr()
    code, _, err = run("segment", photo, "--backend", f"transformers:{checkpoint}")
    assert (code, err) == (0, "")
    layout = read_layout(tmp_path / "out" / "layout.json")
    with Image.open(photo) as image:
        expected = load_segmenter(f"transformers:{checkpoint}").segment(np.array(image))
    assert layout.size_hw == (72, 96)
    assert layout.labels == expected.labels
    assert np.array_equal(layout.visible_index(), expected.visible_index())


def test_words_are_looked_for_on_top_of_the_backend(run, photo, tmp_path, capsys):
    from tiny_detectors import save_grounding_dino, save_sam

    from smartmask.backends.open_words import OpenWordsSegmenter
    from smartmask.model.segmenter.embedded import EmbeddedSegmenter

    base = EmbeddedSegmenter(WEIGHTS / "segmenter.onnx")
    detector, outliner = save_grounding_dino(tmp_path / "detector"), save_sam(tmp_path / "outliner")
    capsys.readouterr()
    options = ("--words", "cat, red  dog", "--detector", detector, "--outliner", outliner)
    code, _, err = run("segment", photo, *options)
    assert (code, err) == (0, "")
    layout = read_layout(tmp_path / "out" / "layout.json")
    with Image.open(photo) as image:
        words = OpenWordsSegmenter(["cat", "red dog"], detector, outliner, base)
        expected = words.segment(np.array(image))
    assert layout.labels == expected.labels
    assert np.array_equal(layout.visible_index(), expected.visible_index())


def test_a_depth_checkpoint_decides_the_order(run, photo, tmp_path):
    checkpoint = save_depth_anything(tmp_path / "depth")
    code, _, err = run("segment", photo, "--depth", checkpoint, "--out", "deep", "--format", "json")
    assert code == 0, err
    with Image.open(photo) as image:
        pixels = np.array(image)
    expected = load_segmenter(depth=str(checkpoint)).segment(pixels)
    found = read_layout(tmp_path / "deep" / "layout.json")
    assert found.labels == expected.labels
    plain = load_segmenter().segment(pixels)
    assert sorted(found.labels) == sorted(plain.labels)
    assert order_by_depth(plain, TransformersDepth(checkpoint).nearness(pixels)).labels == found.labels


def test_a_depth_checkpoint_that_is_none_is_one_line(run, photo, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = run("segment", photo, "--depth", tmp_path / "empty", "--out", "deep")
    assert code == 1
    assert err.count("\n") == 1
    assert not (tmp_path / "deep").exists()


@pytest.mark.usefixtures("no_models")
@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are Linux's")
def test_names_that_cannot_be_used_are_one_line(run, photo, tmp_path):
    code, _, err = run("segment", "y" * 300)
    assert code == 1
    assert "File name too long" in err
    odd = os.fsdecode(b"odd\xff.png")
    shutil.copy(photo, tmp_path / odd)
    code, _, err = run("segment", odd)
    assert code == 1
    assert "its name is no valid UTF-8" in err
