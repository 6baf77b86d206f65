"""The chooser in PyTorch: the same numbers as the NumPy twin's, and no shape where there is none."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from tiny_chooser import SIZES, card_of, tiny_weights

from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.chooser import ChoiceContext, ShapeChooser, weight_shapes
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS, layout_of
from smartmask.model.shape.codec import SKETCH_PX
from smartmask.training.mask.chooser_network import ChooserBatch, TrainableChooser

OBJECTS, BESIDE = 6, 9
WEIGHTS = tiny_weights()


def network_of(dropout: float = 0.0) -> TrainableChooser:
    """The network of `WEIGHTS`."""
    weights = {name: torch.from_numpy(value) for name, value in WEIGHTS.items()}
    network = TrainableChooser(SIZES, weights["picture"], weights["picture_bias"], dropout)
    with torch.no_grad():
        for name, value in network.weights.items():
            value.copy_(weights[name])
    return network


def sketches_of(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).uniform(-1, 1, (OBJECTS, BESIDE, 8, 8))
    return np.kron(blocks, np.ones((1, 1, SKETCH_PX // 8, SKETCH_PX // 8))).astype(np.float32)


def batch_of(seed: int, known: list[float]) -> ChooserBatch:
    """Random objects beside random shapes; the later ones beside fewer."""
    rng = np.random.default_rng(seed)
    text = rng.standard_normal((OBJECTS + 4, SIZES.text_width)).astype(np.float32)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    cells = rng.integers(0, 4 + SPECIAL_ROWS, (OBJECTS, LAYOUT_CELLS**2))
    pictures = sketches_of(seed).reshape(OBJECTS, BESIDE, -1) @ WEIGHTS["picture"] + WEIGHTS["picture_bias"]
    numbers = {
        "text": text[:OBJECTS],
        "is_known": np.array(known),
        "log_aspects": rng.normal(0, 0.4, OBJECTS),
        "zooms": rng.normal(0, 1, OBJECTS),
        "cells": np.stack([layout_of(rows, text[OBJECTS:]) for rows in cells]),
        "pictures": pictures,
        "shape_log_aspects": rng.normal(0, 0.4, (OBJECTS, BESIDE)),
        "ious": rng.random((OBJECTS, BESIDE)),
    }
    there = torch.from_numpy(np.arange(BESIDE) < np.arange(BESIDE, BESIDE - OBJECTS, -1)[:, None])
    tensors = {name: torch.from_numpy(np.asarray(value, np.float32)) for name, value in numbers.items()}
    return ChooserBatch(is_there=there, **tensors)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param([1.0] * OBJECTS, id="known proportions"),
        pytest.param([0.0] * OBJECTS, id="unknown proportions"),
        pytest.param([1.0, 0.0] * (OBJECTS // 2), id="some known"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_both_twins_say_the_same(seed, known):
    batch, chooser = batch_of(seed, known), ShapeChooser(card_of(), WEIGHTS)
    with torch.no_grad():
        found = network_of().eval()(batch).softmax(1).numpy()
    for row in range(OBJECTS):
        aspect = batch.log_aspects[row].item() if known[row] else None
        context = ChoiceContext(
            batch.text[row].numpy(), aspect, batch.zooms[row].item(), batch.cells[row].numpy()
        )
        there = batch.is_there[row].numpy()
        expected = chooser.probabilities(
            context, sketches_of(seed)[row][there], batch.shape_log_aspects[row].numpy()[there]
        )
        assert np.ptp(expected) > 0.01
        np.testing.assert_allclose(found[row][there], expected, atol=1e-5)
        assert not found[row][~there].any()


def test_what_is_not_there_has_minus_infinity_and_the_rest_none():
    batch = batch_of(0, [1.0] * OBJECTS)
    scores = network_of().eval()(batch)
    assert scores.shape == (OBJECTS, BESIDE)
    assert torch.equal(scores == -torch.inf, ~batch.is_there)
    assert scores[batch.is_there].isfinite().all()


def test_what_is_not_there_gives_no_gradient():
    network, batch = network_of(), batch_of(0, [1.0] * OBJECTS)
    batch.pictures.requires_grad_()
    scores = network(batch)
    scores[batch.is_there].sum().backward()
    assert batch.pictures.grad is not None
    assert not batch.pictures.grad[~batch.is_there].any()
    assert batch.pictures.grad[batch.is_there].any(1).all()


def test_an_object_alone_is_itself_among_others():
    network, batch = network_of().eval(), batch_of(1, [1.0, 0.0] * (OBJECTS // 2))
    together = network(batch)
    for row in range(OBJECTS):
        one = slice(row, row + 1)
        alone = ChooserBatch(**{field.name: getattr(batch, field.name)[one] for field in fields(batch)})
        assert torch.allclose(network(alone), together[one], atol=1e-5)


def test_parameters_are_those_of_the_file_but_for_the_pictures_axes():
    network = TrainableChooser(SIZES, torch.zeros(SKETCH_PX**2, SIZES.picture), torch.zeros(SIZES.picture))
    found = {name: tuple(value.shape) for name, value in network.weights.items()}
    fixed = {name: tuple(value.shape) for name, value in network.named_buffers()}
    assert found | fixed == weight_shapes(SIZES)
    assert set(fixed) == {"picture", "picture_bias"}
    assert not {"picture", "picture_bias"} & {name.split(".")[-1] for name, _ in network.named_parameters()}


def test_before_anything_is_learnt_proportions_alone_decide():
    torch.manual_seed(0)
    network = TrainableChooser(SIZES, torch.zeros(SKETCH_PX**2, SIZES.picture), torch.zeros(SIZES.picture))
    batch = batch_of(2, [1.0] * OBJECTS)
    away = (batch.shape_log_aspects - batch.log_aspects[:, None]).abs()
    scores = network.eval()(batch)
    nearest = away.masked_fill(~batch.is_there, torch.inf).argmin(1)
    assert torch.equal(scores.argmax(1), nearest)
    untold = network(replace(batch, is_known=torch.zeros(OBJECTS)))
    assert not untold[batch.is_there].any()


def test_hidden_numbers_are_dropped_in_training_alone():
    network, batch = network_of(dropout=0.5), batch_of(0, [1.0] * OBJECTS)
    torch.manual_seed(0)
    assert not torch.equal(network.train()(batch), network(batch))
    assert torch.equal(network.eval()(batch), network_of().eval()(batch))
