"""The training loop of the compact model: views, forward, loss, step, EMA, log, save, in that order.

The running state (weights, EMA, optimizer, step) is one file in the run's folder, written to a temporary name
and renamed. Views and noise follow from the step's number, so N steps equal N/2 steps, a stop, and N/2 more,
as long as the views are the same; the log says at the start of each segment how many there are.
"""

import copy
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from smartmask.data.examples import REFINE_ONLY
from smartmask.data.shards import SceneDataset
from smartmask.errors import CheckpointError
from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.model.denoiser import denoising_loss
from smartmask.model.shape_codec import ShapeCodec
from smartmask.protocols import TextEncoder
from smartmask.training.batch import batches
from smartmask.training.config import TrainConfig
from smartmask.training.view_cache import CachedViews, make_parts, read_parts
from smartmask.training.views import ViewDataset, ViewSettings

STATE_FILE = "state.pt"
VIEWS_FOLDER = "views"
LOG_EVERY_STEPS = 250
SAVE_EVERY_SECONDS = 180.0


def train(
    config: TrainConfig,
    datasets: Mapping[str, SceneDataset],
    encoder: TextEncoder,
    codec: ShapeCodec,
    run: Path,
    *,
    should_stop: Callable[[int], float | None],
    initial: Mapping[str, torch.Tensor] | None = None,
    initial_views: int = 0,
    workers: int = 1,
    on_views: Callable[[int, int], None] = lambda made, wanted: None,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> CompactBackbone:
    """Train a segment: resume the run in a folder, or begin one.

    Args:
        config: The settings; must be those the run began with.
        datasets: Each dataset of the mixture; scenes of the training split are used.
        encoder: Embeds the words.
        codec: Gives shapes their coordinates.
        run: Folder of the run's views, state and log.
        should_stop: Step of this segment -> None to stop, else the factor on the learning rate.
        initial: Weights to begin a new run with; ignored when the run resumes.
        initial_views: Views that those weights have seen; the new run counts on from there.
        workers: Processes that make views.
        on_views: Called with (views made, views wanted) before training begins.
        on_log: Called with each record of the log.

    Returns:
        The averaged (EMA) network.

    Raises:
        CheckpointError: If the run in the folder was begun with another configuration or other data, or its
            views are damaged.
    """
    torch.manual_seed(config.seed)
    backbone = CompactBackbone(config.backbone, config.dropout)
    if initial is not None:
        backbone.load_state_dict(initial)
    average = copy.deepcopy(backbone).requires_grad_(False)
    optimizer = torch.optim.AdamW(
        backbone.parameters(),
        config.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=config.weight_decay,
        fused=True,
    )
    begun, first_step = _resume(run / STATE_FILE, config, backbone, average, optimizer) or (
        (initial_views // config.batch_size,) * 2
    )
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=1))

    views = _views(config, datasets, encoder, codec, run, workers, lambda: should_stop(0) is None, on_views)
    _append(run, {"views": first_step * config.batch_size, "cached": len(views) if views else 0})
    losses: list[float] = []
    step = first_step
    started = saved = time.monotonic()
    for batch in batches(views, config, first_step) if views else ():
        factor = should_stop(step - first_step)
        if factor is None:
            break
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * factor * min(1.0, (step - begun + 1) / config.warmup_steps)
        torch.manual_seed(config.seed + step)  # what is dropped follows from the step, too
        with torch.autocast("cpu", torch.bfloat16):
            loss = denoising_loss(
                backbone, batch.clean, batch.noise, batch.t, batch.condition, batch.is_whole
            )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(backbone.parameters(), config.clip_norm)
        optimizer.step()
        step += 1
        decay = min(config.ema_decay, (1 + step) / (10 + step))
        with torch.no_grad():  # else the average's graph grows by a node a parameter and step
            torch._foreach_lerp_(list(average.parameters()), list(backbone.parameters()), 1 - decay)
        losses.append(loss.item())
        if step % LOG_EVERY_STEPS == 0:
            seconds = time.monotonic() - started
            record = {
                "views": step * config.batch_size,
                "loss": sum(losses) / len(losses),
                "views_per_second": (step - first_step) * config.batch_size / seconds,
                "learning_rate": optimizer.param_groups[0]["lr"],
            }
            losses.clear()
            _append(run, record)
            on_log(record)
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            _save(run / STATE_FILE, config, backbone, average, optimizer, begun, step)
            saved = time.monotonic()
    _save(run / STATE_FILE, config, backbone, average, optimizer, begun, step)
    return average


def load_average(state_file: Path) -> tuple[CompactBackbone, int]:
    """The averaged network of a run and the number of views it has seen.

    Raises:
        CheckpointError: If the file is missing or damaged.
    """
    state = _read(state_file)
    try:
        backbone = CompactBackbone(BackboneConfig.of(state["config"]["backbone"]))
        backbone.load_state_dict(state["average"])
        views = state["step"] * state["config"]["batch_size"]
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{state_file}: not a training state of this release ({error})") from error
    return backbone.eval(), views


# Eight parameters: all that `train` was given that concerns its views.
def _views(
    config: TrainConfig,
    datasets: Mapping[str, SceneDataset],
    encoder: TextEncoder,
    codec: ShapeCodec,
    run: Path,
    workers: int,
    should_stop: Callable[[], bool],
    on_views: Callable[[int, int], None],
) -> CachedViews | None:
    """The views of a run, made as far as they are missing and time allows; None if it allows none."""
    settings = ViewSettings(
        resolution=config.backbone.resolution,
        mixture=config.mixture,
        passes=REFINE_ONLY,
        seed=config.seed,
    )
    dataset = ViewDataset(datasets, settings, encoder)
    made_from = {
        "objects": dataset.object_counts(),
        "mixture": config.mixture,
        "seed": config.seed,
        "codec": codec.digest(),
    }
    wanted = config.cached_views
    folder = run / VIEWS_FOLDER
    for made in make_parts(dataset, codec, folder, made_from, wanted, workers, should_stop):
        on_views(made, wanted)
    return read_parts(folder)


def _append(run: Path, record: Mapping[str, Any]) -> None:
    with (run / "log.jsonl").open("a") as log:
        log.write(json.dumps(record) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception as error:
        raise CheckpointError(f"{path}: cannot be read as a training state ({error})") from error
    return state


def _resume(
    path: Path,
    config: TrainConfig,
    backbone: CompactBackbone,
    average: CompactBackbone,
    optimizer: torch.optim.Optimizer,
) -> tuple[int, int] | None:
    """The steps at which the run in the file began and where it stands; None if there is no file."""
    if not path.exists():
        return None
    state = _read(path)
    changed = [
        name
        for name, value in json.loads(json.dumps(asdict(config))).items()
        if state["config"].get(name) != value
    ]
    if changed:
        raise CheckpointError(
            f"{path}: the run was begun with other settings of {', '.join(changed)}; use a new folder"
        )
    backbone.load_state_dict(state["weights"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["begun"]), int(state["step"])


def _save(
    path: Path,
    config: TrainConfig,
    backbone: CompactBackbone,
    average: CompactBackbone,
    optimizer: torch.optim.Optimizer,
    begun: int,
    step: int,
) -> None:
    temporary = path.with_suffix(".tmp")
    state = {
        "config": json.loads(json.dumps(asdict(config))),
        "weights": backbone.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "begun": begun,
        "step": step,
    }
    torch.save(state, temporary)
    os.replace(temporary, path)
