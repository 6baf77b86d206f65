"""Ways to damage a sound file: its bytes, what a JSON, a zip or a PNG holds, the rows of a table."""

import copy
import io
import json
import random
import struct
import zipfile
import zlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, -(2**63), 10**30, 0.5, 40.0, -0.0, 1e308, 1e-308,
    float("nan"), float("inf"), "", " ", "0", "a", "\0", "..", "../a", "/dev/zero", "a" * 5000, "\ud800",
    "\x1b[2J", "‮", [], {}, [[]], [None], {"": None}, [0] * 300, [[[[[[[]]]]]]], "22", "PPPPPPPPP",
)  # fmt: skip
"""What a value of a record may be turned into."""
WORDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def damaged(content: bytes, rng: random.Random) -> bytes:
    """A file's content with one to three faults."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        ways = [_bytes]
        if content[:1] in (b"{", b"["):
            ways += [_json] * 5
        elif content[:2] == b"PK":
            ways += [_zip] * 4
        elif content[:4] == b"\x89PNG":
            ways += [_png] * 3
        elif content[:4] == b"PAR1":
            ways += [_table] * 4
        content = rng.choice(ways)(content, rng)
    return content


def _bytes(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    place = rng.randrange(len(data) + 1)
    # Heads hold what matters most.
    place = min(place, rng.choice((16, 64, 256, 10**9)))
    end = min(len(data), place + rng.choice((1, 2, 4, 16, 100)))
    way = rng.randrange(6)
    if way == 0:
        return bytes(data[:place])
    if way == 1:
        del data[place:end]
    elif way == 2:
        data[place:place] = data[place:end] * rng.choice((1, 2, 50))
    elif way == 3:
        data[place:end] = rng.randbytes(end - place)
    elif way == 4:
        data[place : place + 4] = struct.pack(rng.choice("<>") + "I", rng.choice(WORDS))
    elif place < len(data):
        data[place] ^= 1 << rng.randrange(8)
    return bytes(data)


def changed(value: Any, rng: random.Random) -> Any:
    """A JSON value with one place changed."""
    value = copy.deepcopy(value)
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        inner = list(one.items() if isinstance(one, dict) else enumerate(one))
        places += [(one, key) for key, _ in inner]
        waiting += [held for _, held in inner if isinstance(held, dict | list)]
    if not places:
        return rng.choice(ODD)
    holder, key = rng.choice(places)
    way = rng.randrange(8)
    if way == 0:
        del holder[key]
    elif way == 1 and isinstance(holder, list):
        holder.extend([copy.deepcopy(holder[key])] * rng.choice((1, 5, 300)))
    elif way == 2:
        other, place = rng.choice(places)
        holder[key] = copy.deepcopy(other.get(place) if isinstance(other, dict) else other[place])
    elif way == 3 and isinstance(holder[key], int | float):
        holder[key] = holder[key] * rng.choice((-1, 1000, 10**6)) + rng.choice((0, 1, -1, 0.5))
    elif way == 4 and isinstance(holder[key], str):
        text = holder[key]
        place = rng.randrange(len(text) + 1)
        holder[key] = (
            text[:place] + rng.choice(("\0", "/", "..", "é", "\ud800", "0", "~", "")) + text[place + 1 :]
        )
    else:
        holder[key] = copy.deepcopy(rng.choice(ODD))
    return value


def _json(content: bytes, rng: random.Random) -> bytes:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return _bytes(content, rng)
    if rng.random() < 0.02:
        return b'{"a":' * 20_000
    return json.dumps(changed(value, rng)).encode()


def _zip(content: bytes, rng: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = [(info.filename, file.read(info)) for info in file.infolist()]
        place = rng.randrange(len(members))
    except Exception:  # damaged before
        return _bytes(content, rng)
    name, held = members[place]
    way = rng.randrange(6)
    if way == 0:
        del members[place]
    elif way == 1:
        members.append(members[place])
    elif way == 2:
        members[place] = (rng.choice(("", "a", "../a", "/a", "a\\b", name + "x")), held)
    elif way == 3:
        members[place] = (name, b"\0" * 10**7)
    else:
        members[place] = (name, damaged(held, rng) if held else b"0")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, held in members:
            # Weights hardly shrink, and packing them took most of a run.
            packed = len(held) < 100_000 or not any(held[:1000])
            way = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            file.writestr(zipfile.ZipInfo(name or "x"), held, way, 1)
    return made.getvalue()


def _png(content: bytes, rng: random.Random) -> bytes:
    """One of its chunks changed, under a checksum that is right."""
    chunks, place = [], 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return _bytes(content, rng)
    number = rng.randrange(len(chunks))
    kind, held = chunks[number]
    way = rng.randrange(5)
    if way == 0:
        del chunks[number]
    elif way == 1:
        chunks.append(chunks[number])
    elif way == 2:
        kinds = (b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"zTXt", b"iTXt", b"gAMA")
        chunks.insert(number, (rng.choice(kinds), held))
    elif kind == b"IDAT" and way == 3:
        try:
            chunks[number] = (kind, zlib.compress(_bytes(zlib.decompress(held), rng)))
        except zlib.error:
            chunks[number] = (kind, _bytes(held, rng))
    else:
        chunks[number] = (kind, _bytes(held, rng) if held else b"\1")
    made = b"\x89PNG\r\n\x1a\n"
    for kind, held in chunks:
        made += struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))
    return made


def _table(content: bytes, rng: random.Random) -> bytes:
    """A table whose rows are changed, as far as a table can hold what comes out."""
    try:
        rows = parquet.read_table(io.BytesIO(content)).to_pylist()
        made = io.BytesIO()
        parquet.write_table(pa.Table.from_pylist(changed(rows, rng)), made)
        return made.getvalue()
    except Exception:  # Arrow holds columns of one type each
        return _bytes(content, rng)
