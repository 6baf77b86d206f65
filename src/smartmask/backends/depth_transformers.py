"""A `DepthEstimator` from a depth-estimation checkpoint of transformers: Depth Anything, DPT, ZoeDepth ...

Some networks answer with depth in metres (larger = farther), the others with inverse depth up to an unknown
scale and shift (larger = nearer; Ranftl et al. 2020, *MiDaS*, arXiv 1907.01341). Which one, the configuration
says, in words or by the kind of the network:

    Depth Anything, Prompt Depth Anything    `depth_estimation_type`: "metric" or "relative"
    DPT                                      metres if `add_projection` (the DINOv2 heads for NYU and KITTI)
    GLPN, ZoeDepth, Depth Pro, TIPSv2-DPT    metres

We always answer with nearness: inverse depth as it comes, or one over the metres.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from smartmask.backends.hub import Wanted, torch_place
from smartmask.backends.transformers_parts import numbers, open_config, open_network, open_processor, prepare

KINDS = ("depth_anything", "prompt_depth_anything", "dpt", "glpn", "zoedepth", "depth_pro", "tipsv2_dpt")
WANTED = Wanted(what="a depth estimator", example="depth-anything/Depth-Anything-V2-Small-hf")
NEAREST_M = 1e-3
"""Depths are taken to be at least this: resizing can overshoot below zero."""


class TransformersDepth:
    """A `DepthEstimator` from a transformers checkpoint.

    Attributes:
        answers_in_metres: Whether the checkpoint answers with depth, so that its answer is turned round.
    """

    def __init__(
        self,
        name: str | Path,
        device: str = "cpu",
        dtype: str = "float32",
        answers_in_metres: bool | None = None,
    ) -> None:
        """Load a checkpoint.

        Args:
            name: A folder with the checkpoint and its processor, or a name on the hub.
            device: "cpu", "cuda", ...
            dtype: "float32", "bfloat16" or "float16".
            answers_in_metres: Whether larger answers are farther; None = what the configuration says, which a
                checkpoint that someone tuned to other targets may not have updated.

        Raises:
            BackendError: If the checkpoint cannot be had or is of another kind.
            ValueError: If the device or dtype is not to be had.
        """
        config = open_config(name, WANTED, KINDS)
        from transformers import AutoImageProcessor, AutoModelForDepthEstimation

        self.answers_in_metres = predicts_metres(config) if answers_in_metres is None else answers_in_metres
        self._is_zoe = config.model_type == "zoedepth"
        self._device, self._dtype = torch_place(device, dtype)
        self._processor = open_processor(AutoImageProcessor, name, WANTED)
        self._network = open_network(AutoModelForDepthEstimation, name, WANTED, self._device, self._dtype)

    def nearness(self, image: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W"]:
        """Larger = nearer, at the photo's size: inverse metres, or the checkpoint's own inverse depth.

        Raises:
            ValueError: If the photo has no pixel.
            BackendError: If the answer holds values that are no numbers.
        """
        import torch

        height, width, _ = image.shape
        inputs = prepare(self._processor, image, {})
        with torch.inference_mode():
            answer = self._network(**inputs.to(self._device, self._dtype))
            answer.predicted_depth = answer.predicted_depth.float()
            if self._is_zoe:
                depth = _without_margins(answer.predicted_depth, (height, width), self._processor.do_pad)
            else:
                (result,) = self._processor.post_process_depth_estimation(answer, [(height, width)])
                depth = result["predicted_depth"]
        values = numbers(depth).reshape(height, width)
        return 1 / np.maximum(values, NEAREST_M) if self.answers_in_metres else values


def predicts_metres(config: Any) -> bool:
    """Whether a checkpoint of one of `KINDS` answers with depth in metres rather than with inverse depth."""
    if config.model_type in ("depth_anything", "prompt_depth_anything"):
        return bool(config.depth_estimation_type == "metric")
    if config.model_type == "dpt":
        return bool(config.add_projection)
    return True


def _without_margins(depth: Any, size_hw: tuple[int, int], has_margins: bool) -> Any:
    """ZoeDepth's answer at the photo's size, without the mirrored margins that its processor adds.

    They are 3 sqrt(side / 2) pixels wide (Bhat et al. 2023, arXiv 2302.12288). The processor would cut them
    off itself, but needs torchvision for it.
    """
    from torch.nn.functional import interpolate

    height, width = size_hw
    top, left = (int(3 * (side / 2) ** 0.5) if has_margins else 0 for side in size_hw)
    padded = (height + 2 * top, width + 2 * left)
    whole = interpolate(depth[:, None], size=padded, mode="bicubic", align_corners=False)
    return whole[0, 0, top : top + height, left : left + width]
