"""What is seen of a suggestion: never more than its mask, never a pixel of what stands before it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suggestions import suggestion_of

from smartmask.apps.load import SmartMask
from smartmask.pipelines.hidden_parts import with_order
from smartmask.pipelines.insertion.place_behind import put_behind
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (120, 160)
HORIZON = 50


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def place(*things, extent="amodal"):
    back = (
        Layer("sky", filled(0, 0, 160, HORIZON), "amodal"),
        Layer("pavement", filled(0, HORIZON, 160, 120), "amodal"),
    )
    return Layout(SIZE_HW, (*back, *(Layer(label, mask, extent) for label, mask in things)))


def ordered(layout, prompt, mask):
    (found,) = with_order(layout, [suggestion_of(mask, prompt)])
    return found


def standing(x, foot, tall, wide):
    """Something with its foot on a row."""
    return filled(x, max(foot - tall, 0), x + wide, foot)


things = st.lists(
    st.tuples(
        st.sampled_from(["car", "person", "tree", "bench", "bird", "traffic light"]),
        st.builds(
            standing, st.integers(0, 140), st.integers(52, 120), st.integers(4, 60), st.integers(4, 60)
        ),
    ),
    max_size=4,
)
prompts = st.sampled_from(
    ["a car", "a person", "a hat", "a kite", "a picture", "???", "a dog behind the car"]
)


@given(things=things, prompt=prompts, foot=st.integers(40, 118), x=st.integers(0, 130))
def test_what_is_seen_is_in_the_mask_and_off_what_hides_it(things, prompt, foot, x):
    layout = place(*things)
    found = ordered(layout, prompt, standing(x, foot, 30, 24))
    mask, seen = found.mask, found.visible_mask
    assert not (seen & ~mask).any()
    assert set(found.behind) <= set(range(2, len(layout)))  # no region of the place
    if not found.behind:
        assert (seen == mask).all()
    for number in found.behind:
        assert not (seen & layout.layers[number].mask).any()
    hidden = put_behind(layout, Layer(prompt, mask, "amodal"), found.behind).hidden
    assert (seen == mask & ~hidden).all()  # what an inpainter is given


@given(things=things, foot=st.integers(54, 118), x=st.integers(0, 130))
def test_nothing_farther_hides_anything(things, foot, x):
    farther = [(label, mask) for label, mask in things if box_of(mask)[3] <= foot]
    found = ordered(place(*farther), "a car", standing(x, foot, 30, 40))
    assert found.behind == ()
    assert (found.visible_mask == found.mask).all()


CAR = ("car", filled(60, 62, 110, 88))


@pytest.mark.parametrize("extent", ["amodal", "visible"])
def test_behind_the_car_is_seen_without_the_car(extent):
    layout = place(CAR, extent=extent)
    for foot in (70, 88, 100):  # wherever it came: words have the last word
        found = ordered(layout, "a tree behind the car", standing(80, foot, 60, 20))
        assert found.behind == (2,)
        assert not (found.visible_mask & CAR[1]).any()
        assert (found.visible_mask | CAR[1])[found.mask].all()


def test_the_ground_tells_who_is_nearer():
    layout = place(CAR)
    assert ordered(layout, "a person", standing(80, 70, 40, 14)).behind == (2,)
    assert ordered(layout, "a person", standing(80, 104, 50, 18)).behind == ()
    assert ordered(layout, "a person", standing(80, 87, 50, 18)).behind == ()  # as near: nobody knows


def test_words_that_put_it_in_front_outweigh_the_ground():
    layout = place(("bench", filled(60, 70, 110, 92)))
    assert ordered(layout, "a person", standing(80, 72, 30, 14)).behind == (2,)
    assert ordered(layout, "a person in front of the bench", standing(80, 72, 30, 14)).behind == ()
    assert ordered(layout, "a person on the bench", standing(80, 72, 30, 14)).behind == ()


@pytest.mark.parametrize(
    ("prompt", "mask"),
    [
        pytest.param("a hat", filled(78, 40, 90, 48), id="worn"),
        pytest.param("a cup", filled(80, 60, 86, 66), id="put down"),
        pytest.param("a bird", filled(70, 30, 100, 60), id="flies"),
        pytest.param("an unheard-of zzyzx", filled(70, 30, 100, 70), id="unknown"),
    ],
)
def test_nothing_is_guessed_of_what_stands_on_no_ground(prompt, mask):
    layout = place(("person", filled(74, 42, 94, 100)))
    assert ordered(layout, prompt, mask).behind == ()


def test_what_hangs_on_a_wall_is_behind_what_stands_before_it():
    wall, floor = Layer("wall", filled(0, 0, 160, 70)), Layer("floor", filled(0, 70, 160, 120))
    lamp = Layer("floor lamp", filled(80, 20, 92, 80))
    layout = Layout(SIZE_HW, (wall, floor, lamp))
    found = ordered(layout, "a picture", filled(60, 20, 110, 50))
    assert found.behind == (2,)
    assert not (found.visible_mask & lamp.mask).any()


def test_a_mask_on_a_nearer_thing_is_not_hidden_whole():
    """Whoever draws a box on a car wants to see what comes there, but for words that say behind it."""
    inside = standing(80, 80, 10, 8)
    layout = place(("truck", filled(40, 10, 140, 110)))
    assert ordered(layout, "a chair", inside).behind == ()
    assert ordered(layout, "a chair behind the truck", inside).behind == (2,)


def test_what_is_in_front_of_what_hides_it_hides_it_too():
    cat = ("cat", filled(70, 60, 100, 86))
    layout = place(CAR, cat)  # the cat sits before the car
    found = ordered(layout, "a tree behind the car", standing(76, 90, 60, 60))
    assert not (found.visible_mask & cat[1]).any()


def test_a_large_canvas_tells_the_same():
    small = place(CAR)
    large = Layout(
        (1200, 1600),
        tuple(
            Layer(layer.label, np.kron(layer.mask, np.ones((10, 10), bool)), "amodal")
            for layer in small.layers
        ),
    )
    mask = standing(80, 70, 40, 14)
    (found,) = with_order(large, [suggestion_of(mask, "a person").enlarged(10, (1200, 1600))])
    assert found.behind == ordered(small, "a person", mask).behind


def test_shipped_suggestions_behind_a_car_lack_its_pixels():
    car = filled(40, 56, 120, 96)
    layout = place(("car", car))
    models = SmartMask.load()
    for found in models.suggest(layout, "a person behind the car", guidance=Box((70, 40, 90, 90)), n=3):
        assert found.behind == (2,)
        assert (found.mask & car).any()
        assert not (found.visible_mask & car).any()
    like = models.more_like(layout, "a person behind the car", found, n=1)[0]
    assert like.behind == (2,)
