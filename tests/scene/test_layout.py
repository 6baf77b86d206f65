import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, disc, rectangle

from smartmask.scene.guidance import Region, Scribble
from smartmask.scene.layout import MAX_LAYERS, Layer, Layout
from smartmask.scene.masks import visible_masks

SIZE = (4, 6)
layers = st.builds(Layer, st.sampled_from(["wall", "dog", "a red chair"]), bool_masks(*SIZE))
stacks = st.lists(layers, max_size=5).map(tuple)


@given(stacks, layers)
def test_push_then_first_returns_the_old_layout(stack, layer):
    layout = Layout(SIZE, stack)
    pushed = layout.push(layer)
    assert len(pushed) == len(layout) + 1
    assert pushed.layers[-1] is layer
    assert pushed.first(len(layout)).layers == layout.layers


@given(stacks)
def test_the_visible_masks_are_disjoint_inside_the_amodal_ones_and_keep_their_union(stack):
    amodal = np.array([layer.mask for layer in stack], bool).reshape(-1, *SIZE)
    visible = np.array(Layout(SIZE, stack).visible(), bool).reshape(-1, *SIZE)
    assert len(visible) == len(amodal)
    assert not (visible & ~amodal).any()
    assert visible.sum(0).max() <= 1
    assert np.array_equal(visible.any(0), amodal.any(0))


@given(stacks)
def test_the_visible_masks_are_those_of_the_stacked_amodal_masks(stack):
    amodal = np.array([layer.mask for layer in stack], bool).reshape(-1, *SIZE)
    visible = np.array(Layout(SIZE, stack).visible(), bool).reshape(-1, *SIZE)
    assert np.array_equal(visible, visible_masks(amodal))


@given(stacks)
def test_the_visible_index_names_the_frontmost_layer_of_each_pixel(stack):
    index = Layout(SIZE, stack).visible_index()
    for row, column in np.ndindex(*SIZE):
        there = [number for number, layer in enumerate(stack) if layer.mask[row, column]]
        assert index[row, column] == (there[-1] if there else -1)


def test_the_labels_are_listed_rearmost_first():
    mask = np.ones(SIZE, bool)
    assert Layout(SIZE, (Layer("wall", mask), Layer("cat", mask))).labels == ("wall", "cat")


def test_a_layer_keeps_a_read_only_copy_of_its_mask():
    drawn = disc(SIZE, (3, 2), 2)
    layer = Layer("ball", drawn)
    drawn[:] = True
    assert not layer.mask.all()
    with pytest.raises(ValueError, match="read-only"):
        layer.mask[0, 0] = True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("", np.ones(SIZE, bool)), "label must be a non-empty text, not ''", id="no label"),
        pytest.param((" ", np.ones(SIZE, bool)), "label must be a non-empty text", id="a blank label"),
        pytest.param(
            ("dog", np.ones(SIZE, bool), "whole"),
            "'dog': extent must be 'visible' or 'amodal'",
            id="another extent",
        ),
        pytest.param(
            ("dog", np.ones(SIZE, np.uint8)),
            r"'dog': mask must be bool \(H, W\), not uint8 \(4, 6\)",
            id="numbers",
        ),
        pytest.param(
            ("dog", np.ones(3, bool)), r"mask must be bool \(H, W\), not bool \(3,\)", id="a flat mask"
        ),
    ],
)
@pytest.mark.usefixtures("no_type_check")
def test_a_layer_refuses_what_is_none(arguments, message):
    with pytest.raises(ValueError, match=message):
        Layer(*arguments)


def test_a_mask_of_another_size_is_an_error_that_names_layer_sizes_and_remedy():
    layout = Layout(SIZE, (Layer("wall", np.ones(SIZE, bool)),))
    text = r"layer 1 \('dog'\): mask is 8x4 but the layout is 6x4; resize masks before Layout"
    with pytest.raises(ValueError, match=text):
        layout.push(Layer("dog", np.ones((4, 8), bool)))


@pytest.mark.parametrize(
    "count", [pytest.param(-1, id="a negative count"), pytest.param(3, id="too large a count")]
)
def test_first_refuses(count):
    mask = np.ones(SIZE, bool)
    layout = Layout(SIZE, (Layer("wall", mask), Layer("cat", mask)))
    with pytest.raises(ValueError, match=rf"first\({count}\) of a layout with 2 layers"):
        layout.first(count)


def test_a_canvas_without_pixels_is_an_error():
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 5x0"):
        Layout((0, 5))


def test_too_many_layers_are_an_error():
    layer = Layer("leaf", np.ones((1, 1), bool))
    with pytest.raises(ValueError, match=f"at most {MAX_LAYERS} layers, not {MAX_LAYERS + 1}"):
        Layout((1, 1), (layer,) * (MAX_LAYERS + 1))


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_confidence_is_a_share(value):
    with pytest.raises(ValueError, match=r"layer 'cat': confidence must be from 0 to 1"):
        Layer("cat", np.ones(SIZE, bool), confidence=value)


def test_a_layer_shows_itself_in_a_line_without_pixels():
    mask = np.ones(SIZE, bool)
    assert repr(Layer("a 'red' chair", mask)) == """Layer("a 'red' chair", 6x4, visible)"""
    assert repr(Layer("dog", mask, "amodal", 0.5)) == "Layer('dog', 6x4, amodal, confidence 0.50)"


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ("", "Layout(6x4, no layers)"),
        ("wall", "Layout(6x4, 1 layer: wall)"),
        ("wall,floor,sofa,cat,dog", "Layout(6x4, 5 layers: wall, floor, sofa, cat, dog)"),
        ("a,b,c,d,e,f,g", "Layout(6x4, 7 layers: a, b, c, d, e and 2 more)"),
        ("a\n b", "Layout(6x4, 1 layer: a b)"),
        ("x" * 40, f"Layout(6x4, 1 layer: {'x' * 29}...)"),
    ],
    ids=["none", "one", "as many as are named", "more than are named", "on two lines", "a long label"],
)
def test_a_layout_names_its_rearmost_layers(labels, shown):
    mask = np.ones(SIZE, bool)
    layout = Layout(SIZE, tuple(Layer(label, mask) for label in labels.split(",") if label))
    assert repr(layout) == shown


def test_copies_are_as_they_were_and_as_locked():
    layer = Layer("cat", rectangle(SIZE, (1, 1, 4, 3)), "amodal", 0.5)
    layout = Layout(SIZE, (layer,))
    for one in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layout).layers[0], copy.copy(layer)):
        assert (one.label, one.extent, one.confidence) == ("cat", "amodal", 0.5)
        assert np.array_equal(one.mask, layer.mask)
        assert not one.mask.flags.writeable
    scribble = copy.deepcopy(Scribble(layer.mask))
    assert not scribble.mask.flags.writeable


@pytest.mark.usefixtures("no_type_check")
def test_masked_arrays_and_halves_of_letters_are_refused():
    masked = np.ma.masked_array(rectangle(SIZE, (1, 1, 4, 3)), mask=True)
    with pytest.raises(TypeError, match="layer 'cat': mask must be a plain array"):
        Layer("cat", masked)
    with pytest.raises(TypeError, match="a region must be a plain array"):
        Region(masked)
    with pytest.raises(ValueError, match="a layer's label must be valid Unicode"):
        Layer("\ud800", rectangle(SIZE, (1, 1, 4, 3)))
