"""The base mask model on disk: a folder of the parts that diffusers and transformers write, and our card.

    FOLDER/config.json                 format, version, views, what is ours about the network, settings
    FOLDER/conditioning.safetensors    the layout's part and the vectors of the two texts
    FOLDER/unet vae text_encoder tokenizer scheduler

It begins as any Stable Diffusion 1.x or 2.x checkpoint, from a folder or the hub. Weights are safetensors.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, CLIPTextModel

from smartmask.backends.base import CARD_FILE
from smartmask.backends.base.backbone import BaseBackbone, BaseConfig, build_layout, widen
from smartmask.backends.base.codec import VaeCodec, latent_factor
from smartmask.backends.base.schedule import DdpmSchedule
from smartmask.backends.base.text import ClipTexts
from smartmask.backends.hub import Wanted, from_hub, one_line
from smartmask.backends.quiet_libraries import quietly
from smartmask.data.atomic_folder import write_folder
from smartmask.errors import BackendError, CheckpointError

FORMAT = "smartmask-base-model"
FORMAT_VERSION = 1
CONDITIONING_FILE = "conditioning.safetensors"
STABLE_DIFFUSION = Wanted(
    what="a Stable Diffusion 1.x or 2.x checkpoint in diffusers form",
    example="stable-diffusion-v1-5/stable-diffusion-v1-5",
)


@dataclass(frozen=True, slots=True, eq=False)
class FrozenParts:
    """What of a checkpoint is not trained."""

    vae: AutoencoderKL
    texts: ClipTexts
    scheduler: DDPMScheduler

    @property
    def codec(self) -> VaeCodec:
        """Field <-> latent."""
        return VaeCodec(self.vae)

    @property
    def schedule(self) -> DdpmSchedule:
        """The noise levels that the U-Net was trained with."""
        return DdpmSchedule.of(self.scheduler)


@dataclass(frozen=True, slots=True, eq=False)
class BaseModel:
    """The base mask model, ready to be trained or asked.

    Attributes:
        config: What is ours about its network.
        backbone: The network.
        frozen: The rest of the checkpoint that it came from.
        views: Training views it has seen.
    """

    config: BaseConfig
    backbone: BaseBackbone
    frozen: FrozenParts
    views: int

    @property
    def resolution(self) -> int:
        """R, pixels along a side of its views: that of the pictures that the U-Net was trained with."""
        return int(self.backbone.unet.config["sample_size"]) * latent_factor(self.frozen.vae)


def initial_base(source: str | Path, config: BaseConfig, seed: int = 0) -> BaseModel:
    """A base model that answers as a checkpoint's U-Net does: the layout's channels have no weight yet.

    Args:
        source: A Stable Diffusion checkpoint: a folder, or a name on the hub.
        config: What is ours.
        seed: Of the weights that turn labels into channels.

    Raises:
        BackendError: If the checkpoint cannot be had, or is something else.
    """
    unet, frozen = from_hub(source, STABLE_DIFFUSION, _read_parts)
    problem = _problem(unet, frozen)
    if problem:
        raise BackendError(
            f"{source}: {problem}; give {STABLE_DIFFUSION.what}, such as {STABLE_DIFFUSION.example}"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layout = build_layout(config, frozen.vae, latent_factor(frozen.vae))
    return BaseModel(config, BaseBackbone(widen(unet, layout.channels), layout), frozen, views=0)


def write_base(folder: Path, model: BaseModel, settings: Mapping[str, Any]) -> None:
    """Write a model, whole or not at all; an older one in its place is replaced.

    Args:
        folder: Where to.
        model: The model.
        settings: The settings of its run, as JSON values; they are kept, never read.

    Raises:
        OSError: If it cannot be written, or something else stands there.
    """
    card = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "views": model.views,
        "backbone": asdict(model.config),
        "settings": dict(settings),
    }

    def fill(passing: Path) -> None:
        frozen = model.frozen
        model.backbone.unet.save_pretrained(passing / "unet", safe_serialization=True)
        frozen.vae.save_pretrained(passing / "vae", safe_serialization=True)
        with quietly():
            frozen.texts.encoder.save_pretrained(passing / "text_encoder", safe_serialization=True)
        frozen.texts.tokenizer.save_pretrained(passing / "tokenizer")
        frozen.scheduler.save_pretrained(passing / "scheduler")
        save_file(_conditioning(model.backbone), passing / CONDITIONING_FILE)
        (passing / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n")

    write_folder(folder, fill, CONDITIONING_FILE)


def read_base(folder: Path) -> BaseModel:
    """The model in a folder.

    Raises:
        CheckpointError: If the folder is missing, damaged, of another version, or holds unknown settings.
    """
    card = _read_card(folder)
    try:
        config = BaseConfig(**card["backbone"])
        unet, frozen = _read_parts(str(folder))
        layout = build_layout(config, frozen.vae, latent_factor(frozen.vae))
        backbone = BaseBackbone(unet, layout)
        conditioning = load_file(folder / CONDITIONING_FILE)
        _check_fit(backbone, conditioning, folder)
        backbone.load_state_dict(conditioning, strict=False)
        backbone.train(False)
        return BaseModel(config, backbone, frozen, int(card["views"]))
    except CheckpointError:
        raise
    except Exception as error:  # loaders meet missing and damaged files with almost any exception
        raise CheckpointError(
            f"{folder}: a base mask model whose parts cannot be loaded ({one_line(error)}); copy it again"
        ) from error


def _read_card(folder: Path) -> dict[str, Any]:
    path = folder / CARD_FILE
    try:
        card = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"{path}: cannot be read ({one_line(error)}); give the folder of a base mask model"
        ) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise CheckpointError(
            f"{path}: is not the card of a base mask model ({FORMAT!r}); give such a folder"
        )
    if card.get("version") != FORMAT_VERSION:
        raise CheckpointError(
            f"{path}: is version {card.get('version')!r}; this release reads version {FORMAT_VERSION}"
        )
    expected = {"format", "version", "views", "backbone", "settings"}
    wrong = sorted(expected.symmetric_difference(card))
    if not wrong and isinstance(card["backbone"], dict):
        wrong = sorted({field.name for field in fields(BaseConfig)}.symmetric_difference(card["backbone"]))
    if wrong:
        raise CheckpointError(f"{path}: settings unknown or missing: {', '.join(wrong)}")
    return card


def _read_parts(place: str) -> tuple[UNet2DConditionModel, FrozenParts]:
    unet = read_part(UNet2DConditionModel, place, "unet")
    vae = read_part(AutoencoderKL, place, "vae")
    encoder = read_part(CLIPTextModel, place, "text_encoder")
    tokenizer = AutoTokenizer.from_pretrained(place, subfolder="tokenizer")
    return unet, FrozenParts(vae, ClipTexts(tokenizer, encoder), read_scheduler(place))


def read_part(kind: Any, place: str, subfolder: str) -> Any:
    """A part of a checkpoint in float32, from safetensors.

    Raises:
        BackendError: If weights are missing: the loaders would fill them in at random and only log it.
    """
    with quietly():
        part, report = kind.from_pretrained(
            place, subfolder=subfolder, dtype=torch.float32, use_safetensors=True, output_loading_info=True
        )
    missing = sorted({name for name, _ in part.named_parameters()} & set(report["missing_keys"]))
    if missing:
        raise BackendError(
            f"{place}: {subfolder} lacks {len(missing)} weights, first {missing[0]!r}; copy the checkpoint "
            "again"
        )
    return part


def read_scheduler(place: str) -> DDPMScheduler:
    """The noise levels of a checkpoint, whichever sampler it names."""
    kind: Any = DDPMScheduler
    scheduler: DDPMScheduler = kind.from_config(kind.load_config(place, subfolder="scheduler"))
    return scheduler


def _problem(unet: UNet2DConditionModel, frozen: FrozenParts) -> str | None:
    """Why a checkpoint cannot become a base mask model, or None."""
    settings, latents = unet.config, frozen.vae.config["latent_channels"]
    if settings["in_channels"] != latents:
        return f"its U-Net takes {settings['in_channels']} channels, expected the VAE's {latents}"
    if not isinstance(settings["sample_size"], int) or not isinstance(settings["cross_attention_dim"], int):
        return "its U-Net's sample_size and cross_attention_dim must be one number each"
    if settings["addition_embed_type"] is not None:
        return "its U-Net wants more than one text, as SDXL's does"
    try:
        _ = frozen.schedule
    except ValueError as error:
        return str(error)
    return None


def _conditioning(backbone: BaseBackbone) -> dict[str, torch.Tensor]:
    """The weights that no part of diffusers holds."""
    return {
        name: value.contiguous()
        for name, value in backbone.state_dict().items()
        if not name.startswith("unet.")
    }


def _check_fit(backbone: BaseBackbone, conditioning: Mapping[str, torch.Tensor], folder: Path) -> None:
    """`load_state_dict` is given a part of the network only, so it cannot tell what is missing."""
    wrong = sorted(set(_conditioning(backbone)).symmetric_difference(conditioning))
    if wrong:
        raise CheckpointError(f"{folder / CONDITIONING_FILE}: weights unknown or missing: {', '.join(wrong)}")
    taken = backbone.unet.config["in_channels"]
    described = backbone.unet.config["out_channels"] + backbone.layout.channels
    if taken != described:
        raise CheckpointError(
            f"{folder}: its U-Net takes {taken} channels, but its card describes {described}"
        )
