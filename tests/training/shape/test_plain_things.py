"""Plain things made here: as large as such things are, in one piece, and held by the codec."""

import numpy as np
import pytest
from scipy import ndimage
from shipped import needs_shipped

from smartmask.data.whole_shapes import WholeShape
from smartmask.language.kinds import kind_of
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.scene.masks import mask_iou
from smartmask.training.shape.fields import field_of
from smartmask.training.shape.mesh_shapes import LabelledMesh, mesh_shapes
from smartmask.training.shape.plain.solids import box, cut, lying, rod
from smartmask.training.shape.plain.things import VIEWS, plain_labels, plain_meshes
from smartmask.weights import WEIGHTS

IN_PIECES = {
    "basketball player",
    "beach hut",
    "bikini",
    "bowling pins",
    "catapult",
    "cell tower",
    "cement mixer",
    "cluster of mushrooms",
    "crib mobile",
    "duck with ducklings",
    "easel with canvas",
    "exercise bike",
    "fireworks",
    "flock of geese",
    "flock of sheep",
    "generator",
    "gondola",
    "graduate",
    "group of penguins",
    "hay bale stack",
    "hen with chicks",
    "herd of cows",
    "knight on horse",
    "litter of puppies",
    "lunar lander",
    "magic wand",
    "necklace",
    "nunchaku",
    "pair of crutches",
    "pair of dice",
    "person in a wheelchair",
    "pile of leaves",
    "pile of pumpkins",
    "pipe organ",
    "postcard rack",
    "row of bottles",
    "rowing machine",
    "ruins",
    "russian nesting dolls",
    "sack of potatoes",
    "saturn",
    "school of fish",
    "scuba diver",
    "sextant",
    "snowshoes",
    "space heater",
    "spinning wheel",
    "sun",
    "tea set",
    "timpani",
    "turnstile",
    "valet stand",
    "water pump",
    "wellington boots",
    "wind chimes",
}
"""What consists of several, or comes apart in some views."""
LABELS = plain_labels()
SOME = LABELS[::24]
"""A look at all of them takes minutes."""


def thing(label: str) -> LabelledMesh:
    return next(plain_meshes([label]))


def sides(mesh: LabelledMesh) -> np.ndarray:
    return np.ptp(mesh.vertices, axis=0)


def test_all_have_kinds_and_are_as_large():
    assert all(kind_of(label) for label in LABELS)
    for label in SOME:
        mesh, kind = thing(label), kind_of(label)
        assert sides(mesh).max() == pytest.approx(max(kind.height_m, kind.length_m))


def largest_share(shape: WholeShape) -> float:
    """Of a shape's pixels, those of its largest piece."""
    pieces, count = ndimage.label(shape.mask(), np.ones((3, 3)))
    return np.bincount(pieces.ravel())[1:].max() / shape.mask().sum() if count else 0.0


@pytest.mark.parametrize("label", SOME)
def test_a_thing_is_seen_from_where_such_things_are(label):
    found = list(mesh_shapes(thing(label)))
    assert len(found) == VIEWS
    assert all(shape.mask().any() for shape in found)
    assert label in IN_PIECES or min(map(largest_share, found)) >= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("label", LABELS)
def test_everything_is_seen_in_one_piece_but_what_consists_of_several(label):
    is_whole = min(map(largest_share, mesh_shapes(thing(label)))) >= 0.97
    assert is_whole == (label not in IN_PIECES)


@needs_shipped
def test_codes_hold_them():
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    for label in SOME:
        mesh = thing(label)
        fields = np.stack([field_of(shape) for shape in list(mesh_shapes(mesh))[::4]])
        again = codec.decode(codec.encode(fields.astype(np.float32) / 127))
        alike = [mask_iou(one > 0, other > 0) for one, other in zip(fields, again, strict=True)]
        assert np.mean(alike) > 0.7, mesh.label


def test_groups_and_licences_are_said_and_nothing_is_named_twice():
    assert len(set(LABELS)) == len(LABELS)
    meshes = list(plain_meshes(SOME))
    assert len({mesh.group for mesh in meshes}) == len(meshes) == 2 * len(SOME)
    assert {mesh.licence for mesh in meshes} == {"Apache-2.0 (made by smartmask)"}
    assert {mesh.source for mesh in meshes} == {"mesh_plain"}
    assert all(mesh.group.startswith("mesh_plain:") for mesh in meshes)


def test_a_door_that_is_faced_is_a_door_leaf_and_a_rug_lies():
    door = thing("door")
    assert door.front == 270
    assert sides(door)[1] < 0.2 < sides(door)[0] < sides(door)[2]
    rug = thing("rug")
    assert sides(rug)[2] < 0.02


def test_solids_are_where_they_are_said_to_be():
    assert box(1, 2, 3, x=5, z=1).bounds.tolist() == [[4.5, -1, 1], [5.5, 1, 4]]
    assert rod((0, 0, 0), (0, 0, 2), 0.1).bounds[1, 2] == pytest.approx(2)
    board = cut([(0, 0), (1, 0), (1, 2), (0, 2)], 0.4, y=1)
    assert board.bounds.tolist() == [[0, 0.8, 0], [1, 1.2, 2]]
    assert abs(board.volume) == pytest.approx(0.8)
    assert lying(board).bounds[:, 2].tolist() == pytest.approx([0, 0.4])
