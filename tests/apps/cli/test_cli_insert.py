"""`smartmask insert`: the same bytes as from Python, or one line of error and nothing on disk."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapes import disc
from wide_gamut import WIDE, shown

from smartmask.apps.cli.insertion.files import file_names
from smartmask.apps.inpainters import load_inpainter
from smartmask.data.layout_files import read_layout, write_layout
from smartmask.pipelines.insertion.history import InsertionHistory, InsertStep, RecordedStep
from smartmask.pipelines.insertion.history_files import read_history, write_history
from smartmask.pipelines.insertion.insert import InsertSettings
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (72, 96)
MASK = disc(SIZE_HW, (50, 40), 14)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def mask_file(path: Path, mask: np.ndarray = MASK) -> Path:
    Image.fromarray(mask.astype(np.uint8) * np.uint8(255)).save(path)
    return path


@pytest.fixture
def ball(tmp_path) -> Path:
    """A cut-out."""
    pixels = np.zeros((30, 30, 4), np.uint8)
    pixels[disc((30, 30), (15, 15), 12)] = (200, 30, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "ball.png")
    return tmp_path / "ball.png"


@pytest.fixture
def box(tmp_path) -> Path:
    """Another cut-out."""
    pixels = np.zeros((30, 30, 4), np.uint8)
    pixels[6:24, 6:24] = (30, 30, 200, 255)
    Image.fromarray(pixels).save(tmp_path / "box.png")
    return tmp_path / "box.png"


def steps_file(path: Path, *changes: dict) -> Path:
    """A ball, and a box behind it."""
    steps = [
        {"prompt": "a ball", "inpainter": "reference:ball.png", "mask": "mask.png", "seed": 3},
        {
            "prompt": "a box",
            "inpainter": "reference:box.png?shadow=0",
            "box": [30, 20, 60, 50.5],
            "behind": ["a ball"],
            "scene": "a room",
            "settings": {"feather_px": 1},
        },
    ]
    path.write_text(
        json.dumps([step | change for step, change in zip(steps, [*changes, {}, {}], strict=False)])
    )
    return path


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_writes_pictures_histories_masks_and_an_overview(run, photo, ball, tmp_path, smartmask_parts):
    code, out, err = run("insert", photo, "a ball", "--inpainter", f"reference:{ball}", "-n", 2, "--seed", 5)
    assert (code, err) == (0, "")
    folder = tmp_path / "out"
    assert sorted(path.name for path in folder.iterdir()) == sorted(file_names(2, 1, False))
    assert out.splitlines()[0] == f"'a ball' in {photo}:"
    before, after, changed = (
        read(path) for path in (photo, folder / "image_0.png", folder / "changed_0.png")
    )
    assert (before != after).any()
    history = read_history(folder / "history_1.json")
    assert history.steps[0].prompt == "a ball"
    assert history.steps[0].inpainter == f"reference:{ball}"
    assert np.array_equal(history.steps[0].mask, read(folder / "mask_0.png") > 0)
    assert changed.max() == 255
    assert read_layout(folder / "layout.json").labels == ("wall", "floor", "a ball")
    with Image.open(folder / "overview.png") as overview:
        assert overview.width > 1000


def test_the_command_line_and_python_give_the_same_bytes(run, photo, ball, tmp_path, smartmask_parts):
    options = ("--box", "30,20,60,50", "--grow-px", 1, "--feather-px", 2, "--padding-px", 9, "--seed", 4)
    code, _, err = run(
        "insert", photo, "a ball", "--inpainter", f"reference:{ball}?colour=0.3", *options, "-n", 2,
        "--scene", "a room",
    )  # fmt: skip
    assert code == 0, err
    expected = smartmask_parts.insert(
        photo,
        "a ball",
        Box((30, 20, 60, 50)),
        inpainter=load_inpainter(f"reference:{ball}?colour=0.3"),
        scene="a room",
        n=2,
        seed=4,
        settings=InsertSettings(grow_px=1, feather_px=2, padding_px=9),
    )
    for number, insertion in enumerate(expected):
        assert np.array_equal(read(tmp_path / "out" / f"image_{number}.png"), insertion.image)
    assert np.array_equal(read(tmp_path / "out" / "mask_0.png") > 0, expected[0].mask)


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_a_mask_is_kept_to_bit_for_bit_and_layers_hide(run, photo, ball, tmp_path, smartmask_parts):
    post = np.zeros(SIZE_HW, bool)
    post[:, 48:54] = True
    write_layout(tmp_path / "layout.json", Layout(SIZE_HW, (Layer("post", post), Layer("7", ~post))))
    mask_file(tmp_path / "mask.png")
    common = ("--inpainter", f"reference:{ball}", "--mask", "mask.png", "--layout", "layout.json")
    assert run("insert", photo, "a ball", *common, "--behind", "post").code == 0
    before, after = read(photo), read(tmp_path / "out" / "image_0.png")
    changed = (before != after).any(2)
    assert not changed[post].any()
    assert changed[MASK & ~post].mean() > 0.9
    assert not changed[read(tmp_path / "out" / "changed_0.png") == 0].any()
    assert read_layout(tmp_path / "out" / "layout.json").labels == ("7", "a ball", "post")
    assert run("insert", photo, "a ball", *common, "--behind", "0", "--out", "by_number").code == 0
    assert np.array_equal(read(tmp_path / "by_number" / "image_0.png"), after)


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_colours_off_the_change_are_shown_as_they_were(run, ball, tmp_path, smartmask_parts):
    mask_file(tmp_path / "mask.png")
    colours = np.random.default_rng(1).integers(0, 256, (*SIZE_HW, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "wide.png", icc_profile=WIDE)
    arguments = ("insert", "wide.png", "a ball", "--inpainter", f"reference:{ball}?colour=0&grain=0&shadow=0")
    assert run(*arguments, "--mask", "mask.png", "--raw").code == 0
    for name in ("image_0.png", "raw_0.png", "overview.png"):
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.info["icc_profile"] == WIDE
    with Image.open(tmp_path / "wide.png") as before, Image.open(tmp_path / "out" / "image_0.png") as after:
        same = (shown(before) == shown(after)).all(2)
        # The cut-out has no profile, so it is sRGB, and looks in the photo as it does alone.
        assert np.abs(shown(after)[40, 50].astype(int) - (200, 30, 30)).max() <= 2
    assert same[read(tmp_path / "out" / "changed_0.png") == 0].all()
    assert not same[MASK].any()
    again = run("insert", "wide.png", "--replay", "out/history_0.json", "--out", "again")
    assert (again.code, again.err) == (0, "")
    with Image.open(tmp_path / "again" / "image_0.png") as picture:
        assert picture.info["icc_profile"] == WIDE
    (insertion,) = smartmask_parts.insert(
        tmp_path / "wide.png", "a ball", MASK, inpainter=load_inpainter(arguments[-1])
    )
    insertion.save(tmp_path / "python.png")
    assert (tmp_path / "python.png").read_bytes() == (tmp_path / "out" / "image_0.png").read_bytes()


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_several_objects_are_put_in_recorded_replayed_and_undone(
    run, photo, ball, box, tmp_path, smartmask_parts
):
    mask_file(tmp_path / "mask.png")
    steps_file(tmp_path / "steps.json")
    code, out, err = run("insert", photo, "--steps", "steps.json", "--out", "both")
    assert (code, err) == (0, "")
    assert out.startswith(f"'a ball', 'a box' in {photo}:")
    both = tmp_path / "both"
    assert sorted(path.name for path in both.iterdir()) == sorted(file_names(1, 2, False))
    steps = [
        InsertStep(prompt="a ball", inpainter=f"reference:{ball}", where=MASK, seed=3),
        InsertStep(
            prompt="a box",
            inpainter=f"reference:{box}?shadow=0",
            where=Box((30, 20, 60, 50.5)),
            scene="a room",
            settings=InsertSettings(feather_px=1),
            behind=("a ball",),
        ),
    ]
    expected = smartmask_parts.insert_steps(photo, steps)
    assert np.array_equal(read(both / "image_0.png"), expected.insertions[-1].image)
    assert read_layout(both / "layout.json").labels[-2:] == ("a box", "a ball")

    assert run("insert", photo, "--replay", "both/history_0.json", "--out", "again").code == 0
    for name in file_names(1, 2, False):
        assert (
            name == "history_0.json" or (tmp_path / "again" / name).read_bytes() == (both / name).read_bytes()
        )
    assert run("insert", photo, "--replay", "both/history_0.json", "--undo", 0, "--out", "box").code == 0
    assert read_layout(tmp_path / "box" / "layout.json").labels[-1] == "a box"
    assert run("insert", photo, "--replay", "both/history_0.json", "--undo", 1, "--out", "ball").code == 0
    assert np.array_equal(read(tmp_path / "ball" / "image_0.png"), expected.insertions[0].image)


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_a_changed_cutout_is_noticed_on_replay(run, photo, ball, tmp_path, smartmask_parts):
    mask_file(tmp_path / "mask.png")
    assert run("insert", photo, "a ball", "--inpainter", "reference:ball.png", "--mask", "mask.png").code == 0
    pixels = read(ball).copy()
    pixels[..., 0] //= 2
    Image.fromarray(pixels).save(ball)
    code, out, err = run("insert", photo, "--replay", "out/history_0.json", "--out", "again")
    assert (code, out) == (1, "")
    assert "step 0 ('a ball'): reference:ball.png draws another picture than it did" in err
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--behind", "sofa"], "behind 'sofa': there is no such layer; the layout has 0 wall, 1 floor"),
        (["--behind", "5"], "behind 5: there is no such layer"),
        (
            ["--behind", "wall", "--behind", "floor"],
            "nothing of 'a ball' would be seen: the layers in front hide it",
        ),
        (["--grow-px", "-40"], "grow_px=-40 leaves none"),
    ],
    ids=["an unknown layer", "a layer too far", "hidden", "shrunk away"],
)
def test_what_only_shows_in_the_photo_is_one_line_too(
    run, photo, ball, tmp_path, smartmask_parts, arguments, message
):
    mask_file(tmp_path / "mask.png")
    common = ("insert", photo, "a ball", "--inpainter", "reference:ball.png?shadow=0", "--mask", "mask.png")
    code, out, err = run(*common, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


REFERENCE = ["--inpainter", "reference:ball.png"]
BALL = ["a ball", *REFERENCE]
STEP = {"prompt": "x", "inpainter": "reference:ball.png"}
BAD_VALUES = {
    "no prompt": (REFERENCE, "Missing argument 'PROMPT'; say what is to come, or"),
    "no inpainter": (["a ball"], "Missing option '--inpainter'; for a cut-out: --inpa"),
    "an odd inpainter": (["a ball", "--inpainter", "dog.png"], "expected reference:CUTOUT.png or diffusers:"),
    "an odd option": (["a ball", "--inpainter", "reference:ball.png?glow=1"], "option 'glow' is none of"),
    "controlnet for a cut-out": ([*BALL, "--controlnet", "x"], "option 'controlnet' is none of"),
    "empty prompt": (["", *REFERENCE], "the prompt is empty"),
    "mask and hint": ([*BALL, "--mask", "mask.png", "--box", "1,2,30,40"], "--mask and --box were given"),
    "two hints": ([*BALL, "--box", "1,2,30,40", "--region", "mask.png"], "give one hint or none"),
    "nothing to avoid it beside": (
        [*BALL, "--avoid", "mask.png"],
        "--avoid goes with --scribble",
    ),
    "a mask and what to avoid": (
        [*BALL, "--mask", "mask.png", "--avoid", "mask.png"],
        "--avoid goes with --scribble",
    ),
    "a box in shares": ([*BALL, "--box", "0.1,0.2,0.4,0.5"], "looks normalised but must be in pixels"),
    "mask of another size": ([*BALL, "--mask", "small.png"], "is 70x60 but the photo is 96x72"),
    "an empty mask": ([*BALL, "--mask", "dark.png"], "nothing is drawn"),
    "a far box": ([*BALL, "--box", "200,0,300,50"], "lies outside the 96x72 canvas"),
    "feather below 0": ([*BALL, "--feather-px", "-1"], "feather_px must be from 0 to 1000, not -1"),
    "grown too far": ([*BALL, "--grow-px", "5000"], "grow_px must be from -1000 to 1000, not 5000"),
    "half a pixel of padding": ([*BALL, "--padding-px", "2.5"], "Invalid value for '--padding-px'"),
    "none wanted": ([*BALL, "-n", "0"], "Invalid value for '-n': 0 is not in the range 1<=x<=64"),
    "steps and prompt": (["a ball", "--steps", "steps.json"], "PROMPT cannot go with --steps; leave it out"),
    "steps and box": (
        ["--steps", "steps.json", "--box", "1,2,3,4"],
        "--box cannot go with --steps; leave it out",
    ),
    "steps and replay": (["--steps", "steps.json", "--replay", "h.json"], "--steps cannot go with --replay"),
    "replay and layout": (["--replay", "h.json", "--layout", "l.json"], "--layout cannot go with --replay"),
    "undo alone": ([*BALL, "--undo", "0"], "--undo cannot go with a prompt; leave it out"),
    "undo too far": (
        ["--replay", "history.json", "--undo", "1"],
        "step 1 cannot be undone: the history has steps 0 to 0",
    ),
    "undo everything": (["--replay", "history.json", "--undo", "0"], "no step is left; undo fewer"),
    "another photo": (["--replay", "history.json"], "is not the one of this history"),
    "layout of another photo": ([*BALL, "--layout", "other.json"], "is 70x60 but the photo is 96x72"),
    "would replace its input": (
        [*BALL, "--mask", "mask_0.png", "--out", "."],
        "would replace the input mask_0.png",
    ),
    "would replace its cut-out": (
        ["a ball", "--inpainter", "reference:image_0.png", "--out", "."],
        "would replace the input image_0.png",
    ),
}
BAD_FILES = {
    "no such cut-out": (
        ["a ball", "--inpainter", "reference:gone.png"],
        "gone.png: no such file; check the path",
    ),
    "a cut-out without alpha": (
        ["a ball", "--inpainter", "reference:photo.png"],
        "photo.png: has no transparency",
    ),
    "no such steps": (["--steps", "gone.json"], "gone.json: cannot be read"),
    "no such history": (["--replay", "gone.json"], "gone.json: cannot be read"),
    "steps for a history": (["--replay", "steps.json"], "steps.json: is not a history of insertions"),
    "history for steps": (["--steps", "history.json"], "expected a JSON list of 1 to 100 steps, not dict"),
}
BAD_STEPS = {
    "no step": ([], "expected a JSON list of 1 to 100 steps, not 0 of them"),
    "a text": (["a ball"], "steps.json: step 0: must be a JSON object, not str"),
    "no prompt": ([{"inpainter": "reference:ball.png"}], "step 0: lacks prompt"),
    "an unknown key": ([{**STEP, "n": 2}], "step 0: has unknown keys ['n']"),
    "an odd inpainter": (
        [{"prompt": "x", "inpainter": "ball.png"}],
        "step 0: inpainter 'ball.png': expected",
    ),
    "two places": (
        [{**STEP, "mask": "mask.png", "box": [1, 2, 3, 4]}],
        "step 0: has mask and box; give one of them or none",
    ),
    "a box of three": (
        [{**STEP, "box": [1, 2, 3]}],
        "step 0: a box must be four numbers (x0, y0, x1, y1) in pixels, not [1, 2, 3]",
    ),
    "a box in shares": (
        [{**STEP, "box": [0.1, 0.2, 0.4, 0.5]}],
        "step 0: box (0.1, 0.2, 0.4, 0.5) looks",
    ),
    "a box of words": ([{**STEP, "box": ["a", 2, 3, 4]}], "step 0: a box must be four numbers"),
    "what to avoid alone": (
        [{**STEP, "box": [1, 2, 30, 40], "avoid": "mask.png"}],
        "step 0: has avoid without scribble; draw where the object is to be, too",
    ),
    "a box inside out": ([{**STEP, "box": [9, 2, 3, 8]}], "step 0: box (9, 2, 3, 8) must have x0 < x1"),
    "a mask of another size": ([{**STEP, "mask": "small.png"}], "is 70x60 but the photo is 96x72"),
    "a missing mask": ([{**STEP, "mask": "gone.png"}], "gone.png: no such file"),
    "a seed below 0": ([{**STEP, "seed": -1}], "the seed must be from 0 to 18446744073709551615, not -1"),
    "behind half a layer": ([{**STEP, "behind": [1.5]}], "behind must hold labels and numbers, not [1.5]"),
    "an odd setting": ([{**STEP, "settings": {"grow": 2}}], "settings: has unknown keys ['grow']"),
    "a missing cut-out": ([{"prompt": "x", "inpainter": "reference:gone.png"}], "gone.png: no such file"),
}


@pytest.fixture
def inputs(photo, ball, tmp_path) -> Path:
    """All files that the bad requests name."""
    mask_file(tmp_path / "mask.png")
    mask_file(tmp_path / "mask_0.png")
    mask_file(tmp_path / "small.png", np.ones((60, 70), bool))
    mask_file(tmp_path / "dark.png", np.zeros(SIZE_HW, bool))
    (tmp_path / "image_0.png").write_bytes(ball.read_bytes())
    write_layout(tmp_path / "other.json", Layout((60, 70)))
    steps_file(tmp_path / "steps.json")
    step = RecordedStep(
        prompt="a ball",
        inpainter="reference:ball.png",
        mask=MASK,
        behind=(),
        seed=0,
        settings=InsertSettings(),
        digest=None,
    )
    write_history(tmp_path / "history.json", InsertionHistory("0" * 64, Layout(SIZE_HW), (step,)))
    return tmp_path


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize(
    ("code", "kind"), [(2, kind) for kind in BAD_VALUES] + [(1, kind) for kind in BAD_FILES]
)
def test_bad_input_is_one_line_and_leaves_nothing(run, photo, inputs, code, kind):
    arguments, message = (BAD_VALUES if code == 2 else BAD_FILES)[kind]
    check_refused(run, photo, inputs, code, arguments, message)


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize("kind", BAD_STEPS)
def test_a_bad_step_is_named(run, photo, inputs, kind):
    steps, message = BAD_STEPS[kind]
    (inputs / "steps.json").write_text(json.dumps(steps))
    arguments = ["--steps", "steps.json"]
    check_refused(run, photo, inputs, 1, arguments, message)


def check_refused(run, photo: Path, folder: Path, code: int, arguments: list, message: str) -> None:
    """One line, the right code, and no file more or less than before."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run("insert", photo, *arguments)
    assert result.code == code, result.err
    assert result.out == ""
    assert result.err.startswith("Error: ")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not (folder / "out").exists()
