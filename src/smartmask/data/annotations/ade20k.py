"""ADE20K, the full release of 2021: `NAME.json`, and for each object a PNG of 255 = seen, 128 = hidden.

Order comes from who hides whom: where a hidden pixel of A is a visible one of B, B is in front.
`depth_ordering_rank` is not used, since it contradicts the masks. Parts of objects (`part_level` above 0, a
car's wheel) are not layers. Names are lists of synonyms ("car, auto, automobile"). Format:
https://github.com/CSAILVision/ADE20K
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt8

from smartmask.data.annotations.base import AnnotatedScene, DamageError, Problems
from smartmask.data.annotations.damage import (
    DAMAGED_FILE,
    DUPLICATE_ID,
    MISSING_FIELD,
    UNNAMED,
    Record,
    check_objects,
    field,
    member,
    read_json,
    read_png,
    size_field,
)
from smartmask.data.annotations.masks import layer_of
from smartmask.data.annotations.occlusions import occlusions_of_hidden
from smartmask.data.layered_scene import SceneLayer
from smartmask.errors import AnnotationError
from smartmask.scene.labels import plain_label

VISIBLE, HIDDEN = 255, 128
STUFF = frozenset({
    "wall", "floor", "ceiling", "sky", "earth", "ground", "grass", "field", "sand", "snow", "road", "street",
    "sidewalk", "path", "runway", "pavement", "dirt track", "mountain", "hill", "land", "water", "sea",
    "river", "lake", "swimming pool", "waterfall", "fog", "smoke", "cloud", "clouds", "sea water", "ice",
    "embankment", "slope", "vegetation", "brushes", "gravel", "mud", "forest", "platform", "court", "pitch",
})  # fmt: skip
"""First synonyms of what fills space rather than stands in it; the files have no flag for that."""


def read_ade20k(path: Path, problems: Problems) -> Iterator[AnnotatedScene]:
    """Scenes of a folder of ADE20K-2021, at any depth below it, an image each; amodal masks.

    Raises:
        AnnotationError: If the folder is missing or no JSON file lies below it.
    """
    files = sorted(path.rglob("*.json")) if path.is_dir() else []
    if not files:
        raise AnnotationError(f"{path}: no *.json below it; give a folder of ADE20K-2021")
    seen: set[str] = set()
    for file in files:
        with problems.skipping(str(file)):
            if file.stem in seen:
                raise DamageError(DUPLICATE_ID, file.stem)
            seen.add(file.stem)
            yield _scene(
                field(read_json(member(path, file.relative_to(path).as_posix())), "annotation", dict),
                file,
                problems,
            )


def _scene(annotation: Record, file: Path, problems: Problems) -> AnnotatedScene:
    size_hw = _size(annotation)
    objects: list[SceneLayer] = []
    index = np.full(size_hw, -1, np.int16)
    hidden: list[np.ndarray] = []
    seen: set[int] = set()
    records = field(annotation, "object", list)
    check_objects(len(records), size_hw, bits=1)
    for number, record in enumerate(records):
        with problems.skipping(f"{file}: object[{number}]"):
            ident = field(record, "id", int)
            if ident in seen:
                raise DamageError(DUPLICATE_ID, f"id {ident}")
            seen.add(ident)
            if _is_part(record):
                continue
            values = _instance(member(file.parent, field(record, "instance_mask", str)), size_hw)
            objects.append(_layer(record, values))
            index[values == VISIBLE] = len(hidden)
            hidden.append(np.packbits(values == HIDDEN))
    key = f"ade20k:{file.stem}"
    return AnnotatedScene(
        key=key,
        group=key,
        size_hw=size_hw,
        objects=tuple(objects),
        occlusions=occlusions_of_hidden(index, (_unpacked(bits, size_hw) for bits in hidden), len(hidden)),
        image=field(annotation, "filename", str),
    )


def _layer(record: Record, values: np.ndarray) -> SceneLayer:
    names = [plain_label(name) for name in field(record, "name", str).split(",")]
    raw = plain_label(str(record.get("raw_name", "")))
    if not names[0]:
        raise DamageError(UNNAMED, f"the name is {record['name']!r}")
    # The annotator's own word is the common one ("trash can", not "ashcan"), if it is one of the synonyms.
    name = raw if raw in names else names[0]
    is_outlined_only = record.get("occluded") == "yes" and not (values == HIDDEN).any()
    return layer_of(
        name,
        values > 0,
        extent="visible" if is_outlined_only else "amodal",
        is_thing=names[0] not in STUFF,
        synonyms=names,
    )


def _is_part(record: Record) -> bool:
    parts = field(record, "parts", dict)
    return field(parts, "part_level", int) > 0 or bool(parts.get("is_part", False))


def _instance(path: Path, size_hw: tuple[int, int]) -> np.ndarray:
    values = read_png(path, size_hw)
    if values.ndim != 2 or ((values != 0) & (values != HIDDEN) & (values != VISIBLE)).any():
        raise DamageError(DAMAGED_FILE, f"{path} must be grey, of 0, 128 and 255 only")
    return values


def _unpacked(bits: UInt8[np.ndarray, "_"], size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    return np.unpackbits(bits, count=size_hw[0] * size_hw[1]).astype(bool).reshape(size_hw)


def _size(annotation: Record) -> tuple[int, int]:
    size = field(annotation, "imsize", list)
    if len(size) < 2 or not all(isinstance(side, int) and side > 0 for side in size[:2]):
        raise DamageError(MISSING_FIELD, f"'imsize' must be [height, width, 3], not {size!r}")
    return size_field({"height": size[0], "width": size[1]})
