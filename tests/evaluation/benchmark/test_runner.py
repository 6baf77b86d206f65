"""Suites run on rooms by a tiny network, and by a denoiser that cheats."""

import json
from dataclasses import replace

import numpy as np
import pytest
from benchmark_data import benchmark_data, parts_of, rooms
from hash_encoder import HashEncoder
from scipy.ndimage import distance_transform_edt
from shapes import dataset_of
from tiny_network import RESOLUTION, TinyNetwork

from smartmask.data.layered_scene import split_of
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark import answers, runner
from smartmask.evaluation.benchmark.measures import iou_of
from smartmask.evaluation.benchmark.runner import NAMES, Request, entries_of, run_suite
from smartmask.evaluation.benchmark.suites import SUITES
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.diffusion.field_codec import TRUNCATION_PX
from smartmask.scene.layout import UNKNOWN

WEIGHTS = {"sha256": "0" * 64, "views": 1}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return benchmark_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def tiny():
    return parts_of(TinyNetwork(), HashEncoder(), RESOLUTION)


def run(name, data, parts, threads=1):
    request = Request(data=data, seeds=2, limit=2, threads=threads)
    return run_suite(name, request, parts, WEIGHTS, "abc")


@pytest.fixture(scope="module")
def runs(data, tiny):
    """Each suite once."""
    return {name: run(name, data, tiny) for name in SUITES}


@pytest.mark.parametrize("name", ["silhouettes", "scenes", "real"])
def test_a_result_is_the_same_on_any_number_of_threads_and_is_json(name, data, tiny, runs):
    first, again = runs[name], run(name, data, tiny, threads=3)
    text = json.dumps(first.result, allow_nan=False)
    assert text == json.dumps(again.result, allow_nan=False)
    assert first.result["objects"] == 2
    assert len(first.pictures) == 2
    for one, other in zip(first.pictures, again.pictures, strict=True):
        assert one.task.entry.key == other.task.entry.key


def test_every_suite_measures_what_it_says(runs):
    expected = {
        "silhouettes": {"hints", "use", "ranking", "leak", "classes"},
        "scenes": {"hints", "free", "use", "ranking", "classes"},
        "codraw": {"hints", "free", "use", "ranking", "classes"},
        "real": {"free", "use", "ranking", "leak", "classes"},
    }
    for name, keys in expected.items():
        found = runs[name].result
        optional = {"free_sources"} if name == "real" else set()
        assert set(found["tables"]) - optional == keys, name
    hints = runs["scenes"].result["tables"]["hints"]["rows"]
    assert {
        "box",
        "box, best of 4",
        "region",
        "scribble",
        "rough scribble",
        "(scribble)",
        "filled box",
    } <= set(hints)


def test_means_agree_with_what_the_pipeline_draws(runs, tiny):
    found = runs["silhouettes"]
    each = []
    for picture in found.pictures:
        task = picture.task
        drawn = (
            tiny.pipeline.candidate(task.scene, task.label, None, task.box(), seed, 0) for seed in (0, 1)
        )
        each.append([iou_of(item, task.target) for item in drawn])
    cell = found.result["tables"]["hints"]["rows"]["box"][0]
    assert cell["mean"] == pytest.approx(np.mean(each), abs=1e-6)
    assert cell["seeds"] == pytest.approx(np.mean(each, 0), abs=1e-6)


def test_a_limit_takes_the_beginning_and_changes_nothing_about_it(data, tiny):
    every, few = (
        run_suite("silhouettes", Request(data=data, seeds=1, threads=1, limit=limit), tiny, WEIGHTS, None)
        for limit in (None, 2)
    )
    for one, other in zip(few.pictures, every.pictures, strict=False):
        assert one.task.entry.key == other.task.entry.key
        assert np.array_equal(one.drawn[0].found[0].mask, other.drawn[0].found[0].mask)
        assert one.task.elsewhere.key == other.task.elsewhere.key


def test_no_training_scene_is_asked_for_and_no_held_out_one_teaches_an_answer(data, tiny, monkeypatch):
    taught: list[str] = []

    class Noted(answers.TrivialAnswers):
        def __init__(self, training, encoder):
            taught.extend(scene.group for scene in training)
            super().__init__(training, encoder)

    monkeypatch.setattr(runner, "TrivialAnswers", Noted)
    for suite in SUITES.values():
        for split in ("test", "validation"):
            assert {split_of(entry.scene.group) for entry in entries_of(suite, data, split)} <= {split}
    run("silhouettes", data, tiny)
    assert {split_of(group) for group in taught} == {"train"}


class ReadsHoles:
    """Draws whatever the layout leaves unknown: an open hole is all that it needs."""

    def __call__(self, x, t, conditions):
        return tuple(
            self._field(condition.regions == UNKNOWN + SPECIAL_ROWS)[None] for condition in conditions
        )

    @staticmethod
    def _field(mask):
        if not mask.any() or mask.all():
            return np.full(mask.shape, -1, np.float32)
        signed = np.where(mask, distance_transform_edt(mask) - 0.5, 0.5 - distance_transform_edt(~mask))
        return np.clip(signed / TRUNCATION_PX, -1, 1).astype(np.float32)


def test_a_reader_of_holes_is_caught_by_the_leak_rows(data, runs):
    caught = run("silhouettes", data, parts_of(ReadsHoles(), HashEncoder(), 32)).result
    table = caught["tables"]["leak"]
    means = {name: row[0]["mean"] for name, row in table["rows"].items()}
    assert means["unknown"] > 0.3
    assert means["nearest"] == means["rows"] == 0
    assert "holes are read" in table["note"]
    honest = runs["silhouettes"].result["tables"]["leak"]
    assert set(honest["rows"]) == set(means)


def test_settings_and_objects_have_digests_that_tell_results_apart(data, tiny, runs):
    one = runs["real"].result
    fewer = run_suite("real", Request(data=data, seeds=1, limit=2), tiny, WEIGHTS, "abc").result
    assert fewer["config_sha256"] != one["config_sha256"]
    assert fewer["objects_sha256"] == one["objects_sha256"]
    assert one["commit"] == "abc"
    assert one["weights"] == WEIGHTS


def test_data_with_too_few_held_out_objects_is_refused(tmp_path, tiny):
    for source in ("voc", "coco", "lvis"):
        dataset_of(tmp_path / source, rooms("train", 2, source))
    with pytest.raises(AnnotationError, match="0 test objects of this suite; it needs two images"):
        run("silhouettes", tmp_path, tiny)


def test_words_ask_held_out_objects_of_the_classes_near_them(tmp_path, tiny):
    def named(scene):
        layers = [
            replace(layer, label={"picture": "dog", "ball": "cat"}.get(layer.label, layer.label))
            for layer in scene.layers
        ]
        return replace(scene, layers=tuple(layers))

    dataset_of(
        tmp_path / "voc", [named(scene) for scene in [*rooms("train", 2, "voc"), *rooms("test", 4, "voc")]]
    )
    dataset_of(tmp_path / "made", rooms("train", 2, "made", is_exact=True))
    request = Request(data=tmp_path, seeds=2, threads=2)
    result = run_suite("words", request, tiny, WEIGHTS, None).result
    each = result["tables"]["each"]["rows"]
    assert len(each) == 40
    assert all(cell["count"] == 3 for cell in each["terrier (dog)"])
    assert each["yacht (boat)"] == [None, None, None]
    few = run_suite("words", replace(request, limit=2), tiny, WEIGHTS, None).result["tables"]["each"]["rows"]
    assert few == {name: each[name] for name in ("terrier (dog)", "spaniel (dog)")}
    whole = dict(
        zip(result["tables"]["words"]["columns"], result["tables"]["words"]["rows"]["words"], strict=True)
    )
    assert whole["new"]["count"] == 3 * 6
    assert whole["new - wrong"]["mean"] == pytest.approx(
        whole["new"]["mean"] - whole["wrong"]["mean"], abs=2e-6
    )


def test_names_are_those_of_the_suites_the_words_the_shapes_and_the_boxes():
    assert NAMES == ("silhouettes", "scenes", "codraw", "real", "words", "shapes", "boxes")


def test_fair_violations_are_those_of_requests_whose_true_objects_keep_the_rules(runs):
    free = runs["scenes"].result["tables"]["free"]
    fair, every = free["columns"].index("fair violation"), free["columns"].index("violation")
    true = free["rows"]["the true objects"][every]
    kept = round(free["rows"]["the true objects"][every]["count"] * (1 - true["mean"]))
    for name in ("model", "random", "class prior + retrieval"):
        cell = free["rows"][name][fair]
        assert (cell["count"] if cell else 0) <= kept
