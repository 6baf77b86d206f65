import numpy as np
import pytest
from shapes import disc, rectangle, room

from smartmask.data.annotations.base import AnnotatedObject, AnnotatedScene
from smartmask.data.examples import PASSES, WORK_SCALE, Example, make_example
from smartmask.model.condition import OUTSIDE, UNKNOWN
from smartmask.scene.guidance import GUIDANCE_KINDS, NoGuidance, Region
from smartmask.scene.view import View

R = 16
SEEDS = range(60)


def drawn(scene: AnnotatedScene, item: AnnotatedObject, seed: int) -> Example | None:
    return make_example(scene, item, R, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def examples() -> list[tuple[AnnotatedScene, AnnotatedObject, Example]]:
    """Examples of the objects of some rooms."""
    made = [(room(seed % 5), room(seed % 5).objects[seed % 2], seed) for seed in SEEDS]
    found = [(scene, item, drawn(scene, item, seed)) for scene, item, seed in made]
    return [(scene, item, example) for scene, item, example in found if example is not None]


def test_few_choices_leave_nothing(examples):
    assert len(examples) > 0.8 * len(SEEDS)


def test_all_maps_have_the_size_of_the_work_canvas(examples):
    side = R * WORK_SCALE
    for _, _, example in examples:
        assert example.visible_index.shape == example.target.shape == (side, side)
        if not isinstance(example.guidance, NoGuidance):
            x0, y0, x1, y1 = example.guidance.box()
            assert 0 <= x0 < x1 <= side
            assert 0 <= y0 < y1 <= side


def test_a_hint_lies_on_the_photo_as_a_users_does(examples):
    side = R * WORK_SCALE
    for _, _, example in examples:
        map_of_hint = example.guidance.rasterize(View.whole((side, side), side))
        if isinstance(example.guidance, Region):
            map_of_hint = example.guidance.mask.astype(float)  # its blur may reach beyond
        assert map_of_hint[example.visible_index == OUTSIDE].max(initial=0) < 1e-6


def test_the_target_lies_in_the_window_with_at_least_16_pixels_on_the_photo(examples):
    for _, _, example in examples:
        assert np.count_nonzero(example.target & (example.visible_index != OUTSIDE)) >= 16


def test_the_window_holds_the_whole_object_unless_it_is_a_view_of_the_whole_moved_a_little(examples):
    for scene, item, example in examples:
        x0, _, x1, _ = item.box_xyxy
        shown = example.target & (example.visible_index != OUTSIDE)
        side = max(scene.size_hw) * np.exp(example.zoom) / (R * WORK_SCALE)
        assert shown.sum() * side**2 == pytest.approx(item.mask(scene.size_hw).sum(), rel=0.35)
        assert (x1 - x0) / side < R * WORK_SCALE * 1.1


def test_the_index_holds_labels_of_the_scene_unknown_or_outside_but_not_the_target(examples):
    for scene, item, example in examples:
        assert example.labels == scene.labels
        present = set(np.unique(example.visible_index).tolist())
        assert present <= {OUTSIDE, UNKNOWN, *range(len(scene.labels))}
        assert scene.labels.index(item.label) not in present


def test_the_texts_name_the_target_and_only_what_is_still_there(examples):
    for scene, item, example in examples:
        assert example.prompt.endswith(item.label)
        if example.scene is not None:
            assert example.scene.startswith("a photo of ")
            assert f"a {item.label}" in example.scene
            gone = [
                label
                for number, label in enumerate(scene.labels)
                if number not in example.visible_index and label != item.label
            ]
            assert not [label for label in gone if f"a {label}" in example.scene]


def test_every_kind_of_hint_with_and_without_a_scene_text_and_zooms_of_all_sizes_occur(examples):
    made = [example for _, _, example in examples]
    assert {type(example.guidance) for example in made} == set(GUIDANCE_KINDS)
    assert {example.scene is None for example in made} == {True, False}
    assert min(example.zoom for example in made) < -0.7
    assert max(example.zoom for example in made) > -0.1


@pytest.mark.parametrize("seed", range(4), ids="seed {}".format)
def test_the_same_seed_gives_the_same_example(seed):
    scene = room(1)
    first, second = (drawn(scene, scene.objects[0], seed) for _ in range(2))
    assert first is not None
    assert second is not None
    for name in ("visible_index", "target"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    for name in ("labels", "prompt", "scene", "zoom"):
        assert getattr(first, name) == getattr(second, name)
    assert type(first.guidance) is type(second.guidance)


def test_different_seeds_give_different_examples():
    scene = room(1)
    found = [drawn(scene, scene.objects[0], seed) for seed in range(5)]
    assert len({example.target.tobytes() for example in found if example is not None}) == len(
        [e for e in found if e]
    )


def half_and_half() -> AnnotatedScene:
    """A wall in the left half with a large disc before it, a floor in the right half."""
    ball = disc((64, 64), (16, 32), 12)
    index = np.zeros((64, 64), np.int8)
    index[:, 32:] = 1
    index[ball] = 2
    item = AnnotatedObject.of("ball", ball, True)
    assert item is not None
    return AnnotatedScene("half", "half", index, ("wall", "floor", "ball"), (item,))


def test_one_example_in_two_is_mirrored_target_layout_and_hint_together():
    scene = half_and_half()
    mirrored = 0
    for seed in SEEDS:
        example = drawn(scene, scene.objects[0], seed)
        if example is None or not {0, 1} <= set(np.unique(example.visible_index).tolist()):
            continue
        wall = np.nonzero(example.visible_index == 0)[1].mean()
        floor = np.nonzero(example.visible_index == 1)[1].mean()
        target = np.nonzero(example.target & (example.visible_index != OUTSIDE))[1].mean()
        assert (target < floor) == (wall < floor)
        if not isinstance(example.guidance, NoGuidance):
            x0, _, x1, _ = example.guidance.box()
            assert abs((x0 + x1) / 2 - target) < R
        mirrored += floor < wall
    assert 10 < mirrored < 50


def test_a_target_cut_by_the_photo_goes_on_beyond_it():
    cut = rectangle((64, 64), (20, 40, 44, 64))
    item = AnnotatedObject.of("dog", cut, False)
    assert item is not None
    scene = AnnotatedScene("cut", "cut", np.where(cut, 1, 0).astype(np.int8), ("wall", "dog"), (item,))
    reached = 0
    for seed in SEEDS:
        example = drawn(scene, item, seed)
        if example is None:
            continue
        outside = example.visible_index == OUTSIDE
        below = outside & (np.arange(len(outside)) > len(outside) // 2)[:, None]
        if not below.any():
            continue
        first = int(np.nonzero(below.all(1))[0].min(initial=len(outside)))
        if first < len(outside):
            assert np.array_equal(example.target[first], example.target[-1])
            assert example.target[first].any()
            reached += 1
    assert reached > 5


def test_an_object_that_the_window_hardly_shows_gives_none():
    speck = rectangle(
        (64, 64), (2, 2, 4, 4)
    )  # four pixels are fewer than 16 even when enlarged to this window
    index = np.zeros((64, 64), np.int8)
    item = AnnotatedObject(
        "speck", (0, 0, 60, 60), True, AnnotatedObject.of("x", np.ones((60, 60), bool), True).packed
    )
    assert drawn(AnnotatedScene("a", "a", index, ("wall",), (item,)), item, 0) is not None
    bits = np.packbits(speck[:60, :60]).tobytes()
    hardly = AnnotatedObject("speck", (0, 0, 60, 60), True, bits)
    assert all(
        drawn(AnnotatedScene("a", "a", index, ("wall",), (hardly,)), hardly, seed) is None
        for seed in range(9)
    )


def test_every_pass_gives_hints_whose_shares_add_up_and_every_kind_is_given():
    assert sum(entry.share for entry in PASSES.values()) == pytest.approx(1)
    for entry in PASSES.values():
        assert sum(entry.hints.values()) == pytest.approx(1)
    assert set().union(*(entry.hints for entry in PASSES.values())) == set(GUIDANCE_KINDS)
