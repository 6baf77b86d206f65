"""The kinds of damage that readers know, in one wording, and safe access to what a file holds."""

import json
import math
import re
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import numpy as np
from jaxtyping import UInt8

from smartmask.data.annotations.base import DamageError
from smartmask.data.layouts.checks import checked_member, whole
from smartmask.data.layouts.pictures import opened_png
from smartmask.data.layouts.pictures import read_png as decoded_png
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.files import MAX_DATASET_BYTES, inside, read_regular

Record = dict[str, Any]
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
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
NO_AREA = "part of a mask without an area, left out"
"""Not damage either: what has no area hides nothing."""
TOO_MANY = "image with too many objects"
MAX_OBJECTS = 1024
"""Of an image: of each two it is asked whether they overlap."""
MAX_OBJECTS_MEGABYTES = 400
"""Of all masks of an image, each as large as its canvas: so they are held while they are ordered."""
MAX_DIGITS = 18
"""Of a whole number in a text; Python refuses to read some thousands."""


def check_objects(count: int, size_hw: tuple[int, int], bits: int = 8) -> None:
    """Make sure that an image does not ask for more than can be held and ordered.

    Args:
        count: Its objects.
        size_hw: Its size.
        bits: What a reader holds of each pixel of each object.

    Raises:
        DamageError: If it does.
    """
    megabytes = count * size_hw[0] * size_hw[1] / 1e6 * bits / 8
    if count > MAX_OBJECTS or megabytes > MAX_OBJECTS_MEGABYTES:
        raise DamageError(
            TOO_MANY,
            f"{count} on {size_hw[1]}x{size_hw[0]} pixels; up to {MAX_OBJECTS} are read, and up to "
            f"{MAX_OBJECTS_MEGABYTES * 8 // bits} megapixels of all together",
        )


def field(record: object, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
    """The value of a record's field.

    Raises:
        DamageError: If the record has no such field, or one of another type.
    """
    if not isinstance(record, dict):
        raise DamageError(MISSING_FIELD, f"expected an object with {name!r}, found {type(record).__name__}")
    if name not in record:
        raise DamageError(MISSING_FIELD, f"no field {name!r}")
    kinds = kind if isinstance(kind, tuple) else (kind,)
    value = whole(record[name]) if int in kinds and float not in kinds else record[name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        expected = " or ".join(one.__name__ for one in kinds)
        raise DamageError(MISSING_FIELD, f"{name!r} must be {expected}, not {type(value).__name__}")
    if isinstance(value, str):
        check_text(value, name)
    if isinstance(value, float) and not math.isfinite(value):
        raise DamageError(MISSING_FIELD, f"{name!r} must be a finite number, not {value}")
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


def id_field(record: object, name: str) -> str:
    """The value of a field that names a record, as a text: files name one record by 1 and by "1".

    Raises:
        DamageError: If the record has no such field, or one that is neither number nor text.
    """
    return str(field(record, name, (int, str)))


def whole_number(text: str | None, name: str) -> int:
    """The whole number, 0 or above, that a text of a file says.

    Raises:
        DamageError: If it says none, or an absurdly large one.
    """
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS):
        found = repr(text if text is None or len(text) < 40 else text[:40] + "...")
        raise DamageError(MISSING_FIELD, f"{name} must be a whole number, not {found}")
    return int(digits)


def member(folder: Path, name: str) -> Path:
    """The path of a file that a record names within a folder.

    Raises:
        DamageError: If the name leads elsewhere, or can be no file's.
    """
    try:
        return inside(folder, checked_member(name, str(folder)))
    except (LayoutFileError, OSError) as error:
        raise DamageError(MISSING_FILE, str(error)) from error


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
    """What a JSON file holds, in UTF-8, with a byte order mark or not, or, as ADE20K's are, in Latin-1.

    Raises:
        DamageError: If it is missing or cannot be read as JSON.
    """
    content = read_content(path)
    try:
        text = content.decode("utf-8-sig")
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
    content = read_content(path)
    try:
        try:
            return ElementTree.fromstring(content)
        except (ValueError, LookupError):
            # Expat knows no encoding of several bytes a letter; a text is read whatever its head declares.
            declared = _ENCODING.match(content)
            return ElementTree.fromstring(content.decode(declared[1].decode() if declared else "utf-8"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
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
    content = read_content(source) if isinstance(source, Path) else source
    try:
        width, height = opened_png(content, name).size
        if size_hw is not None and (height, width) != tuple(size_hw):
            raise DamageError(WRONG_SIZE, f"{name} is {width}x{height}, not {size_hw[1]}x{size_hw[0]}")
        values = np.array(decoded_png(content, None, MAX_MEGAPIXELS, name))
    except LayoutFileError as error:
        raise DamageError(DAMAGED_FILE, f"it cannot be read as an image ({error})") from error
    if values.dtype != np.uint8:
        raise DamageError(DAMAGED_FILE, f"{name} holds {values.dtype}, not bytes")
    return values


def read_content(path: Path) -> bytes:
    """What a file holds.

    Raises:
        DamageError: If it is missing, no file, or cannot be read.
    """
    try:
        return read_regular(path, MAX_DATASET_BYTES)
    except FileNotFoundError as error:
        raise DamageError(MISSING_FILE, str(path)) from error
    except OSError as error:
        raise DamageError(DAMAGED_FILE, f"{path} cannot be read ({error.strerror})") from error
