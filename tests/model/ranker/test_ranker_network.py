"""The ranker's network in NumPy: what it heeds, and files that are refused."""

import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from shapes import disc, rectangle
from tiny_ranker import SIZES, tiny_ranker

from smartmask.errors import CheckpointError
from smartmask.model.ranker.network import (
    FORMAT,
    FORMAT_VERSION,
    EmbeddedRanker,
    RankerConfig,
    RankerNetwork,
    load_ranker_network,
    weight_shapes,
)
from smartmask.protocols import Ranker
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (60, 80)
ROOM = Layout(
    SIZE_HW,
    (Layer("wall", rectangle(SIZE_HW, (0, 0, 80, 30))), Layer("floor", rectangle(SIZE_HW, (0, 30, 80, 60)))),
)
BALL = disc(SIZE_HW, (40, 40), 9)


def score(
    ranker: Ranker,
    layout: Layout = ROOM,
    mask: np.ndarray = BALL,
    prompt: str = "ball",
    scene: str | None = None,
) -> float:
    return ranker.score(layout.visible_index(), layout.labels, mask, prompt, scene)


@pytest.fixture
def ranker(tiny_encoder) -> EmbeddedRanker:
    return EmbeddedRanker(tiny_ranker(), tiny_encoder)


def test_a_score_is_a_probability_and_always_the_same(ranker, tiny_encoder):
    assert isinstance(ranker, Ranker)
    first = score(ranker)
    assert 0 < first < 1
    assert first == score(ranker) == score(EmbeddedRanker(tiny_ranker(), tiny_encoder))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"mask": disc(SIZE_HW, (30, 40), 9)}, id="its place"),
        pytest.param({"mask": disc(SIZE_HW, (40, 40), 14)}, id="its size"),
        pytest.param({"prompt": "boat"}, id="the object's words"),
        pytest.param({"scene": "a ball at home"}, id="the scene's words"),
        pytest.param({"layout": Layout(SIZE_HW, ROOM.layers[:1])}, id="what is there"),
        pytest.param(
            {"layout": Layout(SIZE_HW, (Layer("sea", ROOM.layers[0].mask), ROOM.layers[1]))}, id="its names"
        ),
    ],
)
def test_the_score_heeds(change, ranker):
    assert score(ranker, **change) != score(ranker)


def test_the_order_of_layers_that_do_not_overlap_does_not_matter(ranker):
    assert score(ranker, Layout(SIZE_HW, ROOM.layers[::-1])) == pytest.approx(score(ranker), abs=1e-5)


def test_large_logits_stay_in_range(tiny_encoder):
    network = tiny_ranker()
    for gain in (1e5, -1e5):
        weights = network._weights | {"calibration": np.array([gain, 0], np.float32)}
        extreme = score(EmbeddedRanker(RankerNetwork(network.card, weights), tiny_encoder))
        assert extreme == pytest.approx(0, abs=1e-9) or extreme == pytest.approx(1, abs=1e-9)


def test_an_encoder_of_another_width_is_refused(tiny_encoder):
    wide = tiny_ranker(sizes=RankerConfig(text_width=16, label_channels=4, told=6, hidden=10))
    with pytest.raises(CheckpointError, match="trained with embeddings of 16 numbers, this release's have 8"):
        EmbeddedRanker(wide, tiny_encoder)


def written(folder: Path, card: dict | None = None, weights: dict | None = None) -> Path:
    network = tiny_ranker()
    header = {"format": FORMAT, "version": FORMAT_VERSION, **asdict(network.card)} if card is None else card
    arrays = {name: value.astype(np.float16) for name, value in network._weights.items()} | (weights or {})
    buffer = io.BytesIO()
    np.savez_compressed(buffer, card=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)
    path = folder / "ranker.npz"
    path.write_bytes(buffer.getvalue())
    return path


def good_card() -> dict:
    return {"format": FORMAT, "version": FORMAT_VERSION, **asdict(tiny_ranker().card)}


def test_a_file_comes_back_as_it_was_but_for_rounding(tmp_path, tiny_encoder, ranker):
    network = load_ranker_network(written(tmp_path))
    assert network.card == tiny_ranker().card
    assert score(EmbeddedRanker(network, tiny_encoder)) == pytest.approx(score(ranker), abs=5e-3)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        pytest.param(
            lambda card: card | {"version": 9}, "is not a smartmask-ranker file of version 1", id="version"
        ),
        pytest.param(
            lambda card: card | {"format": "x"}, "is not a smartmask-ranker file", id="another kind"
        ),
        pytest.param(
            lambda card: card | {"palette": 1}, "unknown or missing settings: palette", id="unknown"
        ),
        pytest.param(
            lambda card: {name: value for name, value in card.items() if name != "groups"},
            "unknown or missing settings: groups",
            id="missing",
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"depth": 3}}, "do not fit", id="unknown size"
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"hidden": 12}},
            "weight first is",
            id="other size",
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"hidden": 0}}, "must be positive", id="no size"
        ),
        pytest.param(lambda card: [1], "is not a smartmask-ranker file", id="no table"),
    ],
)
def test_a_file_with_another_card_is_refused(card, message, tmp_path):
    with pytest.raises(CheckpointError, match=message) as caught:
        load_ranker_network(written(tmp_path, card(good_card())))
    assert "ranker.npz: " in str(caught.value)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        pytest.param({"more": np.zeros(3)}, "weights missing or unknown: more", id="unknown"),
        pytest.param({"out": np.zeros(3)}, "weight out is", id="of another shape"),
        pytest.param(
            {"out": np.full(SIZES.hidden, np.nan)},
            "weight out holds numbers that are not finite",
            id="not finite",
        ),
    ],
)
def test_a_file_with_other_weights_is_refused(weights, message, tmp_path):
    with pytest.raises(CheckpointError, match=message):
        load_ranker_network(written(tmp_path, weights=weights))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-200], id="cut short"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: b"no archive" * 50, id="something else"),
    ],
)
def test_a_damaged_file_is_refused(damage, tmp_path):
    path = written(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"ranker\.npz: missing or damaged ranker weights"):
        load_ranker_network(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="missing or damaged ranker weights"):
        load_ranker_network(tmp_path / "none.npz")


def test_a_file_that_holds_programs_is_refused(tmp_path):
    path = written(tmp_path, weights={"out": np.array([object()], dtype=object)})
    with pytest.raises(CheckpointError, match="missing or damaged ranker weights"):
        load_ranker_network(path)


def test_the_shapes_are_those_of_the_sizes():
    shapes = weight_shapes(SIZES)
    assert shapes["first"] == (SIZES.read, SIZES.hidden)
    assert shapes["labels"] == (SIZES.text_width, SIZES.label_channels)
