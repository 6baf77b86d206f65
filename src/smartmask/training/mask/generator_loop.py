"""Training of the shape generator, on a CPU or a CUDA card by the same lines.

The whole state (weights, average, optimizer, step) is one file in the run's folder. A machine that is lent
for minutes gives small files back instead: the weights and their average in half precision, in parts of at
most `PART_BYTES`, from which a run goes on anywhere, with the optimizer's moments beginning anew.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smartmask.errors import CheckpointError
from smartmask.model.mask.generator_inputs import CODE_NUMBERS, PLACE_NUMBERS
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, as_json, read_average, save_whole
from smartmask.training.mask.generator_batch import BatchSettings, GeneratorBatch, ShapeTensors
from smartmask.training.mask.generator_network import GeneratorConfig, ShapeGenerator
from smartmask.training.mask.generator_pack import PARTS
from smartmask.training.precision import mixed_precision

SAVE_SECONDS = 120.0
LOG_STEPS = 100
PART_BYTES = 15_000_000
_BESIDE_BYTES = 2048
"""What a file needs beside its tensors, and for each of them, at the most."""
SMALLEST_TIME = 0.1
PLACE_WEIGHT = 8.0
"""Of each number of a place beside one of a code."""
WATCHED = 2048
BANDS = (0.0, 0.3, 0.6, 0.9, 1.0)
"""Times between which validation errors are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorTraining:
    """Settings of a run.

    Attributes:
        network: Sizes of the network.
        views: How views are drawn.
        learning_rate: Peak.
        ema_decay: Of the averaged weights, reached after a warm-up of its own.
        dropout: Share of each block's numbers that is left out of a step.
        seed: Of the first weights.
    """

    network: GeneratorConfig = field(default_factory=GeneratorConfig)
    views: BatchSettings = field(default_factory=BatchSettings)
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    warmup_steps: int = 300
    clip_norm: float = 1.0
    ema_decay: float = 0.9995
    dropout: float = 0.1
    seed: int = 0


Predict = Callable[..., Tensor]


def denoising_error(network: Predict, batch: GeneratorBatch, guess: bool) -> Tensor:
    """Each view's squared error, weighted as that of a velocity.

    Args:
        network: Predicts clean samples.
        batch: The views.
        guess: Whether the network is shown an estimate of its own first.
    """
    time_ = batch.t[:, None]
    noisy = (1 - time_) * batch.clean + time_ * batch.noise
    previous = torch.zeros_like(noisy)
    if guess:
        with torch.no_grad():
            previous = network(noisy, batch.t, previous, *batch.condition).float()
    estimate = network(noisy, batch.t, previous, *batch.condition).float()
    error = ((estimate - batch.clean) / time_.clamp(min=SMALLEST_TIME)).square()
    code, place = torch.split(error, [CODE_NUMBERS, PLACE_NUMBERS], 1)
    return (code.sum(1) + PLACE_WEIGHT * place.sum(1)) / (CODE_NUMBERS + PLACE_WEIGHT * PLACE_NUMBERS)


def train_generator(
    config: GeneratorTraining,
    data: ShapeTensors,
    run: Path,
    *,
    rate: Callable[[int], float | None],
    out: Path | None = None,
    initial: dict[str, dict[str, Tensor]] | None = None,
    initial_views: int = 0,
    compiled: bool = False,
    on_log: Callable[[dict[str, Any]], None] = lambda record: None,
) -> ShapeGenerator:
    """Train a segment: resume the run in a folder, or begin one.

    Args:
        config: The settings; must be those the run began with.
        data: The shapes.
        run: Folder of the state and the log.
        rate: Step of this segment -> None to stop, else the factor on the learning rate.
        out: Folder of the small files; None = none are written.
        initial: Weights and average to begin a new run with.
        initial_views: Views that those have seen.
        compiled: Whether the network is compiled: for a card, and a run of minutes.
        on_log: Called with each record of the log.

    Returns:
        The averaged network.

    Raises:
        CheckpointError: If the run in the folder was begun with other settings.
    """
    torch.manual_seed(config.seed)
    network = ShapeGenerator(config.network, config.dropout).to(data.device)
    average = copy.deepcopy(network).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(),
        config.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=config.weight_decay,
        fused=True,
    )
    batch_size = config.views.batch
    if initial:
        network.load_state_dict(initial["weights"])
        average.load_state_dict(initial["average"])
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    begun, step = kept.resume(begun=initial_views // batch_size, step=initial_views // batch_size)
    first = step
    call: Predict = torch.compile(network) if compiled else network
    losses: list[Tensor] = []
    started = saved = logged = time.monotonic()
    while (factor := rate(step - first)) is not None:
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * factor * min(1.0, (step - begun + 1) / config.warmup_steps)
        batch = data.batch(config.views, step)
        torch.manual_seed(config.seed + step)  # what is dropped follows from the step, too
        with mixed_precision(data.device):
            loss = denoising_error(call, batch, guess=step % 2 == 1).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        step += 1
        follow(average, network, step - begun, config.ema_decay)
        losses.append(loss.detach())
        if (step - first) % LOG_STEPS == 0:
            now = time.monotonic()
            record: dict[str, Any] = {
                "views": step * batch_size,
                "seconds": round(now - started, 1),
                "loss": float(torch.stack(losses).mean()),
                "views_per_second": LOG_STEPS * batch_size / (now - logged),
                "learning_rate": optimizer.param_groups[0]["lr"],
            }
            losses, logged = [], now
            if now - saved > SAVE_SECONDS:
                record |= watch(average, data, config)
                kept.save(begun=begun, step=step)
                if out:
                    write_parts(out, network, average, config, step)
                saved = logged = time.monotonic()
            kept.log(record)
            on_log(record)
    record = {"views": step * batch_size, "seconds": time.monotonic() - started}
    record |= watch(average, data, config)
    kept.save(begun=begun, step=step)
    if out:
        write_parts(out, network, average, config, step)
    kept.log(record)
    on_log(record)
    return average


@torch.no_grad()
def watch(network: Predict, data: ShapeTensors, config: GeneratorTraining) -> dict[str, Any]:
    """Errors on held-out objects and on labels that nothing was learnt of, between times."""
    found: dict[str, Any] = {}
    for part, name in enumerate(PARTS):
        if not data.shares[part][-1] > 0:
            continue
        errors, times = [], []
        for number in range(-(-WATCHED // config.views.batch)):
            batch = data.batch(config.views, 10_000_000 + number, part)
            with mixed_precision(data.device):
                errors.append(denoising_error(network, batch, guess=True))
            times.append(batch.t)
        error, t = torch.cat(errors), torch.cat(times)
        for low, high in pairwise(BANDS):
            inside = (t > low) & (t <= high)
            found[f"{name} to {high}"] = float(error[inside].mean()) if inside.any() else None
    return found


def write_parts(
    out: Path, network: torch.nn.Module, average: torch.nn.Module, config: GeneratorTraining, step: int
) -> None:
    """Write weights and average in half precision, in files of at most `PART_BYTES`."""
    out.mkdir(parents=True, exist_ok=True)
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, module in (("weights", network), ("average", average)):
        for key, value in module.state_dict().items():
            half = value.detach().half().cpu()
            if size + half.nbytes > PART_BYTES - _BESIDE_BYTES:
                parts.append({})
                size = 0
            parts[-1][f"{name}.{key}"] = half
            size += half.nbytes + _BESIDE_BYTES
    for number, part in enumerate(parts):
        content = {"config": as_json(config), "step": step, "count": len(parts), "tensors": part}
        save_whole(content, out / f"part_{number}.pt")


def read_parts(folder: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any], int]:
    """Weights and average of a folder of parts, the settings of their run, and the views seen.

    Raises:
        CheckpointError: If parts are missing, damaged, or of different steps.
    """
    found: dict[str, dict[str, Tensor]] = {"weights": {}, "average": {}}
    try:
        parts = [
            torch.load(path, weights_only=True, map_location="cpu")
            for path in sorted(folder.glob("part_*.pt"))
        ]
        steps, counts = {part["step"] for part in parts}, {part["count"] for part in parts}
        if len(steps) != 1 or counts != {len(parts)}:
            raise ValueError(f"{len(parts)} parts of steps {sorted(steps)}, expected {sorted(counts)}")
        for part in parts:
            for key, value in part["tensors"].items():
                kind, _, name = key.partition(".")
                found[kind][name] = value.float()
    except Exception as error:
        raise CheckpointError(f"{folder}: not a generator's parts ({error}); fetch them again") from error
    config = parts[0]["config"]
    return found, config, parts[0]["step"] * config["views"]["batch"]


def load_average(run: Path) -> tuple[ShapeGenerator, int]:
    """The averaged network of a run, or of the parts that another machine left, and the views it has seen.

    Raises:
        CheckpointError: If the folder holds neither, or what it holds is damaged.
    """
    if any(run.glob("part_*.pt")):
        found, settings, views = read_parts(run)
        network = ShapeGenerator(GeneratorConfig.of(settings["network"]))
        network.load_state_dict(found["average"])
        return network.eval(), views
    network, steps, settings = read_average(run, lambda s: ShapeGenerator(GeneratorConfig.of(s["network"])))
    return network, steps * settings["views"]["batch"]
