"""Words that are told apart, and the two halves."""

from collections import Counter

from whole_shape_parts import ball, bar, whole

from smartmask.data.shape_words import LEAST_GROUPS, LEAST_SHAPES, SAME, common_word, half_of, told_apart


def test_no_word_stands_for_another_that_stands_for_a_third():
    others = [other for words in SAME.values() for other in words.split(", ")]
    assert len(others) == len(set(others))
    assert not set(others) & set(SAME)
    assert all(common_word(other) == word for word, words in SAME.items() for other in words.split(", "))


def test_halves_are_about_equal_and_never_change():
    halves = Counter(half_of(f"coco:{number}") for number in range(1000))
    assert 450 < halves[0] < 550
    assert [half_of(group) for group in ("coco:1", "voc:2007_000033", "emoji:apple")] == GOLDEN


GOLDEN = [0, 1, 1]
"""Trained readers rely on it."""


def test_a_word_needs_shapes_groups_and_both_halves():
    groups = [f"a:{number}" for number in range(12)]
    many = [whole("sofa", bar(n), groups[n % 12]) for n in range(LEAST_SHAPES // 2)]
    many += [whole("couch", bar(n), groups[n % 12]) for n in range(LEAST_SHAPES // 2)]
    assert told_apart(many, ["train"] * len(many)) == ["sofa"]
    assert told_apart(many, ["test", *["validation"] * (len(many) - 1)]) == []
    few = [whole("ball", ball(n), groups[n % (LEAST_GROUPS - 1)]) for n in range(LEAST_SHAPES)]
    one_half = [group for group in groups if half_of(group) == 0]
    same = [whole("bar", bar(n), one_half[n % len(one_half)]) for n in range(LEAST_SHAPES)]
    assert len(one_half) >= LEAST_GROUPS
    assert told_apart(few + same, ["train"] * (len(few) + len(same))) == []
