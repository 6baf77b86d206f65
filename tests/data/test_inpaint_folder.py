"""Pictures to learn inpainting from."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inpaint_pictures import SIZES_HW, picture_folder
from PIL import Image

from smartmask.data.inpaint_folder import InpaintFolder
from smartmask.errors import AnnotationError

R = 32


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> InpaintFolder:
    """Four pictures of several sizes, with segmentations."""
    return InpaintFolder(picture_folder(tmp_path_factory.mktemp("pictures")), needs_segmentation=True)


@given(st.integers(0, 3), st.integers(0, 1000))
def test_every_square_holds_some_of_its_mask_and_follows_from_the_seed(shared, number, seed):
    example = shared.example(number, R, np.random.default_rng(seed))
    assert example.image.shape == (R, R, 3)
    assert example.mask.shape == (R, R)
    assert example.mask.any()
    assert example.size_hw == SIZES_HW[number]
    top, left = example.corner_yx
    scale = R / min(example.size_hw)
    assert 0 <= top <= round(example.size_hw[0] * scale) - R
    assert 0 <= left <= round(example.size_hw[1] * scale) - R
    again = shared.example(number, R, np.random.default_rng(seed))
    assert np.array_equal(example.image, again.image)
    assert example.corner_yx == again.corner_yx


def test_picture_mask_and_segmentation_stay_on_top_of_one_another(shared):
    """The object is red in the picture and blue in the segmentation, on grey."""
    for number in range(4):
        example = shared.example(number, R, np.random.default_rng(number))
        inside, outside = example.image[example.mask].mean(0), example.image[~example.mask].mean(0)
        assert inside[0] > inside[1] + 80
        assert abs(outside[0] - outside[1]) < 40
        blue = (example.segmentation == (0, 0, 255)).all(-1)
        assert (blue != example.mask).mean() < 0.06
        assert set(map(tuple, example.segmentation.reshape(-1, 3).tolist())) <= {(0, 0, 255), (90, 90, 90)}


def test_without_a_segmentation_there_is_none(tmp_path):
    folder = InpaintFolder(picture_folder(tmp_path, with_segmentation=False))
    assert len(folder) == 4
    assert folder.example(0, R, np.random.default_rng(0)).segmentation is None


def rewrite(folder: Path, **changes: object) -> None:
    """Change the second line's record; None takes an entry out."""
    lines = (folder / "metadata.jsonl").read_text().splitlines()
    record = {**json.loads(lines[1]), **changes}
    lines[1] = json.dumps({name: value for name, value in record.items() if value is not None})
    (folder / "metadata.jsonl").write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mask": None}, "line 2: entries unknown or missing: mask"),
        ({"caption": "a dog"}, "line 2: entries unknown or missing: caption"),
        ({"segmentation": None}, "line 2: entries unknown or missing: segmentation"),
        ({"image": "gone.png"}, "line 2: no such file: .*gone.png"),
        ({"text": 3}, "line 2: must be an object of texts"),
    ],
    ids=["a missing entry", "an unknown one", "no segmentation", "a missing file", "a number"],
)
def test_a_line_that_breaks_its_form_is_named(tmp_path, changes, message):
    rewrite(picture_folder(tmp_path), **changes)
    with pytest.raises(AnnotationError, match=message):
        InpaintFolder(tmp_path, needs_segmentation=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("", "names no picture"),
        ("{", "line 1: is not JSON"),
        ("[]", "line 1: must be"),
    ],
    ids=["missing", "empty", "half a line", "a list"],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path, content, message):
    if content is not None:
        (tmp_path / "metadata.jsonl").write_text(content)
    with pytest.raises(AnnotationError, match=message):
        InpaintFolder(tmp_path)


def test_an_empty_mask_and_a_segmentation_of_another_size_are_errors(tmp_path):
    folder = InpaintFolder(picture_folder(tmp_path))
    Image.fromarray(np.zeros((40, 60), np.uint8)).save(tmp_path / "mask0.png")
    Image.new("RGB", (61, 40)).save(tmp_path / "seg1.png")
    with pytest.raises(AnnotationError, match=r"mask0\.png: nothing is drawn"):
        folder.example(0, R, np.random.default_rng(0))
    with pytest.raises(AnnotationError, match=r"seg1\.png: is 61x40 but its photo is"):
        folder.example(1, R, np.random.default_rng(0))
