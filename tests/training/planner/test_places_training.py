"""Training where things are: NumPy answers as PyTorch does, a loss falls, nothing is given away."""

import dataclasses

import numpy as np
import pytest
import torch

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.errors import CheckpointError
from smartmask.model.planner.places import PlacesConfig, load_places_network, points_of
from smartmask.training.planner import places_loop
from smartmask.training.planner.places_data import PlacesScenes, draw_batch
from smartmask.training.planner.places_loop import PlacesTrainConfig, export_places, train_places

SIZE_HW = (40, 60)


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def scene(number: int, rng: np.random.Generator) -> LayeredScene:
    """A horse somewhere, and always a rider on it, with a hat in him."""
    x = int(rng.integers(0, 30))
    layers = [
        ("grass", filled(0, 20, 60, 40), False),
        ("horse", filled(x, 18, x + 24, 36), True),
        ("person", filled(x + 8, 4, x + 16, 24), True),
        ("hat", filled(x + 9, 5, x + 13, 9), True),
    ]
    found = tuple(SceneLayer.of(name, mask, extent="visible", is_thing=thing) for name, mask, thing in layers)
    return LayeredScene(f"coco:{number}", f"coco:{number}", SIZE_HW, found, False)


@pytest.fixture
def scenes(tiny_encoder):
    rng = np.random.default_rng(0)
    return PlacesScenes.of({"coco": [scene(number, rng) for number in range(12)]}, tiny_encoder)


@pytest.fixture
def config(scenes):
    sizes = PlacesConfig(text_width=scenes.words.shape[1], width=16, heads=2, hidden=16, free=4)
    return PlacesTrainConfig(network=sizes, steps=40, batch_size=16, warmup_steps=4, word_noise=0.0)


def test_a_batch_never_holds_what_lies_in_the_thing_that_is_asked_for(scenes):
    batch = draw_batch(scenes, 64, np.random.default_rng(0))
    for row in range(64):
        x0, y0, x1, y1 = batch.features[row, batch.is_layer[row], :4].numpy().T
        middle, foot, wide, high = batch.target[row].numpy()
        inside = (x0 > middle - np.exp(wide) / 2 - 0.01) & (x1 < middle + np.exp(wide) / 2 + 0.01)
        inside &= (y0 > foot - np.exp(high) - 0.01) & (y1 < foot + 0.01)
        assert not inside.any()


def test_the_loss_falls_and_the_file_answers_as_the_network_does(scenes, config, tmp_path, monkeypatch):
    monkeypatch.setattr(places_loop, "LOG_EVERY_STEPS", 10)
    logged = []
    network = train_places(config, scenes, tmp_path / "run", scenes, logged.append)
    assert logged[-1]["loss"] < logged[0]["loss"]
    assert set(logged[0]) == {"step", "seconds", "loss", "held_out_coco"}
    shipped = export_places(network, 640, scenes.counts(), tmp_path / "places.npz")
    assert load_places_network(tmp_path / "places.npz").card == shipped.card
    batch = draw_batch(scenes, 1, np.random.default_rng(3))
    with torch.no_grad():
        expected = network.log_densities(batch, torch.from_numpy(scenes.words)).item()
    seen, middle = batch.is_layer[0], batch.target[0].double().numpy()
    half, high = np.exp(middle[2]) / 2, np.exp(middle[3])
    true = np.array([[middle[0] - half, middle[1] - high, middle[0] + half, middle[1]]])
    density = shipped.density(
        scenes.words[batch.asked[0]],
        scenes.words[batch.labels[0, seen].numpy()],
        batch.features[0, seen, :4].numpy(),
        float(batch.aspect[0]),
    )
    assert density.weights.sum() == pytest.approx(1)
    assert density.log_density(true)[0] == pytest.approx(expected, abs=0.05)
    drawn = density.draw(50, np.random.default_rng(0))
    assert drawn.shape == (50, 4)
    assert points_of(drawn).shape == (50, 4)


def test_a_run_goes_on_where_it_stopped_and_only_under_its_settings(scenes, config, tmp_path):
    whole = train_places(config, scenes, tmp_path / "whole")
    again = train_places(config, scenes, tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    with pytest.raises(CheckpointError, match="other settings of rate"):
        train_places(dataclasses.replace(config, rate=1e-3), scenes, tmp_path / "whole")


@pytest.mark.parametrize("wrong", [{"width": 15}, {"free": 0}])
def test_sizes_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="must be positive and heads divide"):
        PlacesConfig(**wrong)
