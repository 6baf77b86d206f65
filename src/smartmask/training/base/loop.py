"""The loop of what is trained through accelerate: data, forward, loss, step, EMA, log, save, in that order.

It is one function for one process or many, data parallel (DDP) or sharded (FSDP): `accelerate launch`
decides. Items and their noise follow from their numbers, and a step's items are the same however they are
split, so runs on one and on several processes learn the same, up to the order in which floats are added; and
N steps equal N/2 steps, a stop or a kill, and N/2 more, bit for bit.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from accelerate.utils import broadcast  # type: ignore[import-untyped]
from torch import Tensor, nn

from smartmask.data.atomic import write_files
from smartmask.training.averaged import Averaged, averaged_weights
from smartmask.training.base.config import LoopConfig
from smartmask.training.base.run_state import resume_state, save_state
from smartmask.training.base.step_parts import StepParts
from smartmask.training.local_run import append_record

LOG_EVERY_STEPS = 50
SAVE_EVERY_STEPS = 1000
Batch = TypeVar("Batch", contravariant=True)


@runtime_checkable
class Objective(Protocol[Batch]):
    """What is learnt."""

    @property
    def network(self) -> nn.Module:
        """What is trained; called with `inputs`, it answers with the loss."""
        ...

    def to(self, device: torch.device) -> None:
        """Bring what is not trained to a device."""
        ...

    def inputs(self, batch: Batch) -> tuple[Tensor, ...]:
        """The network's inputs, from the parts that are not trained."""
        ...


def train(
    objective: Objective[Batch],
    load: Callable[[StepParts, int], Iterator[Batch]],
    config: LoopConfig,
    run: Path,
    *,
    settings: Mapping[str, Any],
    should_stop: Callable[[int], float | None],
    micro_batch: int | None = None,
    log_every: int = LOG_EVERY_STEPS,
    save_every: int = SAVE_EVERY_STEPS,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> tuple[dict[str, Tensor], int] | None:
    """Train a segment: resume the run in a folder, or begin one.

    Args:
        objective: What is learnt.
        load: Given the split of a step and a first step, the batches from there on.
        config: The loop's settings.
        run: Folder of the run's state and log.
        settings: All settings of the run as JSON values; must be those that the run began with.
        should_stop: Step of this segment -> None to stop, else the factor on the learning rate. The first
            process decides for all.
        micro_batch: Items that one process works on at a time, as many as fit into its memory; None = all its
            share. What is learnt does not depend on it.
        log_every: Steps between records of the log.
        save_every: Steps between saved states.
        on_log: Called with each record, in the first process only.

    Returns:
        The averaged network's weights and the steps they have seen, in the first process; None in all others.

    Raises:
        ValueError: If the batch does not fall into equal parts.
        CheckpointError: If the run in the folder was begun with other settings, or its state is damaged.
    """
    accelerator = Accelerator(mixed_precision=config.precision)
    parts = StepParts.of(config.batch_size, micro_batch, accelerator.process_index, accelerator.num_processes)
    objective.to(accelerator.device)
    averaged = Averaged(objective.network)
    optimizer = torch.optim.AdamW(
        _trained(averaged), config.learning_rate, betas=config.betas, weight_decay=config.weight_decay
    )
    network, optimizer = accelerator.prepare(averaged, optimizer)
    step = first_step = resume_state(run, settings, network, optimizer.optimizer)
    if accelerator.is_main_process:
        run.mkdir(parents=True, exist_ok=True)
        write_files({run / "config.json": json.dumps(dict(settings), indent=1).encode()})

    batches = load(parts, first_step)
    started, losses = time.monotonic(), torch.zeros((), device=accelerator.device)
    saved = step
    while (factor := _agreed(accelerator, should_stop, step - first_step)) is not None:
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * factor * min(1.0, (step + 1) / config.warmup_steps)
        for part in range(parts.per_step):
            batch = next(batches)
            with accelerator.autocast():
                inputs = objective.inputs(batch)
            # Gradients meet once a step, in the backward pass of its last part.
            is_last = part == parts.per_step - 1
            with nullcontext() if is_last else accelerator.no_sync(network):
                loss = network(*inputs) / parts.per_step
                accelerator.backward(loss)
            losses += loss.detach()
        accelerator.clip_grad_norm_(_trained(network), config.clip_norm)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        accelerator.unwrap_model(network).update(step, config.ema_decay)
        if step % log_every == 0:
            since = min(step - first_step, log_every)
            mean = accelerator.reduce(losses / since, "mean").item()
            losses.zero_()
            if accelerator.is_main_process:
                record = {
                    "step": step,
                    "items": step * config.batch_size,
                    "loss": mean,
                    "learning_rate": optimizer.param_groups[0]["lr"],
                    "items_per_second": (step - first_step)
                    * config.batch_size
                    / (time.monotonic() - started),
                }
                append_record(run, record)
                on_log(record)
        if step % save_every == 0:
            save_state(accelerator, run, step, settings, network, optimizer.optimizer)
            saved = step
    if step > saved:
        save_state(accelerator, run, step, settings, network, optimizer.optimizer)
    state = accelerator.get_state_dict(network)
    accelerator.wait_for_everyone()
    return (averaged_weights(state), step) if accelerator.is_main_process else None


def _trained(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that learn; sharding puts others in place of those that the optimizer was made with."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def _agreed(accelerator: Accelerator, should_stop: Callable[[int], float | None], done: int) -> float | None:
    """What the first process decides; clocks differ, and all must stop at the same step."""
    factor = should_stop(done)
    told = torch.tensor(math.nan if factor is None else factor, device=accelerator.device)
    value = float(broadcast(told))
    return None if math.isnan(value) else value
