"""The shipped shape codec: what goes in comes back, what is damaged is named."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from thin_shapes import ellipse, four_legged_table, small_field, two_wheels

from smartmask.errors import CheckpointError
from smartmask.model.shape.codec import (
    CODE_BYTES,
    SKETCH_PX,
    SilhouetteCodec,
    numbers,
)
from smartmask.model.shape.frame import FRAME_PX, LEVELS, frame_field
from smartmask.protocols import ShapeCoder
from smartmask.weights import WEIGHTS

SHIPPED = WEIGHTS / "codec.npz"
SHAPES = {"disc": ellipse(90, 90), "four-legged table": four_legged_table(), "two wheels": two_wheels()}
pytestmark = pytest.mark.skipif(
    not SHIPPED.is_file(), reason="the shipped weights are not in the package yet"
)


@pytest.fixture(scope="module")
def codec() -> SilhouetteCodec:
    return SilhouetteCodec.load(SHIPPED)


@pytest.fixture(scope="module")
def fields() -> np.ndarray:
    return np.stack([frame_field(mask) for mask in SHAPES.values()])


def iou(first: np.ndarray, second: np.ndarray) -> float:
    return float(((first > 0) & (second > 0)).sum() / ((first > 0) | (second > 0)).sum())


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_comes_back(codec, name):
    field = frame_field(SHAPES[name])
    back = codec.decode(codec.encode(field[None]))[0]
    assert iou(back, field) >= 0.94


def test_a_code_is_two_levels_to_a_byte_the_first_one_high(codec, fields):
    assert isinstance(codec, ShapeCoder)
    codes = codec.encode(fields)
    assert codes.dtype == np.uint8
    assert codes.shape == (len(fields), CODE_BYTES)
    levels = np.round((numbers(codes) + 1) * (LEVELS - 1) / 2).astype(int).reshape(len(codes), -1)
    assert 0 <= levels.min() <= levels.max() < LEVELS
    assert np.array_equal(levels[:, ::2] * 16 + levels[:, 1::2], codes)
    assert numbers(np.array([[0x0F] * CODE_BYTES], np.uint8)).ravel()[:2].tolist() == [-1, 1]


def test_a_sketch_is_roughly_what_is_decoded(codec, fields):
    codes = codec.encode(fields)
    sketches = codec.sketch(codes)
    assert sketches.shape == (len(codes), SKETCH_PX, SKETCH_PX)
    for sketch, field in zip(sketches, codec.decode(codes), strict=True):
        assert iou(sketch, small_field(field)) > 0.8
        assert np.abs(np.clip(sketch, -1, 1) - np.clip(small_field(field), -1, 1)).mean() < 0.15


def test_any_code_is_drawn_finitely(codec):
    codes = np.random.default_rng(0).integers(0, 256, (4, CODE_BYTES), np.uint8)
    codes = np.concatenate(
        [codes, np.zeros((1, CODE_BYTES), np.uint8), np.full((1, CODE_BYTES), 255, np.uint8)]
    )
    assert np.isfinite(codec.decode(codes)).all()
    assert np.isfinite(codec.sketch(codes)).all()


def test_nothing_gives_nothing(codec):
    assert codec.encode(np.zeros((0, FRAME_PX, FRAME_PX), np.float32)).shape == (0, CODE_BYTES)
    none = np.zeros((0, CODE_BYTES), np.uint8)
    assert codec.decode(none).shape == (0, FRAME_PX, FRAME_PX)
    assert codec.sketch(none).shape == (0, SKETCH_PX, SKETCH_PX)


def test_a_shape_alone_is_as_among_many(codec, fields):
    many = np.concatenate([fields] * 7)  # more than go through the network at once
    codes = codec.encode(many)
    assert np.array_equal(codes[:3], codes[-3:])
    assert (codec.encode(fields[1:2]) != codes[1:2]).mean() < 0.02  # a number on the edge of two levels
    assert np.allclose(codec.decode(codes)[-1], codec.decode(codes[-1:])[0], atol=1e-4)
    assert np.allclose(codec.sketch(codes)[-1], codec.sketch(codes[-1:])[0], atol=1e-4)


def test_several_threads_may_ask_a_codec_that_was_just_opened(fields):
    opened = SilhouetteCodec.load(SHIPPED)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: opened.encode(fields), range(8)))
    assert all(np.array_equal(one, found[0]) for one in found)
    assert opened.digest == SilhouetteCodec.load(SHIPPED, threads=2).digest


def changed(path: Path, drop: str = "", **card: object) -> Path:
    """The shipped file with another card, or without an array."""
    with np.load(SHIPPED) as file:
        arrays = {name: file[name] for name in file.files if name != drop}
    if card:
        values = json.loads(arrays["card"].tobytes()) | card
        arrays["card"] = np.frombuffer(json.dumps(values).encode(), np.uint8)
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    ("drop", "card", "message"),
    [
        pytest.param("", {"version": 9}, "this release reads .*; fetch the file of it", id="a later version"),
        pytest.param("", {"format": "other"}, "is .'other', 1, ", id="another kind of file"),
        pytest.param("", {"frame_px": 64}, "this release reads", id="another frame"),
        pytest.param("", {"reach_px": 3.0}, "this release reads", id="another reach"),
        pytest.param("", {"colour": "red"}, "missing or damaged shape codec", id="an unknown setting"),
        pytest.param("decoder", {}, "missing or damaged shape codec", id="no decoder"),
        pytest.param("second_bias", {}, "missing or damaged shape codec", id="no sketch"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, drop, card, message):
    path = changed(tmp_path / "other.npz", drop, **card)
    with pytest.raises(CheckpointError, match=rf"other\.npz: .*{message}"):
        SilhouetteCodec.load(path)


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 cut", b"text"], ids=["none", "empty", "cut", "text"]
)
def test_a_file_that_is_none_is_named(tmp_path, content):
    path = tmp_path / "codec.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"codec\.npz: missing or damaged shape codec"):
        SilhouetteCodec.load(path)


def test_a_file_cut_short_is_named(tmp_path):
    path = tmp_path / "codec.npz"
    path.write_bytes(SHIPPED.read_bytes()[:-4000])
    with pytest.raises(CheckpointError, match=r"codec\.npz: missing or damaged shape codec"):
        SilhouetteCodec.load(path)
