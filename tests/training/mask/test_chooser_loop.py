"""Training of the chooser: its loss, that it learns which shapes a word means, and its file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from chooser_parts import COMPONENTS, NETWORK, poles_and_slabs
from hash_encoder import HashEncoder
from ticks import Ticks
from torch import Tensor

from smartmask.model.mask.chooser import ChoiceContext, ShapeChooser, load_chooser
from smartmask.model.shape.codec import SKETCH_PX, SilhouetteCodec
from smartmask.training.mask import chooser_loop
from smartmask.training.mask.chooser_data import ChooserData
from smartmask.training.mask.chooser_loop import (
    LICENCE,
    ChooserTraining,
    export_chooser,
    listwise_loss,
    train_chooser,
    watched,
)
from smartmask.training.mask.chooser_network import ChooserBatch, TrainableChooser

TRAINING = ChooserTraining(network=NETWORK, batch=16, beside=12, learning_rate=1e-2)


@pytest.fixture(autouse=True)
def _often_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chooser_loop, "LOG_EVERY_STEPS", 20)
    monkeypatch.setattr(chooser_loop, "WATCHED", 64)


@pytest.fixture(scope="module")
def data(shipped_codec: SilhouetteCodec) -> ChooserData:
    return poles_and_slabs(shipped_codec)


def train(data: ChooserData, run: Path, steps: int, **more: Any) -> tuple[TrainableChooser, int]:
    """A run of so many steps."""
    config = replace(TRAINING, minutes=(steps + 0.5) / 60, seed=more.pop("seed", 0))
    return train_chooser(config, data, run, Ticks(), **more)


def untrained(data: ChooserData) -> TrainableChooser:
    torch.manual_seed(0)
    axes, bias = torch.from_numpy(data.axes), torch.from_numpy(data.bias)
    return TrainableChooser(NETWORK, axes, bias).eval()


def perturbed() -> TrainableChooser:
    """A network all of whose parameters take part."""
    torch.manual_seed(1)
    axes = torch.randn(SKETCH_PX**2, COMPONENTS) / SKETCH_PX
    network = TrainableChooser(NETWORK, axes, torch.randn(COMPONENTS))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return network.eval()


def list_of(ious: list[list[float]]) -> ChooserBatch:
    """A batch of which only overlaps are known; -1 = no shape."""
    table = torch.tensor(ious)
    nothing = torch.zeros(len(ious))
    return ChooserBatch(
        text=torch.zeros(len(ious), 1),
        is_known=nothing,
        log_aspects=nothing,
        zooms=nothing,
        cells=torch.zeros(len(ious), 1, 1),
        pictures=torch.zeros(*table.shape, 1),
        shape_log_aspects=torch.zeros_like(table),
        is_there=table >= 0,
        ious=table.clamp(min=0),
    )


def equal(one: TrainableChooser, other: TrainableChooser) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


def by_hand(scores: list[list[float]], ious: list[list[float]], temperature: float) -> float:
    """The definition, one shape at a time."""
    total = 0.0
    for own, overlaps in zip(scores, ious, strict=True):
        there = [number for number, overlap in enumerate(overlaps) if overlap >= 0]
        wanted = [np.exp(overlaps[number] / temperature) for number in there]
        said = [np.exp(own[number]) for number in there]
        for right, likely in zip(wanted, said, strict=True):
            total -= right / sum(wanted) * np.log(likely / sum(said))
    return total / len(scores)


IOUS = [[0.8, 0.5, 0.6, 0.1], [0.3, 0.35, -1, -1], [0.9, -1, -1, -1]]
SCORES = [[0.5, -1.0, 2.0, 0.0], [1.0, 0.2, -np.inf, -np.inf], [3.0, -np.inf, -np.inf, -np.inf]]


@pytest.mark.parametrize("temperature", [0.05, 0.2, 1.0])
def test_the_loss_is_that_of_the_definition(temperature):
    found = listwise_loss(torch.tensor(SCORES), list_of(IOUS), temperature)
    assert found.item() == pytest.approx(by_hand(SCORES, IOUS, temperature), rel=1e-5)


def test_it_is_least_where_scores_are_overlaps_by_temperature():
    batch = list_of(IOUS)
    best = (batch.ious / 0.1).masked_fill(~batch.is_there, -torch.inf)
    least = listwise_loss(best, batch, 0.1)
    for seed in range(8):
        noise = torch.randn(best.shape, generator=torch.Generator().manual_seed(seed))
        assert listwise_loss(best + 0.3 * noise, batch, 0.1) > least
    assert listwise_loss(best + 7, batch, 0.1).item() == pytest.approx(least.item(), abs=1e-5)


def test_what_is_not_there_gives_finite_gradients():
    free = torch.zeros(3, 4, requires_grad=True)
    batch = list_of(IOUS)
    listwise_loss(free.masked_fill(~batch.is_there, -torch.inf), batch, 0.1).backward()
    gradient = free.grad
    assert isinstance(gradient, Tensor)
    assert gradient.isfinite().all()
    assert not gradient[~batch.is_there].any()
    assert gradient[0].any()


def test_it_learns_which_shapes_a_word_means(data, tmp_path):
    records: list[dict[str, float]] = []
    network, views = train(data, tmp_path, 80, on_log=records.append)
    assert not network.training
    assert views == 80 * TRAINING.batch
    assert [record["step"] for record in records] == [20, 40, 60, 80]
    assert records[-1]["loss"] < records[0]["loss"] - 0.2
    before, after = watched(untrained(data), data, TRAINING), watched(network, data, TRAINING)
    assert records[-1].items() >= after.items()
    assert after["held_out_loss"] < before["held_out_loss"] - 0.3
    assert after["iou_any"] + 0.15 < after["iou_first"] < after["iou_best"]
    assert after["iou_first"] > before["iou_first"] + 0.15


def test_the_axes_of_pictures_are_not_learnt(data, tmp_path):
    network, _ = train(data, tmp_path, 3)
    assert np.array_equal(network.get_buffer("picture"), data.axes)
    assert np.array_equal(network.get_buffer("picture_bias"), data.bias)


def test_the_same_seed_gives_the_same_network(data, tmp_path):
    first, again, other = (
        train(data, tmp_path / str(number), 12, seed=seed)[0] for number, seed in enumerate((0, 0, 1))
    )
    assert equal(first, again)
    assert not equal(first, other)
    assert not equal(first, untrained(data))


def test_a_run_that_was_cut_short_ends_as_if_it_had_not_been(data, tmp_path):
    whole, _ = train(data, tmp_path / "whole", 30)

    def cut(record: dict[str, float]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(data, tmp_path / "cut", 30, on_log=cut)
    resumed, views = train(data, tmp_path / "cut", 30)
    assert views == 30 * TRAINING.batch
    assert equal(whole, resumed)


def test_a_run_that_is_over_at_once_learns_nothing(data, tmp_path):
    network, views = train(data, tmp_path, 0)
    assert views == 0
    assert equal(network, untrained(data))


def test_the_same_objects_are_watched_again(data):
    found = watched(untrained(data), data, TRAINING)
    assert found == watched(untrained(data), data, TRAINING)
    assert 0 < found["iou_any"] < found["iou_best"] <= 1
    assert found["iou_first"] <= found["iou_best"]


def test_without_held_out_objects_nothing_is_watched(data):
    learnt = data.of_part("train")
    kept = {name: getattr(data, name)[learnt] for name in ("rows", "shapes", "is_mirrored", "ious")}
    assert watched(untrained(data), replace(data, **kept), TRAINING) == {}


def weights_of(network: TrainableChooser) -> dict[str, np.ndarray]:
    named = dict(network.weights) | dict(network.named_buffers())
    return {name: value.detach().numpy() for name, value in named.items()}


def sketches(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.uniform(-1, 1, (count, 4, 4)), np.ones((1, SKETCH_PX // 4, SKETCH_PX // 4)))
    return blocks.astype(np.float32), rng.normal(0, 0.3, count).astype(np.float32)


def test_the_exported_file_reads_back_as_what_was_returned(tmp_path):
    path = tmp_path / "chooser.npz"
    exported = export_chooser(perturbed(), 640, path)
    loaded = load_chooser(path)
    assert loaded.card == exported.card
    assert (loaded.card.network, loaded.card.views, loaded.card.licence) == (NETWORK, 640, LICENCE)
    context = ChoiceContext.of_words(HashEncoder().encode(["vane"])[0])
    assert np.array_equal(
        loaded.probabilities(context, *sketches(9)), exported.probabilities(context, *sketches(9))
    )
    assert [found.name for found in tmp_path.iterdir()] == ["chooser.npz"]


def test_the_exported_file_is_the_same_bytes_again(tmp_path):
    for name in ("one.npz", "two.npz"):
        export_chooser(perturbed(), 640, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_the_exported_file_says_what_was_trained_but_for_rounding(tmp_path, data):
    network, views = train(data, tmp_path / "run", 20)
    exported = export_chooser(network, views, tmp_path / "chooser.npz")
    chooser = ShapeChooser(exported.card, weights_of(network))
    rounded = load_chooser(tmp_path / "chooser.npz")
    text = HashEncoder().encode(["gate"])[0]
    for log_aspect in (None, -0.3):
        context = replace(ChoiceContext.of_words(text), log_aspect=log_aspect)
        found = [one.probabilities(context, *sketches(12)) for one in (chooser, rounded)]
        np.testing.assert_allclose(found[1], found[0], rtol=0.05, atol=1e-3)


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OSError, match="missing"):
        export_chooser(perturbed(), 1, tmp_path / "missing" / "chooser.npz")
