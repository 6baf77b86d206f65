"""Sentences that say how two things stand to each other (NSR-1K), planned with boxes alone.

A relation holds if the line from the middle of the second box to that of the first leaves in its direction,
by shares of the canvas: "left" if it goes left by at least as much as it goes up or down. Source: Feng et
al. 2023, "LayoutGPT", section 4.1.
"""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from smartmask.data.annotations.parquet_boxes import NamedBoxes
from smartmask.evaluation.baselines import random_boxes
from smartmask.evaluation.benchmark.figures import Row, Table, figure_of
from smartmask.evaluation.plan_benchmark import plan_boxes
from smartmask.language.scene_words import canonical
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layout

DIRECTIONS: dict[str, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
SIZE_HW = (240, 320)
MOST_PLACED = 4
"""Things that are placed until both should be there."""
_COLUMNS = ("both there", "relation holds")


def holds(relation: str, first: Float[np.ndarray, "4"], second: Float[np.ndarray, "4"]) -> bool:
    """Whether a relation of `DIRECTIONS` holds between boxes, as shares of the canvas.

    >>> holds("left", np.array([0, 0.1, 0.2, 0.5]), np.array([0.6, 0.0, 0.9, 0.5]))
    True
    """
    way = np.array(DIRECTIONS[relation])
    apart = (first[:2] + first[2:] - second[:2] - second[2:]) / 2
    along = float(apart @ way)
    return along > 0 and along >= float(np.abs(apart @ way[::-1]))


def relations_table(planner: EmbeddedPlanner, pictures: Sequence[NamedBoxes], limit: int) -> Table:
    """Plan the first sentences, by the hash of their names, that state a direction."""
    asked = sorted(
        (one for one in pictures if one.relations and one.relations[0][1] in DIRECTIONS),
        key=lambda one: hashlib.sha256(one.key.encode()).hexdigest(),
    )[:limit]
    rows = list(_rows(planner, asked))
    groups = [one.key for one in asked]
    every = {"planner": "planner", "random boxes": "random boxes", "the true boxes": "the true boxes"}
    found = {
        title: tuple(figure_of(rows, f"{name}, {column}", groups) for column in _COLUMNS)
        for name, title in every.items()
    }
    for relation in DIRECTIONS:
        own = [n for n, one in enumerate(asked) if one.relations[0][1] == relation]
        found[f"planner: {relation}"] = tuple(
            figure_of([rows[n] for n in own], f"planner, {column}", [groups[n] for n in own])
            for column in _COLUMNS
        )
    return Table(
        title="Sentences with a direction (NSR-1K)",
        note="A sentence each, read by rule and planned with boxes alone. A relation holds if the middles of "
        "the boxes lie apart in its direction at least as far as across it; where one of the two is missing "
        "it does not hold. By the same rule the true boxes are judged, of which the sentence was written.",
        columns=_COLUMNS,
        rows=found,
        chart="relation holds",
    )


def _rows(planner: EmbeddedPlanner, asked: Sequence[NamedBoxes]) -> Iterator[Row]:
    for place, picture in enumerate(asked):
        first, relation, second = picture.relations[0]
        labels = picture.labels[first], picture.labels[second]
        start = planner.start(picture.caption, SIZE_HW, place)
        layout = plan_boxes(planner, start.layout, picture.caption, MOST_PLACED, place, start.camera)
        boxes = [_first_box(layout, start.layout, label) for label in labels]
        both = [box for box in boxes if box is not None]
        anywhere = np.array(random_boxes(SIZE_HW, 2, np.random.default_rng([place, 44])))
        yield {
            "planner, both there": float(len(both) == 2),
            "planner, relation holds": float(len(both) == 2 and holds(relation, both[0], both[1])),
            "random boxes, relation holds": float(
                holds(relation, *(anywhere / np.array([SIZE_HW[1], SIZE_HW[0]] * 2)))
            ),
            "the true boxes, relation holds": float(
                holds(relation, *picture.boxes[[first, second]].astype(float))
            ),
        }


def _first_box(layout: Layout, start: Layout, label: str) -> Float[np.ndarray, "4"] | None:
    """The box, as shares, of the first thing of a label that was not there at the start."""
    there = {id(layer) for layer in start.layers}
    height, width = layout.size_hw
    for layer in layout.layers:
        if id(layer) not in there and canonical(layer.label) == canonical(label) and layer.mask.any():
            return np.array(box_of(layer.mask)) / (width, height, width, height)
    return None
