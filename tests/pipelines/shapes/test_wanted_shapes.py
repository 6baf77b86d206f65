"""Which shapes of a label answer to pose, direction and outline."""

import pytest
from known_labels import known, memory_of

from smartmask.pipelines.shapes.wanted_shapes import wanted_shapes

HORSES = memory_of(
    known("horse", 1.0, "facing left"),
    known("horse", 1.4, "facing right"),
    known("horse", 1.6, "facing right", "running"),
    known("horse", 2.4, "facing right", may_mirror=False),
    known("horse running", 1.8),
    known("horse", 0.6),
)


@pytest.mark.parametrize(
    ("poses", "outlines", "numbers", "mirrored", "honoured"),
    [
        ([], [], [0, 1, 2, 3, 5], [], []),
        (["facing left"], [], [0, 1, 2], [1, 2], ["facing left"]),
        (["facing right"], [], [0, 1, 2, 3], [0], ["facing right"]),
        (["running"], [], [2], [], ["running"]),
        (["running", "facing left"], [], [2], [2], ["running", "facing left"]),
        (["sleeping"], [], [0, 1, 2, 3, 5], [], []),
        ([], ["tall"], [0, 1, 5], [], ["tall"]),
        ([], ["wide"], [1, 2, 3], [], ["wide"]),
        ([], ["long"], [2, 3, 5], [], ["long"]),
        ([], ["round"], [0], [], ["round"]),
        (["facing left"], ["round"], [0], [], ["facing left", "round"]),
    ],
)
def test_wishes_that_some_meet_leave_only_those(poses, outlines, numbers, mirrored, honoured):
    found = wanted_shapes(HORSES, "horse", poses, outlines)
    assert found.numbers.tolist() == numbers
    assert found.numbers[found.is_mirrored].tolist() == mirrored
    assert list(found.honoured) == honoured


def test_a_pose_in_the_label_counts():
    found = wanted_shapes(HORSES, "horse running", ["running"])
    assert (found.numbers.tolist(), found.honoured) == ([4], ("running",))


def test_alike_shapes_have_no_outlines_to_choose_among():
    memory = memory_of(known("door", 0.5), known("door", 0.51), known("door", 0.52))
    assert wanted_shapes(memory, "door", (), ["tall"]).honoured == ()


def test_of_an_unknown_label_there_are_none():
    found = wanted_shapes(HORSES, "cow", ["running"], ["round"])
    assert (len(found.numbers), len(found.is_mirrored), found.honoured) == (0, 0, ())
