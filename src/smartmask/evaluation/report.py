"""What results say, put together from their JSON and nothing else; `report_tables.py` makes tables of it.

SUITE.json        written by a run of the suite (`benchmark/runner.py`)
segmenter.json    what a segmenter's layouts cost (`smartmask evaluate segmenter`), if it is there
verdicts.json     what people saw in the pages to be judged, if it is there:
                  {"objects_sha256": of real.json, "weights_sha256": of real.json, "judge": text,
                   "plausible": {key of the pair: [true, false, ...] for each suggestion}}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from smartmask.data.layouts.checks import checked_member, is_int, short
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.evaluation.benchmark.box_answers import COPIED
from smartmask.evaluation.benchmark.protocol import PROTOCOL
from smartmask.evaluation.benchmark.runner import FORMAT, NAMES
from smartmask.evaluation.metrics.separation import bootstrap_interval
from smartmask.files import read_regular

SEGMENTER, VERDICTS = "segmenter.json", "verdicts.json"
Result = dict[str, Any]
Cell = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that the weights are to reach.

    Attributes:
        text: What is asked for.
        value: What was measured, as text.
        is_met: Whether it is reached.
    """

    text: str
    value: str
    is_met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that a folder of results holds.

    Attributes:
        results: By suite, in the order of `NAMES`.
        layout_cost: What a segmenter's layouts cost, as `segmenter.json` has it, or None.
        verdicts: Shares of the pages judged by eye, or None.
    """

    results: dict[str, Result]
    layout_cost: Result | None
    verdicts: "Verdicts | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What judging by eye found.

    Attributes:
        judge: Who or what judged, and how.
        pairs: Pairs judged.
        any_plausible: Share of pairs with at least one plausible suggestion.
        low: Lower end of its 95 % interval over pairs.
        high: Upper end.
        plausible: Share of plausible suggestions.
    """

    judge: str
    pairs: int
    any_plausible: float
    low: float
    high: float
    plausible: float


def read_findings(folder: Path) -> Findings:
    """The results in a folder.

    Raises:
        AnnotationError: If there is none, or one is damaged, of another protocol, or does not fit.
    """
    results = {
        name: _checked(folder / f"{name}.json", name) for name in NAMES if (folder / f"{name}.json").is_file()
    }
    if not results:
        raise AnnotationError(f"{folder}: holds no result of a suite; run smartmask evaluate masks first")
    layout_cost = _read(folder / SEGMENTER)["cost"] if (folder / SEGMENTER).is_file() else None
    verdicts = None
    if (folder / VERDICTS).is_file():
        if "real" not in results:
            raise AnnotationError(f"{folder / VERDICTS}: judges the suite real, whose result is not there")
        verdicts = _verdicts(_read(folder / VERDICTS), results["real"], folder / VERDICTS)
    return Findings(results=results, layout_cost=layout_cost, verdicts=verdicts)


def cell(result: Result, table: str, row: str, column: str) -> Cell:
    """A figure of a result; None if it was not measured."""
    found = result["tables"].get(table)
    if found is None or row not in found["rows"] or column not in found["columns"]:
        return None
    value: Cell = found["rows"][row][found["columns"].index(column)]
    return value if value is None or value["mean"] is not None else None


def aims(findings: Findings) -> list[Aim]:
    """The figures to be reached that could be measured."""
    found: list[Aim] = []
    for suite, title, row, column, sign, limit in _LIMITS:
        value = cell(findings.results[suite], title, row, column) if suite in findings.results else None
        if value is not None:
            is_met = value["mean"] >= limit if sign == ">=" else value["mean"] < limit
            where = f"boxes of {title}" if suite == "boxes" and title != suite else suite
            found.append(Aim(f"{where}: {row}, {column} {sign} {limit:g}", figure_text(value), is_met))
    for suite in ("real", "scenes"):
        mine, prior = (
            cell(findings.results[suite], "free", row, "recall@10") if suite in findings.results else None
            for row in ("model", "class prior + retrieval")
        )
        if mine is not None and prior is not None:
            text = f"{suite}: recall@10 at least twice that of class prior + retrieval"
            values = f"{mine['mean']:.3f} against {prior['mean']:.3f}"
            found.append(Aim(text, values, mine["mean"] > 0 and mine["mean"] >= 2 * prior["mean"]))
    placed, copied = (
        cell(findings.results["boxes"], "boxes", row, "recall@10") if "boxes" in findings.results else None
        for row in ("placer", COPIED)
    )
    if placed is not None and copied is not None:
        text = f"boxes: placer, recall@10 at least 1.5 times that of {COPIED}"
        values = f"{placed['mean']:.3f} against {copied['mean']:.3f}"
        found.append(Aim(text, values, placed["mean"] >= 1.5 * copied["mean"] > 0))
    for suite, result in findings.results.items():
        for row in result["tables"].get("use", {"rows": {}})["rows"]:
            for column in ("layout", "words"):
                value = cell(result, "use", row, column)
                if value is not None and value["low"] is not None:
                    text = f"{suite}: {row}, use of the {column} above zero"
                    found.append(Aim(text, figure_text(value), value["low"] > 0))
    verdicts = findings.verdicts
    if verdicts is not None:
        text = "real: a plausible one among four, of the judged pairs, >= 0.7"
        interval = f"{verdicts.any_plausible:.3f} ({verdicts.low:.3f} to {verdicts.high:.3f})"
        found.append(Aim(text, interval, verdicts.any_plausible >= 0.7))
    return found


_LIMITS: tuple[tuple[str, str, str, str, str, float], ...] = (
    ("shapes", "recognised", "model", "top 1 of truth's", ">=", 0.95),
    ("shapes", "outline", "model", "complexity", ">=", 0.85),
    ("shapes", "outline", "model", "one piece", ">=", 0.98),
    ("shapes", "outline", "model", "two-sample AUC", "<", 0.65),
    ("silhouettes", "hints", "box", "IoU", ">=", 0.67),
    ("silhouettes", "hints", "box, best of 4", "IoU", ">=", 0.74),
    ("silhouettes", "hints", "scribble", "IoU", ">=", 0.84),
    ("scenes", "hints", "box", "IoU", ">=", 0.75),
    ("real", "free", "model", "violation", "<", 0.15),
    ("scenes", "free", "model", "violation", "<", 0.15),
    ("real", "free", "model", "fair violation", "<", 0.15),
    ("scenes", "free", "model", "fair violation", "<", 0.15),
    ("real", "free", "model", "diversity", ">=", 0.5),
    ("scenes", "free", "model", "diversity", ">=", 0.5),
    ("silhouettes", "ranking", "all", "AUC", ">=", 0.85),
    ("scenes", "ranking", "all", "AUC", ">=", 0.85),
    ("real", "ranking", "all", "AUC", ">=", 0.85),
    ("scenes", "free", "model", "recall@10", ">=", 0.45),
    ("boxes", "boxes", "placer", "bits over the prior", ">=", 1.0),
    ("boxes", "scenes", "placer", "bits over the prior", ">=", 1.0),
    ("boxes", "real", "placer", "bits over the prior", ">=", 1.0),
    ("boxes", "boxes", "placer", "scale error", "<", 0.45),
    ("boxes", "scenes", "placer", "scale error", "<", 0.45),
    ("boxes", "real", "placer", "scale error", "<", 0.45),
)


def figure_text(value: Cell) -> str:
    """A figure with its interval, as tables show it.

    >>> figure_text({"mean": 0.5, "low": 0.42, "high": 0.6, "count": 9, "seeds": []})
    '0.500 (0.420 to 0.600)'
    """
    if value is None or value["mean"] is None:
        return ""
    interval = f" ({value['low']:.3f} to {value['high']:.3f})" if value["low"] is not None else ""
    return f"{value['mean']:.3f}{interval}"


def _read(path: Path) -> Result:
    try:
        value = json.loads(read_regular(path))
    except (OSError, ValueError, RecursionError) as error:
        raise AnnotationError(f"{path}: cannot be read as JSON ({error}); make it again") from error
    if not isinstance(value, dict):
        raise AnnotationError(f"{path}: must hold a JSON object, not a {type(value).__name__}")
    return value


def _checked(path: Path, name: str) -> Result:
    result = _read(path)
    found = result.get("format"), result.get("protocol"), result.get("suite")
    if found != (FORMAT, PROTOCOL, name):
        raise AnnotationError(
            f"{path}: is {found[0]!r}, protocol {found[1]!r}, suite {found[2]!r}; this release reads "
            f"{FORMAT!r}, protocol {PROTOCOL}; run smartmask evaluate masks {name} again, or move it away"
        )
    try:
        _check_figures(result, path)
    except (LayoutFileError, KeyError, TypeError, AttributeError) as error:
        raise AnnotationError(
            f"{path}: is not as smartmask evaluate masks {name} writes it ({type(error).__name__}: {error}); "
            "run it again, or move it away"
        ) from error
    return result


def _check_figures(result: Result, path: Path) -> None:
    """Make sure that what pages show as numbers are numbers, and that sheets lie beside the result."""
    wholes = [result.get(name) for name in ("objects", "images", "groups", "seeds")]
    for table in result["tables"].values():
        for value in (value for row in table["rows"].values() for value in row if value is not None):
            wholes.append(value["count"])
            for number in (value["mean"], value["low"], value["high"], *value["seeds"]):
                if not (number is None or (isinstance(number, int | float) and type(number) is not bool)):
                    raise AnnotationError(f"{path}: a figure must be a number, not {short(number)}")
    for number in wholes:
        if not is_int(number):
            raise AnnotationError(f"{path}: a count must be a whole number, not {short(number)}")
    for sheet in result["sheets"]:
        if checked_member(sheet["file"], str(path)) != PurePath(sheet["file"]).name:
            raise AnnotationError(f"{path}: sheet {short(sheet['file'])} must lie beside the result")


def _verdicts(value: Result, real: Result, path: Path) -> Verdicts:
    judged = value.get("plausible")
    asked = [entry["key"] for entry in real.get("judged", [])]
    is_sound = isinstance(judged, dict) and all(
        isinstance(found, list) and all(isinstance(entry, bool) for entry in found)
        for found in judged.values()
    )
    if not is_sound or not judged or not set(judged) <= set(asked):
        raise AnnotationError(
            f'{path}: "plausible" must hold a list of true and false for pairs of real.json, by their keys'
        )
    for name, known in (
        ("objects_sha256", real["objects_sha256"]),
        ("weights_sha256", real["weights"]["sha256"]),
    ):
        if value.get(name) != known:
            raise AnnotationError(f"{path}: {name} is not that of real.json; judge the pages of this run")
    any_of = [float(any(found)) for found in judged.values()]
    low, high = bootstrap_interval(np.array(any_of))
    every = [entry for found in judged.values() for entry in found]
    return Verdicts(
        judge=str(value.get("judge", "")),
        pairs=len(any_of),
        any_plausible=sum(any_of) / len(any_of),
        low=low,
        high=high,
        plausible=sum(every) / max(len(every), 1),
    )
