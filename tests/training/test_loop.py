import dataclasses
import json
from pathlib import Path

import pytest
import torch
from shapes import dataset_of, room
from tiny_codec import tiny_codec
from tiny_model import SIZES

from smartmask.data.shards import SceneDataset
from smartmask.errors import CheckpointError
from smartmask.model.backbone import CompactBackbone
from smartmask.model.denoiser import denoising_loss
from smartmask.training.batch import batches
from smartmask.training.config import TrainConfig
from smartmask.training.loop import LOG_EVERY_STEPS, STATE_FILE, VIEWS_FOLDER, load_average, train
from smartmask.training.view_cache import read_parts

CONFIG = TrainConfig(
    backbone=SIZES,
    mixture={"rooms": 1.0},
    cached_views=12,
    batch_size=4,
    warmup_steps=3,
    learning_rate=6e-4,
    ema_decay=0.999,
)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory) -> dict[str, SceneDataset]:
    """Three rooms on disk."""
    return {"rooms": dataset_of(tmp_path_factory.mktemp("rooms"), [room(number) for number in range(3)])}


@pytest.fixture
def run(datasets):
    """Trains for some steps."""

    def run(folder: Path, steps: int, encoder, config: TrainConfig = CONFIG, **more) -> CompactBackbone:
        def still(step: int) -> float | None:
            return 1.0 if step < steps else None

        return train(config, datasets, encoder, tiny_codec(), folder, should_stop=still, workers=0, **more)

    return run


def state_of(folder: Path) -> dict:
    return torch.load(folder / STATE_FILE, weights_only=True)


def assert_same(one: object, other: object, where: str = "state") -> None:
    """Equality bit for bit of nested states."""
    assert type(one) is type(other), where
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key, value in one.items():
            assert_same(value, other[key], f"{where}.{key}")
    elif isinstance(one, list | tuple):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{where}.{number}")
    else:
        assert one == other, where


def test_the_loss_falls_on_one_overfit_batch(run, tmp_path, tiny_encoder):
    run(tmp_path, 1, tiny_encoder)
    torch.manual_seed(0)
    backbone = CompactBackbone(SIZES)
    batch = next(batches(read_parts(tmp_path / VIEWS_FOLDER), CONFIG, 0))
    optimizer = torch.optim.AdamW(backbone.parameters(), 5e-3)
    losses = []
    for _ in range(60):
        loss = denoising_loss(backbone, batch.clean, batch.noise, batch.t, batch.condition, batch.is_whole)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


def test_n_steps_equal_half_of_them_a_stop_and_the_other_half_bit_for_bit(run, tmp_path, tiny_encoder):
    run(tmp_path / "through", 6, tiny_encoder)
    run(tmp_path / "halves", 3, tiny_encoder)
    run(tmp_path / "halves", 3, tiny_encoder)
    assert state_of(tmp_path / "halves")["step"] == 6
    assert_same(state_of(tmp_path / "through"), state_of(tmp_path / "halves"))


def test_training_moves_the_weights_and_the_average_follows_them(run, tmp_path, tiny_encoder):
    average = run(tmp_path, 4, tiny_encoder)
    state = state_of(tmp_path)
    torch.manual_seed(CONFIG.seed)
    begun = CompactBackbone(SIZES).state_dict()
    name = "shape_in.weight"
    moved, followed = ((state[part][name] - begun[name]).norm() for part in ("weights", "average"))
    assert 0 < followed < 1.5 * moved
    assert_same({**average.state_dict()}, {**state["average"]})


def test_the_average_holds_no_graph(run, tmp_path, tiny_encoder):
    average = run(tmp_path, 2, tiny_encoder)
    assert not any(parameter.requires_grad for parameter in average.parameters())
    assert all(parameter.is_leaf for parameter in average.parameters())


def test_a_run_begins_with_the_weights_it_is_given_and_a_resumed_one_ignores_them(
    run, tmp_path, tiny_encoder
):
    initial = {
        name: torch.full_like(value, 0.25) for name, value in CompactBackbone(SIZES).state_dict().items()
    }
    run(tmp_path, 0, tiny_encoder, initial=initial)
    assert all((value == 0.25).all() for value in state_of(tmp_path)["weights"].values())
    run(tmp_path, 1, tiny_encoder)
    before = state_of(tmp_path)
    run(tmp_path, 0, tiny_encoder, initial=initial)
    assert_same(before, state_of(tmp_path))


def test_a_run_from_given_weights_counts_on_from_their_views_and_warms_up_anew(run, tmp_path, tiny_encoder):
    weights = CompactBackbone(SIZES).state_dict()
    views = 100 * CONFIG.batch_size
    run(tmp_path, 1, tiny_encoder, initial=weights, initial_views=views)
    run(tmp_path, 1, tiny_encoder)
    state = state_of(tmp_path)
    assert state["step"] == 102
    rate = state["optimizer"]["param_groups"][0]["lr"]
    assert rate == pytest.approx(CONFIG.learning_rate * 2 / 3)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"learning_rate": 1e-5}, "learning_rate", id="another learning rate"),
        pytest.param({"seed": 3, "batch_size": 2}, "batch_size, seed", id="another seed and batch size"),
        pytest.param({"backbone": dataclasses.replace(SIZES, depth=2)}, "backbone", id="a deeper network"),
        pytest.param({"mixture": {"rooms": 0.5}}, "mixture", id="another mixture"),
    ],
)
def test_a_run_begun_with_other_settings_is_an_error_that_names_them(
    run, tmp_path, tiny_encoder, change, named
):
    run(tmp_path, 0, tiny_encoder)
    with pytest.raises(CheckpointError, match=f"begun with other settings of {named}; use a new folder"):
        run(tmp_path, 1, tiny_encoder, dataclasses.replace(CONFIG, **change))


def test_a_state_file_of_a_release_that_lacked_a_setting_is_an_error_that_names_it(
    run, tmp_path, tiny_encoder
):
    run(tmp_path, 0, tiny_encoder)
    state = state_of(tmp_path)
    del state["config"]["clip_norm"]
    torch.save(state, tmp_path / STATE_FILE)
    with pytest.raises(CheckpointError, match="clip_norm"):
        run(tmp_path, 1, tiny_encoder)


def test_a_damaged_state_file_is_an_error_that_names_it(run, tmp_path, tiny_encoder):
    (tmp_path / STATE_FILE).write_bytes(b"half a state")
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        run(tmp_path, 1, tiny_encoder)


def test_a_save_that_fails_half_way_leaves_the_old_state(run, tmp_path, tiny_encoder, monkeypatch):
    run(tmp_path, 2, tiny_encoder)
    before = state_of(tmp_path)

    def disk_full(state: dict, path: Path) -> None:
        path.write_bytes(b"half a state")
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", disk_full)
        with pytest.raises(OSError, match="no space left"):
            run(tmp_path, 1, tiny_encoder)
    assert_same(before, state_of(tmp_path))
    run(tmp_path, 1, tiny_encoder)
    assert state_of(tmp_path)["step"] == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "config.json",
        "log.jsonl",
        STATE_FILE,
        VIEWS_FOLDER,
    ]


def test_the_settings_are_written_beside_the_state(run, tmp_path, tiny_encoder):
    run(tmp_path, 0, tiny_encoder)
    assert json.loads((tmp_path / "config.json").read_text()) == state_of(tmp_path)["config"]


def test_the_averaged_network_is_loaded_with_the_views_it_has_seen(run, tmp_path, tiny_encoder):
    average = run(tmp_path, 3, tiny_encoder)
    loaded, views = load_average(tmp_path / STATE_FILE)
    assert views == 3 * CONFIG.batch_size
    assert not loaded.training
    assert loaded.config == SIZES
    assert_same({**loaded.state_dict()}, {**average.state_dict()})


def test_loading_an_average_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read as a training state"):
        load_average(tmp_path / STATE_FILE)


def test_the_log_gets_a_record_each_so_many_steps(run, tmp_path, tiny_encoder):
    records: list[dict[str, float]] = []
    run(tmp_path, LOG_EVERY_STEPS + 1, tiny_encoder, on_log=records.append)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines[0] == {"views": 0, "cached": CONFIG.cached_views}
    assert lines[1:] == records
    assert [record["views"] for record in records] == [LOG_EVERY_STEPS * CONFIG.batch_size]
    assert records[0]["loss"] > 0
    assert records[0]["learning_rate"] == CONFIG.learning_rate


def test_the_learning_rate_warms_up_and_obeys_the_segments_factor(run, datasets, tmp_path, tiny_encoder):
    factors = iter([1.0, 1.0, 1.0, 0.5, None])
    train(
        CONFIG,
        datasets,
        tiny_encoder,
        tiny_codec(),
        tmp_path,
        should_stop=lambda step: next(factors),
        workers=0,
    )
    rate = state_of(tmp_path)["optimizer"]["param_groups"][0]["lr"]
    assert rate == pytest.approx(0.5 * CONFIG.learning_rate)
    run(tmp_path / "second", 2, tiny_encoder)
    rate = state_of(tmp_path / "second")["optimizer"]["param_groups"][0]["lr"]
    assert rate == pytest.approx(CONFIG.learning_rate * 2 / 3)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"batch_size": 0}, id="an empty batch"),
        pytest.param({"learning_rate": 0.0}, id="no learning rate"),
        pytest.param({"ema_decay": 1.0}, id="an average that never moves"),
        pytest.param({"warmup_steps": 0}, id="a warm-up of no steps"),
        pytest.param({"cached_views": 0}, id="no views"),
    ],
)
def test_settings_that_cannot_train_are_an_error_at_once(wrong):
    with pytest.raises(ValueError, match="must be"):
        TrainConfig(**wrong)
