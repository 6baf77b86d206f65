"""What the tests of `smartmask segment` share: a segmenter of two halves, small overlays, photos on disk."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from smartmask.apps import segmenters
from smartmask.apps.cli import segment_files
from smartmask.apps.drawing import draw_layout
from smartmask.protocols import Segmenter
from smartmask.scene.layout import Layer, Layout


class Halves:
    """Sees a wall in the upper half of any photo and a floor in the lower one."""

    def segment(self, image: np.ndarray) -> Layout:
        if image.shape[0] < 2:
            raise ValueError("a photo of one row has no halves")
        upper = np.zeros(image.shape[:2], bool)
        upper[: len(upper) // 2] = True
        return Layout(upper.shape, (Layer("wall", upper), Layer("floor", ~upper)))


@pytest.fixture
def halves(monkeypatch) -> list[tuple[Any, ...]]:
    """What the command loads sees halves; the list holds what was asked for."""
    asked: list[tuple[Any, ...]] = []

    def load(*arguments: Any, **options: Any) -> Segmenter:
        asked.append((*arguments, options))
        return Halves()

    monkeypatch.setattr(segmenters, "load_segmenter", load)
    return asked


@pytest.fixture
def small_overlays(monkeypatch) -> None:
    """Overlays of 64 pixels instead of 1200, which saves a quarter of a second for each."""
    monkeypatch.setattr(segment_files, "draw_layout", partial(draw_layout, longest_px=64))


def save(path: Path, size_wh: tuple[int, int] = (40, 30), value: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size_wh, (value, 100, 200)).save(path)
    return path


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
