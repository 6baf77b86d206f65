"""`smartmask data ...`: what is written, what is said, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from shapes import dataset_of, disc, rectangle, room

from smartmask.data.shards import SPEC_FILE, SceneDataset, shard_name
from smartmask.scene.rle import encode_rle

GOLDEN = Path(__file__).parents[2] / "golden"


def coco_file(path: Path, damaged: bool = False) -> Path:
    """A file of COCO instances: a photo of a dog and a ball, and at times an annotation of no category."""
    size = (40, 60)
    masks = {1: disc(size, (20, 20), 12), 2: rectangle(size, (35, 25, 55, 38))}
    annotations = [
        {
            "id": number,
            "image_id": 7,
            "category_id": number,
            "iscrowd": 0,
            "area": int(mask.sum()),
            "bbox": [0, 0, 60, 40],
            "segmentation": {"size": list(size), "counts": encode_rle(mask)},
        }
        for number, mask in masks.items()
    ]
    if damaged:
        annotations.append({**annotations[0], "id": 3, "category_id": 99})
    content = {
        "images": [{"id": 7, "file_name": "7.jpg", "height": 40, "width": 60}],
        "categories": [{"id": 1, "name": "dog"}, {"id": 2, "name": "sports ball"}],
        "annotations": annotations,
    }
    path.write_text(json.dumps(content))
    return path


def test_reading_makes_a_dataset_and_says_how_many_scenes(run, tmp_path):
    coco_file(tmp_path / "instances.json")
    code, out, err = run("data", "read", "coco-instances", "instances.json", "--out", "made/coco")
    assert (code, err) == (0, "")
    assert out.startswith("made/coco: 1 scenes in ")
    (scene,) = SceneDataset.open(tmp_path / "made" / "coco")
    assert [layer.label for layer in scene.layers] == ["dog", "sports ball"]
    assert np.array_equal(scene.layers[0].mask((40, 60)), disc((40, 60), (20, 20), 12))


def test_reading_again_changes_nothing_and_with_other_settings_is_refused(run, tmp_path):
    coco_file(tmp_path / "instances.json")
    arguments = ("data", "read", "coco-instances", "instances.json", "--out", "made")
    run(*arguments)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "made").iterdir()}
    assert run(*arguments).code == 0
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "made").iterdir()} == before
    code, out, err = run(*arguments, "--break-cycles")
    assert (code, out) == (1, "")
    assert "was begun with other settings (break_cycles False, now True); give a new folder" in err


def test_damage_is_counted_and_reported_at_the_end(run, tmp_path):
    coco_file(tmp_path / "instances.json", damaged=True)
    code, out, err = run("data", "read", "coco-instances", "instances.json", "--out", "made")
    assert code == 0
    assert "1 scenes" in out
    assert err.startswith("left out: 1 x ")
    assert "instances.json" in err


def test_a_crowd_is_noted_and_not_called_left_out(run, tmp_path):
    path = coco_file(tmp_path / "instances.json")
    content = json.loads(path.read_text())
    content["annotations"][0]["iscrowd"] = 1
    path.write_text(json.dumps(content))
    code, _, err = run("data", "read", "coco-instances", "instances.json", "--out", "made")
    assert code == 0
    assert err == "noted: 1 x crowd region, kept as a region, first at instances.json: annotations[0]\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["read", "kins", "gone.json"],
            "gone.json: no such file or folder; kins is read from update_train_2020.json or",
            id="a missing file",
        ),
        pytest.param(["read", "kins", "list.json"], "is it a file of another format?", id="another format"),
        pytest.param(
            ["read", "coco-instances", "none.json"],
            "no scenes could be read as coco-instances",
            id="no scenes",
        ),
        pytest.param(
            ["read", "parquet-coco", "."], "is a folder; give the parquet file in it", id="a folder"
        ),
        pytest.param(
            ["synthesize", "--scenes", "2", "--meshes", "gone"], "gone: expected a folder", id="meshes"
        ),
    ],
)
def test_what_fails_at_once_leaves_nothing_and_may_be_tried_again(run, tmp_path, arguments, message):
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "none.json").write_text('{"images": [], "annotations": [], "categories": []}')
    code, out, err = run("data", *arguments, "--out", "made")
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "made").exists()
    coco_file(tmp_path / "instances.json")
    assert run("data", "read", "coco-instances", "instances.json", "--out", "made").code == 0


def test_strict_reading_stops_at_the_first_damage(run, tmp_path):
    coco_file(tmp_path / "instances.json", damaged=True)
    code, out, err = run("data", "read", "coco-instances", "instances.json", "--out", "made", "--strict")
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(
            ["read", "jpeg", "photos", "--out", "made"], 2, "FORMAT 'jpeg' is none of those", id="a format"
        ),
        pytest.param(["read", "kins", "gone.json", "--out", "made"], 1, "gone.json", id="a missing file"),
        pytest.param(["read", "kins", "gone.json"], 2, "Missing option '--out'", id="no output"),
        pytest.param(["stats", "gone"], 1, "dataset.json: no such file", id="a missing dataset"),
        pytest.param(["stats", "empty"], 1, "holds no scenes yet", id="an empty dataset"),
        pytest.param(["silhouettes", "empty", "--out", "a.npz"], 1, "none of these scenes", id="no objects"),
        pytest.param(
            ["synthesize", "--scenes", "0", "--out", "made", "--meshes", "m"], 2, "--scenes", id="0"
        ),
        pytest.param(
            ["synthesize", "--scenes", "2", "--out", "made", "--meshes", "gone"], 1, "gone", id="no meshes"
        ),
        pytest.param(
            ["synthesize", "--scenes", "2", "--out", "file", "--meshes", "gone"],
            2,
            "'file' is a file",
            id="out",
        ),
        pytest.param(
            ["read", "kins", "file", "--out", "full"], 1, "holds other files and no dataset.json", id="full"
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(run, tmp_path, arguments, code, message):
    dataset_of(tmp_path / "empty", [])
    (tmp_path / "file").write_text("[]")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    ended = run("data", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert ended.err.startswith("Error: ")
    assert ended.err.count("\n") == 1


def test_a_wrong_format_lists_all_there_are(run):
    from smartmask.data.sources import READERS

    err = run("data", "read", "jpeg", "photos", "--out", "made").err
    assert all(name in err for name in READERS)


def test_the_figures_of_a_dataset_are_printed(run, tmp_path):
    dataset_of(tmp_path / "rooms", [room(number) for number in range(5)])
    code, out, err = run("data", "stats", "rooms")
    assert (code, err) == (0, "")
    lines = dict(line.split(None, 1) for line in out.splitlines())
    assert lines["scenes"] == "5 in 3 shards, from tests"
    assert lines["layers"].startswith("20, ")
    assert lines["objects"] == "10 that may be asked for, of 2 classes"
    assert "wall 5" in lines["labels"]
    assert "of whole layers (COCOA 58%)" in lines["occluded"]


def test_stats_of_scenes_without_objects_are_printed(run, tmp_path):
    path = coco_file(tmp_path / "instances.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"annotations": []}))
    run("data", "read", "coco-instances", "instances.json", "--out", "made")
    code, out, err = run("data", "stats", "made")
    assert (code, err) == (0, "")
    lines = dict(line.split(None, 1) for line in out.splitlines())
    assert (lines["layers"], lines["labels"]) == ("0", "0")


def test_stats_of_a_damaged_shard_name_it(run, tmp_path):
    dataset_of(tmp_path / "rooms", [room(number) for number in range(5)])
    path = tmp_path / "rooms" / shard_name(1)
    path.write_bytes(path.read_bytes()[:99])
    code, out, err = run("data", "stats", "rooms")
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: rooms/{path.name}: ")


def test_a_stopped_build_keeps_its_shards_and_says_that_it_goes_on(run, tmp_path, monkeypatch):
    from smartmask.data import building

    written: list[Path] = []

    def interrupted(path, scenes):
        if written:
            raise KeyboardInterrupt
        written.append(path)
        return len(scenes)

    coco_file(tmp_path / "instances.json")
    monkeypatch.setattr(building, "write_shard", interrupted)
    written.append(tmp_path)
    code, _, err = run("data", "read", "coco-instances", "instances.json", "--out", "made")
    assert code == 130
    assert err == "Error: stopped; made keeps its whole shards, the same command goes on\n"
    assert (tmp_path / "made" / SPEC_FILE).is_file()


def test_a_full_disk_is_one_line(run, tmp_path, monkeypatch):
    from smartmask.data import building

    def full(path, scenes):
        raise OSError(28, "No space left on device")

    coco_file(tmp_path / "instances.json")
    monkeypatch.setattr(building, "write_shard", full)
    code, _, err = run("data", "read", "coco-instances", "instances.json", "--out", "made")
    assert code == 1
    assert err == "Error: --out made: cannot be written (No space left on device)\n"


@pytest.mark.parametrize(
    "command", ["", "read", "synthesize", "silhouettes", "stats", "inspect", "instructions", "meshes"]
)
def test_help_is_as_agreed(run, command):
    """After a wanted change: `COLUMNS=80 smartmask data ... --help > tests/golden/help_data_....txt`."""
    code, out, err = run("data", *([command] if command else []), "--help")
    assert (code, err) == (0, "")
    assert out == (GOLDEN / f"help_data{'_' if command else ''}{command}.txt").read_text()


def test_training_help_is_as_agreed(run):
    """After a wanted change: `COLUMNS=80 smartmask train --help > tests/golden/help_train.txt`."""
    assert run("train", "--help").out == (GOLDEN / "help_train.txt").read_text()


def test_help_loads_no_library_of_the_data():
    script = (
        "import sys; from smartmask.apps.cli.main import main; main(['data', 'read', '--help']); "
        "sys.exit(sorted({'pyarrow', 'cv2', 'torch', 'ray', 'tqdm', 'trimesh'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_source_that_has_changed_is_refused(run, tmp_path):
    source = coco_file(tmp_path / "instances.json")
    arguments = ("data", "read", "coco-instances", "instances.json", "--out", "made")
    assert run(*arguments).code == 0
    source.write_text(source.read_text().replace('"dog"', '"doge"'))
    code, _, err = run(*arguments)
    assert code == 1
    assert "made: was begun with other settings (bytes" in err
