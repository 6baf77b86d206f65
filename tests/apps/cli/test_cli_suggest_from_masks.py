"""`smartmask suggest` with a mask to begin from, and with what is to be avoided."""

import json

import numpy as np
import pytest
from PIL import Image
from suggest_files import SIZE_HW, drawing, layout_file, read

from smartmask.apps.load import SmartMask
from smartmask.data.layout_files import read_layout
from smartmask.scene.rle import decode_rle, encode_rle
from smartmask.weights import WEIGHTS


def test_what_to_avoid_is_recorded_beside_a_scribble(run, photo, tmp_path, smartmask_parts):
    drawn, barred = drawing(tmp_path / "drawn.png"), np.zeros(SIZE_HW, np.uint8)
    barred[20:30, 30:60] = 255
    Image.fromarray(barred).save(tmp_path / "barred.png")
    code, _, err = run("suggest", photo, "a ball", "--scribble", drawn, "--avoid", "barred.png", "-n", 1)
    assert code == 0, err
    record = json.loads((tmp_path / "out" / "suggestions.json").read_text())
    assert np.array_equal(decode_rle(record["guidance"]["avoid"], SIZE_HW), barred > 0)


def test_masks_like_one_and_between_two_are_drawn_and_recorded(run, photo, tmp_path):
    if not (WEIGHTS / "chooser.npz").is_file():
        pytest.skip("the shipped weights are not in the package yet")
    models, like = SmartMask.load(), drawing(tmp_path / "one.png")
    other = Image.fromarray(np.roll(read(like), 20, 1))
    other.save(tmp_path / "other.png")
    layout = layout_file(tmp_path / "layout.json")
    like_mask = read(like) > 0
    for options, expected, kept in (
        (
            ("--change", 0.25),
            models.more_like(read_layout(layout), "a ball", like_mask, 0.25, 2),
            "change",
        ),
        (
            ("--toward", "other.png"),
            models.between(read_layout(layout), "a ball", like_mask, np.asarray(other) > 0, 2),
            "toward",
        ),
    ):
        code, _, err = run("suggest", photo, "a ball", "--layout", layout, "--like", like, *options, "-n", 2)
        assert code == 0, err
        record = json.loads((tmp_path / "out" / "suggestions.json").read_text())
        assert np.array_equal(decode_rle(record["like"]["counts"], SIZE_HW), read(like) > 0)
        assert kept in record
        assert [one["counts"] for one in record["suggestions"]] == [encode_rle(one.mask) for one in expected]


def test_a_turned_mask_is_recorded_and_told_how_to_be_turned_further(run, photo, tmp_path):
    if not (WEIGHTS / "chooser.npz").is_file():
        pytest.skip("the shipped weights are not in the package yet")
    layout = layout_file(tmp_path / "layout.json")
    asked = ("suggest", photo, "a chair", "--layout", layout)
    code, out, err = run(*asked, "--box", "10,5,50,45", "-n", 4)
    assert code == 0, err
    record = json.loads((tmp_path / "out" / "suggestions.json").read_text())
    like = next(one for one in record["suggestions"] if one["origin"] and one["origin"]["views"] > 1)
    shape = like["origin"]["shape"]
    assert f"--shape {shape.split()[0]}" in out.replace("'", "")
    path = tmp_path / "like.png"
    path.write_bytes((tmp_path / "out" / like["mask"]).read_bytes())
    code, _, err = run(*asked, "--like", path, "--turn", -1, "--shape", shape)
    assert code == 0, err
    record = json.loads((tmp_path / "out" / "suggestions.json").read_text())
    (turned,) = record["suggestions"]
    assert (record["turn"], record["shape"], record["like"]["counts"]) == (-1, shape, like["counts"])
    assert turned["origin"]["group"] == like["origin"]["group"]
    assert turned["origin"]["shape"] != shape
    expected = SmartMask.load().turn(read_layout(layout), "a chair", path, -1, shape=shape)
    assert turned["counts"] == encode_rle(expected.mask)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--turn", 1), "--turn and --shape go together"),
        (("--shape", "1"), "--turn and --shape go together"),
        (("--turn", 1, "--shape", "1"), "--turn goes with --like"),
        (("--turn", 1, "--shape", "1", "--like", "one.png", "--change", 0.5), "--turn takes no --toward"),
    ],
)
def test_what_does_not_go_with_turning_is_a_usage_error(run, photo, tmp_path, options, message):
    drawing(tmp_path / "one.png")
    code, _, err = run("suggest", photo, "a chair", *options)
    assert code == 2
    assert message in err


def test_a_change_that_is_no_number_is_one_line(run, photo, tmp_path):
    like = drawing(tmp_path / "one.png")
    layout = layout_file(tmp_path / "layout.json")
    code, _, err = run("suggest", photo, "a ball", "--layout", layout, "--like", like, "--change", "nan")
    assert code == 2
    assert "--change must be from 0 to 1, not nan" in err
