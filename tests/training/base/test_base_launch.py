"""Runs of the base model as programs of their own: killed in the middle, on two processes, sharded."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import base_run
import pytest
import torch
import yaml
from base_parts import base_checkpoint
from base_run import config_of, run_base
from shapes import dataset_of, room

REPOSITORY = Path(__file__).parents[3]
PROGRAM = Path(base_run.__file__)
STEPS = 4
pytestmark = pytest.mark.usefixtures("fresh_accelerate")


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> tuple[Path, Path]:
    """A checkpoint and three rooms on disk."""
    folder = tmp_path_factory.mktemp("base")
    dataset_of(folder / "rooms", [room(number) for number in range(3)])
    return base_checkpoint(folder / "sd", widths=(8, 8)), folder / "rooms"


def environment(**more: str) -> dict[str, str]:
    """One thread a process, no GPU, the loopback interface only."""
    paths = os.pathsep.join([str(PROGRAM.parents[1]), str(PROGRAM.parent)])
    set_here = {
        "OMP_NUM_THREADS": "1",
        "ACCELERATE_USE_CPU": "true",
        "PYTHONPATH": paths,
        "GLOO_SOCKET_IFNAME": "lo",
    }
    return {**os.environ, **set_here, **more}


def launch(*arguments: object, **more: str) -> None:
    """Run on two processes to the end."""
    command = [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
        "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no",
        "--main_process_ip", "127.0.0.1", "--main_process_port", "0", *map(str, arguments),
    ]  # fmt: skip
    result = subprocess.run(
        command, env=environment(**more), capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]


def losses(run: Path) -> list[float]:
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [record["loss"] for record in records]


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(parts, tmp_path):
    """Same losses to 1e-5; the state of two is taken up by one."""
    checkpoint, rooms = parts
    config = config_of(checkpoint)
    alone, _ = run_base(config, rooms, tmp_path / "one", STEPS)
    launch(PROGRAM, checkpoint, rooms, tmp_path / "two", STEPS - 1)
    both, steps = run_base(config, rooms, tmp_path / "two", 1)
    assert steps == STEPS
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-5)
    for name, value in alone.items():
        torch.testing.assert_close(both[name], value, atol=1e-4, rtol=1e-3, msg=name)


@pytest.mark.slow
def test_two_processes_with_shards_learn_what_one_learns(parts, tmp_path):
    """The settings of the shipped FSDP file, on gloo in place of GPUs."""
    settings = yaml.safe_load((REPOSITORY / "examples" / "accelerate_fsdp.yaml").read_text())
    assert settings["distributed_type"] == "FSDP"
    shards = {name.upper(): str(value) for name, value in settings["fsdp_config"].items()}
    checkpoint, rooms = parts
    run_base(config_of(checkpoint), rooms, tmp_path / "one", STEPS)
    launch(
        PROGRAM, checkpoint, rooms, tmp_path / "two", STEPS - 1, "--as-if-on-gpus",
        ACCELERATE_USE_FSDP="true", **shards,
    )  # fmt: skip
    assert len(list((tmp_path / "two" / f"state-{STEPS - 1:08d}").glob("*.distcp"))) == 2
    run_base(config_of(checkpoint), rooms, tmp_path / "two", 1)
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-5)


@pytest.mark.slow
def test_a_run_that_was_killed_ends_as_one_that_was_not(parts, tmp_path):
    checkpoint, rooms = parts
    run = tmp_path / "killed"
    command = [sys.executable, PROGRAM, checkpoint, rooms, run, 10**6, "--save-every", 2]
    with subprocess.Popen(
        [str(word) for word in command], env=environment(), stderr=subprocess.DEVNULL
    ) as program:
        deadline = time.monotonic() + 120
        while not list(run.glob("state-*")):
            assert program.poll() is None, "the program ended by itself"
            assert time.monotonic() < deadline, "no state was saved"
            time.sleep(0.01)
        program.send_signal(signal.SIGKILL)
    states = sorted(run.glob("state-*"))
    begun = int(states[-1].name.removeprefix("state-"))
    ended, steps = run_base(config_of(checkpoint), rooms, run, 3)
    through, _ = run_base(config_of(checkpoint), rooms, tmp_path / "through", begun + 3)
    assert steps == begun + 3
    assert ended.keys() == through.keys()
    assert all(torch.equal(ended[name], through[name]) for name in through)
    assert not list(run.glob(".*"))
