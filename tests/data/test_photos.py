"""Photos and drawn masks: every kind of file in, one form out, or one clear line."""

import io
import struct
import threading
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from smartmask.data.photos import read_mask, read_photo, read_picture
from smartmask.data.pillow_rules import MOST_BESIDE
from smartmask.errors import ImageError

RED, BLUE = (200, 30, 40), (20, 60, 220)
HEIGHT, WIDTH = 24, 40


def picture() -> Image.Image:
    """Red on the left, blue on the right, a white stripe on top: no two turns of it look alike."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : WIDTH // 2], pixels[:, WIDTH // 2 :], pixels[:4] = RED, BLUE, 255
    return Image.fromarray(pixels)


def saved(tmp_path: Path, image: Image.Image, name: str, **options: Any) -> Path:
    path = tmp_path / name
    image.save(path, **options)
    return path


def looks_like_picture(photo: np.ndarray, tolerance: int) -> bool:
    expected = np.asarray(picture())
    if photo.shape != expected.shape or photo.dtype != np.uint8:
        return False
    # Lossy files blur the edges: compare the middles of the three parts.
    middles = [np.s_[8:20, 4:16], np.s_[8:20, 24:36], np.s_[0:2, 4:36]]
    return all(
        np.abs(photo[part].reshape(-1, 3).mean(0) - expected[part].reshape(-1, 3).mean(0)).max() <= tolerance
        for part in middles
    )


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0),
        ("a.jpg", {"quality": 95}, 6),
        ("a.webp", {"quality": 95}, 12),
        ("a.tiff", {}, 0),
        ("a.tiff", {"compression": "tiff_lzw"}, 0),
        ("a.bmp", {}, 0),
        ("a.gif", {}, 8),
        ("a.avif", {"quality": 95}, 12),
        ("a.jp2", {}, 0),
        ("a.ppm", {}, 0),
    ],
    ids=lambda value: str(value) if not isinstance(value, int) else "",
)
def test_reads_each_format(tmp_path, name, options, tolerance):
    assert looks_like_picture(read_photo(saved(tmp_path, picture(), name, **options)), tolerance)


def test_reads_a_text_path_and_a_wrongly_named_file(tmp_path):
    path = saved(tmp_path, picture(), "a.png").rename(tmp_path / "photo.jpg")
    assert looks_like_picture(read_photo(str(path)), 0)


def test_reads_the_content_of_a_file_as_the_file(tmp_path):
    path = saved(tmp_path, picture(), "a.jpg", quality=95)
    assert (read_photo(path.read_bytes()) == read_photo(path)).all()
    for content, message in ((b"", "is empty"), (b"text", "not an image"), (path.read_bytes()[:400], "")):
        with pytest.raises(ImageError, match=f"^the picture: .*{message}"):
            read_photo(content)
    with pytest.raises(ImageError, match=r"^the picture: 40x24 is 0\.0 megapixels, above the limit"):
        read_photo(path.read_bytes(), max_megapixels=1e-6)


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "P", "RGBX"])
def test_converts_colour_modes(tmp_path, mode):
    image = picture().convert(mode)
    assert looks_like_picture(read_photo(image), 8)


def test_reads_a_cmyk_jpeg(tmp_path):
    path = saved(tmp_path, picture().convert("CMYK"), "a.jpg", quality=95)
    assert looks_like_picture(read_photo(path), 8)


def test_scales_sixteen_bit_grey(tmp_path):
    values = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    path = saved(tmp_path, Image.fromarray(values), "a.png")
    with Image.open(path) as stored:
        assert stored.mode == "I;16"
    assert read_photo(path)[..., 0].tolist() == [[0, 1, 128, 255]]
    wide = Image.fromarray(values.astype(np.int32))
    assert read_photo(wide)[..., 2].tolist() == [[0, 1, 128, 255]]


def test_refuses_grey_beyond_sixteen_bits_and_floats(tmp_path):
    with pytest.raises(ImageError, match=r"grey values go from -5 to 70000, beyond 16 bits"):
        read_photo(Image.fromarray(np.array([[-5, 70000]], np.int32)))
    path = saved(tmp_path, Image.fromarray(np.zeros((2, 2), np.float32)), "a.tiff")
    with pytest.raises(ImageError, match=r"a\.tiff: holds 32-bit floats"):
        read_photo(path)


def test_reads_one_bit_and_grey(tmp_path):
    values = np.array([[0, 255, 255, 0]], np.uint8)
    for mode in ("1", "L"):
        path = saved(tmp_path, Image.fromarray(values).convert(mode), f"{mode}.png")
        assert read_photo(path).tolist() == [[[0] * 3, [255] * 3, [255] * 3, [0] * 3]]


def test_lays_transparency_over_white(tmp_path):
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0] = [(100, 0, 0, 255), (100, 0, 0, 0), (100, 0, 0, 51)]
    expected = [[[100, 0, 0], [255, 255, 255], [224, 204, 204]]]
    assert read_photo(saved(tmp_path, Image.fromarray(rgba), "a.png")).tolist() == expected
    grey = Image.fromarray(rgba).convert("LA")
    assert read_photo(saved(tmp_path, grey, "b.png"))[0, 1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("transparency", [1, b"\xff\x00"], ids=["one index", "bytes"])
def test_palette_with_transparency(tmp_path, transparency):
    image = Image.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
    image.putpalette([9, 8, 7, 50, 60, 70])
    path = saved(tmp_path, image, "a.png", transparency=transparency)
    assert read_photo(path).tolist() == [[[9, 8, 7], [255, 255, 255]]]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_by_exif_orientation(tmp_path, name, orientation):
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = picture() if back is None else picture().transpose(back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert looks_like_picture(read_photo(saved(tmp_path, stored, name, exif=exif)), 14)


def test_damaged_exif_leaves_the_photo_as_it_is_stored(tmp_path):
    path = saved(tmp_path, picture(), "a.jpg", quality=95, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\x01\x02")
    assert looks_like_picture(read_photo(path), 6)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"], ids=["GIF", "WebP", "APNG"])
def test_reads_the_first_frame(tmp_path, name):
    frames = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("black", "white")]
    options = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, picture(), name, save_all=True, append_images=frames, duration=50, **options)
    with Image.open(path) as stored:
        assert stored.n_frames == 3
    assert looks_like_picture(read_photo(path), 8)


def test_returns_an_array_as_it_is():
    array = np.asarray(picture())
    assert read_photo(array) is array


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (np.zeros((4, 4, 3), np.float32), TypeError, "must be uint8 with values 0..255, not float32"),
        (
            np.zeros((4, 4), np.uint8),
            ValueError,
            r"must be RGB \(H, W, 3\) with at least one pixel, not \(4, 4\)",
        ),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"not \(4, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, r"not \(0, 4, 3\)"),
        (Image.new("RGB", (0, 4)), ValueError, "at least 1x1 pixels, not 0x4"),
        (17, TypeError, "must be a path, a Pillow image or a uint8 array, not int"),
    ],
    ids=["floats", "grey array", "RGBA array", "no rows", "empty image", "a number"],
)
def test_refuses_what_is_no_photo(no_type_check, source, error, message):
    with pytest.raises(error, match=message):
        read_photo(source)


def test_names_what_is_wrong_with_a_file(tmp_path):
    empty, text = tmp_path / "empty.png", tmp_path / "notes.png"
    empty.touch()
    text.write_text("not an image")
    with pytest.raises(ImageError, match=r"gone\.png: no such file; check the path"):
        read_photo(tmp_path / "gone.png")
    with pytest.raises(ImageError, match="is not a file; give the path of an image file"):
        read_photo(tmp_path)
    with pytest.raises(ImageError, match=r"empty\.png: the file is empty \(0 bytes\)"):
        read_photo(empty)
    with pytest.raises(
        ImageError, match=r"notes\.png: not an image this can read \(PNG, JPEG.*convert it to PNG"
    ):
        read_photo(text)


def test_a_palette_picture_without_a_palette_is_named(tmp_path):
    chunks = [(b"IHDR", struct.pack(">LLBBBBB", 1, 1, 8, 3, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0"))]
    path = tmp_path / "bare.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
            for kind, data in [*chunks, (b"IEND", b"")]
        )
    )
    for read in (read_photo, lambda path: read_mask(path, (1, 1))):
        with pytest.raises(ImageError, match=r"bare\.png: colour mode P cannot be converted"):
            read(path)


def test_starts_no_postscript_interpreter(tmp_path):
    path = saved(tmp_path, picture(), "a.eps")
    with pytest.raises(ImageError, match="not an image this can read"):
        read_photo(path)


def complaint(path: Path) -> str | None:
    """What `read_photo` says of a file; None if it reads it."""
    try:
        read_photo(path, max_megapixels=1.0)
    except ImageError as error:
        return str(error)
    return None


FORMATS = ["a.png", "a.jpg", "a.webp", "a.tiff", "a.bmp", "a.gif", "a.avif", "a.jp2", "a.ppm"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_anywhere_is_refused_in_one_line(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    whole = saved(tmp_path, Image.fromarray(noise), name).read_bytes()
    cut = tmp_path / f"cut_{name}"
    complaints = []
    for length in range(1, len(whole) * 9 // 10, max(len(whole) // 60, 1)):
        cut.write_bytes(whole[:length])
        complaints.append(complaint(cut))
    assert all(text is not None and str(cut) in text and "\n" not in text for text in complaints)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_bytes_bring_image_errors_only(tmp_path, name):
    rng = np.random.default_rng(1)
    whole = saved(tmp_path, picture(), name).read_bytes()
    path = tmp_path / f"damaged_{name}"
    for _ in range(100):
        content = bytearray(whole)
        for position in rng.integers(0, len(content), 3):
            content[position] = rng.integers(0, 256)
        path.write_bytes(content)
        assert "\n" not in (complaint(path) or "")


def header_only_png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "PNG")
    content = bytearray(buffer.getvalue())
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize("side", [9500, 12000, 60000], ids=["90 Mpx", "144 Mpx", "3600 Mpx"])
def test_size_limit_is_read_from_the_header(tmp_path, side):
    """Pillow itself warns above 89 and raises above 179 megapixels; only our limit speaks here."""
    path = tmp_path / "large.png"
    path.write_bytes(header_only_png(side, side))
    with pytest.raises(
        ImageError, match=rf"{side}x{side} is .* megapixels, above the limit of 80; .*--max-megapixels"
    ):
        read_photo(path, max_megapixels=80.0)
    assert Image.MAX_IMAGE_PIXELS is not None


def test_a_raised_limit_lets_large_photos_in(tmp_path):
    path = saved(tmp_path, Image.new("1", (14000, 13000)), "large.png")
    with pytest.raises(ImageError, match=r"14000x13000 is 182\.0 megapixels, above the limit of 100"):
        read_photo(path)
    cut = tmp_path / "cut.png"
    cut.write_bytes(header_only_png(14000, 13000))
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_photo(cut, max_megapixels=200.0)
    with pytest.raises(ValueError, match="max_megapixels must be above 0, not nan"):
        read_photo(path, max_megapixels=float("nan"))


def test_limit_holds_for_images_but_not_for_arrays_which_are_decoded_already():
    assert read_photo(np.zeros((100, 200, 3), np.uint8), max_megapixels=0.01).shape == (100, 200, 3)
    with pytest.raises(ImageError, match="the image: 200x100"):
        read_photo(Image.new("RGB", (200, 100)), max_megapixels=0.01)


def test_threads_leave_pillows_switches_alone(tmp_path):
    path = saved(tmp_path, picture(), "a.png")
    before = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    threads = [threading.Thread(target=lambda: [read_photo(path) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Image.MAX_IMAGE_PIXELS, list(warnings.filters)) == before


DRAWN = np.zeros((HEIGHT, WIDTH), bool)
DRAWN[5:15, 10:30] = True


def on_transparent(colour: tuple[int, int, int]) -> Image.Image:
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    rgba[DRAWN] = (*colour, 255)
    return Image.fromarray(rgba)


@pytest.mark.parametrize(
    "drawing",
    [
        Image.fromarray(DRAWN.astype(np.uint8) * np.uint8(255)),
        Image.fromarray(DRAWN),
        Image.fromarray(DRAWN.astype(np.uint16) * np.uint16(65535)),
        Image.fromarray(DRAWN.astype(np.uint8) * np.uint8(255)).convert("RGB"),
        Image.fromarray(DRAWN.astype(np.uint8) * np.uint8(255)).convert("RGBA"),
        on_transparent((0, 0, 0)),
        on_transparent((255, 255, 255)),
        on_transparent((250, 20, 20)),
    ],
    ids=[
        "grey",
        "1 bit",
        "16 bit",
        "RGB",
        "opaque RGBA",
        "black on transparent",
        "white on transparent",
        "red ink",
    ],
)
def test_reads_a_drawn_mask(tmp_path, drawing):
    mask = read_mask(saved(tmp_path, drawing, "drawn.png"), (HEIGHT, WIDTH))
    assert mask.dtype == bool
    assert np.array_equal(mask, DRAWN)


def test_mask_threshold_is_between_127_and_128(tmp_path):
    path = saved(tmp_path, Image.fromarray(np.array([[127, 128]], np.uint8)), "drawn.png")
    assert read_mask(path, (1, 2)).tolist() == [[False, True]]


def test_refuses_a_mask_of_another_size_or_without_anything(tmp_path):
    path = saved(tmp_path, Image.new("L", (WIDTH, HEIGHT), 1), "dark.png")
    with pytest.raises(ValueError, match=r"dark\.png is 40x24 but the photo is 41x24; draw it at"):
        read_mask(path, (24, 41))
    with pytest.raises(ValueError, match="is 40x24 but the photo is 24x40"):
        read_mask(path, (40, 24))
    with pytest.raises(
        ValueError, match=r"nothing is drawn \(its brightest pixel is 1 of 255\); draw in white on"
    ):
        read_mask(path, (HEIGHT, WIDTH))
    clear = saved(tmp_path, Image.new("RGBA", (WIDTH, HEIGHT), (255, 255, 255, 0)), "clear.png")
    with pytest.raises(ValueError, match=r"nothing is drawn \(all of it is transparent\)"):
        read_mask(clear, (HEIGHT, WIDTH))
    with pytest.raises(ImageError, match=r"gone\.png: no such file"):
        read_mask(tmp_path / "gone.png", (HEIGHT, WIDTH))


def test_a_closed_image_is_named_as_such(tmp_path):
    image = Image.open(saved(tmp_path, Image.new("RGB", (9, 7)), "closed.png"))
    image.close()
    with pytest.raises(ImageError, match="was closed before it was read; open it again"):
        read_photo(image)


def test_sixteen_bit_grey_whose_zero_is_white_is_no_negative(tmp_path):
    path = saved(tmp_path, Image.fromarray(np.array([[0, 65535]], np.uint16)), "a.tiff", tiffinfo={262: 0})
    with Image.open(path) as stored:
        assert (stored.mode, stored.tag_v2[262]) == ("I;16", 0)
    assert read_photo(path)[..., 0].tolist() == [[255, 0]]


def test_a_large_colour_profile_is_no_reason_not_to_read(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for length, is_read in ((2_000_000, True), (MOST_BESIDE + 1, False)):
        path = saved(tmp_path, picture(), "a.png", icc_profile=profile + bytes(length - len(profile)))
        if is_read:
            assert read_picture(path).profile is None
        else:
            with pytest.raises(ImageError, match="cannot be opened"):
                read_photo(path)


def test_a_masked_array_is_refused():
    with pytest.raises(TypeError, match="a photo array must be a plain array, not a masked one"):
        read_photo(np.ma.masked_array(np.zeros((2, 2, 3), np.uint8), mask=True))
