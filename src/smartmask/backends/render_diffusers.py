"""Pictures of layouts by Stable Diffusion 1.x, 2.x or XL with a segmentation or a depth ControlNet, or both.

The first is shown the layout in ADE20K's colours, as `control_v11p_sd15_seg` was trained (Zhang et al.,
*Adding Conditional Control to Text-to-Image Diffusion Models*, ICCV 2023, version 1.1 of the nets), the other
one inverse depth in grey, as `control_v11f1p_sd15_depth` was. The safety checker is not loaded and no
watermark is added, see `stable_diffusion.py`.

A checkpoint draws well at about the size it was trained at, so the layout's longer side is brought to that,
and both sides to whole latent cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.backends.hub import Wanted
from smartmask.backends.palette_ade20k import Ade20kPalette
from smartmask.backends.stable_diffusion import StableDiffusion, check_sampling, load_stable_diffusion
from smartmask.perspective.depth import depth_map, nearness
from smartmask.perspective.estimate import estimate_camera
from smartmask.protocols import TextEncoder
from smartmask.scene.layout import Layout

Control = Literal["seg", "depth"]
CELL_PX = 8
"""A latent cell of every Stable Diffusion family."""
SMALLEST_SIDE_PX = 64
_WANTED = Wanted(what="a Stable Diffusion checkpoint", example="stable-diffusion-v1-5/stable-diffusion-v1-5")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """How a layout is drawn.

    Attributes:
        steps: Denoising steps.
        cfg_scale: Strength of classifier-free guidance; 1 is none.
        negative_prompt: What must not appear.
        control_scale: Weight of each ControlNet.
        longer_side: Pixels of the drawing's longer side; None is the checkpoint's own.
    """

    steps: int = 30
    cfg_scale: float = 7.5
    negative_prompt: str = ""
    control_scale: float = 1.0
    longer_side: int | None = None

    def __post_init__(self) -> None:
        check_sampling(self.steps, self.cfg_scale, self.control_scale)
        if self.longer_side is not None and self.longer_side < SMALLEST_SIDE_PX:
            raise ValueError(f"longer_side must be at least {SMALLEST_SIDE_PX}, not {self.longer_side}")


class DiffusersRenderer:
    """A `LayoutRenderer`; `load_diffusers_renderer` builds one."""

    def __init__(
        self,
        model: StableDiffusion,
        palette: Ade20kPalette,
        settings: RenderSettings,
        controls: Sequence[Control] = ("seg",),
    ) -> None:
        """Take the parts, and what each of the model's ControlNets is shown."""
        self._model, self._palette, self._controls = model, palette, controls
        self.settings = settings

    def render(self, layout: Layout, prompt: str, seed: int) -> UInt8[np.ndarray, "H W 3"]:
        """A picture of the layout's size: what `draw` gives, resampled.

        Raises:
            ValueError: If the prompt is longer than the text encoder reads.
            BackendError: If the checkpoint draws values that are no numbers.
        """
        height, width = layout.size_hw
        drawing = Image.fromarray(self.draw(layout, prompt, seed))
        return np.asarray(drawing.resize((width, height), Image.Resampling.LANCZOS))

    def draw(self, layout: Layout, prompt: str, seed: int) -> UInt8[np.ndarray, "h w 3"]:
        """A picture of the layout, of the size that it is drawn at.

        Raises:
            ValueError: If the prompt is longer than the text encoder reads.
            BackendError: If the checkpoint draws values that are no numbers.
        """
        controls = self.control_pictures(layout)
        pictures = [Image.fromarray(control) for control in controls.values()]
        arguments = {
            "image": pictures if len(pictures) > 1 else pictures[0],
            "num_inference_steps": self.settings.steps,
            "guidance_scale": self.settings.cfg_scale,
            "controlnet_conditioning_scale": self.settings.control_scale,
        }
        size_hw = pictures[0].height, pictures[0].width
        return self._model.draw(prompt, self.settings.negative_prompt, size_hw, seed, arguments)

    def control_pictures(self, layout: Layout) -> dict[Control, UInt8[np.ndarray, "h w 3"]]:
        """What each ControlNet is shown of a layout."""
        longer_side = self.settings.longer_side or self._model.side_px
        return {name: control_picture(layout, self._palette, longer_side, name) for name in self._controls}


def load_diffusers_renderer(
    model: str | Path,
    controlnets: Mapping[Control, str | Path],
    encoder: TextEncoder,
    settings: RenderSettings = RenderSettings(),
    *,
    device: str = "cpu",
    dtype: str = "float32",
) -> DiffusersRenderer:
    """Load a renderer.

    Args:
        model: A plain Stable Diffusion checkpoint (4 channels), a folder or a name on the hub.
        controlnets: A segmentation ControlNet made for the same family, one for depth, or both: folders or
            names on the hub.
        encoder: Matches labels with ADE20K's classes.
        settings: How a layout is drawn.
        device: "cpu", "cuda", ...
        dtype: "float32", "bfloat16" or "float16".

    Raises:
        BackendError: If a checkpoint cannot be had or does not fit.
        ValueError: If no ControlNet is given, the negative prompt is too long, or the device or dtype is not
            to be had.
    """
    if not controlnets:
        raise ValueError("a layout is drawn by a ControlNet; give one for seg, for depth, or both")
    nets = list(controlnets.values())
    loaded = load_stable_diffusion(model, nets, _WANTED, inpaints=False, device=device, dtype=dtype)
    loaded.check_text("negative prompt", settings.negative_prompt)
    return DiffusersRenderer(loaded, Ade20kPalette(encoder), settings, tuple(controlnets))


def control_picture(
    layout: Layout, palette: Ade20kPalette, longer_side: int, control: Control = "seg"
) -> UInt8[np.ndarray, "h w 3"]:
    """A layout as a ControlNet is shown it, of the size that it is drawn at.

    Args:
        layout: What is seen of it is drawn.
        palette: Says in which colours.
        longer_side: Pixels of the drawing's longer side; both sides are rounded to whole latent cells.
        control: ADE20K's colours, or depth in grey: the nearest white, the farthest black.
    """
    if control == "seg":
        drawn, between = palette.draw(layout), Image.Resampling.NEAREST
    else:
        grey = np.round(nearness(depth_map(layout, estimate_camera(layout))) * 255).astype(np.uint8)
        drawn, between = np.repeat(grey[..., None], 3, axis=2), Image.Resampling.BILINEAR
    height, width = drawing_size(layout.size_hw, longer_side)
    return np.asarray(Image.fromarray(drawn).resize((width, height), between))


def drawing_size(size_hw: tuple[int, int], longer_side: int) -> tuple[int, int]:
    """Height and width at which a layout is drawn.

    >>> drawing_size((480, 640), 512), drawing_size((3000, 10), 512)
    ((384, 512), (512, 64))
    """
    scale = longer_side / max(size_hw) / CELL_PX
    least = SMALLEST_SIDE_PX // CELL_PX
    height, width = (CELL_PX * max(round(side * scale), least) for side in size_hw)
    return height, width
