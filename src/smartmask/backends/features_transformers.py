"""What trained networks make of pictures and texts, for metrics: any transformers image network, and CLIP.

Each network's own image processor brings pictures to its size; those of one call must be of one shape, or
become so. FIDs in papers are made with Inception-v3 in one particular port: figures from another network
compare with figures from the same network only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from smartmask.backends.hub import Wanted, from_hub, need_packages, one_line, torch_place
from smartmask.backends.stable_diffusion import check_length
from smartmask.backends.transformers_parts import numbers, open_network
from smartmask.errors import BackendError

if TYPE_CHECKING:
    import torch

_NETWORK = Wanted(what="an image network", example="microsoft/resnet-50")
_CLIP = Wanted(what="a CLIP", example="openai/clip-vit-large-patch14")


class TransformersFeatures:
    """The pooled output of an image network."""

    def __init__(self, name: str | Path, device: str = "cpu", dtype: str = "float32") -> None:
        """Load a network.

        Args:
            name: A folder with the checkpoint and its image processor, or a name on the hub.
            device: "cpu", "cuda", ...
            dtype: "float32", "bfloat16" or "float16".

        Raises:
            BackendError: If it cannot be had, makes no pooled features, or lacks weights: a network that was
                trained without pooling lacks those of its pooling.
            ValueError: If the device or dtype is not to be had.
        """
        need_packages(_NETWORK, "torch", "transformers")
        from transformers import AutoModel

        self._device, self._dtype = torch_place(device, dtype)
        self._processor = _open_processor(name, _NETWORK)
        self._network = open_network(AutoModel, name, _NETWORK, self._device, self._dtype)
        try:
            self.image_features([np.zeros((64, 64, 3), np.uint8)])
        except Exception as error:  # networks of other kinds fail with almost any exception
            raise BackendError(
                f"{name}: {type(self._network).__name__} makes no pooled features of a picture "
                f"({one_line(error)}); give an image network such as {_NETWORK.example}"
            ) from error

    def image_features(self, images: Sequence[UInt8[np.ndarray, "H W 3"]]) -> Float32[np.ndarray, "N D"]:
        """A row a picture.

        Raises:
            BackendError: If an answer holds values that are no numbers.
        """
        import torch

        pixels = _pixels(self._processor, images, self._device, self._dtype)
        with torch.inference_mode():
            return _rows(self._network(pixel_values=pixels).pooler_output)


class TransformersClip:
    """CLIP's embeddings of pictures and texts."""

    def __init__(self, name: str | Path, device: str = "cpu", dtype: str = "float32") -> None:
        """Load a CLIP.

        Args:
            name: A folder with the checkpoint, its tokenizer and its image processor, or a name on the hub.
            device: "cpu", "cuda", ...
            dtype: "float32", "bfloat16" or "float16".

        Raises:
            BackendError: If it cannot be had, or lacks weights.
            ValueError: If the device or dtype is not to be had.
        """
        need_packages(_CLIP, "torch", "transformers")
        from transformers import CLIPModel, CLIPTokenizer

        self._device, self._dtype = torch_place(device, dtype)
        self._processor = _open_processor(name, _CLIP)
        self._tokenizer = from_hub(name, _CLIP, CLIPTokenizer.from_pretrained)
        self._network = open_network(CLIPModel, name, _CLIP, self._device, self._dtype)

    def image_features(self, images: Sequence[UInt8[np.ndarray, "H W 3"]]) -> Float32[np.ndarray, "N D"]:
        """A row a picture.

        Raises:
            BackendError: If an answer holds values that are no numbers.
        """
        import torch

        with torch.inference_mode():
            pixels = _pixels(self._processor, images, self._device, self._dtype)
            return _rows(self._network.get_image_features(pixels).pooler_output)

    def text_features(self, texts: Sequence[str]) -> Float32[np.ndarray, "N D"]:
        """A row a text.

        Raises:
            ValueError: If a text is longer than CLIP reads.
            BackendError: If an answer holds values that are no numbers.
        """
        import torch

        for text in texts:
            check_length(self._tokenizer, f"text {text[:30]!r}", text)
        tokens = self._tokenizer(list(texts), padding=True, return_tensors="pt").to(self._device)
        with torch.inference_mode():
            return _rows(self._network.get_text_features(**tokens).pooler_output)


def _open_processor(name: str | Path, wanted: Wanted) -> Any:
    from transformers import AutoImageProcessor

    load: Any = AutoImageProcessor.from_pretrained
    return from_hub(name, wanted, lambda place: load(place, trust_remote_code=False))


def _pixels(
    processor: Any, images: Sequence[UInt8[np.ndarray, "H W 3"]], device: "torch.device", dtype: "torch.dtype"
) -> "torch.Tensor":
    # As Pillow images: of an array the library guesses which side holds the channels.
    prepared = processor(images=[Image.fromarray(image) for image in images], return_tensors="pt")
    pixels: torch.Tensor = prepared.pixel_values.to(device, dtype)
    return pixels


def _rows(values: "torch.Tensor") -> Float32[np.ndarray, "N D"]:
    """Features as NumPy; convolutional networks leave their pooled ones one pixel high and wide."""
    return numbers(values.flatten(1))
