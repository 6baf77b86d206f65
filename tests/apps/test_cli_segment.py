"""`smartmask segment`: files that can be read again, or one line of error."""

import numpy as np
import pytest
from PIL import Image

from smartmask.data.layout_files import read_label_map, read_layout


def test_writes_a_layout_that_can_be_read_again(run, photo, tmp_path, smartmask_parts):
    code, out, err = run("segment", photo, "--out", "deep/room")
    assert (code, err) == (0, "")
    folder = tmp_path / "deep" / "room"
    written = ["labels.json", "labels.png", "layout.json", "overlay.png"]
    assert sorted(path.name for path in folder.iterdir()) == written
    layout = read_layout(folder / "layout.json")
    expected = smartmask_parts.segment(photo)
    assert layout.labels == expected.labels
    assert np.array_equal(layout.visible_index(), expected.visible_index())
    from_map = read_label_map(folder / "labels.png", folder / "labels.json")
    assert set(from_map.labels) == {
        name for name, mask in zip(layout.labels, layout.visible(), strict=True) if mask.any()
    }
    with Image.open(folder / "overlay.png") as overlay:
        assert overlay.size == (1200, 900)
    for name in written:
        assert f"deep/room/{name}" in out


def test_the_result_serves_suggest(run, photo, smartmask_parts):
    assert run("segment", photo, "--out", "room").code == 0
    code, _, err = run("suggest", photo, "a ball", "--layout", "room/layout.json", "-n", 1, "--out", "ball")
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("no_models")
class TestBadInput:
    """Nothing is loaded and nothing written."""

    def test_photo_cannot_be_read(self, run, tmp_path):
        (tmp_path / "notes.jpg").write_text("no image")
        for name, message in [("gone.jpg", "no such file"), ("notes.jpg", "not an image this can read")]:
            code, out, err = run("segment", name)
            assert (code, out) == (1, "")
            assert err.startswith(f"Error: {name}: ")
            assert message in err
            assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--max-megapixels", "0"], "Error: Invalid value for '--max-megapixels'"),
            (["--max-megapixels", "nan"], "Error: max_megapixels must be above 0, not nan"),
            (["--out", "photo.png/here"], "Error: --out photo.png/here: photo.png is a file; give a folder"),
            (["--outt", "here"], "Error: No such option"),
            (["another.png"], "Error: Got unexpected extra argument"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_wrong_values(self, run, photo, arguments, message):
        code, out, err = run("segment", "photo.png", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith(message)
        assert err.count("\n") == 1

    def test_too_many_megapixels(self, run, photo):
        code, _, err = run("segment", photo, "--max-megapixels", "0.001")
        assert code == 1
        assert "96x72 is 0.0 megapixels, above the limit of 0.001; shrink it, or raise" in err
