"""The suite of whole objects, by answerers whose figures are known."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmark_data import parts_of, rooms
from constant_reader import reader
from ellipses import RESOLUTION, Ellipses
from hash_encoder import HashEncoder
from whole_shape_parts import bar, comb, drawn_shapes, whole

from smartmask.data.shape_splits import split_shapes
from smartmask.data.shape_words import half_of
from smartmask.evaluation.benchmark.runner import Request
from smartmask.evaluation.benchmark.shape_answers import Answer, SillyAnswers
from smartmask.evaluation.benchmark.shape_tables import shape_tables
from smartmask.evaluation.benchmark.shape_tasks import (
    CANVAS_PX,
    LONGER_SIDE,
    MOST_OF_A_LABEL,
    MOST_PHOTOS,
    PHOTOS_A_ROUND,
    ShapeEntry,
    held_out_layouts,
    shape_entries,
    shape_task,
)
from smartmask.evaluation.benchmark.shapes_runner import run_shapes
from smartmask.evaluation.benchmark.shapes_suite import ShapeMaterial, frequent_words, measure
from smartmask.evaluation.recogniser import Recogniser
from smartmask.scene.masks import mask_iou

SHAPES = drawn_shapes(groups=60, of_each=2)
SPLITS = split_shapes(SHAPES)
SILHOUETTES = Path(__file__).parents[4] / "shared" / "data" / "silhouettes"


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory):
    """Knows balls and bars; reader 0 sees bars in everything, reader 1 balls."""
    folder = tmp_path_factory.mktemp("recogniser")
    for half in (0, 1):
        (folder / f"half_{half}.onnx").write_bytes(reader(half, [float(half), 1.0 - half], ("ball", "bar")))
    return Recogniser.load(folder)


def test_lists_are_dealt_in_rounds_and_a_limit_takes_of_every_label():
    entries = shape_entries(SHAPES, SPLITS, "test")
    assert {SPLITS[SHAPES.index(entry.shape)] for entry in entries} == {"test"}
    assert len({entry.key for entry in entries}) == len(entries)
    kinds = [(entry.shape.label, entry.shape.style) for entry in entries]
    most = Counter(kinds)
    assert all(
        count <= (MOST_PHOTOS if style == "photo" else MOST_OF_A_LABEL) for (_, style), count in most.items()
    )
    first = Counter(
        kinds[: sum(min(count, PHOTOS_A_ROUND if s == "photo" else 1) for (_, s), count in most.items())]
    )
    assert {label for label, _ in first} == {"bar", "ball", "comb"}
    assert all(count <= (PHOTOS_A_ROUND if style == "photo" else 1) for (_, style), count in first.items())


def test_lists_depend_on_the_shapes_alone():
    entries = shape_entries(SHAPES, SPLITS, "test")
    other = [whole("zebra", comb(1), "drawn:zebra", "photo")]
    again = shape_entries([*other, *SHAPES[::-1]], ["train", *SPLITS[::-1]], "test")
    assert [entry.key for entry in again] == [entry.key for entry in entries]
    assert [(entry.key, entry.number) for entry in entries[:2]] == GOLDEN


GOLDEN = [("drawn:ball1#3528dae797df", 1565228), ("drawn:comb54#d9e17ca9a1cd", 120778886)]
"""What makes results of protocol 3 comparable."""


def test_objects_fill_their_share_of_an_empty_canvas():
    for entry in shape_entries(SHAPES, SPLITS, "test"):
        task = shape_task(entry, [])
        x0, y0, x1, y1 = task.box
        longer = max(x1 - x0, y1 - y0) / CANVAS_PX
        assert LONGER_SIDE[0] - 0.01 < longer < LONGER_SIDE[1] + 0.01
        assert (x1 - x0) / (y1 - y0) == pytest.approx(entry.shape.aspect, rel=0.05)
        assert task.is_plain
        assert task.scene.layout.labels == ("ground",)


def test_every_fourth_or_so_is_asked_for_on_a_held_out_layout():
    layouts = held_out_layouts([*rooms("train", 3), *rooms("test", 2)], "test")
    assert len(layouts) == 2
    tasks = [shape_task(entry, layouts) for entry in shape_entries(SHAPES, SPLITS, "test")]
    share = np.mean([not task.is_plain for task in tasks])
    assert 0.1 < share < 0.45
    for task in tasks:
        if not task.is_plain:
            assert task.scene.layout.size_hw == (72, 96)
            assert "wall" in task.scene.layout.labels
        assert task.target.any()


def test_silly_answers_are_near_in_aspect_and_say_whose_copy_they_are():
    wide, tall = np.kron(bar(0), np.ones((1, 3), bool)), np.kron(bar(0), np.ones((3, 1), bool))
    training = [whole("bar", mask, f"t:{n}") for n, mask in enumerate([wide] * 50 + [tall] * 50)]
    entry = ShapeEntry.of(whole("bar", tall, "own"))
    task = shape_task(entry, [])
    found = SillyAnswers(training, HashEncoder()).boxed(task)
    groups = {answer.group for answer in found["retrieval"]}
    assert groups <= {f"t:{n}" for n in range(50, 100)}
    assert len(groups) == 4
    assert mask_iou(found["retrieval"][0].mask, task.target) == 1
    assert mask_iou(found["class mean"][0].mask, task.target) > 0.9
    assert [found[name][0].group for name in ("filled box", "ellipse", "class mean")] == [None] * 3
    unknown = shape_task(ShapeEntry.of(replace(entry.shape, label="rod")), [])
    assert SillyAnswers(training, HashEncoder()).boxed(unknown)["class mean"][0].mask is not None


def measured(recogniser, label="bar", mask=None, **answers):
    """Figures of one object."""
    entry = ShapeEntry.of(whole(label, bar(1) if mask is None else mask, f"own:{label}"))
    task = shape_task(entry, [])
    masks = {"truth": task.target, "box": task.target | True, "nothing": None}
    drawn = {"model": [[Answer(masks[name])] * 4 for name in answers.get("model", ["truth"])]}
    silly = {"retrieval": [Answer(masks[answers.get("retrieval", "truth")], "g")]}
    return measure(task, drawn, silly, recogniser, is_learnt=False)


def test_the_truth_is_right_in_every_figure_and_nothing_in_none(recogniser):
    row = measured(recogniser, model=["truth", "nothing"]).row
    right = {"top 1": 0.5, "top 5": 1, "complexity": 0, "one piece": 1, "IoU": 1, "F": 1, "best of 4, IoU": 1}
    for name, value in right.items():
        assert row[f"model, {name}"][0] == value, name
    for name in ("top 1", "top 5", "one piece", "IoU", "F", "best of 4, IoU"):
        assert row[f"model, {name}"][1] == 0, name
    assert np.isnan(row["model, complexity"][1])
    assert row["truth, top 1"] == 0.5
    assert isinstance(row["retrieval, top 1"], float), "no seed takes part in it"


def test_words_that_the_recogniser_does_not_know_are_not_read(recogniser):
    row = measured(recogniser, "comb", comb(2)).row
    assert not [name for name in row if "top" in name]
    assert row["model, thin parts"] == [1.0]


def test_a_true_mask_that_may_be_learnt_is_read_as_a_training_shape(recogniser):
    for group in map(str, range(6)):
        task = shape_task(ShapeEntry.of(whole("bar", bar(1), group)), [])
        found = [
            measure(task, {}, {}, recogniser, is_learnt).row["truth, top 1"] for is_learnt in (False, True)
        ]
        assert found == [0.5, float(half_of(group) == 1)], "reader 0, who sees bars, reads half 1"


def test_ratios_are_of_means_and_complexity_of_logs(recogniser):
    both = [
        measured(recogniser),
        replace_row(measured(recogniser), {"model, top 1": [0.0], "model, complexity": [np.log(0.25)]}),
    ]
    tables = shape_tables(both, {"bar"})
    recognised = dict(zip(tables["recognised"].columns, tables["recognised"].rows["model"], strict=True))
    assert recognised["top 1"].mean == 0.25
    assert recognised["top 1 of truth's"].mean == 0.5
    assert recognised["top 1, frequent words"].mean == 0.25
    assert recognised["top 1, photos"] is None
    outline = dict(zip(tables["outline"].columns, tables["outline"].rows["model"], strict=True))
    assert outline["complexity"].mean == pytest.approx(0.5)
    assert outline["two-sample AUC"] is None, "one group says nothing of a distribution"
    assert "truth" not in tables["overlap"].rows


def replace_row(one, values):
    return replace(one, row={**one.row, **values})


def test_frequent_words_are_those_of_shapes_that_may_be_kept():
    shapes = [whole("couch", bar(n), f"{n}") for n in range(3)]
    shapes += [whole("zebra", bar(n), f"{n}", is_bank=False) for n in range(9)]
    assert frequent_words(shapes) == {"sofa"}


@pytest.fixture(scope="module")
def material(recogniser):
    return ShapeMaterial(shapes=SHAPES, splits=SPLITS, layouts=rooms("test", 2), recogniser=recogniser)


def test_a_run_is_json_in_the_form_of_all_suites_and_threads_change_nothing(material, tmp_path):
    parts = parts_of(Ellipses(), HashEncoder(), RESOLUTION)
    request = Request(data=tmp_path, limit=24, seeds=2, threads=1)
    about = {"sha256": "0" * 64, "views": 1}
    first = run_shapes(request, parts, material, about, "abc").result
    again = run_shapes(
        replace(request, threads=3), parts, material, about, "abc", beside={"other": parts.pipeline}
    ).result
    json.dumps(first, allow_nan=False)
    assert (first["suite"], first["protocol"], first["objects"]) == ("shapes", 3, 24)
    assert set(first["tables"]) == {"recognised", "outline", "overlap", "classes"}
    rows = again["tables"]["overlap"]["rows"]
    assert rows["other"] == rows["model"]
    for table in ("recognised", "outline", "overlap"):
        mine = first["tables"][table]["rows"]
        assert mine == {name: row for name, row in again["tables"][table]["rows"].items() if name != "other"}
    assert first["objects_sha256"] == again["objects_sha256"]


@pytest.mark.data
@pytest.mark.skipif(not SILHOUETTES.is_dir(), reason="the silhouettes are not here")
def test_the_list_of_the_test_split_is_as_long_and_various_as_it_says():
    from smartmask.data.whole_shapes import read_whole_shapes

    shapes = list(read_whole_shapes(SILHOUETTES))
    entries = shape_entries(shapes, split_shapes(shapes), "test")
    assert len(entries) >= 1900
    assert len({entry.shape.label for entry in entries}) >= 300
    assert sum(entry.shape.style == "photo" for entry in entries) >= 400
