"""How well a ranker tells true placements from false ones, and whether it does so honestly."""

import time
from pathlib import Path
from typing import Any, Literal

import numpy as np

from smartmask.data.layered_scene import LayeredScene, Split
from smartmask.data.shards import SceneDataset
from smartmask.evaluation.ranking import (
    KINDS,
    PROTOCOL,
    RankingPair,
    calibration_error,
    confidence_interval,
    hole_pairs,
    pair_auc,
    pooled_auc,
    ranking_pairs,
    score_pairs,
    with_other_words,
    without_layout,
)
from smartmask.protocols import Ranker

DATASETS = ("made", "voc", "coco", "nyu40")
MOST_SCENES = 400
"""Held-out scenes of a dataset that are read."""
FILLS: tuple[Literal["nearest", "rows", "unknown"], ...] = ("nearest", "rows", "unknown")
MOVED = KINDS[:2]


def measure_ranker(ranker: Ranker, data: Path, split: Split, objects: int) -> dict[str, Any]:
    """Score pairs of placements of held-out objects.

    Args:
        ranker: The ranker.
        data: Folder of the datasets `DATASETS`.
        split: The split.
        objects: Objects of each dataset, at most; controls take half.

    Raises:
        AnnotationError: If a dataset cannot be read.
    """
    scenes = {name: _scenes(data / name, split) for name in DATASETS}
    return {
        "protocol": PROTOCOL,
        "split": split,
        "datasets": {name: _measured(ranker, found, objects) for name, found in scenes.items()},
        "holes_of_known_scenes": _holes(ranker, scenes["made"], objects // 2),
        "milliseconds_per_mask": _milliseconds(ranker),
    }


def _measured(ranker: Ranker, scenes: list[LayeredScene], objects: int) -> dict[str, object]:
    pairs = list(ranking_pairs(scenes, objects))
    scores = score_pairs(ranker, pairs)
    numbers = [pair.number for pair in pairs]
    kinds = np.array([pair.kind for pair in pairs])
    whole = np.array([pair.is_whole for pair in pairs])
    moved = np.isin(kinds, MOVED)
    some = list(ranking_pairs(scenes, objects // 2))
    is_exact = scenes[0].is_exact
    fills = (
        {}
        if is_exact
        else {
            fill: _mean(score_pairs(ranker, found), found)
            for fill in FILLS
            for found in [list(ranking_pairs(scenes, objects // 2, fill))]
        }
    )
    return {
        "objects": len(set(numbers)),
        "pairs": len(pairs),
        "auc": {kind: pair_auc(scores[kinds == kind]) for kind in KINDS},
        "mean": _mean(scores, pairs),
        "interval": confidence_interval(scores, numbers),
        "whole_objects": _mean(scores[whole], [pair for pair in pairs if pair.is_whole]),
        "whole_pairs": int(whole.sum()),
        "pooled": pooled_auc(scores),
        "calibration_error": calibration_error(scores[moved]),
        "fills": fills,
        "controls": {
            "as it is": _mean(score_pairs(ranker, some), some),
            "labels and words of others": _mean(score_pairs(ranker, with_other_words(some)), some),
            "no layout": _mean(score_pairs(ranker, without_layout(some)), some),
        },
    }


def _mean(scores: np.ndarray, pairs: list[RankingPair]) -> float:
    """Mean of the three kinds: shifted, rescaled, and of another scene."""
    kinds = np.array([pair.kind for pair in pairs])
    elsewhere = ~np.isin(kinds, MOVED)
    parts = [kinds == MOVED[0], kinds == MOVED[1], elsewhere]
    return float(np.mean([pair_auc(scores[part]) for part in parts]))


def _holes(ranker: Ranker, scenes: list[LayeredScene], objects: int) -> dict[str, float]:
    both = list(hole_pairs(scenes, objects))
    known, cut = [one for one, _ in both], [other for _, other in both]
    return {
        "what is behind is shown": _mean(score_pairs(ranker, known), known),
        "holes cut and filled under both": _mean(score_pairs(ranker, cut), cut),
    }


def _milliseconds(ranker: Ranker) -> dict[str, float]:
    """Of one mask on a canvas of 20 regions, one core."""
    found = {}
    for side in (512, 2048):
        index = (np.indices((side, side)) // (side // 4)).astype(np.int16)
        index = index[0] * 5 + index[1]
        mask = np.zeros((side, side), bool)
        mask[side // 3 : side // 2, side // 3 : side // 2] = True
        labels = [f"thing {number}" for number in range(20)]
        ranker.score(index, labels, mask, "dog", None)
        started = time.process_time()
        for _ in range(20):
            ranker.score(index, labels, mask, "dog", None)
        found[f"{side} x {side}"] = (time.process_time() - started) / 20 * 1000
    return found


def _scenes(folder: Path, split: Split) -> list[LayeredScene]:
    return [
        scene for scene, _ in zip(SceneDataset.open(folder).of_split(split), range(MOST_SCENES), strict=False)
    ]


def ranker_tables(result: dict[str, Any]) -> str:
    """What was measured, as Markdown."""
    found = result["datasets"]
    names = list(found)

    def table(head: str, rows: dict[str, list[str]]) -> list[str]:
        lines = [f"| {head} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
        return [*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()), ""]

    def row(*keys: str) -> list[str]:
        cells = []
        for name in names:
            value = found[name]
            for key in keys:
                value = value.get(key, "") if isinstance(value, dict) else value
            cells.append(f"{value:.3f}" if isinstance(value, float) else str(value))
        return cells

    lines = [
        f"Held-out objects ({result['split']} split), protocol {result['protocol']}. Share of pairs in which "
        "the true mask has the higher score; the mean is over shifted, rescaled, and of another scene.",
        "",
        *table(
            "false mask",
            {kind: row("auc", kind) for kind in KINDS}
            | {
                "**mean**": row("mean"),
                "95 % of resamples, all pairs": [
                    "{:.3f} to {:.3f}".format(*found[name]["interval"]) for name in names
                ],
                "mean, objects that no border cuts": row("whole_objects"),
                "pooled over layouts": row("pooled"),
                "calibration error, moved": row("calibration_error"),
                "objects": row("objects"),
            },
        ),
        *table(
            "control: mean",
            {key: row("controls", key) for key in ("as it is", "labels and words of others", "no layout")}
            | {f"holes filled: {fill}": row("fills", fill) for fill in FILLS},
        ),
        "| made scenes, layers behind the object alone | mean |",
        "|---|---|",
        *(f"| {name} | {value:.3f} |" for name, value in result["holes_of_known_scenes"].items()),
        "",
        "Milliseconds a mask, one core: "
        + ", ".join(f"{size} {value:.1f}" for size, value in result["milliseconds_per_mask"].items())
        + ".",
    ]
    return "\n".join(lines) + "\n"
