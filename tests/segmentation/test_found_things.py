import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.found_things import (
    Detection,
    FindSettings,
    distinct,
    place_things,
    read_detections,
)

SETTINGS = FindSettings()


def box_mask(x0: int, y0: int, x1: int, y1: int, size_hw: tuple[int, int] = (10, 10)) -> np.ndarray:
    mask = np.zeros(size_hw, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def thing(label: str, score: float = 0.9) -> Detection:
    return Detection(label, score, (0.0, 0.0, 1.0, 1.0))


def test_a_box_stands_for_the_word_whose_tokens_it_answers_most_to_on_average() -> None:
    tokens_of = {"cat": [1], "teddy bear": [3, 4]}
    probabilities = np.array(
        [
            [1.0, 0.5, 1.0, 0.7, 0.5, 1.0],  # 0.5 a cat, 0.6 a teddy bear; stops and ends do not count
            [0.0, 0.7, 0.0, 0.9, 0.3, 0.0],
            [0.0, 0.2, 0.0, 0.3, 0.2, 0.0],
        ],
        np.float32,
    )
    boxes = np.array([[0.5, 0.5, 0.5, 0.2], [0.1, 0.5, 0.4, 1.0], [0.5, 0.5, 1.0, 1.0]], np.float32)
    found = read_detections(probabilities, boxes, tokens_of, (100, 200), 0.3)
    assert [item.label for item in found] == ["teddy bear", "cat"]
    assert [item.score for item in found] == pytest.approx([0.6, 0.7])
    assert found[0].box_xyxy == pytest.approx((50, 40, 150, 60))
    assert found[1].box_xyxy == pytest.approx((0, 0, 60, 100))  # cut at the photo's edge


def test_a_box_beyond_the_photo_is_nothing() -> None:
    boxes = np.array([[1.3, 0.5, 0.2, 0.2]], np.float32)
    assert read_detections(np.ones((1, 3), np.float32), boxes, {"cat": [1]}, (10, 10), 0.3) == []


def test_two_boxes_on_one_thing_are_the_surer_one_whatever_its_word() -> None:
    dog, animal = Detection("dog", 0.8, (0, 0, 10, 10)), Detection("animal", 0.9, (0, 0, 10, 9))
    rider = Detection("rider", 0.5, (0, 0, 10, 5))
    assert distinct([dog, rider, animal], SETTINGS) == [animal, rider]
    assert distinct([dog, rider, animal], FindSettings(same_box=0.95)) == [animal, dog, rider]
    assert distinct([dog, rider, animal], FindSettings(max_things=1)) == [animal]


def test_where_masks_overlap_the_smaller_thing_is_seen() -> None:
    table, cup = box_mask(0, 4, 10, 10), box_mask(4, 3, 6, 6)
    for order in ([0, 1], [1, 0]):
        pairs = [(thing("table"), table), (thing("cup", 0.7), cup)]
        detections, masks = zip(*(pairs[number] for number in order), strict=True)
        layout = place_things(Layout((10, 10)), detections, masks, SETTINGS)
        seen = dict(zip(layout.labels, layout.visible(), strict=True))
        np.testing.assert_array_equal(seen["cup"], cup)
        np.testing.assert_array_equal(seen["table"], table & ~cup)
        assert {layer.label: layer.confidence for layer in layout.layers} == {"table": 0.9, "cup": 0.7}


def test_things_lie_by_their_lower_edge() -> None:
    near, far = box_mask(0, 0, 3, 9), box_mask(5, 0, 8, 5)
    layout = place_things(Layout((10, 10)), [thing("near"), thing("far")], [near, far], SETTINGS)
    assert layout.labels == ("far", "near")


def test_a_thing_left_with_little_of_its_mask_goes_and_leaves_what_was_there() -> None:
    base = Layout((10, 10), (Layer("wall", np.ones((10, 10), bool)),))
    bowl, left, right = box_mask(0, 0, 10, 2), box_mask(0, 0, 5, 2), box_mask(5, 0, 9, 2)
    things = [thing("bowl"), thing("apple"), thing("pear")]
    layout = place_things(base, things, [bowl, left, right], SETTINGS)
    assert sorted(layout.labels) == ["apple", "pear", "wall"]
    assert layout.visible_index()[0, 9] == 0  # the bowl's last pixels are wall again
    layout = place_things(base, things, [bowl, left, right], FindSettings(min_kept=0.1))
    assert "bowl" in layout.labels


def test_things_lie_in_front_of_the_base_and_replace_what_they_are_another_name_for() -> None:
    wall, floor = box_mask(0, 0, 10, 5), box_mask(0, 5, 10, 10)
    dog = box_mask(2, 4, 6, 8)
    base = Layout((10, 10), (Layer("wall", wall), Layer("floor", floor), Layer("dog", dog, confidence=0.6)))
    poodle = box_mask(2, 4, 6, 7)
    layout = place_things(base, [thing("poodle")], [poodle], SETTINGS)
    assert layout.labels == ("wall", "floor", "poodle")
    np.testing.assert_array_equal(layout.visible()[2], poodle)
    assert (layout.visible_index()[7, 2:6] == -1).all()  # the dog's rest is unknown, never a sliver of dog
    collar = box_mask(2, 5, 6, 6)
    kept = place_things(base, [thing("collar")], [collar], SETTINGS)
    assert kept.labels == ("wall", "floor", "dog", "collar")
    np.testing.assert_array_equal(kept.visible()[2], dog & ~collar)
    assert kept.layers[2].confidence == 0.6


def test_a_base_layer_that_is_wholly_covered_goes() -> None:
    base = Layout((10, 10), (Layer("wall", np.ones((10, 10), bool)), Layer("clock", box_mask(4, 4, 5, 5))))
    layout = place_things(base, [thing("shelf")], [box_mask(2, 2, 8, 8)], SETTINGS)
    assert layout.labels == ("wall", "shelf")


def test_nothing_found_leaves_the_base() -> None:
    base = Layout((10, 10), (Layer("wall", box_mask(0, 0, 10, 5)),))
    layout = place_things(base, [], [], SETTINGS)
    assert layout.labels == ("wall",)
    np.testing.assert_array_equal(layout.visible_index(), base.visible_index())
    assert len(place_things(Layout((3, 4)), [], [], SETTINGS)) == 0


@given(st.integers(0, 10**6), st.integers(0, 6), st.integers(0, 4))
def test_layers_are_disjoint_and_seen(seed: int, things: int, base_layers: int) -> None:
    rng = np.random.default_rng(seed)
    base = Layout((8, 9), tuple(Layer(f"stuff {n}", rng.random((8, 9)) < 0.4) for n in range(base_layers)))
    masks = [rng.random((8, 9)) < rng.random() for _ in range(things)]
    settings = FindSettings(min_kept=float(rng.random()), same_region=float(rng.random()))
    layout = place_things(base, [thing(f"thing {n}") for n in range(things)], masks, settings)
    stacked = np.array([layer.mask for layer in layout.layers]).reshape(-1, 8, 9)
    assert stacked.any((1, 2)).all()
    assert stacked.sum(0).max(initial=0) <= 1
    known = base.visible_index() >= 0
    assert not (stacked.any(0) & ~(known | np.any(masks, axis=0) if masks else known)).any()


def test_masks_that_do_not_belong_to_the_detections_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 masks, one a detection, but came to 1"):
        place_things(Layout((4, 4)), [thing("a"), thing("b")], [np.ones((4, 4), bool)], SETTINGS)
    with pytest.raises(ValueError, match="expected 1 masks of 4x4, came to mask 0 of 5x4"):
        place_things(Layout((4, 4)), [thing("a")], [np.ones((4, 5), bool)], SETTINGS)
    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        FindSettings(min_score=-0.1)
