"""The files that `smartmask segment` writes: for one photo in one folder, for many in a folder each.

Of many photos the COCO formats are written once, with all of them in one file, as datasets have it; the file
is there when the command ends, however it ends.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from smartmask.apps.drawing import draw_layout
from smartmask.data.layout_formats import FILE_NAMES, layout_files_as
from smartmask.data.layouts.coco_instances import CocoInstances
from smartmask.data.layouts.coco_panoptic import CocoPanoptic
from smartmask.errors import ImageError
from smartmask.scene.colour_profile import Picture
from smartmask.scene.layout import Layout
from smartmask.scene.picture import png_bytes

OVERLAY = "overlay.png"
TOGETHER = ("coco-panoptic", "coco-instances")
"""The formats that hold many photos in one file."""
Files = dict[str, bytes]
_PNGS = Path(FILE_NAMES["coco-panoptic"]).stem


def files_of_one(layout: Layout, photo: Picture, photo_path: str, formats: Sequence[str]) -> Files:
    """Everything about one photo, by file name.

    Args:
        layout: What is seen in it.
        photo: The photo.
        photo_path: Where it lies seen from the folder of the results, with `/`.
        formats: Formats of layouts.

    Raises:
        ValueError: If a format cannot hold the layout.
        LayoutFileError: If a package that a format needs is not installed.
    """
    files: Files = {}
    for name in formats:
        files |= layout_files_as(name, layout, photo=photo, photo_path=photo_path)
    files[OVERLAY] = png_bytes(draw_layout(layout, photo.pixels, legend=True), photo.profile)
    return files


def names_of_one(photo_path: str, formats: Sequence[str]) -> list[str]:
    """The names that `files_of_one` will give.

    Raises:
        LayoutFileError: If a package that a format needs is not installed.
    """
    return list(files_of_one(Layout((1, 1)), Picture(np.zeros((1, 1, 3), np.uint8)), photo_path, formats))


class Together:
    """Collects the layouts of many photos into files that hold all of them.

    Attributes:
        reserved: Names in the folder of the results that are taken by those files.
    """

    reserved = (FILE_NAMES["coco-panoptic"], _PNGS, FILE_NAMES["coco-instances"])

    def __init__(self, formats: Sequence[str]) -> None:
        """Begin an empty collection in those of the formats that can hold many photos."""
        self._panoptic = CocoPanoptic() if "coco-panoptic" in formats else None
        self._instances = CocoInstances() if "coco-instances" in formats else None

    def names(self, photo_names: Sequence[str]) -> list[str]:
        """All files that will be written for photos of these names."""
        pngs = [] if self._panoptic is None else [f"{_PNGS}/{name}.png" for name in photo_names]
        return [*self.files(), *pngs]

    def add(self, layout: Layout, photo_path: str, name: str) -> Files:
        """Enter a photo.

        Args:
            layout: What is seen in it.
            photo_path: What the files shall call it.
            name: A name that no other photo has.

        Returns:
            What is to be written of this photo alone.
        """
        if self._instances is not None:
            self._instances.add(layout, photo_path)
        if self._panoptic is None:
            return {}
        return {f"{_PNGS}/{name}.png": self._panoptic.add(layout, photo_path, f"{name}.png")}

    def files(self) -> Files:
        """The files that hold all photos entered so far."""
        files: Files = {}
        if self._panoptic is not None:
            files[FILE_NAMES["coco-panoptic"]] = self._panoptic.content()
        if self._instances is not None:
            files[FILE_NAMES["coco-instances"]] = self._instances.content()
        return files


def seen_from(folder: Path, photo: Path) -> str:
    """The way from a folder to a photo, with `/`.

    Raises:
        ImageError: If its name is no valid text, so that no file can tell of it.
    """
    way = Path(os.path.relpath(photo, folder)).as_posix()
    try:
        way.encode()
    except UnicodeEncodeError as error:
        raise ImageError(
            f"{photo}: its name is no valid UTF-8, which files that name it need; rename it"
        ) from error
    return way
