"""Pictures come back from PNG files as they were; other names are refused."""

import numpy as np
import pytest
from PIL import Image

from smartmask.data.picture_files import write_png


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4)], ids=["grey", "RGB", "RGBA"])
def test_a_picture_comes_back_as_it_was(shape, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    write_png(tmp_path / "Picture.PNG", pixels)
    with Image.open(tmp_path / "Picture.PNG") as saved:
        assert saved.format == "PNG"
        assert np.array_equal(np.asarray(saved), pixels)


def test_a_mask_is_written_as_0_and_255(tmp_path):
    write_png(str(tmp_path / "mask.png"), np.array([[True, False]]))
    with Image.open(tmp_path / "mask.png") as saved:
        assert (saved.mode, np.asarray(saved).tolist()) == ("L", [[255, 0]])


@pytest.mark.parametrize("name", ["mask.jpg", "mask", "mask.png.bak"])
def test_another_name_is_refused_before_anything_is_written(name, tmp_path):
    with pytest.raises(ValueError, match=rf"{name}: pictures are written as PNG; give a name that ends in"):
        write_png(tmp_path / name, np.ones((2, 2), bool))
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "mask.png").write_bytes(b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_png(tmp_path / "mask.png", np.ones((2, 2), bool))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("mask.png", b"old")]
