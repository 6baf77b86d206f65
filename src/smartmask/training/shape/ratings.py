"""How plainly each shape of a memory shows what it is called, as people said who looked at all of them.

A table with a line a shape tells which one it is (label, group, view, width over height) and its rating:

    good    said at once to be what its label says, seen as such things are seen
    fair    could be it: a plain box for a refrigerator
    bad     a lump, an odd view, a part, a broken mesh, another thing

What was called bad leaves the memory; the clarity of the others is 1 and 0.5. Networks that read silhouettes,
each of the half that it had not learnt from, told good from bad ones of a label hardly better than chance
does (AUC 0.63), for most labels have few objects.
"""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from smartmask.errors import AnnotationError
from smartmask.memory.remembered import Rows
from smartmask.memory.shape_memory import ShapeMemory

CLARITIES = {"good": 1.0, "fair": 0.5, "bad": 0.0}
COLUMNS = ("label", "group", "view", "aspect", "rating")
Shape = tuple[str, str, str, str]


def read_ratings(path: Path) -> dict[Shape, float]:
    """The clarity of each shape that was looked at; the lowest, where lines are of the same one.

    Args:
        path: A CSV file with the columns `COLUMNS`, compressed by gzip.

    Raises:
        AnnotationError: If it is missing or damaged, or a line holds no rating.
    """
    found: dict[Shape, float] = {}
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise AnnotationError(f"{path}: its columns must be {', '.join(COLUMNS)}")
            for line in reader:
                shape = line["label"], line["group"], line["view"], line["aspect"]
                if line["rating"] not in CLARITIES:
                    raise AnnotationError(
                        f"{path}: line {reader.line_num}: a rating must be one of {', '.join(CLARITIES)}, "
                        f"not {line['rating']!r}"
                    )
                found[shape] = min(found.get(shape, 1.0), CLARITIES[line["rating"]])
    except (OSError, EOFError, UnicodeError, csv.Error) as error:
        raise AnnotationError(f"{path}: cannot be read as ratings of shapes ({error})") from error
    return found


def with_ratings(memory: ShapeMemory, ratings: Mapping[Shape, float]) -> ShapeMemory:
    """The memory without what was called bad, with the clarity of what was looked at."""
    rated = [ratings.get(shape) for shape in rated_as(memory.rows)]
    clarities = np.where(
        [found is None for found in rated], memory.rows.clarities, [found or 0 for found in rated]
    )
    kept = np.flatnonzero([found != 0.0 for found in rated])
    rows = replace(memory.rows, clarities=clarities.astype(np.float32))
    return ShapeMemory(rows, lambda: memory.codes, memory.codec, memory.parents).of_numbers(kept)


def rated_as(rows: Rows) -> list[Shape]:
    """What a line of ratings tells each shape by."""
    texts = [rows.texts[name].texts() for name in ("label", "group", "view")]
    return list(zip(*texts, [f"{aspect:.2f}" for aspect in rows.aspects.tolist()], strict=True))
