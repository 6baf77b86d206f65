"""The contact sheet, the report and the command that writes them."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapes import rectangle, room, scene_of

from smartmask.apps.contact_sheet import TILE_WH, contact_sheet, draw_example, draw_scene
from smartmask.apps.drawing import ACCENT, HINT, INK, PAGE_WIDTH
from smartmask.apps.inspect_report import KINDS, guidance_examples, inspect_report
from smartmask.data.examples.example import Example
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import DatasetSpec, shard_name, write_shard, write_spec
from smartmask.data.statistics import scene_statistics
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.view import View

SECTIONS = ("made", "figures", "labels", "scenes", "examples")
EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    """What a browser would find: the tags that stay open, the sections, the images, all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.sections: list[str | None] = []
        self.images: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img", "line", "rect"):
            self.open.append(tag)
        if tag == "section":
            self.sections.append(dict(attrs)["id"])
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "img", "line", "rect"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def report(
    scenes: list[LayeredScene],
    made: dict[str, str] | None = None,
    *,
    title: str = "rooms",
    seed: int = 0,
    shown: int | None = None,
) -> str:
    """The report with one example of each kind."""
    rng = np.random.default_rng(seed)
    return inspect_report(title, made or {}, scene_statistics(scenes), scenes[:shown], rng, per_kind=1)


def counted(picture: Image.Image, colour: tuple[int, ...], tolerance: int = 12) -> int:
    return int((np.abs(np.asarray(picture).astype(int) - colour).max(-1) <= tolerance).sum())


def test_the_report_holds_every_section_and_stands_alone():
    scenes = [room(number, is_exact=True) for number in range(3)]
    text = report(scenes, {"Source": "tests", "seed": "7"})
    page = Page(text)
    assert page.open == []
    assert page.sections == list(SECTIONS)
    for words in (
        "rooms",
        "tests",
        "3 scenes, 12 layers, 4 labels",
        "COCOA",
        "0.58",
        "0.19",
        "0.05",
        "room:2",
    ):
        assert words in page.text
    for kind in KINDS.values():
        assert f"Guidance: {kind}" in page.text
    assert "No example came up" not in page.text
    assert len(page.images) == 3 + len(KINDS)
    for image in page.images:
        source = image["src"] or ""
        assert source.startswith("data:image/png;base64,")
        Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).verify()
    assert "script" not in page.tags
    assert not re.search(r"https?://|@import|url\(", text)


def test_all_text_of_the_data_is_escaped():
    mask = rectangle((60, 80), (10, 10, 60, 50))
    scene = scene_of({f"{EVIL}'\"&": mask, "ball": mask}, key=EVIL, texts=[EVIL], regions=())
    scene = replace(scene, layers=tuple(replace(layer, texts=(EVIL,)) for layer in scene.layers))
    text = report([scene], {EVIL: EVIL}, title=EVIL)
    assert "<script" not in text
    page = Page(text)
    assert page.open == []
    assert page.text.count(EVIL) > 6
    assert len(page.images) > 1


def test_layers_are_listed_back_to_front_with_what_is_hidden():
    back, front = rectangle((60, 80), (10, 10, 50, 50)), rectangle((60, 80), (30, 10, 70, 50))
    text = report([scene_of({"rug": back, "cat": front}, regions=())])
    assert re.search(
        r"<ol start='0'><li>rug <span class='faint'>50% hidden</span></li><li>cat</li></ol>", text
    )


def test_without_whole_objects_the_report_says_so():
    scene = room()
    seen = replace(scene, layers=tuple(replace(layer, extent="visible") for layer in scene.layers))
    text = report([seen])
    assert "Only the visible parts" in text
    assert "Hidden share of" not in text


def test_a_report_of_no_layers_says_so():
    assert "There are no layers yet" in report([replace(room(), layers=())])


def test_a_small_dataset_has_a_size_in_kilobytes():
    scenes = [room()]
    sizes = {}
    for size in (2_300, 2_300_000):
        statistics = scene_statistics(scenes, bytes_on_disk=size)
        sizes[size] = inspect_report("rooms", {}, statistics, scenes, np.random.default_rng(0), per_kind=1)
    assert "<td>2.3 kB</td>" in sizes[2_300]
    assert "<td>2.3 MB</td>" in sizes[2_300_000]


def test_without_things_there_are_no_examples():
    text = report([scene_of({"floor": np.ones((60, 80), bool)})])
    assert text.count("No example came up") == len(KINDS)


def test_only_the_most_frequent_labels_are_listed():
    mask = rectangle((30, 40), (5, 5, 25, 25))
    scenes = [scene_of({f"kind {number}": mask}, key=str(number)) for number in range(120)]
    text = report(scenes, shown=1)
    assert "The 100 most frequent of 120." in text
    assert len(re.findall(r"<span title='kind \d+'", text)) == 100


def test_scenes_of_any_number_of_layers_share_few_bars():
    mask = rectangle((30, 40), (5, 5, 25, 25))
    scenes = [scene_of({f"kind {n}": mask for n in range(count)}, key=str(count)) for count in (1, 90)]
    text = report(scenes, shown=1)
    assert "<title>1-5: 1 (50.0%)</title>" in text
    assert "<title>86-90: 1 (50.0%)</title>" in text


def test_examples_of_every_kind_follow_from_the_seed():
    scenes = [room(number, is_exact=True) for number in range(2)]
    found = guidance_examples(scenes, 2, np.random.default_rng(5))
    for kind, examples in found.items():
        assert [type(example.guidance) for example in examples] == [kind] * 2

    def outlines(seed: int) -> bytes:
        drawn = guidance_examples(scenes, 2, np.random.default_rng(seed))
        return b"".join(example.target.tobytes() for examples in drawn.values() for example in examples)

    assert outlines(5) == outlines(5) != outlines(6)


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (4, 4, 1), (5, 4, 2)])
def test_the_sheet_has_a_cell_for_each_scene(count, columns, rows):
    sheet = contact_sheet([room(number) for number in range(count)], "rooms")
    assert sheet.width <= PAGE_WIDTH
    width, height = TILE_WH
    assert columns * width < sheet.width < (columns + 1) * width or columns == 1
    assert rows * height < sheet.height < rows * (height + 80) + 120


def test_the_sheet_takes_scenes_of_any_shape_and_none():
    tall, wide = (scene_of({"wall": np.ones(size_hw, bool)}) for size_hw in ((90, 30), (20, 300)))
    assert contact_sheet([tall, wide], "odd").height > TILE_WH[1]
    assert contact_sheet([], "empty").width > 0


def test_hidden_outlines_are_dotted_and_regions_have_none():
    back, front = rectangle((60, 80), (10, 10, 50, 50)), rectangle((60, 80), (40, 5, 70, 55))

    def outline(scene: LayeredScene) -> np.ndarray:
        column = np.asarray(draw_scene(scene, 400).convert("L"))[60:240, 249]
        return column < 90  # the column where the rear object ends behind the other

    drawn = outline(scene_of({"rug": back, "cat": front}, regions=()))
    assert 0.3 < drawn.mean() < 0.7
    assert not outline(scene_of({"rug": back, "cat": front}, regions=("rug",))).any()


def test_an_example_shows_the_outline_the_hint_and_what_lies_beyond():
    index = np.zeros((64, 64), np.int16)
    index[:16] = OUTSIDE
    target = rectangle((64, 64), (20, 24, 44, 56))
    view = View.whole(index.shape, 64)
    example = Example(index, ("floor",), target, NoGuidance(), "a cat", None, view, 0.0, True)
    plain = draw_example(example, 256)
    assert plain.size == (256, 256)
    assert counted(plain.crop((0, 0, 256, 60)), INK) == 60 * 256
    assert counted(plain, ACCENT, 40) > 300
    hinted = draw_example(replace(example, guidance=Box((20, 24, 44, 56))), 256)
    assert counted(hinted, HINT, 40) > 100 + counted(plain, HINT, 40)
    assert plain.getpixel((10, 240)) == hinted.getpixel((10, 240))


@pytest.fixture
def dataset(tmp_path) -> Path:
    """Six rooms in two shards."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    write_spec(folder, DatasetSpec(source="tests", settings={"seed": 3}, scenes_per_shard=4))
    write_shard(folder / shard_name(0), [room(number, is_exact=True) for number in range(4)])
    write_shard(folder / shard_name(1), [room(number, is_exact=True) for number in (4, 5)])
    return folder


def test_the_command_writes_both_files(run, dataset, tmp_path):
    code, out, err = run("data", "inspect", dataset, "--out", "deep/look", "--scenes", 99)
    assert (code, err) == (0, "")
    folder = tmp_path / "deep" / "look"
    assert sorted(path.name for path in folder.iterdir()) == ["contact_sheet.png", "report.html"]
    assert "6 scenes, 24 layers, 4 labels" in out
    page = Page((folder / "report.html").read_text("utf-8"))
    assert page.sections == list(SECTIONS)
    assert "6 of 6, drawn by chance" in page.text
    assert "2 of up to 4 scenes" in page.text
    assert re.findall(r"room:(\d)", page.text) == list("012345")  # in the dataset's order
    with Image.open(folder / "contact_sheet.png") as sheet:
        assert sheet.width > 4 * TILE_WH[0]
    assert json.loads((dataset / "dataset.json").read_text())["settings"] == {"seed": 3}


@pytest.mark.slow
def test_the_seed_chooses_the_scenes(run, dataset):
    shown = []
    for seed in (0, 9):
        assert run("data", "inspect", dataset, "--out", str(seed), "--scenes", 2, "--seed", seed).code == 0
        shown.append(re.findall(r"<b>room:(\d)", Path(str(seed), "report.html").read_text("utf-8")))
    assert len(shown[0]) == len(shown[1]) == 2
    assert shown[0] != shown[1]


def test_what_cannot_be_inspected_ends_in_one_line(run, dataset, tmp_path):
    (tmp_path / "empty").mkdir()
    write_spec(tmp_path / "empty", DatasetSpec(source="tests", scenes_per_shard=4))
    (dataset / shard_name(1)).write_bytes(b"no parquet")
    for name, message in (
        ("gone", "gone/dataset.json: no such file"),
        ("empty", "empty: holds no scenes yet"),
        ("rooms", "shard-000001.parquet: cannot be read as a shard"),
    ):
        code, out, err = run("data", "inspect", name)
        assert (code, out) == (1, "")
        assert err.startswith("Error: ")
        assert message in err
        assert err.count("\n") == 1
    assert not (tmp_path / "inspect").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenes", "0"], "Error: Invalid value for '--scenes'"),
        (["--seed", "-1"], "Error: Invalid value for '--seed'"),
        (["--out", "rooms/dataset.json"], "Error: --out rooms/dataset.json: rooms/dataset.json is a file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_values(run, dataset, options, message):
    code, out, err = run("data", "inspect", "rooms", *options)
    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
