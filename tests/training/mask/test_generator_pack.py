"""The generator's pack: what may be learnt, what may stand beside what, and the folder that holds it."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hash_encoder import HashEncoder
from shapes import dataset_of, room
from tiny_generator import CODEC, DOUBLES, HIDDEN, pack_shapes, packed, rake, scene_object
from whole_shape_parts import whole

from smartmask.data.whole_shapes import STYLES, WholeShape
from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import FRAME_PX, MARGIN_PX
from smartmask.training.mask.generator_pack import (
    CODEC_FILE,
    FORMAT_VERSION,
    PARTS,
    SHAPES_FILE,
    UNSEEN_SHAPES,
    VIEWS_OF_AN_OBJECT,
    GeneratorPack,
    group_number,
    head,
    make_pack,
)
from smartmask.training.mask.scene_objects import scene_objects

TRAIN, VALIDATION, UNSEEN = range(len(PARTS))


class OneMeaning:
    """A `TextEncoder` to which all words mean the same."""

    width = HashEncoder.width

    def encode(self, texts):
        return np.eye(1, self.width, dtype=np.float32).repeat(len(texts), 0)


@pytest.fixture(scope="module")
def kept(shipped_codec) -> list[WholeShape]:
    """The shape of each row of the pack."""
    shapes = [shape for shape, split in zip(*pack_shapes(), strict=True) if split != "test"]
    forks = sum(head(shape.label) == HIDDEN for shape in shapes)
    return [*shapes[: len(shapes) - forks + UNSEEN_SHAPES], scene_object(shipped_codec, "ball").shape]


def words(pack: GeneratorPack, rows: np.ndarray) -> set[str]:
    return {head(pack.words_of_rows[row]) for row in rows}


def beside(pack: GeneratorPack) -> list[tuple[int, int]]:
    """Pairs of a row and a neighbour of it."""
    rows, places = np.nonzero(pack.neighbours >= 0)
    return list(zip(rows.tolist(), pack.neighbours[rows, places].tolist(), strict=True))


def test_rows_are_those_of_the_shapes(generator_pack, kept):
    assert len(generator_pack.codes) == len(kept)
    named = generator_pack.words_of_rows
    assert [named[row] for row in generator_pack.words] == [shape.label for shape in kept]
    assert [named[row] for row in generator_pack.parents] == [s.parent or s.label for s in kept]
    assert [STYLES[row] for row in generator_pack.styles] == [shape.style for shape in kept]
    assert np.allclose(generator_pack.log_aspects, [np.log(shape.aspect) for shape in kept])
    assert np.array_equal(generator_pack.embeddings, HashEncoder().encode(named))


def test_groups_are_told_apart_by_numbers_that_a_memorys_names_give_too(generator_pack, kept):
    assert [int(number) for number in generator_pack.groups] == [group_number(s.group) for s in kept]
    names = {shape.group for shape in kept}
    assert len({group_number(name) for name in names}) == len(names)


def test_a_word_with_shapes_enough_is_left_out_of_what_is_learnt(generator_pack):
    assert json.loads(generator_pack.card.tobytes())["unseen"] == [HIDDEN]
    for part, expected in ((TRAIN, {"rake", "star", "ball"}), (VALIDATION, {"rake"}), (UNSEEN, {HIDDEN})):
        assert words(generator_pack, generator_pack.words[generator_pack.parts == part]) == expected
    assert (generator_pack.parts == UNSEEN).sum() == UNSEEN_SHAPES


def test_a_word_left_out_is_no_wider_word_of_what_is_learnt(shipped_codec):
    shapes, splits = pack_shapes()
    shapes = [replace(shape, parent=HIDDEN) if shape.label == "rake" else shape for shape in shapes]
    pack = packed(shapes, splits, shipped_codec, HashEncoder())
    assert HIDDEN not in words(pack, pack.parents[pack.parts == TRAIN])


def test_the_test_split_is_absent(generator_pack, shipped_codec, kept):
    shapes, splits = pack_shapes()
    tests = {shape.group for shape, split in zip(shapes, splits, strict=True) if split == "test"}
    assert tests
    assert not tests & {shape.group for shape in kept}


def test_the_test_split_of_words_left_out_is_absent(shipped_codec):
    shapes, splits = pack_shapes()
    shapes, splits = [whole(HIDDEN, rake(300), "drawn:held"), *shapes], ["test", *splits]
    pack = packed(shapes, splits, shipped_codec, HashEncoder())
    assert PARTS[pack.parts[0]] == "train", "the first row is the next shape's"


def test_held_out_shapes_are_beside_none_and_have_neighbours(generator_pack):
    assert {generator_pack.parts[other] for _, other in beside(generator_pack)} == {TRAIN, UNSEEN}
    assert (generator_pack.neighbours[generator_pack.parts == VALIDATION] >= 0).any(1).all()


def test_no_shape_is_beside_one_of_its_own_object(generator_pack, kept):
    for row, other in beside(generator_pack):
        assert kept[row].group != kept[other].group


def test_of_one_object_there_are_two_views_at_the_most(generator_pack, kept):
    most = 0
    for row in generator_pack.neighbours:
        groups = [kept[other].group for other in row[row >= 0]]
        most = max(most, *(groups.count(group) for group in groups))
    assert most == VIEWS_OF_AN_OBJECT


def test_doubles_are_not_beside_each_other_even_mirrored(generator_pack, kept):
    first, mirrored, doubled = (
        next(row for row, shape in enumerate(kept) if shape.group == group) for group in DOUBLES
    )
    pairs = beside(generator_pack)
    for double in (mirrored, doubled):
        assert (double, first) not in pairs
        assert {kept[other].group for row, other in pairs if row == double} >= {DOUBLES[0]}, "other views"
    assert not {(first, mirrored), (doubled, mirrored)} & set(pairs)


def test_neighbours_are_of_one_word_and_the_nearest_in_aspect_come_first(generator_pack):
    for row, others in enumerate(generator_pack.neighbours):
        others = others[others >= 0]
        away = np.abs(generator_pack.log_aspects[others] - generator_pack.log_aspects[row])
        assert set(generator_pack.words[others]) <= {generator_pack.words[row]}
        assert (np.diff(away) >= -1e-6).all()


def test_words_with_few_shapes_borrow_those_of_like_meaning(shipped_codec):
    pack = packed(*pack_shapes(), shipped_codec, OneMeaning())
    stars = np.array([pack.words_of_rows[row] == "star" for row in pack.words])
    beside_stars = pack.words[pack.neighbours[stars][:, :4]]
    assert (beside_stars == pack.words[stars][:, None]).all(), "their own come first"
    assert words(pack, pack.words[pack.neighbours[stars].ravel()]) > {"star"}


def test_shapes_of_words_left_out_are_not_beside_what_is_learnt(shipped_codec):
    pack = packed(*pack_shapes(), shipped_codec, OneMeaning())
    assert UNSEEN not in {pack.parts[other] for row, other in beside(pack) if pack.parts[row] == TRAIN}


def test_an_object_of_a_scene_has_its_layout(generator_pack):
    (row,) = np.flatnonzero(generator_pack.scenes >= 0)
    assert row == len(generator_pack.codes) - 1
    assert generator_pack.zooms[row] == np.float32(-0.5)
    (cells,) = generator_pack.cells
    wall = SPECIAL_ROWS + generator_pack.words_of_rows.index("wall")
    assert cells.tolist() == [wall] * 40 + [1] * 16 + [0] * (LAYOUT_CELLS**2 - 56)


def test_objects_of_scenes_are_drawn_as_often_as_is_wanted(generator_pack, shipped_codec):
    in_scene = generator_pack.scenes >= 0
    assert generator_pack.weights[in_scene].sum() == pytest.approx(0.2)
    assert generator_pack.weights[~in_scene].sum() == pytest.approx(0.8)
    shapes, splits = pack_shapes()
    alone = make_pack(shapes, splits, np.zeros((len(shapes), 256), np.uint8), [], shipped_codec, OneMeaning())
    assert alone.cells.shape == (0, LAYOUT_CELLS**2)


def test_what_is_written_is_read(generator_pack, tmp_path):
    generator_pack.write(tmp_path / "pack", CODEC)
    found = GeneratorPack.read(tmp_path / "pack")
    for field in fields(GeneratorPack):
        one, other = getattr(found, field.name), getattr(generator_pack, field.name)
        assert one.dtype == other.dtype, field.name
        if field.name == "embeddings":
            assert np.allclose(one, other, atol=1e-3), "kept in half precision"
        else:
            assert np.array_equal(one, other), field.name
    digest = SilhouetteCodec.load(tmp_path / "pack" / CODEC_FILE).digest
    assert json.loads(found.card.tobytes())["codec"] == digest


def test_a_missing_damaged_or_other_pack_is_named(generator_pack, tmp_path):
    with pytest.raises(CheckpointError, match=rf"{SHAPES_FILE}: missing or damaged pack"):
        GeneratorPack.read(tmp_path)
    generator_pack.write(tmp_path, CODEC)
    content = (tmp_path / SHAPES_FILE).read_bytes()
    (tmp_path / SHAPES_FILE).write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match="missing or damaged pack"):
        GeneratorPack.read(tmp_path)
    card = json.loads(generator_pack.card.tobytes()) | {"version": 99}
    other = replace(generator_pack, card=np.frombuffer(json.dumps(card).encode(), np.uint8))
    other.write(tmp_path, CODEC)
    with pytest.raises(CheckpointError, match=f"is version 99, expected {FORMAT_VERSION}; make it again"):
        GeneratorPack.read(tmp_path)


def test_scenes_give_whole_objects_with_what_is_behind_them(shipped_codec, tmp_path):
    datasets = {"rooms": dataset_of(tmp_path / "rooms", [room(number) for number in range(8)])}
    found, again = (list(scene_objects(datasets, {"rooms": 5}, shipped_codec, 0)) for _ in range(2))
    assert len(found) == 5
    for item, same in zip(found, again, strict=True):
        assert item.shape.label in {"picture", "ball"}
        assert set(item.labels) <= {"wall", "floor", "picture", "ball", "", None}
        assert {"wall", "floor"} & set(item.labels)
        assert len(item.labels) == LAYOUT_CELLS**2
        assert np.array_equal(item.code, same.code)
        assert (item.labels, item.zoom, item.log_aspect) == (same.labels, same.zoom, same.log_aspect)
        full = (1 - 2 * MARGIN_PX / FRAME_PX) ** 2
        share = (shipped_codec.decode(item.code[None])[0] > 0).mean() / full
        assert share == pytest.approx(0.82 if item.shape.label == "ball" else 1, abs=0.06)
