"""The tables of `docs/LIMITS.md` hold the constants, and each lets through what it says and no more."""

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from smartmask.apps.serve.limits import Limits
from smartmask.data.layout_files import read_layout
from smartmask.data.layouts.archive import Archive
from smartmask.data.layouts.checks import check_drawn_pixels, check_layer_count, parse_json
from smartmask.data.layouts.polygons import check_outlines, check_points
from smartmask.data.layouts.psd import psd_bytes
from smartmask.errors import SmartMaskError
from smartmask.files import read_regular
from smartmask.pipelines.planning.plan import check_plan_request
from smartmask.pipelines.suggest import check_request
from smartmask.scene.guidance import NoGuidance
from smartmask.scene.layout import Layer, Layout

PAGE = (Path(__file__).parents[1] / "docs/LIMITS.md").read_text("utf-8")
TABLE = {
    constant: float(limit.replace(",", ""))
    for limit, constant in re.findall(r"^\|[^|]+\| ([\d,]+) \| `(smartmask[.\w]+)` \|", PAGE, re.MULTILINE)
}
SERVED = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+) \|$", PAGE, re.MULTILINE))


def test_the_tables_are_those_of_the_code():
    assert len(TABLE) > 15
    for constant, limit in TABLE.items():
        module, _, name = constant.rpartition(".")
        assert getattr(import_module(module), name) == limit, constant
    found = {field.name: field.default for field in fields(Limits)}
    assert {name: float(limit.replace(",", "")) for name, limit in SERVED.items()} == found


def sized(count: int, folder: Path, most: int) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(count)
    read_regular(folder / "large", most)


def canvas(megapixels: float, folder: Path) -> None:
    size_hw = [1000, round(megapixels * 1000)]
    path = folder / "layout.json"
    path.write_text(
        json.dumps({"format": "smartmask-layout", "version": 1, "size_hw": size_hw, "layers": []})
    )
    read_layout(path)


def zipped(count: int, folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        for number in range(count):
            file.writestr(str(number), b"")
    with Archive(folder / "a.zip"):
        pass


def layered(count: int, folder: Path) -> None:
    layer = Layer("wall", np.ones((1, 1), bool))
    Layout((1, 1), (layer,) * count)


def asked(prompt: str = "a dog", n: int = 1) -> None:
    check_request(prompt, None, NoGuidance(), n, 0, (9, 9))


def wide(side: int, folder: Path) -> None:
    psd_bytes(Layout((1, side), (Layer("wall", np.ones((1, side), bool)),)), None, None)


# Each is given as many as the limit says, and one more, and raises of the second alone.
AT: dict[str, Callable[[int, Path], object]] = {
    "photos.MAX_MEGAPIXELS": canvas,
    "checks.MASKS_A_CANVAS": lambda count, folder: check_layer_count(count, (10_000, 10_000), "it"),
    "checks.MAX_DRAWN_MEGAPIXELS": lambda count, folder: check_drawn_pixels(count, (1000, 1000), "it"),
    "layout.MAX_LAYERS": layered,
    "files.MAX_FILE_BYTES": lambda count, folder: sized(count, folder, 256 * 2**20),
    "checks.MAX_JSON_BYTES": lambda count, folder: parse_json(b'"' + b"a" * (count - 2) + b'"', "it"),
    "checks.MAX_JSON_NODES": lambda count, folder: parse_json(b"[" + b'"",' * (count - 1) + b'""]', "it"),
    "checks.MAX_DIGITS": lambda count, folder: parse_json(b"9" * count, "it"),
    "archive.MAX_MEMBERS": zipped,
    "polygons.MAX_POINTS": lambda count, folder: check_points([(1, 1)] * count, (9, 9), "it"),
    "polygons.MAX_COORDINATE": lambda count, folder: check_points([(count, 1)] * 3, (9, 9), "it"),
    "polygons.MAX_OUTLINE_PX": lambda count, folder: check_points(
        [(0, 0), (count / 40, 0)] * 20, (9, 9), "it"
    ),
    "polygons.MAX_OUTLINES_PX": lambda count, folder: check_outlines(count, "it"),
    "psd.MAX_SIDE_PX": wide,
    "suggest.MAX_PROMPT_CHARACTERS": lambda count, folder: asked(prompt="a" * count),
    "suggest.MAX_SUGGESTIONS": lambda count, folder: asked(n=count),
    "plan.MAX_OBJECTS": lambda count, folder: check_plan_request("a room", count, 0),
}


@pytest.mark.parametrize("name", AT)
def test_a_limit_lets_through_as_much_as_it_says_and_no_more(name, tmp_path):
    (limit,) = (int(value) for constant, value in TABLE.items() if constant.endswith(f".{name}"))
    AT[name](limit, tmp_path)
    with pytest.raises((SmartMaskError, ValueError, OSError)):
        AT[name](limit + 1, tmp_path)


@pytest.mark.parametrize(("depth", "message"), [(200, ""), (100_000, "nested too deeply")])
def test_json_nested_without_end_is_an_error(depth, message):
    content = b"[" * depth + b"]" * depth
    if not message:
        assert parse_json(content, "it")
        return
    with pytest.raises(SmartMaskError, match=message):
        parse_json(content, "it")


def test_a_raised_canvas_raises_what_masks_may_take():
    check_layer_count(12, (10_000, 10_000), "it", 200)
    with pytest.raises(SmartMaskError, match="raise --max-megapixels"):
        check_layer_count(13, (10_000, 10_000), "it", 200)
