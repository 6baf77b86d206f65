"""The generator's network: cells and tokens, and what its conditions may and may not depend on."""

import pytest
import torch
from tiny_generator import SIZES, perturbed_generator

from smartmask.model.mask.generator_inputs import CODE_NUMBERS, DRAWING_PX, NEIGHBOURS, NUMBERS
from smartmask.model.shape.frame import CELLS, CHANNELS
from smartmask.training.mask import generator_network
from smartmask.training.mask.generator_export import random_inputs
from smartmask.training.mask.generator_network import PATCH, TOKENS, GeneratorConfig, ShapeGenerator

BATCH = 3
NEIGHBOURS_AT = -1
"""Place of the neighbours among the inputs."""


@pytest.fixture(scope="module")
def network() -> ShapeGenerator:
    return perturbed_generator()


def given() -> list[torch.Tensor]:
    """Random samples, under one condition but for their neighbours."""
    return list(random_inputs(SIZES, BATCH))


def drawn(network: ShapeGenerator, inputs: list[torch.Tensor]) -> torch.Tensor:
    with torch.no_grad():
        return network(*inputs)


def test_codes_come_back_from_their_tokens():
    codes = torch.randn(BATCH, CODE_NUMBERS)
    tokens = generator_network._tokens(codes[:, None])
    assert tokens.shape == (BATCH, TOKENS, PATCH**2 * CHANNELS)
    assert torch.equal(generator_network._cells(tokens), codes)


def test_a_token_holds_the_cells_of_its_square_and_the_drawing_there():
    cells = torch.zeros(1, CHANNELS, CELLS, CELLS)
    cells[:, :, 2:4, 6:8] = 1
    drawing = torch.zeros(1, DRAWING_PX, DRAWING_PX)
    drawing[:, 8:16, 24:32] = 1
    tokens = generator_network._tokens(cells.flatten(1)[:, None])[0]
    assert tokens.any(1).nonzero().tolist() == [[7]], "second row, last column of four"
    assert (tokens[7] == 1).all()
    assert torch.equal(generator_network._drawing_tokens(drawing)[0].amin(1), tokens.amin(1))


def test_the_order_of_neighbours_does_not_matter(network):
    inputs = given()
    expected = drawn(network, inputs)
    inputs[NEIGHBOURS_AT] = inputs[NEIGHBOURS_AT].flip(1)
    assert torch.allclose(drawn(network, inputs), expected, atol=1e-6)
    inputs[NEIGHBOURS_AT] = inputs[NEIGHBOURS_AT].flip(0)
    assert not torch.allclose(drawn(network, inputs), expected, atol=1e-3)


def test_rows_of_zeros_are_no_neighbours(network):
    neighbours = given()[NEIGHBOURS_AT]
    one = neighbours[:, :1]
    padded = torch.cat([torch.zeros(BATCH, NEIGHBOURS - 1, CODE_NUMBERS), one], 1)
    with torch.no_grad():
        assert torch.allclose(network.neighbour_tokens(padded), network.neighbour_tokens(one), atol=1e-6)
        assert not network.neighbour_tokens(torch.zeros_like(neighbours)).any()


def test_one_condition_equals_the_same_repeated(network):
    inputs = given()
    inputs[NEIGHBOURS_AT] = inputs[NEIGHBOURS_AT][:1]
    repeated = [
        value.expand(BATCH, *value.shape[1:]).contiguous() if len(value) == 1 else value for value in inputs
    ]
    assert all(len(value) == BATCH for value in repeated)
    assert torch.allclose(drawn(network, repeated), drawn(network, inputs), atol=1e-5)


def test_a_sample_alone_equals_itself_in_a_batch(network):
    inputs = given()
    together = drawn(network, inputs)
    alone = drawn(network, [value[-1:] for value in inputs])
    assert torch.allclose(alone, together[-1:], atol=1e-5)


@pytest.mark.parametrize("place", range(10))
def test_every_input_matters(network, place):
    inputs = given()
    expected = drawn(network, inputs)
    inputs[place] = inputs[place] * 0.5
    assert (drawn(network, inputs) - expected).abs().max() > 1e-4


def test_as_built_it_draws_the_mean_shape_in_the_hints_box():
    torch.manual_seed(0)
    found = drawn(ShapeGenerator(SIZES).eval(), given())
    assert found.shape == (BATCH, NUMBERS)
    assert not found.any()


def test_dropout_is_of_training_alone():
    network = ShapeGenerator(SIZES, dropout=0.5)
    network.load_state_dict(perturbed_generator().state_dict())
    inputs = given()
    assert not torch.equal(drawn(network, inputs), drawn(network, inputs))
    assert torch.equal(drawn(network.eval(), inputs), drawn(perturbed_generator(), inputs))


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="the width a multiple of the heads"):
        GeneratorConfig(width=10, heads=3)
    with pytest.raises(ValueError, match="sizes must be 1 or more"):
        GeneratorConfig(depth=0)
    with pytest.raises(ValueError, match="unknown or missing: colour, depth"):
        GeneratorConfig.of({"text_width": 8, "width": 8, "hidden": 8, "heads": 1, "colour": 3})
