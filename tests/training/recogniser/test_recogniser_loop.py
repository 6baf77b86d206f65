"""The readers of silhouettes: they learn, each from its own half, and what is written can be read."""

import numpy as np
import pytest
import torch
from ticks import Ticks
from whole_shape_parts import drawn_shapes

from smartmask.data.shape_words import half_of
from smartmask.evaluation.recogniser import Recogniser
from smartmask.model.shape.picture import silhouette_picture
from smartmask.training.recogniser.loop import (
    ReadShapes,
    RecogniserConfig,
    save_recogniser,
    train_recogniser,
    varied,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")
SHAPES = drawn_shapes()
STEPS = 30


@pytest.fixture(scope="module")
def data():
    return ReadShapes.of(SHAPES, ["train"] * len(SHAPES))


def test_test_shapes_are_not_learnt_from(data):
    assert data.words == ["ball", "bar", "comb"]
    assert len(data.targets) == len(SHAPES)
    held = ReadShapes.of(SHAPES, ["test" if n % 5 == 0 else "validation" for n in range(len(SHAPES))])
    assert len(held.targets) == len(SHAPES) - -(-len(SHAPES) // 5)
    assert data.halves.tolist() == [half_of(shape.group) for shape in SHAPES]


@pytest.mark.slow
def test_a_reader_learns_words_of_the_other_half_and_is_the_same_when_loaded(data, tmp_path):
    records = []
    config = RecogniserConfig(minutes=STEPS / 60, batch=16)
    networks = [
        train_recogniser(data, half, config, tmp_path / str(half), records.append, Ticks()) for half in (0, 1)
    ]
    assert records[-1]["half"] == 1
    at_the_end = {record["half"]: record["top1"] for record in records}
    assert min(at_the_end[half] for half in (0, 1)) > 0.9
    again = train_recogniser(data, 1, config, tmp_path / "1", clock=Ticks())
    for one, other in zip(networks[1].parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other), "its time was over"
    save_recogniser(networks, data.words, tmp_path)
    recogniser = Recogniser.load(tmp_path)
    masks = [shape.mask() for shape in SHAPES[::31]]
    pictures = torch.from_numpy(np.stack([silhouette_picture(mask) for mask in masks])).float() / 255
    with torch.no_grad():
        expected = np.stack([network(pictures).softmax(1).numpy() for network in networks])
    assert np.allclose(recogniser.read(masks), expected, atol=1e-4)
    assert recogniser.labels == ("ball", "bar", "comb")


def test_pictures_vary_and_stay_pictures(data):
    torch.manual_seed(0)
    pictures = torch.from_numpy(data.pictures[:1]).float().expand(16, -1, -1, -1) / 255
    found = varied(pictures)
    assert found.shape == pictures.shape
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert len({tuple(one.flatten().tolist()) for one in found}) == 16
    areas = found.mean((1, 2, 3))
    assert 0.6 < float(areas.min() / pictures.mean()) < float(areas.max() / pictures.mean()) < 1.6
