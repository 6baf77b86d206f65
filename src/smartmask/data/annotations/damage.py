"""The kinds of damage that readers know, in one wording, and safe access to what a file holds."""

import io
import json
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.data.annotations.base import DamageError
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import AnnotationError

Record = dict[str, Any]
T = TypeVar("T")

MISSING_FILE = "missing file"
DAMAGED_FILE = "damaged file"
MISSING_FIELD = "missing or wrong field"
DUPLICATE_ID = "duplicate id"
UNKNOWN_IMAGE = "unknown image"
UNKNOWN_CATEGORY = "unknown category"
UNNAMED = "object without a name"
EMPTY_POLYGON = "empty polygon"
EMPTY_MASK = "empty mask"
DAMAGED_MASK = "damaged mask"
WRONG_SIZE = "size differs from the record"
NO_SIZE = "no image size"
SAME_ORDER = "overlapping objects of one order"
CYCLE = "occlusions that form a cycle"
CROWD = "crowd region, kept as a region"
"""Not damage: crowds are noted (`Problems.note`), since the objects in them are not told apart."""


def field(record: object, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
    """The value of a record's field.

    Raises:
        DamageError: If the record has no such field, or one of another type.
    """
    if not isinstance(record, dict):
        raise DamageError(MISSING_FIELD, f"expected an object with {name!r}, found {type(record).__name__}")
    if name not in record:
        raise DamageError(MISSING_FIELD, f"no field {name!r}")
    value = record[name]
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        expected = " or ".join(one.__name__ for one in kinds)
        raise DamageError(MISSING_FIELD, f"{name!r} must be {expected}, not {type(value).__name__}")
    if isinstance(value, str):
        check_text(value, name)
    return value


def check_text(value: str, name: str) -> None:
    """Make sure that a file can hold a text; JSON may escape one half of a character.

    Raises:
        DamageError: If it cannot.
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DamageError(MISSING_FIELD, f"{name!r} holds half a character, {value!r}") from error


def id_field(record: object, name: str) -> int | str:
    """The value of a field that names a record, a number or a text.

    Raises:
        DamageError: If the record has no such field, or one of another type.
    """
    value = field(record, name, (int, str))
    assert isinstance(value, int | str)
    return value


def size_field(record: object) -> tuple[int, int]:
    """Height and width (pixels) of a record that has the fields `height` and `width`.

    Raises:
        DamageError: If a field is missing or the size is not of at least 1x1 pixels, or absurdly large.
    """
    height, width = field(record, "height", int), field(record, "width", int)
    if height < 1 or width < 1:
        raise DamageError(MISSING_FIELD, f"an image of {width}x{height} pixels")
    if height * width > MAX_MEGAPIXELS * 1e6:
        raise DamageError(
            MISSING_FIELD, f"an image of {width}x{height} pixels, more than {MAX_MEGAPIXELS:g} megapixels"
        )
    return height, width


def read_json(path: Path) -> object:
    """What a JSON file holds, in UTF-8 or, as ADE20K's are, in Latin-1.

    Raises:
        DamageError: If it is missing or cannot be read as JSON.
    """
    content = _content(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamageError(DAMAGED_FILE, f"{path} cannot be read as JSON ({error})") from error


def read_whole_json(path: Path) -> object:
    """What a JSON file that is a whole dataset holds.

    Raises:
        AnnotationError: If it is missing or cannot be read as JSON.
    """
    try:
        return read_json(path)
    except DamageError as damage:
        reason = damage.detail.removeprefix(str(path)).strip()
        raise AnnotationError(f"{path}: {damage.kind}{f'; it {reason}' if reason else ''}") from damage


def read_xml(path: Path) -> ElementTree.Element:
    """The root of an XML file.

    Raises:
        DamageError: If it is missing or cannot be read as XML.
    """
    try:
        return ElementTree.fromstring(_content(path))
    except ElementTree.ParseError as error:
        raise DamageError(DAMAGED_FILE, f"{path} cannot be read as XML ({error})") from error


def read_png(source: Path | bytes, size_hw: tuple[int, int] | None = None) -> UInt8[np.ndarray, "H W *C"]:
    """The values of a PNG; those of a palette are its indices, not its colours.

    Args:
        source: The file or its content.
        size_hw: The height and width that it must have.

    Raises:
        DamageError: If it is missing, cannot be read, holds other values than bytes, or is of another size.
    """
    name = str(source) if isinstance(source, Path) else "its PNG"
    content = _content(source) if isinstance(source, Path) else source
    try:
        with Image.open(io.BytesIO(content)) as image:
            values = np.array(image)
    # Pillow raises SyntaxError for a broken PNG chunk, and OSError or ValueError for most other damage.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DamageError(DAMAGED_FILE, f"{name} cannot be read as an image ({error})") from error
    if values.dtype != np.uint8:
        raise DamageError(DAMAGED_FILE, f"{name} holds {values.dtype}, not bytes")
    if size_hw is not None and values.shape[:2] != tuple(size_hw):
        found, said = values.shape[:2], tuple(size_hw)
        raise DamageError(WRONG_SIZE, f"{name} is {found[1]}x{found[0]}, not {said[1]}x{said[0]}")
    return values


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DamageError(MISSING_FILE, str(path)) from error
    except OSError as error:
        raise DamageError(DAMAGED_FILE, f"{path} cannot be read ({error.strerror})") from error
