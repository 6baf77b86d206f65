"""Batches of cached views, and the cache itself."""

import dataclasses
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hash_encoder import HashEncoder
from shapes import dataset_of, room
from tiny_codec import COMPONENTS, tiny_codec
from tiny_model import SIZES

from smartmask.data.examples import REFINE_ONLY
from smartmask.data.layered_scene import split_of
from smartmask.errors import CheckpointError
from smartmask.model.condition import SPECIAL_ROWS
from smartmask.model.shape_inputs import CELLS, ShapeInputs
from smartmask.training import view_cache
from smartmask.training.batch import Batch, batches
from smartmask.training.config import TrainConfig
from smartmask.training.view_cache import CachedViews, make_parts, read_parts
from smartmask.training.views import ViewDataset, ViewSettings

CONFIG = TrainConfig(backbone=SIZES, batch_size=4, cached_views=14)
SETTINGS = ViewSettings(resolution=16, mixture={"rooms": 1.0}, passes=REFINE_ONLY)
MADE_FROM: dict[str, object] = {"rooms": 9}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> ViewDataset:
    rooms = [scene for scene in map(room, range(12)) if split_of(scene.group) == "train"]
    data = dataset_of(tmp_path_factory.mktemp("data") / "rooms", rooms)
    return ViewDataset({"rooms": data}, SETTINGS, HashEncoder())


@pytest.fixture(scope="module")
def views(dataset, tmp_path_factory) -> CachedViews:
    folder = tmp_path_factory.mktemp("views")
    make(dataset, folder)
    found = read_parts(folder)
    assert found is not None
    return found


def make(
    dataset: ViewDataset, folder: Path, count: int = 14, workers: int = 0, stop: bool = False
) -> list[int]:
    return list(
        make_parts(dataset, tiny_codec(), folder, MADE_FROM, count, workers, should_stop=lambda: stop)
    )


def arrays(views: CachedViews) -> list[np.ndarray]:
    inputs = [getattr(views.inputs, field.name) for field in dataclasses.fields(ShapeInputs)]
    return [views.clean, views.is_whole, *inputs]


def tensors(batch: Batch) -> tuple[torch.Tensor, ...]:
    return batch.clean, batch.noise, batch.t, batch.is_whole, *batch.condition


def first(views: CachedViews, count: int, first_step: int = 0, **more: object) -> list[Batch]:
    return list(islice(batches(views, dataclasses.replace(CONFIG, **more), first_step), count))


def test_cached_views_are_those_of_the_dataset(dataset, views):
    assert len(views) == 14
    for number in (0, 5, 13):
        view = dataset[number]
        alone = views.take(np.array([number]))
        expected = ShapeInputs.of(view.condition, tiny_codec())
        np.testing.assert_allclose(alone.clean[0], tiny_codec().encode(view.field), rtol=1e-3, atol=1e-3)
        assert alone.is_whole.tolist() == [view.is_whole]
        for field in dataclasses.fields(ShapeInputs):
            found = getattr(alone.inputs, field.name)
            np.testing.assert_allclose(found, getattr(expected, field.name), rtol=1e-3, atol=1e-3)


def test_parts_follow_from_their_number_whoever_makes_them_and_when(dataset, views, tmp_path, monkeypatch):
    monkeypatch.setattr(view_cache, "PART_VIEWS", 6)
    assert make(dataset, tmp_path, workers=1) == [6, 12, 14]
    assert len(list(tmp_path.glob("part-*.npz"))) == 3
    (tmp_path / "part-000001.npz").unlink()
    assert make(dataset, tmp_path) == [8, 14]
    found = read_parts(tmp_path)
    assert found is not None
    for one, other in zip(arrays(found), arrays(views), strict=True):
        assert np.array_equal(one, other)


def test_nothing_is_made_when_time_is_up_and_what_is_there_is_used(dataset, tmp_path, monkeypatch):
    assert make(dataset, tmp_path, stop=True) == []
    assert read_parts(tmp_path) is None
    monkeypatch.setattr(view_cache, "PART_VIEWS", 6)
    make(dataset, tmp_path, count=6)
    assert make(dataset, tmp_path, stop=True) == [6]


def test_views_of_other_data_are_not_mixed_in(dataset, tmp_path):
    make(dataset, tmp_path)
    with pytest.raises(CheckpointError, match="made from other data or settings; delete the folder"):
        list(make_parts(dataset, tiny_codec(), tmp_path, {"rooms": 8}, 14, 0, should_stop=lambda: False))


def test_a_damaged_part_is_named(dataset, tmp_path):
    make(dataset, tmp_path)
    part = tmp_path / "part-000000.npz"
    part.write_bytes(part.read_bytes()[:-300])
    with pytest.raises(CheckpointError, match=r"part-000000\.npz: damaged .* delete it"):
        read_parts(tmp_path)


def test_the_same_step_always_gives_the_same_batch(views):
    begun, resumed = first(views, 4), first(views, 2, first_step=2)
    for one, other in zip(begun[2:], resumed, strict=True):
        for left, right in zip(tensors(one), tensors(other), strict=True):
            assert torch.equal(left, right)


def test_an_epoch_shows_views_once_and_the_next_in_another_order_with_other_noise(views):
    numbers = np.arange(len(views), dtype=np.float16)[:, None].repeat(COMPONENTS, 1)
    steps = first(dataclasses.replace(views, clean=numbers), 6)
    shown = [torch.cat([batch.clean[:, 0] for batch in part]) for part in (steps[:3], steps[3:])]
    assert all(len(set(part.tolist())) == 12 for part in shown)
    assert set(shown[0].tolist()) | set(shown[1].tolist()) <= set(range(14))
    assert not torch.equal(*shown)
    assert len({batch.noise.numpy().tobytes() for batch in steps}) == 6


def test_another_seed_gives_other_batches(views):
    assert not torch.equal(first(views, 1)[0].noise, first(views, 1, seed=1)[0].noise)


def test_a_batch_has_the_shapes_and_types_of_the_loss(views):
    batch = first(views, 1)[0]
    assert batch.clean.shape == batch.noise.shape == (4, COMPONENTS)
    assert {tensor.dtype for tensor in (batch.clean, batch.noise, batch.t)} == {torch.float32}
    assert 0 < batch.t.min() <= batch.t.max() <= 1
    assert batch.condition[1].shape == (4, SIZES.layout_numbers)


def test_few_views_are_one_batch(views):
    few = views.take(np.arange(3))
    assert [len(batch.clean) for batch in first(few, 3)] == [3, 3, 3]


def test_words_are_dropped_at_their_rate(views):
    told = torch.cat([batch.condition[4] for batch in first(views, 60, drop_text=0.3)])
    assert (told.norm(dim=1) == 0).float().mean().item() == pytest.approx(0.3, abs=0.1)


def test_a_dropped_layout_is_what_the_condition_makes_of_it(dataset, views):
    batch = first(views, 1, batch_size=14, drop_layout=1.0)[0]
    nulls: list[Condition] = [
        dataset[number].condition.null(texts=False, layout=True) for number in range(14)
    ]
    expected = [ShapeInputs.of(null, tiny_codec()).layout[0] for null in nulls]
    np.testing.assert_allclose(batch.condition[1], np.stack(expected), atol=1e-3)
    cells = batch.condition[1].view(14, CELLS * CELLS, -1)
    assert not cells[..., :-SPECIAL_ROWS].any()
