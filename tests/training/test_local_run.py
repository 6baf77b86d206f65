"""The folder of a run: what was saved comes back under the same settings only, and is whole at any time."""

import json
import os
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from smartmask.errors import CheckpointError
from smartmask.training import local_run
from smartmask.training.local_run import LocalRun, read_average, read_state, seeded


@dataclass(frozen=True)
class Config:
    width: int = 3
    bands: tuple[float, ...] = (0.5, 1.0)


def linear(width: int = 3, value: float = 0.0) -> nn.Linear:
    network = nn.Linear(width, 1)
    nn.init.constant_(network.weight, value)
    return network


def test_a_new_run_counts_from_what_it_is_told(tmp_path):
    assert LocalRun(tmp_path / "new" / "run", Config(), weights=linear()).resume(step=7, seconds=0.5) == [
        7,
        0.5,
    ]
    assert (tmp_path / "new" / "run").is_dir()


def test_what_was_saved_comes_back(tmp_path):
    network = linear(value=0.3)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    LocalRun(tmp_path, Config(), weights=network, average=linear(value=9.0), optimizer=optimizer).save(step=4)
    other, average = linear(), linear()
    steps = torch.optim.AdamW(other.parameters())
    assert LocalRun(tmp_path, Config(), weights=other, average=average, optimizer=steps).resume(step=0) == [4]
    assert torch.equal(other.weight, network.weight)
    assert (average.weight == 9).all()
    assert steps.state_dict()["state"][0]["step"] == 1
    read, seen, settings = read_average(tmp_path, lambda settings: linear(settings["width"]))
    assert (seen, settings, read.training) == (4, {"width": 3, "bands": [0.5, 1.0]}, False)
    assert (read.weight == 9).all()


def test_other_settings_are_named(tmp_path):
    LocalRun(tmp_path, Config(), weights=linear()).save(step=1)
    with pytest.raises(CheckpointError, match="begun with other settings of bands, width; use a new folder"):
        LocalRun(tmp_path, Config(width=4, bands=()), weights=linear()).resume(step=0)


@pytest.mark.parametrize(
    ("parts", "counters"),
    [({"weights": linear(5)}, {"step": 0}), ({"other": linear()}, {"step": 0}), ({}, {"seconds": 0})],
    ids=["another width", "a part that is not there", "a counter that is not there"],
)
def test_a_state_of_another_network_is_refused(tmp_path, parts, counters):
    LocalRun(tmp_path, Config(), weights=linear()).save(step=1)
    with pytest.raises(
        CheckpointError, match=r"(?s)state\.pt: holds another network .*; delete it and begin again"
    ):
        LocalRun(tmp_path, Config(), **parts).resume(**counters)
    with pytest.raises(CheckpointError, match="not a training state of this release"):
        read_average(tmp_path, lambda settings: linear())


@pytest.mark.parametrize("content", [b"half of it", None], ids=["damaged", "of something else"])
def test_what_is_no_state_is_named(tmp_path, content):
    path = tmp_path / "state.pt"
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        read_state(path)
    if content is None:
        torch.save({"tensors": torch.zeros(1)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"state\.pt: cannot be read as a training state"):
        LocalRun(tmp_path, Config()).resume()


def test_a_state_replaces_the_older_one_only_when_it_is_on_the_disk(tmp_path, monkeypatch):
    run = LocalRun(tmp_path, Config(), weights=linear())
    run.save(step=1)

    def fails(file: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="the disk is full"):
        run.save(step=2)
    monkeypatch.undo()
    assert read_state(tmp_path / "state.pt")["step"] == 1
    run.save(step=3)
    assert read_state(tmp_path / "state.pt")["step"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


def test_records_are_appended(tmp_path):
    for step in range(3):
        LocalRun(tmp_path, Config()).log({"step": step})
    lines = (tmp_path / local_run.LOG_FILE).read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"step": 0}, {"step": 1}, {"step": 2}]


def test_a_step_draws_the_same_again_and_steps_differ():
    draws = [
        (float(seeded(seed, step).random()), float(torch.rand(()))) for seed, step in ((0, 1), (0, 1), (0, 2))
    ]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]
