"""Stable Diffusion, SDXL, ControlNets and CLIP at a width of a few numbers, with random weights, on disk.

Every part is the real class built from its own configuration and saved as a user's checkpoint is; what a test
loads goes through the same code as a downloaded model.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    EulerDiscreteScheduler,
    UNet2DConditionModel,
)
from diffusers.pipelines import (
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
)
from safetensors.torch import load_file, save_file
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    ResNetConfig,
    ResNetModel,
)

from smartmask.backends.quiet_libraries import quietly

SIDE = 64
"""Pixels of the square that the tiny checkpoints say they were trained at."""
TEXT_WIDTH = 8


class TinyCheckpoints:
    """Checkpoints by their names, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str) -> Path:
        """The folder of one of the names below; "sd" and "sdxl" take 4 channels, the inpainting ones 9."""
        makers: dict[str, Callable[[Path], Path]] = {
            "sd": stable_diffusion,
            "sd-inpainting": partial(stable_diffusion, unet_channels=9),
            "sdxl": stable_diffusion_xl,
            "sdxl-inpainting": partial(stable_diffusion_xl, unet_channels=9),
            "control-sd": controlnet,
            "control-sdxl": partial(controlnet, is_xl=True),
            "clip": clip,
            "resnet": image_network,
        }
        path = self._folder / name
        if not path.exists():
            with quietly():
                makers[name](path)
        return path


def tiny_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer without merges: a token a letter, so a prompt is too long from 76 letters on."""
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer({word: number for number, word in enumerate(words)}, [], model_max_length=77)


def stable_diffusion(folder: Path, unet_channels: int = 4) -> Path:
    """A checkpoint like SD 1.5 (4 channels) or SD 1.5 inpainting (9 channels)."""
    with torch.random.fork_rng():
        torch.manual_seed(unet_channels)
        pipeline_class = StableDiffusionPipeline if unet_channels == 4 else StableDiffusionInpaintPipeline
        pipeline_class(
            vae=_vae(),
            text_encoder=CLIPTextModel(_text_config()).eval(),
            tokenizer=tiny_tokenizer(),
            unet=_unet(unet_channels),
            scheduler=DDIMScheduler(
                beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
            ),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        ).save_pretrained(folder, safe_serialization=True)
    return folder


def stable_diffusion_xl(folder: Path, unet_channels: int = 4) -> Path:
    """A checkpoint like SDXL base (4 channels) or SDXL inpainting (9 channels)."""
    with torch.random.fork_rng():
        torch.manual_seed(100 + unet_channels)
        pipeline_class = StableDiffusionXLPipeline if unet_channels == 4 else StableDiffusionXLInpaintPipeline
        pipeline_class(
            vae=_vae(),
            text_encoder=CLIPTextModel(_text_config()).eval(),
            text_encoder_2=CLIPTextModelWithProjection(_text_config()).eval(),
            tokenizer=tiny_tokenizer(),
            tokenizer_2=tiny_tokenizer(),
            unet=_unet(unet_channels, is_xl=True),
            scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", steps_offset=1),
            add_watermarker=False,
        ).save_pretrained(folder, safe_serialization=True)
    return folder


def controlnet(folder: Path, is_xl: bool = False) -> Path:
    """A ControlNet for one of the checkpoints; its last layers, zero when new, are random here."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        net = ControlNetModel.from_unet(_unet(4, is_xl), conditioning_embedding_out_channels=(8, 8, 8, 8))
        for block in (
            *net.controlnet_down_blocks,
            net.controlnet_mid_block,
            net.controlnet_cond_embedding.conv_out,
        ):
            torch.nn.init.normal_(block.weight, std=0.3)
        net.save_pretrained(folder, safe_serialization=True)
    return folder


def clip(folder: Path) -> Path:
    """A CLIP with its tokenizer and image processor."""
    with torch.random.fork_rng():
        torch.manual_seed(8)
        vision = CLIPVisionConfig(
            hidden_size=8,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=32,
            patch_size=8,
        )
        text, both = _text_config().to_dict(), vision.to_dict()
        CLIPModel(CLIPConfig(text_config=text, vision_config=both, projection_dim=6)).eval().save_pretrained(
            folder
        )
    tiny_tokenizer().save_pretrained(folder)
    _image_processor().save_pretrained(folder)
    return folder


def image_network(folder: Path) -> Path:
    """A ResNet with its image processor."""
    with torch.random.fork_rng():
        torch.manual_seed(9)
        config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 12], depths=[1, 1], layer_type="basic")
        ResNetModel(config).eval().save_pretrained(folder)
    _image_processor().save_pretrained(folder)
    return folder


def _image_processor() -> CLIPImageProcessor:
    return CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})


def _text_config() -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=514,
        hidden_size=TEXT_WIDTH,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=TEXT_WIDTH,
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
    )


def _vae() -> AutoencoderKL:
    """Four levels, so that a latent cell is 8 pixels wide as in the real one."""
    return AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        block_out_channels=[8, 8, 8, 8],
        layers_per_block=1,
        norm_num_groups=4,
        sample_size=SIDE,
    ).eval()


def _unet(channels: int, is_xl: bool = False) -> UNet2DConditionModel:
    more = (
        {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 4,
            "projection_class_embeddings_input_dim": 6 * 4 + TEXT_WIDTH,
            "transformer_layers_per_block": [1, 2],
            "use_linear_projection": True,
        }
        if is_xl
        else {}
    )
    return UNet2DConditionModel(
        sample_size=SIDE // 8,
        in_channels=channels,
        out_channels=4,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"]
        if is_xl
        else ["CrossAttnDownBlock2D", "DownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"] if is_xl else ["UpBlock2D", "CrossAttnUpBlock2D"],
        block_out_channels=[8, 16],
        layers_per_block=1,
        norm_num_groups=4,
        attention_head_dim=2,
        cross_attention_dim=2 * TEXT_WIDTH if is_xl else TEXT_WIDTH,
        **more,
    ).eval()


def as_published(folder: Path) -> None:
    """Bring a checkpoint of Stable Diffusion into the form of the published files of 1.5.

    Tensors of their text encoder and VAE have the names of their day, which the libraries translate; the
    sampler is PNDM, of which only some settings are written down.
    """
    text, vae = folder / "text_encoder", folder / "vae"
    (path,) = text.glob("*.safetensors")
    tensors = {
        f"text_model.{name.removeprefix('text_model.')}": value for name, value in load_file(path).items()
    }
    tensors["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(tensors, path, {"format": "pt"})
    (path,) = vae.glob("*.safetensors")
    tensors = {}
    for name, value in load_file(path).items():
        if ".attentions." in name:
            for now, then in (
                ("to_q", "query"),
                ("to_k", "key"),
                ("to_v", "value"),
                ("to_out.0", "proj_attn"),
            ):
                name = name.replace(f".{now}.", f".{then}.")
        tensors[name] = value
    save_file(tensors, path, {"format": "pt"})
    settings = {
        "_class_name": "PNDMScheduler",
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "num_train_timesteps": 1000,
        "set_alpha_to_one": False,
        "skip_prk_steps": True,
        "steps_offset": 1,
        "clip_sample": False,
    }
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(settings))
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", "PNDMScheduler"]
    (folder / "model_index.json").write_text(json.dumps(index))
