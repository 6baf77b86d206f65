"""Which weights the shipped pipeline is loaded from: what asks for it is skipped where they are missing."""

import pytest

from smartmask.weights import WEIGHTS

FILES = (
    "chooser.npz",
    "codec.npz",
    "generator.onnx",
    "memory.npz",
    "place_scorer.npz",
    "places.npz",
    "planner.npz",
    "ranker.npz",
    "segmenter.onnx",
    "text.npz",
)
REASON = "the shipped weights are not in the package yet"
is_shipped = all((WEIGHTS / name).is_file() for name in FILES)
needs_shipped = pytest.mark.skipif(not is_shipped, reason=REASON)
