"""Numbers as results hold them: a mean, how sure it is, how it spreads over seeds, and tables of those.

A mean is over objects, of the mean over seeds for each; its interval is a bootstrap over images. Objects for
which a figure is not defined (NaN) are left out, and `count` says how many were not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

from smartmask.evaluation.metrics.separation import bootstrap_interval

Row = Mapping[str, float | Sequence[float]]
"""What was measured on one object: by name, one number or one for each seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean with what must be known about it.

    Attributes:
        mean: Over objects; None if none could be measured.
        low: Lower end of its 95 % interval over images; None if there are fewer than two.
        high: Upper end.
        count: Objects.
        seeds: The mean of each seed; empty if no seed takes part.
    """

    mean: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0
    seeds: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As results hold it, in six digits."""
        seeds = [_rounded(value) for value in self.seeds]
        found = {name: _rounded(getattr(self, name)) for name in ("mean", "low", "high")}
        return {**found, "count": self.count, "seeds": seeds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures with their names.

    Attributes:
        title: What they are about.
        note: How they are defined.
        columns: Name of each column.
        rows: A figure for each column, or None.
        chart: The column that is drawn as a chart, if any.
    """

    title: str
    note: str
    columns: tuple[str, ...]
    rows: dict[str, tuple[Figure | None, ...]] = field(default_factory=dict)
    chart: str | None = None

    def __post_init__(self) -> None:
        for name, row in self.rows.items():
            assert len(row) == len(self.columns), f"{self.title}: row {name!r} has {len(row)} figures"

    def as_json(self) -> dict[str, Any]:
        """As results hold it."""
        rows = {name: [cell and cell.as_json() for cell in row] for name, row in self.rows.items()}
        about = {"title": self.title, "note": self.note, "chart": self.chart}
        return {**about, "columns": list(self.columns), "rows": rows}


def figure_of(rows: Sequence[Row], name: str, groups: Sequence[str]) -> Figure | None:
    """The figure of a name; None if it was measured on no object.

    Args:
        rows: What was measured, an object each; a name that is missing was not.
        name: Which.
        groups: The image of each object.
    """
    found = [(row[name], group) for row, group in zip(rows, groups, strict=True) if name in row]
    if not found:
        return None
    values = np.array([np.atleast_1d(np.asarray(value, np.float64)) for value, _ in found])
    return figure(values, [group for _, group in found], has_seeds=not isinstance(found[0][0], float))


def figure(values: Float[np.ndarray, "T S"], groups: Sequence[str], has_seeds: bool = True) -> Figure:
    """The figure of an array of objects by seeds, NaN where it is not defined."""
    is_known = ~np.isnan(values)
    kept = is_known.any(1)
    if not kept.any():
        return Figure(mean=None)
    means = np.nansum(values[kept], 1) / is_known[kept].sum(1)
    low, high = bootstrap_interval(means, [group for group, keep in zip(groups, kept, strict=True) if keep])
    seeds: Iterable[float] = ()
    if has_seeds:
        seeds = (
            float(np.mean(column[~np.isnan(column)])) for column in values.T if not np.isnan(column).all()
        )
    ends = (None if np.isnan(end) else float(end) for end in (low, high))
    return Figure(
        mean=float(means.mean()),
        low=next(ends),
        high=next(ends),
        count=int(kept.sum()),
        seeds=tuple(seeds),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
