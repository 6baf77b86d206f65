"""Training the planner: examples are parts of scenes, NumPy answers alike, a loss falls, a file is read."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny_planner import LABELS, SIZES

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.model.planner.network import PlannerNetwork, load_planner_network
from smartmask.model.planner.state import box_bins, boxes_of_bins
from smartmask.training.planner import loop as planner_loop
from smartmask.training.planner.data import MOST_ASKED, draw_batch, place_of, read_scenes
from smartmask.training.planner.loop import PlannerTrainConfig, export_planner, train_planner
from smartmask.training.planner.network import TrainablePlanner

SIZE_HW = (40, 60)


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def scene(number: int, rng: np.random.Generator) -> LayeredScene:
    """A room in which a table always stands on the left and a lamp on it."""
    x = int(rng.integers(5, 12))
    layers = [
        ("floor", filled(0, 20, 60, 40), False),
        ("wall", filled(0, 0, 60, 20), False),
        ("table", filled(x, 15, x + 20, 34), True),
        ("lamp", filled(x + 6, 8, x + 11, 20), True),
        ("otherprop", filled(50, 30, 55, 40), True),
        ("chair", filled(40, 20, 48, 38), True),
    ]
    return LayeredScene(
        f"made:{number}",
        f"made:{number}",
        SIZE_HW,
        tuple(SceneLayer.of(label, mask, extent="amodal", is_thing=thing) for label, mask, thing in layers),
        True,
        ("a kitchen with a table", "a photo of a kitchen") if number % 2 else (),
    )


@pytest.fixture
def scenes(tiny_encoder):
    rng = np.random.default_rng(0)
    return read_scenes((scene(number, rng) for number in range(8)), tiny_encoder)


def test_scenes_become_arrays(scenes):
    assert len(scenes) == 8
    assert "otherprop" not in scenes.names  # it names nothing
    assert len(scenes.areas) == 8 * 5
    assert scenes.proposable(8) == ("table", "lamp", "chair")
    assert scenes.proposable(9) == ()
    assert scenes.boxes.max() <= 1
    assert np.count_nonzero(scenes.places >= 0) == 4
    assert np.diff(scenes.text_starts).tolist() == [3, 2] * 4
    table = scenes.names.index("table")
    assert scenes.other_names[table].tolist() == [table] * 3
    assert scenes.names[scenes.other_names[scenes.names.index("lamp")][0]] == "lamp"


def test_place_of_a_made_scene():
    assert place_of(("an office with a desk", "a photo of an office")) == "office"
    assert place_of(("a photo of a chair and a desk",)) == "chair and a desk"
    assert place_of(()) is None


def test_no_scene_is_an_error(tiny_encoder):
    with pytest.raises(ValueError, match="no scene with a thing in it"):
        read_scenes([], tiny_encoder)


def test_a_batch_is_parts_of_scenes_and_what_is_missing(scenes):
    proposable = scenes.proposable(1)
    batch = draw_batch(scenes, proposable, 200, np.random.default_rng(0))
    assert torch.allclose(batch.next_shares.sum(1), torch.ones(200))
    layers, asked = batch.is_layer.sum(1), batch.is_asked.sum(1)
    assert (layers + asked == 5).all()
    assert set(asked.tolist()) == {0, 1, 2, 3}
    stops = batch.next_shares[:, -1] == 1
    assert torch.equal(stops, asked == 0)
    assert (layers >= 2).all()  # the regions are always there
    alone = batch.next_shares[(asked == 1).nonzero()[:, 0]]
    assert ((alone == 0) | (alone == 1)).all()
    assert batch.is_asked.shape == (200, MOST_ASKED)
    assert not (batch.is_pair & ~batch.is_layer[:, None]).any()
    # The floor and the wall are behind whatever meets them.
    assert batch.is_front[:, :, :2][batch.is_pair[:, :, :2]].all()


def test_mirrored_scenes_have_mirrored_boxes(scenes):
    batch = draw_batch(scenes, scenes.proposable(1), 300, np.random.default_rng(0))
    middles = batch.bins[..., 3][batch.is_asked].float() / 40
    assert abs(float(middles.mean()) - 0.5) < 0.05
    tables = box_bins(scenes.boxes[scenes.labels == scenes.names.index("table")])
    assert tables[:, 3].max() < 20


def test_numpy_and_pytorch_answer_alike(scenes):
    torch.manual_seed(0)
    proposable = scenes.proposable(1)
    rows = [scenes.names.index(name) for name in proposable]
    network = TrainablePlanner(SIZES, proposable, torch.from_numpy(scenes.words[rows]))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    batch = draw_batch(scenes, proposable, 6, np.random.default_rng(1))
    with torch.no_grad():
        labels, boxes, layers = network(batch)
    twin = _twin(network, proposable)
    for number in range(6):
        count = int(batch.is_layer[number].sum())
        reading = twin.read(
            batch.words[number, :count].numpy(),
            batch.shapes[number, :count].numpy(),
            batch.prompt[number].numpy(),
            batch.place[number].numpy(),
            float(batch.aspect[number]),
        )
        assert np.allclose(twin.ask_label(reading), labels[number], atol=1e-4)
        assert np.allclose(reading.tokens[2:], layers[number, :count], atol=1e-4)
        for query in range(int(batch.is_asked[number].sum())):
            answer = twin.ask_box(reading, batch.asked[number, query].numpy())
            assert np.allclose(answer, boxes[number, query], atol=1e-4)
            bins = batch.bins[number, query].numpy()
            state = boxes[number, query] + sum(
                network.weights["bins"][place * 40 + int(bins[place])] for place in range(4)
            )
            w = network.weights
            keys = layers[number, :count] * torch.rsqrt(
                layers[number, :count].square().mean(-1, keepdim=True) + 1e-6
            )
            front = (keys * w["norm"] @ w["order_key"]) @ (state @ w["order_query"])
            front = front + batch.pairs[number, query, :count] @ w["order_pair"]
            ours = twin.front_logits(
                reading, answer, bins, np.zeros(4, np.float32), np.zeros((count, 4), np.float32)
            ) - _pairs_at_zero(twin, count)
            theirs = front - batch.pairs[number, query, :count] @ w["order_pair"]
            assert np.allclose(ours, theirs.detach(), atol=1e-3)


def test_numpy_and_pytorch_find_the_same_fit(scenes):
    """The loss of the fit is that of the boxes that NumPy would weigh alike."""
    torch.manual_seed(0)
    labels = scenes.proposable(1)
    words = torch.from_numpy(scenes.words[[scenes.names.index(name) for name in labels]])
    network = TrainablePlanner(SIZES, labels, words)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    batches = (draw_batch(scenes, labels, 1, np.random.default_rng(seed)) for seed in range(50))
    batch = next(found for found in batches if found.is_asked.sum() == 1)
    count = int(batch.is_layer[0].sum())
    with torch.no_grad():
        torch.manual_seed(5)
        loss = network.losses(batch, np.random.default_rng(6))["fit"]
        torch.manual_seed(5)
        _, answers, _ = network(batch)
        bins = network._draws(answers[:, :2])
        bins[:, :, 0] = batch.bins[:, :2]
    places = np.random.default_rng(6).random(bins.shape, np.float32)[0, 0]
    twin = _twin(network, labels)
    reading = twin.read(
        batch.words[0, :count].numpy(),
        batch.shapes[0, :count].numpy(),
        batch.prompt[0].numpy(),
        batch.place[0].numpy(),
        float(batch.aspect[0]),
    )
    answer = twin.ask_box(reading, batch.asked[0, 0].numpy())
    drawn = bins[0, 0].numpy()
    fit = twin.fit(reading, answer, drawn, boxes_of_bins(drawn, places), batch.shapes[0, :count, :4].numpy())
    assert np.ptp(fit) > 0.1
    assert float(loss) == pytest.approx(float(np.log(np.exp(fit - fit[0]).sum())), rel=1e-3)


def test_stop_is_learned_as_often_as_scenes_end_there(tiny_encoder):
    """Of scenes with one table, half end there and half have nine more things; "stop" comes in half of them.

    Parts are drawn by their size, so that a small scene shows each of its states more often than a large one
    does: without weights, "stop" after the table would seem five times likelier than "go on".
    """
    small = [("floor", filled(0, 20, 60, 40), False), ("table", filled(5, 15, 25, 34), True)]
    large = [*small, *[("table", filled(30 + 2 * n, 20, 36 + 2 * n, 30), True) for n in range(9)]]
    made = [
        LayeredScene(
            f"made:{number}",
            f"made:{number}",
            SIZE_HW,
            tuple(SceneLayer.of(name, mask, extent="amodal", is_thing=thing) for name, mask, thing in layers),
            True,
            (),
        )
        for number, layers in enumerate([small, large])
    ]
    found = read_scenes(made, tiny_encoder)
    batch = draw_batch(found, ("table",), 4000, np.random.default_rng(0))
    one_there = batch.is_layer.sum(1) == 2
    stops = batch.next_shares[one_there, -1]
    assert float((batch.weight[one_there] * stops).sum() / batch.weight[one_there].sum()) == pytest.approx(
        0.5, abs=0.1
    )
    assert float(stops.mean()) > 0.75


def test_goes_on_from_a_network(scenes, tmp_path):
    config = PlannerTrainConfig(network=SIZES, steps=1, batch_size=4, rate=1e-9, least_seen=1)
    begun = export_planner(train_planner(config, scenes, tmp_path / "first"), 4, {}, tmp_path / "planner.npz")
    again = train_planner(config, scenes, tmp_path / "again", init=begun)
    assert again.labels == begun.card.labels
    for name, value in begun.weights.items():
        assert np.allclose(again.weights[name.replace(".", "_")].detach(), value, atol=1e-6)
    other = PlannerTrainConfig(network=dataclasses.replace(SIZES, width=16), least_seen=1)
    with pytest.raises(ValueError, match="goes on only with the same sizes"):
        train_planner(other, scenes, tmp_path / "other", init=begun)


def test_a_run_that_was_cut_short_ends_as_if_it_had_not_been(scenes, tmp_path, monkeypatch):
    monkeypatch.setattr(planner_loop, "LOG_EVERY_STEPS", 2)
    config = PlannerTrainConfig(network=SIZES, steps=5, batch_size=4, least_seen=1)
    whole = train_planner(config, scenes, tmp_path / "whole")

    def cut(record):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_planner(config, scenes, tmp_path / "cut", on_log=cut)
    resumed = train_planner(config, scenes, tmp_path / "cut")
    assert all(torch.equal(value, resumed.state_dict()[name]) for name, value in whole.state_dict().items())


def test_the_heads_alone_are_learnt_if_so_asked(scenes, tmp_path):
    config = PlannerTrainConfig(network=SIZES, steps=2, batch_size=4, least_seen=1)
    begun = export_planner(train_planner(config, scenes, tmp_path / "first"), 8, {}, tmp_path / "planner.npz")
    alone = dataclasses.replace(config, heads_alone=True)
    network = train_planner(alone, scenes, tmp_path / "heads", init=begun)
    changed = {
        name
        for name, value in begun.weights.items()
        if not np.array_equal(network.weights[name.replace(".", "_")].detach(), value)
    }
    assert changed
    assert all(name.startswith(planner_loop.HEADS) for name in changed)


def _twin(network, proposable) -> PlannerNetwork:
    from smartmask.model.planner.network import PlannerCard, weight_shapes

    card = PlannerCard(labels=proposable, network=network.config, samples=1, data={}, licence="none")
    names = weight_shapes(network.config, len(proposable))
    return PlannerNetwork(card, {n: network.weights[n.replace(".", "_")].detach().numpy() for n in names})


def _pairs_at_zero(twin, count):
    from smartmask.model.planner.pairs import pair_features

    features = pair_features(np.zeros(4, np.float32), np.zeros((count, 4), np.float32))
    return features @ twin.weights["order_pair"]


@pytest.mark.slow
def test_learns_a_handful_of_scenes_and_ships_them(scenes, tmp_path, tiny_encoder):
    config = PlannerTrainConfig(
        network=SIZES, steps=300, batch_size=16, rate=1e-2, warmup_steps=10, least_seen=1
    )
    log = []
    network = train_planner(config, scenes, tmp_path / "run", on_log=log.append)
    assert log[-1]["box"] < 0.65 * log[0]["box"]
    assert log[-1]["label"] < log[0]["label"]
    assert log[-1]["order"] < 0.2
    shipped = export_planner(network, 4800, {"made": 8}, tmp_path / "planner.npz")
    read = load_planner_network(tmp_path / "planner.npz")
    assert read.card == shipped.card
    assert read.card.samples == 300 * 16
    # Given the empty room it puts the table on the left or, mirrored, on the right; its foot is on the floor.
    reading = read.read(
        tiny_encoder.encode(["floor", "wall"]),
        _room_shapes(),
        np.zeros(8, np.float32),
        np.zeros(8, np.float32),
        float(np.log(1.5)),
    )
    bins = read.draw_bins(
        read.ask_box(reading, tiny_encoder.encode(["table"])[0]), 200, 0.5, np.random.default_rng(0)
    )
    feet = (bins[:, 0] + 0.5) / 40
    assert np.mean(np.abs(feet - 34 / 40) < 0.06) > 0.8


def _room_shapes():
    from smartmask.model.planner.state import layout_shapes
    from smartmask.scene.layout import Layer, Layout

    layers = (Layer("floor", filled(0, 20, 60, 40)), Layer("wall", filled(0, 0, 60, 20)))
    return layout_shapes(Layout(SIZE_HW, layers), [0, 1])


def test_nothing_to_propose_is_an_error(scenes, tmp_path):
    with pytest.raises(ValueError, match="no label comes 99 times"):
        train_planner(PlannerTrainConfig(network=SIZES, steps=1, least_seen=99), scenes, tmp_path)
    with pytest.raises(ValueError, match="steps, batch_size, rate and least_seen must be positive"):
        PlannerTrainConfig(steps=0)


def test_the_labels_of_the_tiny_network():
    assert len(set(LABELS)) == len(LABELS)
