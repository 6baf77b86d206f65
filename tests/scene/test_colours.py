"""A label keeps its colour; different labels differ."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartmask.scene.colours import label_colours

labels = st.text(min_size=1, max_size=6)


@given(st.lists(labels, max_size=40))
def test_equal_labels_share_a_colour_and_others_differ(names):
    colours = [tuple(row) for row in label_colours(names).tolist()]
    assert len(set(zip(names, colours, strict=True))) == len(set(names)) == len(set(colours))


@given(labels)
def test_a_label_alone_always_has_the_same_colour(name):
    assert np.array_equal(label_colours([name])[0], label_colours([name, name, "wall"])[0])


def test_neighbours_on_the_wheel_are_avoided_and_any_number_is_served():
    names = [f"label {number}" for number in range(200)]
    colours = label_colours(names).astype(int)
    assert colours.shape == (200, 3)
    first = colours[:6]
    apart = np.abs(first[:, None] - first[None]).sum(-1)[np.triu_indices(6, 1)]
    assert apart.min() > 60
    assert label_colours([]).shape == (0, 3)
