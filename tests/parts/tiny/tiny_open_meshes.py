"""A pack of open meshes made of boxes and cylinders, with its table, so that no data is needed."""

from pathlib import Path

import numpy as np
from tiny_library import Solid, box, chair, cylinder, joined, open_shelf, table

CC0, OTHER = "CC0 (nobody)", "CC BY-NC 4.0 (somebody)"
COLUMNS = "label,largest_dimension_m,mobility,support,kind,n"


def _block(depth: float, width: float, height: float) -> Solid:
    return box((-depth / 2, -width / 2, 0), (depth / 2, width / 2, height))


def _sitter() -> Solid:
    """Trunk, thighs and calves of somebody whose seat is 0.45 m high, looking along -y."""
    trunk = box((-0.2, 0.1, 0.45), (0.2, 0.35, 1.3))
    thighs = box((-0.2, -0.3, 0.45), (0.2, 0.1, 0.6))
    return joined(trunk, thighs, box((-0.2, -0.3, 0.0), (0.2, -0.2, 0.45)))


def open_solids() -> list[tuple[str, str, str, str, Solid]]:
    """Label, parent, mobility, support and shape of each; fronts look along -y."""
    return [
        ("table", "table", "furniture", "floor", table(0.9, 1.6, 0.75)),
        ("workbench", "table", "furniture", "floor", table(1.6, 0.7, 0.9)),
        ("chair", "chair", "furniture", "floor", chair()),
        ("bookcase", "storage furniture", "furniture", "floor", open_shelf(0.3, 0.8, 1.6, 5)),
        ("cup", "tableware", "handheld", "tabletop", cylinder(0.05, 0.1)),
        ("plate", "tableware", "handheld", "tabletop", cylinder(0.12, 0.02)),
        ("apple", "food", "handheld", "tabletop", cylinder(0.04, 0.08)),
        ("candle", "lamp", "handheld", "tabletop", cylinder(0.05, 0.2)),
        ("pencil", "household object", "handheld", "tabletop", cylinder(0.005, 0.18)),
        ("hammer", "tool", "handheld", "floor", _block(0.03, 0.1, 0.3)),
        ("toy block", "toy", "handheld", "floor", _block(0.08, 0.08, 0.08)),
        ("broom", "tool", "handheld", "floor", _block(0.05, 0.3, 1.4)),
        ("barrel", "container", "furniture", "floor", cylinder(0.3, 0.9)),
        ("pendant lamp", "lamp", "fixed", "ceiling", cylinder(0.2, 0.4)),
        ("clock", "household object", "handheld", "tabletop", _block(0.3, 0.1, 0.3)),
        ("mirror", "household object", "fixed", "wall", _block(0.6, 0.03, 0.9)),
        ("sitting man", "person", "person", "ground", _sitter()),
        ("man", "person", "person", "ground", _block(0.5, 0.3, 1.8)),
        ("cat", "animal", "animal", "ground", _block(0.15, 0.5, 0.3)),
        ("cow", "animal", "animal", "ground", _block(0.7, 2.4, 1.5)),
        ("bush", "plant", "plant", "ground", cylinder(0.7, 1.2)),
        ("fire hydrant", "street", "fixed", "ground", cylinder(0.15, 0.8)),
        ("cabin", "building", "fixed", "ground", _block(5.0, 6.0, 4.0)),
        ("car", "car", "vehicle", "road", _block(1.8, 4.4, 1.5)),
        ("bus", "bus", "vehicle", "road", _block(2.5, 11.0, 3.2)),
        ("boat", "boat", "vehicle", "water", _block(1.5, 4.0, 1.2)),
        ("goldfish", "animal", "animal", "water", _block(0.05, 0.2, 0.1)),
        ("airplane", "aircraft", "vehicle", "air", _block(9.0, 8.0, 2.5)),
    ]


def write_tiny_open_meshes(folder: Path, extra: tuple[tuple[str, str, float], ...] = ()) -> Path:
    """Write the pack and its table.

    Args:
        folder: Where to.
        extra: Label, licence and agreement of outlines of further cups.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(*row, CC0, 1.0) for row in open_solids()]
    cup = rows[4]
    rows += [(label, *cup[1:5], licence, iou) for label, licence, iou in extra]
    solids = [row[4] for row in rows]
    np.savez(
        folder / "tiny.npz",
        v=np.concatenate([vertices for vertices, _ in solids]).astype(np.float16),
        f=np.concatenate([faces for _, faces in solids]).astype(np.uint16),
        v_off=np.cumsum([0, *(len(vertices) for vertices, _ in solids)]).astype(np.int32),
        f_off=np.cumsum([0, *(len(faces) for _, faces in solids)]).astype(np.int32),
        label=np.array([row[0] for row in rows]),
        licence=np.array([row[5] for row in rows]),
        iou=np.array([row[6] for row in rows], np.float32),
    )
    lines = [COLUMNS]
    for label, parent, mobility, support, (vertices, _), *_ in rows:
        lines.append(f"{label},{np.ptp(vertices, axis=0).max():.3f},{mobility},{support},{parent},1")
    (folder / "sizes.csv").write_text("\n".join(lines) + "\n")
    return folder
