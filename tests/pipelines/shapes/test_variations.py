"""More shapes like one, and shapes between two, by the shipped generator."""

import numpy as np
import pytest
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from hypothesis import given
from hypothesis import strategies as st
from rankers import LargerIsBetter
from shapes import rectangle

from smartmask import Layer, Layout, SmartMask
from smartmask.errors import BackendError
from smartmask.pipelines.shapes.variations import box_between
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)
ROOM = Layout(SIZE_HW, (Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96))),))
SHIPPED = ("chooser.npz", "codec.npz", "generator.onnx", "memory.npz", "planner.npz", "segmenter.onnx")
pytestmark = pytest.mark.skipif(
    not all((WEIGHTS / name).is_file() for name in SHIPPED),
    reason="the shipped weights are not in the package yet",
)


@pytest.fixture(scope="module")
def smartmask() -> SmartMask:
    return SmartMask.load()


@pytest.fixture(scope="module")
def dogs(smartmask) -> list[np.ndarray]:
    """Two dogs in boxes of different sizes."""
    boxes = Box((10, 30, 60, 80)), Box((50, 10, 120, 90))
    return [smartmask.suggest(ROOM, "a dog", guidance=box, n=1)[0].mask for box in boxes]


def test_the_more_change_is_asked_for_the_less_they_are_alike(smartmask, dogs):
    alike = []
    for change in (0.0, 0.5, 1.0):
        found = smartmask.more_like(ROOM, "a dog", dogs[1], change, n=4)
        assert len(found) == 4
        alike.append(np.mean([mask_iou(one.mask, dogs[1]) for one in found]))
        for one in found:
            assert one.box_xyxy == pytest.approx(box_of(dogs[1]), abs=0.01)
            assert (one.label, one.origin) == ("a dog", None)
    assert alike[0] > 0.9
    assert alike[0] > alike[1] > alike[2]


def test_each_depends_on_its_number_and_seed_alone(smartmask, dogs):
    four, two = (smartmask.more_like(ROOM, "a dog", dogs[0], 0.6, n=n, seed=3) for n in (4, 2))
    assert [one.mask.tobytes() for one in four[:2]] == [one.mask.tobytes() for one in two]
    assert len({one.mask.tobytes() for one in four}) == 4
    other = smartmask.more_like(ROOM, "a dog", dogs[0], 0.6, n=2, seed=4)
    assert other[0].mask.tobytes() != two[0].mask.tobytes()


def test_a_suggestion_does_as_well_as_its_mask(smartmask, dogs):
    suggestion = smartmask.suggest(ROOM, "a dog", guidance=Box((10, 30, 60, 80)), n=1)[0]
    one, other = (smartmask.more_like(ROOM, "a dog", like, n=1)[0] for like in (suggestion, suggestion.mask))
    assert one.mask.tobytes() == other.mask.tobytes()


def test_steps_lead_from_one_to_the_other(smartmask, dogs):
    steps = smartmask.between(ROOM, "a dog", dogs[0], dogs[1], n=5)
    assert len(steps) == 5
    from_first = [mask_iou(one.mask, dogs[0]) for one in steps]
    from_last = [mask_iou(one.mask, dogs[1]) for one in steps]
    assert from_first[0] == max(from_first)
    assert from_last[-1] == max(from_last)
    widths = [one.box_xyxy[2] - one.box_xyxy[0] for one in steps]
    assert widths == sorted(widths)
    assert min(widths) > 50
    assert max(widths) < 70


@given(*(st.tuples(*(st.floats(0, 90), st.floats(0, 90), st.floats(1, 50), st.floats(1, 50))),) * 2)
def test_a_way_between_boxes_begins_at_one_and_ends_at_the_other(one, other):
    first, last = ((x, y, x + width, y + height) for x, y, width, height in (one, other))
    assert box_between(first, last, 0.0) == pytest.approx(first, abs=1e-6)
    assert box_between(first, last, 1.0) == pytest.approx(last, abs=1e-6)
    x0, y0, x1, y1 = box_between(first, last, 0.5)
    assert x1 - x0 == pytest.approx(np.sqrt(one[2] * other[2]))
    assert y1 - y0 == pytest.approx(np.sqrt(one[3] * other[3]))
    assert y1 == pytest.approx((first[3] + last[3]) / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda s, m: s.more_like(ROOM, "a dog", m, 1.5), "change must be from 0", id="change"),
        pytest.param(lambda s, m: s.more_like(ROOM, " ", m), "the prompt is empty", id="words"),
        pytest.param(lambda s, m: s.more_like(ROOM, "a dog", m, n=0), "n must be from 1 to 64", id="n"),
        pytest.param(lambda s, m: s.more_like(ROOM, "a dog", m & False), "is empty", id="nothing drawn"),
        pytest.param(lambda s, m: s.more_like(ROOM, "a dog", m[:50]), "is 128x50 but", id="canvas"),
        pytest.param(lambda s, m: s.between(ROOM, "a dog", m, m & False), "is empty", id="no end"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_from_is_refused(call, message, smartmask, dogs):
    with pytest.raises(ValueError, match=message):
        call(smartmask, dogs[0])


def test_what_draws_fields_says_that_it_cannot(dogs, tiny_encoder):
    drawing = field_drawing(Ellipses(), tiny_encoder, RESOLUTION)
    with pytest.raises(BackendError, match="a base mask model cannot draw from masks"):
        SuggestPipeline(drawing, LargerIsBetter()).more_like(ROOM, "a dog", dogs[0])
