"""The generator's file: it computes what PyTorch computes, and the shipped core draws with it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from tiny_generator import (
    DEVIATION,
    DIGEST,
    MEAN,
    SIZES,
    WIDTH_8,
    export_tiny_generator,
    perturbed_generator,
)

from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    LAYOUT_CELLS,
    NEIGHBOURS,
    NUMBERS,
    PLACE_UNIT,
    STYLES,
    GeneratorInputs,
)
from smartmask.model.shape.frame import CHANNELS, CODE_BYTES
from smartmask.training.mask.generator_batch import ShapeTensors
from smartmask.training.mask.generator_pack import GeneratorPack


class Exported(NamedTuple):
    """A file and the difference that its export reported."""

    path: Path
    difference: float


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The network of width 8 as a file."""
    path = tmp_path_factory.mktemp("weights") / "generator.onnx"
    return Exported(path, export_tiny_generator(path))


@pytest.fixture(scope="module")
def generator(exported: Exported) -> ShapeGenerator:
    return ShapeGenerator(exported.path, DIGEST)


def condition() -> GeneratorInputs:
    """A random one, of a drawing; each sample has neighbours of its own."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape, np.float32)

    return GeneratorInputs(
        text=normal(1, SIZES.text_width),
        extent=normal(1, 2),
        style=np.eye(len(STYLES), dtype=np.float32)[:1],
        changes=np.zeros((1, CHANGES), np.float32),
        drawing=np.abs(normal(1, DRAWING_PX, DRAWING_PX)).clip(0, 1),
        layout=normal(1, LAYOUT_CELLS**2, SIZES.text_width + SPECIAL_ROWS),
        neighbours=normal(3, NEIGHBOURS, CODE_NUMBERS),
    )


def noise() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((3, NUMBERS), np.float32)


def test_the_file_computes_what_pytorch_computes(exported):
    assert exported.difference < 1e-3


def test_the_card_tells_what_it_is(generator):
    assert (generator.card.codec, generator.card.views, generator.card.unseen) == (DIGEST, 1234, ["fork"])
    assert generator.card.network == {"text_width": 8, "width": 8, "hidden": 16, "depth": 1, "heads": 1}


def test_the_file_says_nothing_of_the_machine_that_wrote_it(exported):
    content = exported.path.read_bytes()
    for trace in (b"site-packages", b".py", str(Path.cwd()).encode()):
        assert trace not in content, trace


@pytest.mark.parametrize("strength", [1.0, 2.0])
def test_it_draws_the_same_again(generator, strength):
    found, again = (generator.draw(condition(), noise(), strength=strength, steps=3) for _ in range(2))
    assert found.codes.shape == (3, CODE_BYTES)
    assert found.places.shape == (3, 4)
    assert np.array_equal(found.codes, again.codes)
    assert np.array_equal(found.places, again.places)
    assert len(np.unique(found.codes, axis=0)) == 3, "other noise, other shapes"


def test_one_step_gives_the_networks_estimate_of_pure_noise(generator):
    network, inputs = perturbed_generator(WIDTH_8), condition()
    given = [torch.from_numpy(value) for value in inputs.arrays().values()]
    with torch.no_grad():
        clean = network(torch.from_numpy(noise()), torch.ones(1), torch.zeros(3, NUMBERS), *given).numpy()
    found = generator.draw(inputs, noise(), strength=1.0, steps=1)
    assert np.allclose(found.places, clean[:, CODE_NUMBERS:] * PLACE_UNIT, atol=5e-3)
    assert (found.codes != generator.packed(clean[:, :CODE_NUMBERS])).mean() < 0.05


def test_codes_come_back_from_deviation_one_and_are_as_in_training(
    generator: ShapeGenerator, generator_pack: GeneratorPack, generator_data: ShapeTensors
):
    codes = generator_pack.codes
    normal = generator.normal(codes)
    assert np.array_equal(generator.packed(normal), codes)
    values = generator_data.codes[0].numpy() / 7.5 - 1
    cells = CODE_NUMBERS // CHANNELS
    expected = (values - np.repeat(MEAN, cells)) / np.repeat(DEVIATION, cells)
    assert np.allclose(normal, expected, atol=1e-5)
    assert np.array_equal(generator.packed(normal + 1e3), np.full_like(codes, 255)), "the levels end"


def test_another_codec_is_refused(exported):
    with pytest.raises(CheckpointError, match=f"draws codes of codec {DIGEST}, here is another"):
        ShapeGenerator(exported.path, "another")
