"""Figures against closed forms, against painting, and against what COCOA stores."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from shapes import bool_masks, rectangle, room, scene_of

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.statistics import SIZE_BINS, Occlusion, hidden_shares, scene_statistics
from smartmask.scene.rle import decode_rle

COCOA = Path(__file__).parents[3] / "shared" / "data" / "formats" / "cocoa"
SIZE_HW = (20, 40)


def two_squares() -> LayeredScene:
    """Two squares of 10 pixels a side; the front one hides half of the other."""
    return scene_of(
        {"box": rectangle(SIZE_HW, (5, 5, 15, 15)), "ball": rectangle(SIZE_HW, (10, 5, 20, 15))}, regions=()
    )


def test_a_half_hidden_square():
    scene = two_squares()
    assert hidden_shares(scene).tolist() == [0.5, 0.0]
    found = scene_statistics([scene])
    assert (found.scenes, found.layers, found.things, found.labels, found.thing_labels) == (1, 2, 2, 2, 2)
    assert found.occlusion == Occlusion(2, 0.5, 0.25, 0.25, (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0))
    assert found.thing_occlusion == found.occlusion
    assert found.layers_per_scene == {2: 1}


def test_what_two_layers_hide_together_is_hidden_once():
    scene = scene_of(
        {
            "floor": np.ones((10, 10), bool),
            "rug": rectangle((10, 10), (0, 0, 10, 5)),
            "cat": rectangle((10, 10), (0, 0, 5, 5)),
        },
        regions=("floor", "rug"),
    )
    assert hidden_shares(scene).tolist() == [0.5, 0.5, 0.0]
    found = scene_statistics([scene])
    assert found.occlusion is not None
    assert found.occlusion.mean_hidden_share == pytest.approx(1 / 3)
    assert found.thing_occlusion == Occlusion(1, 0.0, 0.0, 0.0, (1,) + (0,) * 10)


def test_a_pixel_makes_a_layer_occluded_and_a_layer_may_be_hidden_whole():
    scene = scene_of(
        {
            "wall": rectangle((10, 10), (0, 0, 10, 9)),
            "ball": rectangle((10, 10), (0, 0, 1, 1)),
            "lid": rectangle((10, 10), (0, 0, 1, 1)),
        },
        regions=(),
    )
    assert hidden_shares(scene).tolist() == [pytest.approx(1 / 90), 1.0, 0.0]
    found = scene_statistics([scene]).occlusion
    assert found is not None
    assert found.occluded_share == pytest.approx(2 / 3)
    assert found.histogram == (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_masks_of_visible_parts_count_as_layers_but_not_for_occlusion():
    scene = two_squares()
    seen = replace(scene, layers=tuple(replace(layer, extent="visible") for layer in scene.layers))
    found = scene_statistics([seen])
    assert (found.layers, found.things, sum(found.size_histogram)) == (2, 2, 2)
    assert found.occlusion is found.thing_occlusion is None
    mixed = scene_statistics([scene, seen])
    assert mixed.occlusion == scene_statistics([scene]).occlusion


@pytest.mark.parametrize(
    ("box", "place"),
    [
        pytest.param((0, 0, 1, 1), 0, id="one pixel"),
        pytest.param((0, 0, 20, 10), 9, id="a quarter of the canvas is of size one half"),
        pytest.param((0, 0, 40, 20), SIZE_BINS - 1, id="all of it"),
    ],
)
def test_sizes_are_square_roots_of_shares_of_the_canvas(box, place):
    found = scene_statistics([scene_of({"ball": rectangle(SIZE_HW, box)})])
    assert [number for number, count in enumerate(found.size_histogram) if count] == [place]


def test_regions_have_no_size():
    assert sum(scene_statistics([room()]).size_histogram) == 2


def test_labels_are_counted_most_frequent_first_then_by_name():
    found = scene_statistics([room(0), room(1), two_squares()])
    assert list(found.label_counts.items()) == [
        ("ball", 3),
        ("floor", 2),
        ("picture", 2),
        ("wall", 2),
        ("box", 1),
    ]
    assert (found.labels, found.thing_labels) == (5, 3)
    assert found.layers_per_scene == {2: 1, 4: 2}


def test_bytes_a_layer():
    assert scene_statistics([two_squares()], bytes_on_disk=300).bytes_per_layer == 150
    assert scene_statistics([two_squares()]).bytes_per_layer is None
    assert scene_statistics([], bytes_on_disk=300).bytes_per_layer is None


def test_nothing_gives_figures_of_nothing():
    found = scene_statistics([])
    assert (found.scenes, found.layers, found.labels, found.occlusion) == (0, 0, 0, None)


masks = st.lists(bool_masks().filter(np.any), min_size=1, max_size=5)


def scene_of_masks(found: list[np.ndarray], label: str = "thing") -> LayeredScene:
    layers = (SceneLayer.of(label, mask, extent="amodal", is_thing=True) for mask in found)
    return LayeredScene("key", "group", found[0].shape, tuple(layers), True)


@given(masks)
def test_hidden_shares_are_those_of_the_painted_scene(found):
    scene = scene_of_masks(found)
    index = scene.visible_index()
    painted = [1 - np.count_nonzero(index == number) / mask.sum() for number, mask in enumerate(found)]
    shares = hidden_shares(scene)
    assert shares.tolist() == pytest.approx(painted)
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert shares[-1] == 0


@given(masks, st.text(min_size=1, max_size=4))
def test_occlusion_does_not_depend_on_labels_and_its_histogram_counts_every_layer(found, label):
    statistics = scene_statistics([scene_of_masks(found, label)])
    assert statistics.occlusion == scene_statistics([scene_of_masks(found)]).occlusion
    assert statistics.occlusion is not None
    assert sum(statistics.occlusion.histogram) == sum(statistics.size_histogram) == len(found)
    assert statistics.label_counts == {label: len(found)}


@pytest.mark.data
@pytest.mark.skipif(not COCOA.is_dir(), reason=f"{COCOA} is absent")
@pytest.mark.parametrize(("name", "size_hw"), [("1", (480, 640)), ("2", (427, 640))])
def test_hidden_shares_are_the_rates_that_cocoa_stores(name, size_hw):
    regions = json.loads((COCOA / f"{name}.json").read_text())["regions"]
    regions = sorted(regions, key=lambda region: -region["order"])
    layers = []
    for region in regions:
        runs = coco_mask.merge(coco_mask.frPyObjects([region["segmentation"]], *size_hw))
        mask = decode_rle(runs["counts"].decode("ascii"), size_hw)
        layers.append(SceneLayer.of(region["name"], mask, extent="amodal", is_thing=True))
    shares = hidden_shares(LayeredScene(name, name, size_hw, tuple(layers), False))
    assert shares.tolist() == pytest.approx([region["occlude_rate"] for region in regions], abs=1e-6)
