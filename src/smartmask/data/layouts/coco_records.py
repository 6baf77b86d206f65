"""What COCO's two kinds of files share: images to choose from, and categories by number.

Format: https://cocodataset.org/#format-data
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as of_class
from pathlib import Path, PurePosixPath
from typing import Any

from smartmask.data.layouts.checks import Record, checked_label, checked_size, field, short, whole
from smartmask.data.segment_classes import MERGED, STUFF
from smartmask.errors import LayoutFileError

_SHOWN = 5
"""Images that an error names before it only counts the rest."""


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One image of a file.

    Attributes:
        ident: Its id, as a text: files name one image by 1 and by "1".
        file_name: Its photo's file name, or "".
        size_hw: Its height and width in pixels.
    """

    ident: str
    file_name: str
    size_hw: tuple[int, int]


def choose_image(content: Any, path: Path, wanted: str | int | None, max_megapixels: float) -> CocoImage:
    """The image that is asked for.

    Args:
        content: The whole file.
        path: Its name, for messages.
        wanted: An id, or a file name with or without its folder; None = the only one.
        max_megapixels: The largest canvas accepted, in millions of pixels.

    Raises:
        LayoutFileError: If there is no such image, more than one, or its record is damaged.
    """
    records = field(content, "images", list, str(path))
    images = [(ident_of(record, "id", f"{path}: images[{n}]"), record) for n, record in enumerate(records)]
    found = images if wanted is None else [image for image in images if _is(*image, wanted)]
    if len(found) != 1:
        names = ", ".join(short(record.get("file_name", ident)) for ident, record in images[:_SHOWN])
        more = f" and {len(images) - _SHOWN} more" if len(images) > _SHOWN else ""
        asked = "one image" if wanted is None else f"one image {short(wanted)}"
        raise LayoutFileError(
            f"{path}: expected {asked}, found {len(found)}; name one by its file name or id; it holds "
            f"{names or 'none'}{more}"
        )
    ident, record = found[0]
    where = f"{path}: image {short(ident)}"
    if sum(other == ident for other, _ in images) > 1:
        raise LayoutFileError(f"{where}: two images have this id")
    height, width = field(record, "height", int, where), field(record, "width", int, where)
    name = record.get("file_name", "")
    if not isinstance(name, str):
        raise LayoutFileError(f"{where}: file_name must be a text, not {short(name)}")
    return CocoImage(ident, name, checked_size(height, width, max_megapixels, where))


def annotations_of(content: Any, path: Path, image: CocoImage) -> list[tuple[str, Record]]:
    """The records that belong to an image, each with its name for messages.

    Raises:
        LayoutFileError: If the list is missing or one of its records names no image.
    """
    found = []
    for number, record in enumerate(field(content, "annotations", list, str(path))):
        # A collection has a million of them, so that a name is only made for those that matter.
        ident = whole(record.get("image_id")) if isinstance(record, dict) else None
        if type(ident) not in (int, str) or str(ident) == image.ident:
            where = f"{path}: annotations[{number}]"
            ident_of(record, "image_id", where)
            found.append((where, record))
    return found


def category_names(content: Any, path: Path) -> dict[str, str]:
    """The name of each category by its id.

    Raises:
        LayoutFileError: If a record is damaged, or two have one id.
    """
    names: dict[str, str] = {}
    for number, record in enumerate(field(content, "categories", list, str(path))):
        where = f"{path}: categories[{number}]"
        ident = ident_of(record, "id", where)
        if ident in names:
            raise LayoutFileError(f"{where}: id {ident} comes twice")
        names[ident] = checked_label(record.get("name"), where)
    return names


def label_of(record: Record, names: Mapping[str, str], where: str) -> str:
    """The name of a record's category.

    Raises:
        LayoutFileError: If there is no such category.
    """
    ident = ident_of(record, "category_id", where)
    if ident not in names:
        raise LayoutFileError(f"{where}: category_id {ident} is not in categories")
    return names[ident]


@dataclass(slots=True)
class CocoDraft:
    """A COCO file that grows by an image at a time; labels become categories as they come up."""

    images: list[Record] = of_class(default_factory=list)
    annotations: list[Record] = of_class(default_factory=list)
    categories: dict[str, int] = of_class(default_factory=dict)

    def add_image(self, file_name: str, size_hw: tuple[int, int]) -> int:
        """Enter an image; returns its id."""
        height, width = (int(side) for side in size_hw)
        ident = len(self.images) + 1
        self.images.append({"id": ident, "file_name": file_name, "height": height, "width": width})
        return ident

    def category_id(self, label: str) -> int:
        """The number of a label, a new one if it has none."""
        return self.categories.setdefault(label, len(self.categories) + 1)

    def content(self) -> Record:
        """The whole file. Names of COCO's stuff are marked as stuff, all others as things."""
        categories = [
            {"id": ident, "name": label, "supercategory": "", "isthing": int(label not in _STUFF)}
            for label, ident in self.categories.items()
        ]
        return {
            "info": {"description": "layouts by smartmask", "version": "1.0"},
            "licenses": [],
            "images": self.images,
            "annotations": self.annotations,
            "categories": categories,
        }


_STUFF = {*STUFF, *MERGED}


def ident_of(record: Any, name: str, where: str) -> str:
    """An id as a text; files name one record by 1 and by "1".

    Raises:
        LayoutFileError: If the record has none, or one that is neither number nor text.
    """
    return str(field(record, name, (int, str), where))


def _is(ident: str, record: Record, wanted: str | int) -> bool:
    """Whether an image is the one asked for; a number may come as text from a command line."""
    name = record.get("file_name")
    is_named = isinstance(name, str) and wanted in (name, PurePosixPath(name).name)
    return is_named or ident == str(wanted)
