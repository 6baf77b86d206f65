"""How near the estimated camera of a layout is to the true one, in made scenes, and how true its spread is.

    python scripts/measure_camera.py --meshes ../shared/data/meshes --silhouettes runs/silhouettes.npz \
        --seed 90002 --scenes 500 --out docs/results/camera

Writes OUT.json and OUT.md. Each scene is read with its masks whole, and with visible masks only, as a photo
gives them. The scale is compared at a random ground pixel that is seen, 2 % of the height below the horizon
at least. Beside it two trivial answers: the horizon in the middle of the picture with a camera at 1.55 m, and
the mean of the measured scenes of the kind.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from smartmask.data.synthesis.scenes import SynthesisSettings, make_views
from smartmask.perspective.estimate import estimate_camera
from smartmask.perspective.standing import GROUNDS
from smartmask.scene.camera import Camera, Spread
from smartmask.scene.layout import Layer, Layout

_PATH = click.Path(path_type=Path, exists=True)
_KNOWN = Spread(horizon_px=0.0, log_height=0.0, log_focal=0.0, correlation=0.0)
_COLUMNS = (
    "scenes", "horizon within 5 %", "horizon, median error", "scale within 25 %", "scale, median error",
    "horizon within 1 and 2 sigma", "height", "scale",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """The true camera, a row of its ground, and what was estimated from whole and from visible masks."""

    true: Camera
    row: float | None
    whole: Camera
    visible: Camera


@click.command()
@click.option("--meshes", type=_PATH, required=True, help="Shapes that rooms are made of.")
@click.option("--silhouettes", type=_PATH, required=True, help="Silhouettes that open places are made of.")
@click.option("--seed", type=int, default=90002, show_default=True)
@click.option("--scenes", type=int, default=500, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Without an ending.")
def main(meshes: Path, silhouettes: Path, seed: int, scenes: int, out: Path) -> None:
    """Make scenes, estimate their cameras, write the figures."""
    settings = SynthesisSettings(meshes=meshes, silhouettes=silhouettes, outdoor_share=0.5)
    seen: dict[str, list[_Case]] = defaultdict(list)
    for number, (scene, camera) in enumerate(make_views(0, scenes, seed, settings)):
        assert camera is not None
        layout = scene.layout()
        row = _ground_row(layout, camera, np.random.default_rng([seed, number]))
        case = _Case(camera, row, estimate_camera(layout), estimate_camera(_visible(layout)))
        seen["open places" if "sky" in layout.labels else "rooms"].append(case)
    figures = {}
    for kind, cases in seen.items():
        share = float(np.mean([case.true.horizon / case.true.size_hw[0] for case in cases]))
        height_m = float(np.exp(np.mean([np.log(case.true.height_m) for case in cases])))
        answers = {
            "whole masks": [case.whole for case in cases],
            "visible masks": [case.visible for case in cases],
            "middle row, 1.55 m": [_answer(case.true, 0.5, 1.55) for case in cases],
            "mean of the kind": [_answer(case.true, share, height_m) for case in cases],
        }
        for name, found in answers.items():
            figures[f"{kind}, {name}"] = _figures(found, cases)
    record = {"seed": seed, "scenes": scenes, "figures": figures}
    out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    out.with_suffix(".md").write_text(_table(seed, figures))
    print(_table(seed, figures))


def _ground_row(layout: Layout, camera: Camera, rng: np.random.Generator) -> float | None:
    ground = [number for number, label in enumerate(layout.labels) if label in GROUNDS]
    rows = np.nonzero(np.isin(layout.visible_index(), ground))[0] + 1.0
    rows = rows[rows > camera.horizon + 0.02 * layout.size_hw[0]]
    return float(rng.choice(rows)) if len(rows) else None


def _visible(layout: Layout) -> Layout:
    seen = zip(layout.labels, layout.visible(), strict=True)
    return Layout(layout.size_hw, tuple(Layer(label, mask) for label, mask in seen if mask.any()))


def _answer(camera: Camera, share: float, height_m: float) -> Camera:
    return Camera.of_horizon(share * camera.size_hw[0], height_m, camera.focal_px, camera.size_hw, _KNOWN)


def _figures(found: list[Camera], cases: list[_Case]) -> dict[str, object]:
    horizons, scales, sigmas = [], [], []
    for one, case in zip(found, cases, strict=True):
        assert one.spread is not None
        error, log_height = one.horizon - case.true.horizon, np.log(one.height_m / case.true.height_m)
        horizons.append(abs(error) / case.true.size_hw[0])
        octaves, deviation = np.inf if case.row is not None else np.nan, np.nan
        if case.row is not None and case.row > one.horizon:
            octaves = np.log2(one.scale_at(case.row) / case.true.scale_at(case.row))
            deviation = one.scale_deviation_at(case.row)
        scales.append(abs(2**octaves - 1))
        if one.spread is not _KNOWN:
            of_scale = abs(octaves) / deviation if np.isfinite(deviation) else octaves
            sigmas.append((error / one.spread.horizon_px, log_height / one.spread.log_height, of_scale))
    inside = [None] * 3 if not sigmas else [_inside(column) for column in np.array(sigmas).T]
    values = (
        len(found), float(np.mean(np.array(horizons) < 0.05)), float(np.median(horizons)),
        float(np.mean(_known(scales) < 0.25)), float(np.median(_known(scales))), *inside,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _known(values: list[float]) -> np.ndarray:
    """Those of scenes in which ground is seen."""
    return np.array(values)[~np.isnan(values)]


def _inside(sigmas: np.ndarray) -> list[float]:
    return [float(np.mean(np.abs(sigmas[~np.isnan(sigmas)]) < limit)) for limit in (1, 2)]


def _table(seed: int, figures: dict[str, dict[str, object]]) -> str:
    lines = [
        "The camera estimated from a layout, in made scenes whose camera is known "
        f"(`scripts/measure_camera.py --seed {seed}`). Errors of the horizon are",
        "in heights of the picture, those of the scale in its own size; sigma is the estimate's own.",
        "",
        "| | " + " | ".join(_COLUMNS) + " |",
        "|---" * (len(_COLUMNS) + 1) + "|",
    ]
    for name, row in figures.items():
        cells = [
            "" if cell is None
            else ", ".join(f"{part:.2f}" for part in cell) if isinstance(cell, list)
            else f"{cell:.3f}" if isinstance(cell, float) else str(cell)
            for cell in row.values()
        ]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
