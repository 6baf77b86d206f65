"""Every file of weights that ships says under which licence it may be used."""

import json
from pathlib import Path

import numpy as np
import pytest

from smartmask.model.mask.generator import FORMAT, FORMAT_VERSION, GeneratorCard
from smartmask.model.onnx_file import card_values, open_session
from smartmask.model.segmenter.embedded import EmbeddedSegmenter, SegmenterCard
from smartmask.weights import WEIGHTS

FILES = sorted(path.name for path in WEIGHTS.glob("*.npz"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_arrays_holds_its_licence(name):
    with np.load(WEIGHTS / name) as file:
        if "licence" in file:  # of each shape of the memory, and of the words' table
            assert file["licence"].size
            return
        assert json.loads(file["card"].tobytes())["licence"].startswith("Apache-2.0")


def test_the_generators_card_has_a_licence():
    path: Path = WEIGHTS / "generator.onnx"
    values = card_values(open_session(path, 1), path, FORMAT, FORMAT_VERSION, "generator", GeneratorCard)
    assert values["licence"].startswith("Apache-2.0")


def test_a_segmenter_whose_card_has_no_licence_yet_is_read_too():
    assert EmbeddedSegmenter(WEIGHTS / "segmenter.onnx").card.licence.partition(".")[0] in ("", "Apache-2")
    assert "licence" in SegmenterCard.__slots__
