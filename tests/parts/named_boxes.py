"""Files of named boxes: a dog left of every tree, a cup on every table."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

ROWS = 60


def boxes_folder(folder: Path, rows: int = ROWS) -> Path:
    """Three files as the suite `boxes` reads them."""
    folder.mkdir(exist_ok=True)
    for name in ("flickr30k_entities", "vrd"):
        parquet.write_table(
            pa.Table.from_pylist([_row(name, n) for n in range(rows)]), folder / f"{name}.parquet"
        )
    sentences = [
        {
            **_row("nsr1k", number),
            "normalised": True,
            "labels": ["dog", "cat"],
            "boxes_xyxy": [[0.1, 0.5, 0.3, 0.9], [0.6, 0.5, 0.8, 0.9]],
            "caption": "a dog to the left of a cat",
            "relations": [["0", "left", "1"]],
        }
        for number in range(4)
    ]
    parquet.write_table(pa.Table.from_pylist(sentences), folder / "nsr1k.parquet")
    return folder


def _row(source: str, number: int) -> dict[str, object]:
    """A tree, a dog left of it wherever it stands, and the dog's collar."""
    x = 40.0 + 3 * (number % 50)
    return {
        "source": source,
        "image_id": str(number),
        "height": 200,
        "width": 300,
        "labels": ["tree", "dog", "collar"],
        "boxes_xyxy": [[x + 40, 20, x + 100, 190], [x - 40, 130, x, 190], [x - 30, 140, x - 25, 150]],
    }
