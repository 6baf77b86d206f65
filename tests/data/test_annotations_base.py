import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.layered_scene import split_of
from smartmask.errors import AnnotationError


def test_problems_are_counted_by_kind_and_reported_once_with_where_they_were_met_first():
    problems = Problems()
    problems.add("empty mask", "file, object 1")
    problems.add("damaged mask", "file, object 2")
    problems.add("damaged mask", "file, object 3")
    assert problems.report() == [
        "2 x damaged mask, first at file, object 2",
        "1 x empty mask, first at file, object 1",
    ]


def test_a_report_of_half_a_letter_can_be_printed():
    problems = Problems()
    problems.add("unknown sprite", "scene t_\ud800.png")
    assert [line.encode() for line in problems.report()] == [
        b"1 x unknown sprite, first at scene t_\\ud800.png"
    ]


def test_a_strict_count_makes_the_first_problem_an_error_that_says_where():
    with pytest.raises(AnnotationError, match="file, object 1: empty mask"):
        Problems(strict=True).add("empty mask", "file, object 1")


def test_a_note_is_reported_and_never_an_error():
    problems = Problems(strict=True)
    problems.note("crowd region", "file, object 1")
    assert problems.report() == []
    assert problems.notes() == ["1 x crowd region, first at file, object 1"]


def test_what_is_damaged_is_skipped_and_counted_with_its_detail():
    problems = Problems()
    done = []
    for number in range(3):
        with problems.skipping(f"object {number}"):
            if number == 1:
                raise DamageError("damaged mask", "two runs short")
            done.append(number)
    assert done == [0, 2]
    assert problems.report() == ["1 x damaged mask, first at object 1: two runs short"]


def test_other_errors_are_not_skipped():
    problems = Problems()
    with pytest.raises(KeyError), problems.skipping("object 1"):
        raise KeyError("name")
    assert problems.report() == []


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (DamageError("empty mask"), "empty mask"),
        (DamageError("empty mask", "of a cup"), "empty mask (of a cup)"),
    ],
)
def test_damage_says_its_kind_and_detail(damage, text):
    assert str(damage) == text


@given(st.text(max_size=30))
def test_a_group_always_falls_into_the_same_split(group):
    assert split_of(group) == split_of(group)
    assert split_of(group) in ("train", "validation", "test")


@pytest.mark.parametrize(
    ("group", "split"),
    [
        ("coco:9", "train"),
        ("coco:59", "test"),
        ("coco:102", "test"),
        ("coco:32", "validation"),
        ("coco:100", "validation"),
    ],
)
def test_known_groups_never_change_their_split(group, split):
    assert split_of(group) == split


def test_one_group_in_25_is_for_test_and_one_for_validation():
    splits = [split_of(f"photo:{number}") for number in range(5000)]
    assert splits.count("test") / 5000 == pytest.approx(0.04, abs=0.01)
    assert splits.count("validation") / 5000 == pytest.approx(0.04, abs=0.01)
