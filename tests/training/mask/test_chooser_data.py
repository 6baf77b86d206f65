"""What stands beside an object when the chooser learns, and what is told of it."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from chooser_parts import COMPONENTS, found_beside, of_numbers, recall_of
from tiny_generator import DOUBLES, HIDDEN, pack_shapes

from smartmask.model.mask.generator_inputs import LAYOUT_CELLS, layout_of
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.sketch import pairwise_iou
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.training.mask.chooser_data import KNOWN, LEAST, ChooserData
from smartmask.training.mask.chooser_network import ChooserBatch
from smartmask.training.mask.generator_pack import group_number, head


@pytest.fixture(scope="module")
def memory(shipped_codec) -> ShapeRecall:
    """It knows all shapes of the small pack: rakes, stars, balls and forks, test split and all."""
    return recall_of(pack_shapes()[0], shipped_codec)


@pytest.fixture(scope="module")
def data(generator_pack, memory, shipped_codec) -> ChooserData:
    return found_beside(generator_pack, memory, shipped_codec)


@pytest.fixture(scope="module")
def in_scene(data) -> ChooserData:
    """With a layout that is not its own mirror image, whose object is drawn always."""
    (row,) = np.flatnonzero(data.pack.scenes >= 0)
    cells = np.random.default_rng(0).integers(0, len(data.labels), data.pack.cells.shape).astype(np.uint16)
    place = int(np.flatnonzero(data.rows == row)[0])
    kept = {name: getattr(data, name)[[place]] for name in ("rows", "shapes", "is_mirrored", "ious")}
    return replace(data, pack=replace(data.pack, cells=cells), **kept)


def groups_of(recall: ShapeRecall, numbers: np.ndarray) -> set[str]:
    return {recall.memory.entry(int(number)).group for number in numbers}


def beside(data: ChooserData, place: int) -> np.ndarray:
    return data.shapes[place][data.shapes[place] >= 0]


def sketches(codec: SilhouetteCodec, codes: np.ndarray, is_mirrored: np.ndarray) -> np.ndarray:
    found = codec.sketch(codes)
    return np.where(is_mirrored[:, None, None], found[:, :, ::-1], found)


def same(one: ChooserBatch, other: ChooserBatch) -> bool:
    return all(
        torch.equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(ChooserBatch)
    )


def test_shapes_of_its_label_stand_beside_an_object_and_none_of_its_own_group(data, memory):
    for place, row in enumerate(data.rows):
        numbers = beside(data, place)
        assert len(numbers) >= LEAST
        labels = {memory.memory.entry(int(number)).label for number in numbers}
        assert labels == {data.pack.words_of_rows[data.pack.words[row]]}
        assert int(data.pack.groups[row]) not in {group_number(g) for g in groups_of(memory, numbers)}


def test_of_another_group_of_the_label_most_do(data, memory):
    (place, *_) = (n for n, row in enumerate(data.rows) if data.pack.groups[row] == group_number(DOUBLES[0]))
    assert groups_of(memory, beside(data, place)) >= {"drawn:rake0", "drawn:rake2", "drawn:rake3"}


def test_doubles_even_mirrored_or_enlarged_do_not_stand_beside_each_other(data, memory):
    groups = [shape.group for shape in pack_shapes()[0]]
    doubles = {groups.index(group) for group in DOUBLES}
    first, *others = (
        next(place for place, row in enumerate(data.rows) if data.pack.groups[row] == group_number(group))
        for group in DOUBLES
    )
    for place in (first, *others):
        assert not doubles & set(beside(data, place).tolist())
    assert all(DOUBLES[0] in groups_of(memory, beside(data, place)) for place in others), "its other views"
    assert doubles & set(beside(data, first + 1).tolist()), "beside other views they do"


def test_words_that_nothing_is_learnt_of_and_the_test_split_are_left_out(data, generator_pack):
    words = {head(generator_pack.words_of_rows[row]) for row in generator_pack.words[data.rows]}
    assert words == {"rake", "star", "ball"}
    assert HIDDEN in {head(generator_pack.words_of_rows[row]) for row in generator_pack.words}
    assert len(data.of_part("unseen")) == 0
    assert sorted([*data.of_part("train"), *data.of_part("validation")]) == list(range(len(data.rows)))
    assert len(data.of_part("validation")) == (generator_pack.parts == 1).sum()


def test_objects_that_are_never_drawn_are_left_out(generator_pack, memory, shipped_codec):
    weights = generator_pack.weights.copy()
    weights[:3] = 0
    found = found_beside(replace(generator_pack, weights=weights), memory, shipped_codec)
    assert not {0, 1, 2} & set(found.rows.tolist())
    assert 3 in found.rows


def test_objects_beside_too_few_shapes_are_left_out(generator_pack, memory, shipped_codec):
    labels = [shape.label for shape in pack_shapes()[0]]
    stars = [number for number, label in enumerate(labels) if label == "star"][: LEAST // 2]
    rakes = [number for number, label in enumerate(labels) if label == "rake"]
    recall = of_numbers(memory, [*stars, *rakes], shipped_codec)
    found = found_beside(generator_pack, recall, shipped_codec)
    labels = [generator_pack.words_of_rows[row] for row in generator_pack.words[found.rows]]
    assert set(labels) == {"rake", "star"}, "of balls nothing is remembered"
    assert labels.count("star") == 1, "the fifth beside four, mirrored too; the others beside three"


def test_no_more_objects_are_taken_than_are_wanted(generator_pack, memory, shipped_codec, data):
    found = found_beside(generator_pack, memory, shipped_codec, limit=5)
    assert found.rows.tolist() == data.rows[:5].tolist()
    assert all(np.array_equal(beside(found, place), beside(data, place)) for place in range(5))


def test_overlaps_are_those_of_the_shapes_as_they_would_be_drawn(data, memory, shipped_codec):
    for place, row in enumerate(data.rows):
        numbers, count = beside(data, place), len(beside(data, place))
        shown = sketches(shipped_codec, memory.memory.codes[numbers], data.is_mirrored[place, :count])
        own = shipped_codec.sketch(data.pack.codes[row : row + 1])
        expected = pairwise_iou(own.reshape(1, -1) > 0, shown.reshape(count, -1) > 0)[0]
        np.testing.assert_allclose(data.ious[place, :count], expected, atol=1e-3)
        assert not data.ious[place, count:].any()
    assert data.is_mirrored[data.shapes >= 0].any()


def test_pictures_are_principal_components_of_sketches_as_they_are_and_mirrored(data, memory, shipped_codec):
    plain = shipped_codec.sketch(memory.memory.codes)
    for mirrored, one in enumerate((plain, plain[:, :, ::-1])):
        expected = one.reshape(len(one), -1) @ data.axes + data.bias
        np.testing.assert_allclose(data.pictures[mirrored], expected, atol=1e-4)
    every = data.pictures.reshape(-1, COMPONENTS)
    np.testing.assert_allclose(every.mean(0), 0, atol=1e-3)
    spread = np.cov(every.T)
    assert np.abs(spread - np.diag(np.diag(spread))).max() < 1e-2 * spread.max()
    assert (np.diff(np.diag(spread)) > 0).all()
    np.testing.assert_allclose((data.axes**2).sum(0), np.diag(spread) ** -1, rtol=1e-2)


def test_without_a_generator_all_is_told_as_it_is(data, memory, shipped_codec):
    places = np.arange(len(data.rows))
    batch, pack = data.batch(places, None), data.pack
    assert same(batch, data.batch(places, None))
    assert batch.is_known.all()
    assert torch.equal(batch.is_there, torch.from_numpy(data.shapes >= 0))
    rows = data.rows
    assert np.array_equal(batch.text, pack.embeddings[pack.words[rows]])
    assert np.array_equal(batch.log_aspects, pack.log_aspects[rows])
    assert np.array_equal(batch.zooms, pack.zooms[rows])
    for place, row in enumerate(rows):
        scene = pack.scenes[row]
        cells = pack.cells[scene] if scene >= 0 else np.ones(LAYOUT_CELLS**2)
        assert np.array_equal(batch.cells[place], layout_of(cells.astype(int), pack.embeddings))
        numbers, count = beside(data, place), len(beside(data, place))
        shown = sketches(shipped_codec, memory.memory.codes[numbers], data.is_mirrored[place, :count])
        expected = shown.reshape(count, -1) @ data.axes + data.bias
        np.testing.assert_allclose(batch.pictures[place, :count], expected, atol=1e-4)
        assert np.allclose(batch.shape_log_aspects[place, :count], np.log(memory.memory.aspects[numbers]))
        assert np.array_equal(batch.ious[place], data.ious[place].astype(np.float32))


def test_half_the_objects_are_mirrored_with_all_that_stands_beside_and_lies_behind(in_scene):
    objects = np.zeros(200, np.int64)
    batch, plain = in_scene.batch(objects, np.random.default_rng(0)), in_scene.batch(objects[:1], None)
    shapes, count = in_scene.shapes[0], (in_scene.shapes[0] >= 0).sum()
    turned = torch.from_numpy(
        in_scene.pictures[(~in_scene.is_mirrored[0]).astype(int), np.maximum(shapes, 0)]
    )
    own = plain.cells.unflatten(1, (LAYOUT_CELLS, LAYOUT_CELLS))
    unknown = torch.from_numpy(in_scene.labels[1])
    flips, told = 0, 0
    for place in range(len(objects)):
        is_flipped = torch.equal(batch.pictures[place, :count], turned[:count])
        assert is_flipped or torch.equal(batch.pictures[place, :count], plain.pictures[0, :count])
        flips += is_flipped
        if not (batch.cells[place] == unknown).all():
            told += 1
            assert torch.equal(batch.cells[place], (own.flip(2) if is_flipped else own).flatten(1, 2)[0])
    assert 0.35 < flips / len(objects) < 0.65
    assert 0.5 < told / len(objects) < KNOWN
    assert torch.equal(batch.ious, plain.ious.expand_as(batch.ious)), "overlaps stay what they are"
    assert torch.equal(batch.text, plain.text.expand_as(batch.text))


def test_where_the_box_is_not_told_nothing_but_words_is(in_scene):
    batch = in_scene.batch(np.zeros(400, np.int64), np.random.default_rng(1))
    hidden, unknown = batch.is_known == 0, torch.from_numpy(in_scene.labels[1])
    assert set(batch.is_known.tolist()) == {0.0, 1.0}
    assert batch.is_known.mean().item() == pytest.approx(KNOWN, abs=0.08)
    assert not batch.zooms[hidden].any()
    assert (batch.zooms[~hidden] == -0.5).all()
    assert (batch.cells[hidden] == unknown).all()
    dropped = (batch.cells[~hidden] == unknown).all(2).all(1).float().mean().item()
    assert 0.05 < dropped < 0.3, "of the others some are told no layout"


def test_a_few_of_the_shapes_stand_beside_each_with_their_own_overlaps(data):
    places = np.arange(len(data.rows))
    batch, plain = data.batch(places, np.random.default_rng(2), most=LEAST), data.batch(places, None)
    assert batch.ious.shape == (len(places), LEAST)
    assert batch.is_there.all(), "there are as many of each"
    for place in range(len(places)):
        whole = {
            (round(float(aspect), 5), round(float(iou), 5))
            for aspect, iou, there in zip(
                plain.shape_log_aspects[place], plain.ious[place], plain.is_there[place], strict=True
            )
            if there
        }
        part = zip(batch.shape_log_aspects[place], batch.ious[place], strict=True)
        assert {(round(float(aspect), 5), round(float(iou), 5)) for aspect, iou in part} <= whole
    larger = data.batch(places, np.random.default_rng(2), most=60)
    assert torch.equal(larger.is_there.sum(1), plain.is_there.sum(1).clamp(max=60))


def test_the_same_generator_gives_the_same_batch(data: ChooserData):
    places = np.arange(len(data.rows))
    first, again, other = (data.batch(places, np.random.default_rng(seed), 16) for seed in (4, 4, 5))
    assert same(first, again)
    assert not same(first, other)
