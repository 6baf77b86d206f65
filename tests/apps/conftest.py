"""The object behind the commands, a photo, and a command line that is run in this process."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import segment_parts
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from PIL import Image
from rankers import LargerIsBetter
from shipped import REASON, is_shipped

from smartmask import weights
from smartmask.apps import load, segmenters
from smartmask.apps.cli.main import main
from smartmask.apps.cli.segmenting import files as segment_files
from smartmask.apps.drawing import draw_layout
from smartmask.apps.load import SmartMask
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import Segmenter
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (72, 96)


class Halves:
    """Sees a wall in the upper half of any photo and a floor in the lower one."""

    def segment(self, image: np.ndarray) -> Layout:
        upper = np.zeros(image.shape[:2], bool)
        upper[: len(upper) // 2] = True
        return Layout(upper.shape, (Layer("wall", upper), Layer("floor", ~upper)))


@pytest.fixture(params=["closed form", "shipped weights"])
def smartmask_parts(request, monkeypatch, tmp_path, tiny_encoder) -> SmartMask:
    """What the commands load: the pipelines round a closed-form denoiser, then the shipped ones."""
    if request.param == "shipped weights":
        if not is_shipped:
            pytest.skip(REASON)
        return SmartMask.load()
    parts = SmartMask(
        SuggestPipeline(field_drawing(Ellipses(), tiny_encoder, RESOLUTION), LargerIsBetter()),
        Halves(),
    )
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "generator.onnx").write_bytes(b"closed form")
    for module in (load, weights):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(
        SmartMask, "load", staticmethod(lambda weights=None, device="cpu", memory=None: parts)
    )
    return parts


@pytest.fixture
def no_models(monkeypatch) -> None:
    """Fails the test if a command loads the models: all input is checked before."""

    def refuse(weights: Path | None = None, device: str = "cpu", memory: Path | None = None) -> SmartMask:
        pytest.fail("the models were loaded before the input was checked")

    monkeypatch.setattr(SmartMask, "load", staticmethod(refuse))


class Run(NamedTuple):
    """How a command line ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, monkeypatch, tmp_path) -> Callable[..., Run]:
    """Runs `smartmask ...` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Run:
        code = main([str(argument) for argument in arguments])
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def photo(tmp_path) -> Path:
    """A small photo on disk."""
    pixels = np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3), np.uint8)
    pixels[:36] //= 2
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def halves(monkeypatch) -> list[tuple[Any, ...]]:
    """What the command loads sees halves; the list holds what was asked for."""
    asked: list[tuple[Any, ...]] = []

    def load(*arguments: Any, **options: Any) -> Segmenter:
        asked.append((*arguments, options))
        return segment_parts.Halves()

    monkeypatch.setattr(segmenters, "load_segmenter", load)
    return asked


@pytest.fixture
def small_overlays(monkeypatch) -> None:
    """Overlays of 64 pixels instead of 1200, which saves a quarter of a second for each."""
    monkeypatch.setattr(segment_files, "draw_layout", partial(draw_layout, longest_px=64))
