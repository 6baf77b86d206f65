import dataclasses
from collections import Counter

import numpy as np
import pytest
from shapes import dataset_of, rectangle, room, scene_of

from smartmask.data.examples.example import REFINE_ONLY
from smartmask.data.layered_scene import split_of
from smartmask.data.shards import SceneDataset
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.scene.guidance import Box, kind_index
from smartmask.scene.view import REFINE_FILL
from smartmask.training.base import views as views_module
from smartmask.training.base.views import TrainingView, ViewDataset, ViewSettings


def training_rooms(count: int, size_hw: tuple[int, int] = (72, 96)) -> list:
    rooms = (room(number, size_hw) for number in range(3 * count))
    return [scene for scene in rooms if split_of(scene.group) == "train"][:count]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory) -> dict[str, SceneDataset]:
    """Two datasets of some shards each."""
    folder = tmp_path_factory.mktemp("data")
    return {
        "rooms": dataset_of(folder / "rooms", training_rooms(7)),
        "halls": dataset_of(folder / "halls", training_rooms(3, (96, 72))),
    }


def settings(**more: object) -> ViewSettings:
    plain = {"resolution": 16, "mixture": {"rooms": 0.7, "halls": 0.3}, "passes": REFINE_ONLY}
    return ViewSettings(**(plain | more))


@pytest.fixture
def draw(datasets, tiny_encoder):
    """Views by their numbers."""

    def draw(numbers: range, **more: object) -> list[TrainingView]:
        dataset = ViewDataset(datasets, settings(**more), tiny_encoder)
        return [dataset[number] for number in numbers]

    return draw


def test_a_view_follows_from_its_number(draw):
    one, other = draw(range(6)), draw(range(5, -1, -1))
    for left, right in zip(one, other[::-1], strict=True):
        assert np.array_equal(left.field, right.field)
        assert np.array_equal(left.condition.guidance, right.condition.guidance)
        assert left.condition.prompt == right.condition.prompt


def test_views_and_seeds_differ(draw):
    one, other = draw(range(2))
    (anew,) = draw(range(1), seed=1)
    assert not np.array_equal(one.field, other.field)
    assert not np.array_equal(one.field, anew.field)


def test_every_field_shows_an_object_about_as_large_as_its_hint(draw):
    for view in draw(range(40)):
        assert view.field.shape == (16, 16)
        assert -1 <= view.field.min() < 0 < view.field.max() <= 1
        assert (view.condition.guidance > 0.5).any()


def test_the_window_is_the_one_that_inference_sees_about_the_hint(draw):
    for view in draw(range(40)):
        if view.condition.guidance_kind == kind_index(Box((0, 0, 1, 1))):
            inside = view.condition.guidance
            sides = inside.max(0).sum() / 16, inside.max(1).sum() / 16
            assert max(sides) == pytest.approx(REFINE_FILL, abs=0.01)


@pytest.mark.parametrize(
    ("drop_text", "drop_layout"),
    [pytest.param(1.0, 0.0, id="words"), pytest.param(0.0, 1.0, id="the layout")],
)
def test_what_is_to_be_dropped_is_dropped(draw, drop_text, drop_layout):
    for view in draw(range(4), drop_text=drop_text, drop_layout=drop_layout):
        assert view.condition.object_text.any() == (drop_text == 0)
        assert (view.condition.regions.max() < SPECIAL_ROWS) == (drop_layout == 1)


def test_words_are_dropped_at_their_rate(draw):
    told = [view.condition.object_text.any() for view in draw(range(200), drop_text=0.3)]
    assert np.mean(told) == pytest.approx(0.7, abs=0.1)


def bare(number: int):
    """A scene of nothing but a thing, so that its views show no layout."""
    thing = rectangle((64, 64), (20, 20, 44, 44))
    return scene_of({"thing": thing}, key=f"bare:{number}", is_exact=True)


@pytest.fixture(scope="module")
def bare_ones(tmp_path_factory) -> SceneDataset:
    """Scenes that show no layout."""
    scenes = [scene for scene in map(bare, range(6)) if split_of(scene.group) == "train"]
    return dataset_of(tmp_path_factory.mktemp("bare") / "data", scenes)


def test_datasets_are_drawn_by_their_shares(datasets, bare_ones, tiny_encoder):
    config = settings(mixture={"bare": 0.8, "rooms": 0.2})
    dataset = ViewDataset({"bare": bare_ones, "rooms": datasets["rooms"]}, config, tiny_encoder)
    told = [(dataset[number][0].regions >= SPECIAL_ROWS).any() for number in range(300)]
    assert np.mean(told) == pytest.approx(0.2, abs=0.07)


def test_a_block_holds_every_dataset_in_its_exact_share(datasets, tiny_encoder, monkeypatch):
    monkeypatch.setattr(views_module, "BLOCK_VIEWS", 10)
    dataset = ViewDataset(datasets, settings(), tiny_encoder)
    groups = [id(dataset._place(number)[0]) for number in range(30)]
    for block in range(3):
        assert sorted(Counter(groups[10 * block : 10 * block + 10]).values()) == [3, 7]


def objects_of(dataset: ViewDataset, numbers: range) -> list[tuple[str, str]]:
    """The scene and object of each view number, as it is drawn first."""
    found = []
    for number in numbers:
        group, place = dataset._place(number)
        scene, layer = group[place]
        found.append((scene.key, scene.layers[layer].label))
    return found


@pytest.mark.parametrize("group_objects", [3, 8192], ids=["in many groups", "in one group"])
def test_an_epoch_shows_every_object_once_and_the_next_in_another_order(
    datasets, tiny_encoder, monkeypatch, group_objects
):
    monkeypatch.setattr(views_module, "GROUP_OBJECTS", group_objects)
    dataset = ViewDataset(datasets, settings(mixture={"rooms": 1.0}), tiny_encoder)
    epochs = [objects_of(dataset, range(14 * epoch, 14 * epoch + 14)) for epoch in range(3)]
    every = sorted((scene.key, label) for scene in datasets["rooms"] for label in ("picture", "ball"))
    assert all(sorted(epoch) == every for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_little_is_in_memory_at_a_time_whatever_the_number(datasets, tiny_encoder, monkeypatch):
    monkeypatch.setattr(views_module, "GROUP_OBJECTS", 4)
    dataset = ViewDataset(datasets, settings(mixture={"rooms": 1.0}), tiny_encoder)
    for number in (*range(40), 4095, 4096, 100_000, 3):
        dataset[number]
        assert len(dataset._sources[0]._loaded) <= 2


def test_only_the_wanted_split_is_drawn(tmp_path, tiny_encoder):
    rooms = dataset_of(tmp_path, [room(number) for number in range(60)], 20)
    for split in ("train", "validation", "test"):
        dataset = ViewDataset({"rooms": rooms}, settings(mixture={"rooms": 1.0}), tiny_encoder, split)
        keys = {key for key, _ in objects_of(dataset, range(200))}
        assert keys == {scene.key for scene in rooms.of_split(split)}


def test_what_may_not_be_asked_for_is_not(tmp_path, tiny_encoder):
    scene = dataclasses.replace(room(0), is_exact=True)
    layers = [dataclasses.replace(scene.layers[2], extent="visible"), scene.layers[3]]
    scene = dataclasses.replace(scene, layers=(*scene.layers[:2], *layers))
    assert split_of(scene.group) == "train"
    config = settings(mixture={"rooms": 1.0})
    dataset = ViewDataset({"rooms": dataset_of(tmp_path, [scene])}, config, tiny_encoder)
    assert set(objects_of(dataset, range(9))) == {(scene.key, "ball")}


def test_a_mixture_that_asks_for_what_is_not_there_is_an_error(datasets, tiny_encoder, tmp_path):
    without = dataset_of(tmp_path, [scene_of({"wall": np.ones((9, 9), bool)})])
    for given in ({"rooms": datasets["rooms"]}, datasets | {"halls": without}):
        with pytest.raises(ValueError, match="asks for 'halls' but there are no objects of it in the train"):
            ViewDataset(given, settings(), tiny_encoder)
