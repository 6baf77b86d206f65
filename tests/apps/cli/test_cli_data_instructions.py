"""`smartmask data instructions`: what is written, what is said, and how it ends."""

import json

import numpy as np
import pytest
from shapes import dataset_of, disc, room, scene_of

from smartmask.data import instructions
from smartmask.data.instructions import read_instructions


def test_a_dataset_becomes_a_set_of_questions(run, tmp_path):
    dataset_of(tmp_path / "rooms", [room(number, is_exact=True) for number in (1, 2, 3)])
    code, out, err = run("data", "instructions", "rooms", "--out", "made/set", "--per-scene", 2, "--seed", 4)
    assert (code, err) == (0, "")
    assert out.startswith("made/set: 4 questions to learn from, 2 to validate with, in ")
    assert len(list(read_instructions(tmp_path / "made" / "set", "train"))) == 4
    spec = json.loads((tmp_path / "made" / "set" / "instructions.json").read_text())
    assert (spec["per_scene"], spec["seed"], spec["dataset"]["source"]) == (2, 4, "tests")


def test_the_same_command_goes_on_and_another_is_refused(run, tmp_path):
    dataset_of(tmp_path / "rooms", [room(1, is_exact=True)])
    arguments = ("data", "instructions", "rooms", "--out", "set")
    assert run(*arguments).code == run(*arguments).code == 0
    code, out, err = run(*arguments, "--seed", 1)
    assert (code, out) == (1, "")
    assert err == "Error: set: was begun with another seed than is given now; give a new folder\n"


def test_what_is_left_out_is_reported_once(run, tmp_path):
    masks = {"wall": np.ones((80, 120), bool), "a" * 61: disc((80, 120), (55, 45), 25)}
    dataset_of(tmp_path / "data", [scene_of(masks, key=str(number), is_exact=True) for number in range(5)])
    code, out, err = run("data", "instructions", "data", "--out", "set")
    assert code == 0
    assert out.startswith("set: 0 questions to learn from")
    assert err.startswith("left out: 5 x label that no answer can give, first at 0: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["gone", "--out", "set"], 1, "dataset.json: no such file", id="a missing dataset"),
        pytest.param(["empty", "--out", "set"], 1, "empty: holds no scenes yet; continue", id="no scenes"),
        pytest.param(["rooms"], 2, "Missing option '--out'", id="no output"),
        pytest.param(["rooms", "--out", "file"], 2, "'file' is a file", id="a file"),
        pytest.param(["rooms", "--out", "rooms"], 1, "rooms: holds other files", id="the dataset itself"),
        pytest.param(["rooms", "--out", "set", "--per-scene", "0"], 2, "--per-scene", id="no questions"),
        pytest.param(["rooms", "--out", "set", "--seed", "-1"], 2, "--seed", id="seed"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, tmp_path, arguments, code, message):
    dataset_of(tmp_path / "rooms", [room(1, is_exact=True)])
    dataset_of(tmp_path / "empty", [])
    (tmp_path / "file").write_text("mine")
    ended = run("data", "instructions", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert ended.err.startswith("Error: ")
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        pytest.param(
            KeyboardInterrupt(),
            130,
            "Error: stopped; set keeps its whole parts, the same command goes on\n",
            id="stopped",
        ),
        pytest.param(
            OSError(28, "No space left on device"),
            1,
            "Error: --out set: cannot be written (No space left on device)\n",
            id="a full disk",
        ),
    ],
)
def test_a_build_that_is_cut_short_says_so(run, tmp_path, monkeypatch, failure, code, message):
    def fail(files: object) -> None:
        raise failure

    dataset_of(tmp_path / "rooms", [room(1, is_exact=True)])
    monkeypatch.setattr(instructions, "write_files", fail)
    ended = run("data", "instructions", "rooms", "--out", "set")
    assert (ended.code, ended.out, ended.err) == (code, "", message)
