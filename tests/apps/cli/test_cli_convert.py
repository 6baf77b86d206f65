"""`smartmask convert`: any format into any other."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.apps.cli.segmenting.segment import FORMATS
from smartmask.data.layout_files import read_layout, write_layout
from smartmask.data.layout_formats import FILE_NAMES, SEEN_ONLY, read_any_layout
from smartmask.data.layouts.coco_instances import CocoInstances
from smartmask.scene.layout import Layer, Layout

GOLDEN = Path(__file__).parents[2] / "golden" / "help_convert.txt"


@pytest.fixture
def layout(tmp_path) -> Layout:
    """A cat before a wall, on disk as layout.json."""
    wall, cat = np.ones((72, 96), bool), np.zeros((72, 96), bool)
    cat[20:50, 30:60] = True
    made = Layout((72, 96), (Layer("wall", wall, "amodal"), Layer("cat", cat, "amodal")))
    write_layout(tmp_path / "layout.json", made)
    return made


@pytest.mark.parametrize("middle", FORMATS)
def test_there_and_back_again(run, tmp_path, layout, middle):
    code, out, err = run("convert", "layout.json", "--to", middle, "--out", "there")
    assert code == 0
    assert out.startswith(f"2 layers of layout.json as {middle}:\n  there/{FILE_NAMES[middle]}\n")
    loss = f"Note: {middle} keeps only what is seen; 1 of 2 layers is partly or wholly hidden.\n"
    assert err == (loss if middle in SEEN_ONLY else "")
    assert run("convert", f"there/{FILE_NAMES[middle]}", "--to", "json", "--out", "back.json").code == 0
    back = read_layout(tmp_path / "back.json")
    assert back.labels == layout.labels
    assert np.array_equal(back.visible_index(), layout.visible_index())
    if middle not in SEEN_ONLY:
        assert all(np.array_equal(a.mask, b.mask) for a, b in zip(back.layers, layout.layers, strict=True))


@pytest.mark.usefixtures("layout")
def test_out_is_a_file_or_a_folder(run, tmp_path):
    (tmp_path / "v1.2").mkdir()
    for out, written in [
        ("new/deep.psd", "new/deep.psd"),
        ("folder", "folder/layout.psd"),
        ("v1.2", "v1.2/layout.psd"),
    ]:
        assert run("convert", "layout.json", "--to", "psd", "--out", out).code == 0
        assert (tmp_path / written).is_file()
    code, _, err = run("convert", "layout.json", "--to", "psd", "--out", "x.png")
    assert (code, err) == (2, "Error: 'x.png' is no name for psd; it must end in .psd\n")


@pytest.mark.usefixtures("layout")
def test_layers_are_cut_out_of_the_photo(run, photo, tmp_path):
    from psd_tools import PSDImage

    assert run("convert", "layout.json", "--to", "psd", "--photo", photo, "--out", "x.psd").code == 0
    psd = PSDImage.open(tmp_path / "x.psd")
    with Image.open(photo) as image:
        assert np.array_equal(np.asarray(psd[-1].topil().convert("RGB")), np.asarray(image)[20:50, 30:60])
    assert run("convert", "layout.json", "--to", "labelme", "--photo", photo, "--out", "deep/x").code == 0
    assert json.loads((tmp_path / "deep/x/labelme.json").read_text())["imagePath"] == "../../photo.png"


def test_one_image_of_a_coco_file(run, tmp_path, layout):
    file = CocoInstances()
    file.add(layout, "a.jpg")
    file.add(layout.first(1), "b.jpg")
    (tmp_path / "all.json").write_bytes(file.content())
    assert run("convert", "all.json", "--image", "b.jpg", "--to", "json", "--out", "b.json").code == 0
    assert read_layout(tmp_path / "b.json").labels == ("wall",)
    code, _, err = run("convert", "all.json", "--to", "json", "--out", "c.json")
    assert code == 1
    assert "expected one image, found 2; name one by its file name or id; it holds 'a.jpg', 'b.jpg'" in err
    assert not (tmp_path / "c.json").exists()


def test_names_of_a_label_map_may_lie_elsewhere(run, tmp_path, layout):
    assert run("convert", "layout.json", "--to", "label-map-csv", "--out", "map").code == 0
    (tmp_path / "map" / "labels.csv").rename(tmp_path / "names.csv")
    code, _, err = run("convert", "map/labels.png", "--to", "json", "--out", "x.json", "--names", "names.csv")
    assert (code, err) == (0, "")
    assert read_any_layout(tmp_path / "x.json").labels == layout.labels


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["gone.json", "--to", "psd", "--out", "x"], 1, "gone.json: cannot be read (No such file"),
        (["photo.png", "--to", "psd", "--out", "x"], 1, "photo.png: a label map needs the names"),
        (["layout.json", "--to", "psd"], 2, "Missing option '--out'"),
        (["layout.json", "--to", "svg", "--out", "x"], 2, "'svg' is not one of"),
        (["layout.json", "--to", "json", "--out", "."], 2, "would replace the input layout.json"),
        (["layout.json", "--to", "psd", "--out", "x", "--names", "n.csv"], 2, "names were given for layout."),
        (["layout.json", "--to", "psd", "--out", "x", "--photo", "small.png"], 2, "the photo is 9x9 but the"),
        (["layout.json", "--to", "psd", "--out", "x", "--photo", "gone.png"], 1, "gone.png: no such file"),
        (["layout.json", "--to", "psd", "--out", "x", "--max-megapixels", "0.001"], 1, "above the limit of"),
        (["layout.json", "--to", "psd", "--out", "photo.png/x"], 2, "photo.png is a file; give a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_requests_are_one_line(run, photo, tmp_path, arguments, code, message):
    assert photo.name == "photo.png"
    Image.new("RGB", (9, 9)).save(tmp_path / "small.png")
    before = sorted(tmp_path.rglob("*"))
    found = run("convert", *arguments)
    assert found.code == code
    assert message in found.err
    assert found.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_help_is_as_agreed(run):
    """After a wanted change: `COLUMNS=80 smartmask convert --help > tests/golden/help_convert.txt`."""
    code, out, err = run("convert", "--help")
    assert (code, err) == (0, "")
    assert out == GOLDEN.read_text()
