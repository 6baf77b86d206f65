"""How near the estimated horizon is to the one that somebody marked, in photos of open places.

    python scripts/measure_horizons.py FOLDER --out docs/results/horizons

FOLDER holds Stanford Background (Gould and others, ICCV 2009): images/NAME.jpg, labels/NAME.png of its
eight classes with 255 where nobody said what is there, and horizons.txt. Writes OUT.json and OUT.md. Every
third photo, from the first on, has been looked at to choose the prior of outdoor cameras and is left out.
"""

import json
from pathlib import Path

import click
import numpy as np
from PIL import Image

from smartmask import SmartMask
from smartmask.data.photos import read_photo
from smartmask.perspective.estimate import estimate_camera
from smartmask.scene.layout import Layer, Layout

_CLASSES = ("sky", "tree", "road", "grass", "water", "building", "mountain")
_LOOKED_AT = 3
"""Each so-manieth photo chose the prior."""
_COLUMNS = ("within 5 %", "within 10 %", "median error", "within 1 sigma", "within 2 sigma")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Without an ending.")
def main(folder: Path, out: Path) -> None:
    """Estimate horizons from layouts as annotated and as segmented, write the figures."""
    smartmask = SmartMask.load()
    marked, annotated, segmented = [], [], []
    for number, line in enumerate((folder / "horizons.txt").read_text().splitlines()):
        name, _, height, row = line.split()
        if number % _LOOKED_AT == 0:
            continue
        marked.append(float(row) / int(height))
        annotated.append(_estimated(_layout(folder / "labels" / f"{name}.png")))
        photo = read_photo(folder / "images" / f"{name}.jpg")
        segmented.append(_estimated(smartmask.segment(photo)))
    true = np.array(marked)
    unsure = np.full(len(true), np.nan)
    figures = {
        "annotated layout": _figures(*np.array(annotated).T, true),
        "segmented photo": _figures(*np.array(segmented).T, true),
        "middle row": _figures(np.full(len(true), 0.5), unsure, true),
        "mean of these photos": _figures(np.full(len(true), true.mean()), unsure, true),
    }
    record = {"photos": len(true), "figures": figures}
    out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    out.with_suffix(".md").write_text(_table(len(true), figures))
    click.echo(_table(len(true), figures))


def _layout(path: Path) -> Layout:
    numbers = np.asarray(Image.open(path))
    layers = [Layer(label, numbers == number) for number, label in enumerate(_CLASSES)]
    return Layout(numbers.shape, tuple(layer for layer in layers if layer.mask.any()))


def _estimated(layout: Layout) -> tuple[float, float]:
    """The horizon's row and its deviation, as shares of the height."""
    camera = estimate_camera(layout)
    assert camera.spread is not None
    return camera.horizon / layout.size_hw[0], camera.spread.horizon_px / layout.size_hw[0]


def _figures(found: np.ndarray, deviations: np.ndarray, true: np.ndarray) -> dict[str, float | None]:
    off = np.abs(found - true)
    inside = [None if np.isnan(deviations).any() else float((off < k * deviations).mean()) for k in (1, 2)]
    near = [float((off < limit).mean()) for limit in (0.05, 0.1)]
    return dict(zip(_COLUMNS, (*near, float(np.median(off)), *inside), strict=True))


def _table(photos: int, figures: dict[str, dict[str, float | None]]) -> str:
    lines = [
        f"The horizon estimated in {photos} photos of open places in which somebody marked it "
        "(Stanford Background; `scripts/measure_horizons.py`). Errors are in",
        "heights of the picture; sigma is the estimate's own. The segmenter learnt from the label maps of "
        "nine in ten of these photos, but not from where their horizons are.",
        "",
        "| | " + " | ".join(_COLUMNS) + " |",
        "|---" * (len(_COLUMNS) + 1) + "|",
    ]
    for name, row in figures.items():
        cells = ["" if cell is None else f"{cell:.3f}" for cell in row.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
