"""Pictures written as PNG files, whole or not at all."""

from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8

from smartmask.arguments import path_of
from smartmask.data.atomic import write_files
from smartmask.scene.picture import png_bytes


def write_png(
    path: Path | str,
    values: UInt8[np.ndarray, "H W *C"] | Bool[np.ndarray, "H W"],
    profile: bytes | None = None,
) -> None:
    """Write a grey (H, W), RGB or RGBA picture; a bool one is written as 0 and 255.

    Args:
        path: Where it goes, in place of a file of that name; its folder must exist.
        values: The picture.
        profile: The ICC profile of its colours; None = it gets none.

    Raises:
        ValueError: If the name does not end in .png.
        OSError: If it cannot be written.
    """
    path = path_of("path", path)
    if path.suffix.lower() != ".png":
        raise ValueError(f"{path}: pictures are written as PNG; give a name that ends in .png")
    write_files({path: png_bytes(values, profile)})
