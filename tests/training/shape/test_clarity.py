"""How plainly shapes show what they are: read by networks that have not learnt from them."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import memory_of, seen
from ticks import Ticks
from whole_shape_parts import ball, bar, comb, drawn_shapes

from smartmask.data.shape_words import half_of
from smartmask.training.recogniser.loop import ReadShapes, RecogniserConfig
from smartmask.training.shape import clarity
from smartmask.training.shape.clarity import CUT, train_readers, with_clarities
from smartmask.training.shape.fields import ShapeFields

SHAPES = drawn_shapes()
STEPS = 45


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    data = ShapeFields(SHAPES, ["train"] * len(SHAPES), np.zeros((len(SHAPES), 1, 1), np.int8))
    config = RecogniserConfig(minutes=STEPS / 60, batch=16)
    return train_readers(data, config, tmp_path_factory.mktemp("clarity"), lambda record: None, Ticks())


def test_what_shows_its_word_is_clear_and_what_does_not_is_not(readers):
    memory = memory_of(
        [
            *(seen("comb", comb(n), f"comb{n}") for n in range(4)),
            *(seen("bar", ball(n), f"bar{n}") for n in range(4)),
            seen("rake", bar(1), "rake", clarity=0.25),
        ]
    )
    found = with_clarities(memory, BlockCoder(), *readers)
    assert found.rows.clarities[:4].min() > 0.6
    assert found.rows.clarities[4:8].max() < 0.2
    assert found.rows.clarities[8] == 0.25, "nobody told it apart"
    assert np.array_equal(found.codes, memory.codes)


def test_a_shape_is_read_by_the_reader_that_has_not_learnt_its_group(readers, monkeypatch):
    words, networks = readers
    sees = {id(networks[0]): words.index("comb"), id(networks[1]): words.index("bar")}

    def sure(network, pictures):
        return np.tile(np.where(np.arange(len(words)) == sees[id(network)], 20.0, 0.0), (len(pictures), 1))

    monkeypatch.setattr(clarity, "logits_of", sure)
    groups = [f"group{n}" for n in range(6)]
    memory = memory_of([seen("comb", comb(n), group) for n, group in enumerate(groups)])
    halves = [half_of(f"drawn:{group}", CUT) for group in groups]
    assert set(halves) == {0, 1}
    found = with_clarities(memory, BlockCoder(), words, networks)
    assert [clear > 0.5 for clear in found.rows.clarities] == [half == 1 for half in halves]


def test_its_halves_are_not_those_of_the_readers_that_measure():
    splits = ["train"] * len(SHAPES)
    own, measuring = ReadShapes.of(SHAPES, splits, CUT), ReadShapes.of(SHAPES, splits)
    assert 0.2 < (own.halves == measuring.halves).mean() < 0.8
