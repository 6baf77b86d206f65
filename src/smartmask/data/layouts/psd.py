"""Photoshop documents: a pixel layer for each layer of a layout, in order, its mask in the alpha channel.

Layers are cut out of the photo, which lies underneath them as a layer named `[photo]`; without a photo they
have the colours of their labels. The name of a layer is its label, and an amodal one carries the violet tag
in the panel of layers, so that both outlive an edit.

Read are all layers with pixels that are shown, also those in groups: where alpha is above 127, cut by the
masks of the layer and of the groups around it, and by what it is clipped to. Hide what shall not be part of
the layout. Needs the extra `psd` (psd-tools). Format:
https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/
"""

import io
import struct
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Bool, Float, UInt8

from smartmask.data.layouts.checks import check_layer_count, checked_label, checked_size, read_bytes, short
from smartmask.data.layouts.layers_zip import cut_out
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import LayoutFileError
from smartmask.scene.boxes import box_of
from smartmask.scene.colours import label_colours
from smartmask.scene.layout import Extent, Layer, Layout

if TYPE_CHECKING:
    from psd_tools import PSDImage
    from psd_tools.api.layers import Layer as PsdLayer
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord

PHOTO_NAME = "[photo]"
"""The layer of this name is the photo, not part of the layout."""
MAX_SIDE_PX = 30_000
MAX_NAME = 255
_HEADER = struct.Struct(">4sH6xHII")


def psd_bytes(
    layout: Layout, photo: UInt8[np.ndarray, "H W 3"] | None, profile: bytes | None = None
) -> bytes:
    """The layout as the content of a PSD file.

    Args:
        layout: What to write.
        photo: Its photo, or None.
        profile: The ICC profile of the photo's colours; None = sRGB.

    Raises:
        LayoutFileError: If psd-tools is not installed.
        ValueError: If a side is longer, or a label has more letters, than PSD can hold.
    """
    psd_image = _psd_tools().PSDImage
    from PIL import Image
    from psd_tools.constants import Resource
    from psd_tools.psd.image_resources import ImageResource
    from psd_tools.psd.layer_and_mask import ChannelImageData, LayerInfo, LayerRecords
    from psd_tools.psd.tagged_blocks import TaggedBlocks

    if max(layout.size_hw) > MAX_SIDE_PX:
        found = f"{layout.size_hw[1]}x{layout.size_hw[0]}"
        raise ValueError(f"the layout is {found}; a PSD has at most {MAX_SIDE_PX} pixels a side")
    for number, label in enumerate(layout.labels):
        if len(label) > MAX_NAME:
            raise ValueError(
                f"layer {number}: a PSD's names have at most {MAX_NAME} letters; shorten the label"
            )
        if label == PHOTO_NAME:
            raise ValueError(f"layer {number}: {PHOTO_NAME} names the photo in a PSD; give another label")
    colours = np.concatenate([label_colours(layout.labels), np.full((1, 3), 255, np.uint8)])
    flat = colours[layout.visible_index()] if photo is None else photo
    pairs = list(zip(layout.layers, colours, strict=False))
    if photo is not None:
        pairs.insert(0, (Layer(PHOTO_NAME, np.ones(layout.size_hw, bool)), colours[-1]))
    # The records are put together here: psd-tools' own layers take time with the square of their number.
    written: list[tuple[Any, Any]] = [
        _record_of(layer, cut_out(layer, colour, photo)) for layer, colour in pairs
    ]
    document = psd_image.frompil(Image.fromarray(flat))._record
    if profile is not None:
        document.image_resources[Resource.ICC_PROFILE] = ImageResource(key=Resource.ICC_PROFILE, data=profile)
    section = document.layer_and_mask_information
    section.layer_info = LayerInfo(
        layer_count=len(written),
        layer_records=LayerRecords([record for record, _ in written]),
        channel_image_data=ChannelImageData([channels for _, channels in written]),
    )
    section.tagged_blocks = TaggedBlocks()
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def _record_of(layer: Layer, picture: UInt8[np.ndarray, "H W 4"]) -> tuple["LayerRecord", "ChannelDataList"]:
    """A pixel layer as PSD stores it: alpha, red, green, blue within the mask's box."""
    from psd_tools.constants import ChannelID, Compression, SheetColorType, Tag
    from psd_tools.psd.layer_and_mask import ChannelData, ChannelDataList, ChannelInfo, LayerRecord

    x0, y0, x1, y1 = (int(side) for side in (box_of(layer.mask) if layer.mask.any() else (0, 0, 1, 1)))
    record = LayerRecord(top=y0, left=x0, bottom=y1, right=x1, channel_info=[])
    record.name = layer.label.encode("macroman", "replace").decode("macroman")[:63]
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, layer.label)
    if layer.extent == "amodal":
        record.tagged_blocks.set_data(Tag.SHEET_COLOR_SETTING, SheetColorType.VIOLET)
    channels = ChannelDataList()
    for plane in (3, 0, 1, 2):
        data = ChannelData(Compression.RLE)
        data.set_data(picture[y0:y1, x0:x1, plane].tobytes(), x1 - x0, y1 - y0, 8, 1)
        channel = ChannelID.TRANSPARENCY_MASK if plane == 3 else ChannelID(plane)
        record.channel_info.append(ChannelInfo(channel, len(data.data) + 2))
        channels.append(data)
    return record, channels


def read_psd(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Layout:
    """The layout of a PSD or PSB file, a layer for each of its shown layers that have pixels.

    Args:
        path: The file.
        max_megapixels: The largest canvas, and the largest layer, accepted, in millions of pixels.

    Raises:
        LayoutFileError: If psd-tools is not installed, or the file is missing, damaged or too large.
    """
    tools = _psd_tools()
    content = read_bytes(path)
    size_hw = _checked_header(content, max_megapixels, path)
    try:
        with warnings.catch_warnings():
            # psd-tools paints damaged channels black and goes on.
            warnings.simplefilter("error", tools.PSDDecompressionWarning)
            warnings.simplefilter("ignore", tools.PSDLargeImageWarning)
            document = tools.PSDImage.open(io.BytesIO(content))
            return Layout(size_hw, _layers(document, size_hw, max_megapixels, path))
    except (LayoutFileError, MemoryError):
        raise
    except Exception as error:  # its parser meets damaged files with almost any exception
        raise LayoutFileError(
            f"{path}: is damaged or cut short ({type(error).__name__}: {error}); save it again"
        ) from error


def _layers(
    document: "PSDImage", size_hw: tuple[int, int], max_megapixels: float, path: Path
) -> tuple[Layer, ...]:
    count = sum(
        not layer.is_group() and layer.has_pixels() and layer.is_visible() and layer.name != PHOTO_NAME
        for layer in document.descendants()
    )
    check_layer_count(count, size_hw, str(path), max_megapixels)
    return tuple(_shown(document, np.ones(size_hw, bool), max_megapixels, str(path)))


def _shown(
    group: Iterable["PsdLayer"], within: Bool[np.ndarray, "H W"], max_megapixels: float, where: str
) -> list[Layer]:
    """The layers of a group that are shown, each cut by what its groups leave of it."""
    from psd_tools.constants import SheetColorType

    found: list[Layer] = []
    base: Bool[np.ndarray, "H W"] | None = None  # what clipped layers are cut by; None where it is hidden
    for layer in group:
        around = base if layer.clipping else within
        if around is None or not layer.visible or not layer.opacity:
            base = base if layer.clipping else None
            continue
        part = f"{where}: layer {short(layer.name)}"
        mask = around & _own_mask(layer, within.shape, max_megapixels, part)
        if layer.is_group():
            inner = _shown(cast("Iterable[PsdLayer]", layer), mask, max_megapixels, where)
            found += inner
            mask = np.any([one.mask for one in inner], axis=0) if inner else np.zeros_like(within)
        elif layer.has_pixels():
            alpha = _channel(layer, "shape", layer.bbox, max_megapixels, part)
            solid = np.ones((layer.height, layer.width)) if alpha is None else alpha
            mask &= _placed(solid, layer.bbox, within.shape, 0)
            if layer.name != PHOTO_NAME:
                extent: Extent = "amodal" if layer.sheet_color == SheetColorType.VIOLET else "visible"
                found.append(Layer(checked_label(layer.name, part), mask, extent))
        base = base if layer.clipping else mask
    return found


def _own_mask(
    layer: "PsdLayer", size_hw: tuple[int, ...], max_megapixels: float, where: str
) -> Bool[np.ndarray, "H W"]:
    """What the mask of a layer or group leaves of it, on the canvas."""
    if layer.mask is None or layer.mask.disabled:
        return np.ones(size_hw, bool)
    cut = _channel(layer, "mask", layer.mask.bbox, max_megapixels, where)
    if cut is None:
        return np.ones(size_hw, bool)
    return _placed(cut, layer.mask.bbox, size_hw, layer.mask.background_color)


def _channel(
    layer: "PsdLayer", channel: Any, box: tuple[int, int, int, int], max_megapixels: float, where: str
) -> Float[np.ndarray, "h w"] | None:
    """One channel of a layer in [0, 1], or None if it has none."""
    width, height = box[2] - box[0], box[3] - box[1]
    if width * height > max_megapixels * 1e6:
        raise LayoutFileError(
            f"{where}: has {width}x{height} pixels, above the limit of {max_megapixels:g} megapixels"
        )
    values = layer.numpy(channel)
    return None if values is None else values[..., 0]


def _placed(
    values: Float[np.ndarray, "h w"], box: tuple[int, int, int, int], size_hw: tuple[int, ...], around: int
) -> Bool[np.ndarray, "H W"]:
    """What is above 127 of 255 of a channel that lies at a box, which may reach beyond the canvas."""
    left, top, right, bottom = box
    mask = np.full(size_hw, around > 127)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, size_hw[1]), min(bottom, size_hw[0])
    if x0 < x1 and y0 < y1:
        mask[y0:y1, x0:x1] = values[y0 - top : y1 - top, x0 - left : x1 - left] > 127.5 / 255
    return mask


def _checked_header(content: bytes, max_megapixels: float, path: Path) -> tuple[int, int]:
    """The canvas's size, read before anything else is."""
    if len(content) < _HEADER.size or content[:4] != b"8BPS":
        raise LayoutFileError(f"{path}: is not a PSD file, or cut short")
    _, version, _, height, width = _HEADER.unpack_from(content)
    if version not in (1, 2):
        raise LayoutFileError(f"{path}: is a PSD of version {version!r}; versions 1 and 2 are read")
    return checked_size(height, width, max_megapixels, str(path))


def _psd_tools() -> Any:
    try:
        import psd_tools
    except ImportError as error:
        raise LayoutFileError('PSD files need psd-tools; pip install "smartmask-open[psd]"') from error
    return psd_tools
