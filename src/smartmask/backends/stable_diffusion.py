"""Stable Diffusion checkpoints (1.x, 2.x, XL) with or without a ControlNet, loaded and run through diffusers.

The safety checker is never loaded and SDXL's invisible watermark never added: whoever offers pictures to
others has to see to both. The sampler ("scheduler") is the checkpoint's own.

Every random number of a picture comes from one generator on the CPU that holds the picture's seed, so a
picture depends neither on other pictures nor on the device's own generator.
"""

import math
import threading
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8

from smartmask.backends.hub import Wanted, from_hub, need_packages, torch_place
from smartmask.backends.quiet_libraries import muted, quietly
from smartmask.backends.stable_diffusion_kinds import (
    CONTROLNET,
    Family,
    check_controlnet,
    check_unet,
    family_of,
)
from smartmask.errors import BackendError

if TYPE_CHECKING:
    import torch

_PIPELINES = {
    ("sd", True, False): "StableDiffusionInpaintPipeline",
    ("sd", True, True): "StableDiffusionControlNetInpaintPipeline",
    ("sd", False, True): "StableDiffusionControlNetPipeline",
    ("sdxl", True, False): "StableDiffusionXLInpaintPipeline",
    ("sdxl", True, True): "StableDiffusionXLControlNetInpaintPipeline",
    ("sdxl", False, True): "StableDiffusionXLControlNetPipeline",
}
_LEFT_OUT: dict[Family, dict[str, Any]] = {
    "sd": {"safety_checker": None, "requires_safety_checker": False},
    "sdxl": {"add_watermarker": False},
}


class StableDiffusion:
    """A checkpoint that is ready to draw, one picture at a time whoever asks."""

    def __init__(self, pipeline: Any, family: Family) -> None:
        """Take a diffusers pipeline on its device; `load_stable_diffusion` builds one."""
        self._pipeline = pipeline
        self._is_drawing = threading.Lock()  # a pipeline keeps the state of the picture it draws
        self.family: Family = family
        self.cell_px: int = pipeline.vae_scale_factor
        """Pixels along a side of a latent cell; both sides of a picture are multiples of it."""
        self.side_px: int = pipeline.unet.config.sample_size * self.cell_px
        """Side of the squares that the checkpoint was trained at."""

    def check_text(self, name: str, text: str) -> None:
        """Refuse a text of which the text encoder would read the beginning only.

        Raises:
            ValueError: If it is longer than that; the message says where it would be cut.
        """
        for tokenizer in (self._pipeline.tokenizer, getattr(self._pipeline, "tokenizer_2", None)):
            if tokenizer is not None:
                check_length(tokenizer, name, text)

    def check_size(self, size_hw: tuple[int, int]) -> None:
        """Refuse a size that is not one of whole latent cells.

        Raises:
            ValueError: If it is not.
        """
        if size_hw[0] % self.cell_px or size_hw[1] % self.cell_px:
            found = f"{size_hw[1]}x{size_hw[0]}"
            raise ValueError(f"both sides of a picture must be multiples of {self.cell_px}, not {found}")

    def draw(
        self,
        prompt: str,
        negative_prompt: str,
        size_hw: tuple[int, int],
        seed: int,
        arguments: dict[str, Any],
    ) -> UInt8[np.ndarray, "H W 3"]:
        """One picture.

        Args:
            prompt: What it shows.
            negative_prompt: What it must not show; "" for nothing.
            size_hw: Its size, multiples of `cell_px`.
            seed: Of all its random numbers.
            arguments: What else the pipeline is called with.

        Raises:
            ValueError: If the size is none of those, or a text is too long.
            BackendError: If the picture holds values that are no numbers.
        """
        import torch

        height, width = size_hw
        self.check_size(size_hw)
        self.check_text("prompt", prompt)
        self.check_text("negative prompt", negative_prompt)
        with self._is_drawing, muted(), warnings.catch_warnings():
            # In float16 diffusers brings the VAE to float32, which cannot overflow, and warns of its own way.
            warnings.filterwarnings("ignore", "`upcast_vae`", FutureWarning)
            pixels = self._pipeline(
                prompt=prompt,
                # An empty text is not nothing: SDXL has zeros for nothing.
                negative_prompt=negative_prompt or None,
                height=height,
                width=width,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="np",
                **arguments,
            ).images[0]
        if not np.isfinite(pixels).all():
            raise BackendError(
                f"the checkpoint drew values that are no numbers in {self._pipeline.unet.dtype}; load it in "
                "float32 or bfloat16"
            )
        return (pixels * 255).round().astype(np.uint8)


def load_stable_diffusion(
    model: str | Path,
    controlnets: Sequence[str | Path],
    wanted: Wanted,
    *,
    inpaints: bool,
    device: str,
    dtype: str,
) -> StableDiffusion:
    """Load a checkpoint and the ControlNets that are named, if any are.

    Args:
        model: A folder, or a name on the hub.
        controlnets: The same for each ControlNet; the pipeline takes a picture for each, in their order.
        wanted: What the checkpoint is for, for errors.
        inpaints: Whether it is to fill part of a picture; otherwise it draws all of one.
        device: "cpu", "cuda", ...
        dtype: "float32", "bfloat16" or "float16".

    Raises:
        BackendError: If one cannot be had, is of another kind, or they do not fit each other.
        ValueError: If the device or dtype is not to be had.
    """
    need_packages(wanted, "torch", "diffusers", "transformers", "accelerate")
    torch_device, torch_dtype = torch_place(device, dtype)
    diffusers = _import_diffusers()
    with quietly():
        index = from_hub(model, wanted, diffusers.DiffusionPipeline.load_config)
        family = family_of(index, model, wanted)
        read_unet = partial(diffusers.UNet2DConditionModel.load_config, subfolder="unet")
        unet = from_hub(model, wanted, read_unet)
        check_unet(unet, model, inpaints, bool(controlnets))
        parts: dict[str, Any] = {"feature_extractor": None, "image_encoder": None} | _LEFT_OUT[family]
        nets = []
        for controlnet in controlnets:
            described = from_hub(controlnet, CONTROLNET, diffusers.ControlNetModel.load_config)
            check_controlnet(described, controlnet, unet, model)

            def load_controlnet(place: str) -> Any:
                net = diffusers.ControlNetModel.from_pretrained(
                    place, dtype=torch_dtype, use_safetensors=True
                )
                return net.to(torch_device)

            nets.append(from_hub(controlnet, CONTROLNET, load_controlnet))
        if nets:
            parts["controlnet"] = nets if len(nets) > 1 else nets[0]
        pipeline_class = getattr(diffusers, _PIPELINES[family, inpaints, bool(nets)])

        def load_pipeline(place: str) -> Any:
            encoders = _text_encoders(place, family, torch_dtype)
            pipeline = pipeline_class.from_pretrained(
                place, dtype=torch_dtype, use_safetensors=True, **parts, **encoders
            )
            return pipeline.to(torch_device)

        pipeline = from_hub(model, wanted, load_pipeline)
    pipeline.set_progress_bar_config(disable=True)
    return StableDiffusion(pipeline, family)


def check_sampling(steps: int, cfg_scale: float, control_scale: float) -> None:
    """Refuse settings that no picture can be drawn with.

    Raises:
        ValueError: If there is no step, or a scale is out of range.
    """
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, not {steps}")
    if not 1 <= cfg_scale < math.inf:
        raise ValueError(f"cfg_scale must be 1 (no guidance) or more, not {cfg_scale}")
    if not 0 <= control_scale < math.inf:
        raise ValueError(f"control_scale must be 0 or more, not {control_scale}")


def check_length(tokenizer: Any, name: str, text: str) -> None:
    """Refuse a text with more tokens than a tokenizer's network reads.

    Args:
        tokenizer: A transformers tokenizer that puts a token before and one behind the text.
        name: What the text is, for the error.
        text: The text.

    Raises:
        ValueError: If it is too long; the message says where it would be cut.
    """
    tokens = tokenizer(text, verbose=False).input_ids
    limit = tokenizer.model_max_length
    if len(tokens) > limit:
        kept = tokenizer.decode(tokens[: limit - 1], skip_special_tokens=True)
        raise ValueError(
            f"the {name} has {len(tokens) - 2} tokens but the text encoder reads {limit - 2}; it would be "
            f"cut after '...{kept[-30:]}'; shorten it"
        )


def _text_encoders(place: str, family: Family, dtype: "torch.dtype") -> dict[str, Any]:
    """The text encoders; weights that are missing transformers would fill in at random and only log."""
    import transformers

    kinds = {"text_encoder": "CLIPTextModel"}
    if family == "sdxl":
        kinds["text_encoder_2"] = "CLIPTextModelWithProjection"
    encoders = {}
    for part, kind in kinds.items():
        encoder, report = getattr(transformers, kind).from_pretrained(
            place, subfolder=part, dtype=dtype, use_safetensors=True, output_loading_info=True
        )
        missing = sorted({name for name, _ in encoder.named_parameters()} & set(report["missing_keys"]))
        if missing:
            raise BackendError(
                f"{place}: {part} lacks {len(missing)} tensors, first {missing[0]!r}; get the checkpoint "
                "again"
            )
        encoders[part] = encoder
    return encoders


def _import_diffusers() -> Any:
    """The package with the modules of all our pipelines."""
    import diffusers

    with quietly():
        for name in _PIPELINES.values():
            getattr(diffusers, name)  # a name is imported when it is first asked for
    return diffusers
