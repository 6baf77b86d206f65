"""Layout files that may be read: what a file asks for is counted before any mask of it is made."""

import io
import struct
import zipfile
from typing import Any

from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.problems import Problem
from smartmask.data.layout_formats import is_panoptic
from smartmask.data.layouts.checks import is_int, parse_json
from smartmask.errors import LayoutFileError

MAX_JSON_BYTES = 16 * 2**20
"""Values in memory take many times their text."""
_PNG = b"\x89PNG"
_PSD = b"8BPS"
_ZIP = b"PK"


def check_import(content: bytes, limits: Limits) -> None:
    """Refuse a layout file that asks for too much.

    Args:
        content: The file; whether it is sound is for its reader to say.
        limits: Layers and pixels.

    Raises:
        LayoutFileError: If it is empty, damaged so that nothing can be counted, or needs a second file.
        Problem: If it asks for more than is kept.
    """
    if content.startswith(_PNG):
        raise LayoutFileError(
            "a label map needs a second file for its names; turn it into one: smartmask convert labels.png "
            "--to json --out layout.json"
        )
    if content.startswith(_ZIP):
        count, pixels = _of_zip(content)
    elif content.startswith(_PSD):
        count, pixels = _of_psd(content)
    else:
        if len(content) > MAX_JSON_BYTES:
            raise Problem("too-large", f"a layout JSON of more than {MAX_JSON_BYTES} bytes; make it smaller")
        parsed = parse_json(content, "the layout file")
        if is_panoptic(parsed):
            raise LayoutFileError(
                "a panoptic JSON needs a second file, its PNG; turn them into one: "
                "smartmask convert panoptic.json --to json --out layout.json"
            )
        count, pixels = _of_json(parsed)
    if pixels > limits.megapixels * 1e6 or count * pixels > limits.mask_megapixels * 1e6:
        raise Problem(
            "too-large",
            f"the layout file asks for {count} masks of {pixels / 1e6:.1f} megapixels; at most "
            f"{limits.megapixels:g} each and {limits.mask_megapixels:g} together are read",
        )


def _of_zip(content: bytes) -> tuple[int, int]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "manifest.json" not in names or archive.getinfo("manifest.json").file_size > MAX_JSON_BYTES:
                raise LayoutFileError("the layout file: is a zip without a manifest.json of usual size")
            manifest = parse_json(archive.read("manifest.json"), "manifest.json")
    except (LayoutFileError, MemoryError):
        raise
    except Exception as error:  # zlib, zipfile and struct each have errors of their own
        raise LayoutFileError(f"the layout file: is a damaged zip ({error})") from error
    return _of_json(manifest)


def _of_psd(content: bytes) -> tuple[int, int]:
    try:
        height, width = struct.unpack_from(">II", content, 14)
        place = 26
        for _ in range(2):  # colour modes, image resources
            (length,) = struct.unpack_from(">I", content, place)
            place += 4 + length
        section, layers = struct.unpack_from(">II", content, place)
        count = abs(struct.unpack_from(">h", content, place + 8)[0]) if section and layers else 0
    except struct.error as error:
        raise LayoutFileError("the layout file: is a PSD cut short; export it again") from error
    return count, height * width


def _of_json(content: Any) -> tuple[int, int]:
    """The masks and pixels of each that a file of one of four formats asks for; 0 of what is unsound."""
    if not isinstance(content, dict):
        return 0, 0
    if "size_hw" in content:
        return _length(content.get("layers")), _product(content["size_hw"])
    if "shapes" in content:
        return _length(content["shapes"]), _product([content.get("imageHeight"), content.get("imageWidth")])
    images = content.get("images")
    sizes = [
        _product([image.get("height"), image.get("width")])
        for image in (images if isinstance(images, list) else [])
        if isinstance(image, dict)
    ]
    return _length(content.get("annotations")), max(sizes, default=0)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _product(sides: Any) -> int:
    if not isinstance(sides, list) or len(sides) != 2 or not all(is_int(side) for side in sides):
        return 0
    return max(sides[0], 0) * max(sides[1], 0)
