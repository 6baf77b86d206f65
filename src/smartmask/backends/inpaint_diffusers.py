"""Objects drawn into photos by Stable Diffusion 1.x, 2.x or XL, with or without a ControlNet.

| checkpoint | ControlNet | what the network sees of the photo |
|---|---|---|
| inpainting (9 channels) | none | the photo without the masked pixels, and the mask |
| plain (4) or inpainting | "inpaint" | the photo with the masked pixels set to -1 |
| plain (4) or inpainting | "segmentation" | the layout, new object included, in ADE20K's colours |

"inpaint" is the convention of `control_v11p_sd15_inpaint`, "segmentation" that of `control_v11p_sd15_seg`
(Zhang et al., *Adding Conditional Control to Text-to-Image Diffusion Models*, ICCV 2023, version 1.1 of the
nets). The safety checker is not loaded and no watermark is added, see `stable_diffusion.py`.

A latent cell, 8 x 8 pixels, is redrawn if any pixel of it is to change. Left to itself, diffusers asks one
pixel in 64: the rim of an object would stay background, and what is thinner than a cell might not be drawn.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from smartmask.backends.hub import Wanted
from smartmask.backends.palette_ade20k import Ade20kPalette
from smartmask.backends.stable_diffusion import StableDiffusion, check_sampling, load_stable_diffusion
from smartmask.protocols import InpaintTask, TextEncoder
from smartmask.scene.colour_profile import converted

ControlKind = Literal["inpaint", "segmentation"]
_WANTED = Wanted(
    what="a Stable Diffusion inpainting checkpoint",
    example="stable-diffusion-v1-5/stable-diffusion-inpainting",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InpaintSettings:
    """How an object is drawn.

    Attributes:
        steps: Denoising steps from pure noise.
        cfg_scale: Strength of classifier-free guidance; 1 is none.
        strength: Share of the steps that are taken, in (0, 1]: below 1 the drawing begins from a noisy copy
            of what was there. None is 1, but 0.99 for SDXL if there are two steps or more: it draws worse
            from pure noise.
        negative_prompt: What must not appear.
        control_scale: Weight of the ControlNet; without one it has no effect.
    """

    steps: int = 30
    cfg_scale: float = 7.5
    strength: float | None = None
    negative_prompt: str = ""
    control_scale: float = 1.0

    def __post_init__(self) -> None:
        check_sampling(self.steps, self.cfg_scale, self.control_scale)
        if self.strength is not None and not (
            0 < self.strength <= 1 and int(self.steps * self.strength) >= 1
        ):
            raise ValueError(
                f"strength must be above 0, at most 1, and leave a step of {self.steps}, not {self.strength}"
            )


class DiffusersInpainter:
    """An `Inpainter`; `load_diffusers_inpainter` builds one."""

    def __init__(
        self,
        model: StableDiffusion,
        control: ControlKind | None,
        settings: InpaintSettings,
        palette: Ade20kPalette | None,
    ) -> None:
        """Take the parts; `palette` is needed for segmentation control only."""
        self._model = model
        self.palette = palette
        """Says which class each label is shown as (`palette.seen(layout)`); None but for segmentation."""
        self.control: ControlKind | None = control
        """What the ControlNet is shown; None without one."""
        self.settings = settings

    @property
    def working_side(self) -> int:
        """Pixels that a window's longer side is brought to: the checkpoint's own."""
        return self._model.side_px

    @property
    def size_multiple(self) -> int:
        """Both sides of a window are brought to a multiple of this: a latent cell."""
        return self._model.cell_px

    def inpaint(self, task: InpaintTask) -> UInt8[np.ndarray, "H W 3"]:
        """The window with the object in it; pixels off the mask may differ, the caller restores them.

        Raises:
            ValueError: If the mask is empty or of another size, a side is no multiple of `size_multiple`, the
                layout is of another size, or the prompt is longer than the text encoder reads.
            BackendError: If the checkpoint draws values that are no numbers.
        """
        size_hw = task.image.shape[0], task.image.shape[1]
        self._model.check_size(size_hw)
        if task.mask.shape != size_hw:
            raise ValueError(f"the mask is {task.mask.shape} (H, W) but the window is {size_hw}")
        if not task.mask.any():
            raise ValueError("the mask is empty, so there is nothing to draw; give one with at least a pixel")
        strength = self.settings.strength
        if strength is None:
            strength = 0.99 if self._model.family == "sdxl" and self.settings.steps > 1 else 1.0
        arguments: dict[str, Any] = {
            # A checkpoint knows sRGB alone.
            "image": Image.fromarray(converted(task.image, task.profile, None)),
            "mask_image": Image.fromarray(whole_cells(task.mask, self._model.cell_px)),
            "strength": strength,
            "num_inference_steps": self.settings.steps,
            "guidance_scale": self.settings.cfg_scale,
        }
        if self.control is not None:
            arguments["control_image"] = self._control_image(task)
            arguments["controlnet_conditioning_scale"] = self.settings.control_scale
        drawn = self._model.draw(task.prompt, self.settings.negative_prompt, size_hw, task.seed, arguments)
        return converted(drawn, None, task.profile)

    def _control_image(self, task: InpaintTask) -> Any:
        if self.control == "inpaint":
            import torch

            return torch.from_numpy(without_masked(converted(task.image, task.profile, None), task.mask))
        if task.layout.size_hw != task.mask.shape:
            raise ValueError(
                f"the layout is {task.layout.size_hw} (H, W) but the window is {task.mask.shape}"
            )
        assert self.palette is not None, "the loader gives one for segmentation"
        return Image.fromarray(self.palette.draw(task.layout))


def load_diffusers_inpainter(
    model: str | Path,
    controlnet: str | Path | None = None,
    *,
    control: ControlKind | None = None,
    encoder: TextEncoder | None = None,
    settings: InpaintSettings = InpaintSettings(),
    device: str = "cpu",
    dtype: str = "float32",
) -> DiffusersInpainter:
    """Load an inpainter.

    Args:
        model: A Stable Diffusion checkpoint, a folder or a name on the hub: an inpainting one (9 channels),
            or with a ControlNet also a plain one (4).
        controlnet: A ControlNet made for the same family, a folder or a name on the hub.
        control: What the ControlNet is shown. By default the last part of its name decides: "inpaint" if
            it holds that, "segmentation" if it holds "seg"; if it holds neither, say which.
        encoder: Matches labels with ADE20K's classes; needed for segmentation.
        settings: How an object is drawn.
        device: "cpu", "cuda", ...
        dtype: "float32", "bfloat16" or "float16".

    Raises:
        BackendError: If a checkpoint cannot be had or does not fit.
        ValueError: If `control` is needed and missing or the other way round, `encoder` is missing, the
            negative prompt is too long, or the device or dtype is not to be had.
    """
    kind = _control_kind(controlnet, control)
    palette = None
    if kind == "segmentation":
        if encoder is None:
            raise ValueError("segmentation control needs an encoder to match labels with ADE20K's classes")
        palette = Ade20kPalette(encoder)
    nets = () if controlnet is None else (controlnet,)
    loaded = load_stable_diffusion(model, nets, _WANTED, inpaints=True, device=device, dtype=dtype)
    loaded.check_text("negative prompt", settings.negative_prompt)
    return DiffusersInpainter(loaded, kind, settings, palette)


def whole_cells(mask: Bool[np.ndarray, "H W"], cell_px: int) -> Bool[np.ndarray, "H W"]:
    """The mask grown to whole cells of a grid; both sides must be multiples of a cell's.

    >>> whole_cells(np.array([[0, 1, 0, 0], [0, 0, 0, 0]], bool), 2).astype(int).tolist()
    [[1, 1, 0, 0], [1, 1, 0, 0]]
    """
    height, width = mask.shape
    cells = mask.reshape(height // cell_px, cell_px, width // cell_px, cell_px).any((1, 3))
    return cells.repeat(cell_px, 0).repeat(cell_px, 1)


def without_masked(
    image: UInt8[np.ndarray, "H W 3"], mask: Bool[np.ndarray, "H W"]
) -> Float32[np.ndarray, "1 3 H W"]:
    """What `control_v11p_sd15_inpaint` is shown: the picture in [0, 1], masked pixels -1."""
    values = image.astype(np.float32) / np.float32(255)
    values[mask] = -1
    return values.transpose(2, 0, 1)[None].copy()


def _control_kind(controlnet: str | Path | None, control: ControlKind | None) -> ControlKind | None:
    if control is not None and control not in get_args(ControlKind):
        raise ValueError(f"control must be one of {', '.join(get_args(ControlKind))}, not {control!r}")
    if controlnet is None:
        if control is not None:
            raise ValueError(f"control {control!r} needs a ControlNet; name one, or leave control out")
        return None
    if control is not None:
        return control
    name = Path(controlnet).name.lower()
    if "inpaint" in name:
        return "inpaint"
    if "seg" in name:
        return "segmentation"
    raise ValueError(
        f"{controlnet}: its name holds neither 'inpaint' nor 'seg'; say what it is to be shown: control must "
        f"be one of {', '.join(get_args(ControlKind))}"
    )
