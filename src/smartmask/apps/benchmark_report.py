"""The benchmark as one HTML file that needs nothing else: aims, tables, charts and sheets.

All of it comes from result files and the sheets that lie beside them. Text is escaped, pictures lie in the
file itself, and its own policy forbids scripts.
"""

import base64
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from smartmask.errors import AnnotationError
from smartmask.evaluation.report import Cell, Findings, Result, aims, figure_text
from smartmask.evaluation.report_tables import chart_column, cost_rows, made_with, seed_spread
from smartmask.files import inside, read_regular

FOLDED = ("classes", "each")
"""Long tables, folded until someone looks."""


def benchmark_report(findings: Findings, folder: Path) -> str:
    """The report as the text of an HTML file.

    Args:
        findings: What was measured.
        folder: Where the sheets lie that the results name.

    Raises:
        AnnotationError: If a sheet is missing.
    """
    text = resources.files("smartmask.apps").joinpath("templates/benchmark.html").read_text("utf-8")
    return Template(text).substitute(
        links="".join(f"<a href='#{escape(name)}'>{escape(name)}</a>" for name in findings.results),
        aims=_aims(findings),
        suites="".join(_suite(name, findings, folder) for name in findings.results),
    )


def _aims(findings: Findings) -> str:
    reached = aims(findings)
    if not reached:
        return ""
    rows = "".join(
        f"<tr><td>{escape(aim.text)}</td><td>{escape(aim.value)}</td>"
        f"{'<td>met</td>' if aim.is_met else '<td class=missed>missed</td>'}</tr>"
        for aim in reached
    )
    head = "<tr><th></th><th>measured</th><th></th></tr>"
    return f"<h2>Aims</h2><div class='wide'><table>{head}{rows}</table></div>"


def _suite(name: str, findings: Findings, folder: Path) -> str:
    result = findings.results[name]
    tables = "".join(_section(key, table) for key, table in result["tables"].items())
    beside = _beside_real(findings) if name == "real" else ""
    sheets = "".join(_sheet(folder / sheet["file"], sheet["title"]) for sheet in result["sheets"])
    return (
        f"<section id='{escape(name)}'><h2>{escape(name)}: {escape(result['title'])}</h2>"
        f"<p>{escape(result['about'])}</p><p class='faint'>{escape(made_with(result))}</p>{tables}{beside}"
        f"{sheets}</section>"
    )


def _section(key: str, table: Result) -> str:
    body = (
        f"<p class='faint'>{escape(table['note'])}</p>{_chart(table)}<div class='wide'>{_table(table)}</div>"
    )
    title = escape(table["title"])
    return (
        f"<details><summary>{title}</summary>{body}</details>" if key in FOLDED else f"<h3>{title}</h3>{body}"
    )


def _table(table: Result) -> str:
    chart = chart_column(table)
    has_seeds = any(seed_spread(row[chart]) for row in table["rows"].values())
    head = ["", "objects", *table["columns"], *([f"{table['columns'][chart]}, seeds"] if has_seeds else [])]
    rows = []
    for name, row in table["rows"].items():
        count = max((value["count"] for value in row if value), default=0)
        seeds = f"<td>{seed_spread(row[chart])}</td>" if has_seeds else ""
        cells = "".join(f"<td>{_cell(value)}</td>" for value in row)
        rows.append(f"<tr><td>{escape(name)}</td><td>{escape(str(count))}</td>{cells}{seeds}</tr>")
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    return f"<table><tr>{titles}</tr>{''.join(rows)}</table>"


def _cell(value: Cell) -> str:
    text = figure_text(value)
    mean, _, interval = text.partition(" (")
    return f"{mean}<small>{interval.rstrip(')')}</small>" if interval else mean


def _chart(table: Result) -> str:
    """A bar for each row of the chart's column, its interval, and a dot for each seed."""
    if table["chart"] is None:
        return ""
    column = chart_column(table)
    rows = [(name, row[column]) for name, row in table["rows"].items() if row[column]]
    rows = [(name, value) for name, value in rows if value["mean"] is not None]
    if not rows:
        return ""
    width, left, step = 820, 230, 24
    scale = (width - left - 70) / max(1.0, *(value["mean"] for _, value in rows))
    height = len(rows) * step + 24
    parts = [f"<svg viewBox='0 0 {width} {height}' role='img'>"]
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + mark * scale
        parts.append(f"<line class='grid' x1='{x:.1f}' x2='{x:.1f}' y1='0' y2='{height - 20}'/>")
        parts.append(f"<text x='{x:.1f}' y='{height - 5}' text-anchor='middle'>{mark:g}</text>")
    for place, (name, value) in enumerate(rows):
        y, end = place * step, left + max(value["mean"], 0) * scale
        middle = y + step / 2 - 2
        parts.append(f"<text x='{left - 8}' y='{middle + 4:.1f}' text-anchor='end'>{escape(name)}</text>")
        parts.append(f"<rect x='{left}' y='{y + 3}' width='{end - left:.1f}' height='{step - 10}'/>")
        far = end
        if value["low"] is not None:
            low, far = (left + max(value[side], 0) * scale for side in ("low", "high"))
            parts.append(f"<line x1='{low:.1f}' x2='{far:.1f}' y1='{middle:.1f}' y2='{middle:.1f}'/>")
        parts += [
            f"<circle cx='{left + seed * scale:.1f}' cy='{middle:.1f}' r='2.5'/>" for seed in value["seeds"]
        ]
        parts.append(f"<text x='{max(far, end) + 8:.1f}' y='{middle + 4:.1f}'>{value['mean']:.3f}</text>")
    return "".join([*parts, "</svg>"])


def _beside_real(findings: Findings) -> str:
    parts = []
    if findings.layout_cost is not None:
        cost = findings.layout_cost
        head = ("layout", "box given, IoU", "no hint, best of 4, IoU", "no hint, hits")
        parts.append(
            f"<h3>What the segmenter costs</h3><p class='faint'>{escape(str(cost['objects']))} other objects "
            f"of photos, by weights of {cost['mask_model_views']:,} views, on three "
            f"layouts.</p>{_plain(head, cost_rows(cost))}"
        )
    if findings.verdicts is not None:
        found = findings.verdicts
        parts.append(
            f"<h3>Judged by eye</h3><p>{found.pairs} pairs of photo and class, the first four suggestions "
            f"each. At least one plausible: <b>{found.any_plausible:.0%}</b> ({found.low:.0%} to "
            f"{found.high:.0%}); of all suggestions {found.plausible:.0%}.</p><p "
            f"class='faint'>{escape(found.judge)}</p>"
        )
    return "".join(parts)


def _plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class='wide'><table><tr>{titles}</tr>{body}</table></div>"


def _sheet(path: Path, title: str) -> str:
    """A picture, or where it is missing: sheets show data that must not always be passed on with results."""
    if not path.exists():
        return f"<p class='faint'>{escape(title)}: {escape(path.name)} is not here; its suite draws it.</p>"
    try:
        data = base64.b64encode(read_regular(inside(path.parent, path.name))).decode("ascii")
    except OSError as error:
        reason = error.strerror or str(error)
        raise AnnotationError(f"{path}: the sheet cannot be read ({reason}); run its suite again") from error
    return (
        f"<figure><img src='data:image/png;base64,{data}' alt='{escape(title)}' loading='lazy'>"
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )
