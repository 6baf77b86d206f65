"""Every command that takes a hint takes it alike, and says so if a drawing looks inverted."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapes import disc, rectangle

from smartmask.apps.cli.main import commands
from smartmask.pipelines.insertion.history_files import read_history
from smartmask.scene.guidance import Scribble
from smartmask.scene.rle import decode_rle

SIZE_HW = (72, 96)
DRAWN, BARRED = disc(SIZE_HW, (50, 40), 20), rectangle(SIZE_HW, (20, 10, 45, 70))
closed_form = pytest.mark.parametrize("smartmask_parts", ["closed form"], indirect=True)


@pytest.fixture(autouse=True)
def drawings(tmp_path) -> None:
    """White on black, black on white, a cut-out."""
    for name, mask in (("drawn", DRAWN), ("barred", BARRED), ("black_on_white", ~DRAWN)):
        Image.fromarray(mask.astype(np.uint8) * np.uint8(255)).save(tmp_path / f"{name}.png")
    cutout = np.dstack([np.full((*SIZE_HW, 3), 90, np.uint8), DRAWN.astype(np.uint8) * np.uint8(255)])
    Image.fromarray(cutout).save(tmp_path / "ball.png")


def hint_of(folder: Path) -> dict:
    hint: dict = json.loads((folder / "out" / "suggestions.json").read_text())["guidance"]
    return hint


def test_the_commands_share_the_declarations_of_their_hints():
    suggest, insert = (
        {parameter.name: parameter.to_info_dict() for parameter in commands.commands[name].params}
        for name in ("suggest", "insert")
    )
    for name in ("box", "region", "scribble", "avoid", "invert_mask", "scene", "layout_path", "weights"):
        assert suggest[name] == insert[name]


@closed_form
def test_an_insertion_leaves_free_what_a_scribble_is_to_avoid(run, photo, tmp_path, smartmask_parts):
    expected = smartmask_parts.suggest(photo, "a ball", guidance=Scribble(DRAWN, BARRED), n=4)[0].mask
    common = ("insert", photo, "a ball", "--inpainter", "reference:ball.png")
    code, _, err = run(*common, "--scribble", "drawn.png", "--avoid", "barred.png")
    assert (code, err) == (0, "")
    assert np.array_equal(read_history(tmp_path / "out" / "history_0.json").steps[0].mask, expected)
    step = {
        "prompt": "a ball",
        "inpainter": "reference:ball.png",
        "scribble": "drawn.png",
        "avoid": "barred.png",
    }
    (tmp_path / "steps.json").write_text(json.dumps([step]))
    assert run("insert", photo, "--steps", "steps.json", "--out", "steps").code == 0
    assert np.array_equal(read_history(tmp_path / "steps" / "history_0.json").steps[0].mask, expected)


@closed_form
@pytest.mark.parametrize("kind", ["region", "scribble"])
def test_what_looks_inverted_is_noted_and_can_be_inverted(run, photo, tmp_path, smartmask_parts, kind):
    common = ("suggest", photo, "a ball", f"--{kind}", "black_on_white.png", "-n", 1)
    code, _, err = run(*common)
    assert code == 0
    share = f"{(~DRAWN).mean():.0%}"
    assert err == (
        f"Note: black_on_white.png selects {share} of the photo and all four corners, since what is white or "
        "opaque counts; if that is the ground, give --invert-mask.\n"
    )
    assert np.array_equal(decode_rle(hint_of(tmp_path)["counts"], SIZE_HW), ~DRAWN)
    code, _, err = run(*common, "--invert-mask")
    assert (code, err) == (0, "")
    assert np.array_equal(decode_rle(hint_of(tmp_path)["counts"], SIZE_HW), DRAWN)


@closed_form
def test_an_inverted_mask_is_inserted(run, photo, tmp_path, smartmask_parts):
    common = ("insert", photo, "a ball", "--inpainter", "reference:ball.png", "--mask", "black_on_white.png")
    assert run(*common, "--invert-mask").code == 0
    assert np.array_equal(read_history(tmp_path / "out" / "history_0.json").steps[0].mask, DRAWN)


@closed_form
def test_a_large_drawing_that_leaves_a_corner_free_brings_no_note(run, photo, tmp_path, smartmask_parts):
    Image.fromarray(rectangle(SIZE_HW, (0, 0, 96, 60)).astype(np.uint8) * np.uint8(255)).save("large.png")
    code, _, err = run("suggest", photo, "a ball", "--region", "large.png", "-n", 1)
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("no_models")
def test_nothing_left_of_an_inverted_drawing_is_one_line(run, photo):
    Image.new("L", SIZE_HW[::-1], 255).save("white.png")
    code, out, err = run("suggest", photo, "a ball", "--scribble", "white.png", "--invert-mask")
    assert (code, out) == (2, "")
    assert err == "Error: white.png: nothing is left of it inverted; leave out --invert-mask\n"
