import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle

from smartmask.data.annotations.base import AnnotatedScene
from smartmask.data.layered_scene import SceneLayer
from smartmask.data.ordering import layered
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

SIZE = (12, 40)


def bar(label: str, x0: int, x1: int, is_thing: bool = True) -> SceneLayer:
    return SceneLayer.of(label, rectangle(SIZE, (x0, 0, x1, 12)), extent="amodal", is_thing=is_thing)


def scene_of(objects: list[SceneLayer], pairs: list[tuple[int, int]], **more: object) -> AnnotatedScene:
    return AnnotatedScene("photo:1", "photo:1", SIZE, tuple(objects), tuple(pairs), **more)


def labels(scene: AnnotatedScene, **options: object) -> list[str]:
    return [layer.label for layer in layered(scene, **options).layers]


@st.composite
def scenes(draw: st.DrawFn, can_cycle: bool = False) -> AnnotatedScene:
    """Bars of different widths and random pairs; without cycles all pairs follow one hidden order."""
    widths = draw(st.lists(st.integers(1, 40), unique=True, max_size=9))
    objects = [bar(f"bar {width}", 0, width, draw(st.booleans())) for width in widths]
    numbers = st.integers(0, max(0, len(widths) - 1))
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=14)) if widths else []
    if not can_cycle:
        hidden = draw(st.permutations(range(len(widths))))
        pairs = [(a, b) if hidden[a] > hidden[b] else (b, a) for a, b in pairs if a != b]
    return scene_of(objects, pairs)


@given(scenes())
def test_each_object_lies_in_front_of_all_that_it_hides(scene):
    layers = layered(scene).layers
    position = {id(layer): number for number, layer in enumerate(layers)}
    assert sorted(position) == sorted(id(item) for item in scene.objects)
    for front, behind in scene.occlusions:
        assert position[id(scene.objects[front])] > position[id(scene.objects[behind])]


@given(scenes(can_cycle=True))
def test_the_order_is_always_the_same(scene):
    assert layered(scene, on_cycle="break").layers == layered(scene, on_cycle="break").layers


@given(scenes(can_cycle=True), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_numbers_of_the_objects(scene, random):
    numbers = list(range(len(scene.objects)))
    random.shuffle(numbers)
    place = {number: position for position, number in enumerate(numbers)}
    shuffled = scene_of(
        [scene.objects[number] for number in numbers],
        sorted((place[front], place[behind]) for front, behind in scene.occlusions),
    )
    assert labels(shuffled, on_cycle="break") == labels(scene, on_cycle="break")


@given(scenes(can_cycle=True))
def test_breaking_cycles_keeps_every_object_and_most_pairs(scene):
    layers = layered(scene, on_cycle="break").layers
    position = {id(layer): number for number, layer in enumerate(layers)}
    kept = [
        pair
        for pair in set(scene.occlusions)
        if position[id(scene.objects[pair[0]])] > position[id(scene.objects[pair[1]])]
    ]
    assert len(layers) == len(scene.objects)
    try:
        layered(scene)
    except AnnotationError:
        assert len(kept) < len(set(scene.occlusions))
    else:
        assert len(kept) == len(set(scene.occlusions))


def test_free_choices_are_regions_first_then_larger_ones_then_lower_numbers():
    objects = [
        bar("cup", 0, 5), bar("dog", 0, 9), bar("sky", 0, 3, is_thing=False), bar("cat", 10, 19)
    ]  # fmt: skip
    assert labels(scene_of(objects, [])) == ["sky", "dog", "cat", "cup"]
    assert labels(scene_of(objects, [(1, 0), (2, 3)])) == ["cat", "sky", "cup", "dog"]


def test_objects_in_a_circle_are_refused_and_named_with_their_numbers():
    objects = [bar("dog", 0, 30), bar("cat", 0, 20), bar("cup", 0, 10), bar("zebra", 30, 40)]
    with pytest.raises(
        AnnotationError, match=r"photo:1: objects hide each other in a circle: .*mend"
    ) as found:
        layered(scene_of(objects, [(0, 1), (1, 2), (2, 0), (3, 0)]))
    message = str(found.value)
    assert all(pair in message for pair in ("dog 0 hides cat 1", "cat 1 hides cup 2", "cup 2 hides dog 0"))
    assert "zebra" not in message


def test_breaking_a_circle_drops_the_pair_that_shares_the_fewest_pixels():
    # dog and cat share 10 columns, cat and cup 5, cup and dog 2: so cup no longer hides dog.
    objects = [bar("dog", 8, 30), bar("cat", 5, 18), bar("cup", 0, 10)]
    scene = scene_of(objects, [(0, 1), (1, 2), (2, 0)])
    assert labels(scene, on_cycle="break") == ["cup", "cat", "dog"]


def test_circles_that_share_objects_are_all_broken():
    objects = [bar(f"bar {number}", 0, 40 - number) for number in range(5)]
    pairs = [(a, b) for a in range(5) for b in range(5)]
    assert len(labels(scene_of(objects, pairs), on_cycle="break")) == 5


def test_an_object_that_hides_itself_is_a_circle():
    scene = scene_of([bar("dog", 0, 9)], [(0, 0)])
    with pytest.raises(AnnotationError, match="dog 0 hides dog 0"):
        layered(scene)
    assert labels(scene, on_cycle="break") == ["dog"]


@pytest.mark.parametrize("pair", [(0, 1), (-1, 0)])
def test_a_pair_of_an_object_that_is_not_there_is_refused(pair):
    with pytest.raises(ValueError, match="names none of its 1 objects"):
        layered(scene_of([bar("dog", 0, 9)], [pair]))


def test_what_the_scene_says_is_kept():
    nothing = encode_rle(np.zeros(SIZE, bool))
    scene = scene_of([bar("dog", 0, 9)], [], texts=("a dog",), undecided=nothing)
    found = layered(scene, is_exact=True)
    assert (found.key, found.group, found.size_hw) == (scene.key, scene.group, scene.size_hw)
    assert (found.texts, found.undecided, found.is_exact) == (("a dog",), nothing, True)
    assert found.layers == scene.objects
    assert not layered(scene).is_exact
    assert np.count_nonzero(found.visible_index() == 0) == 9 * 12
