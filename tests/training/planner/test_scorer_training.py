"""Training to tell places apart: NumPy answers as PyTorch does, a rule is learnt, nothing is given away."""

import dataclasses

import numpy as np
import pytest
import torch
from shapes import disc, rectangle, scene_of

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.errors import CheckpointError
from smartmask.model.planner.candidates import MOST_LAYERS, Asked, find_candidates, own_features
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.place_scorer import ScorerConfig, load_place_scorer
from smartmask.model.planner.places import load_places_network
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import Layer, Layout
from smartmask.training.planner import scorer_loop
from smartmask.training.planner.scorer_examples import (
    KEPT_BOXES,
    Missing,
    make_examples,
    missing_segments,
    missing_things,
    read_examples,
    write_examples,
)
from smartmask.training.planner.scorer_loop import (
    ScorerTrainConfig,
    export_scorer,
    scorer_batch,
    train_scorer,
)
from smartmask.training.planner.scorer_network import ScorerBatch, TrainableScorer
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 144)


@pytest.fixture(scope="module")
def encoder():
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture(scope="module")
def planner(encoder):
    return EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)


@pytest.fixture(scope="module")
def places():
    return load_places_network(WEIGHTS / "places.npz")


def room_with_cats(number: int) -> Missing:
    """A cat always sits right of the lamp, whatever else could be."""
    rng = np.random.default_rng(number)
    x = int(rng.integers(5, 70))
    layers = [
        Layer("wall", rectangle(SIZE_HW, (0, 0, 144, 50))),
        Layer("floor", rectangle(SIZE_HW, (0, 50, 144, 96))),
        Layer("lamp", rectangle(SIZE_HW, (x, 30, x + 10, 80))),
    ]
    box = np.array([[x + 16, 48, x + 46, 80]], np.float32) / np.array([144, 96, 144, 96], np.float32)
    return Missing(Layout(SIZE_HW, tuple(layers)), "cat", box)


@pytest.fixture(scope="module")
def examples(planner, places):
    missing = {"made": lambda: iter([room_with_cats(number) for number in range(14)])}
    return make_examples(missing, planner, places, np.random.default_rng(0))


CONFIG = ScorerTrainConfig(
    network=ScorerConfig(word_width=8, width=16), steps=60, batch_size=8, warmup_steps=4, word_noise=0.0
)


def test_examples_keep_boxes_with_how_right_they_are(examples, tmp_path):
    assert len(examples) >= 8
    assert examples.boxes.shape == (len(examples), KEPT_BOXES, 4)
    assert (examples.gains.max(1) > 0).all()
    assert examples.gains.max() <= 1
    names = examples.names.tolist()
    assert {names[row] for row in examples.asked} == {"cat"}
    assert sorted(names[row] for row in examples.layers[0][:3]) == ["floor", "lamp", "wall"]
    assert (examples.layers[:, 3:] == 0).all()
    write_examples(examples, tmp_path / "examples.npz")
    again = read_examples(tmp_path / "examples.npz")
    for field in dataclasses.fields(examples):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(examples, field.name))
    assert [path.name for path in tmp_path.iterdir()] == ["examples.npz"]


def test_a_rule_is_learnt_and_the_file_answers_as_the_network_does(
    examples, encoder, planner, places, tmp_path, monkeypatch
):
    monkeypatch.setattr(scorer_loop, "LOG_EVERY_STEPS", 20)
    monkeypatch.setattr(scorer_loop, "MIXTURE", {"made": 1.0})
    logged = []
    network = train_scorer(CONFIG, examples, encoder, tmp_path / "run", examples, logged.append)
    assert logged[-1]["held_out_made"] < logged[0]["held_out_made"] - 0.2
    shipped = export_scorer(network, 480, {"made": 14}, tmp_path / "scorer.npz")
    assert load_place_scorer(tmp_path / "scorer.npz").card == shipped.card

    thing = room_with_cats(100)
    asked = Asked.of(planner, thing.layout, "cat", None)
    found = find_candidates(planner, places, asked, np.random.default_rng(5))
    layers, pairs = (
        torch.zeros(1, MOST_LAYERS, dtype=torch.int64),
        np.zeros((len(found.boxes), MOST_LAYERS, 19)),
    )
    layers[0, :3] = torch.arange(1, 4)
    pairs[:, :3] = found.pairs
    batch = ScorerBatch(
        own=torch.from_numpy(own_features(found.own, found.boxes, found.aspect))[None],
        pairs=torch.from_numpy(pairs.astype(np.float32))[None],
        gains=torch.ones(1, len(found.boxes)),
        asked=torch.tensor([4]),
        layers=layers,
    )
    table = torch.from_numpy(
        np.concatenate([np.zeros((1, 256)), found.words, found.word[None]]).astype(np.float32)
    )
    with torch.no_grad():
        expected = network(batch, table)[0].numpy()
    np.testing.assert_allclose(shipped.scores(found), expected, atol=0.02)


def test_a_run_goes_on_where_it_stopped_and_only_under_its_settings(examples, encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(scorer_loop, "MIXTURE", {"made": 1.0})
    config = dataclasses.replace(CONFIG, steps=6)
    whole = train_scorer(config, examples, encoder, tmp_path / "whole")
    again = train_scorer(config, examples, encoder, tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    with pytest.raises(CheckpointError, match="other settings of rate"):
        train_scorer(dataclasses.replace(config, rate=1e-3), examples, encoder, tmp_path / "whole")


def test_padding_says_nothing(examples):
    torch.manual_seed(0)
    network = TrainableScorer(ScorerConfig(text_width=8, word_width=4, width=8)).eval()
    batch = scorer_batch(examples, np.arange(2), None)
    table = torch.randn(len(examples.names), 8)
    wild = batch.pairs.clone()
    wild[:, :, 3:] = 7.0
    with torch.no_grad():
        same = network(dataclasses.replace(batch, pairs=wild), table)
        assert torch.equal(network(batch, table), same)


def test_a_thing_that_is_taken_out_leaves_neither_itself_nor_its_class_behind():
    masks = {
        "floor": np.ones(SIZE_HW, bool),
        "cat": disc(SIZE_HW, (40.0, 60.0), 16.0),
        "cat 2": disc(SIZE_HW, (100.0, 60.0), 16.0),
    }
    scene = scene_of(masks, is_exact=False, regions=("floor",))
    cats = tuple(
        dataclasses.replace(layer, label="cat") if layer.is_thing else layer for layer in scene.layers
    )
    scene = dataclasses.replace(scene, layers=cats)
    whole = [
        found
        for seed in range(30)
        for found in missing_things("nyu40", scene, np.random.default_rng(seed))
        if len(found.truths) == 2
    ]
    assert whole
    assert all("cat" not in found.layout.labels for found in whole)
    seen = Layout(SIZE_HW, (Layer("floor", ~masks["cat"]), Layer("cat", masks["cat"])))
    for seed in range(30):
        for found in missing_segments(scene, seen, np.random.default_rng(seed)):
            is_seen = found.truths[:, 0].min() < 0.3  # the only one that the segmenter saw
            assert ("cat" in found.layout.labels) == (not is_seen)


def test_lists_of_boxes_fill_their_boxes():
    masks = {f"ball {n}": disc(SIZE_HW, (20.0 + 30 * n, 50.0), 12.0) for n in range(4)}
    scene = scene_of(masks, is_exact=False, regions=())
    found = [one for seed in range(12) for one in missing_things("nyu40", scene, np.random.default_rng(seed))]
    filled = [
        all(layer.mask.sum() == (x1 - x0) * (y1 - y0) for layer in one.layout.layers)
        for one in found
        for x0, y0, x1, y1 in [box_of(one.layout.layers[0].mask)][:1]
    ]
    assert 0.05 < np.mean(filled) < 0.5


@pytest.mark.parametrize("wrong", [{"width": 0}, {"word_width": -1}])
def test_sizes_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="sizes must be positive"):
        ScorerConfig(**wrong)
