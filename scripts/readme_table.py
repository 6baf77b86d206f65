"""Copy the benchmark's headline table into a page that the README links to, between the page's two marks.

python scripts/readme_table.py docs/results/benchmark.md docs/results/AIMS.md
"""

import sys
from pathlib import Path

START, END = "<!-- benchmark -->\n", "<!-- /benchmark -->"


def main(report: Path, page: Path) -> None:
    """The first table of the report replaces what stands between the marks."""
    lines = report.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        table.append(line)
    before, _, rest = page.read_text().partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{page}: the marks {START.strip()} and {END} are missing")
    page.write_text(before + START + "\n".join(table) + "\n" + END + after)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
