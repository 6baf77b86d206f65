"""Training of the shape codec: it learns, it goes on where it stopped, and what ships is what was trained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from shapes import blob
from thin_shapes import ellipse, four_legged_table, two_wheels
from tiny_generator import CODEC
from whole_shape_parts import bar, comb, whole

from smartmask.errors import CheckpointError
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import CODE_BYTES, FRAME_PX, frame_field, numbers
from smartmask.training.shape import loop as shape_codec_loop
from smartmask.training.shape.export import export_shape_codec, read_shape_codec
from smartmask.training.shape.fields import LEVELS as FIELD_LEVELS
from smartmask.training.shape.fields import ShapeFields
from smartmask.training.shape.loop import ShapeCodecConfig, codec_iou, train_shape_codec
from smartmask.training.shape.network import LEVELS, ShapeAutoencoder, rounded

SECOND = 1 / 60
CONFIG = ShapeCodecConfig(minutes=2 * SECOND, batch=4)


@pytest.fixture(scope="module")
def data() -> ShapeFields:
    masks = [ellipse(60, 60), four_legged_table(), two_wheels(), comb(1), bar(2), blob((60, 60), 3)]
    shapes = [
        whole("thing", mask, f"drawn:{n}", "photo" if n % 2 else "render") for n, mask in enumerate(masks)
    ]
    fields = np.stack([np.round(frame_field(mask) * FIELD_LEVELS) for mask in masks]).astype(np.int8)
    return ShapeFields(shapes, ["train"] * 4 + ["validation"] * 2, fields)


def state_of(run: Path) -> dict:
    return torch.load(run / "state.pt", weights_only=True)


def test_the_loss_of_one_batch_falls(data):
    torch.manual_seed(0)
    network = ShapeAutoencoder()
    optimizer = torch.optim.AdamW(network.parameters(), 2e-3)
    fields = torch.from_numpy(data.fields[:2]).float().view(-1, 1, FRAME_PX, FRAME_PX) / FIELD_LEVELS
    losses = []
    for _ in range(30):
        loss = network.loss(fields)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-3:]) < 0.5 * losses[0]


def test_a_run_ends_goes_on_and_refuses_other_settings(data, tmp_path):
    network, views = train_shape_codec(data, CONFIG, tmp_path / "run")
    assert not network.training
    first = state_of(tmp_path / "run")
    assert first["step"] >= 1
    assert views == first["step"] * CONFIG.batch
    assert first["seconds"] == pytest.approx(CONFIG.minutes * 60)
    again, _ = train_shape_codec(data, CONFIG, tmp_path / "run")
    assert state_of(tmp_path / "run")["step"] == first["step"], "its time was over"
    for one, other in zip(network.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(CheckpointError, match="begun with other settings of batch, seed; use a new folder"):
        train_shape_codec(data, replace(CONFIG, batch=2, seed=1), tmp_path / "run")


def test_a_run_that_was_cut_off_goes_on_from_its_state(data, tmp_path):
    train_shape_codec(data, CONFIG, tmp_path / "run")
    state = state_of(tmp_path / "run")
    torch.save(state | {"seconds": CONFIG.minutes * 30}, tmp_path / "run" / "state.pt")
    train_shape_codec(data, CONFIG, tmp_path / "run")
    after = state_of(tmp_path / "run")
    assert after["step"] > state["step"]
    assert after["optimizer"]["state"][0]["step"] == after["step"]
    assert any(not torch.equal(after["weights"][name], value) for name, value in state["weights"].items())


def test_the_log_tells_how_it_goes(data, tmp_path, monkeypatch):
    monkeypatch.setattr(shape_codec_loop, "SAVE_SECONDS", 0.0)
    records: list[dict] = []
    train_shape_codec(data, CONFIG, tmp_path / "run", on_log=records.append)
    assert len((tmp_path / "run" / "log.jsonl").read_text().splitlines()) == len(records) >= 1
    assert [record["views"] for record in records] == [4 * (n + 1) for n in range(len(records))]
    assert all(np.isfinite(record["loss"]) and 0 <= record["iou"] <= 1 for record in records)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"log.jsonl", "state.pt"}


def test_a_damaged_state_is_named(data, tmp_path):
    (tmp_path / "state.pt").write_bytes(b"half of it")
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        train_shape_codec(data, CONFIG, tmp_path)


def test_rounded_codes_are_those_of_the_file_and_stay_the_same():
    codes = torch.rand(3, 8, 8, 8) * 2.4 - 1.2
    once = rounded(codes)
    assert torch.allclose(rounded(once), once, atol=1e-6)
    assert len(torch.unique((once * 1e4).round())) <= LEVELS
    assert (once - codes.clamp(-1, 1)).abs().max() <= 1 / (LEVELS - 1) + 1e-6


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")
def test_what_ships_is_what_was_trained(data, tmp_path):
    torch.manual_seed(1)
    network = ShapeAutoencoder()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
    path = tmp_path / "codec.npz"
    assert export_shape_codec(network.eval(), 1234, path) < 0.02
    codec = SilhouetteCodec.load(path)
    assert codec.card.views == 1234
    fields = data.fields.astype(np.float32) / FIELD_LEVELS
    codes = codec.encode(fields)
    assert codes.shape == (len(fields), CODE_BYTES)
    with torch.no_grad():
        expected = rounded(network.encoder(torch.from_numpy(fields[:, None])))
        # Weights are stored coarser, so a number may fall to the next level now and then.
        assert (np.abs(numbers(codes) - expected.numpy()) > 1e-3).mean() < 0.1
        kept = torch.from_numpy(numbers(codes))
        drawn, small = network.decoder(kept)[:, 0].numpy(), network.sketch(kept).numpy()
    assert np.abs(codec.decode(codes) - drawn).mean() < 0.03
    assert np.abs(codec.sketch(codes) - small).mean() < 0.03
    assert [entry.name for entry in tmp_path.iterdir()] == ["codec.npz"]


def test_the_network_of_the_shipped_file_computes_what_the_file_does(data, shipped_codec):
    network = read_shape_codec(CODEC)
    assert not network.training
    fields = data.fields.astype(np.float32) / FIELD_LEVELS
    codes = shipped_codec.encode(fields)
    kept = torch.from_numpy(numbers(codes))
    with torch.no_grad():
        # What lies between two levels may fall to either.
        found = rounded(network.encoder(torch.from_numpy(fields[:, None])))
        assert ((found - kept).abs() > 1e-3).float().mean() < 1e-3
        drawn, small = network.decoder(kept)[:, 0].numpy(), network.sketch(kept).numpy()
    assert np.abs(shipped_codec.decode(codes) - drawn).max() < 1e-3
    assert np.abs(shipped_codec.sketch(codes) - small).max() < 1e-3


def test_a_missing_or_damaged_codec_is_named(tmp_path):
    path = tmp_path / "codec.npz"
    with pytest.raises(CheckpointError, match=r"codec\.npz: missing or damaged shape codec"):
        read_shape_codec(path)
    path.write_bytes(CODEC.read_bytes()[:100_000])
    with pytest.raises(CheckpointError, match=r"codec\.npz: missing or damaged shape codec"):
        read_shape_codec(path)


def test_the_watched_iou_is_that_of_shapes_and_what_comes_back(data):
    network = ShapeAutoencoder().eval()
    with torch.no_grad():
        fields = torch.from_numpy(data.fields[4:]).float().view(-1, 1, FRAME_PX, FRAME_PX) / FIELD_LEVELS
        back = network.decoder(rounded(network.encoder(fields)))[:, 0].numpy() > 0
    inside = data.fields[4:] > 0
    expected = np.mean([(a & b).sum() / (a | b).sum() for a, b in zip(inside, back, strict=True)])
    assert codec_iou(network, data, data.rows("validation")) == pytest.approx(expected, abs=1e-4)
