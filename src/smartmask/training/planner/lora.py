"""Fine-tuning of a vision-language model to plan scenes: LoRA on its language model, loss on answers alone.

    loss of a question = mean over its answer's tokens of -log p(token | picture, question, tokens before)

A step's loss is the mean over its questions, so a long answer counts no more than a short one. Questions go
through the network one at a time: no family's processor has to pad then, and what is learnt does not depend
on how a step is split.

The base model is frozen and may fill the machine's memory, so a run keeps the adapter alone:

    RUN/state-00000400/   the adapter, its optimizer, and run.json; a new one replaces the older
    RUN/adapter/          the adapter with its processor, made when a segment ends, to plan with

Questions and dropout follow from the step's number: N steps equal N/2, a stop or a kill, and N/2 more.
Several processes share a step's questions (DDP).

Source: Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv 2106.09685, section 4.1.
"""

import json
import math
import re
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator, DistributedType  # type: ignore[import-untyped]
from accelerate.utils import broadcast  # type: ignore[import-untyped]
from torch import nn

from smartmask.backends.vision_language import ADAPTER_CONFIG, ADAPTER_WEIGHTS, load_vision_language
from smartmask.data.atomic_folder import write_folder
from smartmask.data.instructions import Instruction
from smartmask.errors import CheckpointError
from smartmask.training.base.step_parts import StepParts
from smartmask.training.local_run import append_record, check_settings
from smartmask.training.planner.lora_config import PlannerLoraConfig
from smartmask.training.planner.lora_model import question_tensors, with_adapter

LOG_EVERY_STEPS = 10
SAVE_EVERY_STEPS = 200
VALIDATION_QUESTIONS = 64
_STATE = re.compile(r"state-(\d{8,})")
_RUN_FILE, _OPTIMIZER_FILE = "run.json", "optimizer.pt"


def train_planner_lora(
    config: PlannerLoraConfig,
    questions: Sequence[Instruction],
    validation: Sequence[Instruction],
    run: Path,
    *,
    should_stop: Callable[[int], bool] = lambda step: False,
    on_log: Callable[[dict[str, float]], None] = lambda record: None,
) -> Path:
    """Train a segment: resume the run in a folder, or begin one.

    Args:
        config: The settings; must be those the run began with.
        questions: What is learnt.
        validation: What the loss is also measured on when a state is saved, the first `VALIDATION_QUESTIONS`
            of them; may be empty.
        run: Folder of the run.
        should_stop: Step of this segment -> whether to stop before it. The first process decides for all.
        on_log: Called with each record of the log, in the first process only.

    Returns:
        The adapter's folder.

    Raises:
        BackendError: If the base model cannot be had, or its chat template does not fit.
        CheckpointError: If the run was begun with other settings, or its state is damaged.
        ImageError: If a picture cannot be read.
        ValueError: If there are no questions, one is too long for the model, the base is an adapter itself,
            the batch does not fall into equal parts, or the model is to be sharded.
    """
    if not questions:
        raise ValueError(
            "there are no questions to learn from; build a set with `smartmask data instructions`"
        )
    if (Path(config.base).expanduser() / ADAPTER_CONFIG).is_file():
        raise ValueError(f"{config.base}: is an adapter; give the base model that it was made for")
    accelerator = Accelerator(mixed_precision=config.precision)
    if accelerator.distributed_type in (DistributedType.FSDP, DistributedType.DEEPSPEED):
        raise ValueError("the model is copied to every process, not sharded; launch with --multi_gpu alone")
    parts = StepParts(
        step_items=config.batch_size,
        items=1,
        process=accelerator.process_index,
        processes=accelerator.num_processes,
    )
    dtype = "bfloat16" if config.precision == "bf16" else "float32"
    model = load_vision_language(config.base, str(accelerator.device), dtype)
    adapted = with_adapter(model, config)
    trained = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, config.learning_rate, weight_decay=0.0)
    step = first_step = _resume(run, config, adapted, optimizer)
    network = accelerator.prepare(adapted)
    numbers = parts.numbers(first_step)

    def log(record: dict[str, float]) -> None:
        append_record(run, record)
        on_log(record)

    def save() -> None:
        if accelerator.is_main_process:
            _save_state(run, step, config, adapted, optimizer)
            if validation:
                losses = [_loss(adapted, model, item) for item in validation[:VALIDATION_QUESTIONS]]
                log({"step": step, "validation_loss": sum(losses) / len(losses)})
        accelerator.wait_for_everyone()

    losses = torch.zeros((), device=accelerator.device)
    started, logged, saved = time.monotonic(), first_step, first_step
    while step < config.steps and not _agreed(accelerator, should_stop(step - first_step)):
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * _factor(step, config)
        torch.manual_seed(_seed(config.seed, 1, step, parts.process))
        for part in range(parts.per_step):
            (number,) = next(numbers)
            inputs = question_tensors(model, questions[_place(number, len(questions), config.seed)])
            # Gradients meet once a step, in the backward pass of its last part.
            is_last = part == parts.per_step - 1
            with nullcontext() if is_last else accelerator.no_sync(network):
                loss = network(**inputs, use_cache=False).loss / parts.per_step
                accelerator.backward(loss)
            losses += loss.detach()
        nn.utils.clip_grad_norm_(trained, config.clip_norm)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        if step % LOG_EVERY_STEPS == 0:
            mean = accelerator.reduce(losses / (step - logged), "mean").item()
            rate = (step - first_step) * config.batch_size / (time.monotonic() - started)
            if accelerator.is_main_process:
                rates = {"learning_rate": optimizer.param_groups[0]["lr"], "questions_per_second": rate}
                log({"step": step, "loss": mean, **rates})
            losses.zero_()
            logged = step
        if step % SAVE_EVERY_STEPS == 0:
            save()
            saved = step
    if step > saved:
        save()
    if accelerator.is_main_process:

        def fill(folder: Path) -> None:
            _save_adapter(folder, adapted)
            model.processor.save_pretrained(folder)

        write_folder(run / "adapter", fill, ADAPTER_CONFIG)
    accelerator.wait_for_everyone()
    return run / "adapter"


def _loss(adapted: Any, model: Any, item: Instruction) -> float:
    """The loss of a question as it will be used: without dropout."""
    adapted.eval()
    with torch.no_grad():
        loss: float = adapted(**question_tensors(model, item), use_cache=False).loss.item()
    adapted.train()
    return loss


def _factor(step: int, config: PlannerLoraConfig) -> float:
    """Factor on the learning rate: a linear rise, and half a cosine."""
    return min(1.0, (step + 1) / config.warmup_steps) * (1 + math.cos(math.pi * step / config.steps)) / 2


def _place(number: int, count: int, seed: int) -> int:
    """The question of that number: each of them once an epoch, in an order of the epoch's own."""
    epoch, place = divmod(number, count)
    return int(np.random.default_rng([seed, 2, epoch]).permutation(count)[place])


def _seed(*entropy: int) -> int:
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


def _agreed(accelerator: Accelerator, should_stop: bool) -> bool:
    """What the first process decides; clocks differ, and all must stop at the same step."""
    return bool(broadcast(torch.tensor(should_stop, device=accelerator.device)))


def _save_adapter(folder: Path, adapted: Any) -> None:
    """Safetensors and the adapter's configuration; by default peft would ask the hub about embeddings."""
    adapted.save_pretrained(folder, save_embedding_layers=False)


def _save_state(
    run: Path, step: int, config: PlannerLoraConfig, adapted: Any, optimizer: torch.optim.Optimizer
) -> None:
    def fill(folder: Path) -> None:
        _save_adapter(folder, adapted)
        torch.save(optimizer.state_dict(), folder / _OPTIMIZER_FILE)
        card = {"step": step, "settings": asdict(config)}
        (folder / _RUN_FILE).write_text(json.dumps(card, indent=1))

    write_folder(run / f"state-{step:08d}", fill, _RUN_FILE)
    for older in _states(run)[:-1]:
        shutil.rmtree(older)


def _resume(run: Path, config: PlannerLoraConfig, adapted: Any, optimizer: torch.optim.Optimizer) -> int:
    """Take up the newest state in a run's folder, and return its step; 0 if there is none."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    states = _states(run)
    if not states:
        run.mkdir(parents=True, exist_ok=True)
        return 0
    try:
        card = json.loads((states[-1] / _RUN_FILE).read_text())
        begun, step = card["settings"], int(card["step"])
        weights = load_file(states[-1] / ADAPTER_WEIGHTS)
        steps = torch.load(states[-1] / _OPTIMIZER_FILE, weights_only=True)
    except Exception as error:  # damaged files raise a dozen kinds
        raise CheckpointError(
            f"{states[-1]}: cannot be read as a training state ({error}); delete it and begin again"
        ) from error
    check_settings(run, begun, asdict(config))
    set_peft_model_state_dict(adapted, weights)
    optimizer.load_state_dict(steps)
    return step


def _states(run: Path) -> list[Path]:
    """The whole states in a folder, oldest first."""
    found = run.iterdir() if run.is_dir() else ()
    return sorted(path for path in found if _STATE.fullmatch(path.name))
