"""How small networks are shipped: a card in JSON, and arrays in half precision, in one compressed file."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from smartmask.data.atomic import write_files
from smartmask.model.npz_weights import Weights


def write_npz(
    path: Path, format_name: str, version: int, card: Any, weights: Mapping[str, np.ndarray]
) -> Weights:
    """Write a weights file, as `read_npz_weights` reads it.

    Args:
        path: Where to; replaced only when complete.
        format_name: What the file calls itself.
        version: Version of its form.
        card: A dataclass of what it says of itself.
        weights: Each parameter by its name.

    Returns:
        The weights as they will be read.

    Raises:
        OSError: If the file cannot be written.
    """
    header = json.dumps({"format": format_name, "version": version, **asdict(card)}).encode()
    halves: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    content = io.BytesIO()
    np.savez_compressed(content, card=np.frombuffer(header, np.uint8), **halves)
    write_files({path: content.getvalue()})
    return {name: value.astype(np.float32) for name, value in halves.items()}
