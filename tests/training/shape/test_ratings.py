"""Ratings of a memory's shapes: the bad ones leave, the others know how clear they are."""

import gzip
from pathlib import Path

import pytest
from drawn_memory import memory_of, seen
from whole_shape_parts import ball, bar, comb

from smartmask.errors import AnnotationError
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.training.shape.ratings import COLUMNS, rated_as, read_ratings, with_ratings
from smartmask.weights import WEIGHTS

SHIPPED_TABLE = Path(__file__).parents[3] / "docs" / "results" / "shapes_by_eye.csv.gz"
HEAD = ",".join(COLUMNS)


@pytest.fixture
def memory():
    return memory_of(
        [seen("comb", comb(1), "a"), seen("comb", ball(2), "b"), seen("bar", bar(1), "c", clarity=0.25)]
    )


def table(tmp_path, *lines):
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_bad_shapes_leave_and_what_nobody_looked_at_stays_as_it_is(memory, tmp_path):
    comb_a, comb_b, _ = (",".join(shape) for shape in rated_as(memory.rows))
    ratings = read_ratings(table(tmp_path, HEAD, f"{comb_a},fair", f"{comb_b},bad"))
    found = with_ratings(memory, ratings)
    assert found.rows.texts["group"].texts() == ["drawn:a", "drawn:c"]
    assert found.rows.clarities.tolist() == [0.5, 0.25]
    assert (found.codes == memory.codes[[0, 2]]).all()


def test_of_two_ratings_of_a_shape_the_lower_counts(memory, tmp_path):
    comb_a, *_ = (",".join(shape) for shape in rated_as(memory.rows))
    ratings = read_ratings(table(tmp_path, HEAD, f"{comb_a},bad", f"{comb_a},good"))
    assert len(with_ratings(memory, ratings)) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["label,rating"], "its columns must be label, group, view, aspect, rating"),
        ([HEAD, "comb,a,,1.00,splendid"], "line 2: a rating must be one of good, fair, bad, not 'splendid'"),
        ([HEAD, "comb,a"], "line 2: a rating must be one of good, fair, bad, not None"),
    ],
)
def test_a_table_of_something_else_is_named(tmp_path, lines, said):
    with pytest.raises(AnnotationError, match=said):
        read_ratings(table(tmp_path, *lines))


def test_a_damaged_table_is_named(tmp_path):
    path = table(tmp_path, HEAD)
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(AnnotationError, match="cannot be read as ratings of shapes"):
        read_ratings(path)
    with pytest.raises(AnnotationError, match="cannot be read as ratings of shapes"):
        read_ratings(tmp_path / "none.csv.gz")


def test_the_shipped_memory_is_what_its_table_left():
    shipped_memory = ShapeMemory.load(WEIGHTS / "memory.npz")
    ratings = read_ratings(SHIPPED_TABLE)
    assert {ratings[shape] for shape in rated_as(shipped_memory.rows)} == {0.5, 1.0}
    assert (
        shipped_memory.rows.clarities == [ratings[shape] for shape in rated_as(shipped_memory.rows)]
    ).all()
