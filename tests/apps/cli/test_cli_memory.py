"""`smartmask memory`: shapes of one's own, added, listed, drawn and removed."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from block_coder import BlockCoder
from PIL import Image

from smartmask import weights
from smartmask.apps.cli import memory as command
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.scene.rle import encode_rle

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(autouse=True)
def coder(monkeypatch) -> BlockCoder:
    """The codec that the commands load."""
    made = BlockCoder()
    monkeypatch.setattr(command, "load_coder", lambda: made)
    return made


def draw(path: Path, width: int, height: int = 40) -> Path:
    """A white rectangle with a notch on black."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((height + 20, width + 20), np.uint8)
    pixels[10:-10, 10:-10] = 255
    pixels[10 : 10 + height // 3, 10 : 10 + width // 3] = 0
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def shapes(tmp_path) -> Path:
    """Two Kuba chairs and a lamp."""
    for name, width in (("Kuba chair 1.png", 30), ("Kuba chair 2.png", 60), ("lamp/1.png", 20)):
        draw(tmp_path / "shapes" / name, width)
    return tmp_path / "shapes"


def test_shapes_are_added_and_can_be_looked_up(run, tmp_path, shapes):
    code, out, err = run("memory", "add", shapes, "--memory", "new/mine.npz", "--licence", "CC0, by me")
    assert (code, err) == (0, "")
    assert out == "new/mine.npz: 3 shapes added; 3 shapes of 2 labels now\n  kuba chair: 2\n  lamp: 1\n"
    memory = ShapeMemory.load(tmp_path / "new" / "mine.npz", "blocks")
    found = memory.entry(int(memory.of_label("kuba chair")[1]))
    assert (found.style, found.source, found.licence) == ("drawing", "shapes", "CC0, by me")
    assert (found.group, found.aspect) == ("shapes:shapes/Kuba chair 2.png", 1.5)


def test_what_is_there_is_not_added_again(run, shapes):
    run("memory", "add", shapes, "--memory", "mine.npz")
    code, out, _ = run("memory", "add", shapes, "--memory", "mine.npz")
    assert (code, out) == (0, "mine.npz: nothing new; 3 shapes of 2 labels as before\n")
    draw(shapes / "lamp" / "2.png", 25)
    assert run("memory", "add", shapes, "--memory", "mine.npz").out.startswith(
        "mine.npz: 1 shape added; 4 shapes of 2"
    )


def test_options_say_what_and_how_all_are(run, tmp_path, shapes):
    run(
        "memory",
        "add",
        shapes / "lamp" / "1.png",
        "--memory",
        "m.npz",
        "--label",
        "Street_Lamp",
        "--style",
        "render",
    )
    found = ShapeMemory.load(tmp_path / "m.npz").entry(0)
    assert (found.label, found.style, found.licence) == ("street lamp", "render", "not stated")


def test_list_names_labels_counts_and_sources(run, shapes):
    run("memory", "add", shapes, "--memory", "mine.npz")
    code, out, _ = run("memory", "list", "--memory", "mine.npz")
    assert (code, out) == (0, "kuba chair: 2 (shapes 2)\nlamp: 1 (shapes 1)\n3 shapes of 2 labels\n")
    assert run("memory", "list", "Chair", "--memory", "mine.npz").out.endswith("2 shapes of 1 label\n")
    code, _, err = run("memory", "list", "chear", "--memory", "mine.npz")
    assert (code, err) == (
        1, "Error: no shape of 'chear' is known; smartmask memory list shows all labels\n",
    )  # fmt: skip


def test_list_without_a_file_reads_the_shipped_shapes(run, tmp_path, monkeypatch, shapes):
    run("memory", "add", shapes, "--memory", "memory.npz")
    monkeypatch.setattr(weights, "WEIGHTS", tmp_path)
    assert "lamp: 1" in run("memory", "list").out
    code, _, err = run("memory", "add", shapes, "--memory", "memory.npz")
    assert (code, err) == (2, "Error: --memory memory.npz: is the shipped memory; give a file of your own\n")


def test_show_draws_what_the_codec_brings_back(run, tmp_path, shapes):
    run("memory", "add", shapes, "--memory", "mine.npz")
    code, out, _ = run("memory", "show", "Kuba chair", "--memory", "mine.npz", "--out", "look/sheet.png")
    assert (code, out) == (0, "look/sheet.png: 2 of 2 shapes of 'Kuba chair'\n")
    sheet = np.asarray(Image.open(tmp_path / "look" / "sheet.png").convert("L"))
    assert 0.02 < (sheet < 60).mean() < 0.3
    code, _, err = run("memory", "show", "lamb", "--memory", "mine.npz", "--out", "sheet.png")
    assert (code, err) == (1, "Error: no shape of 'lamb' is known; perhaps 'lamp'\n")


def test_remove_takes_a_label_out(run, tmp_path, shapes):
    run("memory", "add", shapes, "--memory", "mine.npz")
    code, out, _ = run("memory", "remove", "Kuba chair", "--memory", "mine.npz")
    assert (code, out) == (0, "mine.npz: 2 shapes of 'kuba chair' removed; 1 shape of 1 label now\n")
    assert ShapeMemory.load(tmp_path / "mine.npz").labels == ("lamp",)
    assert run("memory", "remove", "Kuba chair", "--memory", "mine.npz").code == 1


def test_one_bad_picture_leaves_all_as_it_was(run, tmp_path, shapes):
    run("memory", "add", shapes / "lamp", "--memory", "mine.npz", "--label", "lamp")
    before = (tmp_path / "mine.npz").read_bytes()
    Image.fromarray(np.full((40, 40, 3), 120, np.uint8)).save(shapes / "photo.png")
    for file in ("mine.npz", "other.npz"):
        code, out, err = run("memory", "add", shapes, "--memory", file)
        assert (code, out) == (1, "")
        assert err.startswith(f"Error: {shapes / 'photo.png'}: is no silhouette")
        assert err.count("\n") == 1
    assert (tmp_path / "mine.npz").read_bytes() == before
    assert not (tmp_path / "other.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "gone", "--memory", "m.npz"), "gone: no such file or folder; check the path"),
        (("add", "shapes", "--memory", "m.txt"), "--memory m.txt: must be a file such as mine.npz"),
        (("add", "shapes", "--memory", "m.npz", "--label", " "), "--label: must name what the shapes show"),
        (("add", "m.npz", "--memory", "m.npz"), "--memory m.npz: would replace SOURCE"),
        (("show", "lamp", "--memory", "m.npz", "--out", "a.jpg"), "--out a.jpg: the sheet is a PNG"),
        (("list", "--memory", "gone.npz"), "gone.npz: missing or damaged shape memory (no such file)"),
        (("remove", "lamp", "--memory", "gone.npz"), "gone.npz: missing or damaged shape memory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("shapes")
def test_bad_input_ends_in_one_clear_line(run, arguments, message):
    if "m.npz" in arguments[1:2]:
        Path("m.npz").write_bytes(b"")
    code, _, err = run("memory", *arguments)
    assert code in (1, 2)
    assert err.startswith(f"Error: {message}")
    assert err.count("\n") == 1


def test_codes_of_another_codec_are_refused(run, shapes, coder):
    run("memory", "add", shapes, "--memory", "mine.npz")
    coder.digest = "newer"
    code, _, err = run("memory", "add", shapes, "--memory", "mine.npz")
    assert code == 1
    assert "codes are of the codec blocks, this release has newer" in err


def test_a_coco_file_gives_its_whole_things(run, tmp_path):
    whole, cut = np.zeros((2, 120, 160), bool)
    whole[30:100, 40:90] = cut[50:120, 100:160] = True
    records = [
        {"id": n, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 9, "bbox": [0, 0, 1, 1],
         "segmentation": {"size": [120, 160], "counts": encode_rle(mask)}}
        for n, mask in enumerate((whole, cut), 1)
    ]  # fmt: skip
    content = {
        "images": [{"id": 1, "height": 120, "width": 160, "file_name": "1.jpg"}],
        "categories": [{"id": 1, "name": "chair"}],
        "annotations": records,
    }
    (tmp_path / "set.json").write_text(json.dumps(content))
    code, out, err = run("memory", "add", "set.json", "--memory", "mine.npz")
    assert (code, out) == (0, "mine.npz: 1 shape added; 1 shape of 1 label now\n  chair: 1\n")
    assert err == "left out: 1 x shape that reaches the border of the photo, first at coco:1 (chair)\n"
    found = ShapeMemory.load(tmp_path / "mine.npz").entry(0)
    assert (found.style, found.group) == ("photo", "set:coco:1")


def test_a_parquet_file_keeps_what_it_says_of_its_shapes(run, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    mask = np.ones((30, 20), bool)
    row = {
        "source": "phylopic", "group": "7", "label": "bee", "parent": "insect", "height": 30, "width": 20,
        "counts": encode_rle(mask), "aspect_true": 0.66, "whole": True, "style": "drawing", "use": "bank",
        "licence": "CC0 A. Author",
    }  # fmt: skip
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "set.parquet")
    assert run("memory", "add", "set.parquet", "--memory", "mine.npz").code == 0
    memory = ShapeMemory.load(tmp_path / "mine.npz")
    assert memory.of_label("insect").tolist() == [0]
    assert (memory.entry(0).licence, memory.entry(0).style) == ("CC0 A. Author", "drawing")
    assert memory.entry(0).aspect == pytest.approx(0.66)


@pytest.mark.parametrize("name", ["", "add", "list", "show", "remove"])
def test_help_is_as_agreed(run, name):
    """After a wanted change: `COLUMNS=80 smartmask memory ... --help > tests/golden/help_memory_....txt`."""
    code, out, err = run("memory", *([name] if name else []), "--help")
    assert (code, err) == (0, "")
    assert out == (GOLDEN / f"help_memory{'_' if name else ''}{name}.txt").read_text()


def test_help_and_pictures_need_no_library_of_the_data(shapes):
    script = (
        "import sys; from block_coder import BlockCoder; from smartmask.apps.cli import memory, main; "
        "memory.load_coder = BlockCoder; code = main.main(sys.argv[1:]); "
        "sys.exit(code or sorted({'pyarrow', 'cv2', 'torch', 'pycocotools'} & set(sys.modules)) or 0)"
    )
    command_line = [sys.executable, "-c", script, "memory", "add", "shapes", "--memory", "mine.npz"]
    result = subprocess.run(
        command_line, capture_output=True, text=True, timeout=60, check=False, cwd=shapes.parent,
        env={"PYTHONPATH": str(Path(inspect.getfile(BlockCoder)).parent), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
