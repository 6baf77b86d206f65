"""The one door to files that somebody else named: regular ones alone, in their folder, of a bounded size.

A record of a dataset, a layout or a report may name anything: a pipe, which nobody ever fills; a device; a
link or a `..` that leads to another place. What is opened is looked at after it is open, so that nothing can
be put in its place between.
"""

import errno
import math
import os
import stat
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path

import numpy as np

MAX_FILE_BYTES = 256 * 2**20
"""The largest layout file, PSD or report read as a whole."""
MAX_DATASET_BYTES = 2**30
"""The largest file of a whole dataset; COCO's own annotations of 118,000 photos are half of it."""

MAX_ARRAYS_BYTES = 512 * 2**20
"""All arrays of a file of weights or shapes; compressed, any number fits into a few bytes."""


def read_regular(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """What a file holds.

    Raises:
        OSError: If it is missing, no regular file or larger than that, or cannot be read; its `strerror` says
            what to do.
    """
    try:
        # Without this flag, opening a pipe waits until somebody writes to it.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:
        raise OSError(errno.EINVAL, f"no file can have this name: {error}", ascii(str(path))) from error
    try:
        status = os.fstat(number)
        _check(status.st_mode, path)
        if status.st_size > max_bytes:
            found = f"has {status.st_size} bytes; files of up to {max_bytes} are read"
            raise OSError(errno.EFBIG, found, str(path))
        with os.fdopen(number, "rb", closefd=False) as file:
            return file.read(status.st_size)
    finally:
        os.close(number)


def check_regular(path: Path) -> None:
    """Make sure that a library may open a path: it is a regular file, not what waits for ever.

    Raises:
        OSError: If it is none, or may not be looked at.
    """
    try:
        mode = path.stat().st_mode
    except ValueError as error:
        raise OSError(errno.EINVAL, f"no file can have this name: {error}", ascii(str(path))) from error
    _check(mode, path)


def inside(folder: Path, name: str) -> Path:
    """The path of a file that a record names within a folder.

    Raises:
        OSError: If it lies elsewhere, by its name or by a link.
    """
    path = folder / name
    try:
        is_inside = "\0" not in name and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself
        is_inside = False
    if not is_inside:
        found = f"{name!a} leads out of its folder; put the file itself there"
        raise OSError(errno.EINVAL, found, str(folder))
    return path


def read_arrays(path: Path, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of an .npz file.

    Args:
        path: The file.
        names: Those that there must be and are wanted; None = all.

    Raises:
        OSError: If it cannot be read, or is no regular file.
        ValueError: If it is damaged, or its arrays are more than `MAX_ARRAYS_BYTES`.
    """
    check_regular(path)
    try:
        with path.open("rb") as raw, zipfile.ZipFile(raw) as file:
            held = {member.filename.removesuffix(".npy"): member for member in file.infolist()}
            if sum(member.file_size for member in held.values()) > MAX_ARRAYS_BYTES:
                raise ValueError(f"it holds more than {MAX_ARRAYS_BYTES} bytes")
            return {name: _array(file, held[name]) for name in names or held}
    except (ValueError, OSError, MemoryError):
        raise
    except KeyError as error:
        raise ValueError(f"it has no array {error}") from error
    except Exception as error:  # NumPy, zipfile and zlib meet damaged files with almost any exception
        raise ValueError(f"it is damaged ({type(error).__name__}: {error})") from error


def _array(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """An array that is as large as its head says: memory is taken before the rest is read."""
    form = np.lib.format
    with file.open(member) as content:
        is_old = form.read_magic(content) == (1, 0)
        shape, _, kind = (form.read_array_header_1_0 if is_old else form.read_array_header_2_0)(content)
    if min(shape, default=0) < 0 or math.prod(shape) * kind.itemsize > member.file_size:
        raise ValueError(f"{member.filename}: {kind} {shape} does not fit into {member.file_size} bytes")
    with file.open(member) as content:
        values = np.asarray(form.read_array(content, allow_pickle=False))
    if kind.kind == "U":  # NumPy fails when it is asked for such a text, not before
        letters = np.frombuffer(values.tobytes(), np.dtype(np.uint32).newbyteorder(kind.byteorder))
        if letters.max(initial=0) > sys.maxunicode:
            raise ValueError(f"{member.filename}: holds texts that are not Unicode")
    return values


def _check(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder; give a file", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is a device or a pipe; give a file", str(path))
