"""What fine-tuning trains, and on what: a model with LoRA in its language model, questions as tensors."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from smartmask.backends.vision_language import VisionLanguageModel
from smartmask.data.instructions import Instruction
from smartmask.data.photos import read_photo
from smartmask.training.planner.lora_config import PlannerLoraConfig

NO_LOSS = -100
"""Label of a token that is not learnt."""


def with_adapter(model: VisionLanguageModel, config: PlannerLoraConfig) -> Any:
    """The model's network, frozen, with a new adapter on every matrix of its language model."""
    from peft import LoraConfig, get_peft_model

    network = model.network
    if config.gradient_checkpointing:
        network.gradient_checkpointing_enable({"use_reentrant": False})
    torch.manual_seed(config.seed)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=_language_matrices(network),
    )
    adapted = get_peft_model(network, lora)
    # A relative path would not be found from another folder.
    base = Path(config.base).expanduser()
    lora.base_model_name_or_path = str(base.resolve()) if base.exists() else config.base
    return adapted.train()


def question_tensors(model: VisionLanguageModel, item: Instruction) -> dict[str, Tensor]:
    """What the network is given to learn a question: the prompt, the answer behind it, and which is which.

    Raises:
        ImageError: If the picture cannot be read.
        BackendError: If the model's chat template gives an answer no place behind the question.
        ValueError: If there are more tokens than the model reads.
    """
    inputs = model.question_inputs(item.question, read_photo(item.image))
    prompt = inputs["input_ids"]
    answer = prompt.new_tensor([model.answer_tokens(item.question, item.answer)])
    model.check_length(prompt.shape[1] + answer.shape[1])
    labels = torch.cat([torch.full_like(prompt, NO_LOSS), answer], 1)
    for name, values in inputs.items():
        if values.shape == prompt.shape:
            # Besides the tokens: which are read (all), and of what kind they are (0 is text).
            more = {"input_ids": answer, "attention_mask": torch.ones_like(answer)}
            inputs[name] = torch.cat([values, more.get(name, torch.zeros_like(answer)).to(values.dtype)], 1)
    return {**inputs, "labels": labels}


def _language_matrices(network: Any) -> list[str]:
    """The names of the linear layers of the part that writes, not of those that see."""
    decoder = network.get_decoder()
    inside = {id(module) for module in decoder.modules()}
    head = network.get_output_embeddings()
    return [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and id(module) in inside and module is not head
    ]
