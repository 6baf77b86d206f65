"""Which whole shapes are held out: whole groups, the same ones whatever order they come in."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from whole_shape_parts import bar, drawn_shapes, whole

from smartmask.data.layered_scene import split_of
from smartmask.data.shape_splits import LEAST_GROUPS, LEAST_TO_VALIDATE, SHARE, split_shapes

SHAPES = drawn_shapes(groups=64, of_each=2)


def shapes_of(label: str, groups: int) -> list:
    return [whole(label, bar(n), f"drawn:{label}{n}") for n in range(groups)]


def test_a_group_is_in_one_split_even_if_it_has_several_labels():
    shared = [whole("saw", bar(n), f"drawn:comb{n}") for n in range(64)]
    shapes = SHAPES + shared
    splits = defaultdict(set)
    for shape, split in zip(shapes, split_shapes(shapes), strict=True):
        splits[shape.group].add(split)
    assert {len(found) for found in splits.values()} == {1}
    assert {split for (split,) in splits.values()} == {"train", "validation", "test"}


def test_an_eighth_of_a_labels_groups_is_the_test_split_and_as_many_validate():
    found = defaultdict(set)
    for shape, split in zip(SHAPES, split_shapes(SHAPES), strict=True):
        found[shape.label, split].add(shape.group)
    for label in ("bar", "ball", "comb"):
        sizes = {split: len(found[label, split]) for split in ("test", "validation", "train")}
        assert sizes == {"test": 64 // SHARE, "validation": 64 // SHARE, "train": 64 - 2 * (64 // SHARE)}


@pytest.mark.parametrize(
    "groups", [1, LEAST_GROUPS - 1, LEAST_GROUPS, LEAST_TO_VALIDATE - 1, LEAST_TO_VALIDATE]
)
def test_labels_that_have_no_group_to_spare_are_learnt_from(groups):
    counts = Counter(split_shapes(shapes_of("bar", groups)))
    assert counts["test"] == (groups >= LEAST_GROUPS)
    assert counts["validation"] == (groups >= LEAST_TO_VALIDATE)


def test_the_order_of_shapes_and_views_of_an_object_change_nothing():
    splits = dict(zip([shape.group for shape in SHAPES], split_shapes(SHAPES), strict=True))
    order = np.random.default_rng(0).permutation(len(SHAPES))
    mixed = [SHAPES[place] for place in order]
    assert dict(zip([shape.group for shape in mixed], split_shapes(mixed), strict=True)) == splits
    once = list({shape.group: shape for shape in SHAPES}.values())
    assert split_shapes(once) == [splits[shape.group] for shape in once]


def test_a_label_is_split_as_if_it_were_alone():
    splits = dict(zip([shape.group for shape in SHAPES], split_shapes(SHAPES), strict=True))
    bars = [shape for shape in SHAPES if shape.label == "bar"]
    assert split_shapes(bars) == [splits[shape.group] for shape in bars]


@pytest.mark.parametrize("collection", ["coco", "voc", "taco", "lvis"])
def test_photos_that_have_scenes_follow_the_split_of_their_scene(collection):
    shapes = [whole("bar", bar(n), f"{collection}:{n}", "photo") for n in range(120)]
    assert split_shapes(shapes) == [split_of(shape.group) for shape in shapes]
    beside = shapes_of("bar", 3)
    assert split_shapes(shapes + beside)[120:] == ["train"] * 3, "photos do not count as groups of the label"


def test_of_nothing_there_is_nothing():
    assert split_shapes([]) == []
