"""`smartmask evaluate masks shapes`, from files of silhouettes and readers to a report."""

import json
from pathlib import Path

import numpy as np
import pytest
from constant_reader import reader
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from hash_encoder import HashEncoder
from rankers import LargerIsBetter
from whole_shape_parts import drawn_shapes, silhouette_folder

from smartmask.apps.cli.evaluation import masks
from smartmask.evaluation.benchmark.measures import Parts
from smartmask.pipelines.suggest import SuggestPipeline


@pytest.fixture
def folders(tmp_path, monkeypatch) -> dict[str, Path]:
    """Silhouettes, readers, and a closed-form denoiser in the place of the shipped weights."""
    encoder = HashEncoder()
    drawer, ranker = field_drawing(Ellipses(), encoder, RESOLUTION), LargerIsBetter()
    parts = Parts(pipeline=SuggestPipeline(drawer, ranker, 1), ranker=ranker, encoder=encoder)
    monkeypatch.setattr(masks, "_parts", lambda weights, left_out: (parts, {"sha256": "0" * 64, "views": 1}))
    silhouette_folder(tmp_path / "silhouettes", drawn_shapes())
    (tmp_path / "readers").mkdir()
    for half in (0, 1):
        content = reader(half, [float(half), 1.0 - half], ("ball", "bar"))
        (tmp_path / "readers" / f"half_{half}.onnx").write_bytes(content)
    return {name: tmp_path / name for name in ("silhouettes", "readers")}


def test_it_writes_a_result_that_is_reported(run, tmp_path, folders):
    options = ("--silhouettes", folders["silhouettes"], "--recogniser", folders["readers"])
    done = run(
        "evaluate", "masks", "shapes", *options, "--data", "none", "--limit", 6, "--seeds", 1, "--out", "out"
    )
    assert done.code == 0, done.err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "shapes.json",
        "benchmark.md",
        "benchmark.html",
    }
    result = json.loads((tmp_path / "out" / "shapes.json").read_text())
    assert (result["suite"], result["objects"], result["labels"]) == ("shapes", 6, 3)
    assert set(result["weights"]) == {"sha256", "views", "recogniser_sha256"}
    rows = result["tables"]["recognised"]["rows"]
    assert list(rows) == ["truth", "model", "filled box", "ellipse", "class mean", "retrieval"]
    assert np.isclose(rows["truth"][0]["mean"], 0.5), "of two readers one is right"
    page = (tmp_path / "out" / "benchmark.md").read_text()
    assert "### Recognised" in page
    assert "| class mean |" in page


def test_it_asks_for_the_silhouettes(run, folders):
    done = run("evaluate", "masks", "shapes")
    assert done.code == 2
    assert "the suite shapes needs --silhouettes" in done.err


def test_the_suite_of_boxes_asks_for_its_folder(run, folders):
    done = run("evaluate", "masks", "boxes")
    assert done.code == 2
    assert "the suite boxes needs --boxes" in done.err


def test_missing_readers_are_named(run, folders):
    done = run(
        "evaluate", "masks", "shapes", "--silhouettes", folders["silhouettes"], "--recogniser", "nowhere"
    )
    assert done.code == 1
    assert "half_0.onnx: no such weights file" in done.err
    assert len(done.err.strip().splitlines()) == 1
