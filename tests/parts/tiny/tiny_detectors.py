"""Tiny Grounding DINO and SAM checkpoints; see `tiny_transformers.py`."""

from pathlib import Path
from typing import Any

from tiny_transformers import save, tiny_swin
from transformers import BertConfig, BertTokenizer


def save_grounding_dino(folder: Path) -> Path:
    from transformers import GroundingDinoConfig, GroundingDinoForObjectDetection

    return _save_detector(folder, GroundingDinoConfig, GroundingDinoForObjectDetection)


def save_mm_grounding_dino(folder: Path) -> Path:
    from transformers import MMGroundingDinoConfig, MMGroundingDinoForObjectDetection

    return _save_detector(folder, MMGroundingDinoConfig, MMGroundingDinoForObjectDetection)


def _save_detector(folder: Path, config_class: Any, network_class: Any) -> Path:
    from transformers.models.grounding_dino.image_processing_pil_grounding_dino import (
        GroundingDinoImageProcessorPil,
    )
    from transformers.models.grounding_dino.processing_grounding_dino import GroundingDinoProcessor

    text = BertConfig(
        vocab_size=1100,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    swin = tiny_swin()
    swin.out_features = ["stage2", "stage3", "stage4"]
    config = config_class(
        backbone_config=swin,
        text_config=text,
        num_queries=6,
        d_model=32,
        encoder_layers=1,
        encoder_ffn_dim=8,
        encoder_attention_heads=2,
        decoder_layers=2,
        decoder_ffn_dim=8,
        decoder_attention_heads=2,
        max_text_len=32,
    )
    images = GroundingDinoImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96})
    return save(folder, network_class(config), GroundingDinoProcessor(images, tiny_bert_tokenizer()))


def save_sam(folder: Path) -> Path:
    from transformers import (
        SamConfig,
        SamMaskDecoderConfig,
        SamModel,
        SamPromptEncoderConfig,
        SamVisionConfig,
    )
    from transformers.models.sam.processing_sam import SamProcessor

    config = SamConfig(
        vision_config=SamVisionConfig(**_SAM_VISION),
        prompt_encoder_config=SamPromptEncoderConfig(**_SAM_PROMPT),
        mask_decoder_config=SamMaskDecoderConfig(**_SAM_DECODER),
    )
    return save(folder, SamModel(config), SamProcessor(_sam_images()))


def save_sam_hq(folder: Path) -> Path:
    from transformers import (
        SamHQConfig,
        SamHQMaskDecoderConfig,
        SamHQModel,
        SamHQPromptEncoderConfig,
        SamHQVisionConfig,
    )
    from transformers.models.sam_hq.processing_sam_hq import SamHQProcessor

    config = SamHQConfig(
        vision_config=SamHQVisionConfig(**_SAM_VISION),
        prompt_encoder_config=SamHQPromptEncoderConfig(**_SAM_PROMPT),
        mask_decoder_config=SamHQMaskDecoderConfig(**_SAM_DECODER, vit_dim=16),
    )
    return save(folder, SamHQModel(config), SamHQProcessor(_sam_images()))


_SAM_VISION: dict[str, Any] = {
    "hidden_size": 16,
    "output_channels": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 64,
    "patch_size": 8,
    "window_size": 4,
    "global_attn_indexes": [1],
    "num_pos_feats": 16,
    "mlp_dim": 16,
}


_SAM_PROMPT: dict[str, Any] = {
    "hidden_size": 32,
    "image_size": 64,
    "patch_size": 8,
    "mask_input_channels": 8,
}


_SAM_DECODER: dict[str, Any] = {
    "hidden_size": 32,
    "mlp_dim": 16,
    "num_attention_heads": 2,
    "iou_head_hidden_dim": 16,
}


def _sam_images() -> Any:
    from transformers.models.sam.image_processing_pil_sam import SamImageProcessorPil

    return SamImageProcessorPil(
        size={"longest_edge": 64},
        pad_size={"height": 64, "width": 64},
        mask_size={"longest_edge": 16},
        mask_pad_size={"height": 16, "width": 16},
    )


def tiny_bert_tokenizer() -> BertTokenizer:
    """The few words of the tests; special tokens have BERT's own numbers, which the detector knows."""
    pieces = [f"[unused{number}]" for number in range(1100)]
    for number, piece in (
        (0, "[PAD]"),
        (100, "[UNK]"),
        (101, "[CLS]"),
        (102, "[SEP]"),
        (1012, "."),
        (1029, "?"),
    ):
        pieces[number] = piece
    pieces[1040:1048] = ["cat", "dog", "teddy", "bear", "##s", "a", "red", "table"]
    return BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)})
