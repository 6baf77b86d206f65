"""Each edit gives a new layout, keeps what it does not concern, and refuses what is not there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, rectangle

from smartmask.scene.editing import (
    add,
    delete,
    delete_and_fill,
    find_layer,
    merge,
    move_behind,
    move_in_front_of,
    move_to_back,
    move_to_front,
    rename,
)
from smartmask.scene.layout import UNKNOWN, Layer, Layout

SIZE = (6, 8)


def row_of(*labels: str) -> Layout:
    """Bars of two columns side by side, the first of them rearmost."""
    bars = [rectangle(SIZE, (2 * place, 0, 2 * place + 2, 6)) for place in range(len(labels))]
    return Layout(SIZE, tuple(Layer(*item, confidence=0.5) for item in zip(labels, bars, strict=True)))


layouts = st.lists(
    st.builds(Layer, st.sampled_from(["wall", "dog", "cup"]), bool_masks(*SIZE)), min_size=2, max_size=5
).map(lambda layers: Layout(SIZE, tuple(layers)))


def test_a_layer_is_found_by_number_and_by_label():
    layout = row_of("wall", "dog", "cat")
    assert [find_layer(layout, name) for name in (0, 2, "dog")] == [0, 2, 1]
    assert find_layer(layout, 9, numbers=[4, 9, 5]) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (3, "there is no layer 3; there are 0 'wall', 1 'dog', 2 'dog'"),
        (-1, "there is no layer -1; there are 0 'wall'"),
        ("cat", "no layer is called 'cat'; there are 0 'wall', 1 'dog', 2 'dog'"),
        ("dog", "2 layers are called 'dog'; give a number: 1, 2"),
    ],
    ids=["beyond the last", "negative", "an unknown label", "a label of two"],
)
@pytest.mark.parametrize(
    "edit",
    [
        find_layer,
        delete,
        delete_and_fill,
        move_to_front,
        move_to_back,
        lambda layout, name: rename(layout, name, "fox"),
        lambda layout, name: merge(layout, [0, name]),
        lambda layout, name: move_behind(layout, 0, name),
        lambda layout, name: move_in_front_of(layout, name, 0),
        lambda layout, name: add(layout, Layer("fox", np.ones(SIZE, bool)), behind=name),
    ],
    ids=["find", "delete", "fill", "front", "back", "rename", "merge", "behind", "in front", "add"],
)
def test_a_layer_that_is_not_there_is_refused_with_those_that_are(edit, name, message):
    with pytest.raises(ValueError, match=message):
        edit(row_of("wall", "dog", "dog"), name)


def test_renaming_changes_the_label_alone():
    layout = row_of("wall", "dog", "cat")
    renamed = rename(layout, "dog", "fox")
    assert renamed.labels == ("wall", "fox", "cat")
    assert layout.labels == ("wall", "dog", "cat")
    assert renamed.layers[1].confidence is None, "nobody guesses any more"
    assert np.array_equal(renamed.layers[1].mask, layout.layers[1].mask)
    assert (renamed.layers[0], renamed.layers[2]) == (layout.layers[0], layout.layers[2])
    with pytest.raises(ValueError, match="label must be a non-empty text"):
        rename(layout, 1, " ")


def test_merging_goes_into_the_first_named():
    layout = row_of("wall", "dog", "cat", "cup")
    merged = merge(layout, ["cat", 0])
    assert merged.labels == ("dog", "cat", "cup")
    assert np.array_equal(merged.layers[1].mask, layout.layers[0].mask | layout.layers[2].mask)
    assert (merged.layers[0], merged.layers[2]) == (layout.layers[1], layout.layers[3])


@pytest.mark.parametrize(
    ("extents", "expected"),
    [
        (("amodal", "amodal"), "amodal"),
        (("amodal", "visible"), "visible"),
        (("visible", "visible"), "visible"),
    ],
)
def test_merged_layers_are_whole_only_if_all_are(extents, expected):
    layers = tuple(Layer("dog", np.ones(SIZE, bool), extent) for extent in extents)
    assert merge(Layout(SIZE, layers), [0, 1]).layers[0].extent == expected


@pytest.mark.parametrize("layers", [[1], [], [1, 2, 1], [1, "dog"]], ids=str)
def test_merging_takes_different_layers(layers):
    with pytest.raises(ValueError, match="two or more different layers"):
        merge(row_of("wall", "dog", "cat"), layers)


def test_what_is_deleted_leaves_what_is_behind_it_or_nothing():
    behind = Layer("wall", rectangle(SIZE, (0, 0, 4, 6)))
    front = Layer("dog", rectangle(SIZE, (2, 0, 8, 6)))
    index = delete(Layout(SIZE, (behind, front)), "dog").visible_index()
    assert index[0].tolist() == [0, 0, 0, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_filled_hole_goes_to_the_nearest_regions():
    layout = row_of("wall", "dog", "cat")
    filled = delete_and_fill(layout, "dog")
    assert filled.labels == ("wall", "cat")
    index = [0, 0, 0, 1, 1, 1, UNKNOWN, UNKNOWN]
    assert filled.visible_index()[0].tolist() == index, "what was unknown before stays so"
    assert layout.visible_index()[0].tolist() == [0, 0, 1, 1, 2, 2, UNKNOWN, UNKNOWN]


def test_what_is_known_behind_a_hole_shows_there():
    whole = Layer("wall", np.ones(SIZE, bool), "amodal")
    sofa = Layer("sofa", rectangle(SIZE, (2, 0, 6, 6)), "amodal")
    filled = delete_and_fill(Layout(SIZE, (whole, sofa)), "sofa")
    assert filled.layers == (whole,)


@given(layouts)
def test_filling_leaves_nothing_unknown_in_the_hole_and_all_else_as_it_was(layout):
    before, after = layout.visible_index(), delete(layout, 0).visible_index()
    hole = layout.layers[0].mask & (after == UNKNOWN)
    if (after == UNKNOWN).all() and hole.any():
        with pytest.raises(ValueError, match=r"nothing but '.*' is seen, so nothing can fill its hole"):
            delete_and_fill(layout, 0)
        return
    filled = delete_and_fill(layout, 0)
    index = filled.visible_index()
    assert (index[hole] != UNKNOWN).all()
    assert np.array_equal(index[~hole], after[~hole])
    assert np.array_equal(index == UNKNOWN, before == UNKNOWN)
    assert filled.labels == layout.labels[1:]


def test_moving():
    layout = row_of("wall", "dog", "cat", "cup")
    assert move_to_front(layout, "wall").labels == ("dog", "cat", "cup", "wall")
    assert move_to_front(layout, "cup").labels == layout.labels
    assert move_to_back(layout, 2).labels == ("cat", "wall", "dog", "cup")
    assert move_behind(layout, "cup", "dog").labels == ("wall", "cup", "dog", "cat")
    assert move_behind(layout, "wall", "cup").labels == ("dog", "cat", "wall", "cup")
    assert move_in_front_of(layout, "wall", "cat").labels == ("dog", "cat", "wall", "cup")
    assert move_in_front_of(layout, "cup", "wall").labels == ("wall", "cup", "dog", "cat")
    for move in (move_behind, move_in_front_of):
        with pytest.raises(ValueError, match="'dog' cannot go in front of or behind itself"):
            move(layout, "dog", 1)


@given(layouts, st.data())
def test_moving_keeps_the_layers_and_the_order_of_the_others(layout, data):
    numbers = st.integers(0, len(layout) - 1)
    number = data.draw(numbers)
    other = data.draw(numbers.filter(lambda chosen: chosen != number))
    rest = [layer for layer in layout.layers if layer is not layout.layers[number]]
    moves = [move_to_front(layout, number), move_to_back(layout, number)]
    moves += [move_behind(layout, number, other), move_in_front_of(layout, number, other)]
    for moved in moves:
        assert [layer for layer in moved.layers if layer is not layout.layers[number]] == rest
        assert len(moved) == len(layout)
    place = {id(layer): number for number, layer in enumerate(moves[2].layers)}
    assert place[id(layout.layers[other])] - place[id(layout.layers[number])] == 1
    place = {id(layer): number for number, layer in enumerate(moves[3].layers)}
    assert place[id(layout.layers[number])] - place[id(layout.layers[other])] == 1


def test_adding_in_front_or_behind():
    layout, fox = row_of("wall", "dog"), Layer("fox", np.ones(SIZE, bool), "amodal")
    assert add(layout, fox).layers == (*layout.layers, fox)
    assert add(layout, fox, behind="dog").labels == ("wall", "fox", "dog")
    with pytest.raises(ValueError, match="the new layer 'fox' is empty"):
        add(layout, Layer("fox", np.zeros(SIZE, bool)))
    with pytest.raises(ValueError, match="mask is 5x5 but the layout is 8x6; resize masks"):
        add(layout, Layer("fox", np.ones((5, 5), bool)))
