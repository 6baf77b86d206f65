"""The loop in this process: losses, resuming, averages, precision, parts of a step."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState
from base_parts import base_checkpoint
from base_run import config_of, encoder, run_base
from shapes import dataset_of, room

from smartmask.backends.base.checkpoint import initial_base
from smartmask.data.shards import SceneDataset
from smartmask.errors import CheckpointError
from smartmask.training.averaged import Averaged
from smartmask.training.base.batch import base_loader
from smartmask.training.base.config import LoopConfig
from smartmask.training.base.loop import train
from smartmask.training.base.objective import BaseObjective, averaged_model
from smartmask.training.base.step_parts import StepParts
from smartmask.training.local_run import as_json

pytestmark = pytest.mark.usefixtures("fresh_accelerate")


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> tuple[Path, Path]:
    """A checkpoint and three rooms on disk."""
    folder = tmp_path_factory.mktemp("base")
    dataset_of(folder / "rooms", [room(number) for number in range(3)])
    return base_checkpoint(folder / "sd", widths=(8, 8)), folder / "rooms"


def losses(run: Path) -> dict[int, float]:
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return {record["step"]: record["loss"] for record in records}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


class One:
    """An `Objective` whose loss is the batch's distance from a number that is learnt."""

    def __init__(self) -> None:
        class Distance(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.number = torch.nn.Parameter(torch.zeros(()))

            def forward(self, batch: torch.Tensor) -> torch.Tensor:
                return (batch - self.number).square().mean()

        self.network = Distance()

    def to(self, device: torch.device) -> None:
        pass

    def inputs(self, batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (batch,)


def numbers(parts, first_step):
    for items in parts.numbers(first_step):
        yield torch.tensor(items, dtype=torch.float32)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["channels", "blend"])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_the_loss_falls_on_one_overfit_batch(parts, encoding, prediction, tmp_path):
    shutil.copytree(parts[0], tmp_path / "sd")
    levels = tmp_path / "sd" / "scheduler" / "scheduler_config.json"
    levels.write_text(json.dumps(json.loads(levels.read_text()) | {"prediction_type": prediction}))
    config = config_of(tmp_path / "sd")
    model = initial_base(config.init, dataclasses.replace(config.network, guidance_encoding=encoding))
    datasets = {"rooms": SceneDataset.open(parts[1])}
    batch = next(base_loader(datasets, config, encoder(), model, 0)(StepParts.of(4, None, 0, 1), 0))
    objective = BaseObjective(model, config.loop)
    optimizer = torch.optim.AdamW(objective.network.parameters(), 5e-3)
    found = []
    for _ in range(40):
        loss = objective.network(*objective.inputs(batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    assert found[-1] < 0.6 * found[0]


def test_n_steps_equal_half_of_them_a_stop_and_the_other_half_bit_for_bit(parts, tmp_path):
    checkpoint, rooms = parts
    config = config_of(checkpoint)
    through, steps = run_base(config, rooms, tmp_path / "through", 6)
    run_base(config, rooms, tmp_path / "halves", 3)
    halves, again = run_base(config, rooms, tmp_path / "halves", 3)
    assert steps == again == 6
    assert same(through, halves)
    assert losses(tmp_path / "through") == losses(tmp_path / "halves")


def test_a_step_in_parts_is_the_step(parts, tmp_path):
    checkpoint, rooms = parts
    config = config_of(checkpoint)
    whole, _ = run_base(config, rooms, tmp_path / "whole", 3)
    split, _ = run_base(config, rooms, tmp_path / "split", 3, micro_batch=1)
    assert losses(tmp_path / "split") == pytest.approx(losses(tmp_path / "whole"), rel=1e-5)
    for name, value in whole.items():
        torch.testing.assert_close(split[name], value, atol=1e-4, rtol=1e-3, msg=name)


def test_states_replace_one_another_and_nothing_else_is_left(parts, tmp_path):
    checkpoint, rooms = parts
    run_base(config_of(checkpoint), rooms, tmp_path, 5, save_every=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "log.jsonl", "state-00000005"]
    assert json.loads((tmp_path / "config.json").read_text()) == as_json(config_of(checkpoint))


@pytest.mark.slow
def test_a_save_that_fails_half_way_leaves_the_old_state(parts, tmp_path, monkeypatch):
    checkpoint, rooms = parts
    config = config_of(checkpoint)
    run_base(config, rooms, tmp_path, 2)

    def disk_full(*_: object, checkpoint_id: Path) -> None:
        (checkpoint_id / "half.distcp").write_bytes(b"half")
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("smartmask.training.base.run_state.save", disk_full)
        with pytest.raises(OSError, match="no space left"):
            run_base(config, rooms, tmp_path, 1)
    _, steps = run_base(config, rooms, tmp_path, 1)
    assert steps == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "state"))] == [
        "state-00000003"
    ]


def test_bfloat16_trains_and_keeps_weights_in_float32(parts, tmp_path):
    checkpoint, rooms = parts
    exact, _ = run_base(config_of(checkpoint), rooms, tmp_path / "exact", 2)
    AcceleratorState._reset_state(reset_partial_state=True)
    rounded, _ = run_base(config_of(checkpoint, precision="bf16"), rooms, tmp_path / "rounded", 2)
    assert {value.dtype for value in rounded.values()} == {torch.float32}
    found, expected = losses(tmp_path / "rounded"), losses(tmp_path / "exact")
    assert found == pytest.approx(expected, rel=0.02)
    assert found != expected
    assert not same(rounded, exact)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"learning_rate": 1e-5}, "loop"),
        ({"seed": 3}, "loop"),
    ],
)
def test_a_run_begun_with_other_settings_is_an_error_that_names_them(parts, tmp_path, change, named):
    checkpoint, rooms = parts
    run_base(config_of(checkpoint), rooms, tmp_path, 1)
    with pytest.raises(CheckpointError, match=f"begun with other settings of {named}; use a new folder"):
        run_base(config_of(checkpoint, **change), rooms, tmp_path, 1)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda state: (state / "run.json").write_text("{"), "run.json: cannot be read"),
        (lambda state: (state / "__0_0.distcp").write_bytes(b"half"), "cannot be read as a training state"),
        (
            lambda state: (state / "run.json").write_text('{"format": "smartmask-run-state", "version": 9}'),
            "version 9; this release reads",
        ),
    ],
    ids=["half a card", "half the weights", "another version"],
)
def test_a_damaged_state_is_an_error_that_names_it(parts, tmp_path, damage, message):
    checkpoint, rooms = parts
    run_base(config_of(checkpoint), rooms, tmp_path, 1)
    damage(tmp_path / "state-00000001")
    with pytest.raises(CheckpointError, match=message):
        run_base(config_of(checkpoint), rooms, tmp_path, 1)


def test_the_averaged_weights_make_a_model_and_follow_the_trained_ones(parts, tmp_path):
    checkpoint, rooms = parts
    config = config_of(checkpoint)
    weights, steps = run_base(config, rooms, tmp_path, 4)
    begun = initial_base(config.init, config.network)
    model = averaged_model(config, weights, steps * 4)
    assert model.views == 16
    name = "unet.conv_in.weight"
    moved = (model.backbone.state_dict()[name] - begun.backbone.state_dict()[name]).norm()
    assert moved > 0
    assert same({f"backbone.{key}": value for key, value in model.backbone.state_dict().items()}, weights)


def test_the_average_moves_by_its_rule():
    network = torch.nn.Linear(1, 1, bias=False)
    averaged = Averaged(network)
    begun = network.weight.item()
    with torch.no_grad():
        network.weight += 1
    averaged.update(step=1, decay=0.999)
    assert averaged.average.weight.item() == pytest.approx(begun + 9 / 11)
    averaged.update(step=10**6, decay=0.9)
    assert averaged.average.weight.item() == pytest.approx(begun + 9 / 11 + 0.1 * 2 / 11)
    assert not averaged.average.weight.requires_grad


def test_the_learning_rate_warms_up_and_obeys_the_segments_factor(tmp_path):
    config = LoopConfig(batch_size=2, learning_rate=0.5, warmup_steps=2, precision="no")
    factors, records = iter([1.0, 1.0, 1.0, 0.5, None]), []
    train(
        One(), numbers, config, tmp_path, settings={}, should_stop=lambda step: next(factors), log_every=1,
        on_log=records.append,
    )  # fmt: skip
    assert [record["learning_rate"] for record in records] == [0.25, 0.5, 0.5, 0.25]
    assert [record["items"] for record in records] == [2, 4, 6, 8]


def test_a_record_is_the_mean_since_the_one_before(tmp_path):
    config = LoopConfig(batch_size=1, learning_rate=1e-9, precision="no")
    records = []
    train(
        One(), numbers, config, tmp_path, settings={}, log_every=2, on_log=records.append,
        should_stop=lambda step: 1.0 if step < 5 else None,
    )  # fmt: skip
    assert [record["loss"] for record in records] == pytest.approx([(0 + 1) / 2, (4 + 9) / 2], abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"ema_decay": 1.0},
        {"warmup_steps": 0},
        {"clip_norm": 0.0},
    ],
    ids=str,
)
def test_settings_that_cannot_train_are_an_error_at_once(wrong):
    with pytest.raises(ValueError, match="must be above 0"):
        LoopConfig(**{"batch_size": 4, "learning_rate": 1e-3, **wrong})
