"""Start layouts: the regions that the prompt means, sensible shapes, the same for the same seed."""

import numpy as np
import pytest

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.start_places import PLACE_NAMES, PLACES
from smartmask.model.planner.start_layouts import nearest_place, start_scene
from smartmask.perspective.standing import GROUNDS, WATERS
from smartmask.weights import WEIGHTS

SIZE_HW = (60, 80)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


def start(text, encoder, seed=0, size_hw=SIZE_HW):
    return start_scene(read_scene_prompt(text), size_hw, seed, encoder).layout


@pytest.mark.parametrize("name", sorted(PLACE_NAMES))
def test_every_place_covers_the_canvas(name, encoder):
    for seed in range(3):
        layout = start(f"a {name} with a cat", encoder, seed)
        assert (layout.visible_index() >= 0).all()
        assert all(mask.any() for mask in layout.visible())
        assert {layer.extent for layer in layout.layers} == {"amodal"}


def test_a_room_has_its_floor_below_its_wall(encoder):
    for seed in range(8):
        layout = start("a kitchen with an oven", encoder, seed)
        assert set(layout.labels) <= {"floor", "wall", "ceiling"}
        index = layout.visible_index()
        assert set(index[-1]) == {layout.labels.index("floor")}
        middles = {
            label: np.nonzero(layer.mask)[0].mean()
            for label, layer in zip(layout.labels, layout.layers, strict=True)
        }
        assert middles["wall"] < middles["floor"]


def test_regions_go_by_the_words_of_the_prompt(encoder):
    layout = start("two boats on a pond, mountains in the background", encoder)
    assert {"sky", "pond", "mountain"} <= set(layout.labels)
    layout = start("a car on a street, snow", encoder)
    assert {"street", "snow"} <= set(layout.labels)


def test_a_named_building_is_planned_and_not_scenery(encoder):
    assert "building" not in start("a street with two buildings", encoder).labels


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a couch and a lamp", {"living room"}),
        ("a fridge and an oven", {"kitchen"}),
        ("a toilet next to a bathtub", {"bathroom"}),
        ("three cows and a sheep", {"meadow"}),
        ("a bus behind a truck", {"street"}),
        ("a duck on a river", {"lake"}),
        ("a monitor on a desk", {"office"}),
    ],
)
def test_a_prompt_without_a_place_gets_the_nearest(text, places, encoder):
    assert nearest_place(read_scene_prompt(text), encoder) in places


def test_words_without_any_meaning_get_some_place(encoder):
    assert nearest_place(read_scene_prompt("x"), encoder) in PLACES


def test_the_seed_and_the_prompt_decide(encoder):
    first, same = start("a park", encoder, 3), start("a park", encoder, 3)
    other, worded = start("a park", encoder, 4), start("the park", encoder, 3)
    assert np.array_equal(first.visible_index(), same.visible_index())
    assert not np.array_equal(first.visible_index(), other.visible_index())
    assert not np.array_equal(first.visible_index(), worded.visible_index())


def test_a_canvas_of_odd_size(encoder):
    assert start("a beach", encoder, size_hw=(33, 400)).size_hw == (33, 400)
    with pytest.raises(ValueError, match="sides of 32 to 4096 pixels, not 640x20"):
        start("a beach", encoder, size_hw=(20, 640))


@pytest.mark.parametrize("text", ["a living room", "a street with a car", "a meadow", "a lake", "a beach"])
def test_the_camera_of_a_start_sees_its_ground(text, encoder):
    """Its horizon is where the ground of an open place ends; a room's floor ends below it."""
    for seed in range(4):
        begun = start_scene(read_scene_prompt(text), (240, 320), seed, encoder)
        camera, seen = begun.camera, begun.layout
        assert camera.spread is None
        assert camera.size_hw == (240, 320)
        grounds = [layer.mask for layer in seen.layers if layer.label in (*GROUNDS, *WATERS)]
        top = int(np.flatnonzero(np.logical_or.reduce(grounds).any(1))[0])
        if "room" in text:
            assert top > camera.horizon
        else:
            assert abs(top - camera.horizon) <= 1
