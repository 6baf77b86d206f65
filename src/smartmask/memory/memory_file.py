"""The file of a shape memory: an .npz of columns, codes, and a card in JSON.

The card says format, version, the codec's digest, the bytes of a code, the words of each text column and the
wider words. The other members are the columns' numbers, aspects, whether shapes may be mirrored, how clear
they are, and the codes. NumPy opens a member only when it is asked for, so the codes are left alone until
somebody wants them.
"""

import io
import json
import os
import weakref
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.errors import CheckpointError
from smartmask.files import MAX_ARRAYS_BYTES, check_regular
from smartmask.memory.remembered import STYLES, TEXTS, Rows, TextColumn
from smartmask.passing import passing_files, sync_folder

FORMAT, VERSION = "smartmask-shape-memory", 1
_CARD = {"format", "version", "codec", "code_bytes", "words", "parents"}


@dataclass(frozen=True, slots=True, eq=False)
class MemoryContent:
    """What a file holds: see `ShapeMemory.__init__`."""

    rows: Rows
    codes: Callable[[], UInt8[np.ndarray, "N B"]]
    codec: str
    parents: Mapping[str, str]


def write_memory(path: Path, content: MemoryContent) -> None:
    """Write the file under a passing name, then rename it; a failure leaves what was there.

    Raises:
        OSError: If it cannot be written.
    """
    codes = content.codes()
    card = {
        "format": FORMAT,
        "version": VERSION,
        "codec": content.codec,
        "code_bytes": codes.shape[1],
        "words": {name: content.rows.texts[name].words for name in TEXTS},
        "parents": dict(content.parents),
    }
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {name: content.rows.texts[name].rows for name in TEXTS}
    arrays["card"] = np.frombuffer(json.dumps(card, ensure_ascii=False).encode(), np.uint8)
    arrays |= {"aspects": content.rows.aspects, "may_mirror": content.rows.may_mirror}
    arrays |= {"clarities": content.rows.clarities.astype(np.float16), "codes": codes}
    np.savez_compressed(buffer, **arrays)
    with passing_files([path]) as passing:
        with passing[path].open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        passing[path].replace(path)
        sync_folder(path.parent)


def read_memory(path: Path) -> MemoryContent:
    """All of a file, its codes when they are asked for.

    Raises:
        CheckpointError: If the file is missing, damaged or of another version.
    """
    try:
        if not path.exists():
            raise ValueError("no such file")
        check_regular(path)
        if not zipfile.is_zipfile(path):  # NumPy would leave it open
            raise ValueError("it is no .npz file")
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_ARRAYS_BYTES:
                raise ValueError(f"it holds more than {MAX_ARRAYS_BYTES} bytes")
        # Stays open, so that a file put in its place changes nothing.
        file = np.load(path, allow_pickle=False)
        card = json.loads(file["card"].tobytes().decode())
    except Exception as error:
        raise CheckpointError(f"{path}: missing or damaged shape memory ({error})") from error
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != (FORMAT, VERSION):
        raise CheckpointError(
            f"{path}: is not a {FORMAT} file of version {VERSION}; make one with: smartmask memory add"
        )
    if wrong := sorted(set(card) ^ _CARD):
        raise CheckpointError(f"{path}: its card has unknown or missing settings: {', '.join(wrong)}")
    try:
        texts = {name: TextColumn(tuple(card["words"][name]), file[name].astype(np.uint32)) for name in TEXTS}
        numbers = file["aspects"].astype(np.float32), file["may_mirror"].astype(bool)
        rows = Rows(texts, *numbers, file["clarities"].astype(np.float32))
        parents = {str(label): str(wider) for label, wider in card["parents"].items()}
        codec, shape = str(card["codec"]), (len(rows), int(card["code_bytes"]))
        fault = _fault_of(rows)
    except Exception as error:
        raise CheckpointError(f"{path}: damaged shape memory ({error}); copy or make it again") from error
    if fault:
        raise CheckpointError(f"{path}: damaged shape memory ({fault}); copy or make it again")

    def codes() -> UInt8[np.ndarray, "N B"]:
        return _codes(file, path, shape)

    # Whoever never asks leaves the file open; in a cycle it would be finalised before what closes it.
    weakref.finalize(codes, file.close)
    return MemoryContent(rows, codes, codec, parents)


def _fault_of(rows: Rows) -> str | None:
    for name, column in rows.texts.items():
        if column.rows.shape != rows.aspects.shape:
            return f"column {name} has {len(column.rows)} rows, not {len(rows)}"
        if not all(isinstance(word, str) for word in column.words):
            return f"column {name} holds words that are no text"
        if len(column.rows) and int(column.rows.max()) >= len(column.words):
            return f"column {name} names a word that is not there"
    if rows.may_mirror.shape != rows.aspects.shape:
        return "column may_mirror is of another length"
    if rows.clarities.shape != rows.aspects.shape or not np.isfinite(rows.clarities).all():
        return "column clarities is of another length, or holds numbers that are not finite"
    if not (np.isfinite(rows.aspects) & (rows.aspects > 0)).all():
        return "an aspect is not above 0"
    if unknown := sorted(set(rows.texts["style"].words) - set(STYLES)):
        return f"unknown style {unknown[0]!r}"
    return "an empty label" if not all(map(str.strip, rows.texts["label"].words)) else None


def _codes(file: Any, path: Path, shape: tuple[int, int]) -> UInt8[np.ndarray, "N B"]:
    """The codes; the file is closed, for nothing else is wanted of it."""
    try:
        with file:
            codes: np.ndarray = file["codes"]
    except Exception as error:
        raise CheckpointError(f"{path}: damaged codes ({error}); copy or make the file again") from error
    if codes.shape != shape or codes.dtype != np.uint8:
        raise CheckpointError(
            f"{path}: damaged codes: {codes.dtype} of {codes.shape}, not uint8 of {shape}; make it again"
        )
    return codes
