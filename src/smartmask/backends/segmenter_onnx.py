"""The embedded segmenter: one ONNX file with its classes inside, run by ONNX Runtime, no PyTorch.

A photo is shrunk or enlarged until its longer side has the pixels the file's card asks for (512: at that size
the network takes a fraction of a second on two cores, and things are as large as in training), the shorter
side in proportion, both rounded to multiples of 32.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from jaxtyping import UInt8
from PIL import Image

from smartmask.errors import CheckpointError
from smartmask.model.onnx_denoiser import card_values, open_session
from smartmask.scene.layout import Layout
from smartmask.segmentation.panoptic import PanopticOutput, ResolveSettings, resolve_panoptic

FORMAT = "smartmask-segmenter"
FORMAT_VERSION = 1
SIZE_MULTIPLE = 32
INPUT = "image"
OUTPUTS = ("class_logits", "centre_heat", "offsets")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterCard:
    """What a segmenter's file says of itself.

    Attributes:
        format: Always `FORMAT`.
        version: Version of the file's form.
        classes: Names of the classes, in the order of the logits.
        is_thing: Which of them are things.
        longer_side: Pixels to bring a photo's longer side to; a multiple of 32.
        crops: Training crops the network has seen.
        network: Its sizes.
    """

    format: str
    version: int
    classes: tuple[str, ...]
    is_thing: tuple[bool, ...]
    longer_side: int
    crops: int
    network: dict[str, Any]


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
        rows, columns = input_size(height, width, self.card.longer_side)
        # BILINEAR widens its support to shrink, as in training; reducing_gap bounds the cost on a huge photo.
        resized = Image.fromarray(image).resize((columns, rows), Image.Resampling.BILINEAR, reducing_gap=4.0)
        pixels = np.ascontiguousarray(np.asarray(resized).transpose(2, 0, 1))[None]
        logits, heat, offsets = self._session.run(list(OUTPUTS), {INPUT: pixels})
        return PanopticOutput(logits[0], heat[0, 0], offsets[0], self.card.classes, self.card.is_thing)


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
    return SegmenterCard(
        **{**values, "classes": tuple(values["classes"]), "is_thing": tuple(values["is_thing"])}
    )
