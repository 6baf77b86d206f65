"""A zip of PNGs of the canvas's size, one a layer: what painting and compositing programs take in at once.

    manifest.json          {"format": "smartmask-layers", "version": 1, "size_hw": [480, 640],
                            "layers": [{"label": "wall", "extent": "visible",
                                        "confidence": null, "file": "layers/0000_wall.png"}, ...],
                            "photo": "photo.png", "masks": "alpha"}
    layers/0000_wall.png   RGBA: the layer cut out of the photo, or in its label's colour
    photo.png              the photo underneath, or `"photo": null`

Layers come rearmost first. A layer's mask is where its PNG is opaque (alpha above 127). Zips from elsewhere
may hold drawn masks as well: without the mark `masks`, a PNG with nothing transparent is read by brightness.
"""

import io
import json
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.data.layouts.archive import Archive
from smartmask.data.layouts.checks import (
    check_header,
    check_layer_count,
    checked_confidence,
    checked_extent,
    checked_label,
    checked_member,
    checked_size,
    field,
    is_int,
    parse_json,
    short,
)
from smartmask.data.layouts.pictures import mask_of_picture, read_png
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.files import MAX_FILE_BYTES
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes

FORMAT = "smartmask-layers"
VERSION = 1
_MANIFEST, _PHOTO = "manifest.json", "photo.png"
_BY_ALPHA = "alpha"
"""The mark of zips whose layers are cut-outs, of which a fully opaque one covers the canvas."""
_MAX_MANIFEST_BYTES = 2**24
_SLACK_BYTES = 2**20
"""What a PNG may hold besides its pixels: profiles, texts."""


def layers_zip_bytes(
    layout: Layout, photo: UInt8[np.ndarray, "H W 3"] | None, profile: bytes | None = None
) -> bytes:
    """The layout as the content of a layers zip; same layout and photo, same bytes.

    Args:
        layout: What to write.
        photo: Its photo, which layers are cut out of, or None.
        profile: The ICC profile of the photo's colours, which goes into every picture; None = sRGB.
    """
    colours = label_colours(layout.labels)
    files: dict[str, bytes] = {}
    entries = []
    for number, layer in enumerate(layout.layers):
        name = f"layers/{number:04}_{_plain(layer.label)}.png"
        entry = {"label": layer.label, "extent": layer.extent, "confidence": layer.confidence, "file": name}
        entries.append(entry)
        files[name] = png_bytes(cut_out(layer, colours[number], photo), profile)
    if photo is not None:
        files[_PHOTO] = png_bytes(photo, profile)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "size_hw": [int(side) for side in layout.size_hw],
        "layers": entries,
        "photo": None if photo is None else _PHOTO,
        "masks": _BY_ALPHA,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        manifest_bytes = (json.dumps(manifest, indent=1) + "\n").encode()
        for name, content in {_MANIFEST: manifest_bytes, **files}.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # of no date, and stored: PNGs are compressed
    return buffer.getvalue()


def cut_out(
    layer: Layer, colour: UInt8[np.ndarray, "3"], photo: UInt8[np.ndarray, "H W 3"] | None
) -> UInt8[np.ndarray, "H W 4"]:
    """A layer as a picture: the photo or the colour inside its mask, nothing outside."""
    picture = np.zeros((*layer.mask.shape, 4), np.uint8)
    picture[layer.mask, :3] = colour if photo is None else photo[layer.mask]
    picture[layer.mask, 3] = 255
    return picture


def read_layers_zip(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a layers zip.

    Args:
        path: The file.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If the archive is missing or damaged, or breaks the format.
    """
    with Archive(path) as archive:
        where = f"{path}: {_MANIFEST}"
        manifest = parse_json(archive.read(_MANIFEST, _MAX_MANIFEST_BYTES), where)
        size_hw, entries = _checked_manifest(manifest, max_megapixels, where)
        # Zips by this program that have no mark yet, but a photo, are cut-outs too.
        masks = manifest.get("masks")
        if masks not in (None, _BY_ALPHA):
            raise LayoutFileError(f"{where}: masks must be {_BY_ALPHA!r} or left out, not {short(masks)}")
        by_alpha = masks is not None or manifest.get("photo") is not None
        names: set[str] = set()
        layers = []
        for number, entry in enumerate(entries):
            part = f"{where}: layer {number}"
            name = checked_member(field(entry, "file", str, part), part)
            if name in names:
                raise LayoutFileError(f"{part}: file {short(name)} belongs to an earlier layer")
            names.add(name)
            label = checked_label(field(entry, "label", str, part), part)
            # Four channels of 16 bits are the most that a pixel of a PNG can have.
            content = archive.read(name, min(8 * size_hw[0] * size_hw[1] + _SLACK_BYTES, MAX_FILE_BYTES))
            inside = f"{path}: {name}"
            mask = mask_of_picture(read_png(content, size_hw, max_megapixels, inside), by_alpha, inside)
            confidence = checked_confidence(entry.get("confidence"), part)
            layers.append(Layer(label, mask, checked_extent(entry.get("extent"), part), confidence))
    return Layout(size_hw, tuple(layers))


def _checked_manifest(manifest: Any, max_megapixels: float, where: str) -> tuple[tuple[int, int], list[Any]]:
    """The canvas's size and the entries of the layers."""
    check_header(manifest, FORMAT, VERSION, "the manifest of a zip of layers", where)
    size = field(manifest, "size_hw", list, where)
    if len(size) != 2 or not all(is_int(side) for side in size):
        raise LayoutFileError(f"{where}: size_hw must be two whole numbers, not {short(size)}")
    size_hw = checked_size(size[0], size[1], max_megapixels, where)
    entries = field(manifest, "layers", list, where)
    check_layer_count(len(entries), size_hw, where, max_megapixels, beside=4)  # a picture in RGBA
    return size_hw, entries


def _plain(label: str) -> str:
    """A label as a part of a file name that every system takes."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")[:40] or "layer"
