"""Photos and folders of photos from a command line, and a name for the results of each that no other has."""

import os
import unicodedata
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import click

from smartmask.data.layouts.checks import plain_name

_LONGEST_NAME = 120
"""In bytes; most systems allow 255."""


def find_photos(arguments: Sequence[Path], out: Path) -> list[Path]:
    """The photos that are named, and those in folders that are named, each once.

    A folder is looked through with all of its folders, but for hidden ones and `out`: what was written there
    before is no photo.

    Args:
        arguments: Photos and folders.
        out: Where results go.

    Raises:
        click.UsageError: If a folder holds no photo or cannot be read.
    """
    found: dict[Path, None] = {}
    for argument in arguments:
        if not argument.is_dir():
            found[argument] = None
            continue
        inside = sorted(_inside(argument, out.resolve()))
        if not inside:
            raise click.UsageError(
                f"{argument}: holds no photo (looked for {', '.join(sorted(_suffixes()))})"
            )
        found.update(dict.fromkeys(inside))
    return list({Path(os.path.abspath(path)): path for path in reversed(found)}.values())[::-1]


def root_of(photos: Sequence[Path]) -> Path:
    """The innermost folder that all photos lie in."""
    return Path(os.path.commonpath([Path(os.path.abspath(photo)).parent for photo in photos]))


def result_names(photos: Sequence[Path], reserved: Collection[str]) -> list[str]:
    """A name for each photo: its own without the suffix, longer where another photo has the same.

    Names differ by more than case, since some systems do not tell `Room` and `room` apart. A photo whose name
    another has gets the folders below the common one before it and its suffix behind it, then a number.

    Args:
        photos: The photos.
        reserved: Names that are taken.

    >>> result_names([Path("a/x.jpg"), Path("b/x.jpg"), Path("b/y.png")], [])
    ['a__x.jpg', 'b__x.jpg', 'y']
    """
    root = root_of(photos)
    stems = [_bounded(plain_name(photo.stem)) for photo in photos]
    taken = Counter(_folded(name) for name in [*stems, *reserved])
    names = []
    for photo, stem in zip(photos, stems, strict=True):
        if taken[_folded(stem)] == 1:
            names.append(stem)
            continue
        inner = Path(os.path.abspath(photo)).relative_to(root)
        wanted = name = _bounded(plain_name("__".join(inner.parts)))
        number = 2
        while _folded(name) in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken[_folded(name)] += 1
        names.append(name)
    return names


def _inside(folder: Path, out: Path) -> Iterator[Path]:
    suffixes = _suffixes()

    def refuse(error: OSError) -> None:
        raise click.UsageError(f"{error.filename}: cannot be read ({error.strerror})") from error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        here = Path(parent)
        folders[:] = [name for name in folders if name[0] != "." and (here / name).resolve() != out]
        yield from (here / name for name in files if name[0] != "." and Path(name).suffix.lower() in suffixes)


def _suffixes() -> set[str]:
    """The suffixes of photos that can be read."""
    from PIL import Image

    from smartmask.data.photos import FORMATS

    return {suffix for suffix, kind in Image.registered_extensions().items() if kind in FORMATS}


def _folded(name: str) -> str:
    """What names have in common that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _bounded(name: str) -> str:
    """A name that every system can hold; of a long one the beginning, and a number made of all of it."""
    encoded = name.encode("utf-8", "surrogateescape")
    if len(encoded) <= _LONGEST_NAME:
        return name
    start = encoded[:_LONGEST_NAME].decode("utf-8", "ignore")
    return f"{start}-{zlib.crc32(encoded):08x}"
