"""The segmenter's training loop: data, forward, loss, step, EMA, log, save, in that order.

The learning rate falls with the share of the run's minutes that has gone by; a run that was cut short goes on
with the seconds it had left. Data follow from the step's number.
"""

import copy
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from smartmask.data.labelled_photos import LabelledPhoto
from smartmask.data.segment_classes import allowed_classes
from smartmask.training.averaged import follow
from smartmask.training.local_run import LocalRun, read_average
from smartmask.training.precision import mixed_precision
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.data import CropDataset, crop_batches
from smartmask.training.segmenter.loss import segmenter_losses
from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork

LOG_EVERY_STEPS = 20
SAVE_EVERY_SECONDS = 120.0


def train_segmenter(
    config: SegmenterTrainConfig,
    photos: Sequence[LabelledPhoto],
    run: Path,
    *,
    minutes: float,
    initial: Mapping[str, torch.Tensor] | None = None,
    workers: int = 1,
    clock: Callable[[], float] = time.monotonic,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> SegmenterNetwork:
    """Train for a given time: begin a run in a folder, or finish one that was cut short.

    Args:
        config: The settings; must be those the run began with.
        photos: The training photos.
        run: Folder of the run's state and log.
        minutes: Length of the whole run; seconds spent before a cut count.
        initial: Weights to begin with, those of some parts or of all; the others are random. Ignored when the
            run goes on.
        workers: Processes that make crops; 0 = this one.
        clock: Seconds since some moment.
        on_log: Called with each record of the log.

    Returns:
        The averaged (EMA) network.

    Raises:
        CheckpointError: If the run in the folder was begun with another configuration, or its state is
        damaged. ValueError: If there is no photo of a kind that the mixture asks for, or the network lacks an
        initial weight.
    """
    torch.manual_seed(config.seed)
    network = SegmenterNetwork(config.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if initial is not None and (unknown := network.load_state_dict(initial, strict=False).unexpected_keys):
        raise ValueError(f"the network has no weights {', '.join(sorted(unknown)[:3])}")
    average = copy.deepcopy(network).requires_grad_(False)
    optimizer = _optimizer(network, config)
    peak_rates = [group["lr"] for group in optimizer.param_groups]
    allowed = torch.from_numpy(allowed_classes())
    kept = LocalRun(run, config, weights=network, average=average, optimizer=optimizer)
    first_step, seconds_before = kept.resume(step=0, seconds=0.0)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=1))

    saved = seconds = seconds_before
    step, started = first_step, clock()
    sums: dict[str, float] = {}
    for batch in crop_batches(CropDataset(photos, config), config, first_step, workers):
        seconds = seconds_before + clock() - started
        if seconds >= 60 * minutes:
            break
        factor = (1 - seconds / (60 * minutes)) ** 0.9 * min(1.0, (step + 1) / config.warmup_steps)
        for group, peak in zip(optimizer.param_groups, peak_rates, strict=True):
            group["lr"] = peak * factor
        with mixed_precision("cpu"):
            maps = network(batch.image.contiguous(memory_format=torch.channels_last))
        losses = segmenter_losses(maps, batch, allowed, config)
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        step += 1
        follow(average, network, step, config.ema_decay)
        for name, loss in losses.items():
            sums[name] = sums.get(name, 0.0) + loss.item()
        if step % LOG_EVERY_STEPS == 0:
            record = {
                "crops": float(step * config.batch_size),
                "minutes": seconds / 60,
                "crops_per_second": (step - first_step)
                * config.batch_size
                / max(seconds - seconds_before, 1e-9),
                **{name: value / LOG_EVERY_STEPS for name, value in sums.items()},
            }
            sums.clear()
            kept.log(record)
            on_log(record)
        if seconds - saved > SAVE_EVERY_SECONDS:
            kept.save(step=step, seconds=seconds)
            saved = seconds
    kept.save(step=step, seconds=seconds)
    return average.eval()


def load_average(run: Path) -> tuple[SegmenterNetwork, int]:
    """The averaged network of a run, and the crops it has seen.

    Raises:
        CheckpointError: If the run's state is missing or damaged.
    """
    network, steps, settings = read_average(
        run, lambda settings: SegmenterNetwork(SegmenterConfig(**settings["network"]))
    )
    return network, steps * int(settings["batch_size"])


def _optimizer(network: SegmenterNetwork, config: SegmenterTrainConfig) -> torch.optim.Optimizer:
    encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    decoder = [
        value
        for name, value in network.named_parameters()
        if not name.startswith("encoder.") and value.requires_grad
    ]
    groups = [{"params": decoder, "lr": config.decoder_rate}, {"params": encoder, "lr": config.encoder_rate}]
    return torch.optim.AdamW(groups, weight_decay=config.weight_decay, fused=True)
