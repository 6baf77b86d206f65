"""`smartmask plan`: files that can be read again, a replay that is the same, or one line of error."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from seen_places import agrees

from smartmask.apps import load
from smartmask.apps.load import SmartMask
from smartmask.data.layout_files import write_layout
from smartmask.data.layout_formats import read_any_layout
from smartmask.pipelines.planning.plan_record import read_plan_record
from smartmask.scene.layout import Layer, Layout

PROMPT = "a living room with a couch and two chairs"
WEIGHTS = load.WEIGHTS
closed_form = pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)


@pytest.fixture(autouse=True)
def planner_weights(request) -> None:
    """Where the mask model is a closed form, the planner and the words are the shipped ones all the same."""
    if "smartmask_parts" in request.fixturenames:
        request.getfixturevalue("smartmask_parts")
        for name in ("text.npz", "planner.npz"):
            if not (load.WEIGHTS / name).exists():
                (load.WEIGHTS / name).symlink_to(WEIGHTS / name)


def test_writes_a_scene_and_replays_it(run, tmp_path, smartmask_parts):
    code, out, err = run("plan", PROMPT, "--steps", 3, "--size", "96x72", "--seed", 1, "--out", "deep/room")
    assert (code, err) == (0, "")
    folder = tmp_path / "deep" / "room"
    record = read_plan_record(folder / "plan.json")
    assert (record.prompt, record.seed, record.limit, record.planner) == (PROMPT, 1, 3, "embedded")
    labels = [step.planned.label for step in record.steps]
    assert sorted(labels) == ["chair", "chair", "couch"]
    layout = record.layout()
    assert layout.size_hw == (72, 96)
    for name in ("layout.json", "instances.json", "labelme.json", "layers.zip", "layout.psd"):
        found = read_any_layout(folder / name)
        assert found.labels == layout.labels, name
        assert np.array_equal(found.visible_index(), layout.visible_index()), name
    for name in ("labels.png", "panoptic.json"):
        assert "couch" in read_any_layout(folder / name).labels
    pictures = sorted(path.name for path in folder.glob("step_*.png"))
    assert pictures == [f"step_{number:02d}.png" for number in range(len(labels) + 1)]
    with Image.open(folder / "plan.gif") as animation:
        assert animation.n_frames == len(labels) + 1
        assert animation.info["duration"] == 700
        assert max(animation.size) == 640
    metres = np.load(folder / "depth.npy")
    assert (metres.dtype, metres.shape) == (np.float32, (72, 96))
    assert metres.min() > 0
    assert agrees(layout, metres)
    with Image.open(folder / "depth.png") as picture:
        assert np.asarray(picture).dtype == np.uint16
        assert np.asarray(picture).ravel()[metres.argmin()] == 65535
    camera = json.loads((folder / "camera.json").read_text())
    assert (camera["size_hw"], camera["spread"]) == ([72, 96], None)  # it was drawn first, so it is known
    assert camera["horizon"] == pytest.approx(record.camera.horizon, abs=0.01)
    assert "3 objects for" in out
    assert "deep/room/step_01.png" in out

    code, out, err = run("plan", "--replay", folder / "plan.json", "--out", "again")
    assert (code, err) == (0, "")
    assert "All 3 masks came out as recorded." in out
    for name in ("plan.json", "layout.json", "plan.gif", "step_03.png"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


@closed_form
def test_a_known_horizon_is_kept_through_the_plan(run, tmp_path, smartmask_parts):
    floor = np.zeros((72, 96), bool)
    floor[30:] = True
    write_layout(tmp_path / "start.json", Layout((72, 96), (Layer("grass", floor), Layer("sky", ~floor))))
    given = ["--start", "start.json", "--steps", 1]
    assert run("plan", "a meadow with a cow", *given, "--horizon", 25, "--out", "told").code == 0
    told = read_plan_record(tmp_path / "told" / "plan.json")
    assert told.camera.horizon == pytest.approx(25)
    assert run("plan", "a meadow with a cow", *given, "--out", "guessed").code == 0
    assert read_plan_record(tmp_path / "guessed" / "plan.json").camera.horizon > 26
    assert run("plan", "--replay", "told/plan.json", "--steps", 2, "--out", "more").code == 0
    assert read_plan_record(tmp_path / "more" / "plan.json").camera == told.camera
    code, _, err = run("plan", "a meadow", "--horizon", 25)
    assert code == 2
    assert "--horizon tells of --photo or --start" in err
    code, _, err = run("plan", "a meadow", *given, "--horizon", "nan")
    assert code == 2
    assert "horizon (a row in pixels) must be from" in err


@closed_form
def test_a_record_that_does_not_replay_says_where(run, tmp_path, smartmask_parts):
    assert run("plan", "a cat", "--steps", 1, "--size", "96x72").code == 0
    content = json.loads((tmp_path / "out" / "plan.json").read_text())
    content["steps"][0]["seed"] += 1
    (tmp_path / "changed.json").write_text(json.dumps(content))
    code, out, err = run("plan", "--replay", "changed.json", "--out", "again")
    assert (code, out) == (1, "")
    assert err.startswith("Error: step 0 ('cat'): the mask differs from the recorded one in ")
    assert not (tmp_path / "again").exists()


@closed_form
def test_a_recorded_scene_is_changed_and_gone_on_with(run, tmp_path, smartmask_parts):
    """Objects left out, moved, renamed and put in between, by their numbers in the record."""
    assert run("plan", "a room with a couch, a chair and a table", "--steps", 3, "--size", "96x72").code == 0
    before = read_plan_record(tmp_path / "out" / "plan.json")
    labels = [step.planned.label for step in before.steps]
    changes = ["--veto", 1, "--edit", "2=a red stool@10,30,40,60", "--edit", "3=@50,30,80,60"]
    inserts = ["--insert", "3=a cat@4,40,20,60", "--insert", "4=a lamp"]
    code, out, err = run("plan", "--replay", "out/plan.json", *changes, *inserts, "--out", "changed")
    assert (code, err) == (0, "")
    assert "All 3 masks came out as recorded." in out
    changed = read_plan_record(tmp_path / "changed" / "plan.json")
    assert [step.planned.label for step in changed.steps] == ["stool", "cat", labels[2], "lamp"]
    assert [step.planned.description for step in changed.steps[:2]] == ["a red stool", "a cat"]
    assert changed.steps[0].planned.box_xyxy == (10, 30, 40, 60)
    assert changed.steps[2].planned.box_xyxy == (50, 30, 80, 60)
    assert not any(step.by_planner for step in changed.steps)
    assert (changed.limit, changed.planner) == (4, "embedded")
    assert not (tmp_path / "changed" / "step_05.png").exists()

    code, out, err = run("plan", "--replay", "changed/plan.json", "--steps", 6, "--out", "more")
    assert (code, err) == (0, "")
    more = read_plan_record(tmp_path / "more" / "plan.json")
    assert 4 < len(more.steps) <= 6
    assert [step.planned for step in more.steps[:4]] == [step.planned for step in changed.steps]
    assert all(step.by_planner for step in more.steps[4:])
    assert run("plan", "--replay", "more/plan.json", "--out", "same").code == 0
    assert (tmp_path / "same" / "plan.json").read_bytes() == (tmp_path / "more" / "plan.json").read_bytes()


@closed_form
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--veto", 3], "--veto 3: the record holds 1 objects; give a number from 1 to 1"),
        (["--insert", "3=a dog"], "--insert 3: the record holds 1 objects; give a number from 1 to 2"),
        (["--veto", 1, "--edit", "1=a dog"], "object 1 is to be changed twice"),
        (["--edit", "a dog"], "--edit 'a dog' must be like 3="),
        (["--edit", "1="], "--edit '1=' must be like 3="),
        (["--insert", "1=@1,2,3,4"], "--insert '1=@1,2,3,4' must say what comes"),
        (["--insert", "1=a dog@1,2,3"], "--insert: the box '1,2,3' must be four numbers"),
        (["--insert", "1=a dog@1,2,nan,4"], "--insert 1: "),
        (["--insert", "1=a dog@200,1,300,9"], "--insert 1: box .* lies outside the 96x72 canvas"),
        (["--insert", "1=!!!"], "--insert 1: the prompt is empty"),
        (["--insert", "1=" + "x" * 2000], "--insert 1: the prompt has 2000 characters"),
        (["--seed", 3], "--replay takes the seed from the record; give none"),
        (["--planner", "vlm:x"], "--replay asks no planner unless --steps says"),
    ],
)
def test_a_change_that_cannot_be_is_one_line(run, tmp_path, smartmask_parts, arguments, message):
    assert run("plan", "a cat", "--steps", 1, "--size", "96x72").code == 0
    code, out, err = run("plan", "--replay", "out/plan.json", *arguments, "--out", "again")
    assert (code, out) == (2, "")
    assert re.search("Error: " + message, err)
    assert not (tmp_path / "again").exists()


@closed_form
@pytest.mark.parametrize(
    ("prompt", "note"),
    [
        (
            "a cat left of a dog, the dog left of the cat",
            "Note: '(cat|dog)' did not come 'left of (cat|dog)'; say",
        ),
        ("a cat, no cats", "Note: 'cat' was both asked for and ruled out; it is there."),
        ("ein Stuhl für Käthe", "Note: the embedded planner reads English; '.*' was taken for the name of"),
        ("seven chairs", "Note: 4 of the things that were named did not come; raise --steps"),
    ],
)
def test_a_wish_that_is_not_kept_is_named(run, smartmask_parts, prompt, note):
    code, _, err = run("plan", prompt, "--steps", 3, "--size", "96x72")
    assert code == 0
    assert re.search(note, err)


@closed_form
def test_a_prompt_that_is_kept_brings_no_note(run, smartmask_parts):
    assert (
        run("plan", "a meadow with a dog and a tree, no people", "--steps", 3, "--size", "320x240").err == ""
    )


def test_changes_need_a_record(run):
    code, _, err = run("plan", "a cat", "--veto", 1)
    assert code == 2
    assert "--veto, --edit and --insert change a recorded scene; give it by --replay RECORD" in err


@closed_form
def test_goes_on_from_a_layout_or_a_photo(run, photo, tmp_path, smartmask_parts):
    floor = np.zeros((72, 96), bool)
    floor[40:] = True
    start = Layout((72, 96), (Layer("floor", floor), Layer("wall", ~floor)))
    write_layout(tmp_path / "start.json", start)
    assert run("plan", "a chair", "--start", "start.json", "--steps", 1).code == 0
    record = read_plan_record(tmp_path / "out" / "plan.json")
    assert record.start.labels == ("floor", "wall")
    assert run("plan", "a chair", "--photo", photo, "--steps", 1, "--out", "other").code == 0
    record = read_plan_record(tmp_path / "other" / "plan.json")
    assert record.start.labels == smartmask_parts.segment(photo).labels
    assert [step.planned.label for step in record.steps] == ["chair"]


@closed_form
def test_says_what_did_not_come(run, smartmask_parts):
    code, out, err = run("plan", "two cats", "--steps", 1, "--size", "96x72")
    assert code == 0
    assert (
        err == "Note: 1 of the things that were named did not come; raise --steps, or try another --seed.\n"
    )
    assert "1 object for" in out


@closed_form
def test_the_library_does_the_same(smartmask_parts):
    session = smartmask_parts.plan("a cat on a bench", limit=2, size_hw=(72, 96), seed=4)
    assert [step.planned.label for step in session] == ["bench", "cat"]
    with pytest.raises(ValueError, match="the prompt is empty"):
        smartmask_parts.plan(" \x00")


@pytest.mark.usefixtures("no_models")
class TestBadInput:
    """Nothing is loaded and nothing written."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "give a prompt that says what the scene shows, or --replay RECORD"),
            ([""], "the prompt is empty; say in a few words what the scene shows"),
            (["\x00\x1b"], "the prompt is empty"),
            (["a" * 10_000], "the prompt has 10000 characters; at most 1000 are read"),
            (["a cat \udcff"], "the prompt must be valid Unicode"),
            (["a cat", "--size", "640"], "--size '640' must be WIDTHxHEIGHT in pixels, like 640x480"),
            (["a cat", "--size", "9x480"], "--size 9x480 must have sides of 32 to 4096 pixels"),
            (["a cat", "--size", "٣x480"], "must be WIDTHxHEIGHT"),
            (["a cat", "--steps", "0"], "Invalid value for '--steps'"),
            (["a cat", "--seed", "-1"], "Invalid value for '--seed'"),
            (["a cat", "--planner", "magic"], "a planner is embedded, vlm:NAME or openai:MODEL, not 'magic'"),
            (["a cat", "--planner", "vlm:"], "a planner is embedded, vlm:NAME or openai:MODEL, not 'vlm:'"),
            (
                ["a cat", "--size", "64x64", "--photo", "p.png"],
                "--photo and --size were given; give one of them",
            ),
            (["a cat", "--replay", "plan.json"], "--replay takes the prompt from the record; give none"),
        ],
        ids=lambda value: (
            " ".join(value)[:30].encode("ascii", "replace").decode() if isinstance(value, list) else ""
        ),
    )
    def test_usage(self, run, tmp_path, arguments, message):
        code, out, err = run("plan", *arguments)
        assert (code, out) == (2, "")
        assert message in err
        assert err.startswith("Error: ")
        assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()

    def test_files(self, run, tmp_path):
        (tmp_path / "bad.json").write_text('{"format": "smartmask-layout"}')
        for arguments, message in (
            (["a cat", "--photo", "gone.png"], "gone.png: no such file"),
            (["a cat", "--start", "gone.json"], "gone.json: cannot be read"),
            (["a cat", "--start", "bad.json"], "bad.json: has version None"),
            (["--replay", "bad.json"], "bad.json: is not a plan record"),
        ):
            code, out, err = run("plan", *arguments)
            assert (code, out) == (1, "")
            assert message in err
            assert err.count("\n") == 1

    def test_a_result_never_replaces_an_input(self, run, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "layout.json").write_text("{}")
        code, _, err = run("plan", "a cat", "--start", "out/layout.json")
        assert code == 2
        assert "would replace the input out/layout.json" in err


@closed_form
def test_weights_of_ones_own_are_used(run, tmp_path, monkeypatch, smartmask_parts):
    asked = []
    monkeypatch.setattr(
        SmartMask, "load", staticmethod(lambda *given: asked.append(given) or smartmask_parts)
    )
    (tmp_path / "mine.onnx").write_bytes(b"mine")
    assert run("plan", "a cat", "--steps", 1, "--size", "96x72", "--weights", "mine.onnx").code == 0
    assert asked == [(Path("mine.onnx"), "cpu", None)]


def test_help_is_golden(run):
    """After a wanted change: `COLUMNS=80 smartmask plan --help > tests/golden/help_plan.txt`."""
    code, out, _ = run("plan", "--help")
    assert code == 0
    assert out == (Path(__file__).parents[2] / "golden" / "help_plan.txt").read_text()
