"""Small files in the datasets' own formats, and what a reader makes of them."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from PIL import Image
from shapes import disc, rectangle

from smartmask.data.annotations.base import AnnotatedScene, Problems
from smartmask.data.layered_scene import SceneLayer
from smartmask.scene.rle import decode_rle, encode_rle

SIZE = (48, 64)
DATA = Path(__file__).parents[4] / "shared" / "data"
LARGE = rectangle(SIZE, (4, 4, 60, 44))
SMALL = disc(SIZE, (30, 24), 10)
FAR = rectangle(SIZE, (0, 0, 3, 3))

Read = Callable[[Path, Problems], Iterator[AnnotatedScene]]


def read_all(read: Read, path: Path) -> tuple[list[AnnotatedScene], dict[str, int]]:
    """The scenes, and how often each kind of problem was met."""
    problems = Problems()
    return list(read(path, problems)), dict(problems.counts)


def only_scene(read: Read, path: Path) -> AnnotatedScene:
    """The one scene of a sound file."""
    scenes, problems = read_all(read, path)
    assert (len(scenes), problems) == (1, {})
    return scenes[0]


def summary(scene: AnnotatedScene) -> list[tuple[str, str, bool]]:
    """Label, extent and whether it is a thing, of each object."""
    return [(item.label, item.extent, item.is_thing) for item in scene.objects]


def is_mask(item: SceneLayer, mask: np.ndarray) -> bool:
    """Whether an object's mask is this one; its box and area must agree."""
    expected = SceneLayer.of(item.label, mask, extent=item.extent, is_thing=item.is_thing)
    return (item.counts, item.box_xyxy, item.area_px) == (
        expected.counts,
        expected.box_xyxy,
        expected.area_px,
    )


def undecided(scene: AnnotatedScene) -> np.ndarray:
    """The undecided pixels."""
    assert scene.undecided is not None
    return decode_rle(scene.undecided, scene.size_hw)


def runs(mask: np.ndarray) -> dict:
    """The mask as a COCO file holds it: run lengths in a text."""
    return {"size": list(mask.shape), "counts": encode_rle(mask)}


def plain_runs(mask: np.ndarray) -> dict:
    """The mask as a COCO file holds crowds: run lengths in a list."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [not mask[-1, -1]]])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return {"size": list(mask.shape), "counts": np.diff(np.concatenate([[0], changes])).tolist()}


def polygon(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    """A rectangle as a polygon."""
    return [x0, y0, x1, y0, x1, y1, x0, y1]


def write_json(path: Path, content: object) -> Path:
    """Write a JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def png(values: np.ndarray, mode: str | None = None) -> bytes:
    """A PNG of bytes; `mode` "P" makes them indices of a palette."""
    image = Image.fromarray(values.astype(np.uint8))
    if mode == "P":
        image = Image.frombytes("P", image.size, values.astype(np.uint8).tobytes())
        image.putpalette([value for index in range(256) for value in (index, 255 - index, 7)])
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def write_png(path: Path, values: np.ndarray, mode: str | None = None) -> Path:
    """Write a PNG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(values, mode))
    return path


def write_parquet(folder: Path, rows: list[dict]) -> Path:
    """Write `scenes.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenes.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path
