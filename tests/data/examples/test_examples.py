import dataclasses
import re

import numpy as np
import pytest
from shapes import disc, rectangle, room, scene_of

from smartmask.data.examples.example import PASSES, REFINE_ONLY, WORK_SCALE, Example, askable, make_example
from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.model.diffusion.condition import OUTSIDE, UNKNOWN
from smartmask.scene.guidance import GUIDANCE_KINDS, NoGuidance, Region
from smartmask.scene.rle import encode_rle
from smartmask.scene.view import REFINE_FILL, View

R = 16
SEEDS = range(60)


PICTURE, BALL = 2, 3


def drawn(scene: LayeredScene, number: int, seed: int) -> Example | None:
    return make_example(scene, number, R, np.random.default_rng(seed))


def labels_shown(example: Example) -> set[str]:
    return {example.labels[number] for number in np.unique(example.visible_index).tolist() if number >= 0}


@pytest.fixture(scope="module", params=[False, True], ids=["scenes with holes", "exact scenes"])
def examples(request) -> list[tuple[LayeredScene, SceneLayer, Example]]:
    """Examples of the objects of some rooms."""
    made = [(room(seed % 5, is_exact=request.param), PICTURE + seed % 2, seed) for seed in SEEDS]
    found = [(scene, scene.layers[number], drawn(scene, number, seed)) for scene, number, seed in made]
    return [(scene, item, example) for scene, item, example in found if example is not None]


def test_few_choices_leave_nothing(examples):
    assert len(examples) > 0.8 * len(SEEDS)


def test_all_maps_have_the_size_of_the_work_canvas(examples):
    for _, _, example in examples:
        side = len(example.target)
        assert side >= R * WORK_SCALE
        assert example.visible_index.shape == example.target.shape == example.view.size_hw == (side, side)
        if not isinstance(example.guidance, NoGuidance):
            x0, y0, x1, y1 = example.guidance.box()
            assert 0 <= x0 < x1 <= side
            assert 0 <= y0 < y1 <= side


def test_a_hint_lies_on_the_photo_as_a_users_does(examples):
    for _, _, example in examples:
        side = len(example.target)
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
        side = max(scene.size_hw) * np.exp(example.zoom) / example.view.side
        assert shown.sum() * side**2 == pytest.approx(item.mask(scene.size_hw).sum(), rel=0.35)
        assert (x1 - x0) / side < example.view.side * 1.1


def test_the_index_counts_labels_that_are_seen_unknown_or_outside_but_not_the_target(examples):
    for scene, item, example in examples:
        present = set(np.unique(example.visible_index).tolist())
        assert present - {OUTSIDE, UNKNOWN} == set(range(len(example.labels)))
        assert set(example.labels) <= {layer.label for layer in scene.layers} - {item.label}


def test_the_texts_name_the_target_and_only_what_is_still_there(examples):
    for _, item, example in examples:
        assert example.prompt.endswith(item.label)
        if example.scene is not None:
            assert example.scene.startswith("a photo of ")
            assert f"a {item.label}" in example.scene
            named = {name.removeprefix("a ") for name in re.split(", | and ", example.scene[11:])}
            assert named <= {item.label, *example.labels}


def test_every_kind_of_hint_with_and_without_a_scene_text_and_zooms_of_all_sizes_occur(examples):
    made = [example for _, _, example in examples]
    assert {type(example.guidance) for example in made} == set(GUIDANCE_KINDS)
    assert {example.scene is None for example in made} == {True, False}
    assert min(example.zoom for example in made) < -0.7
    assert max(example.zoom for example in made) > -0.1


@pytest.mark.parametrize("seed", range(4), ids="seed {}".format)
def test_the_same_seed_gives_the_same_example(seed):
    scene = room(1)
    first, second = (drawn(scene, PICTURE, seed) for _ in range(2))
    assert first is not None
    assert second is not None
    for name in ("visible_index", "target"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    for name in ("labels", "prompt", "scene", "zoom"):
        assert getattr(first, name) == getattr(second, name)
    assert type(first.guidance) is type(second.guidance)


def test_different_seeds_give_different_examples():
    scene = room(1)
    found = [drawn(scene, PICTURE, seed) for seed in range(5)]
    made = [example for example in found if example is not None]
    seen = {example.target.tobytes() + example.guidance.rasterize(example.view).tobytes() for example in made}
    assert len(seen) == len(made) > 3


def test_where_others_say_where_objects_are_the_view_is_the_window_about_the_hint():
    for seed in SEEDS:
        example = make_example(room(1), PICTURE, R, np.random.default_rng(seed), REFINE_ONLY)
        assert example is not None
        x0, y0, x1, y1 = example.guidance.box()
        assert max(x1 - x0, y1 - y0) == pytest.approx(REFINE_FILL * example.view.side)
        assert example.view.resolution == R
        whole = example.target.sum() * example.view.scale**2
        assert example.view.coverage(example.target).sum() > 0.9 * whole


def test_an_example_says_whether_it_shows_the_whole_object():
    for extent in ("amodal", "visible"):
        scene = room(1)
        layers = tuple(dataclasses.replace(layer, extent=extent) for layer in scene.layers)
        example = drawn(dataclasses.replace(scene, layers=layers), PICTURE, 3)
        assert example is not None
        assert example.is_whole == (extent == "amodal")


def half_and_half(is_exact: bool) -> LayeredScene:
    """A wall in the left half with a large disc before it, a floor in the right half."""
    size = (64, 64)
    ball = disc(size, (16, 32), 12)
    masks = {"wall": np.ones(size, bool), "floor": rectangle(size, (32, 0, 64, 64)), "ball": ball}
    return scene_of(masks, is_exact=is_exact)


@pytest.mark.parametrize("is_exact", [False, True], ids=["with a hole", "exact"])
def test_one_example_in_two_is_mirrored_target_layout_and_hint_together(is_exact):
    scene = half_and_half(is_exact)
    mirrored = 0
    for seed in SEEDS:
        example = drawn(scene, 2, seed)
        if example is None or labels_shown(example) != {"wall", "floor"}:
            continue
        wall, floor = (np.nonzero(example.visible_index == number)[1].mean() for number in (0, 1))
        target = np.nonzero(example.target & (example.visible_index != OUTSIDE))[1].mean()
        assert (target < floor) == (wall < floor)
        if not isinstance(example.guidance, NoGuidance):
            x0, _, x1, _ = example.guidance.box()
            assert abs((x0 + x1) / 2 - target) < R
        mirrored += floor < wall
    assert 10 < mirrored < 50


def test_a_target_cut_by_the_photo_goes_on_beyond_it():
    cut = rectangle((64, 64), (20, 40, 44, 64))
    scene = scene_of({"wall": np.ones((64, 64), bool), "dog": cut})
    reached = 0
    for seed in SEEDS:
        example = drawn(scene, 1, seed)
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
    plain = SceneLayer.of("speck", rectangle((64, 64), (0, 0, 60, 60)), extent="amodal", is_thing=True)
    # Four pixels are fewer than 16 even when enlarged to this window.
    speck = SceneLayer.of("speck", rectangle((64, 64), (2, 2, 4, 4)), extent="amodal", is_thing=True)
    hardly = dataclasses.replace(speck, box_xyxy=plain.box_xyxy)
    for layer, is_shown in ((plain, True), (hardly, False)):
        scene = LayeredScene("a", "a", (64, 64), (layer,), True)
        assert [drawn(scene, 0, seed) is not None for seed in range(9)] == [is_shown] * 9


@pytest.mark.parametrize(
    ("box", "asked"),
    [
        pytest.param((2, 2, 18, 18), True, id="256 pixels are enough"),
        pytest.param((2, 2, 17, 19), False, id="255 pixels are not"),
        pytest.param((2, 2, 66, 9), False, id="a strip 7 pixels high is not"),
        pytest.param((2, 2, 66, 10), True, id="a strip 8 pixels high is enough"),
    ],
)
def test_what_is_too_small_to_learn_from_is_not_asked_for(box, asked):
    assert list(askable(scene_of({"thing": rectangle((80, 80), box)}))) == [0] * asked


@pytest.mark.parametrize(
    ("change", "is_exact", "asked"),
    [
        pytest.param({}, True, True, id="a whole thing"),
        pytest.param({"is_thing": False}, True, False, id="a region"),
        pytest.param({"is_thing": False}, False, False, id="a region of a photo"),
        pytest.param({"extent": "visible"}, True, False, id="what is seen of a thing in an exact scene"),
        pytest.param({"extent": "visible"}, False, True, id="what is seen of a thing in a photo"),
    ],
)
def test_whole_things_are_asked_for(change, is_exact, asked):
    scene = scene_of({"thing": rectangle((80, 80), (10, 10, 40, 40))}, is_exact=is_exact)
    scene = dataclasses.replace(scene, layers=(dataclasses.replace(scene.layers[0], **change),))
    assert list(askable(scene)) == [0] * asked


def stack() -> LayeredScene:
    """A wall; a shelf before it; a vase that hides a part of the shelf; a clock that touches neither."""
    size = (96, 96)
    return scene_of(
        {
            "wall": np.ones(size, bool),
            "shelf": rectangle(size, (20, 50, 70, 70)),
            "vase": rectangle(size, (30, 30, 50, 60)),
            "clock": disc(size, (78, 18), 12),
        },
        is_exact=True,
    )


def test_an_exact_scene_shows_what_is_behind_and_every_other_time_what_does_not_touch_in_front():
    scene = stack()
    shown = [labels_shown(example) for seed in range(200) if (example := drawn(scene, 1, seed)) is not None]
    assert {frozenset(labels) for labels in shown} == {frozenset({"wall"}), frozenset({"wall", "clock"})}
    assert (
        0.1 < np.mean([labels == {"wall", "clock"} for labels in shown]) < 0.6
    )  # at times it is not in view


def test_neighbours_count_as_touching():
    size = (64, 64)
    masks = {"wall": np.ones(size, bool), "box": rectangle(size, (10, 20, 30, 40))}
    apart = scene_of(masks | {"lid": rectangle(size, (10, 46, 30, 58))}, is_exact=True)
    beside = scene_of(masks | {"lid": rectangle(size, (10, 40, 30, 58))}, is_exact=True)
    for scene, seen in ((apart, True), (beside, False)):
        found = [drawn(scene, 1, seed) for seed in SEEDS]
        assert any("lid" in example.labels for example in found if example is not None) == seen


def test_what_stands_on_a_thing_that_is_left_out_goes_with_it():
    """A picture, a cabinet that hides its foot, a jar on the cabinet: no jar may float where it stood."""
    size = (96, 96)
    masks = {
        "wall": np.ones(size, bool),
        "picture": rectangle(size, (20, 20, 50, 56)),
        "cabinet": rectangle(size, (30, 50, 90, 90)),
        "jar": rectangle(size, (70, 34, 80, 52)),
        "clock": disc(size, (70, 12), 8),
    }
    scene = scene_of(masks, is_exact=True)
    shown = [labels_shown(example) for seed in range(100) if (example := drawn(scene, 1, seed)) is not None]
    assert set().union(*shown) == {"wall", "clock"}


def test_an_exact_scene_holds_no_trace_of_the_object():
    """The same window of the scene without the object and what hides it is the same map."""
    scene = stack()
    without = dataclasses.replace(scene, layers=scene.layers[:1])
    for seed in range(40):
        example = drawn(scene, 1, seed)
        if example is not None and "clock" not in example.labels:
            inside = example.visible_index[example.visible_index != OUTSIDE]
            assert (inside == 0).all()
            assert without.layers[0].label == example.labels[0]


def test_the_target_of_an_exact_scene_is_the_whole_object_hidden_part_included():
    scene = stack()
    for seed in range(40):
        example = drawn(scene, 1, seed)
        assert example is not None
        inside = example.target & (example.visible_index != OUTSIDE)
        side = max(scene.size_hw) * np.exp(example.zoom) / example.view.side
        assert inside.sum() * side**2 == pytest.approx(1000, rel=0.2)


def test_undecided_rims_are_filled_or_unknown_but_never_a_label_of_their_own():
    for is_exact in (False, True):
        scene = half_and_half(is_exact)
        rim = disc((64, 64), (16, 32), 14) & ~disc((64, 64), (16, 32), 12)
        layers = tuple(
            SceneLayer.of(
                layer.label, layer.mask((64, 64)) & ~rim, extent="amodal", is_thing=layer.label == "ball"
            )
            for layer in scene.layers
        )
        scene = dataclasses.replace(scene, layers=layers, undecided=encode_rle(rim))
        for seed in range(20):
            example = drawn(scene, 2, seed)
            assert example is not None
            assert example.visible_index.min() >= OUTSIDE
            assert is_exact or UNKNOWN not in example.visible_index


def test_an_objects_own_texts_and_a_scenes_are_used():
    scene = dataclasses.replace(stack(), texts=("a hall", "a tidy hall"))
    layers = tuple(dataclasses.replace(layer, texts=("the tall one",)) for layer in scene.layers)
    scene = dataclasses.replace(scene, layers=layers)
    found = [example for seed in range(200) if (example := drawn(scene, 2, seed)) is not None]
    own = np.mean([example.prompt == "the tall one" for example in found])
    assert own == pytest.approx(0.5, abs=0.12)
    assert {example.scene for example in found} == {None, "a hall", "a tidy hall"}


@pytest.mark.parametrize("is_exact", [False, True], ids=["with a hole", "exact"])
def test_words_say_left_where_the_object_is_left_in_the_mirror_too(is_exact):
    scene = half_and_half(is_exact)
    ball = dataclasses.replace(scene.layers[2], texts=("the ball on the left",))
    texts = ("a ball to the left of a floor",)
    scene = dataclasses.replace(scene, layers=(*scene.layers[:2], ball), texts=texts)
    told = set()
    for seed in range(3 * len(SEEDS)):
        example = drawn(scene, 2, seed)
        if example is None or labels_shown(example) != {"wall", "floor"}:
            continue
        floor = np.nonzero(example.visible_index == example.labels.index("floor"))[1].mean()
        target = np.nonzero(example.target & (example.visible_index != OUTSIDE))[1].mean()
        side = "left" if target < floor else "right"
        for text in (example.prompt, example.scene or ""):
            if text.startswith(("the ball on", "a ball to")):
                assert side in text
                told.add(text)
    assert len(told) == 4


def test_every_pass_gives_hints_whose_shares_add_up_and_every_kind_is_given():
    assert sum(entry.share for entry in PASSES.values()) == pytest.approx(1)
    for entry in PASSES.values():
        assert sum(entry.hints.values()) == pytest.approx(1)
    assert set().union(*(entry.hints for entry in PASSES.values())) == set(GUIDANCE_KINDS)
