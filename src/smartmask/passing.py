"""Passing names, under which files and folders are written before they take their place.

Whoever writes holds a lock on the first file in each folder, or on the folder itself, until all have been
renamed. What lies under a passing name and nobody holds was left by a writer that was killed: the next one
that writes there clears it away.
"""

import os
import re
import secrets
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HAS_LOCKS = os.name == "posix"
"""Elsewhere what killed writers leave stays."""
_FILE = re.compile(r"\.([0-9a-f]{16})-(\d+)\.tmp")
_YOUNG_SECONDS = 1.0
"""Between a file's making and its locking."""


@contextmanager
def passing_files(paths: Iterable[Path]) -> Iterator[dict[Path, Path]]:
    """Passing names beside files, in the order in which these are to be renamed; what is left of them goes.

    The first file of each folder is made and held, and renamed last.
    """
    token, folders = secrets.token_hex(8), defaultdict[Path, list[Path]](list)
    for path in paths:
        folders[path.parent].append(path)
    passing = {
        path: path.with_name(f".{token}-{number}.tmp")
        for inside in folders.values()
        for number, path in enumerate(inside)
    }
    held = []
    try:
        for folder, inside in folders.items():
            clear_files(folder)
            held.append(os.open(passing[inside[0]], os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            _is_free(held[-1])
        firsts = {inside[0] for inside in folders.values()}
        yield dict(sorted(passing.items(), key=lambda item: item[0] in firsts))
    finally:
        for path in passing.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for number in held:
            os.close(number)


def clear_files(folder: Path) -> None:
    """Remove the passing files of killed writers from a folder."""
    sets: defaultdict[str, dict[int, Path]] = defaultdict(dict)
    with suppress(OSError):
        for entry in os.scandir(folder):
            if match := _FILE.fullmatch(entry.name):
                sets[match[1]][int(match[2])] = Path(entry.path)
    for left in sets.values():
        if 0 in left and _is_left(left[0]):
            for _, path in sorted(left.items(), reverse=True):
                with suppress(OSError):
                    path.unlink()


@contextmanager
def passing_folder(path: Path) -> Iterator[Path]:
    """A new folder beside a place, held; what is left of it goes, and so do those of killed writers."""
    name = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{16}\.(tmp|old)")
    for entry in os.scandir(path.parent):
        if name.fullmatch(entry.name) and _is_left(Path(entry.path)):
            shutil.rmtree(entry.path, ignore_errors=True)
    passing = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    passing.mkdir()
    held = os.open(passing, os.O_RDONLY) if _HAS_LOCKS else None
    try:
        if held is not None:
            _is_free(held)
        yield passing
    finally:
        shutil.rmtree(passing, ignore_errors=True)
        if held is not None:
            os.close(held)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can say so."""
    if not _HAS_LOCKS:
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives refuse
            os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def made_folders(*folders: Path) -> Iterator[None]:
    """Folders that are made where they are missing, and are gone again if what follows fails."""
    made: list[Path] = []
    try:
        for folder in folders:
            missing = []
            while not folder.is_dir() and folder != folder.parent:
                missing.append(folder)
                folder = folder.parent
            for place in reversed(missing):
                place.mkdir(exist_ok=True)
                made.append(place)
        yield
    except BaseException:
        for place in reversed(made):
            with suppress(OSError):  # it is not empty
                place.rmdir()
        raise


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Processes that read a file of a folder and write it changed, one by one where there are locks."""
    held = os.open(folder, os.O_RDONLY) if _HAS_LOCKS and folder.is_dir() else None
    try:
        if held is not None:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        if held is not None:
            os.close(held)


def _is_left(path: Path) -> bool:
    """Whether nobody writes a file or folder that bears a passing name."""
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return time.time() - os.fstat(number).st_mtime > _YOUNG_SECONDS and _is_free(number)
    finally:
        os.close(number)


def _is_free(number: int) -> bool:
    """Lock an open file, or say that another one holds it."""
    if not _HAS_LOCKS:
        return False
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
