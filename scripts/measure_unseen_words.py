"""What the generator makes of words that it has learnt nothing of: python scripts/measure_unseen_words.py.

Ten shapes of each such word are asked for by word and box, on an empty canvas, without neighbours and with:
shapes of the same word, of other objects and no doubles, chosen when the pack was made. A network for
silhouettes reads the first sample, as in the suite `shapes`; words that it does not know are left out.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32

from smartmask.data.shape_words import common_word
from smartmask.data.whole_shapes import STYLES
from smartmask.evaluation.recogniser import Recogniser, recognised
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    LAYOUT_CELLS,
    NEIGHBOURS,
    NUMBERS,
    GeneratorInputs,
)
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.shapes.free_drawing import BOX_STRENGTH
from smartmask.pipelines.shapes.shape_fit import fitted_outline
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack
from smartmask.weights import WEIGHTS

SIDE = 160
ZOOM = -0.7
"""ln of the window's side over the canvas's."""


def main() -> None:
    """Draw, read, print; with --out keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path, default=Path("runs/pack"))
    parser.add_argument("--recogniser", type=Path, default=Path("runs/recogniser"))
    parser.add_argument("--weights", type=Path, default=WEIGHTS / "generator.onnx")
    parser.add_argument("--limit", type=int, help="at most so many shapes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    pack, recogniser = GeneratorPack.read(given.pack), Recogniser.load(given.recogniser)
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    generator = ShapeGenerator(given.weights, codec.digest, given.threads)
    words = pack.words_of_rows
    rows = np.flatnonzero(pack.parts == PARTS.index("unseen"))
    known = np.array([row for row in rows if recogniser.knows(words[pack.words[row]])])[: given.limit]
    found: dict[str, dict[str, float]] = {}
    for name, has_text, has_neighbours in WAYS:
        masks = [
            drawn(pack, generator, codec, int(row), has_text=has_text, has_neighbours=has_neighbours)
            for row in known
        ]
        found[name] = figures(recogniser, masks, [words[pack.words[row]] for row in known])
        print(name, found[name], flush=True)
    shapes = [laid(codec, pack.codes[row : row + 1], float(pack.log_aspects[row])) for row in known]
    found["truth"] = figures(recogniser, shapes, [words[pack.words[row]] for row in known])
    print("truth", found["truth"])
    if given.out:
        heads = sorted({words[pack.words[row]] for row in known})
        given.out.write_text(json.dumps({"shapes": len(known), "labels": heads, "figures": found}, indent=1))


WAYS = (
    ("word", True, False),
    ("word and neighbours", True, True),
    ("neighbours", False, True),
    ("nothing", False, False),
)
"""Name, whether the word is told, whether neighbours are."""


def drawn(
    pack: GeneratorPack,
    generator: ShapeGenerator,
    codec: SilhouetteCodec,
    row: int,
    *,
    has_text: bool,
    has_neighbours: bool,
) -> Bool[np.ndarray, "H W"]:
    """One sample for a shape's word and box."""
    rng = np.random.default_rng([0, row])
    width = pack.embeddings.shape[1]
    neighbours = np.zeros((1, NEIGHBOURS, CODE_NUMBERS), np.float32)
    near = pack.neighbours[row][pack.neighbours[row] >= 0]
    if has_neighbours and len(near):
        chosen = rng.permutation(near)[:NEIGHBOURS]
        neighbours[0, : len(chosen)] = generator.normal(pack.codes[chosen])
    layout = np.zeros((1, LAYOUT_CELLS**2, width + SPECIAL_ROWS), np.float32)
    layout[:, :, -1] = 1
    inputs = GeneratorInputs(
        text=pack.embeddings[pack.words[row]][None] * np.float32(has_text),
        extent=np.array([[pack.log_aspects[row], ZOOM]], np.float32),
        style=np.eye(len(STYLES), dtype=np.float32)[:1],
        changes=np.zeros((1, CHANGES), np.float32),
        drawing=np.zeros((1, DRAWING_PX, DRAWING_PX), np.float32),
        layout=layout,
        neighbours=neighbours,
    )
    noise: Float32[np.ndarray, "1 N"] = rng.standard_normal((1, NUMBERS), np.float32)
    codes = generator.draw(inputs, noise, strength=BOX_STRENGTH).codes
    return laid(codec, codes, float(pack.log_aspects[row]))


def laid(codec: SilhouetteCodec, codes: np.ndarray, log_aspect: float) -> Bool[np.ndarray, "H W"]:
    """The mask of a code in its proportions."""
    width, height = SIDE * min(1.0, np.exp(log_aspect)), SIDE * min(1.0, np.exp(-log_aspect))
    outline = fitted_outline(codec.decode(codes)[0], (0.0, 0.0, float(width), float(height)))
    return outline.mask((max(2, round(height)), max(2, round(width))))


def figures(recogniser: Recogniser, masks: list[np.ndarray], labels: list[str]) -> dict[str, float]:
    """Shares read right, words weighing alike."""
    hits: dict[str, list[tuple[float, float]]] = {}
    for mask, label in zip(masks, labels, strict=True):
        ranks = recogniser.ranks([mask], label, [None])[0]
        hits.setdefault(common_word(label), []).append((recognised(ranks, 1), recognised(ranks, 5)))
    means = np.array([np.mean(values, 0) for values in hits.values()]).mean(0)
    return {"top 1": round(float(means[0]), 3), "top 5": round(float(means[1]), 3), "words": len(hits)}


if __name__ == "__main__":
    main()
