"""`smartmask render`: pictures on disk from tiny checkpoints, or one line of error and nothing on disk."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.data.layout_files import read_layout, write_layout
from smartmask.data.layout_formats import FILE_NAMES, write_layout_as
from smartmask.data.layouts.coco_instances import CocoInstances
from smartmask.scene.layout import Layer, Layout

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
GOLDEN = Path(__file__).parents[2] / "golden" / "help_render.txt"
SIZE_HW = (72, 96)
GREY, PINK, BLACK = (120, 120, 120), (255, 0, 122), (0, 0, 0)


@pytest.fixture
def layout(tmp_path) -> Path:
    wall, dog, guitar = np.ones(SIZE_HW, bool), np.zeros(SIZE_HW, bool), np.zeros(SIZE_HW, bool)
    dog[40:60, 20:50] = True
    guitar[8:16, 64:80] = True
    layers = (Layer("wall", wall), Layer("a sleeping dog", dog), Layer("guitar", guitar))
    write_layout(tmp_path / "layout.json", Layout(SIZE_HW, layers))
    return tmp_path / "layout.json"


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "RGB"
        return np.asarray(image)


def render(run, checkpoints, family: str, *arguments: object):
    names = ["--model", checkpoints(family), "--controlnet", checkpoints(f"control-{family}")]
    return run("render", "layout.json", "--prompt", "a dog by a wall", *names, "--steps", 2, *arguments)


@pytest.mark.parametrize("family", ["sd", "sdxl"])
def test_writes_pictures_the_control_picture_and_a_record(run, layout, tmp_path, tiny_checkpoints, family):
    code, out, err = render(run, tiny_checkpoints, family, "-n", 2, "--seed", 5, "--size", 128)
    assert (code, err) == (0, "Note: like none of the classes, so drawn black: guitar.\n")
    folder = tmp_path / "out"
    names = ["control.png", "render.json", "render_0.png", "render_1.png"]
    assert sorted(path.name for path in folder.iterdir()) == names
    pictures = [read(folder / f"render_{number}.png") for number in range(2)]
    assert [picture.shape for picture in pictures] == [(96, 128, 3)] * 2
    assert (pictures[0] != pictures[1]).mean() > 0.1
    record = json.loads((folder / "render.json").read_text())
    assert [entry["file"] for entry in record["pictures"]] == ["render_0.png", "render_1.png"]
    assert len({entry["seed"] for entry in record["pictures"]}) == 2
    assert (record["prompt"], record["seed"], record["size_hw"]) == ("a dog by a wall", 5, [96, 128])
    classes = {entry["label"]: entry["class"] for entry in record["classes"]}
    assert classes == {"wall": "wall", "a sleeping dog": "animal", "guitar": None}
    assert "a sleeping dog  1.00  animal\n" in out
    assert "none, so black; nearest is" in out


def test_two_controlnets_draw_together(run, layout, tmp_path, tiny_checkpoints):
    depth = "--depth-controlnet", tiny_checkpoints("control-sd"), "--control", "both"
    assert render(run, tiny_checkpoints, "sd", *depth).code == 0
    names = ["control.png", "control_depth.png", "render.json", "render_0.png"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert set(json.loads((tmp_path / "out" / "render.json").read_text())["controlnets"]) == {"seg", "depth"}
    assert render(run, tiny_checkpoints, "sd", "--out", "seg").code == 0
    drawn = [(tmp_path / name / "render_0.png").read_bytes() for name in ("out", "seg")]
    assert drawn[0] != drawn[1]


def test_a_picture_depends_on_the_seed_and_its_number_not_on_how_many_there_are(
    run, layout, tmp_path, tiny_checkpoints
):
    assert render(run, tiny_checkpoints, "sd", "-n", 3, "--out", "three").code == 0
    assert render(run, tiny_checkpoints, "sd", "-n", 1, "--out", "one").code == 0
    assert render(run, tiny_checkpoints, "sd", "-n", 1, "--seed", 1, "--out", "other").code == 0
    first = (tmp_path / "one" / "render_0.png").read_bytes()
    assert (tmp_path / "three" / "render_0.png").read_bytes() == first
    others = [(tmp_path / "three" / f"render_{number}.png").read_bytes() for number in (1, 2)]
    others.append((tmp_path / "other" / "render_0.png").read_bytes())
    assert len({first, *others}) == 4


class TestControlOnly:
    def test_draws_the_layout_in_ade20ks_colours_at_its_own_size(self, run, layout, tmp_path):
        code, _, err = run("render", "layout.json", "--control-only")
        assert (code, err) == (0, "Note: like none of the classes, so drawn black: guitar.\n")
        folder = tmp_path / "out"
        assert sorted(path.name for path in folder.iterdir()) == ["control.png", "render.json"]
        expected = np.full((*SIZE_HW, 3), GREY, np.uint8)
        expected[40:60, 20:50] = PINK
        expected[8:16, 64:80] = BLACK
        assert np.array_equal(read(folder / "control.png"), expected)
        assert "pictures" not in json.loads((folder / "render.json").read_text())

    @pytest.mark.parametrize(
        ("control", "names"),
        [("depth", ["control_depth.png"]), ("both", ["control.png", "control_depth.png"])],
    )
    def test_draws_the_depth_beside_or_instead(self, run, layout, tmp_path, control, names):
        assert run("render", "layout.json", "--control-only", "--control", control).code == 0
        folder = tmp_path / "out"
        assert sorted(path.name for path in folder.iterdir()) == [*names, "render.json"]
        depth = read(folder / "control_depth.png")
        assert depth.shape == (*SIZE_HW, 3)
        assert depth[40:60, 20:50].max() == 255
        assert depth[0, 0, 0] < depth[50, 30, 0]

    def test_is_what_the_controlnet_is_shown_at_that_size(self, run, layout, tmp_path, tiny_checkpoints):
        assert run("render", "layout.json", "--control-only", "--size", 192, "--out", "only").code == 0
        assert render(run, tiny_checkpoints, "sd", "--size", 192).code == 0
        only, shown = (read(tmp_path / name / "control.png") for name in ("only", "out"))
        assert only.shape == (144, 192, 3)
        assert np.array_equal(only, shown)

    @pytest.mark.parametrize("format_name", FILE_NAMES)
    def test_takes_a_layout_in_any_format(self, run, layout, tmp_path, format_name):
        if format_name == "psd":
            pytest.importorskip("psd_tools", reason="the extra psd is not installed")
        path = tmp_path / "other" / FILE_NAMES[format_name]
        path.parent.mkdir()
        write_layout_as(format_name, path, read_layout(layout))
        assert run("render", "layout.json", "--control-only", "--out", "own").code == 0
        code, _, err = run("render", path, "--control-only")
        assert (code, err) == (0, "Note: like none of the classes, so drawn black: guitar.\n")
        own, other = (read(tmp_path / name / "control.png") for name in ("own", "out"))
        assert np.array_equal(own, other)

    def test_takes_one_image_of_a_coco_file(self, run, layout, tmp_path):
        file, seen = CocoInstances(), read_layout(layout)
        file.add(seen.first(1), "wall.jpg")
        file.add(seen, "room.jpg")
        (tmp_path / "coco.json").write_bytes(file.content())
        assert run("render", "coco.json", "--control-only").code == 1
        code, out, _ = run("render", "coco.json", "--image", "room.jpg", "--control-only")
        assert code == 0
        assert "a sleeping dog  1.00  animal\n" in out

    def test_needs_no_pytorch(self, layout, tmp_path):
        script = (
            "import sys; from smartmask.apps.cli.main import main; "
            "code = main(['render', *sys.argv[1:], '--control-only']); "
            "sys.exit(code or sorted({'torch', 'diffusers', 'transformers'} & set(sys.modules)) or 0)"
        )
        command = [sys.executable, "-c", script, str(layout), "--out", str(tmp_path / "out")]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr


NAMES = ["--model", "x/model", "--controlnet", "x/net"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --prompt and --model and --controlnet, or --control-only, which needs no model"),
        (["--prompt", "a", "--model", "x"], "give --controlnet, or --control-only"),
        (["--prompt", " ", *NAMES], "give --prompt, or --control-only"),
        (["--control-only", "--prompt", "a"], "--control-only needs no --prompt; leave one or the other out"),
        (["--control-only", "-n", "2", "--steps", "9"], "--control-only needs no --steps or -n; leave one"),
        (["--prompt", "a", *NAMES, "--control", "both"], "give --depth-controlnet, or --control-only"),
        (
            ["--prompt", "a", *NAMES, "--depth-controlnet", "x"],
            "--depth-controlnet is not used by this --control; leave it out, or use --control both",
        ),
        (["--prompt", "a", *NAMES, "--dtype", "int8"], "Invalid value for '--dtype'"),
        (["--prompt", "a", *NAMES, "--device", "abacus"], "device 'abacus' is not to be had on this machine"),
        (
            ["--prompt", "a", *NAMES, "--cfg-scale", "nan"],
            "cfg_scale must be 1 (no guidance) or more, not nan",
        ),
        (["--prompt", "a", *NAMES, "--size", "63"], "Invalid value for '--size'"),
        (
            ["--control-only", "--out", "layout.json"],
            "--out layout.json: layout.json is a file; give a folder",
        ),
    ],
)
def test_a_wrong_command_line_is_one_line(run, layout, tmp_path, arguments, message):
    code, out, err = run("render", "layout.json", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert message in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["layout.json"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["--model", "./none", "--controlnet", "./none"],
            "./none: no such folder; give one that holds a Stable",
        ),
        (
            ["--model", "sd-inpainting", "--controlnet", "control-sd"],
            "its U-Net takes 9 channels, expected 4",
        ),
        (["--model", "sd", "--controlnet", "control-sdxl"], "made for this family of checkpoints"),
    ],
    ids=["no such folder", "an inpainting checkpoint", "another family"],
)
def test_checkpoints_that_cannot_be_used_are_one_line(
    run, layout, tmp_path, tiny_checkpoints, names, message
):
    names = [tiny_checkpoints(name) if name[0] not in "-." else name for name in names]
    code, out, err = run("render", "layout.json", "--prompt", "a", *names)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_prompt_that_is_too_long_is_one_line_and_leaves_nothing(run, layout, tmp_path, tiny_checkpoints):
    code, out, err = render(run, tiny_checkpoints, "sd", "--negative", "a" * 76)
    assert (code, out) == (2, "")
    assert err.startswith("Error: the negative prompt has 76 tokens but the text encoder reads 75")
    assert not (tmp_path / "out").exists()


def test_a_layout_that_cannot_be_read_is_one_line(run, tmp_path):
    code, _, err = run("render", "gone.json", "--control-only")
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("Error: gone.json: cannot be read")


def test_help_is_as_agreed(run):
    """After a wanted change: `COLUMNS=80 smartmask render --help > tests/golden/help_render.txt`."""
    code, out, err = run("render", "--help")
    assert (code, err) == (0, "")
    assert out == GOLDEN.read_text()
