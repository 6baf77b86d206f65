"""The shipped shape generator: what it draws depends on what it is told alone; a wrong file is named."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from drawn_memory import horse
from hypothesis import given
from hypothesis import strategies as st

from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator import FORMAT, DrawnShapes, ShapeGenerator
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    LAYOUT_CELLS,
    NEIGHBOURS,
    NUMBERS,
    PLACE_NUMBERS,
    PLACE_UNIT,
    STYLES,
    GeneratorInputs,
    drawing_map,
    layout_of,
)
from smartmask.model.onnx_file import open_session
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import CHANNELS, CODE_BYTES
from smartmask.weights import WEIGHTS

SHIPPED, SEGMENTER = WEIGHTS / "generator.onnx", WEIGHTS / "segmenter.onnx"
TEXT_WIDTH = 256
pytestmark = pytest.mark.skipif(
    not SHIPPED.is_file(), reason="the shipped weights are not in the package yet"
)
needs_segmenter = pytest.mark.skipif(
    not SEGMENTER.is_file(), reason="the shipped weights are not in the package yet"
)


@pytest.fixture(scope="module")
def digest() -> str:
    return SilhouetteCodec.load(WEIGHTS / "codec.npz").digest


@pytest.fixture(scope="module")
def generator(digest) -> ShapeGenerator:
    return ShapeGenerator(SHIPPED, digest)


def inputs_of(samples: int, seed: int = 0) -> GeneratorInputs:
    """A drawn horse before random labels; random words and neighbours."""
    rng = np.random.default_rng(seed)
    table = rng.standard_normal((4, TEXT_WIDTH)).astype(np.float32) / np.float32(TEXT_WIDTH**0.5)
    return GeneratorInputs(
        text=table[:1],
        extent=np.array([[0.2, -0.5]], np.float32),
        style=np.eye(len(STYLES), dtype=np.float32)[:1],
        changes=np.zeros((1, CHANGES), np.float32),
        drawing=drawing_map(horse())[None],
        layout=layout_of(rng.integers(0, 4 + SPECIAL_ROWS, LAYOUT_CELLS**2), table)[None],
        neighbours=rng.standard_normal((samples, NEIGHBOURS, CODE_NUMBERS)).astype(np.float32),
    )


def noise_of(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((samples, NUMBERS), np.float32)


def untold(inputs: GeneratorInputs) -> GeneratorInputs:
    """Without the words and the neighbours."""
    return replace(inputs, text=inputs.text * 0, neighbours=inputs.neighbours * 0)


def levels(codes: np.ndarray) -> np.ndarray:
    return np.stack([codes >> 4, codes & 15], 2).reshape(len(codes), -1).astype(int)


def assert_close(found: DrawnShapes, expected: DrawnShapes) -> None:
    """The same but for rounding: a number on the edge of two levels may fall on either side."""
    assert np.abs(found.places - expected.places).max() <= 1e-4
    away = np.abs(levels(found.codes) - levels(expected.codes))
    assert away.max() <= 1
    assert away.mean() < 2e-3


def same(one: DrawnShapes, other: DrawnShapes) -> bool:
    return np.array_equal(one.codes, other.codes) and np.array_equal(one.places, other.places)


@given(st.integers(0, 2**32), st.integers(0, 5))
def test_codes_come_back_exactly(generator, seed, count):
    codes = np.random.default_rng(seed).integers(0, 256, (count, CODE_BYTES), np.uint8)
    values = generator.normal(codes)
    assert values.shape == (count, CODE_NUMBERS)
    assert values.dtype == np.float32
    assert np.array_equal(generator.packed(values), codes)


def test_every_byte_comes_back_and_the_nearest_level_is_taken(generator):
    codes = np.arange(256, dtype=np.uint8)[None]
    values = generator.normal(codes)
    assert np.array_equal(generator.packed(values), codes)
    step = generator.normal(np.full((1, CODE_BYTES), 0x11, np.uint8)) - generator.normal(codes * 0)
    for share in (-0.45, 0.45):
        assert np.array_equal(generator.packed(values + np.float32(share) * step), codes)
    assert (generator.packed(np.full((1, CODE_NUMBERS), 99, np.float32)) == 0xFF).all()
    assert (generator.packed(np.full((1, CODE_NUMBERS), -99, np.float32)) == 0).all()


def test_the_card_says_how_each_channel_is_spread(generator, digest):
    card = generator.card
    assert (card.format, card.codec, card.licence != "") == (FORMAT, digest, True)
    assert len(card.mean) == len(card.deviation) == CHANNELS
    levels_first = np.array([[0x0F] * CODE_BYTES], np.uint8)
    cells = CODE_NUMBERS // CHANNELS
    for channel in range(CHANNELS):
        low, high = generator.normal(levels_first)[0, channel * cells :][:2]
        assert low == pytest.approx((-1 - card.mean[channel]) / card.deviation[channel], rel=1e-5)
        assert high == pytest.approx((1 - card.mean[channel]) / card.deviation[channel], rel=1e-5)


def test_what_is_drawn_depends_on_the_arguments_alone(generator, digest):
    inputs, noise = inputs_of(3), noise_of(3)
    given = [array.copy() for array in (*inputs.arrays().values(), noise)]
    first = generator.draw(inputs, noise, strength=2.0, steps=3)
    assert first.codes.shape == (3, CODE_BYTES)
    assert first.codes.dtype == np.uint8
    assert first.places.shape == (3, PLACE_NUMBERS)
    assert first.places.dtype == np.float32
    assert np.isfinite(first.places).all()
    generator.draw(inputs_of(2, 1), noise_of(2, 1), strength=1.5, steps=2)
    assert same(generator.draw(inputs, noise, strength=2.0, steps=3), first)
    opened = ShapeGenerator(SHIPPED, digest)
    assert same(opened.draw(inputs, noise, strength=2.0, steps=3), first)
    assert all(np.array_equal(*pair) for pair in zip(given, (*inputs.arrays().values(), noise), strict=True))


@pytest.mark.parametrize("name", ["text", "extent", "drawing", "layout", "neighbours", "style"])
def test_it_hears_all_that_it_is_told(generator, name):
    inputs, noise = inputs_of(2), noise_of(2)
    other = replace(inputs, **{name: np.ascontiguousarray(getattr(inputs, name)[..., ::-1])})
    found = [generator.draw(one, noise, strength=1.0, steps=2).codes for one in (inputs, other)]
    assert not np.array_equal(*found)


def test_other_noise_gives_other_shapes(generator):
    found = generator.draw(inputs_of(3), noise_of(3), strength=1.0, steps=2)
    assert len({code.tobytes() for code in found.codes}) == 3


@pytest.mark.parametrize("strength", [1.0, 2.0], ids="strength {}".format)
def test_a_sample_is_the_same_however_many_are_drawn_beside_it(generator, strength):
    inputs, noise = inputs_of(5), noise_of(5)
    together = generator.draw(inputs, noise, strength=strength, steps=4)
    for number in (0, 4):
        one = slice(number, number + 1)
        alone = generator.draw(
            replace(inputs, neighbours=inputs.neighbours[one]), noise[one], strength=strength, steps=4
        )
        assert_close(alone, DrawnShapes(together.codes[one], together.places[one]))


def test_several_threads_may_ask_at_once(generator):
    inputs, noise = inputs_of(1), noise_of(1)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: generator.draw(inputs, noise, strength=2.0, steps=2), range(6)))
    assert all(same(one, found[0]) for one in found)


@pytest.mark.parametrize("strength", [1.0, 2.5, 0.0], ids="strength {}".format)
def test_a_single_step_takes_the_estimate_made_of_the_noise(generator, strength):
    inputs, noise = inputs_of(2), noise_of(2)
    found = generator.draw(inputs, noise, strength=strength, steps=1)
    session = open_session(SHIPPED, 1)
    given = {"noisy": noise, "t": np.ones(1, np.float32), "previous": np.zeros_like(noise)}
    told, free = (session.run(["clean"], given | one.arrays())[0] for one in (inputs, untold(inputs)))
    clean = free + strength * (told - free)
    expected = DrawnShapes(
        generator.packed(clean[:, :CODE_NUMBERS]), clean[:, CODE_NUMBERS:] * np.float32(PLACE_UNIT)
    )
    assert_close(found, expected)


def test_strength_one_is_as_told_and_strength_zero_as_if_nothing_had_been_said(generator):
    inputs, noise = inputs_of(2), noise_of(2)
    told = generator.draw(inputs, noise, strength=1.0, steps=3)
    assert_close(told, generator.draw(inputs, noise, strength=1 + 1e-6, steps=3))
    free = generator.draw(untold(inputs), noise, strength=1.0, steps=3)
    assert_close(generator.draw(inputs, noise, strength=0.0, steps=3), free)
    assert not same(told, free)


def test_where_nothing_is_said_strength_changes_nothing(generator):
    inputs, noise = untold(inputs_of(2)), noise_of(2)
    weak, strong = (generator.draw(inputs, noise, strength=value, steps=3) for value in (1.0, 3.0))
    assert same(weak, strong)


def test_no_step_is_refused(generator):
    with pytest.raises(ValueError, match="sampling needs at least 1 step, not 0"):
        generator.draw(inputs_of(1), noise_of(1), strength=1.0, steps=0)


def changed(path: Path, **card: object) -> Path:
    """The shipped file with another card; a setting of None is left out."""
    model = onnx.load(SHIPPED)
    (entry,) = [entry for entry in model.metadata_props if entry.key == "smartmask"]
    values = json.loads(entry.value) | card
    entry.value = json.dumps({name: value for name, value in values.items() if value is not None})
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("card", "message"),
    [
        pytest.param({"version": 9}, "version 9; this release reads .*version 1", id="a later version"),
        pytest.param(
            {"colour": "red", "licence": None}, "unknown or missing settings: colour, licence", id="settings"
        ),
        pytest.param({"codec": "other"}, "draws codes of codec other, here is", id="another codec's codes"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, digest, card, message):
    path = changed(tmp_path / "other.onnx", **card)
    with pytest.raises(CheckpointError, match=rf"other\.onnx: .*{message}"):
        ShapeGenerator(path, digest)


def test_another_codec_is_named(digest):
    with pytest.raises(CheckpointError, match=rf"codec {digest}, here is blocks; fetch both of one release"):
        ShapeGenerator(SHIPPED, "blocks")


@needs_segmenter
def test_a_file_of_another_kind_is_named(digest):
    message = rf"segmenter\.onnx: is 'smartmask-segmenter' .*this release reads '{FORMAT}' version 1"
    with pytest.raises(CheckpointError, match=message):
        ShapeGenerator(SEGMENTER, digest)


@needs_segmenter
def test_a_network_with_other_inputs_is_named(tmp_path, digest):
    model = onnx.load(SEGMENTER)
    (card,) = [entry.value for entry in onnx.load(SHIPPED).metadata_props if entry.key == "smartmask"]
    onnx.helper.set_model_props(model, {"smartmask": card})
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(
        CheckpointError, match=r"other\.onnx: takes inputs .*, expected \('noisy', 't', 'prev"
    ):
        ShapeGenerator(tmp_path / "other.onnx", digest)


@pytest.mark.parametrize("content", [b"", b"text", b"\x08\x07cut"], ids=["empty", "text", "cut"])
def test_a_damaged_file_is_named(tmp_path, digest, content):
    path = tmp_path / "generator.onnx"
    path.write_bytes(content)
    with pytest.raises(
        CheckpointError, match=r"generator\.onnx: damaged or not an ONNX file.*fetch it again"
    ):
        ShapeGenerator(path, digest)


def test_a_file_cut_short_is_named(tmp_path, digest):
    path = tmp_path / "generator.onnx"
    path.write_bytes(SHIPPED.read_bytes()[:-4000])
    with pytest.raises(CheckpointError, match=r"generator\.onnx: damaged or not an ONNX file"):
        ShapeGenerator(path, digest)


def test_a_missing_file_is_named(tmp_path, digest):
    with pytest.raises(CheckpointError, match=r"gone\.onnx: no such weights file"):
        ShapeGenerator(tmp_path / "gone.onnx", digest)
