"""The tables of the benchmark as Markdown."""

from smartmask.evaluation.report import Cell, Findings, Result, aims, figure_text


def seed_spread(value: Cell) -> str:
    """Lowest and highest mean of a seed, or nothing if there are fewer than two.

    >>> seed_spread({"mean": 0.5, "low": None, "high": None, "count": 9, "seeds": [0.5, 0.48, 0.52]})
    '0.480 to 0.520'
    """
    seeds = value["seeds"] if value else []
    return f"{min(seeds):.3f} to {max(seeds):.3f}" if len(seeds) > 1 else ""


def chart_column(table: Result) -> int:
    """The place of the column that is drawn and whose seeds are told."""
    place: int = table["columns"].index(table["chart"]) if table["chart"] else 0
    return place


def made_with(result: Result) -> str:
    """What a result was made with, in a line."""
    weights = result["weights"]
    part = "" if result["limit"] is None else f", limited to the first {result['limit']}"
    views = f" of {weights['views']:,} views" if weights.get("views") is not None else ""
    return (
        f"{result['objects']} objects of {result['images']} images in {result['groups']} groups, "
        f"{result['split']} split{part}; seeds 0 to {result['seeds'] - 1}; "
        f"weights {weights['sha256'][:12]}{views}; protocol {result['protocol']}, "
        f"settings {result['config_sha256'][:12]}, code {(result['commit'] or 'unknown')[:12]}"
    )


def markdown(findings: Findings) -> str:
    """All tables as Markdown."""
    lines = ["# Benchmark", ""]
    reached = aims(findings)
    if reached:
        lines += ["| aim | measured | |", "|---|---|---|"]
        lines += [f"| {aim.text} | {aim.value} | {'met' if aim.is_met else 'missed'} |" for aim in reached]
        lines.append("")
    lines += [
        "In brackets after a figure: its 95 % interval over images. Seeds: lowest and highest mean of one.",
        "",
    ]
    for name, result in findings.results.items():
        lines += [f"## {name}: {result['title']}", "", result["about"], "", made_with(result) + ".", ""]
        for table in result["tables"].values():
            lines += [f"### {table['title']}", "", table["note"], "", *_rows(table), ""]
        if name == "real":
            lines += [line for part in _beside_real(findings) for line in part]
    return "\n".join(lines).rstrip() + "\n"


def cost_rows(cost: Result) -> list[tuple[str, str, str, str]]:
    """What a segmenter's layouts cost in masks: layout, box IoU, free IoU, free hits."""
    return [
        (source, f"{row['box_iou']:.3f}", f"{row['free_iou']:.3f}", f"{row['free_hit']:.0%}")
        for source, row in cost.items()
        if isinstance(row, dict)
    ]


def _beside_real(findings: Findings) -> list[list[str]]:
    parts = []
    if findings.layout_cost is not None:
        cost = findings.layout_cost
        parts.append(
            [
                "### What the segmenter costs",
                "",
                f"{cost['objects']} other objects of photos, by weights of "
                f"{cost['mask_model_views']:,} views, on three layouts (`segmenter.md`).",
                "",
                "| layout | box given, IoU | no hint, best of 4, IoU | no hint, hits |",
                "|---|---|---|---|",
                *(f"| {' | '.join(row)} |" for row in cost_rows(cost)),
                "",
            ]
        )
    if findings.verdicts is not None:
        found = findings.verdicts
        parts.append(
            [
                "### Judged by eye",
                "",
                f"{found.pairs} pairs of photo and class, the first four suggestions each. {found.judge}",
                "",
                f"At least one plausible: {found.any_plausible:.0%} ({found.low:.0%} to {found.high:.0%}). "
                f"Of all suggestions: {found.plausible:.0%}.",
                "",
            ]
        )
    return parts


def _rows(table: Result) -> list[str]:
    columns, chart = table["columns"], chart_column(table)
    has_seeds = any(seed_spread(row[chart]) for row in table["rows"].values())
    head = ["", "objects", *columns, *([f"{columns[chart]}, seeds"] if has_seeds else [])]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, row in table["rows"].items():
        count = max((value["count"] for value in row if value), default=0)
        seeds = [seed_spread(row[chart])] if has_seeds else []
        lines.append(f"| {' | '.join([name, str(count), *map(figure_text, row), *seeds])} |")
    return lines
