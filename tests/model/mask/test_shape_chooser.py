"""The chooser's network in NumPy: probabilities of shapes, what they heed, and files that are refused."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_chooser import SIZES, by_proportions, card_of, tiny_chooser, tiny_weights

from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.chooser import (
    FORMAT,
    FORMAT_VERSION,
    ChoiceContext,
    ChooserConfig,
    ShapeChooser,
    load_chooser,
    weight_shapes,
)
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS, layout_of
from smartmask.model.shape.codec import SKETCH_PX

WIDTH = SIZES.text_width
Shapes = tuple[np.ndarray, np.ndarray]


def words(seed: int = 0, count: int = 1) -> np.ndarray:
    """Embeddings of unit length."""
    found = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def context(seed: int = 0) -> ChoiceContext:
    """Random words in a window of random labels."""
    cells = np.random.default_rng(seed).integers(0, 4 + SPECIAL_ROWS, LAYOUT_CELLS**2)
    return ChoiceContext(words(seed)[0], 0.2, -0.5, layout_of(cells, words(seed + 1, 4)))


def shapes(count: int, seed: int = 0) -> Shapes:
    """Sketches of blocks, and proportions."""
    rng = np.random.default_rng(seed)
    blocks = rng.uniform(-1, 1, (count, 4, 4))
    sketches = np.kron(blocks, np.ones((1, SKETCH_PX // 4, SKETCH_PX // 4))).astype(np.float32)
    return sketches, rng.normal(0, 0.4, count).astype(np.float32)


@given(st.integers(1, 40), st.integers(0, 99), st.booleans())
def test_probabilities_of_some_shapes_sum_to_one(count, seed, is_told):
    told = context(seed) if is_told else ChoiceContext.of_words(words(seed)[0])
    found = tiny_chooser(seed % 5).probabilities(told, *shapes(count, seed))
    assert found.shape == (count,)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1, abs=1e-5)


def test_of_no_shapes_there_are_none():
    found = tiny_chooser().probabilities(context(), np.zeros((0, 1, 1), np.float32), np.zeros(0, np.float32))
    assert found.shape == (0,)
    assert found.dtype == np.float32


@given(st.integers(2, 20), st.integers(0, 99))
def test_each_shape_keeps_its_probability_in_any_order(count, seed):
    sketches, aspects = shapes(count, seed)
    order = np.random.default_rng(seed).permutation(count)
    chooser, told = tiny_chooser(), context(seed)
    found = chooser.probabilities(told, sketches, aspects)
    np.testing.assert_allclose(
        chooser.probabilities(told, sketches[order], aspects[order]), found[order], atol=1e-6
    )


def test_among_fewer_shapes_the_odds_stay_what_they_were():
    chooser, (sketches, aspects) = tiny_chooser(), shapes(9)
    every = chooser.probabilities(context(), sketches, aspects)
    some = chooser.probabilities(context(), sketches[2:5], aspects[2:5])
    np.testing.assert_allclose(some, every[2:5] / every[2:5].sum(), atol=1e-6)


def test_the_same_is_said_again_by_several_threads():
    chooser, told, given_shapes = tiny_chooser(), context(), shapes(12)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: chooser.probabilities(told, *given_shapes), range(8)))
    assert all(np.array_equal(one, tiny_chooser().probabilities(told, *given_shapes)) for one in found)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": words(7)[0]}, id="the words"),
        pytest.param({"log_aspect": -0.4}, id="the proportions"),
        pytest.param({"log_aspect": None}, id="that proportions are not known"),
        pytest.param({"zoom": -2.0}, id="how near the window is"),
        pytest.param({"layout": context(5).layout}, id="what is there"),
        pytest.param({"layout": context().layout[::-1].copy()}, id="where it is"),
    ],
)
def test_probabilities_heed(change):
    chooser, given_shapes = tiny_chooser(), shapes(12)
    found = [chooser.probabilities(one, *given_shapes) for one in (context(), replace(context(), **change))]
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_a_shape_is_told_by_its_picture_and_its_proportions():
    (sketches, aspects), chooser = shapes(2), tiny_chooser()
    told = replace(context(), log_aspect=None)
    alike = chooser.probabilities(told, sketches[[0, 0]], aspects[[0, 0]])
    assert alike.tolist() == [0.5, 0.5]
    for pair in ((sketches, aspects[[0, 0]]), (sketches[[0, 0]], aspects)):
        assert abs(chooser.probabilities(told, *pair)[0] - 0.5) > 1e-3


def test_nothing_but_words_is_nothing_known_of_a_window():
    told = ChoiceContext.of_words(words()[0])
    assert told.log_aspect is None
    unknown = layout_of(np.ones(LAYOUT_CELLS**2, int), words(1, 2))
    assert np.array_equal(told.layout, unknown)
    chooser, (sketches, aspects) = tiny_chooser(), shapes(12)
    same = ChoiceContext(words()[0], None, 0.0, unknown)
    found = chooser.probabilities(told, sketches, aspects)
    assert np.array_equal(found, chooser.probabilities(same, sketches, aspects))
    other = chooser.probabilities(ChoiceContext.of_words(words(3)[0]), sketches, aspects)
    assert np.abs(found - other).max() > 1e-3


@given(st.floats(-1, 1), st.floats(0.5, 8))
def test_without_keys_probability_is_a_bell_about_the_wanted_proportions(wanted, width):
    sketches, aspects = shapes(9)
    found = by_proportions(width).probabilities(replace(context(), log_aspect=wanted), sketches, aspects)
    bell = np.exp(-0.5 * (width * (aspects - wanted)) ** 2)
    np.testing.assert_allclose(found, bell / bell.sum(), atol=1e-5)
    order = np.argsort(np.abs(aspects - wanted))
    assert (np.diff(found[order]) <= 1e-6).all(), "nearer is likelier"


def test_without_keys_and_proportions_all_are_as_likely():
    for told in (replace(context(), log_aspect=None), ChoiceContext.of_words(words()[0])):
        np.testing.assert_allclose(by_proportions().probabilities(told, *shapes(8)), 1 / 8, atol=1e-6)


def test_known_proportions_of_a_square_are_known():
    told, square = (replace(context(), log_aspect=value) for value in (None, 0.0))
    found = [by_proportions().probabilities(one, *shapes(8)) for one in (told, square)]
    assert np.ptp(found[0]) < 1e-6 < np.ptp(found[1])


def test_large_scores_stay_in_range():
    weights = {name: 1e3 * value for name, value in tiny_weights().items()}
    found = ShapeChooser(card_of(), weights).probabilities(context(), *shapes(12))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"key": None, "query": None}, "missing or unknown: key, query", id="missing"),
        pytest.param({"more": np.zeros(3, np.float32)}, "missing or unknown: more", id="unknown"),
        pytest.param(
            {"width": np.zeros(2, np.float32)}, r"weight width is \(2,\), not \(1,\)", id="of another shape"
        ),
        pytest.param(
            {"width": np.full(1, np.nan, np.float32)},
            "weight width holds numbers that are not finite",
            id="not a number",
        ),
        pytest.param(
            {"query": np.full((8, 4), np.inf, np.float32)},
            "weight query holds numbers that are not finite",
            id="infinite",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused(change, message):
    weights = {name: value for name, value in (tiny_weights() | change).items() if value is not None}
    with pytest.raises(ValueError, match=message):
        ShapeChooser(card_of(), weights)


@pytest.mark.parametrize("name", ["text_width", "label_channels", "picture", "hidden", "key"])
def test_a_size_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match="sizes must be positive"):
        replace(SIZES, **{name: 0})


def test_the_shapes_are_those_of_the_sizes():
    found = weight_shapes(ChooserConfig(text_width=5, label_channels=2, picture=3, hidden=7, key=4))
    assert found["words"] == (5, 7)
    assert found["layout"] == (LAYOUT_CELLS**2 * 2, 7)
    assert found["picture"] == (SKETCH_PX**2, 3)
    assert found["key"] == (7, 5)
    assert set(found) == set(tiny_weights())


def good_card() -> dict:
    return {"format": FORMAT, "version": FORMAT_VERSION, **asdict(card_of())}


def written(folder: Path, card: object = None, weights: dict | None = None) -> Path:
    header = json.dumps(good_card() if card is None else card).encode()
    buffer = io.BytesIO()
    arrays = tiny_weights() | (weights or {})
    np.savez_compressed(buffer, card=np.frombuffer(header, np.uint8), **arrays)
    path = folder / "chooser.npz"
    path.write_bytes(buffer.getvalue())
    return path


def test_a_file_comes_back_as_it_was(tmp_path):
    found = load_chooser(written(tmp_path))
    assert found.card == card_of()
    for told in (context(), ChoiceContext.of_words(words()[0])):
        expected = tiny_chooser().probabilities(told, *shapes(12))
        assert np.array_equal(found.probabilities(told, *shapes(12)), expected)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        pytest.param(
            lambda card: card | {"version": 9},
            f"not a {FORMAT} file of version {FORMAT_VERSION}",
            id="version",
        ),
        pytest.param(lambda card: card | {"format": "x"}, f"not a {FORMAT} file", id="another kind"),
        pytest.param(lambda card: card | {"colour": 1}, "missing settings: colour", id="unknown"),
        pytest.param(
            lambda card: {name: value for name, value in card.items() if name != "views"},
            "missing settings: views",
            id="missing",
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"depth": 3}}, "depth", id="unknown size"
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"hidden": 12}},
            "weight words is",
            id="other size",
        ),
        pytest.param(
            lambda card: card | {"network": card["network"] | {"key": 0}}, "must be positive", id="no size"
        ),
        pytest.param(lambda card: card | {"network": None}, "cannot be used", id="no sizes"),
        pytest.param(lambda card: [1], f"not a {FORMAT} file", id="no table"),
    ],
)
def test_a_file_with_another_card_is_refused(card, message, tmp_path):
    with pytest.raises(CheckpointError, match=rf"chooser\.npz: .*{message}"):
        load_chooser(written(tmp_path, card(good_card())))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        pytest.param({"more": np.zeros(3)}, "weights missing or unknown: more", id="unknown"),
        pytest.param({"query": np.zeros(3)}, "weight query is", id="of another shape"),
        pytest.param({"width": np.full(1, np.nan)}, "weight width holds numbers", id="not finite"),
        pytest.param(
            {"width": np.array([object()], object)}, "missing or damaged chooser weights", id="a program"
        ),
    ],
)
def test_a_file_with_other_weights_is_refused(weights, message, tmp_path):
    with pytest.raises(CheckpointError, match=rf"chooser\.npz: .*{message}"):
        load_chooser(written(tmp_path, weights=weights))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-200], id="cut short"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: b"no archive" * 50, id="something else"),
    ],
)
def test_a_damaged_file_is_refused(damage, tmp_path):
    path = written(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"chooser\.npz: missing or damaged chooser weights"):
        load_chooser(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"none\.npz: missing or damaged chooser weights"):
        load_chooser(tmp_path / "none.npz")
