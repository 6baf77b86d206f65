"""What a run in one process keeps in its folder, whatever the network.

    RUN/state.pt     settings, networks, optimizer and counters; on the disk whole or not at all
    RUN/log.jsonl    a record a line

A run that was cut short goes on from its state. What a loop draws follows from its seed and the number of the
step, so that N steps equal N/2, a stop or a kill, and N/2 more.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn

from smartmask.errors import CheckpointError
from smartmask.passing import sync_folder

STATE_FILE, LOG_FILE = "state.pt", "log.jsonl"
Network = TypeVar("Network", bound=nn.Module)


class LocalRun:
    """The folder of a run, the settings that it was begun with, and what is kept of it."""

    def __init__(self, folder: Path, config: Any, **parts: nn.Module | torch.optim.Optimizer) -> None:
        """Make the folder if it is missing.

        Args:
            folder: The folder.
            config: The settings, a dataclass; a run goes on under the same ones only.
            parts: What the state holds, by the name that it has there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._parts = folder, parts
        self._settings = as_json(config)

    def resume(self, **counters: float) -> list[Any]:
        """Take up the state in the folder, if there is one.

        Args:
            counters: What a new run counts from.

        Returns:
            The counters in their order, to go on from.

        Raises:
            CheckpointError: If the run was begun with other settings, or its state is damaged.
        """
        path = self._folder / STATE_FILE
        if not path.exists():
            return list(counters.values())
        state = read_state(path)
        check_settings(path, state["config"], self._settings)
        try:
            for name, part in self._parts.items():
                part.load_state_dict(state[name])
            return [state[name] for name in counters]
        except (LookupError, RuntimeError, ValueError) as error:
            raise CheckpointError(
                f"{path}: holds another network ({error}); delete it and begin again"
            ) from error

    def save(self, **counters: float) -> None:
        """Replace the state in the folder."""
        parts = {name: part.state_dict() for name, part in self._parts.items()}
        save_whole({"config": self._settings, **parts, **counters}, self._folder / STATE_FILE)

    def log(self, record: Mapping[str, Any]) -> None:
        """Append a record."""
        append_record(self._folder, record)


def append_record(run: Path, record: Mapping[str, Any]) -> None:
    """Append a record to the log in a run's folder."""
    with (run / LOG_FILE).open("a") as file:
        file.write(json.dumps(record) + "\n")


def read_state(path: Path) -> dict[str, Any]:
    """A state as it was saved, on the CPU.

    Raises:
        CheckpointError: If the file is missing or damaged.
    """
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
        state["config"].keys()
    except Exception as error:  # torch raises a dozen kinds for damaged files
        raise CheckpointError(f"{path}: cannot be read as a training state ({error})") from error
    return state


def read_average(
    run: Path, network_of: Callable[[dict[str, Any]], Network]
) -> tuple[Network, int, dict[str, Any]]:
    """The averaged network of a run, the steps that it has seen, and the run's settings.

    Args:
        run: The run's folder.
        network_of: Settings -> a network of their sizes.

    Raises:
        CheckpointError: If the state is missing, damaged, or of another network.
    """
    path = run / STATE_FILE
    state = read_state(path)
    try:
        network = network_of(state["config"])
        network.load_state_dict(state["average"])
        return network.eval(), int(state["step"]), state["config"]
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: not a training state of this release ({error})") from error


def check_settings(place: Path, begun: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Make sure that a run goes on under the settings that it was begun with.

    Raises:
        CheckpointError: If any differ; it names them.
    """
    changed = sorted(name for name in {*begun, *settings} if begun.get(name) != settings.get(name))
    if changed:
        raise CheckpointError(
            f"{place}: the run was begun with other settings of {', '.join(changed)}; use a new folder"
        )


def as_json(config: Any) -> dict[str, Any]:
    """A configuration as JSON has it: tuples are lists."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(config)))
    return values


def save_whole(content: Mapping[str, Any], path: Path) -> None:
    """Save tensors so that a file of that name is whole at any time, even if the power fails."""
    passing = path.with_suffix(".tmp")
    with passing.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
    sync_folder(path.parent)


def seeded(seed: int, step: int) -> np.random.Generator:
    """What a step draws with; PyTorch's own generators are seeded likewise."""
    torch.manual_seed(seed + step)
    return np.random.default_rng([seed, step])
