"""Batches of the generator: what is drawn, what is told of it, and that (seed, step) decides everything."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_generator import HIDDEN
from torch import Tensor

from smartmask.model.mask.generator_inputs import CODE_NUMBERS, NEIGHBOURS, PLACE_UNIT, layout_of
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import FRAME_PX, LEVELS
from smartmask.training.mask.generator_batch import (
    MOST_SHEAR,
    MOST_STRETCH,
    MOST_TURN,
    BatchSettings,
    Dice,
    GeneratorBatch,
    ShapeTensors,
    changed,
    drawings,
)
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack

ALL_TOLD = BatchSettings(
    batch=64,
    drop_text=0.0,
    word_noise=0.0,
    drop_neighbours=0.0,
    drop_one=0.0,
    drop_layout=0.0,
    wider=0.0,
    drawn=0.5,
)
TEXT, EXTENT, STYLE, CHANGED, DRAWING, LAYOUT, BESIDE = range(7)


def tensors(batch: GeneratorBatch) -> list[Tensor]:
    return [batch.clean, batch.noise, batch.t, *batch.condition]


def same(one: GeneratorBatch, other: GeneratorBatch) -> bool:
    return all(torch.equal(a, b) for a, b in zip(tensors(one), tensors(other), strict=True))


def levels(data: ShapeTensors, values: Tensor) -> Tensor:
    """Codes at deviation 1 as levels of the file."""
    return torch.round((values * data.deviation + data.mean + 1) * ((LEVELS - 1) / 2)).to(torch.uint8)


def sources(data: ShapeTensors, values: Tensor) -> list[tuple[int, int]]:
    """The variant and row of each code."""
    found = [(data.codes == code).all(2).nonzero() for code in levels(data, values)]
    assert all(len(places) for places in found)
    return [(int(places[0, 0]), int(places[0, 1])) for places in found]


def iou(one: Tensor, other: Tensor) -> Tensor:
    a, b = one.flatten(1) > 0, other.flatten(1) > 0
    return (a & b).sum(1) / (a | b).sum(1)


@pytest.fixture(scope="module")
def fields(generator_pack: GeneratorPack, shipped_codec: SilhouetteCodec) -> Tensor:
    """The field of every shape."""
    return torch.from_numpy(shipped_codec.decode(generator_pack.codes))[:, None]


@pytest.fixture(scope="module")
def drawn(generator_data: ShapeTensors) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Many drawings of the shapes: maps, places, aspects; and the shapes' aspects."""
    rows = torch.arange(240) % generator_data.fields.shape[1]
    aspects = generator_data.log_aspects[0, rows]
    dice = Dice(torch.Generator().manual_seed(0), len(rows), "cpu")
    return *drawings(generator_data.fields[0, rows].float() / 127, aspects, dice), aspects


def test_everything_follows_from_seed_and_step(generator_data):
    first = generator_data.batch(ALL_TOLD, 5)
    generator_data.batch(ALL_TOLD, 6)
    assert same(generator_data.batch(ALL_TOLD, 5), first)
    for other in (
        generator_data.batch(ALL_TOLD, 6),
        generator_data.batch(replace(ALL_TOLD, seed=1), 5),
        generator_data.batch(ALL_TOLD, 5, part=1),
    ):
        assert not torch.equal(other.clean, first.clean)
        assert not torch.equal(other.noise, first.noise)


@pytest.mark.parametrize(
    ("part", "words"),
    [("train", {"rake", "star", "ball"}), ("validation", {"rake"}), ("unseen", {f"garden {HIDDEN}"})],
)
def test_each_part_shows_its_own_shapes(generator_data, generator_pack, part, words):
    batch = generator_data.batch(ALL_TOLD, 0, PARTS.index(part))
    rows = [row for _, row in sources(generator_data, batch.clean[:, :CODE_NUMBERS])]
    assert {PARTS[generator_pack.parts[row]] for row in rows} == {part}
    named = generator_pack.words_of_rows
    assert {named[generator_pack.words[row]] for row in rows} == words
    told = torch.from_numpy(generator_pack.embeddings[generator_pack.words[rows]])
    assert torch.equal(batch.condition[TEXT], told)
    assert (batch.condition[STYLE].argmax(1).numpy() == generator_pack.styles[rows]).all()


def test_codes_are_at_deviation_one_over_what_is_learnt(generator_data, generator_pack):
    batch = generator_data.batch(replace(ALL_TOLD, batch=512), 0)
    code = batch.clean[:, :CODE_NUMBERS]
    assert code.mean().abs() < 0.1
    assert 0.9 < code.std() < 1.1
    rows = generator_pack.parts == PARTS.index("train")
    plain = (generator_data.codes[0][torch.from_numpy(rows)].float() * (2 / (LEVELS - 1)) - 1).unflatten(
        1, (8, -1)
    )
    assert torch.allclose(plain.mean((0, 2)), generator_data.mean[:: CODE_NUMBERS // 8], atol=1e-5)


def test_box_hints_have_no_drawing_and_no_place(generator_data):
    batch = generator_data.batch(replace(ALL_TOLD, drawn=0.0), 1)
    assert not batch.condition[DRAWING].any()
    assert not batch.clean[:, CODE_NUMBERS:].any()
    found = sources(generator_data, batch.clean[:, :CODE_NUMBERS])
    aspects = [generator_data.log_aspects[place] for place in found]
    assert torch.equal(batch.condition[EXTENT][:, 0], torch.stack(aspects))


def test_as_many_views_are_drawn_as_is_wanted_and_only_they_have_a_place(generator_data):
    batch = generator_data.batch(replace(ALL_TOLD, batch=512), 2)
    is_drawn = batch.condition[DRAWING].flatten(1).any(1)
    assert 0.4 < is_drawn.float().mean() < 0.6
    assert not batch.clean[~is_drawn, CODE_NUMBERS:].any()
    assert (batch.clean[is_drawn, CODE_NUMBERS:] != 0).any(1).float().mean() > 0.9


def test_a_drawing_fills_its_frame(drawn):
    maps = drawn[0]
    for lines in (maps.amax(2), maps.amax(1)):
        assert not lines[:, [0, -1]].any(), "the margin is free"
        assert (lines[:, [1, -2]] > 0).all(), "the frame's inner edges are touched"
    assert maps.min() >= 0
    assert maps.max() <= 1 + 1e-6


def test_the_place_tells_the_objects_aspect_from_the_drawings(drawn):
    _, place, hint_aspects, aspects = drawn
    wide = 1 + place[:, 2] - place[:, 0]
    high = 1 + place[:, 3] - place[:, 1]
    assert torch.allclose(hint_aspects + (wide / high).log(), aspects, atol=1e-4)


def test_drawings_are_mostly_wider_than_their_objects_and_seldom_far_off(drawn):
    place = drawn[1]
    assert (place[:, :2] > 0).float().mean() > 0.6
    assert (place[:, 2:] < 0).float().mean() > 0.6
    assert 0.3 < (place / PLACE_UNIT).std() < 1.5


def test_neighbours_are_those_of_the_pack(generator_data, generator_pack):
    batch = generator_data.batch(ALL_TOLD, 3)
    rows = [row for _, row in sources(generator_data, batch.clean[:, :CODE_NUMBERS])]
    for row, codes in zip(rows, batch.condition[BESIDE], strict=True):
        shown = codes[codes.any(1)]
        listed = {int(other) for other in generator_pack.neighbours[row] if other >= 0}
        others = [other for _, other in sources(generator_data, shown)]
        assert set(others) <= listed
        assert len(set(others)) == len(others) == min(NEIGHBOURS, len(listed))


def test_what_is_dropped_is_zero(generator_data):
    dropped = replace(ALL_TOLD, drop_text=1.0, drop_neighbours=1.0)
    batch = generator_data.batch(dropped, 3)
    assert not batch.condition[TEXT].any()
    assert not batch.condition[BESIDE].any()
    told = generator_data.batch(ALL_TOLD, 3)
    assert torch.equal(batch.clean, told.clean), "the rest stays"
    assert not generator_data.batch(replace(ALL_TOLD, drop_one=1.0), 3).condition[BESIDE].any()


def test_words_are_told_with_noise_of_the_wanted_length_at_the_most(generator_data):
    settings = replace(ALL_TOLD, batch=1024)
    plain = generator_data.batch(settings, 5)
    noisy = generator_data.batch(replace(settings, word_noise=0.6), 5)
    assert torch.allclose(plain.condition[TEXT].norm(dim=1), torch.ones(1024), atol=1e-5)
    length = (noisy.condition[TEXT] - plain.condition[TEXT]).square().sum(1)
    # A share of it evenly between none and all: a third of its square is the mean.
    assert length.mean().item() == pytest.approx(0.6**2 / 3, rel=0.15)
    assert length.min() < 1e-3
    for name in (EXTENT, STYLE, CHANGED, DRAWING, LAYOUT, BESIDE):
        assert torch.equal(noisy.condition[name], plain.condition[name]), "the rest stays"
    untold = generator_data.batch(replace(settings, word_noise=0.6, drop_text=1.0), 5)
    assert not untold.condition[TEXT].any(), "no noise without words"


def test_a_wider_word_is_told_where_there_is_one(generator_data, generator_pack):
    batch = generator_data.batch(replace(ALL_TOLD, wider=1.0), 0, PARTS.index("validation"))
    tool = generator_pack.words_of_rows.index("tool")
    is_tool = (batch.condition[TEXT] == torch.from_numpy(generator_pack.embeddings[tool])).all(1)
    assert 0.5 < is_tool.float().mean() < 1, "one of the held-out rakes has none"


def test_a_layout_is_what_inference_would_read(generator_data, generator_pack):
    batch = generator_data.batch(replace(ALL_TOLD, batch=128), 4)
    rows = np.array([row for _, row in sources(generator_data, batch.clean[:, :CODE_NUMBERS])])
    in_scene = generator_pack.scenes[rows] >= 0
    assert 0 < in_scene.sum() < len(rows)
    expected = layout_of(generator_pack.cells[0].astype(int), generator_pack.embeddings)
    unknown = layout_of(np.ones_like(generator_pack.cells[0], int), generator_pack.embeddings)
    for is_told, layout in zip(in_scene, batch.condition[LAYOUT].numpy(), strict=True):
        assert np.array_equal(layout, expected if is_told else unknown)
    hidden = generator_data.batch(replace(ALL_TOLD, batch=128, drop_layout=1.0), 4)
    assert all(np.array_equal(layout, unknown) for layout in hidden.condition[LAYOUT].numpy())


def test_times_are_positive_and_some_are_pure_noise(generator_data):
    t = generator_data.batch(replace(ALL_TOLD, batch=1024), 0).t
    assert 0 < t.min() < 0.1
    assert t.max() == 1
    assert 0.05 < (t == 1).float().mean() < 0.15


def test_an_unchanged_shape_stays_what_it_is(fields, generator_data):
    aspects = generator_data.log_aspects[0]
    found, same_aspects = changed(fields, torch.zeros(len(fields), 3), aspects)
    assert torch.allclose(same_aspects, aspects, atol=1e-5)
    assert iou(found, fields).min() > 0.95
    assert (found - fields).abs().mean() < 1e-5


def quarter(fields: Tensor) -> Tensor:
    return fields.rot90(-1, (2, 3))


@pytest.mark.parametrize(
    ("how", "shape", "aspect"),
    [
        pytest.param((0, 0.2, 0), lambda fields: fields, lambda aspects: aspects + 0.2, id="stretched"),
        pytest.param((0, 0, math.pi / 2), quarter, lambda aspects: -aspects, id="turned by a quarter"),
    ],
)
def test_a_change_does_what_it_says(
    fields: Tensor,
    generator_data: ShapeTensors,
    how: tuple[float, float, float],
    shape: Callable[[Tensor], Tensor],
    aspect: Callable[[Tensor], Tensor],
):
    aspects = generator_data.log_aspects[0]
    found, new = changed(fields, torch.tensor([how]).float().repeat(len(fields), 1), aspects)
    assert torch.allclose(new, aspect(aspects), atol=1e-5)
    assert iou(found, shape(fields)).min() > 0.95


def test_a_sheared_square_is_wider_by_the_shift():
    square = torch.ones(1, 1, FRAME_PX, FRAME_PX)
    square[..., :6, :] = square[..., -6:, :] = square[..., :6] = square[..., -6:] = -1
    found, aspect = changed(square, torch.tensor([[0.25, 0, 0]]), torch.zeros(1))
    assert aspect.exp().item() == pytest.approx(1.25, abs=1e-4)
    lines = (found[0, 0] > 0).nonzero()
    upper, lower = (lines[lines[:, 0] == row, 1].float() for row in (10, FRAME_PX - 11))
    assert lower.mean() - upper.mean() == pytest.approx(0.2 * 108, abs=2), "the lower part is shifted right"


def test_every_second_variant_is_mirrored_and_those_after_two_are_changed(generator_data, shipped_codec):
    limits = torch.tensor([MOST_SHEAR, MOST_STRETCH, MOST_TURN])
    assert len(generator_data.codes) == 4
    assert not generator_data.changes[:2].any()
    assert (generator_data.changes[2:].abs() <= limits).all()
    assert (generator_data.changes[2:].abs().amax(1) > 0.8 * limits).all()
    assert torch.equal(generator_data.log_aspects[0], generator_data.log_aspects[1])
    codes = (generator_data.codes[:, :, ::2] << 4 | generator_data.codes[:, :, 1::2]).numpy()
    plain, mirrored = (torch.from_numpy(shipped_codec.decode(codes[variant])) for variant in range(2))
    assert iou(mirrored, plain.flip(2)).min() > 0.9
    small = generator_data.fields[:2].float()
    assert iou(small[1], small[0].flip(2)).mean() > 0.85


def test_changes_are_told(generator_data):
    batch = generator_data.batch(ALL_TOLD, 7)
    found = sources(generator_data, batch.clean[:, :CODE_NUMBERS])
    assert {variant for variant, _ in found} == {0, 1, 2, 3}
    assert torch.equal(
        batch.condition[CHANGED], torch.stack([generator_data.changes[place] for place in found])
    )
