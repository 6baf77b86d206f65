"""`smartmask suggest`: masks on disk, or one line of error and nothing on disk."""

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from suggest_files import SIZE_HW, drawing, layout_file, read

from smartmask.apps.cli.suggest import suggest
from smartmask.apps.cli.suggestion_files import file_names
from smartmask.pipelines.suggest import MAX_SUGGESTIONS
from smartmask.scene.rle import decode_rle


def test_writes_masks_alphas_a_record_and_a_picture(run, photo, tmp_path, smartmask_parts):
    code, out, err = run("suggest", photo, "a ball", "--scene", "a room with a ball", "-n", 3, "--seed", 5)
    assert code == 0
    folder = tmp_path / "out"
    record = json.loads((folder / "suggestions.json").read_text())
    found = record.pop("suggestions")
    words = record.pop("words")
    assert (words is None) == (smartmask_parts.words("a ball") is None)
    assert words is None or words["said"] == smartmask_parts.words("a ball").say()
    assert 1 <= len(found) <= 3
    assert ("only" in err) == (len(found) < 3)
    assert sorted(path.name for path in folder.iterdir()) == sorted(file_names(len(found), with_layout=True))
    assert re.fullmatch("[0-9a-f]{64}", record.pop("weights")["sha256"])
    assert record == {
        "format": "smartmask-suggestions",
        "version": 3,
        "photo": str(photo),
        "prompt": "a ball",
        "scene": "a room with a ball",
        "n": 3,
        "seed": 5,
        "size_hw": [72, 96],
        "layout": "layout.json",
        "guidance": {"kind": "none"},
        "memory": None,
    }
    expected = smartmask_parts.suggest(photo, "a ball", "a room with a ball", n=3, seed=5)
    for entry, suggestion in zip(found, expected, strict=True):
        mask = read(folder / entry["mask"])
        assert set(np.unique(mask)) <= {0, 255}
        assert np.array_equal(mask > 0, suggestion.mask)
        assert np.array_equal(decode_rle(entry["counts"], SIZE_HW), suggestion.mask)
        assert np.array_equal(read(folder / entry["visible"]) > 0, suggestion.visible_mask)
        assert entry["behind"] == list(suggestion.behind)
        assert np.abs(read(folder / entry["alpha"]) / 255 - suggestion.alpha).max() < 0.003
        assert entry["box_xyxy"] == list(suggestion.box_xyxy)
        assert (entry["score"], entry["label"]) == (suggestion.score, "a ball")
        origin = suggestion.origin
        assert entry["origin"] == (origin and {"shape": origin.shape, **asdict(origin)})
    assert f"out{os.sep}mask_0.png" in out
    with Image.open(folder / "overview.png") as overview:
        assert overview.width > 600


def test_same_request_same_bytes_and_its_own_layout_serves_again(run, photo, tmp_path, smartmask_parts):
    assert run("suggest", photo, "a ball", "-n", 2, "--out", "first").code == 0
    assert run("suggest", photo, "a ball", "-n", 2, "--out", "second").code == 0
    again = ("suggest", photo, "a ball", "-n", 2, "--layout", "first/layout.json", "--out", "third")
    assert run(*again).code == 0
    for name in file_names(2, with_layout=False):
        first = (tmp_path / "first" / name).read_bytes()
        assert first == (tmp_path / "second" / name).read_bytes()
        assert name == "suggestions.json" or first == (tmp_path / "third" / name).read_bytes()
    assert not (tmp_path / "third" / "layout.json").exists()


def test_an_empty_layout_is_used_as_it_is(run, photo, tmp_path, smartmask_parts):
    layout_file(tmp_path / "empty.json", layers=0)
    code, _, _ = run("suggest", photo, "a ball", "-n", 1, "--layout", "empty.json")
    assert code == 0
    assert json.loads((tmp_path / "out" / "suggestions.json").read_text())["layout"] == "empty.json"


@pytest.mark.parametrize("kind", ["box", "region", "scribble"])
def test_hints_are_obeyed_and_recorded(run, photo, tmp_path, smartmask_parts, kind):
    value = "30,20,60,50" if kind == "box" else str(drawing(tmp_path / "drawn.png"))
    code, _, _ = run("suggest", photo, "a ball", f"--{kind}", value, "-n", 1)
    assert code == 0
    guidance = json.loads((tmp_path / "out" / "suggestions.json").read_text())["guidance"]
    assert guidance.pop("kind") == kind
    if kind == "box":
        assert guidance == {"box_xyxy": [30, 20, 60, 50]}
    else:
        drawn = decode_rle(guidance["counts"], SIZE_HW)
        assert np.array_equal(drawn, read(tmp_path / "drawn.png") > 0)


def test_a_box_partly_outside_is_clipped_and_says_so(run, photo, tmp_path, smartmask_parts):
    code, _, err = run("suggest", photo, "a ball", "--box", "-10,20,60,900", "-n", 1)
    assert code == 0
    assert err == "Note: the box reaches beyond the photo; its part 0,20,60,72 is used.\n"
    record = json.loads((tmp_path / "out" / "suggestions.json").read_text())
    assert record["guidance"]["box_xyxy"] == [0, 20, 60, 72]


@pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)
def test_fewer_than_asked_for_says_so(run, photo, tmp_path, smartmask_parts):
    """A box of two pixels leaves no room for 64 different masks."""
    code, out, err = run("suggest", photo, "a ball", "--box", "40,30,42,32", "-n", 64)
    assert code == 0
    count = len(json.loads((tmp_path / "out" / "suggestions.json").read_text())["suggestions"])
    assert count < 64
    assert err == f"Note: 64 were asked for, but only {count} distinct ones came out.\n"
    assert out.startswith(f"{count} of 'a ball', best first:\n")


def test_no_progress_bar_without_a_terminal(run, photo, smartmask_parts):
    assert run("suggest", photo, "a ball", "-n", 1, "--seed", 1).err == ""


BAD_VALUES = {
    "empty prompt": (["photo.png", ""], "the prompt is empty; say in a few words what it is"),
    "blank prompt": (["photo.png", " \t\n"], "the prompt is empty"),
    "long prompt": (["photo.png", "x" * 1001], "the prompt has 1001 characters; at most 1000 are read"),
    "prompt not Unicode": (
        ["photo.png", "caf\udce9"],
        "must be valid Unicode; check the terminal's encoding",
    ),
    "blank scene": (["photo.png", "dog", "--scene", " "], "the scene text is empty"),
    "long scene": (["photo.png", "dog", "--scene", "x" * 1001], "the scene text has 1001 characters"),
    "box of three": (
        ["photo.png", "dog", "--box", "1,2,3"],
        "must be four numbers X0,Y0,X1,Y1 in pixels, like 10,20",
    ),
    "box of five": (["photo.png", "dog", "--box", "1,2,3,4,5"], "must be four numbers"),
    "box of words": (["photo.png", "dog", "--box", "a,b,c,d"], "--box 'a,b,c,d' must be four numbers"),
    "box of nothing": (["photo.png", "dog", "--box", ""], "--box '' must be four numbers"),
    "box of NaN": (
        ["photo.png", "dog", "--box", "nan,2,30,40"],
        "box (nan, 2, 30, 40) must hold four finite numbers",
    ),
    "endless box": (["photo.png", "dog", "--box", "0,0,inf,40"], "must hold four finite numbers"),
    "box outside": (["photo.png", "dog", "--box", "200,0,300,50"], "lies outside the 96x72 canvas"),
    "box inverted": (["photo.png", "dog", "--box", "50,10,20,40"], "must have x0 < x1 and y0 < y1"),
    "box without area": (["photo.png", "dog", "--box", "20,10,20,40"], "must have x0 < x1 and y0 < y1"),
    "box in a pixel": (
        ["photo.png", "dog", "--box", "-9,0,0.5,40"],
        "the box is 0.5 x 40 px on the canvas; a shape shows from 2 x 2 px",
    ),
    "box in shares": (
        ["photo.png", "dog", "--box", "0.1,0.2,0.4,0.5"],
        "box (0.1, 0.2, 0.4, 0.5) looks normalised but must be in pixels; multiply x by 96 and y by 72",
    ),
    "scribble of another size": (
        ["photo.png", "dog", "--scribble", "small.png"],
        "is 70x60 but the photo is 96x72",
    ),
    "region of another size": (
        ["photo.png", "dog", "--region", "small.png"],
        "is 70x60 but the photo is 96x72",
    ),
    "empty scribble": (
        ["photo.png", "dog", "--scribble", "dark.png"],
        "nothing is drawn (its brightest pixel is 9 of",
    ),
    "empty region": (["photo.png", "dog", "--region", "dark.png"], "nothing is drawn"),
    "two hints": (
        ["photo.png", "dog", "--box", "1,2,30,40", "--region", "drawn.png"],
        "--box and --region were given; give one hint or none",
    ),
    "two drawings": (
        ["photo.png", "dog", "--region", "drawn.png", "--scribble", "drawn.png"],
        "--region and --scribble were given; give one hint or none",
    ),
    "nothing to invert": (
        ["photo.png", "dog", "--box", "1,2,30,40", "--invert-mask"],
        "--invert-mask goes with a drawing; give one, or leave it out",
    ),
    "a link to nowhere": (["photo.png", "dog", "--out", "link"], "link is a link that leads nowhere"),
    "nothing to avoid it beside": (
        ["photo.png", "dog", "--avoid", "drawn.png"],
        "--avoid goes with --scribble; draw where the object is to be, too",
    ),
    "all avoided": (
        ["photo.png", "dog", "--scribble", "drawn.png", "--avoid", "drawn.png"],
        "the scribble is to be avoided altogether; leave some of it free",
    ),
    "a way from nowhere": (
        ["photo.png", "dog", "--toward", "drawn.png"],
        "--toward goes with --like; give the mask to begin from",
    ),
    "a change of nothing": (["photo.png", "dog", "--change", "0.5"], "--change goes with --like"),
    "a mask and a hint": (
        ["photo.png", "dog", "--like", "drawn.png", "--box", "1,2,30,40"],
        "--like gives the place and takes no hint and no --scene beside it",
    ),
    "too much change": (
        ["photo.png", "dog", "--like", "drawn.png", "--change", "1.5"],
        "1.5 is not in the range 0<=x<=1",
    ),
    "none wanted": (
        ["photo.png", "dog", "-n", "0"],
        "Invalid value for '-n': 0 is not in the range 1<=x<=64",
    ),
    "too many wanted": (["photo.png", "dog", "-n", "65"], "65 is not in the range 1<=x<=64"),
    "half a mask": (["photo.png", "dog", "-n", "2.5"], "Invalid value for '-n'"),
    "negative seed": (
        ["photo.png", "dog", "--seed", "-1"],
        "Invalid value for '--seed': -1 is not in the range 0<=x<=18446744073709551615",
    ),
    "unknown option": (["photo.png", "dog", "--guidance", "3"], "No such option"),
    "no prompt": (["photo.png"], "Missing argument 'PROMPT'"),
    "prompt in pieces": (["photo.png", "a", "dog"], "Got unexpected extra argument"),
    "limit of nothing": (
        ["photo.png", "dog", "--max-megapixels", "-3"],
        "Invalid value for '--max-megapixels'",
    ),
    "limit NaN": (["photo.png", "dog", "--max-megapixels", "nan"], "max_megapixels must be above 0, not nan"),
    "layout of another photo": (
        ["photo.png", "dog", "--layout", "other.json"],
        "is 70x60 but the photo is 96x72",
    ),
    "out is a file": (["photo.png", "dog", "--out", "photo.png"], "photo.png is a file; give a folder"),
    "out within a file": (
        ["photo.png", "dog", "--out", "photo.png/a/b"],
        "photo.png is a file; give a folder",
    ),
    "would replace its input": (
        ["photo.png", "dog", "--scribble", "mask_0.png", "--out", "."],
        "would replace the input mask_0.png; choose another folder",
    ),
}
BAD_FILES = {
    "photo missing": (["gone.png", "dog"], "gone.png: no such file; check the path"),
    "photo empty": (["empty.png", "dog"], "empty.png: the file is empty (0 bytes)"),
    "photo a text": (["notes.jpg", "dog"], "notes.jpg: not an image this can read"),
    "photo cut short": (["cut.png", "dog"], "cut.png: the image is damaged or cut short"),
    "photo a folder": ([".", "dog"], "is not a file; give the path of an image file"),
    "photo too large": (
        ["photo.png", "dog", "--max-megapixels", "0.005"],
        "photo.png: 96x72 is 0.0 megapixels, above the limit of 0.005",
    ),
    "scribble missing": (["photo.png", "dog", "--scribble", "gone.png"], "gone.png: no such file"),
    "region a text": (["photo.png", "dog", "--region", "notes.jpg"], "notes.jpg: not an image"),
    "layout missing": (["photo.png", "dog", "--layout", "gone.json"], "gone.json: cannot be read"),
    "layout a photo": (
        ["photo.png", "dog", "--layout", "photo.png"],
        "photo.png: a label map needs the names",
    ),
    "layout cut short": (["photo.png", "dog", "--layout", "cut.json"], "cut.json: is not valid JSON"),
}


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize(
    ("code", "kind"), [(2, kind) for kind in BAD_VALUES] + [(1, kind) for kind in BAD_FILES]
)
def test_bad_input_is_one_line_and_leaves_nothing(run, photo, tmp_path, code, kind):
    drawing(tmp_path / "drawn.png")
    drawing(tmp_path / "mask_0.png")
    drawing(tmp_path / "dark.png", value=9)
    drawing(tmp_path / "small.png", (60, 70))
    layout_file(tmp_path / "other.json", (60, 70))
    (tmp_path / "cut.json").write_bytes(layout_file(tmp_path / "whole.json").read_bytes()[:90])
    (tmp_path / "cut.png").write_bytes(photo.read_bytes()[:3000])
    (tmp_path / "empty.png").touch()
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "notes.jpg").write_text("not an image")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    arguments, message = (BAD_VALUES | BAD_FILES)[kind]
    result = run("suggest", *arguments)
    assert result.code == code, result.err
    assert result.out == ""
    assert result.err.startswith("Error: ")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_models")
@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(run, photo, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    code, _, err = run("suggest", photo, "dog", "--out", "locked/new")
    assert code == 2
    assert err == "Error: --out locked/new: no permission to write in locked; choose another folder\n"


def test_a_failure_while_writing_leaves_nothing(run, photo, tmp_path, smartmask_parts):
    (tmp_path / "out" / "overview.png").mkdir(parents=True)
    code, out, err = run("suggest", photo, "a ball", "-n", 1)
    assert (code, out) == (1, "")
    assert err.startswith("Error: --out out: cannot be written (")
    assert err.endswith("; nothing was saved\n")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["overview.png"]


def onnx_file(card: str | None) -> bytes:
    """A network that returns its input, with a card."""
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "g", [value], [onnx.helper.make_tensor_value_info("y", 1, [1])])
    opset = onnx.helper.make_opsetid("", 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9)
    if card is not None:
        onnx.helper.set_model_props(model, {"smartmask": card})
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such"),
        (b"", "damaged or not an ONNX file"),
        (b"\x08\x07\x12\x07not onnx" * 9, "damaged or not an ONNX file"),
        (onnx_file(None)[:40], "damaged or not an ONNX file"),
        (onnx_file(None), "not a smartmask shape generator"),
        (
            onnx_file('{"format": "smartmask-shape-generator", "version": 99}'),
            "version 99; this release reads",
        ),
    ],
    ids=["missing", "empty", "not ONNX", "cut short", "another model", "another version"],
)
def test_bad_weights_are_one_line(run, photo, tmp_path, content, message):
    if content is not None:
        (tmp_path / "weights.onnx").write_bytes(content)
    code, out, err = run("suggest", photo, "dog", "--weights", "weights.onnx")
    assert (code, out) == (1, "")
    assert err.startswith("Error: weights.onnx: ")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [[], ["suggest"], ["segment"]], ids=["smartmask", "suggest", "segment"])
def test_help_is_as_agreed(run, command):
    """After a wanted change: `COLUMNS=80 smartmask ... --help > tests/golden/help_....txt`."""
    golden = Path(__file__).parents[2] / "golden" / f"help_{(command or ['smartmask'])[0]}.txt"
    code, out, err = run(*command, "--help")
    assert (code, err) == (0, "")
    assert out == golden.read_text()


def test_bare_command_shows_help(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: smartmask")


def test_unknown_command_is_one_line(run):
    code, _, err = run("sugest")
    assert code == 2
    assert err.startswith("Error: No such command 'sugest'.")
    assert err.count("\n") == 1


def test_help_text_and_library_agree_on_the_limit():
    option = next(parameter for parameter in suggest.params if parameter.name == "n")
    assert option.type.max == MAX_SUGGESTIONS


def test_help_loads_neither_the_runtime_nor_the_bar():
    script = (
        "import sys; from smartmask.apps.cli.main import main; main(['suggest', '--help']); "
        "sys.exit(sorted({'onnxruntime', 'torch', 'tqdm', 'tokenizers'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
