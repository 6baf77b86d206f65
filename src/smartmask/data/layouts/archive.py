"""Members of a zip archive that somebody else made: read into memory within limits, never unpacked to disk.

An archive may claim anything. Refused are names that lead elsewhere, symbolic links, encryption, methods of
compression whose output cannot be bounded, more members than a layout needs, and members larger than their
reader can use; what is read ends where the archive said it would, whatever its data expand to.
"""

import stat
import struct
import zipfile
from pathlib import Path
from types import TracebackType

from smartmask.data.layouts.checks import checked_member, short
from smartmask.errors import LayoutFileError
from smartmask.files import check_regular
from smartmask.scene.layout import MAX_LAYERS

MAX_MEMBERS = MAX_LAYERS + 64
_MAX_DIRECTORY_BYTES = MAX_MEMBERS * 4096
"""`zipfile` reads the whole list of members at once, so its size is looked at before."""
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE, _END64_SIGNATURE = b"PK\5\6", b"PK\6\7"


class Archive:
    """A zip file opened for reading; use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        """Open an archive and check the list of its members.

        Raises:
            LayoutFileError: If it is missing, no zip file, or one of its members cannot be trusted.
        """
        self._path = path
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise LayoutFileError(
                f"{path}: cannot be read ({error.strerror or error}); check the path"
            ) from error
        except Exception as error:  # a damaged list of members brings struct, Unicode and other errors
            if isinstance(error, LayoutFileError):
                raise
            raise LayoutFileError(f"{path}: is not a zip archive, or cut short ({error})") from error
        try:
            self._members = self._checked_members()
        except LayoutFileError:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def read(self, name: str, max_bytes: int) -> bytes:
        """The content of a member.

        Raises:
            LayoutFileError: If there is no such member, it is larger than `max_bytes`, or damaged.
        """
        where = f"{self._path}: {name}"
        if name not in self._members:
            raise LayoutFileError(f"{where}: is not in the archive")
        member = self._members[name]
        if member.file_size > max_bytes:
            raise LayoutFileError(f"{where}: has {member.file_size} bytes; at most {max_bytes} are of use")
        try:
            with self._zip.open(member) as file:
                return file.read(max_bytes + 1)
        except MemoryError:
            raise
        except Exception as error:  # zlib, zipfile and struct each have errors of their own
            raise LayoutFileError(f"{where}: is damaged or not as large as it says ({error})") from error

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        listed = self._zip.infolist()
        if len(listed) > MAX_MEMBERS:
            raise LayoutFileError(
                f"{self._path}: holds {len(listed)} members; at most {MAX_MEMBERS} are read"
            )
        for member in listed:
            where = f"{self._path}: {short(member.orig_filename)}"
            # The name as stored: `zipfile` cuts names at NUL and turns the system's separators.
            name = checked_member(member.orig_filename.removesuffix("/"), str(self._path))
            if stat.S_ISLNK(member.external_attr >> 16):
                raise LayoutFileError(f"{where}: is a symbolic link; put the file itself into the archive")
            if member.flag_bits & 1:
                raise LayoutFileError(f"{where}: is encrypted; save the archive without a password")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise LayoutFileError(f"{where}: is compressed by method {member.compress_type}; use deflate")
            if name in members:
                raise LayoutFileError(f"{where}: comes twice")
            members[name] = member
        return members


def _check_directory(path: Path) -> None:
    """Refuse an archive whose list of members is absurdly long, before `zipfile` reads it."""
    check_regular(path)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _END.size - 65535 - 20, 0))
        tail = file.read()
    # As `zipfile` looks for it: at the very end, or else the last place that looks like it.
    start = len(tail) - _END.size
    if start < 0 or not (tail[start:].startswith(_END_SIGNATURE) and tail.endswith(b"\0\0")):
        start = tail.rfind(_END_SIGNATURE)
    if start < 0 or start + _END.size > len(tail):
        raise LayoutFileError(f"{path}: is not a zip archive, or cut short")
    _, _, _, _, count, length, _, _ = _END.unpack_from(tail, start)
    if tail[max(start - 20, 0) : start].startswith(_END64_SIGNATURE):
        raise LayoutFileError(f"{path}: is a zip64 archive, which no layout needs")
    if count > MAX_MEMBERS or length > _MAX_DIRECTORY_BYTES:
        found = f"{count} members in a list of {length} bytes"
        raise LayoutFileError(f"{path}: holds {found}; at most {MAX_MEMBERS} members are read")
