"""The instruction set on disk: what is written, what is read, and how a build that was stopped goes on."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shapes import dataset_of, disc, room, scene_of

from smartmask.data import instructions
from smartmask.data.annotations.base import Problems
from smartmask.data.instructions import build_instructions, read_instructions
from smartmask.data.layered_scene import split_of
from smartmask.data.planning.answer import read_answer
from smartmask.data.planning.scene_questions import scene_questions
from smartmask.data.shards import SceneDataset
from smartmask.errors import AnnotationError


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> SceneDataset:
    """Seven rooms to train, one to validate and one to test with, in three shards."""
    folder = tmp_path_factory.mktemp("rooms") / "data"
    return dataset_of(folder, [room(number, is_exact=True) for number in (*range(8), 44)], 3)


@pytest.fixture(scope="module")
def whole(rooms: SceneDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instructions") / "set"
    build(rooms, folder)
    return folder


@pytest.fixture
def built(whole: Path, tmp_path: Path) -> Path:
    """A set that may be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "set"))


def build(rooms: SceneDataset, out: Path, per_scene: int = 2, seed: int = 0) -> list[tuple[int, int]]:
    progress: list[tuple[int, int]] = []
    build_instructions(
        rooms,
        out,
        per_scene=per_scene,
        seed=seed,
        problems=Problems(strict=True),
        on_progress=lambda done, total: progress.append((done, total)),
    )
    return progress


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_question_comes_back_with_its_picture_and_its_answer(rooms, built):
    found = {item.key: item for split in ("train", "validation") for item in read_instructions(built, split)}
    expected = 0
    for shard in rooms.shards:
        for row, scene in enumerate(rooms.read_shard(shard)):
            if split_of(scene.group) == "test":
                continue
            for asked in scene_questions(scene, 2, np.random.default_rng([0, shard, row])):
                item = found[f"{scene.key}/{asked.step}"]
                assert item.group == scene.group
                assert item.question == asked.question.text
                assert read_answer(item.answer) == asked.answer
                with Image.open(item.image) as picture:
                    assert np.array_equal(np.asarray(picture), asked.question.picture)
                expected += 1
    assert len(found) == expected == 16


def test_groups_keep_to_their_splits_and_the_test_split_is_left_out(rooms, built):
    groups = {
        split: {item.group for item in read_instructions(built, split)} for split in ("train", "validation")
    }
    assert groups == {
        split: {scene.group for scene in rooms if split_of(scene.group) == split} for split in groups
    }
    assert all(groups.values())
    assert any(split_of(scene.group) == "test" for scene in rooms)
    assert set(read_instructions(built, "test")) == set()


def test_lines_are_in_the_form_that_trainers_read(built):
    record = json.loads((built / "train-000000.jsonl").read_text().splitlines()[0])
    assert set(record) == {"id", "group", "images", "messages"}
    (image,) = record["images"]
    assert (built / image).is_file()
    user, assistant = record["messages"]
    assert [part["type"] for part in user["content"]] == ["image", "text"]
    assert (user["role"], assistant["role"]) == ("user", "assistant")


def test_the_same_settings_give_the_same_bytes_and_others_give_others(rooms, built, tmp_path):
    build(rooms, tmp_path / "again")
    build(rooms, tmp_path / "other", seed=1)
    assert content(tmp_path / "again") == content(built)
    first, other = (
        {item.key for item in read_instructions(folder, "train")} for folder in (built, tmp_path / "other")
    )
    assert first != other


def test_a_build_that_was_stopped_goes_on_and_equals_one_that_was_not(rooms, built, tmp_path, monkeypatch):
    original, parts = instructions.write_files, []

    def stopped(files: dict[Path, bytes]) -> None:
        parts.append(files)
        if len(parts) == 3:  # the set's description, a shard, and then
            raise KeyboardInterrupt
        original(files)

    monkeypatch.setattr(instructions, "write_files", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(rooms, tmp_path / "half")
    assert len(list((tmp_path / "half").glob("train-*.jsonl"))) == 1
    assert len(list(read_instructions(tmp_path / "half", "train"))) == 6, "it is a set at any moment"
    monkeypatch.undo()
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "half").glob("train-*")}
    assert build(rooms, tmp_path / "half") == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert content(tmp_path / "half") == content(built)
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"seed": 1}, "was begun with another seed than is given now", id="seed"),
        pytest.param({"per_scene": 3, "seed": 1}, "another per_scene and seed than", id="two"),
    ],
)
def test_a_set_goes_on_under_its_own_settings_only(rooms, built, changes, message):
    with pytest.raises(AnnotationError, match=message):
        build(rooms, built, **changes)


def test_a_folder_of_other_files_is_left_alone(rooms, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(
        AnnotationError, match=r"holds other files and no instructions.json; give a new folder"
    ):
        build(rooms, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_scene_whose_label_no_answer_can_give_is_counted(tmp_path):
    size = (80, 120)
    scenes = [
        scene_of({"wall": np.ones(size, bool), label: disc(size, (55, 45), 25)}, key=label, is_exact=True)
        for label in ("a" * 61, "ball")
    ]
    problems = Problems()
    dataset = dataset_of(tmp_path / "data", scenes)
    build_instructions(dataset, tmp_path / "set", per_scene=9, seed=0, problems=problems)
    assert problems.report()[0].startswith("1 x label that no answer can give, first at aaa")
    assert {item.group for item in read_instructions(tmp_path / "set", "train")} == {"ball"}


def changed(**values: Any):
    def change(record: dict[str, Any]) -> None:
        record.update(values)

    return change


def with_text(role: int, part: int, text: Any):
    def change(record: dict[str, Any]) -> None:
        record["messages"][role]["content"][part]["text"] = text

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(changed(more=1), "expected an object of group, id, images, messages", id="a key more"),
        pytest.param(lambda record: record.pop("group"), "expected an object of", id="a key less"),
        pytest.param(changed(images=[]), "line 2 is no question of a planner", id="no picture"),
        pytest.param(changed(images=["../secret.png"]), "its picture lies outside the set", id="outside"),
        pytest.param(changed(images=["/etc/passwd"]), "its picture lies outside the set", id="absolute"),
        pytest.param(changed(images=["..\\secret.png"]), "its picture lies outside the set", id="backslash"),
        pytest.param(
            changed(images=["images/gone.png"]), "its picture images/gone.png is missing", id="gone"
        ),
        pytest.param(changed(images=[3]), "line 2 is no question", id="a number"),
        pytest.param(changed(id=""), "expected texts that are not empty", id="no name"),
        pytest.param(changed(group=3), "expected texts that are not empty", id="group 3"),
        pytest.param(changed(messages=[]), "line 2 is no question", id="no messages"),
        pytest.param(lambda record: record["messages"].reverse(), "line 2 is no question", id="turned"),
        pytest.param(with_text(0, 1, ""), "expected texts that are not empty", id="no question"),
        pytest.param(with_text(1, 0, "a chair"), "it holds no JSON object", id="no answer"),
        pytest.param(with_text(1, 0, '{"label": "a", "size": 3}'), "unknown key", id="another answer"),
    ],
)
def test_a_damaged_record_is_named(built, change, message):
    path = built / "train-000001.jsonl"
    lines = path.read_text().splitlines()
    record = json.loads(lines[1])
    change(record)
    lines[1] = json.dumps(record)
    path.write_text("\n".join(lines))
    with pytest.raises(AnnotationError, match=message) as failed:
        list(read_instructions(built, "train"))
    assert f"{path}: line 2" in str(failed.value)


@pytest.mark.parametrize("line", ["{", "[]", "3", "[" * 100_000, '"a"'], ids=lambda line: line[:3])
def test_a_line_that_is_no_record_is_named(built, line):
    path = built / "train-000000.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(AnnotationError, match=r"train-000000.jsonl: line 1 is no question of a planner"):
        list(read_instructions(built, "train"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "cannot be read as the description of an instruction set", id="none"),
        pytest.param("{}", "cannot be read as the description", id="empty"),
        pytest.param("[]", "cannot be read as the description", id="a list"),
        pytest.param('{"format": "smartmask-instructions", "version": 9}', "version 9; this", id="version"),
    ],
)
def test_a_folder_that_is_no_set_is_named(built, text, message):
    path = built / "instructions.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(AnnotationError, match=message):
        list(read_instructions(built, "train"))
