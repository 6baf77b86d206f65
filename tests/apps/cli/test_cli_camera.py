"""`smartmask camera`: JSON of a layout's camera, and a picture of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image
from seen_places import open_place

from smartmask.data.layout_files import write_layout
from smartmask.scene.camera import Camera

GOLDEN = Path(__file__).parents[2] / "golden" / "help_camera.txt"
CAMERA = Camera.of_horizon(50.0, 1.6, 150.0, (120, 160))


@pytest.fixture
def lawn(tmp_path, run) -> None:
    """Two people on a lawn, as lawn.json in the folder of the command."""
    people = [("person", 1.7, 0.6, 5.0, -1.0), ("person", 1.7, 0.6, 8.0, 1.0)]
    write_layout(tmp_path / "lawn.json", open_place(CAMERA, people))


def test_the_camera_is_printed_and_drawn(run, tmp_path, lawn):
    code, out, err = run("camera", "lawn.json", "--picture", "pictures/camera.png")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["horizon"] == pytest.approx(50, abs=3)
    assert found["height"] == pytest.approx(1.6, rel=0.1)
    assert found["size_hw"] == [120, 160]
    assert set(found["spread"]) == {"horizon", "log_height", "log_focal", "correlation"}
    with Image.open(tmp_path / "pictures" / "camera.png") as picture:
        assert picture.size == (1200, 900)


def test_the_depth_is_written_in_metres_and_as_a_picture(run, tmp_path, lawn):
    for name in ("depth/lawn.npy", "lawn.png"):
        assert run("camera", "lawn.json", "--depth", name).code == 0
    metres = np.load(tmp_path / "depth" / "lawn.npy")
    assert (metres.dtype, metres.shape) == (np.float32, (120, 160))
    assert metres[CAMERA.size_hw[0] - 1, 0] == pytest.approx(CAMERA.depth_at(119.5), rel=0.1)
    assert np.isinf(metres[0]).all()
    with Image.open(tmp_path / "lawn.png") as picture:
        drawn = np.asarray(picture)
    assert (drawn.dtype, drawn.max(), drawn[0].max()) == (np.uint16, 65535, 0)
    order = np.argsort(metres.ravel(), kind="stable")
    assert (np.diff(drawn.ravel()[order].astype(int)) <= 0).all()


def test_what_is_known_is_kept_and_exif_is_read(run, tmp_path, lawn):
    code, out, _ = run("camera", "lawn.json", "--horizon", "48.5", "--focal", "170")
    assert code == 0
    found = json.loads(out)
    assert (found["horizon"], found["focal"], found["spread"]["horizon"]) == (48.5, 170, 0)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLengthIn35mmFilm] = 50
    Image.new("RGB", (160, 120)).save(tmp_path / "lawn.jpg", exif=exif)
    code, out, _ = run("camera", "lawn.json", "--photo", "lawn.jpg")
    assert code == 0
    assert json.loads(out)["focal"] == pytest.approx(50 / 43.27 * 200, abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.json"], 1, "No such file"),
        (["lawn.json", "--horizon", "nan"], 2, "horizon (a row in pixels) must be from"),
        (["lawn.json", "--focal", "0"], 2, "--focal"),
        (["lawn.json", "--photo", "small.png", "--picture", "a.png"], 2, "the photo is 16x12"),
        (["lawn.json", "--picture", "lawn.json"], 2, "would replace the input"),
        (["lawn.json", "--photo", "small.png"], 2, "the photo is 16x12"),
        (["lawn.json", "--picture", "a.jpg"], 2, "--picture a.jpg: the name must end in .png"),
        (["lawn.json", "--picture", "a.png", "--depth", "./a.png"], 2, "would both be a.png"),
        (["lawn.json", "--depth", "a.jpg"], 2, "must end in .npy for metres or .png for a picture"),
    ],
)
def test_failures_are_one_line(run, tmp_path, lawn, arguments, code, message):
    Image.fromarray(np.zeros((12, 16, 3), np.uint8)).save(tmp_path / "small.png")
    got, out, err = run("camera", *arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "a.png").exists()


def test_help_is_golden(run, monkeypatch):
    """After a wanted change: `COLUMNS=80 smartmask camera --help > tests/golden/help_camera.txt`."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run("camera", "--help")
    assert code == 0
    assert out == GOLDEN.read_text()


def test_the_option_that_names_the_file_is_blamed(run, lawn):
    for option, name in (("--depth", "lawn.json/d.npy"), ("--picture", "lawn.json/p.png")):
        code, _, err = run("camera", "lawn.json", option, name)
        assert code == 2
        assert f"{option} {name}: lawn.json is a file; give another name" in err
    code, _, err = run("camera", "lawn.json", "--depth", "d" * 300 + ".npy")
    assert code == 1
    assert "--depth ddd" in err


def test_an_image_of_a_file_that_holds_one_layout_is_refused(run, lawn):
    code, _, err = run("camera", "lawn.json", "--image", "7")
    assert code in (1, 2)
    assert "is no COCO file and holds one layout; leave it out" in err
