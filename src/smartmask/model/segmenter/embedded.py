"""The embedded segmenter: one ONNX file with its classes inside, run by ONNX Runtime, no PyTorch.

A photo is shrunk or enlarged until its longer side has the pixels the file's card asks for, the shorter side
in proportion, both rounded to multiples of 32. The card may ask for several sizes (512, at which things are
as large as in training, and 384, at which more of a large thing is seen at once): what the network says is
then averaged on the grid of the first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from jaxtyping import Float32, UInt8
from PIL import Image

from smartmask.errors import CheckpointError
from smartmask.model.onnx_file import card_values, open_session
from smartmask.scene.layout import Layout
from smartmask.segmentation.panoptic import (
    PanopticOutput,
    ResolveSettings,
    linear_taps,
    resolve_panoptic,
)

FORMAT = "smartmask-segmenter"
FORMAT_VERSION = 2
SIZE_MULTIPLE = 32
INPUT = "image"
OUTPUTS = ("class_logits", "centre_heat", "offsets")
_Maps = tuple[Float32[np.ndarray, "_ _ _"], Float32[np.ndarray, "_ _"], Float32[np.ndarray, "2 _ _"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterCard:
    """What a segmenter's file says of itself.

    Attributes:
        format: Always `FORMAT`.
        version: Version of the file's form.
        classes: Names of the classes, in the order of the logits.
        is_thing: Which of them are things.
        longer_sides: Pixels to bring a photo's longer side to; multiples of 32, finest first.
        crops: Training crops the network has seen.
        network: Its sizes.
        licence: Of the weights; files written before it was kept have none.
    """

    format: str
    version: int
    classes: tuple[str, ...]
    is_thing: tuple[bool, ...]
    longer_sides: tuple[int, ...]
    crops: int
    network: dict[str, Any]
    licence: str = ""


class EmbeddedSegmenter:
    """A `Segmenter` from a file that our training wrote; safe to call from several threads at once."""

    def __init__(self, path: Path, threads: int = 2, settings: ResolveSettings | None = None) -> None:
        """Load weights.

        Args:
            path: The ONNX file.
            threads: Threads of one call.
            settings: What to leave out of a layout; None = the defaults.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
        """
        self._session = open_session(path, threads)
        self._settings = settings
        self.card = read_card(self._session, path)

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout that is seen in an RGB photo, of the photo's own size.

        Raises:
            ValueError: If the photo has no pixel.
        """
        height, width, _ = image.shape
        return resolve_panoptic(self.raw(image), (height, width), self._settings)

    def raw(self, image: UInt8[np.ndarray, "H W 3"]) -> PanopticOutput:
        """What the network says about a photo, before it is resolved into segments.

        Raises:
            ValueError: If the photo has no pixel.
        """
        height, width, _ = image.shape
        if 0 in (height, width):
            raise ValueError(f"a photo needs at least 1x1 pixels, not {width}x{height}")
        first, *others = (self._maps(image, longer_side) for longer_side in self.card.longer_sides)
        maps = [first, *(_enlarged(found, first[1].shape) for found in others)]
        logits, heat, offsets = (
            sum(parts[1:], start=parts[0]) / len(maps) for parts in zip(*maps, strict=True)
        )
        return PanopticOutput(logits, heat, offsets, self.card.classes, self.card.is_thing)

    def _maps(self, image: UInt8[np.ndarray, "H W 3"], longer_side: int) -> _Maps:
        """Class logits, heat and offsets of a photo seen at one size."""
        height, width, _ = image.shape
        rows, columns = input_size(height, width, longer_side)
        # BILINEAR widens its support to shrink, as in training; reducing_gap bounds the cost on a huge photo.
        resized = Image.fromarray(image).resize((columns, rows), Image.Resampling.BILINEAR, reducing_gap=4.0)
        pixels = np.ascontiguousarray(np.asarray(resized).transpose(2, 0, 1))[None]
        logits, heat, offsets = self._session.run(list(OUTPUTS), {INPUT: pixels})
        return logits[0], heat[0, 0], offsets[0]


def _enlarged(maps: _Maps, size_hw: tuple[int, int]) -> _Maps:
    """Maps on another grid, offsets in its cells."""
    logits, heat, offsets = maps
    stretch = (np.array(size_hw, np.float32) / np.array(heat.shape, np.float32))[:, None, None]
    return resized(logits, size_hw), resized(heat[None], size_hw)[0], stretch * resized(offsets, size_hw)


def resized(values: Float32[np.ndarray, "C h w"], size_hw: tuple[int, int]) -> Float32[np.ndarray, "C H W"]:
    """Values between the middles of cells, linearly; beyond the outermost ones as there."""
    (y0, y1, down), (x0, x1, across) = (
        linear_taps(np.arange(wanted), wanted, found)
        for wanted, found in zip(size_hw, values.shape[1:], strict=True)
    )
    upper, lower = values[:, y0], values[:, y1]
    tall = upper + down[:, None] * (lower - upper)
    left, right = tall[:, :, x0], tall[:, :, x1]
    result: np.ndarray = left + across * (right - left)
    return result


def input_size(height: int, width: int, longer_side: int) -> tuple[int, int]:
    """Height and width at which a photo is shown to the network.

    >>> input_size(480, 640, 512), input_size(1, 5000, 512)
    ((384, 512), (32, 512))
    """
    scale = longer_side / max(height, width) / SIZE_MULTIPLE
    return SIZE_MULTIPLE * max(1, round(height * scale)), SIZE_MULTIPLE * max(1, round(width * scale))


def read_card(session: onnxruntime.InferenceSession, path: Path) -> SegmenterCard:
    """The card in a segmenter's file.

    Raises:
        CheckpointError: If there is none, it is of another version, or holds unknown settings.
    """
    values = card_values(session, path, FORMAT, FORMAT_VERSION, "segmenter", SegmenterCard)
    names = tuple(entry.name for entry in (*session.get_inputs(), *session.get_outputs()))
    if names != (INPUT, *OUTPUTS):
        raise CheckpointError(f"{path}: has inputs and outputs {names}, expected {(INPUT, *OUTPUTS)}")
    count = session.get_outputs()[0].shape[1]
    if not len(values["classes"]) == len(values["is_thing"]) == count:
        raise CheckpointError(
            f"{path}: has {count} class logits, but its card names {len(values['classes'])} classes "
            f"and {len(values['is_thing'])} thing flags"
        )
    sides = values["longer_sides"]
    if not sides or not all(type(side) is int and side > 0 and side % SIZE_MULTIPLE == 0 for side in sides):
        raise CheckpointError(f"{path}: longer_sides must be multiples of {SIZE_MULTIPLE}, not {sides}")
    lists = {name: tuple(values[name]) for name in ("classes", "is_thing", "longer_sides")}
    return SegmenterCard(**values | lists)
