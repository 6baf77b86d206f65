"""Datasets of layered scenes on disk, in shards that appear whole or not at all.

    DATASET/dataset.json             format, version, what made it, scenes a shard
    DATASET/shard-000000.parquet     a row a scene, its layers as a nested list, zstd

A dataset is valid at any moment: shards that are there count, others are yet to be made. A shard's bytes
follow from its scenes alone, so a build that was killed and continued equals one that was not.
"""

import io
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from smartmask.data.layered_scene import LayeredScene, SceneLayer, Split, split_of
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import AnnotationError
from smartmask.files import check_regular, read_regular

FORMAT = "smartmask-scenes"
FORMAT_VERSION = 1
SPEC_FILE = "dataset.json"
_SHARD = re.compile(r"shard-(\d{6,})\.parquet")
_LAYER = pa.struct(
    [
        ("label", pa.string()),
        ("counts", pa.string()),
        ("x0", pa.int32()),
        ("y0", pa.int32()),
        ("x1", pa.int32()),
        ("y1", pa.int32()),
        ("area_px", pa.int32()),
        ("is_amodal", pa.bool_()),
        ("is_thing", pa.bool_()),
        ("texts", pa.list_(pa.string())),
    ]
)
_SCENE = pa.schema(
    [
        ("key", pa.string()),
        ("group", pa.string()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("is_exact", pa.bool_()),
        ("texts", pa.list_(pa.string())),
        ("undecided", pa.string()),
        ("layers", pa.list_(_LAYER)),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec:
    """What made a dataset; a build continues only under the spec that it began with.

    Attributes:
        source: Who made the scenes: a format that was read, or a generator.
        settings: All that decides which scenes it makes, as JSON values.
        scenes_per_shard: Scenes in each shard but the last.
    """

    source: str
    settings: dict[str, Any] = field(default_factory=dict)
    scenes_per_shard: int

    def __post_init__(self) -> None:
        if self.scenes_per_shard < 1:
            raise ValueError(f"scenes_per_shard must be at least 1, not {self.scenes_per_shard}")


@dataclass(frozen=True, slots=True)
class SceneDataset:
    """A dataset on disk as it was when opened.

    Attributes:
        folder: Where it lies.
        spec: What made it.
        shards: The numbers of its whole shards, ascending.
    """

    folder: Path
    spec: DatasetSpec
    shards: tuple[int, ...]

    @staticmethod
    def open(folder: Path) -> "SceneDataset":
        """The dataset in a folder, with the shards that are whole by now.

        Raises:
            AnnotationError: If the folder holds no dataset, a damaged one, or one of another version.
        """
        return SceneDataset(folder, read_spec(folder), tuple(whole_shards(folder)))

    def read_shard(self, number: int, *, with_masks: bool = True) -> list[LayeredScene]:
        """The scenes of a shard.

        Args:
            number: One of `shards`.
            with_masks: Whether the masks are read, which are most of the file; else each `counts` is "".

        Raises:
            AnnotationError: If the file is missing or damaged.
        """
        return read_shard(self.folder / shard_name(number), with_masks=with_masks)

    def scene_count(self) -> int:
        """The scenes of all shards, from the files' footers.

        Raises:
            AnnotationError: If a file is missing or damaged.
        """
        return sum(_rows(self.folder / shard_name(number)) for number in self.shards)

    def size_bytes(self) -> int:
        """What the shards take on disk.

        Raises:
            OSError: If a file is missing.
        """
        return sum((self.folder / shard_name(number)).stat().st_size for number in self.shards)

    def __iter__(self) -> Iterator[LayeredScene]:
        """All scenes in the order they were written, a shard in memory at a time.

        Raises:
            AnnotationError: If a file is missing or damaged.
        """
        for number in self.shards:
            yield from self.read_shard(number)

    def of_split(self, split: Split, *, with_masks: bool = True) -> Iterator[LayeredScene]:
        """The scenes of one split, in order; without masks each `counts` is "".

        Raises:
            AnnotationError: If a file is missing or damaged.
        """
        for number in self.shards:
            for scene in self.read_shard(number, with_masks=with_masks):
                if split_of(scene.group) == split:
                    yield scene


def shard_name(number: int) -> str:
    """The file name of a shard.

    >>> shard_name(7)
    'shard-000007.parquet'
    """
    return f"shard-{number:06d}.parquet"


def whole_shards(folder: Path) -> list[int]:
    """The numbers of the shards that are whole, ascending."""
    found = (_SHARD.fullmatch(path.name) for path in folder.iterdir())
    return sorted(int(match[1]) for match in found if match)


def read_spec(folder: Path) -> DatasetSpec:
    """What made the dataset in a folder.

    Raises:
        AnnotationError: If the folder holds no dataset, a damaged one, or one of another version.
    """
    path = folder / SPEC_FILE
    try:
        text = read_regular(path).decode("utf-8")
    except FileNotFoundError as error:
        raise AnnotationError(
            f"{path}: no such file; give the folder of a dataset that `smartmask data` made"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise AnnotationError(
            f"{path}: cannot be read ({reason}); give the folder of a dataset that `smartmask data` made"
        ) from error
    try:
        found = json.loads(text)
        name, version = found["format"], found["version"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise AnnotationError(
            f"{path}: is not the description of a dataset ({_fault(error)}); make the dataset again in a "
            "new folder"
        ) from error
    if (name, version) != (FORMAT, FORMAT_VERSION):
        raise AnnotationError(
            f"{path}: holds {name!r} version {version!r}; this release reads {FORMAT!r} version "
            f"{FORMAT_VERSION}; make the dataset again"
        )
    try:
        return DatasetSpec(
            source=str(found["source"]),
            settings=dict(found["settings"]),
            scenes_per_shard=int(found["scenes_per_shard"]),
        )
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise AnnotationError(
            f"{path}: is not the description of a dataset ({_fault(error)}); make the dataset again in a "
            "new folder"
        ) from error


def write_spec(folder: Path, spec: DatasetSpec) -> None:
    """Write `dataset.json`, which makes the folder a dataset without shards.

    Raises:
        OSError: If it cannot be written.
    """
    content = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "source": spec.source,
        "settings": spec.settings,
        "scenes_per_shard": spec.scenes_per_shard,
    }
    _write_whole(folder / SPEC_FILE, (json.dumps(content, indent=1) + "\n").encode())


def write_shard(path: Path, scenes: Iterable[LayeredScene]) -> int:
    """Write scenes as a shard, whole or not at all, and return how many there are.

    Raises:
        OSError: If the file cannot be written.
    """
    rows = [_record(scene) for scene in scenes]
    buffer = io.BytesIO()
    parquet.write_table(
        pa.Table.from_pylist(rows, _SCENE),
        buffer,
        compression="zstd",
        compression_level=9,
        row_group_size=max(1, len(rows)),
    )
    _write_whole(path, buffer.getvalue())
    return len(rows)


def read_shard(path: Path, *, with_masks: bool = True) -> list[LayeredScene]:
    """The scenes of a shard's file; without their masks each `counts` is "".

    Raises:
        AnnotationError: If the file is missing or damaged.
    """
    names = [name for name in _LAYER.names if with_masks or name != "counts"]
    columns = [name for name in _SCENE.names if name != "layers"]
    nested = [f"layers.list.element.{name}" for name in names]
    try:
        check_regular(path)
        # One thread: a data loader runs a process a core, and threads do not survive a fork.
        table = parquet.ParquetFile(path).read(columns=columns + nested, use_threads=False)
        scenes = table.combine_chunks()
        if scenes.schema.names != _SCENE.names:
            raise ValueError(f"has the columns {scenes.schema.names}, not {_SCENE.names}")
        return _scenes(scenes, with_masks)
    except FileNotFoundError as error:
        raise AnnotationError(f"{path}: no such file, but its dataset listed it; make it again") from error
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
        raise AnnotationError(
            f"{path}: cannot be read as a shard ({error}); delete it and continue its build"
        ) from error


def _scenes(table: pa.Table, with_masks: bool) -> list[LayeredScene]:
    """The scenes of a table; column by column, since Arrow turns nested rows into Python ten times slower."""
    nested = table["layers"].combine_chunks()
    if isinstance(nested, pa.ChunkedArray):
        nested = nested.chunk(0) if nested.num_chunks else pa.array([], nested.type)
    starts = nested.offsets.to_pylist()
    columns = {name: table[name] for name in _SCENE.names if name != "layers"} | _fields(nested.values)
    for name, values in columns.items():
        expected = (_SCENE if name in _SCENE.names and name != "texts" else _LAYER).field(name).type
        if values.type != expected or (values.null_count and name != "undecided"):
            raise ValueError(f"{name} must be {expected} in each row, not {values.type}")
    fields = {name: values.to_pylist() for name, values in _fields(nested.values).items()}
    extents = ["amodal" if is_amodal else "visible" for is_amodal in fields["is_amodal"]]
    boxes = zip(fields["x0"], fields["y0"], fields["x1"], fields["y1"], strict=True)
    counts = fields["counts"] if with_masks else [""] * len(extents)
    texts = [tuple(found) for found in fields["texts"]]
    layers = list(
        map(
            SceneLayer,
            fields["label"],
            counts,
            boxes,
            fields["area_px"],
            extents,
            fields["is_thing"],
            texts,
        )
    )
    scenes = {name: table[name].to_pylist() for name in _SCENE.names if name != "layers"}
    for sides in zip(scenes["height"], scenes["width"], strict=True):
        if min(sides) < 1 or sides[0] * sides[1] > MAX_MEGAPIXELS * 1e6:
            raise ValueError(f"a canvas of {sides[1]}x{sides[0]} pixels")
    return [
        LayeredScene(
            scenes["key"][row],
            scenes["group"][row],
            (scenes["height"][row], scenes["width"][row]),
            tuple(layers[starts[row] : starts[row + 1]]),
            scenes["is_exact"][row],
            tuple(scenes["texts"][row]),
            scenes["undecided"][row],
        )
        for row in range(table.num_rows)
    ]


def _fields(layers: pa.StructArray) -> dict[str, pa.Array]:
    return dict(zip(layers.type.names, layers.flatten(), strict=True))


def _record(scene: LayeredScene) -> dict[str, Any]:
    return {
        "key": scene.key,
        "group": scene.group,
        "height": scene.size_hw[0],
        "width": scene.size_hw[1],
        "layers": [_layer_record(layer) for layer in scene.layers],
        "is_exact": scene.is_exact,
        "texts": scene.texts,
        "undecided": scene.undecided,
    }


def _layer_record(layer: SceneLayer) -> dict[str, Any]:
    corners: Sequence[tuple[str, int]] = list(zip(("x0", "y0", "x1", "y1"), layer.box_xyxy, strict=True))
    return {
        "label": layer.label,
        "counts": layer.counts,
        **dict(corners),
        "area_px": layer.area_px,
        "is_amodal": layer.extent == "amodal",
        "is_thing": layer.is_thing,
        "texts": layer.texts,
    }


def _rows(path: Path) -> int:
    try:
        return int(parquet.read_metadata(path).num_rows)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise AnnotationError(
            f"{path}: cannot be read as a shard ({error}); delete it and continue its build"
        ) from error


def _fault(error: Exception) -> str:
    """What was wrong with a description, in words; a missing key is no more than its name."""
    return f"no field {error}" if isinstance(error, KeyError) else str(error)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file under a passing name and rename it; clears what killed writers of the same file left."""
    passing = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with passing.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except FileNotFoundError:
        if not path.exists():  # else another writer of the same bytes was first, and cleared ours
            raise
    finally:
        passing.unlink(missing_ok=True)
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        leftover.unlink(missing_ok=True)
