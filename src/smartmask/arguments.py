"""What the public functions ask of their arguments, each question in one place.

Another type than a function takes is a `TypeError`, a value out of range a `ValueError`; both say what was
expected and what came.
"""

import math
import os
import unicodedata
from collections.abc import Collection
from numbers import Integral, Real
from pathlib import Path

import numpy as np

from smartmask.errors import kind_of

MAX_SEED = 2**64 - 1
_MOST_DIGITS = 40
"""Of a whole number in a message."""


def check_text(name: str, value: object) -> None:
    """Make sure that a value is a text.

    Raises:
        TypeError: If it is none, bytes included.
        ValueError: If it is not valid Unicode: half a character of UTF-16 stands alone in it.

    >>> check_text("prompt", b"a dog")
    Traceback (most recent call last):
    TypeError: prompt must be a text, not bytes
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {kind_of(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} must be valid Unicode, not {value[:60]!a}; decode it anew") from error


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: it is empty, or blanks, controls and invisible marks alone.

    >>> is_blank(" \\u200b\\n"), is_blank("a dog")
    (True, False)
    """
    return all(letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf") for letter in text)


def check_whole(name: str, value: object, low: int | None = None, high: int | None = None) -> None:
    """Make sure that a value is a whole number, of Python or NumPy, in a range whose ends are allowed.

    Raises:
        TypeError: If it is none, such as 4.0, "4" or True.
        ValueError: If it is out of range.

    >>> check_whole("n", 65, 1, 64)
    Traceback (most recent call last):
    ValueError: n must be from 1 to 64, not 65
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {_shown(value)}")
    _check_range(name, int(value), low, high)


def check_unmasked(name: str, value: object) -> None:
    """Make sure that an array is none of NumPy's masked ones, whose mask would go unheard.

    Raises:
        TypeError: If it is.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, not a masked one; say what is masked by .filled(...)")


def check_function(name: str, value: object) -> None:
    """Make sure that a value can be called.

    Raises:
        TypeError: If it cannot.

    >>> check_function("on_progress", None)
    Traceback (most recent call last):
    TypeError: on_progress must be a function, not None; leave it out for none
    """
    if not callable(value):
        raise TypeError(f"{name} must be a function, not {_shown(value)}; leave it out for none")


def check_number(name: str, value: object, low: float | None = None, high: float | None = None) -> None:
    """Make sure that a value is a finite number, of Python or NumPy, in a range whose ends are allowed.

    Raises:
        TypeError: If it is none, such as "4" or True.
        ValueError: If it is not finite, or out of range.

    >>> check_number("change", float("nan"), 0, 1)
    Traceback (most recent call last):
    ValueError: change must be from 0 to 1, not nan
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {_shown(value)}")
    _check_range(name, int(value) if isinstance(value, Integral) else float(value), low, high)


def check_limit(max_megapixels: float) -> None:
    """Make sure that a limit of megapixels is one.

    Raises:
        ValueError: If it is not above 0.
        TypeError: If it is no number.
    """
    check_kind("max_megapixels", max_megapixels, (int, float), "a number")
    if not max_megapixels > 0:
        raise ValueError(f"max_megapixels must be above 0, not {max_megapixels}")


def check_size(name: str, size_hw: object) -> None:
    """Make sure that a value is a height and a width in pixels.

    Raises:
        TypeError: If it is not two whole numbers in a tuple or a list.
        ValueError: If one is below 1.

    >>> check_size("size_hw", (480, 640.5))
    Traceback (most recent call last):
    TypeError: size_hw must be two whole numbers (height, width), not [480, 640.5]
    """
    sides = list(size_hw) if isinstance(size_hw, tuple | list) else []
    if len(sides) != 2 or any(isinstance(side, bool) or not isinstance(side, Integral) for side in sides):
        found = kind_of(sides if sides else size_hw)
        raise TypeError(f"{name} must be two whole numbers (height, width), not {found}")
    if min(sides) < 1:
        raise ValueError(f"{name} must be of at least 1x1 pixels, not {sides[1]}x{sides[0]}")


def check_kind(name: str, value: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Make sure that a value is of a class, or keeps a protocol.

    Args:
        name: What the value is for, such as "layout".
        value: The value.
        kind: The classes, or protocols that are checked at run time.
        expected: What it must be, with its article and where to get it.

    Raises:
        TypeError: If it is not.

    >>> check_kind("layout", "room.json", dict, "a Layout; read_layout gives one")
    Traceback (most recent call last):
    TypeError: layout must be a Layout; read_layout gives one, not str
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {expected}, not {kind_of(value)}")


def check_all(name: str, values: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Make sure that a value is a row of things of a class.

    Raises:
        TypeError: If it is a text, no collection, or one of them is of another class.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Collection):
        raise TypeError(f"{name} must be several of {expected} in a tuple or a list, not {kind_of(values)}")
    for number, value in enumerate(values):
        if not isinstance(value, kind):
            raise TypeError(f"{name}: number {number} must be {expected}, not {kind_of(value)}")


def path_of(name: str, value: object) -> Path:
    """A path that came as a text or a path.

    Raises:
        TypeError: If it is neither.
        ValueError: If it holds a zero byte.
    """
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"{name} must be a path; it holds a zero byte, which no file's name can")
    if not isinstance(value, str | os.PathLike) or isinstance(os.fspath(value), bytes):
        raise TypeError(f"{name} must be a text or a Path, not {kind_of(value)}")
    return Path(value)


def _shown(value: object) -> str:
    """A number as it is, but for very long ones; anything else as what it is."""
    if isinstance(value, Integral) and abs(int(value)) >= 10**_MOST_DIGITS:
        return f"a number of more than {_MOST_DIGITS} digits"  # Python itself refuses to print some thousands
    return str(value) if isinstance(value, Real) else kind_of(value)


def _check_range(name: str, value: float, low: float | None, high: float | None) -> None:
    is_finite = isinstance(value, int) or math.isfinite(value)  # whole ones may be too long for a float
    if is_finite and (low is None or value >= low) and (high is None or value <= high):
        return
    ends = [f"{end:g}" if isinstance(end, float) else str(end) for end in (low, high)]
    if low is not None and high is not None:
        expected = f"from {ends[0]} to {ends[1]}"
    elif low is not None:
        expected = f"{ends[0]} or more"
    else:
        expected = "a finite number" if high is None else f"{ends[1]} at most"
    raise ValueError(f"{name} must be {expected}, not {_shown(value)}")
