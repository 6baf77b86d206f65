"""One door to all the formats that layouts come in and go out by.

| format | files | keeps |
|---|---|---|
| `json` | our layout JSON | everything |
| `label-map`, `label-map-csv` | PNG of numbers, names in JSON or CSV | what is seen |
| `coco-panoptic` | JSON, folder of PNGs | what is seen |
| `coco-instances` | JSON | everything, by fields beside COCO's |
| `labelme` | JSON | everything but confidences |
| `layers-zip` | zip of PNGs | everything |
| `psd` | Photoshop document | everything but confidences |

A format is recognised by what is in the file, not by its name.
"""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.arguments import check_kind, check_text, path_of
from smartmask.data.annotations.base import Problems
from smartmask.data.atomic import write_files
from smartmask.data.layout_files import layout_to_json, parse_layout
from smartmask.data.layouts.checks import parse_json, plain_name, read_bytes, short
from smartmask.data.layouts.coco_instances import CocoInstances, parse_coco_instances
from smartmask.data.layouts.coco_panoptic import CocoPanoptic, parse_coco_panoptic
from smartmask.data.layouts.label_map import label_map_files, read_label_map
from smartmask.data.layouts.labelme import labelme_json, parse_labelme
from smartmask.data.layouts.layers_zip import layers_zip_bytes, read_layers_zip
from smartmask.data.layouts.psd import psd_bytes, read_psd
from smartmask.data.photos import MAX_MEGAPIXELS
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.files import check_regular
from smartmask.passing import made_folders
from smartmask.scene.colour_profile import Picture
from smartmask.scene.layout import Layout

Photo = UInt8[np.ndarray, "H W 3"] | Picture
Files = dict[str, bytes]

FILE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "json": "layout.json",
        "label-map": "labels.png",
        "label-map-csv": "labels.png",
        "coco-panoptic": "panoptic.json",
        "coco-instances": "instances.json",
        "labelme": "labelme.json",
        "layers-zip": "layers.zip",
        "psd": "layout.psd",
    }
)
"""The formats, and the name that a file of each has where nobody gives it another."""
SEEN_ONLY = frozenset({"label-map", "label-map-csv", "coco-panoptic"})
"""The formats that do not keep the parts of layers that others hide."""


def read_any_layout(
    path: Path | str,
    *,
    image: str | int | None = None,
    photo_name: str | None = None,
    names: Path | str | None = None,
    max_megapixels: float = MAX_MEGAPIXELS,
    problems: Problems | None = None,
) -> Layout:
    """The layout of a file in any of the formats.

    Args:
        path: The file; of a label map the PNG, of COCO the JSON.
        image: Which image of a COCO file, by file name or id; None = its only one. Other formats hold one.
        photo_name: File name of its photo, which tells the image of a COCO file where `image` does not.
        names: The names of a label map; None = the .json or .csv of the PNG's name beside it.
        max_megapixels: The largest canvas accepted, in millions of pixels.
        problems: Where the objects that are left out are counted by kind: those without an area (boxes,
            points, lines) and, unless the count is strict, those whose mask is damaged. None = a strict one.

    Raises:
        LayoutFileError: If the file is missing, of no known format, damaged, or an extra that it needs is not
            installed.
        ValueError: If names are given for a file that is no label map, or an image of one that is not COCO's.
    """
    path = path_of("path", path)
    names = None if names is None else path_of("names", names)
    head = _head(path)
    if names is not None and head != _PNG:
        raise ValueError(f"names were given for {path}, which is not the PNG of a label map; leave them out")
    one = f"image {short(image)} was asked for, but {path} is no COCO file and holds one layout; leave it out"
    if image is not None and (head == _PNG or head[:4] in (b"8BPS", *_ZIPS)):
        raise ValueError(one)
    if head == _PNG:
        return (
            _label_map_named_beside(path, max_megapixels)
            if names is None
            else read_label_map(path, names, max_megapixels)
        )
    if head[:4] == b"8BPS":
        return read_psd(path, max_megapixels)
    if head[:4] in _ZIPS:
        return read_layers_zip(path, max_megapixels)
    content = read_bytes(path)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        raise LayoutFileError(_unknown(path))
    found = Problems(strict=True) if problems is None else problems
    parsed = parse_json(content, str(path))
    if image is not None and ("format" in parsed or "shapes" in parsed):
        raise ValueError(one)
    try:
        return _parse(parsed, path, photo_name if image is None else image, max_megapixels, found)
    except AnnotationError as error:
        raise LayoutFileError(str(error)) from error


def layout_files_as(
    format_name: str,
    layout: Layout,
    name: str | None = None,
    *,
    photo: Photo | None = None,
    photo_path: str = "",
) -> Files:
    """The layout as files of a format.

    Args:
        format_name: One of `FILE_NAMES`.
        layout: What to write.
        name: Name of the main file; those beside it follow. None = as in `FILE_NAMES`.
        photo: Its photo, out of which `layers-zip` and `psd` cut the layers, and whose ICC profile they keep.
        photo_path: Where the photo lies seen from the files, with `/`; COCO and LabelMe keep it.

    Returns:
        The content of each file by its name, which has at most one `/`; the main file comes first.

    Raises:
        ValueError: If there is no such format, the name has another suffix, the photo is of another size,
            or a PSD cannot hold the layout.
        LayoutFileError: If psd-tools is needed and not installed.
        TypeError: If an argument is of another type.
    """
    check_text("format_name", format_name)
    check_kind("layout", layout, Layout, "a Layout")
    check_text("photo_path", photo_path)
    if photo is not None:
        check_kind("photo", photo, (np.ndarray, Picture), "a uint8 array (H, W, 3) or a Picture")
    if isinstance(photo, np.ndarray) and (photo.dtype != np.uint8 or photo.shape[2:] != (3,)):
        found = f"{photo.dtype} {photo.shape}"
        raise TypeError(f"photo must be a uint8 array (H, W, 3) or a Picture, not {found}")
    if format_name not in FILE_NAMES:
        raise ValueError(f"there is no layout format {format_name!r}; there are {', '.join(FILE_NAMES)}")
    picture = Picture(photo) if isinstance(photo, np.ndarray) else photo
    if picture is not None and picture.pixels.shape[:2] != tuple(layout.size_hw):
        height, width = picture.pixels.shape[:2]
        found, expected = f"{width}x{height}", f"{layout.size_hw[1]}x{layout.size_hw[0]}"
        raise ValueError(f"the photo is {found} but the layout is {expected}; give the layout's own photo")
    usual = PurePosixPath(FILE_NAMES[format_name])
    if name is not None and PurePosixPath(name).suffix.lower() != usual.suffix:
        raise ValueError(f"{name!r} is no name for {format_name}; it must end in {usual.suffix}")
    return _WRITERS[format_name](layout, name or usual.name, picture, photo_path)


def write_layout_as(
    format_name: str, path: Path | str, layout: Layout, *, photo: Photo | None = None, photo_path: str = ""
) -> list[Path]:
    """Write a layout in one of the formats, all of its files or none.

    Args:
        format_name: One of `FILE_NAMES`.
        path: The main file: of a label map the PNG, of COCO the JSON; others are put beside it.
        layout: What to write.
        photo: Its photo, out of which `layers-zip` and `psd` cut the layers, and whose ICC profile they keep.
        photo_path: Where the photo lies seen from the file, with `/`; COCO and LabelMe keep it.

    Returns:
        The files, the main one first.

    Raises:
        OSError: If they cannot be written.
        ValueError: As `layout_files_as` says.
        LayoutFileError: If psd-tools is needed and not installed.
    """
    path = path_of("path", path)
    files = layout_files_as(format_name, layout, path.name, photo=photo, photo_path=photo_path)
    contents = {path.parent / name: content for name, content in files.items()}
    with made_folders(*({file.parent for file in contents} - {path.parent})):
        write_files(contents)
    return list(contents)


_PNG = b"\x89PNG\r\n\x1a\n"
_ZIPS = (b"PK\3\4", b"PK\5\6")


def _head(path: Path) -> bytes:
    """The first eight bytes of a file."""
    try:
        if path.is_dir():
            raise LayoutFileError(f"{path}: is a folder; give the layout file in it")
        check_regular(path)
        with path.open("rb") as file:
            return file.read(len(_PNG))
    except OSError as error:
        raise LayoutFileError(
            f"{path}: cannot be read ({error.strerror or error}); check the path"
        ) from error


def _label_map_named_beside(png_path: Path, max_megapixels: float) -> Layout:
    """A label map by the names beside it; if there are two files of them, they must say the same."""
    beside = [path for suffix in (".json", ".csv") if (path := png_path.with_suffix(suffix)).is_file()]
    if not beside:
        raise LayoutFileError(
            f"{png_path}: a label map needs the names of its numbers; there is neither {png_path.stem}.json "
            f"nor {png_path.stem}.csv beside it"
        )
    first, *others = (read_label_map(png_path, names, max_megapixels) for names in beside)
    if any(other.labels != first.labels for other in others):
        raise LayoutFileError(
            f"{png_path}: {beside[0].name} and {beside[1].name} beside it name its numbers differently; give "
            "one as names, or remove the older one"
        )
    return first


def _parse(
    content: Any, path: Path, image: str | int | None, max_megapixels: float, problems: Problems
) -> Layout:
    """The layout of a JSON object of one of four formats."""
    if "format" in content:
        return parse_layout(content, path, max_megapixels)
    if "shapes" in content:
        return parse_labelme(content, path, max_megapixels, problems)
    annotations = content.get("annotations")
    if not isinstance(annotations, list):
        raise LayoutFileError(_unknown(path, content))
    if is_panoptic(content):
        return parse_coco_panoptic(content, path, image, max_megapixels)
    return parse_coco_instances(content, path, image, max_megapixels, problems)


def is_panoptic(content: Any) -> bool:
    """Whether JSON that has been read is COCO panoptic, whose masks are in PNGs beside it."""
    records = content.get("annotations") if isinstance(content, dict) else None
    return isinstance(records, list) and any(
        isinstance(record, dict) and "segments_info" in record for record in records[:1]
    )


def _unknown(path: Path, content: Any = None) -> str:
    found = "" if content is None else f" (a JSON object of {short(list(content)[:6])})"
    return (
        f"{path}: is not a layout in a format that is read{found}; these are {', '.join(FILE_NAMES)}; of a "
        "label map give the PNG"
    )


def _label_map(layout: Layout, name: str, suffix: str) -> Files:
    png, names = label_map_files(layout, suffix)
    return {name: png, PurePosixPath(name).stem + suffix: names}


def _coco_panoptic(layout: Layout, name: str, photo_path: str) -> Files:
    file, photo_name = CocoPanoptic(), PurePosixPath(photo_path).name
    png_name = plain_name(PurePosixPath(photo_name or name).stem) + ".png"
    png = file.add(layout, photo_name, png_name)
    return {name: file.content(), f"{PurePosixPath(name).stem}/{png_name}": png}


def _coco_instances(layout: Layout, name: str, photo_path: str) -> Files:
    file = CocoInstances()
    file.add(layout, PurePosixPath(photo_path).name)
    return {name: file.content()}


def _parts(photo: Picture | None) -> tuple[UInt8[np.ndarray, "H W 3"] | None, bytes | None]:
    return (None, None) if photo is None else (photo.pixels, photo.profile)


_WRITERS: dict[str, Callable[[Layout, str, Picture | None, str], Files]] = {
    "json": lambda layout, name, photo, path: {name: layout_to_json(layout)},
    "label-map": lambda layout, name, photo, path: _label_map(layout, name, ".json"),
    "label-map-csv": lambda layout, name, photo, path: _label_map(layout, name, ".csv"),
    "coco-panoptic": lambda layout, name, photo, path: _coco_panoptic(layout, name, path),
    "coco-instances": lambda layout, name, photo, path: _coco_instances(layout, name, path),
    "labelme": lambda layout, name, photo, path: {name: labelme_json(layout, path)},
    "layers-zip": lambda layout, name, photo, path: {name: layers_zip_bytes(layout, *_parts(photo))},
    "psd": lambda layout, name, photo, path: {name: psd_bytes(layout, *_parts(photo))},
}
