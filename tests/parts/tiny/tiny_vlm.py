"""Vision-language models of width 32 to 64 with random weights, saved with tokenizer, processor and template.

The tokenizer is a byte-level BPE learnt from the words of the planner's own questions, so that one takes a
few hundred tokens; what structures a dialogue are special tokens, as in real checkpoints.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessor,
    Idefics3Processor,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from smartmask.data.planning.question import ask
from smartmask.scene.layout import Layer, Layout

SPECIAL = ("<pad>", "<s>", "</s>", "<image>", "<|im_start|>", "<|im_end|>", "[INST]", "[/INST]")
SMOLVLM_SPECIAL = (*SPECIAL, "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")
TEMPLATE = (
    "<s>{% for message in messages %}<|im_start|>{{ message['role'] }}: "
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant: {% endif %}"
)
IMAGE_PX, PATCH_PX = 28, 14


def some_questions() -> list[str]:
    """Words to learn a tokenizer from."""
    wall = Layer("wall", np.ones((8, 8), bool))
    chair = Layer("chair", np.eye(8, dtype=bool))
    prompts = (
        "a room with a chair and two lamps",
        "a red ball left of the picture",
        "a wall, a floor and a ball",
    )
    answer = '{"label": "ball", "description": "the ball", "box": [120, 45, 678, 903], "behind": null}'
    return [ask(Layout((8, 8), (wall, chair)), prompt, ["chair"]).text + answer for prompt in prompts]


def tiny_tokenizer(texts: Iterable[str], special: Sequence[str] = SPECIAL) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="<|im_end|>",
        pad_token="<pad>",
        additional_special_tokens=[word for word in special if word not in ("<s>", "<|im_end|>", "<pad>")],
    )


def save_llava(folder: Path, template: str | None = TEMPLATE, positions: int = 2048) -> Path:
    """The checkpoint; `positions` is how many tokens it reads."""
    tokenizer = tiny_tokenizer(some_questions())
    with torch.random.fork_rng():
        torch.manual_seed(3)
        vision = CLIPVisionConfig(
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=IMAGE_PX,
            patch_size=PATCH_PX,
        )
        text = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=positions,
            initializer_range=0.2,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        config = LlavaConfig(
            vision_config=vision,
            text_config=text,
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        )
        network = LlavaForConditionalGeneration(config).eval()
        network.generation_config.eos_token_id = tokenizer.eos_token_id
        network.save_pretrained(folder, safe_serialization=True)
    LlavaProcessor(
        CLIPImageProcessor(
            size={"shortest_edge": IMAGE_PX}, crop_size={"height": IMAGE_PX, "width": IMAGE_PX}
        ),
        tokenizer,
        patch_size=PATCH_PX,
        vision_feature_select_strategy="default",
        chat_template=template,
        num_additional_image_tokens=1,
    ).save_pretrained(folder)
    return folder


def save_smolvlm(folder: Path) -> Path:
    """A checkpoint as of SmolVLM-Instruct: the picture comes in tiles, each behind tokens of its own."""
    tokenizer = tiny_tokenizer(some_questions(), SMOLVLM_SPECIAL)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        config = Idefics3Config(
            image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
            scale_factor=2,
            vision_config={
                "hidden_size": 16,
                "intermediate_size": 16,
                "num_hidden_layers": 1,
                "num_attention_heads": 2,
                "image_size": 64,
                "patch_size": 16,
            },
            text_config={
                "model_type": "llama",
                "vocab_size": len(tokenizer),
                "hidden_size": 32,
                "intermediate_size": 32,
                "num_hidden_layers": 2,
                "num_attention_heads": 2,
                "num_key_value_heads": 2,
                "initializer_range": 0.2,
                "pad_token_id": tokenizer.pad_token_id,
            },
        )
        network = Idefics3ForConditionalGeneration(config).eval()
        network.generation_config.eos_token_id = tokenizer.eos_token_id
        network.save_pretrained(folder, safe_serialization=True)
    Idefics3Processor(
        Idefics3ImageProcessor(size={"longest_edge": 128}, max_image_size={"longest_edge": 64}),
        tokenizer,
        image_seq_len=4,
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    return folder
