"""Build the shape memory: choose among the whole shapes, code them, write one file and what was dropped.

python scripts/build_memory.py --silhouettes FOLDER --library runs/silhouettes.npz
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.codec import SKETCH_PX, SilhouetteCodec
from smartmask.training.shape.fields import LEVELS, ShapeFields, shape_fields
from smartmask.training.shape.memory_curation import curate
from smartmask.weights import WEIGHTS

ONE_SIDED = frozenset({"book", "clock", "watch", "letter", "number", "sign", "keyboard", "flag"})
"""Their mirror images would be wrong, or hold writing that is."""


def main() -> None:
    """Read, choose, code, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--silhouettes", type=Path, required=True, help="folder of parquet files")
    parser.add_argument("--library", type=Path, help="silhouettes cut from annotated photos")
    parser.add_argument("--cache", type=Path, default=Path("runs/shapes"), help="folder of the fields")
    parser.add_argument("--codec", type=Path, default=WEIGHTS / "codec.npz")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "memory.npz")
    parser.add_argument("--report", type=Path, default=Path("docs/results/memory.json"))
    parser.add_argument("--kept", type=Path, help="numbers chosen before, to code them again")
    given = parser.parse_args()
    data = shape_fields(given.silhouettes, given.library, given.cache, 2)
    candidates = np.array([row for row in data.rows("train") if data.shapes[row].is_bank], np.int64)
    if given.kept and given.kept.exists():
        kept, clarities = (np.load(given.kept)[name] for name in ("kept", "clarities"))
        dropped = json.loads(given.report.read_text())["dropped"]
    else:
        curation = curate(data.shapes, sketches(data), candidates, data.rows("test", "validation"))
        kept, clarities, dropped = curation.kept, curation.clarities, curation.dropped
        if given.kept:
            np.savez(given.kept, kept=kept, clarities=clarities)
    memory = coded(data, kept, clarities, SilhouetteCodec.load(given.codec))
    memory.save(given.out)
    chosen = [data.shapes[row] for row in kept]
    report = {
        "shapes": len(kept),
        "labels": len({shape.label for shape in chosen}),
        "objects": len({shape.group for shape in chosen}),
        "considered": len(candidates),
        "dropped": dropped,
        "styles": dict(Counter(shape.style for shape in chosen)),
        "sources": dict(sorted(Counter(shape.source for shape in chosen).items())),
    }
    given.report.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")
    print(f"{given.out}: {report['shapes']} shapes of {report['labels']} labels; dropped {dropped}")


def sketches(data: ShapeFields) -> Float32[np.ndarray, "N S S"]:
    """Small fields of all shapes."""
    found = np.zeros((len(data.shapes), SKETCH_PX, SKETCH_PX), np.float32)
    step = data.fields.shape[1] // SKETCH_PX
    for start in range(0, len(found), 500):
        part = data.fields[start : start + 500].astype(np.float32) / LEVELS
        found[start : start + 500] = part.reshape(-1, SKETCH_PX, step, SKETCH_PX, step).mean((2, 4))
    return found


def coded(data: ShapeFields, rows: np.ndarray, clarities: np.ndarray, codec: SilhouetteCodec) -> ShapeMemory:
    """The memory of some shapes."""
    known = [
        RememberedShape(
            label=shape.label,
            style=shape.style,
            aspect=shape.aspect,
            may_mirror=shape.label.split()[-1] not in ONE_SIDED,
            source=shape.source,
            group=shape.group,
            licence=shape.licence,
            clarity=float(clarity),
        )
        for shape, clarity in zip((data.shapes[row] for row in rows), clarities, strict=True)
    ]
    codes = [
        codec.encode(data.fields[part].astype(np.float32) / LEVELS)
        for part in np.array_split(rows, max(1, len(rows) // 500))
    ]
    parents = {shape.label: shape.parent for shape in (data.shapes[row] for row in rows)}
    wider = {label: parent for label, parent in parents.items() if parent and parent != label}
    return ShapeMemory.of(known, np.concatenate(codes), codec.digest, wider)


if __name__ == "__main__":
    main()
