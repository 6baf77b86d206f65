"""Files that appear whole or not at all.

Each file is first written under a passing name in its own folder, where a rename replaces the old file in
one step; a reader never meets half a file. Of several files none is renamed before all are written.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files so that a failure leaves every one of them as it was.

    Args:
        contents: What each file shall hold; the folders must exist.

    Raises:
        OSError: If a file cannot be written, or a folder stands where it should go.
    """
    passing: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise IsADirectoryError(f"{path}: is a folder, so no file of that name can be written")
            passing[path] = path.with_name(f".{secrets.token_hex(8)}.tmp")
            with passing[path].open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path in contents:
            passing[path].replace(path)
            del passing[path]
    finally:
        for leftover in passing.values():
            leftover.unlink(missing_ok=True)
