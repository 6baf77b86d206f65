import numpy as np
import pytest
from shapes import disc

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.evaluation.layout_cost import SOURCES, layout_tasks
from smartmask.scene.layout import UNKNOWN, Layer, Layout

SIZE = (64, 96)
CAR, BIRD = disc(SIZE, (30, 40), 12), disc(SIZE, (70, 20), 11)


def annotated() -> LayeredScene:
    ground = np.zeros(SIZE, bool)
    ground[32:] = True
    layers = (
        SceneLayer.of("road", ground, extent="visible", is_thing=False),
        SceneLayer.of("car", CAR, extent="visible", is_thing=True),
        SceneLayer.of("bird", BIRD, extent="visible", is_thing=True),
    )
    return LayeredScene("p", "p", SIZE, layers, is_exact=False)


class SeesTheCarWell:
    """A segmenter that knows car and sky, and counts how often it is asked."""

    calls = 0

    def segment(self, image: np.ndarray) -> Layout:
        self.calls += 1
        return Layout(SIZE, (Layer("sky", ~CAR), Layer("car", CAR)))


def test_an_object_is_gone_from_each_layout_and_the_rest_is_what_each_source_says() -> None:
    segmenter = SeesTheCarWell()
    tasks = list(layout_tasks([(np.zeros((*SIZE, 3), np.uint8), annotated())], segmenter))
    assert [task.label for task in tasks] == ["car", "bird"]
    assert segmenter.calls == 1
    car, bird = tasks
    assert np.array_equal(car.target, CAR)
    for task, label in ((car, "car"), (bird, "bird")):
        for source in SOURCES:
            scene = task.scenes[source]
            seen = {scene.layout.labels[n] for n in np.unique(scene.visible_index[task.target]) if n >= 0}
            assert label not in seen, source
    assert "car" in _seen(bird.scenes["annotated"])
    assert _seen(car.scenes["segmenter"]) == {"sky"}
    assert (bird.scenes["nothing known"].visible_index == UNKNOWN).all()


def _seen(scene) -> set[str]:
    return {scene.layout.labels[n] for n in np.unique(scene.visible_index) if n >= 0}


def test_a_limit_spreads_over_the_objects_and_keeps_their_numbers() -> None:
    photos = [(np.zeros((*SIZE, 3), np.uint8), annotated())] * 3
    everything = list(layout_tasks(photos, SeesTheCarWell()))
    few = list(layout_tasks(photos, SeesTheCarWell(), limit=3))
    assert [task.number for task in few] == [0, 2, 5]
    for task in few:
        same = everything[task.number]
        for source in SOURCES:
            assert np.array_equal(task.scenes[source].visible_index, same.scenes[source].visible_index)


def test_a_photo_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"p: the photo is \(4, 4\), its scene \(64, 96\)"):
        list(layout_tasks([(np.zeros((4, 4, 3), np.uint8), annotated())], SeesTheCarWell()))
