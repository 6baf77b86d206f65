import dataclasses
from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch
from shapes import dataset_of, rectangle, room, scene_of

from smartmask.data.layered_scene import split_of
from smartmask.data.shards import SceneDataset
from smartmask.model.backbone import BackboneConfig
from smartmask.model.condition import OUTSIDE, SPECIAL_ROWS
from smartmask.training import batch as batch_module
from smartmask.training.batch import Batch, ViewDataset, batches
from smartmask.training.config import TrainConfig


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


@pytest.fixture
def first(datasets, tiny_encoder):
    """The first batches from a step on."""

    def first(count: int, first_step: int = 0, workers: int = 0, **more: object) -> list[Batch]:
        config = settings(**more)
        return list(
            islice(batches(ViewDataset(datasets, config, tiny_encoder), config, first_step, workers), count)
        )

    return first


def settings(**more: object) -> TrainConfig:
    sizes = BackboneConfig(
        resolution=16, text_width=8, label_channels=4, stem_widths=(8, 8), width=16, depth=1
    )
    return TrainConfig(
        **({"backbone": sizes, "mixture": {"rooms": 0.7, "halls": 0.3}, "batch_size": 4} | more)
    )


def tensors(batch: Batch) -> tuple[torch.Tensor, ...]:
    return batch.clean, batch.inside, batch.noise, batch.t, *batch.condition


def assert_equal(one: Batch, other: Batch) -> None:
    for left, right in zip(tensors(one), tensors(other), strict=True):
        assert torch.equal(left, right)


def test_the_same_step_always_gives_the_same_batch(first):
    begun = first(4)
    resumed = first(2, first_step=2)
    for one, other in zip(begun[2:], resumed, strict=True):
        assert_equal(one, other)


def test_steps_differ(first):
    one, other = first(2)
    assert not any(
        torch.equal(left, right) for left, right in ((one.clean, other.clean), (one.noise, other.noise))
    )
    assert not torch.equal(one.t, other.t)


def test_another_seed_gives_other_batches(first):
    assert not torch.equal(first(1)[0].clean, first(1, seed=1)[0].clean)


def test_a_view_follows_from_its_number_whatever_the_batch_size(first):
    small, large = first(4, batch_size=2), first(2, batch_size=4)
    assert torch.equal(
        torch.cat([batch.clean for batch in small]), torch.cat([batch.clean for batch in large])
    )
    guidance = [torch.cat([batch.condition[2] for batch in part]) for part in (small, large)]
    assert torch.equal(*guidance)


def test_a_worker_process_makes_the_same_batches(first):
    for one, other in zip(first(3), first(3, workers=1), strict=True):
        assert_equal(one, other)


def test_a_batch_has_the_shapes_and_types_of_the_loss(first):
    batch = first(1)[0]
    assert batch.clean.shape == batch.inside.shape == batch.noise.shape == (4, 1, 16, 16)
    assert (batch.clean.dtype, batch.inside.dtype, batch.noise.dtype) == (
        torch.float32,
        torch.bool,
        torch.float32,
    )
    assert batch.t.shape == (4,)
    assert batch.t.dtype == torch.float32
    assert -1 <= batch.clean.min() < batch.clean.max() <= 1
    assert 0 < batch.t.min() < batch.t.max() < 1


def test_inside_is_false_just_where_the_condition_says_outside(first):
    some_outside = False
    for batch in first(6):
        outside = batch.condition[0] == OUTSIDE + SPECIAL_ROWS
        assert torch.equal(batch.inside[:, 0], ~outside)
        some_outside |= bool(outside.any())
    assert some_outside


def test_every_clean_field_shows_an_object(first):
    for batch in first(5):
        assert (((batch.clean > 0) & batch.inside).sum((1, 2, 3)) > 0).all()


@pytest.mark.parametrize(
    ("drop_text", "drop_layout"),
    [pytest.param(1.0, 0.0, id="words"), pytest.param(0.0, 1.0, id="the layout")],
)
def test_what_is_to_be_dropped_is_dropped(first, drop_text, drop_layout):
    batch = first(1, drop_text=drop_text, drop_layout=drop_layout)[0]
    regions, _, _, _, object_text, _, _ = batch.condition
    assert (object_text.norm(dim=1) > 0).all() == (drop_text == 0)
    assert (regions.amax((1, 2)) < SPECIAL_ROWS).all() == (drop_layout == 1)


def test_words_are_dropped_at_their_rate(first):
    told = torch.cat([batch.condition[4] for batch in first(50, drop_text=0.3)])
    assert (told.norm(dim=1) == 0).float().mean().item() == pytest.approx(0.3, abs=0.1)


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
    config = settings(mixture={"bare": 0.8, "rooms": 0.2}, drop_layout=0.0)
    dataset = ViewDataset({"bare": bare_ones, "rooms": datasets["rooms"]}, config, tiny_encoder)
    told = [(dataset[number][0].regions >= SPECIAL_ROWS).any() for number in range(300)]
    assert np.mean(told) == pytest.approx(0.2, abs=0.07)


def test_a_block_holds_every_dataset_in_its_exact_share(datasets, tiny_encoder, monkeypatch):
    monkeypatch.setattr(batch_module, "BLOCK_VIEWS", 10)
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
    monkeypatch.setattr(batch_module, "GROUP_OBJECTS", group_objects)
    dataset = ViewDataset(datasets, settings(mixture={"rooms": 1.0}), tiny_encoder)
    epochs = [objects_of(dataset, range(14 * epoch, 14 * epoch + 14)) for epoch in range(3)]
    every = sorted((scene.key, label) for scene in datasets["rooms"] for label in ("picture", "ball"))
    assert all(sorted(epoch) == every for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_little_is_in_memory_at_a_time_whatever_the_number(datasets, tiny_encoder, monkeypatch):
    monkeypatch.setattr(batch_module, "GROUP_OBJECTS", 4)
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
