"""Words to ADE20K's classes, and layouts in their colours."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from shapes import bool_masks

from smartmask.backends.ade20k_classes import ADE20K_CLASSES
from smartmask.backends.palette_ade20k import LEAST_SIMILARITY, UNKNOWN_COLOUR, Ade20kPalette, without_seams
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

DIGEST = "ce475c9151035eff51f4cf27fd7d906959b1480f6d15b9423ae2417c1b23a0ed"


@pytest.fixture(scope="module")
def palette() -> Ade20kPalette:
    return Ade20kPalette(StaticTextEncoder(WEIGHTS / "text.npz"))


class TestTable:
    def test_it_has_the_150_classes_in_the_benchmarks_order_and_colours(self):
        """The digest is of the colours as two public copies have them (OpenMMLab's and OneFormer's)."""
        colours = np.array([colour for _, colour, _ in ADE20K_CLASSES], np.uint8)
        assert colours.shape == (150, 3)
        assert hashlib.sha256(colours.tobytes()).hexdigest() == DIGEST

    @pytest.mark.parametrize(
        ("number", "name", "colour"),
        [
            (0, "wall", (120, 120, 120)),
            (1, "building", (180, 120, 120)),
            (2, "sky", (6, 230, 230)),
            (3, "floor", (80, 50, 50)),
            (4, "tree", (4, 200, 3)),
            (12, "person", (150, 5, 61)),
            (19, "chair", (204, 70, 3)),
            (126, "animal", (255, 0, 122)),
            (149, "flag", (92, 0, 255)),
        ],
    )
    def test_well_known_entries(self, number, name, colour):
        assert ADE20K_CLASSES[number][:2] == (name, colour)

    def test_only_road_and_skyscraper_share_a_colour_and_none_is_that_of_the_unknown(self):
        count = Counter(colour for _, colour, _ in ADE20K_CLASSES)
        (shared,) = (colour for colour, times in count.items() if times > 1)
        assert [name for name, colour, _ in ADE20K_CLASSES if colour == shared] == ["road", "skyscraper"]
        assert UNKNOWN_COLOUR not in count

    def test_each_word_stands_for_one_class(self):
        words = [
            word for name, _, others in ADE20K_CLASSES for word in (name, *filter(None, others.split(", ")))
        ]
        assert [word for word, times in Counter(words).items() if times > 1] == []
        assert all(word == " ".join(word.lower().split()) for word in words)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("wall", "wall"),
        ("The Wall", "wall"),
        ("couch", "sofa"),
        ("a sleeping dog", "animal"),
        ("a hot dog", "food"),
        ("a man in a red coat", "person"),
        ("a dog on the sofa", "animal"),
        ("a group of people", "person"),
        ("a statue of a horse", "sculpture"),
        ("chest of drawers", "chest of drawers"),
        ("window-blind", "blind"),
        ("potted_plant", "plant"),
    ],
)
def test_a_label_that_says_its_class_gets_it(palette, label, name):
    (match,) = palette.classes_of([label])
    assert (match.label, match.name, match.similarity) == (label, name, 1.0)


@pytest.mark.parametrize(
    ("label", "name"), [("trees", "tree"), ("wooden houses", "house"), ("highway", "road")]
)
def test_other_words_go_to_the_class_nearest_in_meaning(palette, label, name):
    (match,) = palette.classes_of([label])
    assert match.name == name
    assert LEAST_SIMILARITY <= match.similarity < 1


@pytest.mark.parametrize("label", ["guitar", "a guitar on a sofa", "fork", "?", "in the box"])
def test_a_word_like_no_class_is_unknown_and_black_and_names_the_nearest(palette, label):
    (match,) = palette.classes_of([label])
    assert (match.name, match.colour) == (None, (0, 0, 0))
    assert match.similarity < LEAST_SIMILARITY
    assert match.nearest


def test_what_is_seen_is_drawn_in_its_class_and_the_rest_black(palette):
    wall, dog, guitar = np.zeros((3, 16, 32), bool)
    wall[:, :24] = True
    dog[:8, 8:24] = True
    guitar[8:, :8] = True
    layout = Layout((16, 32), (Layer("wall", wall), Layer("a dog", dog), Layer("guitar", guitar)))
    grey, pink, black = (120, 120, 120), (255, 0, 122), (0, 0, 0)
    expected = np.array([[grey, pink, pink, black], [black, grey, grey, black]], np.uint8)
    assert np.array_equal(palette.draw(layout), expected.repeat(8, 0).repeat(8, 1))


@given(bool_masks(), bool_masks())
def test_every_pixel_has_the_colour_of_the_layer_that_is_seen_there(tiny_palette, back, front):
    layout = Layout(back.shape, (Layer("wall", back), Layer("sky", front)))
    picture = tiny_palette.draw(layout)
    for number, colour in enumerate([(120, 120, 120), (6, 230, 230)]):
        assert (picture[layout.visible_index() == number] == colour).all()


@pytest.fixture(scope="module")
def tiny_palette() -> Ade20kPalette:
    class Zeros:
        width = 2

        def encode(self, texts):
            return np.zeros((len(texts), 2), np.float32)

    return Ade20kPalette(Zeros())


class TestSeams:
    """Hairlines between regions are closed from both sides; whole unknown areas stay unknown."""

    @pytest.mark.parametrize("width", [1, 2, 3, 4])
    def test_a_seam_goes_to_the_regions_on_either_side(self, width):
        index = np.zeros((20, 30), np.int16)
        index[:, 12:] = 1
        index[:, 12 : 12 + width] = -1
        closed = without_seams(index)
        assert set(np.unique(closed)) == {0, 1}
        assert (closed[:, :12] == 0).all()
        assert (closed[:, 12 + width :] == 1).all()
        assert (np.diff(closed.astype(int), axis=1) >= 0).all()

    def test_an_unknown_area_keeps_its_pixels_and_its_corners(self):
        index = np.zeros((30, 30), np.int16)
        index[5:20, 8:25] = -1
        assert np.array_equal(without_seams(index), index)

    def test_a_layout_of_nothing_stays_so(self):
        nothing = np.full((9, 9), -1, np.int16)
        assert np.array_equal(without_seams(nothing), nothing)


def test_seen_tells_of_each_label_once_and_of_no_hidden_one(palette):
    whole, left = np.ones((1, 2), bool), np.array([[True, False]])
    layers = (Layer("sky", whole), Layer("wall", whole), Layer("chair", left), Layer("chair", left))
    assert [match.label for match in palette.seen(Layout((1, 2), layers))] == ["wall", "chair"]
    assert palette.seen(Layout((1, 2))) == ()
