"""What the generator draws for the words, proportions and surroundings of a pack's own shapes.

These are the shapes that a judge of outlines learns to tell from the real ones: so they must be asked for
just as a user's are, and drawn by the very file that ships.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from smartmask.data.atomic import write_files
from smartmask.data.whole_shapes import STYLES
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    NEIGHBOURS,
    NUMBERS,
    GeneratorInputs,
    label_table,
)
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack

EACH = 4
"""Samples of a request."""
WITH_NEIGHBOURS = 0.5
"""Share of requests at which the generator is shown neighbours."""
STRENGTH = 2.0
"""Of the words, as users' boxes are drawn with."""
NO_LAYOUT_ZOOM = -0.7
"""ln(window side / longer canvas side) of shapes that stand in no scene."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRows:
    """Samples, and what was asked for.

    Attributes:
        codes: The codec's.
        rows: Of the pack, whose words and proportions each was drawn for.
    """

    codes: UInt8[np.ndarray, "n bytes"]
    rows: Int64[np.ndarray, " n"]

    def write(self, path: Path) -> None:
        """Keep them in a file."""
        content = io.BytesIO()
        np.savez_compressed(content, codes=self.codes, rows=self.rows)
        write_files({path: content.getvalue()})

    @staticmethod
    def read(path: Path) -> "DrawnRows":
        """Read such a file."""
        with np.load(path, allow_pickle=False) as file:
            return DrawnRows(file["codes"], file["rows"].astype(np.int64))


def draw_rows(
    pack: GeneratorPack,
    generator: ShapeGenerator,
    part: str,
    requests: int,
    seed: int = 0,
    on_request: Callable[[int], None] = lambda done: None,
) -> DrawnRows:
    """Draw `EACH` samples for each of some shapes of a part of the pack, taken by their weights.

    Args:
        pack: The pack.
        generator: What draws.
        part: Of `PARTS`.
        requests: How many shapes; all there are if they are fewer.
        seed: Everything random follows from it.
        on_request: Called with the number of requests drawn.
    """
    rng = np.random.default_rng([seed, PARTS.index(part)])
    weights = pack.weights.astype(np.float64) * (pack.parts == PARTS.index(part))
    count = min(requests, int((weights > 0).sum()))
    rows = rng.choice(len(weights), count, replace=False, p=weights / weights.sum())
    labels = label_table(pack.embeddings)
    codes = []
    for number, row in enumerate(rows.tolist()):
        neighbours = np.zeros((EACH, NEIGHBOURS, CODE_NUMBERS), np.float32)
        near = pack.neighbours[row][pack.neighbours[row] >= 0]
        if rng.random() < WITH_NEIGHBOURS:
            for sample in neighbours:
                chosen = rng.permutation(near)[:NEIGHBOURS]
                sample[: len(chosen)] = generator.normal(pack.codes[chosen])
        inputs = _inputs(pack, labels, row, neighbours)
        noise = rng.standard_normal((EACH, NUMBERS), np.float32)
        codes.append(generator.draw(inputs, noise, strength=STRENGTH).codes)
        on_request(number + 1)
    return DrawnRows(np.concatenate(codes), np.repeat(rows, EACH))


def _inputs(
    pack: GeneratorPack,
    labels: Float32[np.ndarray, "W L"],
    row: int,
    neighbours: Float32[np.ndarray, "n K N"],
) -> GeneratorInputs:
    scene = int(pack.scenes[row])
    zoom = float(pack.zooms[row]) if scene >= 0 else NO_LAYOUT_ZOOM
    cells = pack.cells[scene].astype(int) if scene >= 0 else np.ones(pack.cells.shape[1], int)
    return GeneratorInputs(
        text=pack.embeddings[pack.words[row]][None].astype(np.float32),
        extent=np.array([[pack.log_aspects[row], zoom]], np.float32),
        style=np.eye(len(STYLES), dtype=np.float32)[:1],
        changes=np.zeros((1, CHANGES), np.float32),
        drawing=np.zeros((1, DRAWING_PX, DRAWING_PX), np.float32),
        layout=labels[cells][None].astype(np.float32),
        neighbours=neighbours,
    )
