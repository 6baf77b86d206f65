"""Files that tests of `smartmask suggest` write and read."""

from pathlib import Path

import numpy as np
from PIL import Image

from smartmask.data.layout_files import write_layout
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (72, 96)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "L"
        return np.asarray(image)


def layout_file(path: Path, size_hw: tuple[int, int] = SIZE_HW, layers: int = 1) -> Path:
    write_layout(path, Layout(size_hw, (Layer("wall", np.ones(size_hw, bool)),) * layers))
    return path


def drawing(path: Path, size_hw: tuple[int, int] = SIZE_HW, value: int = 255) -> Path:
    pixels = np.zeros(size_hw, np.uint8)
    pixels[20:50, 30:60] = value
    Image.fromarray(pixels).save(path)
    return path
