"""Tables of what was measured on made-up objects."""

import numpy as np
import pytest
from shapes import blob

from smartmask.evaluation.benchmark.suite_tables import ANSWERED, FEWEST_IMAGES, distribution_table, tables
from smartmask.evaluation.benchmark.suites import SUITES
from smartmask.evaluation.metrics.shape_features import shape_features

SIZE = (48, 48)


def shapes(first: int, count: int = 40) -> list[np.ndarray]:
    return [shape_features(blob(SIZE, seed)) for seed in range(first, first + count)]


def test_shapes_of_one_kind_are_not_told_apart_and_boxes_are():
    box = np.zeros(SIZE, bool)
    boxes = []
    for side in range(4, 44):
        box[2 : 2 + side, 3:40] = True
        boxes.append(shape_features(box))
    rows = list(zip(shapes(0), shapes(100), boxes, [None] * 40, strict=True))
    found = distribution_table(rows, [str(n) for n in range(40)])
    assert list(found.rows) == list(ANSWERED[:2]), "an answer that nobody gave has no row"
    told = {name: dict(zip(found.columns, row, strict=True)) for name, row in found.rows.items()}
    alike, box_like = told[ANSWERED[0]], told[ANSWERED[1]]
    assert 0.3 < alike["two-sample AUC"].mean < 0.75
    assert box_like["two-sample AUC"].mean > 0.95
    assert alike["coverage"].mean > 0.5 > box_like["coverage"].mean


def test_few_images_say_nothing_about_shapes_taken_together():
    rows = list(zip(shapes(0, 12), shapes(100, 12), shapes(200, 12), shapes(300, 12), strict=True))
    groups = [str(n % (FEWEST_IMAGES - 1)) for n in range(12)]
    assert distribution_table(rows, groups).rows == {}


def test_hints_are_divided_by_source_where_there_are_several():
    rows = [{"box, IoU": [0.2], "box, F": [0.1]}, {"box, IoU": [0.6], "box, F": [0.3]}]
    both = tables(SUITES["silhouettes"], rows, ["a", "b"], ["voc", "coco"])["hints"]
    assert both.columns == ("IoU", "boundary F", "IoU, coco", "IoU, voc")
    cells = [cell and cell.mean for cell in both.rows["box"]]
    assert cells == pytest.approx([0.4, 0.2, 0.6, 0.2])
    alone = tables(SUITES["silhouettes"], rows, ["a", "b"], ["voc", "voc"])["hints"]
    assert alone.columns == ("IoU", "boundary F")


def test_what_the_suite_does_not_ask_has_no_table():
    rows = [{"model, recall@4": [1.0], "free, context use": 0.1, "free, text use": 0.2}] * 2
    found = tables(SUITES["real"], rows, ["a", "b"], ["coco", "nyu40"])
    assert "hints" not in found
    assert list(found["use"].rows) == ["no hint, best IoU of 4"]
    assert list(found["free_sources"].rows) == ["coco", "nyu40"]


def test_violations_are_fair_where_the_true_objects_break_no_rule():
    rows = [
        {"model, best IoU": [0.1], "model, violation": [1.0], "true, violation": 1.0},
        {
            "model, best IoU": [0.1],
            "model, violation": [0.5],
            "model, fair violation": [0.5],
            "true, violation": 0.0,
        },
    ]
    table = tables(SUITES["scenes"], rows, ["a", "b"], ["made", "made"])["free"]
    model = dict(zip(table.columns, table.rows["model"], strict=True))
    assert (model["violation"].mean, model["violation"].count) == (0.75, 2)
    assert (model["fair violation"].mean, model["fair violation"].count) == (0.5, 1)
