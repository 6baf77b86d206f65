"""What `SmartMask.load` gives can be pickled, for worker processes; what is built from parts says why not."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from PIL import ExifTags, Image
from rankers import LargerIsBetter
from segment_parts import Halves
from shapes import rectangle
from shipped import needs_shipped

from smartmask.apps.load import SmartMask
from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 128, 60))),
        Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96))),
    ),
)


def suggested(smartmask: SmartMask, prompt: str = "a dog") -> Suggestion:
    return smartmask.suggest(ROOM, prompt, guidance=Box((40, 40, 90, 90)), n=1, seed=3)[0]


def content(suggestion: Suggestion) -> bytes:
    curves = b"".join(curve.tobytes() for curve in suggestion.outline.curves)
    return curves + suggestion.mask.tobytes() + np.float64(suggestion.score).tobytes()


def small_memory() -> ShapeMemory:
    """Three shapes of a thing that nobody else knows: the shipped dogs by another name."""
    shipped = ShapeMemory.load(WEIGHTS / "memory.npz", SilhouetteCodec.load(WEIGHTS / "codec.npz").digest)
    dogs = shipped.of_numbers(shipped.of_label("dog")[:3])
    shapes = [
        RememberedShape(
            label="zorgle",
            style="photo",
            aspect=float(aspect),
            may_mirror=True,
            source="mine",
            group=f"mine:{number}",
            licence="CC0",
        )
        for number, aspect in enumerate(dogs.aspects)
    ]
    return ShapeMemory.of(shapes, dogs.codes, dogs.codec)


def test_one_built_from_parts_names_what_can_be_pickled(tiny_encoder):
    drawing = field_drawing(Ellipses(), tiny_encoder, RESOLUTION)
    built = SmartMask(SuggestPipeline(drawing, LargerIsBetter()), Halves())
    with pytest.raises(TypeError, match=r"built from parts cannot be pickled; take one from SmartMask\.load"):
        pickle.dumps(built)


@needs_shipped
def test_the_shipped_one_draws_the_same_after_it_was_pickled():
    loaded = SmartMask.load()
    pickled = pickle.dumps(loaded)
    assert len(pickled) < 1000
    assert content(suggested(pickle.loads(pickled))) == content(suggested(loaded))
    assert pickle.dumps(pickle.loads(pickled)) == pickled


@needs_shipped
def test_a_memory_of_ones_own_is_pickled_by_value():
    loaded = SmartMask.load(memory=small_memory())
    found = suggested(pickle.loads(pickle.dumps(loaded)), "a zorgle")
    assert found.origin is not None
    assert found.origin.label == "zorgle"
    assert content(found) == content(suggested(loaded, "a zorgle"))


@needs_shipped
def test_files_are_found_from_another_folder(tmp_path, monkeypatch):
    small_memory().save(tmp_path / "mine.npz")
    monkeypatch.chdir(tmp_path)
    weights = os.path.relpath(WEIGHTS / "generator.onnx", tmp_path)
    loaded = SmartMask.load(weights, memory="mine.npz")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = suggested(pickle.loads(pickle.dumps(loaded)), "a zorgle")
    assert found.origin is not None
    assert found.origin.source == "mine"
    assert content(found) == content(suggested(loaded, "a zorgle"))


@needs_shipped
def test_another_process_draws_the_same(tmp_path):
    loaded = SmartMask.load()
    (tmp_path / "request").write_bytes(pickle.dumps((loaded, ROOM)))
    code = (
        "import pickle, sys; from pathlib import Path; from smartmask import Box\n"
        "smartmask, room = pickle.loads(Path('request').read_bytes())\n"
        "found = smartmask.suggest(room, 'a dog', guidance=Box((40, 40, 90, 90)), n=1, seed=3)[0]\n"
        "Path('answer').write_bytes(pickle.dumps(found))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert content(pickle.loads((tmp_path / "answer").read_bytes())) == content(suggested(loaded))


def test_a_layout_has_a_camera_and_a_photo_one_by_its_exif(tmp_path, tiny_encoder):
    parts = SmartMask(
        SuggestPipeline(field_drawing(Ellipses(), tiny_encoder, RESOLUTION), LargerIsBetter()), Halves()
    )
    known = parts.camera(ROOM, horizon=30.0, focal=100.0)
    assert (known.horizon, known.focal_px) == (pytest.approx(30), pytest.approx(100))
    assert parts.depth(ROOM, known).shape == SIZE_HW
    assert not np.array_equal(parts.depth(ROOM, known), parts.depth(ROOM))
    assert parts.camera(ROOM).horizon < 60  # the floor's border lies below the horizon
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FocalLengthIn35mmFilm] = 35
    Image.new("RGB", SIZE_HW[::-1]).save(tmp_path / "room.jpg", exif=exif)
    found = parts.camera(tmp_path / "room.jpg")
    assert found.focal_px == pytest.approx(35 / 43.27 * np.hypot(*SIZE_HW))
    assert found.size_hw == SIZE_HW
    assert parts.camera(np.zeros((*SIZE_HW, 3), np.uint8)).spread.log_focal > 0
