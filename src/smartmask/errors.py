"""The exceptions this library raises for bad files; a caller's mistake is a `ValueError` or `TypeError`.

    SmartMaskError
      ├── ImageError         a photo that cannot be read
      ├── LayoutFileError    a layout file that breaks its format
      ├── AnnotationError    a dataset file or record that breaks its format
      ├── CheckpointError    weights that are missing, damaged, or of another version
      └── BackendError       a third-party model or service that cannot be had, or answers nonsense

Every message says what was expected, what came, where, and what to do.
"""

import numpy as np


def printable(text: str) -> str:
    """A text as files and terminals take it: it may quote halves of letters, which are written as escapes.

    >>> printable("caf\\ud800")
    'caf\\\\ud800'
    """
    return text.encode("utf-8", "backslashreplace").decode()


class SmartMaskError(Exception):
    """A file that cannot be used; the message names the file."""

    def __str__(self) -> str:
        return printable(super().__str__())


class ImageError(SmartMaskError):
    """A photo that is missing, damaged, empty or too large."""


class LayoutFileError(SmartMaskError):
    """A layout file that breaks its format."""


class AnnotationError(SmartMaskError):
    """A dataset file or record that breaks its format."""


class CheckpointError(SmartMaskError):
    """Weights that are missing, damaged, of another version, or that hold unknown settings."""


class BackendError(SmartMaskError):
    """A third-party model or service that cannot be loaded or reached, or whose answer cannot be used."""


def kind_of(value: object) -> str:
    """What came, for messages: a few numbers as they are, an array by dtype and shape, the rest by type.

    >>> kind_of(np.zeros((2, 3))), kind_of([1, 2]), kind_of(["a", None])
    ('a float64 array (2, 3)', '[1, 2]', 'a list of str, NoneType')
    """
    if isinstance(value, np.ndarray):
        return f"a {value.dtype} array {value.shape}"
    if isinstance(value, tuple | list):
        kinds = dict.fromkeys(type(one).__name__ for one in value)
        if len(value) < 9 and kinds.keys() <= {"int", "float"}:
            return str(value)
        return f"a {type(value).__name__} of {', '.join(kinds)}"
    return "None" if value is None else type(value).__name__
