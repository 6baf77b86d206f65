"""Batches of the base model."""

from itertools import islice

import numpy as np
import pytest
import torch
from base_parts import SIDE, base_checkpoint
from base_run import config_of, encoder
from shapes import dataset_of, room

from smartmask.backends.base.checkpoint import initial_base
from smartmask.backends.base.text import token_ids
from smartmask.model.diffusion.condition import SPECIAL_ROWS, ConditionBatch
from smartmask.scene.layout import OUTSIDE
from smartmask.training.base.batch import BaseViews, base_loader, collate
from smartmask.training.base.step_parts import StepParts


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Rooms, the settings of a run, and the model."""
    folder = tmp_path_factory.mktemp("base")
    config = config_of(base_checkpoint(folder / "sd"))
    datasets = {"rooms": dataset_of(folder / "rooms", [room(number) for number in range(3)])}
    return datasets, config, initial_base(config.init, config.network)


def test_an_item_is_a_view_with_noise_for_a_latent(parts):
    datasets, config, model = parts
    views = BaseViews(datasets, config, encoder(), model)
    condition, field, noise, timestep = views[5]
    assert condition.regions.shape == field.shape == (SIDE, SIDE)
    assert noise.shape == (4, SIDE // 2, SIDE // 2)
    assert 0 <= timestep < 1000
    again = views[5]
    assert np.array_equal(field, again[1])
    assert np.array_equal(noise, again[2])
    assert timestep == again[3]
    assert not np.array_equal(noise, views[6][2])


def test_timesteps_and_noise_are_spread_as_they_should(parts):
    datasets, config, model = parts
    views = BaseViews(datasets, config, encoder(), model)
    items = [views[number] for number in range(200)]
    timesteps = np.array([item[3] for item in items])
    assert abs(timesteps.mean() - 499.5) < 4 * 288.7 / 200**0.5
    noise = np.stack([item[2] for item in items])
    assert abs(noise.mean()) < 4 / noise.size**0.5
    assert noise.std() == pytest.approx(1, abs=0.01)


def test_words_become_tokens_and_dropped_ones_the_empty_text(parts):
    datasets, config, model = parts
    views, tokenizer = BaseViews(datasets, config, encoder(), model), model.frozen.texts.tokenizer
    items = [views[number] for number in range(40)]
    batch = collate(items, tokenizer)
    empty = token_ids(tokenizer, [""])[0]
    dropped = [torch.equal(ids, empty) for ids in batch.object_ids]
    assert dropped == [condition.prompt == "" for condition, *_ in items]
    assert 0 < sum(dropped) < 15
    assert batch.object_ids.shape == batch.scene_ids.shape == (40, tokenizer.model_max_length)
    known = next(row for row, gone in enumerate(dropped) if not gone)
    expected = token_ids(tokenizer, [items[known][0].prompt])[0]
    assert torch.equal(batch.object_ids[known], expected)


def test_a_batch_holds_what_the_items_hold(parts):
    datasets, config, model = parts
    items = [BaseViews(datasets, config, encoder(), model)[number] for number in range(6)]
    batch = collate(items, model.frozen.texts.tokenizer)
    stacked = ConditionBatch.stack([item[0] for item in items])
    assert torch.equal(batch.clean[:, 0], torch.from_numpy(np.stack([item[1] for item in items])))
    assert torch.equal(batch.inside[:, 0], torch.from_numpy(stacked.regions != OUTSIDE + SPECIAL_ROWS))
    assert torch.equal(batch.layout[0], torch.from_numpy(stacked.regions))
    assert batch.timesteps.tolist() == [item[3] for item in items]


def test_the_parts_of_a_step_are_the_step(parts):
    datasets, config, model = parts
    load = base_loader(datasets, config, encoder(), model, workers=0)
    whole = next(load(StepParts.of(4, None, 0, 1), 2))
    halves = [next(load(StepParts.of(4, None, process, 2), 2)) for process in range(2)]
    quarters = list(islice(load(StepParts.of(4, 1, 0, 1), 2), 4))
    elsewhere = [
        next(base_loader(datasets, config, encoder(), model, workers=1)(StepParts.of(4, None, 0, 1), 2))
    ]
    for split in (halves, quarters, elsewhere):
        for name in ("clean", "noise", "timesteps", "object_ids"):
            assert torch.equal(getattr(whole, name), torch.cat([getattr(part, name) for part in split])), name


def test_a_dataset_that_the_mixture_lacks_is_named(parts):
    _, config, model = parts
    with pytest.raises(ValueError, match="the mixture asks for 'rooms'"):
        BaseViews({}, config, encoder(), model)
