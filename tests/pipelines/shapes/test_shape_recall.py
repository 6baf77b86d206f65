"""The memory as the pipeline asks it: which shapes answer to some words, mirrored or not, at what price."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from block_coder import BlockCoder
from drawn_memory import horse, lamp, memory_of, seen, stable

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.shapes.shape_choice import NEAR
from smartmask.pipelines.shapes.shape_recall import MOST_STRETCH, ShapeRecall
from smartmask.weights import WEIGHTS

pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "text.npz").is_file(), reason="the shipped weights are not in the package yet"
)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture
def recall_of(encoder):
    return lambda memory: ShapeRecall(memory, BlockCoder(), encoder)


@pytest.mark.parametrize("may_mirror", [True, False], ids=["mirrored too", "never mirrored"])
def test_a_memory_of_one_shape_gives_it(recall_of, may_mirror):
    recall = recall_of(memory_of([seen("horse", horse(), may_mirror=may_mirror)]))
    found = recall.candidates("a brown horse", None)
    assert found.numbers.tolist() == [0] * len(found)
    assert sorted(found.is_mirrored.tolist()) == [False, True][: len(found)]
    assert len(found) == 1 + may_mirror
    assert found.log_aspects == pytest.approx(np.log(90 / 60))
    plain = found.sketches[~found.is_mirrored][0]
    assert np.array_equal(plain, BlockCoder().sketch(recall.memory.codes)[0])
    for mirrored in found.sketches[found.is_mirrored]:
        assert np.array_equal(mirrored, plain[:, ::-1])
    assert np.array_equal(recall.field(0, True), recall.field(0, False)[:, ::-1])


def test_an_empty_memory_knows_nothing(recall_of):
    recall = recall_of(ShapeMemory.empty())
    assert not recall.words("a horse").is_known
    for aspect in (None, 0.0):
        assert len(recall.candidates("a horse", aspect)) == 0


def test_of_words_that_nobody_knows_there_is_nothing(recall_of):
    recall = recall_of(memory_of(stable()))
    assert not recall.words("a xqzt").is_known
    assert len(recall.candidates("a xqzt", 0.3)) == 0


@pytest.mark.parametrize("wanted", ["left", "right"])
def test_which_way_it_faces_is_met_by_mirroring_where_that_is_allowed(recall_of, wanted):
    shapes = [
        seen("horse", horse(0), "a", poses=("facing left",)),
        seen("horse", horse(1), "b", poses=("facing right",)),
        seen("horse", horse(2), "c", poses=("facing left",), may_mirror=False),
        seen("horse", horse(3), "d"),
    ]
    found = recall_of(memory_of(shapes)).candidates(f"a horse facing {wanted}", None)
    mirrored = dict(zip(found.numbers.tolist(), found.is_mirrored.tolist(), strict=True))
    assert mirrored == ({0: False, 1: True, 2: False} if wanted == "left" else {0: True, 1: False})
    assert len(found) == len(mirrored)


def test_poses_leave_those_that_have_them(recall_of):
    shapes = [seen("dog", horse(n), f"{n}", poses=("sitting",) if n % 2 else ("running",)) for n in range(6)]
    recall = recall_of(memory_of(shapes))
    assert set(recall.candidates("a sitting dog", None).numbers.tolist()) == {1, 3, 5}
    assert set(recall.candidates("a dog", None).numbers.tolist()) == set(range(6))


def test_the_shapes_nearest_in_aspect_are_compared_and_stretching_costs(recall_of):
    shapes = [seen("lamp", np.ones((30, 10 + n), bool), f"{n}") for n in range(NEAR + 40)]
    recall = recall_of(memory_of(shapes))
    wanted = float(np.log(12 / 30))
    found = recall.candidates("a lamp", wanted)
    assert set(found.numbers.tolist()) == set(range(NEAR))
    away = np.abs(found.log_aspects - wanted)
    is_free = away <= np.log(MOST_STRETCH)
    assert 0 < is_free.sum() < len(found)
    assert np.ptp(found.handicaps[is_free]) == 0
    order = np.argsort(away[~is_free])
    assert (np.diff(found.handicaps[~is_free][order]) >= -1e-6).all()
    assert found.handicaps[~is_free].min() > found.handicaps[is_free].max()
    assert len(recall.candidates("a lamp", None)) == 2 * len(shapes)


def test_drawings_and_unclear_shapes_cost_more(recall_of):
    shapes = [
        seen("lamp", lamp(0), "photo"),
        seen("lamp", lamp(1), "drawing", style="drawing"),
        seen("lamp", lamp(2), "unclear", clarity=0.0),
    ]
    found = recall_of(memory_of(shapes)).candidates("a lamp", None)
    price = dict(zip(found.numbers.tolist(), found.handicaps.tolist(), strict=True))
    assert price[0] == 0
    assert 0 < price[1] < 0.1
    assert price[1] < price[2] < 0.2


def test_the_wider_word_is_met_by_what_is_below_it(recall_of):
    parents = {"horse": "animal", "lamp": "furniture"}
    recall = recall_of(memory_of(stable(), parents=parents))
    found = recall.candidates("an animal", None)
    assert set(found.numbers.tolist()) == set(range(6))
    assert 0 < recall.similarity("an animal", 0) <= 1
    assert recall.similarity("a horse", 0) == 1


def test_labels_that_are_nearly_the_word_are_asked_only_where_its_own_shapes_are_few(recall_of):
    sports = [seen("sports car", np.ones((20, 50 + n), bool), f"sports{n}") for n in range(3)]
    few = recall_of(memory_of([seen("car", np.ones((20, 40), bool), "car0"), *sports]))
    many = recall_of(
        memory_of([*(seen("car", np.ones((20, 40 + n), bool), f"car{n}") for n in range(4)), *sports])
    )
    labels = [
        {recall.memory.entry(number).label for number in recall.candidates("a car", None).numbers.tolist()}
        for recall in (few, many)
    ]
    assert labels == [{"car", "sports car"}, {"car"}]
    of_few = few.candidates("a car", None)
    assert of_few.handicaps[of_few.numbers > 0].min() > of_few.handicaps[of_few.numbers == 0].max()


def test_several_threads_may_ask(recall_of):
    recall, prompts = recall_of(memory_of(stable())), ["a horse", "a lamp", "a ball", "a xqzt"] * 5
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda prompt: recall.candidates(prompt, 0.1).numbers.tolist(), prompts))
    alone = recall_of(memory_of(stable()))
    assert found == [alone.candidates(prompt, 0.1).numbers.tolist() for prompt in prompts]
