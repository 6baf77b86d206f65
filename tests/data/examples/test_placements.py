"""True and false placements: nothing but knowledge of scenes may tell them apart."""

from collections import Counter

import numpy as np
import pytest
from scipy.ndimage import zoom
from shapes import blob, disc, rectangle

from smartmask.data.examples.false_placements import FALSE_PLACEMENTS, ObjectPool, is_cut
from smartmask.data.examples.placements import CANVAS_PX, MOST_ALIKE_IOU, Placements, make_placements
from smartmask.data.examples.removal import remove_object
from smartmask.data.examples.work_canvas import WorkPixels, painted
from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.scene.layout import UNKNOWN
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View

SIZE_HW = (120, 160)
MOVED = ("shifted", "rescaled")
KINDS_OF_GROUND = 12
MODAL_OR_EXACT = pytest.mark.parametrize("is_exact", [False, True], ids=["modal", "exact"])


def patches(seed: int) -> np.ndarray:
    """A canvas of patches of 5 pixels, each one of `KINDS_OF_GROUND`."""
    return zoom(np.random.default_rng(seed).integers(KINDS_OF_GROUND, size=(24, 32)), 5, order=0)


def scene(
    seed: int, is_exact: bool = False, label: str = "dog", target: np.ndarray | None = None
) -> LayeredScene:
    """An object somewhere on a patchwork, nothing in front of it."""
    rng = np.random.default_rng([seed, 1])
    if target is None:
        side = int(rng.integers(36, 60))
        x0, y0 = int(rng.integers(4, 150 - side)), int(rng.integers(4, 110 - side))
        target = np.zeros(SIZE_HW, bool)
        target[y0 : y0 + side, x0 : x0 + side] = blob((side, side), seed)
    ground = patches(seed)
    layers = [
        SceneLayer.of(f"patch {number}", ground == number, extent="visible", is_thing=False)
        for number in range(KINDS_OF_GROUND)
    ]
    extent = "amodal" if is_exact else "visible"
    layers.append(SceneLayer.of(label, target, extent=extent, is_thing=True))
    return LayeredScene(f"scene {seed}", f"scene {seed}", SIZE_HW, tuple(layers), is_exact)


def pool(is_exact: bool = False, count: int = 12) -> ObjectPool:
    labels = ("dog", "dog", "table", "lamp")
    return ObjectPool([scene(seed, is_exact, labels[seed % 4]) for seed in range(count)])


def drawn(kinds, is_exact: bool = False, count: int = 40, plain: bool = True) -> list[Placements]:
    found, objects = [], pool(is_exact)
    for seed in range(count):
        item = objects.items[seed % len(objects.items)]
        placements = make_placements(item, kinds, objects, np.random.default_rng(seed), plain=plain)
        if placements is not None:
            found.append(placements)
    assert len(found) > 0.8 * count
    return found


@MODAL_OR_EXACT
def test_the_true_mask_comes_first_and_is_the_objects_own(is_exact):
    objects = pool(is_exact)
    for seed, item in enumerate(objects.items):
        found = make_placements(item, MOVED, objects, np.random.default_rng(seed), plain=True)
        pixels = WorkPixels.of(View.whole(SIZE_HW, CANVAS_PX), False)
        expected = pixels.of_layer(item[0].layers[-1])[pixels.inside.any(1)]
        assert found is not None
        assert found.kinds == ("true", *MOVED)
        assert mask_iou(found.masks[0], expected) > 0.93
        assert found.masks[0].shape == found.visible_index.shape == (96, 128)


@MODAL_OR_EXACT
@pytest.mark.parametrize("kind", FALSE_PLACEMENTS)
def test_a_false_placement_of_each_kind_differs_by_its_mask_or_by_its_word(kind, is_exact):
    for found in drawn((kind,), is_exact):
        (true, false), words = found.masks, found.prompts
        if kind == "wrong word":
            assert np.array_equal(true, false)
            assert words[0] != words[1]
        elif kind == "another label of another scene":
            assert words[0] != words[1]
        else:
            assert mask_iou(true, false) <= MOST_ALIKE_IOU
            assert words[0] == words[1]
        assert false.any()


@MODAL_OR_EXACT
def test_all_follows_from_the_generator(is_exact):
    objects = pool(is_exact)
    for plain in (True, False):
        first, again, other = (
            make_placements(objects.items[2], MOVED, objects, np.random.default_rng(seed), plain=plain)
            for seed in (3, 3, 4)
        )
        assert np.array_equal(first.visible_index, again.visible_index)
        assert [mask.tobytes() for mask in first.masks] == [mask.tobytes() for mask in again.masks]
        assert [mask.tobytes() for mask in first.masks] != [mask.tobytes() for mask in other.masks]


@MODAL_OR_EXACT
def test_nothing_of_the_object_stays_in_the_layout(is_exact):
    for found in drawn(MOVED, is_exact, plain=False):
        assert not {"dog", "table", "lamp"} & set(found.labels)
        assert UNKNOWN not in found.visible_index


def likeness_under(index: np.ndarray, mask: np.ndarray) -> float:
    """How many pixels of a mask equal one that is more than a patch away: in a filled hole many do."""
    alike = np.zeros(index.shape, bool)
    alike[:, 7:] |= index[:, 7:] == index[:, :-7]
    alike[7:] |= index[7:] == index[:-7]
    alike[7:, 7:] |= index[7:, 7:] == index[:-7, :-7]
    return float(alike[mask].mean())


def share_of_pairs_with_more_likeness_under_the_true_mask(pairs) -> float:
    """About 1/2 if the layout under a mask does not say which is the true one."""
    found = [(likeness_under(index, true), likeness_under(index, false)) for index, true, false in pairs]
    return float(np.mean([(true > false) + 0.5 * (true == false) for true, false in found]))


@pytest.mark.parametrize("fill", ["nearest", "rows"])
def test_holes_do_not_tell_true_from_moved_masks_as_a_hole_under_the_true_one_alone_does(fill):
    alike, alone = [], []
    objects = pool(count=40)
    for seed in range(160):
        item = objects.items[seed % len(objects.items)]
        rng = np.random.default_rng(seed)
        found = make_placements(item, (MOVED[seed % 2],), objects, rng, fill=fill, plain=True)
        if found is None:
            continue
        true, false = found.masks
        alike.append((found.visible_index, true, false))
        pixels = WorkPixels.of(View.whole(SIZE_HW, CANVAS_PX), False)
        index = painted(item[0], item[1], pixels)[pixels.inside.any(1)]
        alone.append((remove_object(index, true, rng, fill), true, false))
    assert len(alike) > 120
    assert share_of_pairs_with_more_likeness_under_the_true_mask(alone) > 0.7
    assert abs(share_of_pairs_with_more_likeness_under_the_true_mask(alike) - 0.5) < 0.1


def test_what_touches_any_of_the_masks_is_left_out_of_an_exact_scene_with_all_in_front_of_it():
    ground = SceneLayer.of("floor", np.ones(SIZE_HW, bool), extent="amodal", is_thing=False)
    table = SceneLayer.of("table", rectangle(SIZE_HW, (60, 50, 100, 90)), extent="amodal", is_thing=True)
    cups = [
        SceneLayer.of("cup", disc(SIZE_HW, (x, y), 7), extent="amodal", is_thing=True)
        for x in range(8, 160, 16)
        for y in range(8, 120, 16)
    ]
    scenes = [
        LayeredScene(f"s{number}", f"s{number}", SIZE_HW, (ground, table, *cups), True) for number in range(3)
    ]
    objects, shown = ObjectPool(scenes), 0
    for seed in range(40):
        found = make_placements(
            (scenes[0], 1), ("shifted",), objects, np.random.default_rng(seed), plain=True
        )
        if found is None:
            continue
        near = np.logical_or(*found.masks)
        assert {found.labels[number] for number in np.unique(found.visible_index[near])} == {"floor"}
        shown += "cup" in found.labels
    assert shown > 8, "what touches none of them is shown one time in two"


def test_larger_and_smaller_masks_come_alike_and_a_shape_keeps_its_form():
    small = ObjectPool([scene(seed, target=disc(SIZE_HW, (80, 60), 14)) for seed in range(40)])
    factors = []
    for seed, item in enumerate(small.items):
        found = make_placements(item, ("rescaled",), small, np.random.default_rng(seed), plain=True)
        true, false = (np.count_nonzero(mask) for mask in found.masks)
        factors.append((false / true) ** 0.5)
    larger = [factor for factor in factors if factor > 1]
    assert 0.3 < len(larger) / len(factors) < 0.7
    assert 1.25 < min(larger) < max(larger) < 2.7
    assert 0.36 < min(factors) < 0.75


def test_objects_of_other_scenes_are_never_of_the_same_scene_or_of_the_same_meaning():
    objects = pool()
    rng = np.random.default_rng(0)
    for item in objects.items:
        label = item[0].layers[item[1]].label
        for _ in range(20):
            same, other = objects.elsewhere(item, True, rng), objects.elsewhere(item, False, rng)
            if same is not None:
                assert same[0].group != item[0].group
                assert same[0].layers[same[1]].label == label
            assert other[0].group != item[0].group
            assert other[0].layers[other[1]].label != label


def test_a_synonym_is_no_other_meaning():
    couch, sofa = ObjectPool([scene(0, label="couch"), scene(1, label="sofa")]).items
    objects = ObjectPool([couch[0], sofa[0]])
    assert objects.elsewhere(couch, False, np.random.default_rng(0)) is None


def test_an_object_without_any_false_placement_gives_nothing():
    alone = ObjectPool([scene(0)])
    kinds = ("same label of another scene", "wrong word")
    assert make_placements(alone.items[0], kinds, alone, np.random.default_rng(0)) is None


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        pytest.param((40, 40, 80, 80), False, id="in the middle"),
        pytest.param((0, 40, 40, 80), True, id="at the left border"),
        pytest.param((120, 40, 158, 80), True, id="near the right border"),
        pytest.param((40, 80, 80, 120), True, id="at the lower border"),
    ],
)
def test_objects_at_the_border_pass_for_cut(box, cut):
    assert is_cut((scene(0, target=rectangle(SIZE_HW, box)), KINDS_OF_GROUND)) is cut


def test_small_objects_are_not_placed():
    small = scene(0, target=rectangle(SIZE_HW, (50, 50, 61, 74)))
    tiny = scene(1, target=rectangle(SIZE_HW, (50, 50, 62, 62)))
    assert [item[0].key for item in ObjectPool([small, tiny]).items] == ["scene 0"]


def test_prompts_and_scene_texts_vary_unless_plain():
    words = Counter(found.prompts[0] for found in drawn(MOVED, plain=False))
    assert len(words) > 6
    assert {found.scene for found in drawn(MOVED, plain=True)} == {None}
    assert any(found.scene for found in drawn(MOVED, plain=False))
