"""Tiny depth estimators; see `tiny_transformers.py`."""

from pathlib import Path

from tiny_transformers import dpt_images, save
from transformers import Dinov2Config


def save_depth_anything(folder: Path, kind: str = "relative") -> Path:
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation

    config = DepthAnythingConfig(
        backbone_config=_tiny_dinov2(),
        patch_size=4,
        reassemble_hidden_size=16,
        neck_hidden_sizes=[8, 8, 8, 8],
        fusion_hidden_size=8,
        head_hidden_size=8,
        depth_estimation_type=kind,
        max_depth=20 if kind == "metric" else 1,
    )
    return save(folder, DepthAnythingForDepthEstimation(config), dpt_images(multiple=4))


def save_dpt(folder: Path) -> Path:
    from transformers import DPTConfig, DPTForDepthEstimation

    config = DPTConfig(
        backbone_config=_tiny_dinov2(),
        neck_hidden_sizes=[8, 8, 8, 8],
        fusion_hidden_size=8,
    )
    return save(folder, DPTForDepthEstimation(config), dpt_images(multiple=4))


def save_glpn(folder: Path) -> Path:
    from transformers import GLPNConfig, GLPNForDepthEstimation
    from transformers.models.glpn.image_processing_pil_glpn import GLPNImageProcessorPil

    config = GLPNConfig(
        depths=[1, 1, 1, 1],
        hidden_sizes=[8, 8, 8, 8],
        num_attention_heads=[1, 1, 1, 1],
        decoder_hidden_size=8,
    )
    return save(folder, GLPNForDepthEstimation(config), GLPNImageProcessorPil(size_divisor=32))


def save_zoedepth(folder: Path) -> Path:
    from transformers import BeitConfig, ZoeDepthConfig, ZoeDepthForDepthEstimation
    from transformers.models.zoedepth.image_processing_pil_zoedepth import ZoeDepthImageProcessorPil

    backbone = BeitConfig(
        image_size=32,
        patch_size=8,
        num_hidden_layers=4,
        hidden_size=16,
        intermediate_size=16,
        num_attention_heads=2,
        use_relative_position_bias=True,
        reshape_hidden_states=False,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    config = ZoeDepthConfig(
        backbone_config=backbone,
        neck_hidden_sizes=[8, 8, 8, 8],
        fusion_hidden_size=8,
        num_relative_features=8,
        bottleneck_features=8,
        num_attractors=[2, 2, 1, 1],
        bin_embedding_dim=8,
        bin_configurations=[{"n_bins": 4, "min_depth": 0.001, "max_depth": 10.0}],
    )
    images = ZoeDepthImageProcessorPil(size={"height": 32, "width": 48}, ensure_multiple_of=8)
    return save(folder, ZoeDepthForDepthEstimation(config), images)


def _tiny_dinov2() -> Dinov2Config:
    return Dinov2Config(
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        mlp_ratio=1,
        image_size=32,
        patch_size=4,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        apply_layernorm=False,
        reshape_hidden_states=False,
    )
