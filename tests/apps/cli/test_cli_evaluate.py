"""`smartmask evaluate masks` and `report` from data to report, and each way in which it ends in one line."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from benchmark_results import result
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from PIL import Image
from shapes import dataset_of, room
from shipped import REASON, is_shipped

from smartmask.apps import load_suggest
from smartmask.apps.cli.evaluation import masks
from smartmask.data.layered_scene import LayeredScene, split_of
from smartmask.evaluation.benchmark import measures
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.weights import WEIGHTS


@pytest.fixture
def closed_form(monkeypatch, tmp_path) -> Path:
    """What stands for a weights file; its drawer is exact, as nothing here is about a network's quality."""
    if not is_shipped:
        pytest.skip(REASON)

    def load(
        path: Path, encoder: Any, ranker: Any, threads: int, memory: ShapeMemory | None
    ) -> tuple[SuggestPipeline, SimpleNamespace]:
        assert path == tmp_path / "generator.onnx"
        assert memory is None, "nothing that these suites ask for is in the shipped one"
        drawing = field_drawing(Ellipses(), encoder, RESOLUTION)
        return SuggestPipeline(drawing, ranker, threads), SimpleNamespace(views=7)

    monkeypatch.setattr(load_suggest, "load_shapes", load)
    (tmp_path / "generator.onnx").write_bytes(b"closed form")
    return tmp_path / "generator.onnx"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Rooms under the names of the data sets of two suites."""
    folder = tmp_path_factory.mktemp("data")
    scenes = [room(number) for number in range(100)]
    for source in ("voc", "coco", "lvis", "nyu40"):
        dataset_of(folder / source, [*of_split(scenes, "train")[:4], *of_split(scenes, "test")[:3]])
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of_split(scenes: list[LayeredScene], split: str) -> list[LayeredScene]:
    return [scene for scene in scenes if split_of(scene.group) == split]


def test_suites_write_results_sheets_and_a_report_that_is_drawn_from_them_alone(
    run, data, tmp_path, closed_form
):
    arguments = ("--data", data, "--limit", 2, "--seeds", 1, "--threads", 1, "--weights", closed_form)
    done = run("evaluate", "masks", "silhouettes", "real", *arguments, "--out", "out")
    assert done.code == 0, done.err
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {
        "silhouettes.json",
        "silhouettes_sheet.png",
        "real.json",
        "real_sheet.png",
        "real_judge_1.png",
        "gallery.png",
        "benchmark.md",
        "benchmark.html",
    }
    real = json.loads((out / "real.json").read_text())
    assert [sheet["file"] for sheet in real["sheets"]] == ["real_sheet.png", "real_judge_1.png"]
    assert [entry["page"] for entry in real["judged"]] == [1, 1]
    shipped = ("chooser", "memory", "ranker", "planner", "places")
    assert real["weights"] == {
        "views": 7,
        "sha256": hashlib.sha256(b"closed form").hexdigest(),
        **{f"{name}_sha256": digest(WEIGHTS / f"{name}.npz") for name in shipped},
    }
    page = (out / "benchmark.html").read_text()
    assert page.count("<img ") == 3
    assert "<script" not in page
    for name in ("silhouettes_sheet.png", "real_judge_1.png"):
        assert np.asarray(Image.open(out / name).convert("RGB")).std() > 5

    drawn = {name: (out / name).read_bytes() for name in ("benchmark.md", "benchmark.html")}
    for name in drawn:
        (out / name).unlink()
    assert run("evaluate", "report", "--out", "out").code == 0
    assert drawn == {name: (out / name).read_bytes() for name in drawn}


def test_made_scenes_are_measured_without_the_meshes_that_they_show(monkeypatch):
    taken = {}
    card = SimpleNamespace(views=7)
    monkeypatch.setattr(load_suggest, "load_shapes", lambda *_, **known: (taken.update(known), card))
    monkeypatch.setattr(measures, "Parts", SimpleNamespace)
    _, about = masks._parts(None, masks._MADE_OF["scenes"])
    assert about["memory_without"] == "mesh_infinigen"
    shipped = ShapeMemory.load(WEIGHTS / "memory.npz")
    assert "mesh_infinigen" in shipped.rows.texts["source"].words
    assert set(shipped.rows.texts["source"].words) - {"mesh_infinigen"} == set(
        taken["memory"].rows.texts["source"].words
    )


def test_the_same_run_writes_the_same_bytes(run, data, tmp_path, closed_form):
    arguments = ("--data", data, "--limit", 2, "--seeds", 1, "--weights", closed_form)
    for out in ("one", "two"):
        assert run("evaluate", "masks", "real", *arguments, "--out", out).code == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["masks", "nonsense"], 2, "'nonsense' is not one of", id="an unknown suite"),
        pytest.param([], 2, "Measure the models", id="no verb"),
        pytest.param(["masks", "real", "--data", "nowhere"], 1, "no such file", id="no data"),
        pytest.param(
            ["masks", "real", "--weights", "nowhere.onnx"],
            1,
            "nowhere.onnx: no such weights file",
            id="no weights",
        ),
        pytest.param(["masks", "real", "--limit", "1"], 2, "1 is not in the range", id="a limit of one"),
        pytest.param(["masks", "real", "--seeds", "0"], 2, "0 is not in the range", id="no seed"),
        pytest.param(["report", "--out", "empty"], 1, "holds no result of a suite", id="nothing to report"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, arguments, code, message):
    done = run("evaluate", *arguments)
    assert done.code == code
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1 or code == 2


def test_damaged_weights_are_named(run, tmp_path, data):
    (tmp_path / "generator.onnx").write_bytes(b"not a model")
    done = run("evaluate", "masks", "real", "--data", data, "--weights", "generator.onnx")
    assert done.code == 1
    assert "generator.onnx: damaged or not an ONNX file" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_missing_sheet_is_named_in_its_place(run, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    value = {**result("words"), "sheets": [{"file": "gone.png", "title": "gone"}]}
    (out / "words.json").write_text(json.dumps(value))
    done = run("evaluate", "report", "--out", out)
    assert done.code == 0, done.err
    assert "gone.png is not here; its suite draws it" in (out / "benchmark.html").read_text()
