"""Results of suites as their runs write them, in a few lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from smartmask.evaluation.benchmark.protocol import PROTOCOL
from smartmask.evaluation.benchmark.runner import FORMAT


def figure(
    mean: float,
    low: float | None = None,
    high: float | None = None,
    count: int = 9,
    seeds: Sequence[float] = (),
) -> dict[str, Any]:
    """A figure."""
    return {"mean": mean, "low": low, "high": high, "count": count, "seeds": list(seeds)}


def result(suite: str, **tables: Mapping[str, Any]) -> dict[str, Any]:
    """A result with some tables."""
    return {
        "format": FORMAT,
        "protocol": PROTOCOL,
        "suite": suite,
        "title": f"The suite {suite}",
        "about": "What it holds.",
        "split": "test",
        "limit": None,
        "seeds": 3,
        "objects": 9,
        "images": 5,
        "groups": 4,
        "objects_sha256": "a" * 64,
        "config_sha256": "b" * 64,
        "commit": "c" * 40,
        "weights": {"sha256": "d" * 64, "views": 1000},
        "tables": tables,
        "sheets": [],
    }


def table(columns: list[str], rows: Mapping[str, Any], chart: str | None = None) -> dict[str, Any]:
    """A table."""
    return {"title": "A table", "note": "Its note.", "columns": columns, "rows": rows, "chart": chart}
