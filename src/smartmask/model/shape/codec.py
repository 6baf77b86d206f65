"""The learned shape codec as shipped: a field of a frame <-> `CODE_BYTES` bytes. ONNX Runtime and NumPy
alone.

    encode   field (128 x 128) -> 8 x 8 cells of 8 numbers, each rounded to one of 16 levels, two to a byte
    decode   back to the field, crisp enough to be enlarged
    sketch   a code's field at 32 x 32, by two matrix products: what compares hundreds of shapes at a time

One file holds all three and a card: `training/shape/export.py` writes it.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import onnxruntime
from jaxtyping import Float, Float32, UInt8

from smartmask.errors import CheckpointError
from smartmask.files import read_arrays
from smartmask.model.shape.frame import (
    CELLS,
    CHANNELS,
    CODE_BYTES,
    FRAME_PX,
    LEVELS,
    MARGIN_PX,
    REACH_PX,
    numbers,
)

FORMAT = "smartmask-silhouette-codec"
FORMAT_VERSION = 1
SKETCH_PX = 32
ARRAYS = (
    "card",
    "encoder",
    "decoder",
    "first",
    "first_scale",
    "first_bias",
    "second",
    "second_scale",
    "second_bias",
)
_BATCH = 16
"""Shapes of one call: more would take memory without being quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilhouetteCodecCard:
    """What a codec's file says of itself.

    Attributes:
        format: Always `FORMAT`.
        version: Version of the file's form.
        frame_px: Side of the frame.
        margin_px: What of it the box leaves free at each side.
        reach_px: Distance at which fields are clipped.
        views: Training views it has seen.
        licence: Of the weights.
    """

    format: str
    version: int
    frame_px: int
    margin_px: int
    reach_px: float
    views: int
    licence: str


class SilhouetteCodec:
    """A `ShapeCoder`; safe to call from several threads at once."""

    def __init__(self, card: SilhouetteCodecCard, arrays: dict[str, np.ndarray], threads: int = 1) -> None:
        """Take a file's content; `load` reads it."""
        self.card = card
        self._arrays, self._threads = arrays, threads
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._lock = Lock()
        self._first = arrays["first"] * arrays["first_scale"]
        self._second = arrays["second"] * arrays["second_scale"]
        self.digest = hashlib.sha256(arrays["decoder"].tobytes()).hexdigest()[:16]
        """Tells codecs apart: codes of one mean nothing to another."""

    @staticmethod
    def load(path: Path, threads: int = 1) -> "SilhouetteCodec":
        """Read a codec.

        Args:
            path: The file.
            threads: Threads of one call.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version, or was made for another
                frame.
        """
        try:
            arrays = read_arrays(path, ARRAYS)
            values: dict[str, Any] = json.loads(arrays.pop("card").tobytes().decode())
            card = SilhouetteCodecCard(**values)
        except MemoryError:
            raise
        except Exception as error:
            raise CheckpointError(
                f"{path}: missing or damaged shape codec ({error}); fetch it again"
            ) from error
        expected = (FORMAT, FORMAT_VERSION, FRAME_PX, MARGIN_PX, REACH_PX)
        found = tuple(getattr(card, field.name) for field in fields(card))[:5]
        if found != expected:
            raise CheckpointError(f"{path}: is {found}, this release reads {expected}; fetch the file of it")
        try:
            return SilhouetteCodec(card, arrays, threads)
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"{path}: its arrays do not fit together ({error})") from error

    def encode(self, field: Float[np.ndarray, "n F F"]) -> UInt8[np.ndarray, "n bytes"]:
        """The codes of fields."""
        parts = [
            self._session("encoder").run(["code"], {"field": part[:, None].astype(np.float32)})[0]
            for part in _batches(field)
        ]
        half = (LEVELS - 1) / 2
        code = np.concatenate(parts) if parts else np.zeros((0, CHANNELS, CELLS, CELLS))
        levels = np.clip(np.round((code + 1) * half), 0, LEVELS - 1).astype(np.uint8)
        levels = levels.reshape(len(field), 2 * CODE_BYTES)
        return levels[:, ::2] << 4 | levels[:, 1::2]

    def decode(self, codes: UInt8[np.ndarray, "n bytes"]) -> Float32[np.ndarray, "n F F"]:
        """The fields of codes."""
        parts = [
            self._session("decoder").run(["field"], {"code": numbers(part)})[0][:, 0]
            for part in _batches(codes)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, FRAME_PX, FRAME_PX), np.float32)

    def sketch(self, codes: UInt8[np.ndarray, "n bytes"]) -> Float32[np.ndarray, "n S S"]:
        """Small fields of codes, coarser than those decoded."""
        hidden = numbers(codes).reshape(len(codes), 2 * CODE_BYTES) @ self._first + self._arrays["first_bias"]
        hidden = hidden / (1 + np.exp(-np.clip(hidden, -30, 30)))
        small = hidden @ self._second + self._arrays["second_bias"]
        return np.asarray(small.reshape(-1, SKETCH_PX, SKETCH_PX), np.float32)

    def _session(self, name: str) -> onnxruntime.InferenceSession:
        """A network of the file, opened when it is first used: most users never encode."""
        with self._lock:
            if name not in self._sessions:
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = self._threads
                options.inter_op_num_threads = 1
                options.log_severity_level = 3
                self._sessions[name] = onnxruntime.InferenceSession(
                    self._arrays[name].tobytes(), options, providers=["CPUExecutionProvider"]
                )
            return self._sessions[name]


def _batches(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
