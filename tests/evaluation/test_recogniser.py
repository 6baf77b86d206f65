"""Who reads what, and how its place is counted."""

import numpy as np
import pytest
from constant_reader import reader
from shapes import disc, rectangle

from smartmask.data.shape_words import half_of
from smartmask.errors import CheckpointError
from smartmask.evaluation.recogniser import NOWHERE, Recogniser, halves_for, recognised

BALL, BOX = disc((40, 50), (20, 20), 12), rectangle((40, 50), (5, 5, 45, 30))


@pytest.fixture
def folder(tmp_path):
    """Reader 0 thinks of sofas, reader 1 of zebras, then sofas."""
    (tmp_path / "half_0.onnx").write_bytes(reader(0, [0.0, 2.0, 1.0]))
    (tmp_path / "half_1.onnx").write_bytes(reader(1, [0.0, 1.0, 2.0]))
    return tmp_path


def group_of(half):
    return next(name for name in map(str, range(99)) if half_of(name) == half)


def test_nobody_reads_what_it_has_learnt_from(folder):
    recogniser = Recogniser.load(folder)
    ranks = recogniser.ranks([BALL, BALL, BALL], "couch", [None, group_of(0), group_of(1)])
    assert [found.tolist() for found in ranks] == [[0, 1], [1], [0]]
    assert [recognised(found, 1) for found in ranks] == [0.5, 0, 1]
    assert [recognised(found, 5) for found in ranks] == [1, 1, 1]
    assert halves_for(group_of(0)) == (1,)


def test_nothing_is_read_as_nothing(folder):
    ranks = Recogniser.load(folder).ranks(
        [None, np.zeros((4, 4), bool), BOX], "sofa", [None, group_of(1), None]
    )
    assert [found.tolist() for found in ranks] == [[NOWHERE, NOWHERE], [NOWHERE], [0, 1]]
    assert recognised(ranks[0], 1) == 0


def test_probabilities_of_all_words_by_each_reader(folder):
    found = Recogniser.load(folder).read([BALL, BOX], halves_to_use=(1,))
    assert found.shape == (1, 2, 3)
    odds = np.exp([0.0, 1.0, 2.0])
    assert np.allclose(found, odds / odds.sum())
    assert Recogniser.load(folder).read([]).shape == (2, 0, 3)


def test_a_label_is_known_by_the_word_that_stands_for_it(folder):
    recogniser = Recogniser.load(folder)
    assert recogniser.knows("couch")
    assert recogniser.knows("zebra")
    assert not recogniser.knows("walrus")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(reader(0, [0.0, 1.0, 2.0]), "is not reader 1", id="the same reader twice"),
        pytest.param(reader(1, [0.0, 1.0, 2.0], version=9), "is not reader 1", id="another version"),
        pytest.param(reader(1, [0.0, 1.0], ["a", "b"]), "know different words", id="other words"),
        pytest.param(b"no model", "damaged or not an ONNX file", id="damage"),
    ],
)
def test_readers_that_do_not_fit_are_named(folder, content, message):
    (folder / "half_1.onnx").write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        Recogniser.load(folder)


def test_a_missing_reader_is_named(folder):
    (folder / "half_1.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"half_1\.onnx: no such weights file"):
        Recogniser.load(folder)
