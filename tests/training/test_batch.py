import dataclasses
from itertools import islice

import numpy as np
import pytest
import torch
from shapes import room

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.model.backbone import BackboneConfig
from smartmask.model.condition import OUTSIDE, SPECIAL_ROWS
from smartmask.training.batch import Batch, ViewDataset, batches
from smartmask.training.config import TrainConfig

SCENES = {
    "rooms": [room(number) for number in range(4)],
    "halls": [room(number, (96, 72)) for number in range(2)],
}


def settings(**more: object) -> TrainConfig:
    sizes = BackboneConfig(
        resolution=16, text_width=8, label_channels=4, stem_widths=(8, 8), width=16, depth=1
    )
    return TrainConfig(
        **({"backbone": sizes, "mixture": {"rooms": 0.7, "halls": 0.3}, "batch_size": 4} | more)
    )


def first(count: int, encoder, first_step: int = 0, workers: int = 0, **more: object) -> list[Batch]:
    config = settings(**more)
    return list(islice(batches(ViewDataset(SCENES, config, encoder), config, first_step, workers), count))


def tensors(batch: Batch) -> tuple[torch.Tensor, ...]:
    return batch.clean, batch.inside, batch.noise, batch.t, *batch.condition


def assert_equal(one: Batch, other: Batch) -> None:
    for left, right in zip(tensors(one), tensors(other), strict=True):
        assert torch.equal(left, right)


def test_the_same_step_always_gives_the_same_batch(tiny_encoder):
    begun = first(4, tiny_encoder)
    resumed = first(2, tiny_encoder, first_step=2)
    for one, other in zip(begun[2:], resumed, strict=True):
        assert_equal(one, other)


def test_steps_differ(tiny_encoder):
    one, other = first(2, tiny_encoder)
    assert not any(
        torch.equal(left, right) for left, right in ((one.clean, other.clean), (one.noise, other.noise))
    )
    assert not torch.equal(one.t, other.t)


def test_another_seed_gives_other_batches(tiny_encoder):
    assert not torch.equal(first(1, tiny_encoder)[0].clean, first(1, tiny_encoder, seed=1)[0].clean)


def test_a_view_follows_from_its_number_whatever_the_batch_size(tiny_encoder):
    small, large = first(4, tiny_encoder, batch_size=2), first(2, tiny_encoder, batch_size=4)
    assert torch.equal(
        torch.cat([batch.clean for batch in small]), torch.cat([batch.clean for batch in large])
    )
    guidance = [torch.cat([batch.condition[2] for batch in part]) for part in (small, large)]
    assert torch.equal(*guidance)


def test_a_worker_process_makes_the_same_batches(tiny_encoder):
    for one, other in zip(first(3, tiny_encoder), first(3, tiny_encoder, workers=1), strict=True):
        assert_equal(one, other)


def test_a_batch_has_the_shapes_and_types_of_the_loss(tiny_encoder):
    batch = first(1, tiny_encoder)[0]
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


def test_inside_is_false_just_where_the_condition_says_outside(tiny_encoder):
    some_outside = False
    for batch in first(6, tiny_encoder):
        outside = batch.condition[0] == OUTSIDE + SPECIAL_ROWS
        assert torch.equal(batch.inside[:, 0], ~outside)
        some_outside |= bool(outside.any())
    assert some_outside


def test_every_clean_field_shows_an_object(tiny_encoder):
    for batch in first(5, tiny_encoder):
        assert (((batch.clean > 0) & batch.inside).sum((1, 2, 3)) > 0).all()


@pytest.mark.parametrize(
    ("drop_text", "drop_layout"),
    [pytest.param(1.0, 0.0, id="words"), pytest.param(0.0, 1.0, id="the layout")],
)
def test_what_is_to_be_dropped_is_dropped(tiny_encoder, drop_text, drop_layout):
    batch = first(1, tiny_encoder, drop_text=drop_text, drop_layout=drop_layout)[0]
    regions, _, _, _, object_text, _, _ = batch.condition
    assert (object_text.norm(dim=1) > 0).all() == (drop_text == 0)
    assert (regions.amax((1, 2)) < SPECIAL_ROWS).all() == (drop_layout == 1)


def test_words_are_dropped_at_their_rate(tiny_encoder):
    told = torch.cat([batch.condition[4] for batch in first(50, tiny_encoder, drop_text=0.3)])
    assert (told.norm(dim=1) == 0).float().mean().item() == pytest.approx(0.3, abs=0.1)


def test_datasets_are_drawn_by_their_shares(tiny_encoder):
    bare = [
        dataclasses.replace(scene, visible_index=np.full_like(scene.visible_index, -1))
        for scene in SCENES["rooms"]
    ]
    config = settings(mixture={"bare": 0.8, "rooms": 0.2}, drop_layout=0.0)
    dataset = ViewDataset({"bare": bare, "rooms": SCENES["rooms"]}, config, tiny_encoder)
    told = [(dataset[number][0].regions >= SPECIAL_ROWS).any() for number in range(300)]
    assert np.mean(told) == pytest.approx(0.2, abs=0.07)


@pytest.mark.parametrize(
    "scenes",
    [
        pytest.param({"rooms": SCENES["rooms"]}, id="a dataset that is not there"),
        pytest.param(
            SCENES | {"halls": [AnnotatedScene("e", "e", np.zeros((9, 9), np.int8), ("wall",), ())]},
            id="a dataset without objects",
        ),
    ],
)
def test_a_mixture_that_asks_for_what_is_not_there_is_an_error(tiny_encoder, scenes):
    with pytest.raises(ValueError, match="the mixture asks for 'halls' but there are no objects of it"):
        ViewDataset(scenes, settings(), tiny_encoder)
