"""The shape generator as shipped: one ONNX file with its settings inside, run by ONNX Runtime. No PyTorch.

noise -> a few steps of the flow, each estimate shown to the next -> codes of the shape codec and places
"""

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from smartmask.errors import CheckpointError
from smartmask.model.diffusion.schedule import sampling_times
from smartmask.model.mask.generator_inputs import (
    CODE_NUMBERS,
    PLACE_UNIT,
    GeneratorInputs,
)
from smartmask.model.shape.frame import CELLS, LEVELS

FORMAT = "smartmask-shape-generator"
FORMAT_VERSION = 1
INPUTS = ("noisy", "t", "previous", *(field.name for field in fields(GeneratorInputs)))
STEPS, SHIFT = 8, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorCard:
    """What a weights file says of itself.

    Attributes:
        format: Always `FORMAT`.
        version: Version of the file's form.
        codec: Digest of the shape codec whose codes it draws.
        mean: Of each channel of a code, over the training shapes.
        deviation: Likewise.
        views: Training views it has seen.
        network: Sizes of the network.
        unseen: Last words of labels of which it has learnt nothing.
        licence: Of the weights.
    """

    format: str
    version: int
    codec: str
    mean: list[float]
    deviation: list[float]
    views: int
    network: dict[str, Any]
    unseen: list[str]
    licence: str


@dataclass(frozen=True, slots=True, eq=False)
class DrawnShapes:
    """Shapes that the generator drew.

    Attributes:
        codes: The codec's.
        places: How far each object's box lies from the hint's at its left, top, right and bottom, in sides of
            the hint's box.
    """

    codes: UInt8[np.ndarray, "n bytes"]
    places: Float32[np.ndarray, "n 4"]


@dataclass(frozen=True, slots=True, eq=False)
class Begin:
    """Where on the flow drawing begins.

    Attributes:
        samples: At deviation 1, as they are to be without the noise.
        time: How much of them is noise, in (0, 1].
    """

    samples: Float32[np.ndarray, "n N"]
    time: float


class ShapeGenerator:
    """Draws codes of shapes; safe to call from several threads at once."""

    def __init__(self, path: Path, codec_digest: str, threads: int = 1) -> None:
        """Load weights.

        Args:
            path: The ONNX file.
            codec_digest: Of the codec that is to decode what it draws.
            threads: Threads of one call.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version, holds unknown settings, or
                draws codes of another codec.
        """
        # Imported here: who only asks for help need not wait for ONNX Runtime.
        from smartmask.model.onnx_file import open_session

        self._session = open_session(path, threads)
        self.card = _read_card(self._session, path)
        if self.card.codec != codec_digest:
            raise CheckpointError(
                f"{path}: draws codes of codec {self.card.codec}, here is {codec_digest}; fetch both of one "
                "release"
            )
        cells = CELLS**2
        self._mean = np.repeat(np.array(self.card.mean, np.float32), cells)
        self._deviation = np.repeat(np.array(self.card.deviation, np.float32), cells)

    def draw(
        self,
        inputs: GeneratorInputs,
        noise: Float32[np.ndarray, "n N"],
        *,
        strength: float,
        steps: int = STEPS,
        begin: Begin | None = None,
    ) -> DrawnShapes:
        """Shapes under one condition, each with neighbours of its own; they depend on the arguments alone.

        Args:
            inputs: The condition.
            noise: Of deviation 1.
            strength: Of the words and the neighbours, by guidance away from what would be drawn without them;
                1 = as told, at half the cost.
            steps: Of the flow from time 1.
            begin: Samples to go on from; None = from noise alone.
        """
        conditional = inputs.arrays()
        wordless = replace(
            inputs, text=np.zeros_like(inputs.text), neighbours=np.zeros_like(inputs.neighbours)
        ).arrays()
        x = noise.astype(np.float32)
        previous = np.zeros_like(x)
        times = sampling_times(steps, SHIFT)
        if begin is not None:
            x = (1 - np.float32(begin.time)) * begin.samples + np.float32(begin.time) * x
            times = np.concatenate([[begin.time], times[times < begin.time]])
        for t, after in pairwise(times):
            given = {"noisy": x, "t": np.array([t], np.float32), "previous": previous}
            clean = self._session.run(["clean"], given | conditional)[0]
            if strength != 1.0:
                free = self._session.run(["clean"], given | wordless)[0]
                clean = free + np.float32(strength) * (clean - free)
            previous = clean
            x = (x + np.float32((after - t) / t) * (x - clean)).astype(np.float32)
        return DrawnShapes(self.packed(x[:, :CODE_NUMBERS]), x[:, CODE_NUMBERS:] * np.float32(PLACE_UNIT))

    def normal(self, codes: UInt8[np.ndarray, "n bytes"]) -> Float32[np.ndarray, "n N"]:
        """Codes at deviation 1, as the network reads them."""
        levels = np.stack([codes >> 4, codes & 15], 2).reshape(len(codes), 2 * codes.shape[1])
        return (levels * np.float32(2 / (LEVELS - 1)) - 1 - self._mean) / self._deviation

    def packed(self, values: Float32[np.ndarray, "n N"]) -> UInt8[np.ndarray, "n bytes"]:
        """The nearest codes."""
        steps = np.round((values * self._deviation + self._mean + 1) * ((LEVELS - 1) / 2))
        levels = np.clip(steps, 0, LEVELS - 1).astype(np.uint8)
        return levels[:, ::2] << 4 | levels[:, 1::2]


def _read_card(session: Any, path: Path) -> GeneratorCard:
    from smartmask.model.onnx_file import card_values

    values = card_values(session, path, FORMAT, FORMAT_VERSION, "shape generator", GeneratorCard)
    names = tuple(entry.name for entry in session.get_inputs())
    if names != INPUTS:
        raise CheckpointError(f"{path}: takes inputs {names}, expected {INPUTS}")
    return GeneratorCard(**values)
