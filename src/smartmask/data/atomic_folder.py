"""Folders that appear whole or not at all: filled under a passing name beside their place, then renamed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from smartmask.passing import made_folders, passing_folder, sync_folder


def check_place(path: Path, mark: str) -> None:
    """Make sure that a folder may be written at a place, before anything is computed for it.

    Args:
        path: Where it should go.
        mark: Name of a file by which an older folder is known as one that may be replaced.

    Raises:
        FileExistsError: If something else stands there; an empty folder does not count.
    """
    is_free = path.is_dir() and ((path / mark).is_file() or not any(path.iterdir()))
    if path.exists() and not is_free:
        raise FileExistsError(f"{path}: holds something else; give a new folder")


def write_folder(path: Path, fill: Callable[[Path], None], mark: str) -> None:
    """Fill a new folder, and put it where it belongs when it is complete.

    Args:
        path: Where to. An older folder there is replaced in one step; where the system has no such step it
            is set aside first, so that a process that is killed between leaves it beside, under a name that
            ends in ".old".
        fill: Writes the files into the folder that it is given.
        mark: Name of a file by which an older folder is known as one that may be replaced.

    Raises:
        OSError: If it cannot be written, or something stands there that is not ours.
    """
    check_place(path, mark)
    with made_folders(path.parent), passing_folder(path) as passing:
        fill(passing)
        sync_files(passing)
        if not path.exists():
            passing.rename(path)
        elif not _exchanged(passing, path):
            old = passing.with_suffix(".old")
            path.rename(old)
            passing.rename(path)
            shutil.rmtree(old, ignore_errors=True)
        sync_folder(path.parent)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders changed places in one step, as Linux can."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def sync_files(folder: Path) -> None:
    """Wait until all files of a folder are on the disk, so that a rename never outruns what it names."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
