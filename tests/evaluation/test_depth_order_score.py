"""The score of the depth order on scenes that are drawn by hand."""

import numpy as np
import pytest
from shapes import disc, rectangle, room, scene_of

from smartmask.evaluation.depth_order import SORTS, KnownScene, Tally, measure_depth_order
from smartmask.segmentation.depth_evidence import KINDS

SIZE = (120, 160)
MASKS = {
    "wall": np.ones(SIZE, bool),
    "floor": rectangle(SIZE, (0, 70, 160, 120)),
    "sofa": rectangle(SIZE, (30, 40, 120, 100)),
    "cup": rectangle(SIZE, (60, 50, 70, 60)),
    "dog": disc(SIZE, (110, 90), 20),
}


def test_asked_are_pairs_that_touch_and_overlap():
    known = KnownScene.of(scene_of(MASKS))
    labels = [(known.layout.labels[front], known.layout.labels[behind]) for front, behind in known.pairs]
    assert set(labels) == {
        ("floor", "wall"),
        ("sofa", "wall"),
        ("sofa", "floor"),
        ("cup", "sofa"),
        ("dog", "sofa"),
        ("dog", "floor"),
    }
    sorts = dict(zip(labels, known.sorts, strict=True))
    assert sorts["floor", "wall"] == "surroundings"
    assert sorts["sofa", "wall"] == "thing and surroundings"
    assert sorts["dog", "sofa"] == "two things"


def test_things_that_only_touch_are_not_asked():
    side_by_side = {"cat": rectangle(SIZE, (0, 0, 80, 120)), "dog": rectangle(SIZE, (80, 0, 160, 120))}
    known = KnownScene.of(scene_of(side_by_side, regions=()))
    assert known.pairs == ()
    assert measure_depth_order([known]) == {}


def test_the_truth_is_not_in_what_is_asked():
    scene = scene_of(MASKS)
    known = KnownScene.of(scene)
    assert known.layout.labels == ("wall", "floor", "cup", "sofa", "dog"), "a segmenter's order"
    coverage = np.sum([layer.mask for layer in known.layout.layers], axis=0)
    assert coverage.max() == 1, "nothing of what is hidden"
    assert all(layer.extent == "visible" for layer in known.layout.layers)


def test_evidence_is_turned_so_that_it_is_right_above_0():
    known = KnownScene.of(scene_of(MASKS))
    labels = [(known.layout.labels[front], known.layout.labels[behind]) for front, behind in known.pairs]
    across = dict(zip(labels, known.evidence[:, KINDS.index("across")], strict=True))
    assert across["cup", "sofa"] == 1
    assert across["sofa", "wall"] > 0
    words = known.evidence[:, KINDS.index("words")]
    assert (words >= 0).all()


def test_the_rules_on_a_scene_that_each_can_be_checked_on():
    result = measure_depth_order([KnownScene.of(scene_of(MASKS))])
    things = {rule: tallies["two things"] for rule, tallies in result.items()}
    assert things["order"] == things["votes"] == Tally(2, 0, 0)
    assert things["smaller in front"] == Tally(2, 0, 0)
    assert things["lower edge only"] == Tally(1, 1, 0), "the cup stands higher than the sofa"
    assert things["present order"] == Tally(1, 1, 0)
    assert things["by words"] == Tally(0, 0, 2)
    assert result["by words"]["thing and surroundings"] == Tally(3, 0, 0)
    assert "by nearness" not in result


def test_a_wrong_picture_is_counted_as_wrong():
    """A cup behind a hole in the sofa looks like a cup in front of it."""
    hole = MASKS["sofa"] & ~MASKS["cup"]
    scene = scene_of({"cup": rectangle(SIZE, (55, 45, 75, 65)), "sofa": hole}, regions=())
    tally = measure_depth_order([KnownScene.of(scene)])["votes"]["two things"]
    assert tally == Tally(0, 1, 0)
    assert tally.share == 0


def test_scenes_are_pooled_by_pair():
    scenes = [KnownScene.of(room(number)) for number in range(3)]
    pooled, single = measure_depth_order(scenes), [measure_depth_order([scene]) for scene in scenes]
    for sort in SORTS[1:]:
        right = [result["order"][sort].right for result in single if sort in result["order"]]
        assert pooled["order"][sort].right == sum(right)


def test_nearness_is_asked_too():
    scene = scene_of(MASKS)
    nearness = np.zeros(SIZE, np.float32)
    for number, mask in enumerate(MASKS.values()):
        nearness[mask] = number
    result = measure_depth_order([KnownScene.of(scene, nearness)])
    assert result["by nearness"]["two things"] == Tally(2, 0, 0)
    assert result["order"]["two things"].share == 1


@pytest.mark.parametrize(
    ("tally", "share"), [(Tally(3, 1, 0), 0.75), (Tally(0, 0, 4), 0.5), (Tally(1, 0, 1), 0.75)]
)
def test_silence_counts_half(tally, share):
    assert tally.share == share
