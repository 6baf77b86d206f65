"""The parts of a transformers checkpoint: its configuration, its network, what goes in and what comes out.

The kind is checked before any weight is read, and a network of which weights are missing is refused: the
library would fill them in at random and only log it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from smartmask.backends.hub import Wanted, from_hub, need_packages, one_line
from smartmask.errors import BackendError

if TYPE_CHECKING:
    import torch

PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")


def open_config(name: str | Path, wanted: Wanted, kinds: Collection[str]) -> Any:
    """A checkpoint's configuration.

    Args:
        name: A folder, or a name on the hub.
        wanted: What the checkpoint is for.
        kinds: The values of `model_type` that will do.

    Raises:
        BackendError: If transformers is missing, or the checkpoint is missing, damaged or of another kind.
    """
    need_packages(wanted, "torch", "transformers", "scipy")
    from transformers import AutoConfig

    config = from_hub(name, wanted, lambda place: AutoConfig.from_pretrained(place, trust_remote_code=False))
    if config.model_type not in kinds:
        raise BackendError(
            f"{name}: is of the kind {config.model_type!r}, expected {wanted.what} "
            f"({', '.join(sorted(kinds))}) {wanted.advice}"
        )
    return config


def open_network(
    family: Any, name: str | Path, wanted: Wanted, device: "torch.device", dtype: "torch.dtype"
) -> Any:
    """A checkpoint's network on its device, ready to answer.

    Args:
        family: The transformers class that reads it, `AutoModelFor...`.
        name: A folder, or a name on the hub.
        wanted: What the checkpoint is for.
        device: Where it will run.
        dtype: Of its weights.

    Raises:
        BackendError: If its weights are missing, incomplete, damaged or a pickle.
    """

    def load(place: str) -> Any:
        network, report = family.from_pretrained(
            place, use_safetensors=True, trust_remote_code=False, dtype=dtype, output_loading_info=True
        )
        # Of buffers some belong to the loss, which checkpoints leave out.
        needed = {key for key, _ in network.named_parameters()}
        missing = sorted(needed.intersection(report["missing_keys"]))
        if missing:
            raise BackendError(
                f"{name}: its weights lack {len(missing)} of the {len(needed)} tensors that "
                f"{type(network).__name__} needs, first {missing[0]!r}; they are of another network"
            )
        return network.to(device).eval()

    with _without_loading_bar():
        return from_hub(name, wanted, load)


def open_processor(
    family: Any, name: str | Path, wanted: Wanted, options: Mapping[str, Any] = MappingProxyType({})
) -> Any:
    """What prepares photos, and texts, for a checkpoint's network.

    Args:
        family: The transformers class that reads it, `AutoImageProcessor` or `AutoProcessor`.
        name: A folder, or a name on the hub.
        wanted: What the checkpoint is for.
        options: Settings of the processor to read otherwise than they are written.

    Raises:
        BackendError: If it is missing or damaged, or needs a package that is not installed.
    """

    def load(place: str) -> Any:
        folder = Path(place)
        if folder.is_dir() and not any((folder / file).is_file() for file in PROCESSOR_FILES):
            raise BackendError(
                f"{name}: holds neither {' nor '.join(PROCESSOR_FILES)}, which say how photos are prepared; "
                "copy them from where the checkpoint comes from"
            )
        return family.from_pretrained(place, trust_remote_code=False, **options)

    return from_hub(name, wanted, load)


def prepare(processor: Any, image: UInt8[np.ndarray, "H W 3"], options: dict[str, Any]) -> Any:
    """A photo as a checkpoint's processor makes it ready for the network, a batch of one.

    Args:
        processor: Of the checkpoint.
        image: The photo, RGB.
        options: What else the processor takes.

    Raises:
        ValueError: If the photo has no pixel, or is too narrow for the processor.
    """
    height, width, _ = image.shape
    if 0 in (height, width):
        raise ValueError(f"a photo needs at least 1x1 pixels, not {width}x{height}")
    try:
        # As a Pillow image: of an array the library guesses which side holds the channels.
        return processor(images=Image.fromarray(image), return_tensors="pt", **options)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(
            f"the checkpoint's processor cannot prepare a photo of {width}x{height} pixels "
            f"({one_line(error)}); crop or enlarge it"
        ) from error


def numbers(values: "torch.Tensor") -> Float32[np.ndarray, "..."]:
    """A network's answer as an array.

    Raises:
        BackendError: If it holds values that are no numbers.
    """
    array: np.ndarray = values.float().cpu().numpy()
    if not np.isfinite(array).all():
        raise BackendError(
            f"the network's answer holds values that are no numbers in {values.dtype}; load it in float32 or "
            "bfloat16"
        )
    return array


@contextmanager
def _without_loading_bar() -> Iterator[None]:
    """Silence while weights are read from disk: a library does not print. Downloads still show their bar."""
    import huggingface_hub.utils
    from transformers.utils import logging

    downloads: Any = huggingface_hub.utils
    loading: Any = logging
    if not loading.is_progress_bar_enabled() or downloads.are_progress_bars_disabled():
        yield
        return
    loading.disable_progress_bar()  # takes the bars of downloads for its own
    downloads.enable_progress_bars()
    try:
        yield
    finally:
        loading.enable_progress_bar()
