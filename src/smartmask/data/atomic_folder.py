"""Folders that appear whole or not at all: filled under a passing name beside their place, then renamed."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path


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
        path: Where to. An older folder there is replaced: set aside first, deleted last, so that a process
            that is killed between leaves it beside, under a name that ends in ".old".
        fill: Writes the files into the folder that it is given.
        mark: Name of a file by which an older folder is known as one that may be replaced.

    Raises:
        OSError: If it cannot be written, or something stands there that is not ours.
    """
    check_place(path, mark)
    path.parent.mkdir(parents=True, exist_ok=True)
    name = f".{path.name}.{secrets.token_hex(8)}"
    passing, old = path.with_name(f"{name}.tmp"), path.with_name(f"{name}.old")
    passing.mkdir()
    try:
        fill(passing)
        sync_files(passing)
        if path.exists():
            path.rename(old)
        passing.rename(path)
    finally:
        shutil.rmtree(passing, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def sync_files(folder: Path) -> None:
    """Wait until all files of a folder are on the disk, so that a rename never outruns what it names."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
