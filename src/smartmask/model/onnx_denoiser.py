"""The mask model as shipped: one ONNX file with its settings inside, run by ONNX Runtime. No PyTorch."""

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from jaxtyping import Float, Float32

from smartmask.errors import CheckpointError
from smartmask.model.condition import Condition
from smartmask.model.shape_codec import ShapeCodec
from smartmask.model.shape_inputs import ShapeInputs

FORMAT = "smartmask-mask-model"
FORMAT_VERSION = 2
INPUTS = ("noisy", "t", *(field.name for field in fields(ShapeInputs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskModelCard:
    """What a weights file says of itself.

    Attributes:
        format: Always `FORMAT`.
        version: Version of the file's form.
        resolution: R, view pixels along a side.
        text_width: D of the text embeddings it was trained with.
        views: Training views it has seen.
        backbone: Sizes of the network, so that training can go on from it.
    """

    format: str
    version: int
    resolution: int
    text_width: int
    views: int
    backbone: dict[str, Any]


class OnnxDenoiser:
    """A `Branches` denoiser; safe to call from several threads at once."""

    def __init__(self, path: Path, codec: ShapeCodec, threads: int = 1) -> None:
        """Load weights.

        Args:
            path: The ONNX file.
            codec: The shape codec that it was trained with.
            threads: Threads of one call; one, where calls themselves run side by side.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version, holds unknown settings, or
                was trained with a codec of other sizes.
        """
        self._session = open_session(path, threads)
        self.card = read_card(self._session, path)
        if (self.card.resolution, self.card.backbone["components"]) != (codec.resolution, *codec.shape):
            found = f"{self.card.backbone['components']} numbers at {self.card.resolution} px"
            raise CheckpointError(
                f"{path}: draws shapes of {found}, this release's codec has {codec.shape[0]} at "
                f"{codec.resolution}; train it again"
            )
        # A sampler asks for the same conditions at each of its steps.
        self._inputs = lru_cache(maxsize=32)(lambda condition: ShapeInputs.of(condition, codec).arrays())

    def __call__(
        self, x: Float[np.ndarray, "n K"], t: float, conditions: tuple[Condition, ...]
    ) -> tuple[Float32[np.ndarray, "n K"], ...]:
        """The clean estimates of noisy shapes, under each condition."""
        given = {"noisy": x.astype(np.float32), "t": np.array([t], np.float32)}
        return tuple(
            self._session.run(["clean"], given | self._inputs(condition))[0] for condition in conditions
        )


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on the CPU.

    Raises:
        CheckpointError: If the file is missing or damaged.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such weights file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises a dozen kinds for damaged files
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path}: damaged or not an ONNX file ({reason}); fetch it again") from error


def card_of(path: Path) -> MaskModelCard:
    """The card in a weights file that is not open.

    Raises:
        CheckpointError: If the file is missing or damaged, or as `read_card` says.
    """
    return read_card(open_session(path, threads=1), path)


def read_card(session: onnxruntime.InferenceSession, path: Path) -> MaskModelCard:
    """The card in a weights file.

    Raises:
        CheckpointError: If there is none, it is of another version, or holds unknown settings.
    """
    values = card_values(session, path, FORMAT, FORMAT_VERSION, "mask model", MaskModelCard)
    names = tuple(entry.name for entry in session.get_inputs())
    if names != INPUTS:
        raise CheckpointError(f"{path}: takes inputs {names}, expected {INPUTS}")
    return MaskModelCard(**values)


def card_values(
    session: onnxruntime.InferenceSession,
    path: Path,
    format_name: str,
    version: int,
    what: str,
    card: type[Any],
) -> dict[str, Any]:
    """The values of the card in an ONNX file of ours, by name.

    Args:
        session: The open file.
        path: The file, for messages.
        format_name: What its format must be.
        version: What its version must be.
        what: What the file is to hold ("mask model").
        card: The dataclass whose fields are the card's settings.

    Raises:
        CheckpointError: If there is no card, it is of another format or version, or has other settings.
    """
    try:
        values = json.loads(session.get_modelmeta().custom_metadata_map.get("smartmask") or "")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: an ONNX file, but not a smartmask {what} (no card inside)")
    if values.get("format") != format_name or values.get("version") != version:
        found = f"{values.get('format')!r} version {values.get('version')!r}"
        raise CheckpointError(f"{path}: is {found}; this release reads {format_name!r} version {version}")
    wrong = sorted({field.name for field in fields(card)}.symmetric_difference(values))
    if wrong:
        raise CheckpointError(f"{path}: its card has unknown or missing settings: {', '.join(wrong)}")
    return values
