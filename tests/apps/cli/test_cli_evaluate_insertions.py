"""`smartmask evaluate insertions`: the figures of what `smartmask insert` wrote, with tiny local networks."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.backends.features_transformers import TransformersClip, TransformersFeatures
from smartmask.evaluation.insertion_folder import InsertionFolder
from smartmask.evaluation.insertions import evaluate_insertions

SIZE_HW = (72, 96)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three insertions whose raw pictures are off everywhere, and which were pasted back."""
    place, rng = tmp_path / "set", np.random.default_rng(0)
    place.mkdir()
    mask = np.zeros(SIZE_HW, np.uint8)
    mask[20:50, 30:70] = 255
    lines = []
    for number in range(3):
        original = rng.integers(0, 246, (*SIZE_HW, 3), np.uint8)
        raw = original + np.uint8(10)
        pictures = {"image": original, "raw": raw, "result": np.where(mask[..., None] > 0, raw, original)}
        names = {name: f"{name}_{number}.png" for name in ("mask", *pictures)}
        for name, picture in {**pictures, "mask": mask}.items():
            Image.fromarray(picture).save(place / names[name])
        lines.append(names | {"text": f"thing {number}"})
    (place / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return place


def lines_of(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]


def rewrite(folder: Path, lines: list[dict[str, str]]) -> None:
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def judge(run, checkpoints, *arguments: object):
    networks = "--features", checkpoints("resnet"), "--clip", checkpoints("clip")
    return run("evaluate", "insertions", "set", *networks, "--out", "scores.json", *arguments)


def test_writes_and_prints_the_figures_of_the_library(run, folder, tmp_path, tiny_checkpoints):
    code, out, err = judge(run, tiny_checkpoints)
    assert (code, err) == (0, "")
    record = json.loads((tmp_path / "scores.json").read_text())
    networks = TransformersFeatures(tiny_checkpoints("resnet")), TransformersClip(tiny_checkpoints("clip"))
    expected = evaluate_insertions(InsertionFolder(folder), *networks)
    assert (record["format"], record["version"]) == ("smartmask-insertion-scores", 1)
    assert record["networks"]["features"] == str(tiny_checkpoints("resnet"))
    assert record["records"] == 3
    assert record["local_frechet"] == pytest.approx(expected.local_frechet)
    assert record["clip"] == pytest.approx(expected.clip)
    assert record["background_l2"] == 0
    assert record["background_l2_raw"] == pytest.approx(expected.background_l2_raw)
    assert record["background_l2_raw"] > 0.01
    assert out.startswith("3 insertions of set:\n  local Frechet distance ")
    assert f"  CLIP score                  {record['clip']:10.4f}   higher is better\n" in out
    assert "  background L2, pasted back      0.0000   lower is better\n" in out


def test_without_raw_pictures_there_is_one_figure_less(run, folder, tmp_path, tiny_checkpoints):
    rewrite(
        folder, [{name: value for name, value in line.items() if name != "raw"} for line in lines_of(folder)]
    )
    code, out, _ = judge(run, tiny_checkpoints)
    assert code == 0
    assert "background_l2_raw" not in json.loads((tmp_path / "scores.json").read_text())
    assert "as drawn" not in out


def test_a_black_background_that_changed_is_infinitely_far(run, folder, tmp_path, tiny_checkpoints):
    Image.new("RGB", SIZE_HW[::-1]).save(folder / "image_1.png")
    assert judge(run, tiny_checkpoints).code == 0
    assert json.loads((tmp_path / "scores.json").read_text())["background_l2"] == "infinite"


def test_what_insert_writes_is_judged(run, photo, tmp_path, tiny_checkpoints):
    cutout = np.zeros((20, 20, 4), np.uint8)
    cutout[4:16, 4:16] = (200, 30, 30, 255)
    Image.fromarray(cutout).save(tmp_path / "ball.png")
    mask = np.zeros(SIZE_HW, np.uint8)
    mask[20:50, 30:70] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    insert = "insert", photo, "a ball", "--mask", "mask.png", "-n", 2, "--raw"
    assert run(*insert, "--inpainter", "reference:ball.png", "--out", "set").code == 0
    shutil.copy(photo, tmp_path / "set/photo.png")
    line = {"image": "photo.png", "mask": "mask_0.png", "text": "a ball"}
    rewrite(tmp_path / "set", [line | {"result": f"image_{n}.png", "raw": f"raw_{n}.png"} for n in (0, 1)])
    code, _, err = judge(run, tiny_checkpoints)
    assert (code, err) == (0, "")
    record = json.loads((tmp_path / "scores.json").read_text())
    assert 0 <= record["background_l2"] <= record["background_l2_raw"]


def test_pictures_above_the_limit_are_left_out_and_counted(run, folder, tmp_path, tiny_checkpoints):
    Image.new("RGB", (100, 72), "white").save(folder / "image_1.png")  # 7,200 pixels; the others have 6,912
    code, _, err = judge(run, tiny_checkpoints, "--max-megapixels", "0.007")
    assert code == 0
    assert "above the limit of 0.007; shrink it, or raise max_megapixels (--max-megapixels" in err
    assert json.loads((tmp_path / "scores.json").read_text())["records"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[:1], "1 lines, 1 of them with a raw picture; there must be two or more"),
        (
            lambda lines: [{k: v for k, v in lines[0].items() if k != "raw"}, *lines[1:]],
            "all must have one or none",
        ),
        (lambda lines: [{**line, "mask": "black.png"} for line in lines], "at least 2 records, not 0"),
    ],
    ids=["one line", "some raw", "no mask"],
)
def test_a_folder_that_cannot_be_judged_is_one_line(run, folder, tmp_path, tiny_checkpoints, change, message):
    Image.new("L", SIZE_HW[::-1]).save(folder / "black.png")
    rewrite(folder, change(lines_of(folder)))
    code, out, err = judge(run, tiny_checkpoints)
    assert (code != 0, out) == (True, "")
    assert message in err.splitlines()[-1]
    assert not (tmp_path / "scores.json").exists()


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (lambda lines: [lines[0], {**lines[1], "raw": "gone.png"}, lines[2]], "missing file", "gone.png"),
        (
            lambda lines: [lines[0], {**lines[1], "raw": "../photo.png"}, lines[2]],
            "missing file",
            "leads out",
        ),
        (
            lambda lines: [{k: v for k, v in lines[0].items() if k != "result"}, *lines[1:]],
            "missing or wrong field",
            "missing: result",
        ),
        (
            lambda lines: [{**lines[0], "result": "small.png"}, *lines[1:]],
            "size differs from the record",
            "small.png: is 9x9 but the original is",
        ),
        (lambda lines: [{**lines[0], "mask": "black.png"}, *lines[1:]], "damaged file", "black.png"),
        (lambda lines: [{**lines[0], "mask": "white.png"}, *lines[1:]], "empty mask", "covers everything"),
    ],
    ids=["a missing file", "one elsewhere", "no result", "another size", "an empty mask", "a full one"],
)
def test_one_bad_insertion_is_left_out(run, folder, tmp_path, photo, tiny_checkpoints, change, kind, message):
    Image.new("RGB", (9, 9)).save(folder / "small.png")
    Image.new("L", SIZE_HW[::-1]).save(folder / "black.png")
    Image.new("L", SIZE_HW[::-1], 255).save(folder / "white.png")
    rewrite(folder, change(lines_of(folder)))
    code, out, err = judge(run, tiny_checkpoints)
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith(f"Left out: 1 x {kind}, first at ")
    assert message in err
    assert out.startswith("2 insertions of set:")
    assert json.loads((tmp_path / "scores.json").read_text())["left_out"] == {kind: 1}


def test_a_wrong_command_line_is_one_line(run, folder, tmp_path, tiny_checkpoints):
    for arguments, code, message in (
        (("--out", "set"), 2, "--out set: is a folder; give a file"),
        (("--device", "moon"), 2, "device 'moon' is not to be had"),
        (("--out", "set/metadata.jsonl"), 2, "would replace the input"),
        (("--clip", "./none"), 1, "./none: no such folder"),
    ):
        found = judge(run, tiny_checkpoints, *arguments)
        assert (found.code, found.out, found.err.count("\n")) == (code, "", 1)
        assert message in found.err
