"""Training of the judge of outlines: what it is shown, that it learns, and its file."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from smartmask.model.ranker.outlines import OutlineConfig, load_outline_judge, weight_shapes
from smartmask.model.shape.frame import CODE_BYTES
from smartmask.training.mask.generator_pack import PARTS
from smartmask.training.ranker import outline_loop
from smartmask.training.ranker.outline_drawing import DrawnRows
from smartmask.training.ranker.outline_loop import (
    OutlineData,
    OutlineTraining,
    TrainableJudge,
    export_outlines,
    fitted_slopes,
    held_out_logits,
    outline_loss,
    train_outlines,
)


@pytest.fixture(scope="module")
def pack(generator_pack):
    """The small pack, a part of whose shapes are held out."""
    parts = generator_pack.parts.copy()
    parts[::3] = PARTS.index("validation")
    return replace(generator_pack, parts=parts, weights=np.ones_like(generator_pack.weights))


@pytest.fixture(scope="module")
def data(pack) -> OutlineData:
    """What is drawn lacks what half of the channels say."""
    rng = np.random.default_rng(0)

    def broken(part: str) -> DrawnRows:
        rows = rng.choice(np.flatnonzero(pack.parts == PARTS.index(part)), 64)
        codes = pack.codes[rows]
        codes[:, : CODE_BYTES // 2] = 0
        return DrawnRows(codes, rows)

    return OutlineData(pack, {part: broken(part) for part in ("train", "validation")})


@pytest.fixture
def config(pack, monkeypatch) -> OutlineTraining:
    monkeypatch.setattr(outline_loop, "LOG_EVERY_STEPS", 20)
    monkeypatch.setattr(outline_loop, "WATCHED", 64)
    sizes = OutlineConfig(text_width=pack.embeddings.shape[1], hidden=16, mixed=8)
    return OutlineTraining(
        network=sizes, batch=16, learning_rate=1e-2, word_noise=0.1, dropout=0.0, ema_decay=0.9
    )


def test_a_batch_shows_real_shapes_drawn_ones_and_the_real_ones_under_words_of_others(data, pack):
    levels, text, log_aspects = data.batch("validation", 50, np.random.default_rng(3))
    own = levels[:50].to(torch.uint8).numpy()
    held_out = pack.codes[pack.parts == PARTS.index("validation")]
    held_out = np.stack([held_out >> 4, held_out & 15], 2).reshape(len(held_out), -1)
    assert all((row == held_out).all(1).any() for row in own)
    assert torch.equal(levels[:50], levels[100:])
    assert torch.equal(log_aspects[:50], log_aspects[100:])
    differ = (text[:50] != text[100:]).any(1)
    assert differ.float().mean() > 0.5  # the small pack has few words


def test_it_learns_what_is_real_and_writes_what_it_learnt(data, config, tmp_path):
    records = []
    network, views = train_outlines(config, data, 120, records.append)
    assert views == 120 * 48
    assert [record["step"] for record in records] == [20, 40, 60, 80, 100, 120]
    assert min(record["held-out real"] for record in records) < 0.4
    assert records[-1]["real"] < records[0]["real"] / 2
    logits = held_out_logits(network, data)
    slopes = fitted_slopes(logits)
    assert (outline_loss(logits / torch.tensor(slopes)) <= outline_loss(logits) + 1e-6).all()
    path = tmp_path / "outlines.npz"
    judge = export_outlines(network, slopes, "abc", views, path)
    assert load_outline_judge(path, "abc").card == judge.card
    levels, text, log_aspects = data.batch("validation", 1, np.random.default_rng(0))
    pairs = levels.to(torch.uint8).numpy()
    codes = pairs[:, ::2] << 4 | pairs[:, 1::2]
    with torch.no_grad():
        expected = torch.sigmoid(network(levels / 7.5 - 1, text, log_aspects) / torch.tensor(slopes)).numpy()
    for row in range(3):
        found = judge.probabilities(codes[[row]], text[row].numpy(), log_aspects[[row]].numpy())
        assert found[0] == pytest.approx(expected[row], abs=5e-3)


def test_all_parameters_take_part():
    network = TrainableJudge(OutlineConfig(text_width=3, hidden=4, mixed=5), 0.0)
    logits = network(torch.randn(6, 2 * CODE_BYTES), torch.randn(6, 3), torch.randn(6))
    outline_loss(logits).sum().backward()
    assert {name for name, value in network.weights.items() if value.grad.abs().sum() > 0} == set(
        weight_shapes(network.config)
    )


def test_what_was_drawn_comes_back_from_its_file(tmp_path):
    drawn = DrawnRows(np.arange(2 * CODE_BYTES, dtype=np.uint8).reshape(2, -1), np.array([4, 9]))
    drawn.write(tmp_path / "drawn.npz")
    read = DrawnRows.read(tmp_path / "drawn.npz")
    assert (read.codes == drawn.codes).all()
    assert read.rows.tolist() == [4, 9]
