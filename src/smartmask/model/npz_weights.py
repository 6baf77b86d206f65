"""Weights files of the small networks in NumPy: arrays, and a card in JSON that says what they are."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from smartmask.errors import CheckpointError
from smartmask.files import read_arrays

Weights = dict[str, Float32[np.ndarray, "..."]]


def read_npz_weights(
    path: Path, format_name: str, version: int, card_type: type[Any], what: str
) -> tuple[dict[str, Any], dict[str, Float32[np.ndarray, "..."]]]:
    """The card and the arrays of a weights file.

    Args:
        path: The file.
        format_name: What its card must call itself.
        version: The version that this release reads.
        card_type: The dataclass whose fields the card holds, beside format and version.
        what: What it is, for messages; `smartmask train WHAT` trains one.

    Raises:
        CheckpointError: If the file is missing, damaged, of another version, or holds unknown settings.
    """
    try:
        arrays = read_arrays(path)
        card = json.loads(arrays.pop("card").tobytes().decode())
        arrays = {name: value.astype(np.float32) for name, value in arrays.items()}
    except MemoryError:
        raise
    except Exception as error:
        raise CheckpointError(f"{path}: missing or damaged {what} weights ({error})") from error
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != (format_name, version):
        raise CheckpointError(
            f"{path}: is not a {format_name} file of version {version!r}; train one with "
            f"`smartmask train {what}`"
        )
    known = {field.name for field in fields(card_type)} | {"format", "version"}
    if wrong := sorted(set(card) ^ known):
        raise CheckpointError(f"{path}: its card has unknown or missing settings: {', '.join(wrong)}")
    return card, arrays


def fitting_weights(weights: Weights, shapes: Mapping[str, tuple[int, ...]]) -> Weights:
    """Weights in float32, if they are those that a network has.

    Args:
        weights: Each parameter by its name.
        shapes: The shape of each that there must be.

    Raises:
        ValueError: If one is missing, unknown, of another shape, or not finite.
    """
    if wrong := sorted(set(shapes) ^ set(weights)):
        raise ValueError(f"weights missing or unknown: {', '.join(wrong[:4])}")
    for name, shape in shapes.items():
        if weights[name].shape != shape:
            raise ValueError(f"weight {name} is {weights[name].shape}, not {shape}")
        if not np.isfinite(weights[name]).all():
            raise ValueError(f"weight {name} holds numbers that are not finite")
    return {name: np.asarray(value, np.float32) for name, value in weights.items()}


def root_mean_square_norm(
    x: Float32[np.ndarray, "*T D"], gain: Float32[np.ndarray, " D"]
) -> Float32[np.ndarray, "*T D"]:
    """Rows of mean square 1, times a gain."""
    return np.asarray(x * gain / np.sqrt(np.mean(x * x, -1, keepdims=True) + 1e-6), np.float32)


def silu(x: Float32[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """x sigmoid(x)."""
    return np.asarray(x / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)
