"""Where a new object goes in a layout's order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.pipelines.insertion.place_behind import layer_numbers, put_behind
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (7, 9)
LAYOUTS = st.lists(bool_masks(), max_size=5).map(
    lambda masks: Layout(SIZE_HW, tuple(Layer(f"layer {n}", mask) for n, mask in enumerate(masks)))
)
CAT = Layer("cat", rectangle(SIZE_HW, (2, 2, 6, 6)), "amodal")


@given(LAYOUTS, st.data())
def test_the_layers_see_one_another_as_before(layout, data):
    numbers = st.sets(st.integers(0, max(len(layout) - 1, 0)), max_size=len(layout))
    behind = sorted(data.draw(numbers))
    placed = put_behind(layout, CAT, behind)
    layers = [*layout.layers, CAT]
    assert [layers[number] for number in placed.order] == list(placed.layout.layers)
    assert placed.layout.layers[placed.number] is CAT
    assert all(placed.order.index(number) > placed.number for number in behind)
    others = tuple(layer for layer in placed.layout.layers if layer is not CAT)
    seen = Layout(SIZE_HW, others).visible_index()
    renumbered = np.array([*(number for number in placed.order if number < len(layout)), -1])[seen]
    assert np.array_equal(renumbered, layout.visible_index())


@given(LAYOUTS, st.data())
def test_it_is_hidden_exactly_by_what_comes_after_it(layout, data):
    behind = [data.draw(st.integers(0, len(layout) - 1))] if len(layout) else []
    placed = put_behind(layout, CAT, behind)
    nearer = placed.layout.layers[placed.number + 1 :]
    hidden = np.logical_or.reduce([np.zeros(SIZE_HW, bool), *(layer.mask for layer in nearer)])
    assert np.array_equal(placed.hidden, hidden)
    visible = placed.layout.visible_index() == placed.number
    assert np.array_equal(visible, CAT.mask & ~placed.hidden)


def test_without_a_name_it_is_in_front_of_all():
    layout = Layout(SIZE_HW, (Layer("wall", np.ones(SIZE_HW, bool)),))
    placed = put_behind(layout, CAT)
    assert placed.layout.labels == ("wall", "cat")
    assert not placed.hidden.any()


def test_what_stands_before_the_named_layer_hides_too_and_the_rest_does_not():
    wall = Layer("wall", np.ones(SIZE_HW, bool))
    sofa = Layer("sofa", rectangle(SIZE_HW, (1, 3, 6, 6)))
    cushion = Layer("cushion", rectangle(SIZE_HW, (4, 2, 7, 4)))
    lamp = Layer("lamp", rectangle(SIZE_HW, (7, 0, 9, 7)))
    placed = put_behind(Layout(SIZE_HW, (wall, sofa, lamp, cushion)), CAT, ["sofa"])
    assert placed.layout.labels == ("wall", "lamp", "cat", "sofa", "cushion")
    assert np.array_equal(placed.hidden, sofa.mask | cushion.mask)


def test_a_label_stands_for_all_layers_that_bear_it():
    masks = [rectangle(SIZE_HW, (x, 0, x + 2, 7)) for x in (0, 3, 6)]
    layout = Layout(SIZE_HW, tuple(Layer(label, m) for label, m in zip(("a", "b", "a"), masks, strict=True)))
    assert layer_numbers(layout, ["a"]) == (0, 2)
    assert layer_numbers(layout, ["a", 1, 0]) == (0, 1, 2)
    assert put_behind(layout, CAT, ["a"]).layout.labels == ("b", "cat", "a", "a")


@pytest.mark.parametrize("name", ["dog", 2, -1], ids=["a label", "a number", "below 0"])
def test_an_unknown_layer_is_refused(name):
    layout = Layout(SIZE_HW, (Layer("wall", np.ones(SIZE_HW, bool)), CAT))
    with pytest.raises(
        ValueError, match=f"behind {name!r}: there is no such layer; the layout has 0 wall, 1 cat"
    ):
        put_behind(layout, CAT, [name])
