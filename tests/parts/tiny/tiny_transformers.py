"""Checkpoints of transformers' own classes at width 8 to 32, random weights, saved with their processors.

Tokenizers are built from vocabularies of a few words. Every function saves into a folder and returns it.
"""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    CLIPTokenizer,
    SwinConfig,
)

NAMES = {0: "wall", 1: "floor, flooring", 2: "wall-brick", 3: "chair", 4: "bed "}
LABELS: dict[str, Any] = {"id2label": NAMES, "label2id": {name: number for number, name in NAMES.items()}}
STUFF = frozenset({0, 1})
"""Of `NAMES`, as ADE20K has it."""


def tiny_swin() -> SwinConfig:
    return SwinConfig(
        image_size=32,
        embed_dim=8,
        depths=[1, 1, 1, 1],
        num_heads=[1, 1, 1, 1],
        window_size=2,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )


def save_mask2former(folder: Path) -> Path:
    from transformers import Mask2FormerConfig, Mask2FormerForUniversalSegmentation
    from transformers.models.mask2former.image_processing_pil_mask2former import Mask2FormerImageProcessorPil

    config = Mask2FormerConfig(
        backbone_config=tiny_swin(),
        feature_size=32,
        mask_feature_size=32,
        hidden_dim=32,
        encoder_feedforward_dim=8,
        encoder_layers=1,
        decoder_layers=2,
        num_attention_heads=2,
        dim_feedforward=8,
        num_queries=5,
        **LABELS,
    )
    return save(
        folder,
        Mask2FormerForUniversalSegmentation(config),
        Mask2FormerImageProcessorPil(size={"shortest_edge": 32, "longest_edge": 64}),
    )


def save_maskformer(folder: Path) -> Path:
    from transformers import DetrConfig, MaskFormerConfig, MaskFormerForInstanceSegmentation
    from transformers.models.maskformer.image_processing_pil_maskformer import MaskFormerImageProcessorPil

    decoder = DetrConfig(
        d_model=32,
        decoder_layers=1,
        decoder_ffn_dim=8,
        decoder_attention_heads=2,
        num_queries=5,
    )
    config = MaskFormerConfig(
        fpn_feature_size=32,
        mask_feature_size=32,
        backbone_config=tiny_swin(),
        decoder_config=decoder,
        **LABELS,
    )
    return save(
        folder,
        MaskFormerForInstanceSegmentation(config),
        MaskFormerImageProcessorPil(size={"shortest_edge": 32, "longest_edge": 64}),
    )


def save_oneformer(folder: Path) -> Path:
    from transformers import OneFormerConfig, OneFormerForUniversalSegmentation
    from transformers.models.oneformer.image_processing_pil_oneformer import OneFormerImageProcessorPil

    config = OneFormerConfig(
        backbone_config=tiny_swin(),
        num_queries=5,
        hidden_dim=32,
        mask_dim=32,
        conv_dim=32,
        encoder_feedforward_dim=8,
        encoder_layers=1,
        decoder_layers=3,
        query_dec_layers=1,
        num_attention_heads=2,
        dim_feedforward=8,
        text_encoder_width=32,
        text_encoder_num_layers=1,
        text_encoder_vocab_size=600,
        text_encoder_context_length=16,
        task_seq_len=16,
        max_seq_len=16,
        **LABELS,
    )
    tiny_clip_tokenizer().save_pretrained(folder)
    return save(
        folder,
        OneFormerForUniversalSegmentation(config),
        OneFormerImageProcessorPil(size={"shortest_edge": 32, "longest_edge": 64}),
    )


def save_eomt(folder: Path) -> Path:
    from transformers import EomtConfig, EomtForUniversalSegmentation
    from transformers.models.eomt.image_processing_pil_eomt import EomtImageProcessorPil

    config = EomtConfig(
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_blocks=1,
        image_size=64,
        patch_size=8,
        num_queries=5,
        num_register_tokens=1,
        num_upscale_blocks=1,
        mlp_ratio=1,
        **LABELS,
    )
    return save(
        folder,
        EomtForUniversalSegmentation(config),
        EomtImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 64}, do_pad=True),
    )


def save_eomt_dinov3(folder: Path) -> Path:
    from transformers import EomtDinov3Config, EomtDinov3ForUniversalSegmentation
    from transformers.models.eomt.image_processing_pil_eomt import EomtImageProcessorPil

    config = EomtDinov3Config(
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_blocks=1,
        image_size=64,
        patch_size=8,
        num_queries=5,
        num_register_tokens=1,
        num_upscale_blocks=1,
        **LABELS,
    )
    return save(
        folder,
        EomtDinov3ForUniversalSegmentation(config),
        EomtImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 64}, do_pad=True),
    )


def tiny_clip_tokenizer() -> CLIPTokenizer:
    """Byte-level pieces without merges: every text has tokens, one a letter."""
    letters = [chr(code) for code in range(33, 127)]
    pieces = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=16)


def save_image_classifier(folder: Path) -> Path:
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        image_size=16,
        patch_size=8,
    )
    return save(folder, ViTForImageClassification(config), dpt_images(multiple=8))


def dpt_images(multiple: int) -> Any:
    from transformers.models.dpt.image_processing_pil_dpt import DPTImageProcessorPil

    return DPTImageProcessorPil(
        size={"height": 32, "width": 32}, keep_aspect_ratio=True, ensure_multiple_of=multiple
    )


def save(folder: Path, network: torch.nn.Module, processor: Any) -> Path:
    network.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
