"""What a Stable Diffusion checkpoint says of itself, and whether that will do; read before any weight is."""

from pathlib import Path
from typing import Any, Literal

from smartmask.backends.hub import Wanted
from smartmask.errors import BackendError

Family = Literal["sd", "sdxl"]
INPAINTING_CHANNELS = 9
"""Of a U-Net made for inpainting: noisy latent 4, mask 1, masked picture's latent 4."""
PLAIN_CHANNELS = 4
CONTROLNET = Wanted(what="a Stable Diffusion ControlNet", example="lllyasviel/control_v11p_sd15_seg")


def family_of(index: dict[str, Any], model: str | Path, wanted: Wanted) -> Family:
    """The family of a checkpoint by its `model_index.json`: SDXL has a second text encoder.

    Raises:
        BackendError: If it is none of Stable Diffusion's.
    """
    parts = {
        name: entry[1] for name, entry in index.items() if isinstance(entry, list | tuple) and len(entry) == 2
    }
    if parts.get("unet") == "UNet2DConditionModel" and parts.get("text_encoder") == "CLIPTextModel":
        return "sdxl" if parts.get("text_encoder_2") == "CLIPTextModelWithProjection" else "sd"
    raise BackendError(
        f"{model}: is a {index.get('_class_name')}, expected Stable Diffusion 1, 2 or XL; give {wanted.what} "
        f"such as {wanted.example}"
    )


def check_unet(unet: dict[str, Any], model: str | Path, inpaints: bool, has_controlnet: bool) -> None:
    """Refuse a U-Net, by its `config.json`, that is not made for the job.

    Raises:
        BackendError: If it takes other channels, or does not say at what size it was trained.
    """
    channels = unet.get("in_channels")
    fitting: tuple[int, ...] = (INPAINTING_CHANNELS,)
    advice = "give an inpainting checkpoint, or a plain one with a ControlNet"
    if not inpaints:
        fitting, advice = (PLAIN_CHANNELS,), "give a plain checkpoint"
    elif has_controlnet:
        fitting, advice = (PLAIN_CHANNELS, INPAINTING_CHANNELS), "give a plain or an inpainting checkpoint"
    if channels not in fitting:
        expected = " or ".join(map(str, fitting))
        raise BackendError(f"{model}: its U-Net takes {channels} channels, expected {expected}; {advice}")
    if not isinstance(unet.get("sample_size"), int):
        raise BackendError(
            f"{model}: unet/config.json has sample_size {unet.get('sample_size')!r}, expected the side of a "
            "latent as one number; write it there"
        )


def check_controlnet(
    described: dict[str, Any], controlnet: str | Path, unet: dict[str, Any], model: str | Path
) -> None:
    """Refuse a ControlNet, by its `config.json`, that does not fit a U-Net.

    Raises:
        BackendError: If it is of another kind or another family.
    """
    kind = described.get("_class_name", "checkpoint of another kind")
    if kind != "ControlNetModel":
        raise BackendError(
            f"{controlnet}: is a {kind}, expected a ControlNetModel; give one such as {CONTROLNET.example}"
        )
    widths = described.get("cross_attention_dim"), unet.get("cross_attention_dim")
    if widths[0] != widths[1]:
        raise BackendError(
            f"{controlnet}: reads texts of width {widths[0]} but {model} of width {widths[1]}; give a "
            "ControlNet made for this family of checkpoints (768 is SD 1, 1024 SD 2, 2048 SDXL)"
        )
