"""What the tests of `smartmask segment` share: a segmenter of two halves, photos on disk."""

from pathlib import Path

import numpy as np
from PIL import Image

from smartmask.scene.layout import Layer, Layout


class Halves:
    """Sees a wall in the upper half of any photo and a floor in the lower one."""

    def segment(self, image: np.ndarray) -> Layout:
        if image.shape[0] < 2:
            raise ValueError("a photo of one row has no halves")
        upper = np.zeros(image.shape[:2], bool)
        upper[: len(upper) // 2] = True
        return Layout(upper.shape, (Layer("wall", upper), Layer("floor", ~upper)))


def save(path: Path, size_wh: tuple[int, int] = (40, 30), value: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size_wh, (value, 100, 200)).save(path)
    return path


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
