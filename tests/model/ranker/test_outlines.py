"""The judge of outlines: its file, and what the shipped one says of real, drawn and wrong shapes."""

import numpy as np
import pytest
from shipped import needs_shipped

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.errors import CheckpointError
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.ranker.outlines import (
    FORMAT,
    FORMAT_VERSION,
    OutlineCard,
    OutlineConfig,
    OutlineJudge,
    load_outline_judge,
    weight_shapes,
)
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import CODE_BYTES
from smartmask.training.npz_export import write_npz
from smartmask.weights import WEIGHTS

CONFIG = OutlineConfig(text_width=4, hidden=6, mixed=5)
CODES = np.random.default_rng(1).integers(0, 256, (3, CODE_BYTES), dtype=np.uint8)
TEXT = np.array([1, 0, 0, 0], np.float32)
ASPECTS = np.array([0.0, 0.5, -0.5], np.float32)


def made(codec: str = "abc", slopes: tuple[float, float] = (1.0, 1.0)) -> OutlineJudge:
    rng = np.random.default_rng(0)
    weights = {
        name: (rng.standard_normal(shape) / shape[0] ** 0.5).astype(np.float16).astype(np.float32)
        for name, shape in weight_shapes(CONFIG).items()
    }
    card = OutlineCard(network=CONFIG, codec=codec, views=7, slopes=list(slopes), licence="Apache-2.0")
    return OutlineJudge(card, weights)


def written(path, judge: OutlineJudge) -> None:
    write_npz(path, FORMAT, FORMAT_VERSION, judge.card, judge._weights)


def test_a_file_is_read_as_it_was_written(tmp_path):
    written(tmp_path / "outlines.npz", made())
    read = load_outline_judge(tmp_path / "outlines.npz", "abc")
    assert read.card == made().card
    expected = made().probabilities(CODES, TEXT, ASPECTS)
    assert read.probabilities(CODES, TEXT, ASPECTS).tolist() == expected.tolist()
    assert read.scores(CODES, TEXT, ASPECTS) == pytest.approx(np.log(expected).sum(1))


def test_a_shape_is_judged_whatever_stands_beside_it():
    together = made().probabilities(CODES, TEXT, ASPECTS)
    for row in range(3):
        alone = made().probabilities(CODES[[row]], TEXT, ASPECTS[[row]])
        assert alone[0] == pytest.approx(together[row], rel=1e-5)


def test_slopes_draw_answers_towards_one_half():
    steep, flat = (made(slopes=(slope, slope)).probabilities(CODES, TEXT, ASPECTS) for slope in (1.0, 4.0))
    assert (np.abs(flat - 0.5) < np.abs(steep - 0.5)).all()
    assert ((flat > 0.5) == (steep > 0.5)).all()


def test_another_codec_and_damaged_files_are_refused(tmp_path):
    path = tmp_path / "outlines.npz"
    written(path, made())
    with pytest.raises(CheckpointError, match="codec abc, here is xyz"):
        load_outline_judge(path, "xyz")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(CheckpointError, match="missing or damaged outlines weights"):
        load_outline_judge(path, "abc")


@needs_shipped
def test_the_shipped_one_knows_shapes_of_a_word_from_those_of_another():
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    judge = load_outline_judge(WEIGHTS / "outlines.npz", codec.digest)
    memory = ShapeMemory.load(WEIGHTS / "memory.npz", codec.digest)
    labels = np.array([memory.entry(number).label for number in range(len(memory.codes))])
    for label in ("horse", "chair", "airplane", "guitar"):
        codes = memory.codes[np.flatnonzero(labels == label)[:24]]
        aspects = np.zeros(len(codes), np.float32)
        own, other = (
            judge.probabilities(codes, encoder.encode([word])[0], aspects)[:, 1]
            for word in (label, "umbrella")
        )
        assert np.median(own) > 0.6 > 0.4 > np.median(other), label
