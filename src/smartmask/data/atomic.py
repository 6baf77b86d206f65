"""Files that appear whole or not at all.

Each file is first written under a passing name in its own folder, where a rename replaces the old file in
one step; a reader never meets half a file. Of several files none is renamed before all are written.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from smartmask.passing import passing_files, sync_folder


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files so that a failure leaves every one of them as it was.

    Args:
        contents: What each file shall hold; the folders must exist.

    A link stays, and what it leads to is written.

    Raises:
        OSError: If a file cannot be written, or a folder, a device or a pipe stands where it should go.
    """
    contents = {_place(path): content for path, content in contents.items()}
    with passing_files(contents) as passing:
        for path, content in contents.items():
            with passing[path].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, name in passing.items():
            name.replace(path)
        for folder in {path.parent for path in contents}:
            sync_folder(folder)


def _place(path: Path) -> Path:
    """Where a file of that name goes."""
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise IsADirectoryError(f"{path}: is a folder, so no file of that name can be written")
    if path.exists() and not path.is_file():
        raise OSError(f"{path}: is a device or a pipe, which a result would replace; give another name")
    return path
