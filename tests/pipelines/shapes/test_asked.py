"""What the networks are told of a request: the thing by its best name, and what lies about a box."""

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, memory_of, seen
from hash_encoder import HashEncoder
from shapes import rectangle

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS
from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.asked import Surroundings, thing_asked_for
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import REFINE_FILL
from smartmask.weights import WEIGHTS

SIZE_HW = (96, 128)
ENCODER = HashEncoder()
OFF_CANVAS, UNKNOWN = np.eye(2 + ENCODER.width, dtype=np.float32)[[-2, -1]]
needs_words = pytest.mark.skipif(
    not (WEIGHTS / "text.npz").is_file(), reason="the shipped weights are not in the package yet"
)


def layout_of(**boxes: tuple[int, int, int, int]) -> Layout:
    return Layout(SIZE_HW, tuple(Layer(name, rectangle(SIZE_HW, box)) for name, box in boxes.items()))


ROOM = layout_of(wall=(0, 0, 128, 48), floor=(0, 48, 128, 96))


def about(box: BoxXYXY, layout: Layout = ROOM) -> Surroundings:
    return Surroundings.of(Scene.of(layout), box, ENCODER)


def cells(found: Surroundings) -> np.ndarray:
    return found.layout.reshape(LAYOUT_CELLS, LAYOUT_CELLS, -1)


def cell_of(name: str) -> np.ndarray:
    return np.concatenate([ENCODER.encode([name])[0], np.zeros(2, np.float32)])


@pytest.mark.parametrize("box", [(40, 24, 80, 72), (10, 30, 90, 50), (50.5, 20.25, 60.5, 70)])
def test_proportions_and_zoom_are_those_of_the_box_and_its_window(box):
    width, height = box[2] - box[0], box[3] - box[1]
    found = about(box)
    assert found.log_aspect == pytest.approx(np.log(width / height))
    assert found.zoom == pytest.approx(np.log(max(width, height) / REFINE_FILL / 128))


def test_cells_show_what_lies_there_row_by_row():
    found = cells(about((44, 28, 84, 68)))
    assert found.shape == (LAYOUT_CELLS, LAYOUT_CELLS, ENCODER.width + 2)
    assert found.dtype == np.float32
    for upper in found[:4].reshape(32, -1):
        assert np.array_equal(upper, cell_of("wall"))
    for lower in found[4:].reshape(32, -1):
        assert np.array_equal(lower, cell_of("floor"))


def test_what_is_off_the_canvas_and_what_nobody_named_are_told_apart():
    found = cells(about((0, 0, 62, 62), layout_of(floor=(0, 48, 128, 96))))
    assert (found[0] == OFF_CANVAS).all()
    assert (found[:, 0] == OFF_CANVAS).all()
    assert (found[2, 2:] == UNKNOWN).all()
    assert (found[-1, 2:] == cell_of("floor")).all()


def test_of_an_empty_layout_nothing_is_known():
    found = about((44, 28, 84, 68), Layout(SIZE_HW, ()))
    assert (found.layout == UNKNOWN).all()


def test_what_is_in_front_is_what_is_seen():
    layout = Layout(SIZE_HW, (*ROOM.layers, Layer("sofa", rectangle(SIZE_HW, (0, 30, 128, 96)))))
    assert (cells(about((44, 28, 84, 68), layout))[4:] == cell_of("sofa")).all()


def test_a_mirrored_scene_has_mirrored_cells():
    scene = layout_of(wall=(0, 0, 128, 96), lamp=(0, 0, 60, 96), rug=(20, 60, 100, 96))
    turned = layout_of(wall=(0, 0, 128, 96), lamp=(68, 0, 128, 96), rug=(28, 60, 108, 96))
    box, mirrored = (30.25, 20.5, 62.25, 70.5), (65.75, 20.5, 97.75, 70.5)
    one, other = about(box, scene), about(mirrored, turned)
    assert len({cell.tobytes() for cell in one.layout}) == 3
    assert np.array_equal(cells(one), cells(other)[:, ::-1])
    assert (one.log_aspect, one.zoom) == pytest.approx((other.log_aspect, other.zoom))


@pytest.fixture(scope="module")
def recall() -> ShapeRecall:
    memory = memory_of([seen("horse", horse()), seen("snake", horse(1)), seen("sleeping cat", horse(2))])
    return ShapeRecall(memory, BlockCoder(), StaticTextEncoder(WEIGHTS / "text.npz"))


@needs_words
@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        pytest.param("a brown horse by the river", "horse", id="a label"),
        pytest.param("two horses", "horse", id="a label in the plural"),
        pytest.param("a small old pony", "horse", id="a synonym of a label"),
        pytest.param("a cat that is asleep", "sleeping cat", id="a label of another wording"),
        pytest.param("a serpent", "serpent", id="a word of a near meaning stays itself"),
        pytest.param("a zorgblat on the left", "zorgblat", id="an unknown word"),
    ],
)
def test_a_thing_has_the_memorys_name_for_it_or_else_its_own(recall, prompt, name):
    assert np.array_equal(thing_asked_for(prompt, ENCODER, recall), ENCODER.encode([name])[0])


@needs_words
def test_a_serpent_is_near_a_snake(recall):
    (match, *_) = recall.words("a serpent").matches
    assert (match.label, match.how) == ("snake", "near"), "else the case above says nothing"


@needs_words
@pytest.mark.parametrize("prompt", ["a small old pony", "a zorgblat on the left"])
def test_an_empty_memory_is_as_none(prompt):
    empty = ShapeRecall(ShapeMemory.empty(), BlockCoder(), StaticTextEncoder(WEIGHTS / "text.npz"))
    found = thing_asked_for(prompt, ENCODER, empty)
    assert np.array_equal(found, thing_asked_for(prompt, ENCODER, None))


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a pony by the river", "pony"),
        ("the sports car", "sports car"),
        pytest.param("...", "...", id="no word at all"),
    ],
)
def test_without_a_memory_it_is_the_words_that_name_the_thing(prompt, name):
    found = thing_asked_for(prompt, ENCODER, None)
    assert found.dtype == np.float32
    assert np.array_equal(found, ENCODER.encode([name])[0])
