"""The state of a run through accelerate, on disk whole or not at all.

    RUN/state-00001500/run.json    format, version, step, settings
    RUN/state-00001500/...         weights, average and optimizer, as torch.distributed.checkpoint shards them

A state is written under a passing name, by all processes together, and renamed when everything is on the
disk; only then is the older one deleted. It can be taken up by another number of processes, sharded or not.
Several hosts need a file system that they share.
"""

import json
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import nn
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save

from smartmask.data.atomic_folder import sync_files
from smartmask.errors import CheckpointError
from smartmask.passing import sync_folder
from smartmask.training.local_run import check_settings

FORMAT = "smartmask-run-state"
FORMAT_VERSION = 1
_STATE = re.compile(r"state-(\d{8,})")
_PASSING = ".state.tmp"


def save_state(
    accelerator: Accelerator,
    run: Path,
    step: int,
    settings: Mapping[str, Any],
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    """Write the state after a step, and drop the ones before; every process calls it."""
    passing, place = run / _PASSING, run / f"state-{step:08d}"
    if accelerator.is_main_process:
        shutil.rmtree(passing, ignore_errors=True)
        passing.mkdir(parents=True)
    accelerator.wait_for_everyone()
    weights, steps = get_state_dict(network, optimizer)
    with _without_remark():
        save({"network": weights, "optimizer": steps}, checkpoint_id=passing)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        card = {"format": FORMAT, "version": FORMAT_VERSION, "step": step, "settings": dict(settings)}
        (passing / "run.json").write_text(json.dumps(card, indent=1))
        sync_files(passing)
        passing.rename(place)
        sync_folder(run)
        for older in _states(run)[:-1]:
            shutil.rmtree(older)
    accelerator.wait_for_everyone()


def resume_state(
    run: Path, settings: Mapping[str, Any], network: nn.Module, optimizer: torch.optim.Optimizer
) -> int:
    """Take up the newest state of a run in a folder, and return its step; 0 if there is none.

    Raises:
        CheckpointError: If the run was begun with other settings, or its state is damaged.
    """
    states = _states(run)
    if not states:
        return 0
    card = _read_card(states[-1] / "run.json")
    check_settings(run, card["settings"], settings)
    weights, steps = get_state_dict(network, optimizer)
    state: dict[str, Any] = {"network": weights, "optimizer": steps}
    try:
        with _without_remark():
            load(state, checkpoint_id=states[-1])
    # Damaged shards raise a dozen kinds, most of them wrapped in one that is no `Exception`.
    except (CheckpointException, Exception) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise CheckpointError(
            f"{states[-1]}: cannot be read as a training state ({reason}); delete it and begin again"
        ) from error
    set_state_dict(network, optimizer, model_state_dict=state["network"], optim_state_dict=state["optimizer"])
    return int(card["step"])


@contextmanager
def _without_remark() -> Iterator[None]:
    """A process that is alone need not be told so."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.distributed is", UserWarning)
        yield


def _states(run: Path) -> list[Path]:
    """The whole states in a folder, oldest first."""
    found = run.iterdir() if run.is_dir() else ()
    return sorted(path for path in found if _STATE.fullmatch(path.name))


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(path.read_text())
        name, version = card["format"], card["version"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(
            f"{path}: cannot be read ({error}); delete the state and begin again"
        ) from error
    if (name, version) != (FORMAT, FORMAT_VERSION):
        raise CheckpointError(
            f"{path}: holds {name!r} version {version!r}; this release reads {FORMAT!r} version "
            f"{FORMAT_VERSION}"
        )
    return card
