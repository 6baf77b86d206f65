"""Whole shapes that tests draw: bars, discs and combs of several groups and styles."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from shapes import disc, rectangle

from smartmask.data.whole_shapes import Style, WholeShape
from smartmask.scene.rle import encode_rle


def whole(
    label: str, mask: np.ndarray, group: str, style: Style = "render", is_bank: bool = True
) -> WholeShape:
    """A whole shape of a cropped mask."""
    height, width = mask.shape
    return WholeShape(
        label=label,
        parent="",
        size_hw=(height, width),
        counts=encode_rle(mask),
        aspect=width / height,
        style=style,
        is_bank=is_bank,
        source="drawn",
        group=group,
        licence="ours",
    )


def bar(number: int) -> np.ndarray:
    """A slanted bar, each number another one."""
    high, wide = 40 + number % 7, 60 + 3 * (number % 5)
    rows, columns = np.mgrid[:high, :wide]
    mask: np.ndarray = np.abs(rows / high - columns / wide) < 0.12
    return mask


def ball(number: int) -> np.ndarray:
    """A disc that fills its crop."""
    radius = 20 + number % 9
    return disc((2 * radius, 2 * radius), (radius, radius), radius)


def comb(number: int) -> np.ndarray:
    """A back with teeth."""
    teeth, size = 3 + number % 3, (60, 80)
    mask = rectangle(size, (0, 0, 80, 12))
    for tooth in range(teeth):
        left = round(tooth * 72 / (teeth - 1))
        mask |= rectangle(size, (left, 0, left + 8, 60))
    return mask


DRAWN = {"bar": bar, "ball": ball, "comb": comb}


def drawn_shapes(groups: int = 24, of_each: int = 3) -> list[WholeShape]:
    """Shapes of three words, so many groups each."""
    return [
        whole(
            label,
            draw(of_each * group + number),
            f"drawn:{label}{group}",
            "photo" if group % 3 == 0 else "render",
        )
        for label, draw in DRAWN.items()
        for group in range(groups)
        for number in range(of_each)
    ]


def silhouette_folder(folder: Path, shapes: Iterable[WholeShape]) -> Path:
    """A folder of whole shapes as the commands read it."""
    rows = [
        {
            "source": shape.source,
            "group": shape.group,
            "label": shape.label,
            "parent": shape.parent,
            "height": shape.size_hw[0],
            "width": shape.size_hw[1],
            "counts": shape.counts,
            "aspect_true": shape.aspect,
            "whole": True,
            "style": shape.style,
            "use": "bank",
            "licence": shape.licence,
        }
        for shape in shapes
    ]
    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(rows), folder / "drawn.parquet")
    return folder
