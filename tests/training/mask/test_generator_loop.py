"""Training of the generator: it learns, a run that goes on is the run that was not cut, parts come back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_generator import SIZES, TRAINING, perturbed_generator
from torch import Tensor

from smartmask.errors import CheckpointError
from smartmask.model.mask.generator_inputs import CODE_NUMBERS
from smartmask.training.local_run import STATE_FILE
from smartmask.training.mask import generator_loop
from smartmask.training.mask.generator_batch import GeneratorBatch, ShapeTensors
from smartmask.training.mask.generator_loop import (
    PART_BYTES,
    PLACE_WEIGHT,
    GeneratorTraining,
    denoising_error,
    load_average,
    read_parts,
    train_generator,
    write_parts,
)
from smartmask.training.mask.generator_network import GeneratorConfig, ShapeGenerator

BATCH = TRAINING.views.batch
SMALL_PART = 70_000


@pytest.fixture(autouse=True)
def _short_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator_loop, "WATCHED", 64)


def for_steps(count: int) -> Callable[[int], float | None]:
    """The rate of a segment of so many steps."""
    return lambda step: 1.0 if step < count else None


def state_of(run: Path) -> dict[str, Any]:
    return torch.load(run / STATE_FILE, weights_only=True)


def equal(one: Any, other: Any) -> bool:
    """Whether two trees of a state are the same to the bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    return torch.equal(one, other) if isinstance(one, Tensor) else bool(one == other)


def written(out: Path, config: GeneratorTraining = TRAINING, step: int = 3) -> tuple[ShapeGenerator, ...]:
    """Parts of a network and of another one for its average."""
    network, average = perturbed_generator(config.network), ShapeGenerator(config.network)
    write_parts(out, network, average, config, step)
    return network, average


def test_the_loss_falls(generator_data, tmp_path, monkeypatch):
    monkeypatch.setattr(generator_loop, "LOG_STEPS", 10)
    records: list[dict[str, Any]] = []
    config = replace(TRAINING, views=replace(TRAINING.views, batch=32))
    network = train_generator(config, generator_data, tmp_path, rate=for_steps(60), on_log=records.append)
    assert not network.training
    assert records[-2]["loss"] < 0.5 * records[0]["loss"]
    assert [record["views"] for record in records] == [*range(320, 1921, 320), 1920]
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == len(records)
    watched = {name: value for name, value in records[-1].items() if " to " in name}
    assert len(watched) == 12, "three parts, four bands of times"
    assert all(value > 0 for value in watched.values() if value is not None)


def test_a_run_in_two_segments_is_the_run_in_one(generator_data, tmp_path):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    train_generator(TRAINING, generator_data, whole, rate=for_steps(6))
    for _ in range(2):
        network = train_generator(TRAINING, generator_data, halves, rate=for_steps(3))
    assert state_of(whole)["step"] == 6
    assert equal(state_of(halves), state_of(whole))
    assert equal(dict(network.state_dict()), dict(state_of(whole)["average"]))


def test_what_is_dropped_follows_from_the_seed(generator_data, tmp_path):
    for seed in (0, 1):
        config = replace(TRAINING, seed=seed)
        train_generator(config, generator_data, tmp_path / str(seed), rate=for_steps(1))
    one, other = (state_of(tmp_path / str(seed))["weights"] for seed in (0, 1))
    assert not torch.equal(one["code_in.weight"], other["code_in.weight"])


def test_other_settings_are_refused(generator_data, tmp_path):
    train_generator(TRAINING, generator_data, tmp_path, rate=for_steps(1))
    other = replace(TRAINING, learning_rate=1.0, views=replace(TRAINING.views, drawn=0.9))
    with pytest.raises(CheckpointError, match="other settings of learning_rate, views; use a new folder"):
        train_generator(other, generator_data, tmp_path, rate=for_steps(1))


def test_a_damaged_state_is_named(generator_data, tmp_path):
    (tmp_path / STATE_FILE).write_bytes(b"half of it")
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        train_generator(TRAINING, generator_data, tmp_path, rate=for_steps(1))
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        load_average(tmp_path)


def test_the_average_is_loaded_with_the_views_it_has_seen(generator_data, tmp_path):
    trained = train_generator(TRAINING, generator_data, tmp_path, rate=for_steps(2))
    network, views = load_average(tmp_path)
    assert views == 2 * BATCH
    assert not network.training
    assert equal(dict(network.state_dict()), dict(trained.state_dict()))


def test_the_average_of_parts_is_loaded_likewise(tmp_path):
    _, average = written(tmp_path)
    network, views = load_average(tmp_path)
    assert views == 3 * BATCH
    assert not network.training
    halves = {name: value.half().float() for name, value in average.state_dict().items()}
    assert equal(dict(network.state_dict()), halves)


def test_the_state_has_the_names_that_older_runs_gave_it(generator_data, tmp_path):
    """A run that release 0.2 began goes on."""
    train_generator(TRAINING, generator_data, tmp_path, rate=for_steps(1))
    assert set(state_of(tmp_path)) == {"config", "weights", "average", "optimizer", "begun", "step"}


def test_a_run_begins_with_the_parts_of_another(generator_data, tmp_path):
    first, second, out = tmp_path / "first", tmp_path / "second", tmp_path / "out"
    train_generator(TRAINING, generator_data, first, rate=for_steps(4), out=out)
    initial, config, views = read_parts(out)
    assert views == 4 * BATCH
    assert GeneratorConfig.of(config["network"]) == SIZES
    train_generator(TRAINING, generator_data, second, rate=for_steps(0), initial=initial, initial_views=views)
    state = state_of(second)
    assert (state["step"], state["begun"]) == (4, 4)
    for kind in ("weights", "average"):
        assert equal(initial[kind], dict(state[kind]))
        expected = {name: value.half().float() for name, value in state_of(first)[kind].items()}
        assert equal(initial[kind], expected)


def test_parts_are_many_if_they_must_be_small_and_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr(generator_loop, "PART_BYTES", SMALL_PART)
    networks = written(tmp_path)
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == [f"part_{number}.pt" for number in range(len(paths))]
    assert len(paths) >= 3
    for path in paths:
        tensors = torch.load(path, weights_only=True)["tensors"]
        assert sum(value.nbytes for value in tensors.values()) <= SMALL_PART
    found, _, views = read_parts(tmp_path)
    assert views == 3 * BATCH
    for kind, network in zip(("weights", "average"), networks, strict=True):
        assert equal(
            found[kind], {name: value.half().float() for name, value in network.state_dict().items()}
        )


def test_no_small_part_is_larger_than_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(generator_loop, "PART_BYTES", SMALL_PART)
    written(tmp_path)
    assert max(path.stat().st_size for path in tmp_path.iterdir()) <= SMALL_PART


def test_no_part_of_the_usual_network_is_larger_than_is_allowed(tmp_path):
    written(tmp_path, GeneratorTraining())
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) > 1
    assert max(sizes) <= PART_BYTES


def test_missing_damaged_and_mixed_parts_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(generator_loop, "PART_BYTES", SMALL_PART)
    with pytest.raises(CheckpointError, match="not a generator's parts"):
        read_parts(tmp_path)
    written(tmp_path)
    last = max(tmp_path.iterdir())
    content = last.read_bytes()
    last.write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match="not a generator's parts"):
        read_parts(tmp_path)
    written(tmp_path / "later", step=4)
    last.write_bytes((tmp_path / "later" / last.name).read_bytes())
    with pytest.raises(CheckpointError, match=r"parts of steps \[3, 4\]"):
        read_parts(tmp_path)
    last.unlink()
    with pytest.raises(CheckpointError, match=r"parts of steps .*fetch them again"):
        read_parts(tmp_path)


def test_the_error_is_that_of_the_estimate_by_time_and_a_guess_is_shown():
    clean, noise, t = torch.randn(2, 516), torch.randn(2, 516), torch.tensor([0.5, 0.01])
    shown: list[Tensor] = []

    def off_by_one(noisy: Tensor, t: Tensor, previous: Tensor) -> Tensor:
        shown.append(previous)
        estimate = clean.clone()
        estimate[:, CODE_NUMBERS:] += 1
        return estimate

    batch = GeneratorBatch(clean, noise, t, ())
    error = denoising_error(off_by_one, batch, guess=True)
    share = 4 * PLACE_WEIGHT / (CODE_NUMBERS + 4 * PLACE_WEIGHT)
    assert torch.allclose(error, share / torch.tensor([0.5, 0.1]) ** 2)
    assert not shown[0].any()
    assert torch.equal(shown[1][:, :CODE_NUMBERS], clean[:, :CODE_NUMBERS])
    assert torch.equal(denoising_error(off_by_one, batch, guess=False), error)
    assert not shown[2].any()


def test_the_watched_errors_are_the_same_again(generator_data: ShapeTensors):
    network = perturbed_generator()
    assert generator_loop.watch(network, generator_data, TRAINING) == generator_loop.watch(
        network, generator_data, TRAINING
    )
