"""Means over objects, seeds and images, and what is left out of them."""

import json

import numpy as np
import pytest

from smartmask.evaluation.benchmark.figures import Figure, Table, figure, figure_of


def test_a_figure_is_a_mean_over_objects_of_the_mean_over_seeds():
    found = figure(np.array([[0.2, 0.4], [0.8, 0.6]]), ["a", "b"])
    assert found.mean == pytest.approx(0.5)
    assert found.seeds == pytest.approx((0.5, 0.5))
    assert found.count == 2
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.mean <= found.high


def test_what_is_not_defined_is_left_out_and_not_counted():
    found = figure(np.array([[np.nan, 0.4], [np.nan, np.nan], [0.8, 0.6]]), ["a", "b", "c"])
    assert found.mean == pytest.approx((0.4 + 0.7) / 2)
    assert found.count == 2
    assert found.seeds == pytest.approx((0.8, 0.5))
    assert figure(np.full((3, 2), np.nan), ["a", "b", "c"]).mean is None


def test_one_image_has_no_interval():
    found = figure(np.array([[0.2], [0.4]]), ["a", "a"])
    assert (found.low, found.high) == (None, None)
    assert json.dumps(found.as_json())


def test_names_that_were_not_measured_on_an_object_are_passed_over():
    rows = [{"iou": [0.1, 0.3], "auc": 1.0}, {"iou": [0.5, 0.5]}]
    assert figure_of(rows, "auc", ["a", "b"]) == Figure(mean=1.0, count=1)
    iou = figure_of(rows, "iou", ["a", "b"])
    assert iou is not None
    assert iou.mean == pytest.approx(0.35)
    assert len(iou.seeds) == 2
    assert figure_of(rows, "nothing", ["a", "b"]) is None


def test_a_table_as_json_holds_no_number_that_json_lacks():
    cells = (figure(np.array([[np.nan], [0.123456789]]), ["a", "b"]), None)
    table = Table(title="t", note="n", columns=("one", "two"), rows={"row": cells})
    text = json.dumps(table.as_json(), allow_nan=False)
    assert json.loads(text)["rows"]["row"][0]["mean"] == 0.123457


def test_a_row_of_another_length_is_our_mistake():
    with pytest.raises(AssertionError, match="row 'row' has 1 figures"):
        Table(title="t", note="n", columns=("one", "two"), rows={"row": (None,)})
