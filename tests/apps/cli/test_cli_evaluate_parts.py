"""`smartmask evaluate` of single parts and of all, and `smartmask bench`, on a few drawn scenes."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from segmenter_scenes import squares
from shapes import dataset_of, room
from shipped import needs_shipped

import smartmask
from smartmask.apps.cli import bench
from smartmask.apps.cli.evaluation import evaluate
from smartmask.data.layered_scene import LayeredScene, split_of
from smartmask.evaluation import planner_report, segmenter_report
from smartmask.weights import WEIGHTS

pytestmark = needs_shipped


def of_split(scenes: list[LayeredScene], split: str) -> list[LayeredScene]:
    return [scene for scene in scenes if split_of(scene.group) == split]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Rooms with texts under the names of the data sets."""
    folder = tmp_path_factory.mktemp("data")
    scenes = [replace(room(number), texts=("a room with a dog",)) for number in range(700)]
    some = [scene for split in ("train", "test", "validation") for scene in of_split(scenes, split)[:4]]
    dataset_of(
        folder / "texts" / "made",
        [scene for split in ("train", "test", "validation") for scene in of_split(scenes, split)[:16]],
    )
    for name in ("made", "voc", "coco", "nyu40"):
        dataset_of(folder / name, some)
    return folder


def digest(name: str) -> str:
    return hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_planner_is_measured_beside_its_baselines(run, tmp_path, data, monkeypatch):
    monkeypatch.setattr(planner_report, "STATISTICS_LIMIT", 3)
    monkeypatch.setattr(planner_report, "LIMIT", 3)
    done = run(
        "evaluate", "planner", "--data", data / "texts", "--out", "out", "--prompts", 1, "--scenes", 16
    )
    assert done.code == 0, done.err
    result = json.loads((tmp_path / "out" / "planner.json").read_text())
    assert result["planner_sha256"] == digest("planner.npz")
    assert result["mask_sha256"] == digest("generator.onnx")
    assert result["prompts"]["planner"]["prompts"] == 1
    assert set(result["statistics"]["sets"]) >= {"planner", "priors", "retrieval", "held-out scenes"}
    assert (tmp_path / "out" / "planner.md").read_text() in done.out


@pytest.mark.slow
def test_the_ranker_is_measured_with_its_controls(run, tmp_path, data):
    done = run("evaluate", "ranker", "--data", data, "--out", "out", "--objects", 4)
    assert done.code == 0, done.err
    result = json.loads((tmp_path / "out" / "ranking.json").read_text())
    assert (result["weights_sha256"], result["split"]) == (digest("ranker.npz"), "test")
    assert all(found["objects"] == 4 for found in result["datasets"].values())
    assert "| calibration error, moved |" in (tmp_path / "out" / "ranking.md").read_text()


def test_the_segmenter_is_measured_alone(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        segmenter_report,
        "read_labelled_photos",
        lambda folder, splits, problems: [squares(n) for n in range(2)],
    )
    done = run("evaluate", "segmenter", "--photos", "photos", "--out", "out", "--limit", 0)
    assert done.code == 0, done.err
    result = json.loads((tmp_path / "out" / "segmenter.json").read_text())
    assert (result["weights_sha256"], result["cost"]) == (digest("segmenter.onnx"), None)
    assert result["scores"]["both"]["photos"] == 4


def test_the_depth_order_of_made_scenes_is_printed_and_fitted(run, data):
    done = run("evaluate", "depth-order", "--made", data / "made", "--fit")
    assert done.code == 0, done.err
    assert "Fitted to " in done.out
    assert "| made scenes, the half not fitted to |" in done.out
    assert "| order |" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((), "nothing to measure"), (("--meshes", "folder"), "both --meshes and --silhouettes")],
    ids=["nothing", "meshes alone"],
)
def test_what_the_depth_order_lacks_is_said(run, arguments, message):
    done = run("evaluate", "depth-order", *arguments)
    assert done.code == 2
    assert message in done.err


def test_all_measures_masks_planner_and_ranker_and_reports(run, data, monkeypatch):
    """What each of them does is tested above; here it is which of them are called, and with what."""
    called = []
    monkeypatch.setattr(
        evaluate, "measure_masks", lambda suites, out, **more: called.append((suites, more["limit"]))
    )
    monkeypatch.setattr(evaluate, "write_report", lambda out: called.append(out))
    for command, given in (
        (evaluate.planner, "prompts"),
        (evaluate.ranker, "objects"),
        (evaluate.segmenter, "limit"),
    ):
        monkeypatch.setattr(command, "callback", lambda name=given, **more: called.append((name, more[name])))
    done = run("evaluate", "all", "--data", data, "--out", "out", "--limit", 5, "--photos", "photos")
    assert done.code == 0, done.err
    suites = ("silhouettes", "scenes", "real", "words")
    assert called == [(suites, 5), ("prompts", 5), ("objects", 5), ("limit", 5), Path("out")]


@pytest.mark.slow
def test_a_benchmark_prints_seconds_megabytes_and_what_http_adds(run, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(smartmask.__file__).parents[1]))  # of the processes it starts
    done = run("bench", "--rounds", 1)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line.split()[-1] for line in lines] == ["s"] * 5 + ["MB"] + ["x"] * 2
    assert all(float(line.split()[-2]) > 0 for line in lines)


def test_the_data_engine_is_measured_with_all_of_its_data(run):
    done = run("bench", "--meshes", "folder")
    assert done.code == 2
    assert "needs --meshes, --silhouettes and --dataset" in done.err


def test_training_views_are_counted(data, monkeypatch):
    monkeypatch.setattr(bench, "VIEWS", 4)
    figures = dict(bench.views_drawn(data / "made"))
    assert [float(figure) > 0 for figure in figures.values()] == [True, True]
