"""A `Segmenter` from any mask-classification checkpoint: MaskFormer, Mask2Former, OneFormer, EoMT.

The checkpoint's own processor prepares the photo. The network's queries are merged by our `merge_queries`,
not by the processor's `post_process_panoptic_segmentation`: in transformers 5.23 that gives pixels that no
query claims to some query all the same, mixes up the numbers of segments when it fuses stuff, holds every
mask at the photo's size at once, and for OneFormer needs torchvision. Where none of this matters, tests
compare the two.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.backends.hub import Wanted, from_hub, torch_place
from smartmask.backends.transformers_parts import numbers, open_config, open_network, open_processor, prepare
from smartmask.errors import BackendError
from smartmask.scene.layout import Layout
from smartmask.segmentation.panoptic_segments import MergeSettings, merge_queries, panoptic_to_layout
from smartmask.segmentation.stuff_names import stuff_by_name

KINDS = ("maskformer", "mask2former", "oneformer", "eomt", "eomt_dinov3")
WANTED = Wanted(
    what="a panoptic segmenter",
    example="facebook/mask2former-swin-tiny-coco-panoptic",
    instead="The embedded segmenter needs no download",
)


class TransformersSegmenter:
    """A `Segmenter` from a transformers checkpoint.

    Attributes:
        names: What the checkpoint calls each of its classes.
        stuff: Which classes are stuff: what the checkpoint's processor says (OneFormer's does), else what
            `stuff_by_name` makes of their names.
    """

    def __init__(
        self,
        name: str | Path,
        device: str = "cpu",
        dtype: str = "float32",
        settings: MergeSettings | None = None,
    ) -> None:
        """Load a checkpoint.

        Args:
            name: A folder with the checkpoint and its processor, or a name on the hub.
            device: "cpu", "cuda", ...
            dtype: "float32", "bfloat16" or "float16".
            settings: How sure a region must be; None = the defaults.

        Raises:
            BackendError: If the checkpoint cannot be had, is of another kind, or its classes have no names.
            ValueError: If the device or dtype is not to be had.
        """
        config = open_config(name, WANTED, KINDS)
        self.names: dict[int, str] = dict(config.id2label)
        if all(label == f"LABEL_{number}" for number, label in self.names.items()):
            raise BackendError(
                f"{name}: its {len(self.names)} classes have no names; write them into 'id2label' of its "
                "config.json"
            )
        from transformers import AutoModelForUniversalSegmentation

        self._device, self._dtype = torch_place(device, dtype)
        self._settings = settings
        is_oneformer = config.model_type == "oneformer"
        self._processor, things = _open_processor(name, is_oneformer)
        self.stuff = frozenset(set(self.names) - things) if things else stuff_by_name(self.names)
        self._task = _task_tokens(name, config.task_seq_len) if is_oneformer else None
        self._network = open_network(
            AutoModelForUniversalSegmentation, name, WANTED, self._device, self._dtype
        )

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout that is seen in an RGB photo, of the photo's own size.

        Raises:
            ValueError: If the photo has no pixel.
            BackendError: If the answer holds values that are no numbers.
        """
        import torch

        height, width, _ = image.shape
        inputs = prepare(self._processor, image, {} if self._task is None else {"task_inputs": ["panoptic"]})
        if inputs.pop("patch_offsets", None):
            raise BackendError(
                "the checkpoint looks at squares of a photo one by one, as semantic ones do, which cannot "
                f"tell things apart; expected {WANTED.what} such as {WANTED.example}"
            )
        seen_hw = _seen(self._processor, inputs, (height, width))
        if self._task is not None:
            inputs["task_inputs"] = self._task
        with torch.inference_mode():
            answer = self._network(**inputs.to(self._device, self._dtype))
        class_logits = numbers(answer.class_queries_logits[0])
        mask_logits = numbers(answer.masks_queries_logits[0])
        index, segments = merge_queries(class_logits, mask_logits, (height, width), self._settings, seen_hw)
        return panoptic_to_layout(index, segments, self.names, self.stuff)


def _open_processor(name: str | Path, is_oneformer: bool) -> tuple[Any, set[int]]:
    """The processor, and the classes that it says are things; none if it does not say."""
    from transformers import AutoImageProcessor
    from transformers.image_processing_base import ImageProcessingMixin

    if not is_oneformer:
        return open_processor(AutoImageProcessor, name, WANTED), set()
    # The file of class names serves training only, and lies in another repository.
    processor = open_processor(AutoImageProcessor, name, WANTED, {"class_info_file": None})
    settings, _ = from_hub(name, WANTED, ImageProcessingMixin.get_image_processor_dict)
    return processor, set(settings.get("metadata", {}).get("thing_ids", ()))


def _task_tokens(name: str | Path, length: int) -> Any:
    """The text that tells OneFormer its task (Jain et al. 2022, arXiv 2211.06220, section 3.1)."""
    from transformers import AutoTokenizer

    tokenizer = from_hub(
        name, WANTED, lambda place: AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    )
    tokens = tokenizer(
        ["the task is panoptic"],
        padding="max_length",
        max_length=length,
        truncation=True,
        return_tensors="pt",
    )
    return tokens["input_ids"] * tokens["attention_mask"]


def _seen(processor: Any, inputs: Any, size_hw: tuple[int, int]) -> tuple[float, float]:
    """The shares of the network's picture that the photo fills; below and right of it is padding."""
    from transformers.image_transforms import get_size_with_aspect_ratio

    rows, columns = inputs["pixel_values"].shape[-2:]
    if "pixel_mask" in inputs:
        is_photo = inputs["pixel_mask"][0].bool()
        return float(is_photo.any(1).sum()) / rows, float(is_photo.any(0).sum()) / columns
    if not processor.do_pad:
        return 1.0, 1.0
    filled = get_size_with_aspect_ratio(
        size_hw, processor.size["shortest_edge"], processor.size["longest_edge"]
    )
    return filled[0] / rows, filled[1] / columns
