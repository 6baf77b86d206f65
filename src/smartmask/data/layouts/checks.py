"""What every reader of layouts asks of a file before it believes it.

A layout file may come from anywhere: whatever it says is checked for its type, its size and its place on disk
before memory is taken or a second file is opened.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from smartmask.arguments import check_limit
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.files import read_regular
from smartmask.scene.layout import MAX_LAYERS, Extent

MASKS_A_CANVAS = 6
"""All masks of a file together take so many of the largest canvases: a few bytes of RLE can ask for any."""
MAX_DRAWN_MEGAPIXELS = 3000
"""Most pixels of all shapes of a file together, in millions, that are drawn one after the other."""
MAX_JSON_BYTES = 64 * 2**20
MAX_JSON_NODES = 4_000_000
"""Most commas, colons and opening brackets of a JSON text: these bound what it becomes in memory."""
MAX_DIGITS = 40
"""Of a whole number in JSON; a longer one is no size, place or name of anything."""
Record = dict[str, Any]
T = TypeVar("T")


def read_bytes(path: Path) -> bytes:
    """What a file holds.

    Raises:
        LayoutFileError: If it cannot be read, is no regular file, or too large.
    """
    try:
        return read_regular(path)
    except OSError as error:
        raise LayoutFileError(
            f"{path}: cannot be read ({error.strerror or error}); check the path"
        ) from error


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        LayoutFileError: If it cannot be read, is not UTF-8 or not JSON, has a key twice, or holds NaN.
    """
    return parse_json(read_bytes(path), str(path))


def parse_json(content: bytes, where: str) -> Any:
    """What the bytes of a JSON file hold.

    Raises:
        LayoutFileError: If they are not UTF-8 or not JSON, have a key twice, hold NaN, or are more than the
            limits of this module.
    """
    nodes = sum(map(content.count, (b",", b":", b"[", b"{")))
    if len(content) > MAX_JSON_BYTES or nodes > MAX_JSON_NODES:
        raise LayoutFileError(
            f"{where}: {len(content)} bytes of JSON with {nodes} values; up to {MAX_JSON_BYTES} with "
            f"{MAX_JSON_NODES} are read; take the records of one image out of it"
        )
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
    except RecursionError as error:
        raise LayoutFileError(f"{where}: is not a layout file; its JSON is nested too deeply") from error
    except ValueError as error:  # not UTF-8, not JSON, or a repeated key
        raise LayoutFileError(f"{where}: is not valid JSON ({error}); is it complete?") from error


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a whole number of {len(text)} digits, from {text[:8]} on")
    return int(text)


def check_header(content: Any, format_name: str, version: int, what: str, where: str) -> None:
    """Make sure that a JSON value says of itself that it is what is wanted.

    Args:
        content: The value.
        format_name: What its `format` must be.
        version: What its `version` must be.
        what: What is wanted, with its article ("a layout file").
        where: The file, for messages.

    Raises:
        LayoutFileError: If it does not.
    """
    if not isinstance(content, dict) or content.get("format") != format_name:
        raise LayoutFileError(
            f'{where}: is not {what}; expected a JSON object with "format": "{format_name}"'
        )
    if not is_int(content.get("version")) or content["version"] != version:
        found = short(content.get("version"))
        raise LayoutFileError(f"{where}: has version {found} but this program reads version {version}")


def check_keys(record: Any, expected: Iterable[str], where: str, optional: Iterable[str] = ()) -> None:
    """Make sure that a JSON value is an object with the keys it must have, and no others but optional ones.

    Raises:
        LayoutFileError: If it is no object, lacks a key, or has one that is not known.
    """
    if not isinstance(record, dict):
        raise LayoutFileError(f"{where}: must be a JSON object, not {type(record).__name__}")
    needed = set(expected)
    known = needed.union(optional)
    missing, unknown = sorted(needed - set(record)), sorted(set(record) - known)
    if missing:
        raise LayoutFileError(f"{where}: lacks {', '.join(missing)}")
    if unknown:
        raise LayoutFileError(
            f"{where}: has unknown keys {short(unknown)}; expected {', '.join(sorted(known))}"
        )


def field(record: Any, name: str, kind: type[T] | tuple[type[T], ...], where: str) -> T:
    """The value of a record's field; a bool is no number.

    Args:
        record: A value of the file that should be an object.
        name: The field.
        kind: `str`, `int`, `list` or `dict`, or several of them.
        where: File and record, for messages.

    Raises:
        LayoutFileError: If the record is none, has no such field, or one of another type.
    """
    if not isinstance(record, dict):
        raise LayoutFileError(f"{where}: must be a JSON object, not {type(record).__name__}")
    if name not in record:
        raise LayoutFileError(f"{where}: lacks {name}")
    kinds = kind if isinstance(kind, tuple) else (kind,)
    value = whole(record[name]) if int in kinds and float not in kinds else record[name]
    if not isinstance(value, kinds) or isinstance(value, bool):
        expected = " or ".join(_KINDS[one] for one in kinds)
        raise LayoutFileError(f"{where}: {name} must be {expected}, not {short(value)}")
    return value


_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def checked_label(value: Any, where: str) -> str:
    """A label that a layer can have.

    Raises:
        LayoutFileError: If it is no text, blank, or half a character.
    """
    if not isinstance(value, str) or not value.strip():
        raise LayoutFileError(f"{where}: label must be a non-empty text, not {short(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise LayoutFileError(f"{where}: label {short(value)} is not valid Unicode") from error
    return value


def checked_extent(value: Any, where: str) -> Extent:
    """Whether a mask is the whole object or what is seen of it.

    Raises:
        LayoutFileError: If it is neither.
    """
    if value == "visible":
        return "visible"
    if value == "amodal":
        return "amodal"
    raise LayoutFileError(f"{where}: extent must be 'visible' or 'amodal', not {short(value)}")


def checked_confidence(value: Any, where: str) -> float | None:
    """How sure whoever found a layer was, in [0, 1], or None.

    Raises:
        LayoutFileError: If it is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise LayoutFileError(f"{where}: confidence must be a number from 0 to 1, not {short(value)}")
    return float(value)


def checked_size(height: int, width: int, max_megapixels: float, where: str) -> tuple[int, int]:
    """A canvas (height, width) that may be read.

    Raises:
        LayoutFileError: If it has no pixel, or too many.
        ValueError: If the limit is not positive.
        TypeError: If it is no number.
    """
    if height < 1 or width < 1:
        raise LayoutFileError(f"{where}: a canvas of {width}x{height} pixels; it must have at least one")
    check_limit(max_megapixels)
    if height * width > max_megapixels * 1e6:
        raise LayoutFileError(
            f"{where}: a canvas of {width}x{height} is above the limit of {max_megapixels:g} megapixels"
        )
    return height, width


def check_layer_count(
    count: int,
    size_hw: tuple[int, int],
    where: str,
    max_megapixels: float = MAX_MEGAPIXELS,
    beside: int = 0,
) -> None:
    """Make sure that the masks of a file may be decoded.

    Args:
        count: How many masks there are.
        size_hw: The canvas.
        where: The file, for messages.
        max_megapixels: The largest canvas accepted: above the default it raises what masks may take together.
        beside: What decoding one takes beside them, in masks.

    Raises:
        LayoutFileError: If they are more than a layout holds, or take too much memory.
    """
    if count > MAX_LAYERS:
        raise LayoutFileError(f"{where}: holds {count} layers; a layout has at most {MAX_LAYERS}")
    most = MASKS_A_CANVAS * max(max_megapixels, MAX_MEGAPIXELS)
    if (count + beside) * size_hw[0] * size_hw[1] > most * 1e6:
        found = f"{count} layers of {size_hw[1]}x{size_hw[0]} pixels"
        raise LayoutFileError(
            f"{where}: {found} are more than {most:g} megapixels, {MASKS_A_CANVAS} times the limit of a "
            "canvas; raise --max-megapixels, or use fewer or smaller ones"
        )


def check_drawn_pixels(count: int, size_hw: tuple[int, int], where: str) -> None:
    """Make sure that so many shapes may be drawn on a canvas.

    Raises:
        LayoutFileError: If they are more than `MAX_DRAWN_MEGAPIXELS` together.
    """
    if count * size_hw[0] * size_hw[1] > MAX_DRAWN_MEGAPIXELS * 1e6:
        found = f"{count} shapes of {size_hw[1]}x{size_hw[0]} pixels"
        raise LayoutFileError(
            f"{where}: {found} are more than {MAX_DRAWN_MEGAPIXELS} megapixels; use fewer or smaller"
        )


def checked_member(name: str, where: str) -> str:
    """The name of a file within a folder or archive, with `/` between its parts.

    Raises:
        LayoutFileError: If it could lead out of that folder, here or on another system.
    """
    parts = name.split("/")
    if not name.isprintable() or any(
        part in ("", ".", "..") or set(part) & _ODD or len(part.encode()) > _LONGEST_NAME for part in parts
    ):
        raise LayoutFileError(
            f"{where}: file name {short(name)} leads out of its folder or is no plain name; expected one "
            "like masks/1.png"
        )
    return name


def plain_name(text: str) -> str:
    """A text as the name of a file that `checked_member` takes.

    >>> plain_name("a:b/c"), plain_name("..")
    ('a_b_c', '_')
    """
    letters = "".join(
        "_" if letter in _ODD or letter == "/" or not letter.isprintable() else letter for letter in text
    )
    return "_" if letters in ("", ".", "..") else letters


_ODD = set('\\:"<>|?*')
"""Letters that some system takes for more than a letter of a name."""
_LONGEST_NAME = 255
"""In bytes, the most that file systems take."""


def is_int(value: Any) -> bool:
    """Whether a value of a file is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole(value: Any) -> Any:
    """A value of a file, 40.0 as 40: programs write whole numbers either way."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def short(value: Any) -> str:
    """A value of a file as an error shows it."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    content: Record = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"key {short(key)} comes twice")
        content[key] = value
    return content


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")
