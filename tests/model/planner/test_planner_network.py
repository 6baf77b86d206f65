"""The planner's network in NumPy: bins, densities, queries that see all and are seen by none, its file."""

import io
import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_planner import LABELS, SIZES, tiny_planner

from smartmask.errors import CheckpointError
from smartmask.model.planner.boxes import log_density
from smartmask.model.planner.network import (
    FORMAT,
    FORMAT_VERSION,
    PlannerConfig,
    PlannerNetwork,
    load_planner_network,
)
from smartmask.model.planner.pairs import pair_features
from smartmask.model.planner.state import (
    BINS,
    SHAPE_WIDTH,
    SMALLEST_SIDE,
    box_bins,
    boxes_of_bins,
    canvas_shares,
    layout_shapes,
    shape_features,
)
from smartmask.scene.layout import Layer, Layout


def read(network, rng, layers=3, prompt=None):
    return network.read(
        rng.standard_normal((layers, 8), np.float32),
        rng.standard_normal((layers, SHAPE_WIDTH), np.float32),
        np.ones(8, np.float32) if prompt is None else prompt,
        np.zeros(8, np.float32),
        0.3,
    )


@given(st.tuples(*[st.floats(0, 1, width=32)] * 4), st.integers(0, 99))
def test_a_box_comes_back_from_its_bins(sides, seed):
    x0, x1 = sorted(sides[:2])
    y0, y1 = sorted(sides[2:])
    box = np.array([[x0, y0, max(x1, x0 + 0.02), max(y1, y0 + 0.02)]], np.float32).clip(0, 1)
    bins = box_bins(box)
    places = np.random.default_rng(seed).random((1, 4), np.float32)
    again = boxes_of_bins(bins, places)
    assert again.min() >= 0
    assert again.max() <= 1
    # Half a bin and the jitter within it; sides are relative to their length.
    assert abs(again[0, 3] - box[0, 3]) <= 1 / BINS + 1e-6
    tall = again[0, 3] - again[0, 1]
    ratio = (1 / SMALLEST_SIDE) ** (1.01 / BINS)
    assert tall <= max(box[0, 3] - box[0, 1], SMALLEST_SIDE) * ratio + 1 / BINS


def test_a_foot_at_the_border_stays_there():
    box = np.array([[0.1, 0.5, 0.3, 1.0]], np.float32)
    assert boxes_of_bins(box_bins(box), np.zeros((1, 4), np.float32))[0, 3] == 1.0


def test_shapes_are_shares_of_the_canvas():
    mask = np.zeros((40, 80), bool)
    mask[20:, :40] = True
    box, area, grid = canvas_shares(mask)
    assert box.tolist() == [0, 0.5, 0.5, 1]
    assert area == 0.25
    assert grid.reshape(4, 4).tolist() == [[0] * 4, [0] * 4, [1, 1, 0, 0], [1, 1, 0, 0]]
    small = Layout((40, 80), (Layer("a", ~mask), Layer("b", mask)))
    large = Layout(
        (80, 160), tuple(Layer(one.label, one.mask.repeat(2, 0).repeat(2, 1)) for one in small.layers)
    )
    assert np.allclose(layout_shapes(small, [0, 1]), layout_shapes(large, [0, 1]))
    assert layout_shapes(small, []).shape == (0, SHAPE_WIDTH)


def test_features_of_no_layer():
    empty = shape_features(
        np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 16), np.float32)
    )
    assert empty.shape == (0, SHAPE_WIDTH)


def test_densities_add_up_to_one():
    """Over all bins of one number, the others fixed, log densities differ only by that number's factor."""
    network = tiny_planner()
    rng = np.random.default_rng(0)
    answer = network.ask_box(read(network, rng), rng.standard_normal(8, np.float32))
    bins = np.tile(np.array([[3, 7, 11, 0]]), (BINS, 1))
    bins[:, 3] = np.arange(BINS)
    logits = network.box_logits(answer, bins)
    assert np.allclose(np.exp(log_density(network, answer, bins)).sum(), _share(logits, bins), rtol=1e-5)


def _share(logits, bins):
    """The probability of the first three numbers."""
    probabilities = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities /= probabilities.sum(-1, keepdims=True)
    return np.prod([probabilities[number, 0, bins[0, number]] for number in range(3)])


def test_drawn_bins_follow_the_density():
    network = tiny_planner()
    rng = np.random.default_rng(0)
    answer = network.ask_box(read(network, rng), rng.standard_normal(8, np.float32))
    drawn = network.draw_bins(answer, 20_000, 1.0, rng)[:, 0]
    logits = network.box_logits(answer, np.zeros((1, 4), np.int64))[0, 0].astype(float)
    expected = np.exp(logits - logits.max())
    expected /= expected.sum()
    assert np.abs(np.bincount(drawn, minlength=BINS) / 20_000 - expected).max() < 0.02


def test_the_prompt_the_layers_and_the_label_are_read():
    network = tiny_planner()
    reading = read(network, np.random.default_rng(0))
    other_prompt = read(network, np.random.default_rng(0), prompt=-np.ones(8, np.float32))
    other_layers = read(network, np.random.default_rng(1))
    word = np.ones(8, np.float32)
    answers = [network.ask_box(found, word) for found in (reading, other_prompt, other_layers)]
    answers += [network.ask_box(reading, -word), network.ask_label(reading)]
    for number, answer in enumerate(answers):
        assert all(np.abs(answer - other).max() > 1e-3 for other in answers[:number])


def test_an_empty_layout_can_be_read():
    network = tiny_planner()
    reading = read(network, np.random.default_rng(0), layers=0)
    assert np.isfinite(network.ask_label(reading)).all()
    assert network.label_logits(network.ask_label(reading), np.eye(8, dtype=np.float32)).shape == (8,)


def test_the_order_depends_on_geometry_and_layers():
    network = tiny_planner()
    rng = np.random.default_rng(0)
    reading = read(network, rng)
    answer = network.ask_box(reading, np.ones(8, np.float32))
    box = np.array([0.2, 0.2, 0.5, 0.6], np.float32)
    others = np.sort(rng.random((3, 2, 2), np.float32), 1).reshape(3, 4)
    logits = network.front_logits(reading, answer, box_bins(box[None])[0], box, others)
    moved = network.front_logits(reading, answer, box_bins(box[None])[0], box, others[::-1].copy())
    assert logits.shape == (3,)
    assert np.abs(logits - moved).max() > 1e-4
    features = pair_features(box, np.stack([box, box + 0.5]).astype(np.float32))
    assert features[0].tolist() == [0, 0, 0, 0, 1, 1]
    assert features[1, 4] == 0


def test_weights_must_fit():
    network = tiny_planner()
    weights = dict(network.weights)
    weights.pop("stop")
    with pytest.raises(ValueError, match="weights missing or unknown: stop"):
        PlannerNetwork(network.card, weights)
    weights["stop"] = np.zeros(3, np.float32)
    with pytest.raises(ValueError, match=r"weight stop is \(3,\), not \(8,\)"):
        PlannerNetwork(network.card, weights)
    with pytest.raises(ValueError, match="heads divide the width"):
        PlannerConfig(width=9, heads=2)


class TestFile:
    """The loader takes what the exporter writes and nothing else."""

    def content(self, **changes):
        header = {"format": FORMAT, "version": FORMAT_VERSION, "labels": LABELS, "network": asdict(SIZES)}
        header |= {"samples": 1, "data": {}, "licence": "none", **changes}
        buffer = io.BytesIO()
        card = np.frombuffer(json.dumps(header).encode(), np.uint8)
        np.savez(buffer, card=card, **{k: v.astype(np.float16) for k, v in tiny_planner().weights.items()})
        return buffer.getvalue()

    def test_reads(self, tmp_path):
        path = tmp_path / "planner.npz"
        path.write_bytes(self.content())
        network = load_planner_network(path)
        assert network.card.labels == LABELS
        assert network.weights["words"].dtype == np.float32

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "missing or damaged planner weights"),
            ({"version": 9}, "is not a smartmask-planner file of version 2"),
            ({"colour": "red"}, "unknown or missing settings: colour"),
            ({"network": {"depth": 2, "sides": 3}}, "its card or weights do not fit"),
            ({"labels": ["chair"]}, r"its card or weights do not fit \(weight label_bias is"),
        ],
        ids=["empty file", "other version", "unknown key", "unknown size", "other labels"],
    )
    def test_refuses(self, tmp_path, content, message):
        path = tmp_path / "planner.npz"
        path.write_bytes(content if isinstance(content, bytes) else self.content(**content))
        with pytest.raises(CheckpointError, match=message):
            load_planner_network(path)

    def test_missing(self, tmp_path):
        with pytest.raises(CheckpointError, match=r"gone\.npz: missing or damaged"):
            load_planner_network(tmp_path / "gone.npz")
