"""A request for one thing, taken apart; poses of labels."""

import pytest

from smartmask.language.label_synonyms import synonyms_of
from smartmask.language.poses import split_poses
from smartmask.language.shape_phrases import read_shape_phrase


@pytest.mark.parametrize(
    ("prompt", "run", "tail", "poses"),
    [
        ("a small old dog on the left, at sunset", "small old dog", "", ()),
        ("a tall, red and white tower", "tall red white tower", "", ()),
        ("three-legged stool", "three legged stool", "", ()),
        ("a woman lifting weights", "woman", "lifting weights", ()),
        ("a dog sleeping on a couch", "dog", "sleeping", ("sleeping",)),
        ("an old man lying down on a bench", "old man", "", ("lying",)),
        ("a front-facing chick", "chick", "", ("front view",)),
        ("a horse, running", "horse", "", ("running",)),
        ("the cat is asleep", "cat", "", ("sleeping",)),
        ("a dining table", "dining table", "", ()),
        ("in the forest a deer", "deer", "", ()),
        ("in the forest", "forest", "", ()),
        ("no cat, a dog", "dog", "", ()),
        ("a horse. It stands in a field.", "horse", "", ()),
        ("", "", "", ()),
        ("the", "", "", ()),
    ],
)
def test_the_noun_is_found(prompt, run, tail, poses):
    phrase = read_shape_phrase(prompt)
    assert (" ".join(phrase.run), " ".join(phrase.tail), phrase.poses) == (run, tail, poses)


def test_what_a_thing_holds_is_told_from_what_it_is_a_part_of():
    glass, slice_ = read_shape_phrase("a glass of cold beer"), read_shape_phrase("two slices of pizza")
    assert (glass.run, glass.holds, glass.is_portion) == (("glass",), ("cold", "beer"), False)
    assert (slice_.run, slice_.holds, slice_.is_portion, slice_.is_counted) == (
        ("slices",),
        ("pizza",),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("label", "base", "poses"),
    [
        ("sitting boy", "boy", ("sitting",)),
        ("woman kneeling facing right", "woman", ("facing right", "kneeling")),
        ("lying down man", "man", ("lying",)),
        ("closed umbrella", "umbrella", ("closed",)),
        ("oncoming bus", "bus", ("front view",)),
        ("running shoe", "running shoe", ()),
        ("opener", "opener", ()),
        ("sitting", "sitting", ()),
    ],
)
def test_poses_are_taken_off_labels(label, base, poses):
    assert split_poses(label) == (base, poses)


def test_words_for_one_thing_find_each_other_before_wider_ones():
    assert synonyms_of("sofa")[0] == "couch"
    assert synonyms_of("hare")[0] == "rabbit"
    assert synonyms_of("policeman") == ("man", "person")
    assert synonyms_of("horse chestnut") == ()


@pytest.mark.parametrize("mark", [" / ", " + ", " (", ": ", " - ", " | ", "/", " \u2013 "])
def test_another_thing_is_told_whatever_parts_it_from_the_first(mark):
    phrase = read_shape_phrase(f"a dog{mark}a cat")
    assert phrase.run == ("dog",)
    assert [text.removeprefix("and ") for text in phrase.besides] == ["a cat"]


def test_what_somebody_is_doing_is_no_part_of_the_name():
    assert read_shape_phrase("a surfboard stuck in the sand").run == ("surfboard",)
    assert read_shape_phrase("cat curled up").poses == ("sleeping",)
    assert read_shape_phrase("skateboarder mid-air").poses == ("jumping",)
