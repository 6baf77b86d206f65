"""The ranker's training: its arrays, its twin in NumPy, its loss, its calibration."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from shapes import room, scene_of
from tiny_ranker import SIZES

from smartmask.data.examples.false_placements import ObjectPool
from smartmask.data.examples.placements import make_placements
from smartmask.data.layered_scene import LayeredScene
from smartmask.model.ranker.network import load_ranker_network
from smartmask.model.ranker.placement_features import CELLS, placement_features
from smartmask.scene.layout import Layer, Layout
from smartmask.training.ranker import loop as ranker_loop
from smartmask.training.ranker.data import (
    ALWAYS,
    GROUP_MASKS,
    LABEL_SLOTS,
    ONE_OF,
    RankerGroups,
    make_groups,
    read_or_make_groups,
)
from smartmask.training.ranker.loop import (
    Embedded,
    RankerTrainConfig,
    all_logits,
    calibration,
    export_ranker,
    mirrored,
    pair_auc,
    placement_loss,
    train_ranker,
    words_of,
)
from smartmask.training.ranker.network import TrainableRanker

SCENES = [room(number, is_exact=number % 2 == 0) for number in range(12)]
CONFIG = RankerTrainConfig(
    network=SIZES,
    mixture={"rooms": 1.0},
    groups=24,
    steps=100,
    batch_size=12,
    warmup_steps=5,
    learning_rate=0.01,
    dropout=0.0,
    weight_decay=0.0,
)


@pytest.fixture(scope="module")
def groups() -> RankerGroups:
    return make_groups([ObjectPool(SCENES)], [1.0], range(24), seed=0)


def perturbed(seed: int = 0) -> TrainableRanker:
    torch.manual_seed(seed)
    network = TrainableRanker(SIZES)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return network.eval()


def test_the_file_computes_what_pytorch_computes(tiny_encoder, tmp_path):
    """From a mask to its logit by both ways: arrays and PyTorch, features and NumPy."""
    pool = ObjectPool(SCENES)
    network = perturbed()
    exported = export_ranker(network, (1.5, -0.25), 1, {"rooms": 1}, tmp_path / "ranker.npz")
    rounded = TrainableRanker(SIZES).eval()
    with torch.no_grad():
        for name, value in rounded.weights.items():
            value.copy_(network.weights[name].half().float())
    made = make_groups([pool], [1.0], range(8), seed=0)
    theirs = all_logits(rounded, made, tiny_encoder)
    assert np.abs(theirs).std() > 0.1
    for number in range(8):
        rng = np.random.default_rng([0, 1, number])
        rng.choice(1, p=[1.0])
        kinds = [*ALWAYS, *(str(rng.choice(names)) for names in ONE_OF)]
        found = None
        while found is None:
            item = pool.items[int(rng.integers(len(pool.items)))]
            found = make_placements(item, kinds, pool, rng)
        slots = ("true", *kinds)
        for mask, prompt, kind in zip(found.masks, found.prompts, found.kinds, strict=True):
            features = placement_features(found.visible_index, found.labels, mask)
            words = tiny_encoder.encode([prompt, found.scene or ""])
            ours = exported.logit(features, tiny_encoder.encode(features.labels), *words)
            # Shares are stored in 255ths.
            assert ours == pytest.approx(1.5 * theirs[number, slots.index(kind)] - 0.25, abs=0.05)


def test_the_exported_file_is_the_network_that_was_returned(tmp_path):
    exported = export_ranker(perturbed(), (2.0, 0.5), 7, {"rooms": 7}, tmp_path / "ranker.npz")
    loaded = load_ranker_network(tmp_path / "ranker.npz")
    assert loaded.card == exported.card
    assert all(np.array_equal(loaded._weights[name], value) for name, value in exported._weights.items())
    first = (tmp_path / "ranker.npz").read_bytes()
    export_ranker(perturbed(), (2.0, 0.5), 7, {"rooms": 7}, tmp_path / "ranker.npz")
    assert (tmp_path / "ranker.npz").read_bytes() == first


def test_groups_follow_from_their_numbers(groups):
    part = make_groups([ObjectPool(SCENES)], [1.0], range(10, 20), seed=0)
    for name in ("shares", "cover", "geometry", "relations", "is_there"):
        assert np.array_equal(getattr(groups, name)[10:20], getattr(part, name))
    assert [*groups.texts[groups.prompts[10]]] == [*part.texts[part.prompts[0]]]
    other = make_groups([ObjectPool(SCENES)], [1.0], range(10, 20), seed=1)
    assert not np.array_equal(other.geometry, part.geometry)


def test_the_true_mask_and_the_always_false_ones_are_there(groups):
    assert groups.is_there[:, 0].all()
    assert groups.is_there[:, 1 : 1 + len(ALWAYS)].mean() > 0.9
    assert groups.is_there.shape == (24, GROUP_MASKS)
    sums = groups.shares.astype(int).sum(-1)[groups.is_there][:, :, : CELLS**2]
    assert (np.abs(sums - 255) < 8).all()
    assert (groups.prompts[groups.is_there] >= 0).all()


def test_joined_groups_keep_their_words(groups):
    halves = [make_groups([ObjectPool(SCENES)], [1.0], numbers, 0) for numbers in (range(12), range(12, 24))]
    joined = RankerGroups.joined(halves)
    assert len(joined) == 24
    for name in ("labels", "prompts", "scenes"):
        one, other = getattr(joined, name), getattr(groups, name)
        assert np.array_equal(one < 0, other < 0)
        assert np.array_equal(joined.texts[one[one >= 0]], groups.texts[other[other >= 0]])


def test_of_more_labels_than_slots_the_largest_are_kept():
    size_hw = (96, 128)
    stripes = np.repeat(np.arange(64), 2)[None].repeat(96, 0)
    masks = {f"stripe {number}": stripes == number for number in range(64)}
    masks["ball"] = np.zeros(size_hw, bool)
    masks["ball"][30:70, 40:90] = True
    scenes = [
        scene_of(masks, key=f"s{number}", is_exact=True, regions=[f"stripe {n}" for n in range(64)])
        for number in range(2)
    ]
    found = make_groups([ObjectPool(scenes)], [1.0], range(2), seed=0)
    assert (found.labels >= 0).sum() == 2 * LABEL_SLOTS
    sums = found.shares.astype(int).sum(-1)[found.is_there][:, :, : CELLS**2]
    assert (np.abs(sums - 255) < 16).all(), "the rest counts as unknown"


def test_parts_that_are_there_are_not_made_again(tmp_path: Path):
    asked = []

    def scenes() -> dict[str, list[LayeredScene]]:
        asked.append(1)
        return {"rooms": SCENES}

    stops = iter([False, True])
    stopped = read_or_make_groups(
        tmp_path, scenes, {"rooms": 1.0}, 9, 0, part=3, should_stop=lambda: next(stops)
    )
    assert stopped is None
    assert len(list(tmp_path.iterdir())) == 1
    found = read_or_make_groups(tmp_path, scenes, {"rooms": 1.0}, 9, 0, part=3)
    again = read_or_make_groups(tmp_path, scenes, {"rooms": 1.0}, 9, 0, part=3)
    assert found is not None
    assert again is not None
    assert len(asked) == 2
    assert np.array_equal(found.shares, again.shares)
    assert np.array_equal(found.geometry, make_groups([ObjectPool(SCENES)], [1.0], range(9), 0).geometry)


def test_a_dataset_that_is_not_given_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="the mixture asks for 'voc' but there are no objects of it"):
        read_or_make_groups(tmp_path, lambda: {"rooms": SCENES}, {"rooms": 1.0, "voc": 1.0}, 3, 0)


def test_training_tells_what_it_saw_apart_and_repeats_itself(groups, tiny_encoder, tmp_path):
    records: list[dict[str, float]] = []
    network = train_ranker(CONFIG, groups, tiny_encoder, tmp_path / "once", on_log=records.append)
    again = train_ranker(CONFIG, groups, tiny_encoder, tmp_path / "again")
    logits = all_logits(network, groups, tiny_encoder)
    assert np.array_equal(logits, all_logits(again, groups, tiny_encoder))
    before = all_logits(TrainableRanker(SIZES), groups, tiny_encoder)
    assert pair_auc(logits, groups.is_there) > 0.95
    assert pair_auc(before, groups.is_there) < 0.9


def test_a_run_that_was_cut_short_ends_as_if_it_had_not_been(groups, tiny_encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(ranker_loop, "LOG_EVERY_STEPS", 5)
    config = dataclasses.replace(CONFIG, steps=12, dropout=0.3)
    whole = train_ranker(config, groups, tiny_encoder, tmp_path / "whole")

    def cut(record: dict[str, float]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_ranker(config, groups, tiny_encoder, tmp_path / "cut", on_log=cut)
    resumed = train_ranker(config, groups, tiny_encoder, tmp_path / "cut")
    assert all(torch.equal(value, resumed.state_dict()[name]) for name, value in whole.state_dict().items())


def test_training_goes_on_from_what_a_ranker_knows_of_words(groups, tiny_encoder, tmp_path):
    known = perturbed()
    export_ranker(known, (1.0, 0.0), 24, {"rooms": 24}, tmp_path / "ranker.npz")
    initial = words_of(tmp_path / "ranker.npz")
    still = dataclasses.replace(CONFIG, steps=1, learning_rate=1e-9)
    network = train_ranker(still, groups, tiny_encoder, tmp_path / "run", initial=initial)
    for name in ("labels", "special_labels", "object"):
        torch.testing.assert_close(initial[name], known.weights[name].data, atol=2e-3, rtol=0)
        torch.testing.assert_close(network.weights[name].data, initial[name], atol=1e-6, rtol=0)


def test_masks_that_are_not_there_do_not_count():
    logits = torch.tensor([[1.0, 0.5, -1.0, 2.0, 0.0]])
    there = torch.tensor([[True, True, False, True, True]])
    changed = logits.clone()
    changed[0, 2] = 50.0
    assert placement_loss(logits, there) == placement_loss(changed, there)
    assert placement_loss(logits, torch.ones_like(there)) != placement_loss(changed, torch.ones_like(there))


def test_the_loss_of_equal_logits_is_that_of_guessing():
    there = torch.ones(3, GROUP_MASKS, dtype=torch.bool)
    expected = np.log(GROUP_MASKS) + np.log(2)
    assert placement_loss(torch.zeros(3, GROUP_MASKS), there).item() == pytest.approx(expected, abs=1e-6)


def test_calibration_finds_the_gain_and_offset_that_made_the_logits():
    rng = np.random.default_rng(0)
    count = 40000
    # Logits of the truth under even odds: x ~ N(+-m, s) has log odds 2 m x / s^2.
    logits = np.full((count, GROUP_MASKS), 9.0)
    logits[:, 0] = rng.normal(1.0, 1.0, count)
    logits[:, 1 : 1 + len(ALWAYS)] = rng.normal(-1.0, 1.0, (count, len(ALWAYS)))
    gain, offset = calibration(3 * logits + 1, np.ones((count, GROUP_MASKS), bool))
    assert gain == pytest.approx(2 / 3, abs=0.03)
    assert offset == pytest.approx(-2 / 3, abs=0.05)


@pytest.mark.parametrize("wrong", [{"groups": 0}, {"steps": 0}, {"learning_rate": 0.0}], ids=str)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="must be above 0"):
        RankerTrainConfig(**wrong)


def test_a_batch_mirrored_twice_is_itself(groups, tiny_encoder):
    source = Embedded(groups, tiny_encoder)
    batch, turned = source.batch(np.arange(24)), source.batch(np.arange(24), is_mirrored=True)
    for name in ("shares", "cover", "geometry", "relations"):
        assert not torch.equal(getattr(batch, name), getattr(turned, name))
        assert torch.equal(getattr(batch, name), getattr(mirrored(turned), name))


def test_a_batch_has_zero_words_where_none_are_given(groups, tiny_encoder):
    batch = Embedded(groups, tiny_encoder).batch(np.arange(24))
    silent = groups.scenes < 0
    assert silent.any()
    assert not batch.scenes[torch.from_numpy(silent)].any()
    assert batch.scenes[torch.from_numpy(~silent)].any(1).all()


def test_a_layout_of_which_nothing_is_known_has_a_score(tmp_path, tiny_encoder):
    network = export_ranker(perturbed(), (1.0, 0.0), 1, {"rooms": 1}, tmp_path / "ranker.npz")
    mask = np.zeros((40, 50), bool)
    mask[10:20, 10:20] = True
    empty, full = Layout((40, 50)), Layout((40, 50), (Layer("wall", np.ones((40, 50), bool)),))
    scores = []
    for layout in (empty, full):
        features = placement_features(layout.visible_index(), layout.labels, mask)
        words = tiny_encoder.encode(features.labels)
        scores.append(network.logit(features, words, *tiny_encoder.encode(["ball", ""])))
    assert np.isfinite(scores).all()
    assert scores[0] != scores[1]
