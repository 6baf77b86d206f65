"""What takes too much to decode is refused by its header; a PNG's transparent value is so at any depth."""

import io
import logging
import struct
import subprocess
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from smartmask.compositing.cutout import read_cutout
from smartmask.data.decoding import MAX_SCANS, check_decoding
from smartmask.data.layouts.pictures import mask_of_picture, opened_png, read_png
from smartmask.data.photos import open_image, read_mask, read_photo
from smartmask.errors import ImageError, LayoutFileError

SIDE = 64
MEGAPIXELS = SIDE * SIDE / 1e6
NOISE = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 4), np.uint8)


def file_of(mode: str, kind: str, **options: Any) -> bytes:
    """Noise in a colour mode as a file."""
    buffer = io.BytesIO()
    Image.fromarray(NOISE).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def largest(content: bytes) -> float:
    """Up to how much of what a plain decoder takes such a file takes, as a share of its pixels."""
    low, high = 0.0, 4.0
    with open_image(content) as image:
        for _ in range(20):
            middle = (low + high) / 2
            try:
                check_decoding(image, "it", MEGAPIXELS, middle * MEGAPIXELS)
                high = middle
            except ImageError:
                low = middle
    return high


@pytest.mark.parametrize(
    ("mode", "kind", "options", "bytes_a_pixel"),
    [
        ("RGB", "PNG", {}, 9),
        ("RGB", "JPEG", {}, 9),
        ("RGB", "BMP", {}, 9),
        ("CMYK", "TIFF", {}, 9),
        ("RGB", "WEBP", {}, 16),
        ("RGBA", "AVIF", {}, 16),
        ("L", "JPEG2000", {}, 9),
        ("RGB", "JPEG2000", {}, 19),
        ("RGBA", "JPEG2000", {}, 25),
        ("L", "JPEG", {"progressive": True}, 9),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 2}, 9),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 0}, 10),
        ("CMYK", "JPEG", {"progressive": True, "subsampling": 0}, 12),
    ],
)
def test_files_whose_decoders_take_more_memory_may_have_fewer_pixels(mode, kind, options, bytes_a_pixel):
    content = file_of(mode, kind, **options)
    wanted = max(bytes_a_pixel / 9, 0)
    if bytes_a_pixel == 9:
        read_photo(content, max_megapixels=MEGAPIXELS)
        return
    with open_image(content) as image:
        check_decoding(image, "it", 1.01 * wanted * MEGAPIXELS, 0.0)
        with pytest.raises(
            ImageError,
            match=r"it: 64x64 is 0\.0 megapixels, above the limit of 0 for files of its kind "
            rf"\({kind}\), which take {bytes_a_pixel} bytes a pixel; .* raise max_megapixels \(--max-",
        ):
            check_decoding(image, "it", 0.99 * wanted * MEGAPIXELS, 0.0)


def test_a_lower_limit_of_pixels_does_not_lower_the_memory():
    content = file_of("RGB", "WEBP")
    assert read_photo(content, max_megapixels=MEGAPIXELS).shape == (SIDE, SIDE, 3)
    with pytest.raises(ImageError, match="above the limit of 0"):
        read_photo(content, max_megapixels=0.9 * MEGAPIXELS)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_a_tiff_of_one_compressed_strip_is_held_beside_the_picture(monkeypatch, compression):
    monkeypatch.setattr(TiffImagePlugin, "STRIP_SIZE", 10**9)
    assert largest(file_of("RGBA", "TIFF", compression=compression)) > (1.2 if compression != "raw" else 0)
    monkeypatch.setattr(TiffImagePlugin, "STRIP_SIZE", SIDE * 4)
    assert largest(file_of("RGBA", "TIFF", compression=compression)) <= 1.01


def with_scans(count: int, thumbnail: bool = False) -> bytes:
    """A progressive JPEG whose last scan comes so many times more; 10 scans are its own."""
    content = file_of("RGB", "JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    if thumbnail:  # scans within metadata are none of the picture's
        inner = content * 3
        content = content[:2] + b"\xff\xe9" + struct.pack(">H", len(inner) + 2) + inner + content[2:]
    return content[:-2] + scan * count + b"\xff\xd9"


@pytest.mark.parametrize("thumbnail", [False, True], ids=["plain", "with pictures in its metadata"])
def test_a_jpeg_may_have_so_many_scans_times_megapixels(monkeypatch, thumbnail):
    monkeypatch.setattr("smartmask.data.decoding._FEWEST_MEGAPIXELS", 0.0)
    monkeypatch.setattr("smartmask.data.decoding.MAX_SCANS", 20.5 * MEGAPIXELS)
    assert read_photo(with_scans(10, thumbnail)).shape == (SIDE, SIDE, 3)
    with pytest.raises(
        ImageError, match=r"a JPEG of 64x64 in more than 20 scans, above the limit of .* anew"
    ):
        read_photo(with_scans(11, thumbnail))


def test_small_jpegs_are_no_way_round_the_limit_of_scans():
    with pytest.raises(ImageError, match=r"in more than 20000 scans, above the limit of 2000 scans times"):
        read_photo(with_scans(10 * MAX_SCANS))


def test_a_marker_is_found_wherever_the_pieces_end(monkeypatch):
    monkeypatch.setattr("smartmask.data.decoding.MAX_SCANS", 1)  # ten of a picture this small
    for size in (2, 3, 7, 64):
        monkeypatch.setattr("smartmask.data.decoding._PIECE", size)
        read_photo(with_scans(0))
        with pytest.raises(ImageError, match="in more than 10 scans"):
            read_photo(with_scans(1))


def png(values: list[int], depth: int, kind: int, transparent: list[int]) -> bytes:
    """A PNG of one row: values of a depth, and the transparent one."""
    bits = "".join(f"{value:0{depth}b}" for value in values)
    row = int(bits.ljust(-len(bits) // 8 * -8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    width = len(values) // (3 if kind == 2 else 1)
    chunks = [
        (b"IHDR", struct.pack(">LLBBBBB", width, 1, depth, kind, 0, 0, 0)),
        (b"tRNS", struct.pack(f">{len(transparent)}H", *transparent)),
        (b"IDAT", zlib.compress(b"\0" + row)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
        for name, data in chunks
    )


TRANSPARENT = pytest.mark.parametrize(
    "content",
    [
        png([0, 0, 1, 0], 1, 0, [1]),
        png([1, 0, 2, 1], 2, 0, [2]),
        png([1, 0, 9, 3], 4, 0, [9]),
        png([1, 0, 200, 3], 8, 0, [200]),
        png([1, 0, 40_000, 40_001], 16, 0, [40_000]),
        png([1, 2, 3, 4, 5, 6, 200, 100, 50, 200, 100, 51], 8, 2, [200, 100, 50]),
        png([1, 2, 3, 4, 5, 6, 40_000, 30_000, 20_000, 0, 0, 0], 16, 2, [40_000, 30_000, 20_000]),
    ],
    ids=["1 bit", "2 bits", "4 bits", "8 bits", "16 bits", "RGB of 8 bits", "RGB of 16 bits"],
)


@TRANSPARENT
def test_the_transparent_value_of_a_png_is_white_in_a_photo(content):
    row = read_photo(content)[0]
    assert row[2].tolist() == [255] * 3
    assert (row[[0, 1, 3]] < 255).any(1).all()


@TRANSPARENT
def test_the_transparent_value_of_a_png_is_no_part_of_a_mask(content, tmp_path):
    expected = [[True, True, False, True]]
    (tmp_path / "mask.png").write_bytes(content)
    assert read_mask(tmp_path / "mask.png", (1, 4)).tolist() == expected
    assert mask_of_picture(read_png(content, (1, 4), 1.0, "it"), True, "it").tolist() == expected


@TRANSPARENT
def test_the_transparent_value_of_a_png_is_the_ground_of_a_cutout(content, tmp_path):
    (tmp_path / "cutout.png").write_bytes(content)
    alpha = read_cutout(tmp_path / "cutout.png").alpha
    row = alpha[len(alpha) // 2]
    start = int(np.flatnonzero(row)[0])
    assert row[start : start + 4].tolist() == [255, 255, 0, 255]


def test_a_palette_picture_without_a_palette_is_no_layer_and_no_cutout(tmp_path):
    content = png([1, 0, 2, 3], 8, 3, [])
    (tmp_path / "bare.png").write_bytes(content)
    with pytest.raises(ImageError, match="has no palette"):
        read_cutout(tmp_path / "bare.png")
    with pytest.raises(LayoutFileError, match="has no palette"):
        mask_of_picture(opened_png(content, "it"), False, "it")


UNTOLD = """
import sys
from smartmask.data.layouts.pictures import read_png
from smartmask.data.photos import read_photo
from smartmask.errors import SmartMaskError
for content in {contents}:
    for read in (read_photo, lambda content: read_png(content, None, 1.0, "it")):
        try:
            read(content)
        except SmartMaskError as error:
            print(error)
"""


def test_nothing_but_the_error_is_told_of_a_damaged_picture():
    """Of these Pillow logs an error (samples without end), and warns (frames without end, a cut tag)."""
    tiff = bytearray(file_of("RGB", "TIFF"))
    at = tiff.index(struct.pack("<HH", 277, 3))  # SamplesPerPixel
    tiff[at + 8 : at + 10] = struct.pack("<H", 99)
    frames = file_of("RGB", "PNG")
    control = b"acTL" + struct.pack(">LL", 2**31, 0)
    frames = (
        frames[:33] + struct.pack(">L", 8) + control + struct.pack(">L", zlib.crc32(control)) + frames[33:]
    )
    cut = file_of("RGB", "TIFF")[:-20]
    program = UNTOLD.format(contents=[bytes(tiff), frames, cut])
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert "not an image this can read" in told.stdout
    assert not logging.getLogger("PIL").handlers
