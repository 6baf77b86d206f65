"""The shipped ranker on scenes about which there is no doubt."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.apps.load_suggest import load_ranker
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.protocols import Ranker
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "ranker.npz").is_file(), reason="the shipped weights are not in the package yet"
)
SIZE_HW = (240, 320)


def layout(**boxes: tuple[int, int, int, int]) -> Layout:
    """Boxes by their labels, rearmost first."""
    return Layout(
        SIZE_HW,
        tuple(Layer(label.replace("_", " "), rectangle(SIZE_HW, box)) for label, box in boxes.items()),
    )


ROOM = layout(
    wall=(0, 0, 320, 150), floor=(0, 150, 320, 240), ceiling=(0, 0, 320, 25), sofa=(20, 110, 150, 190),
    table=(190, 140, 290, 200),
)  # fmt: skip
STREET = layout(
    sky=(0, 0, 320, 100), building=(0, 30, 110, 130), road=(0, 130, 320, 240), car=(200, 120, 270, 155),
    person=(150, 105, 165, 155),
)  # fmt: skip


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return load_ranker(StaticTextEncoder(WEIGHTS / "text.npz"))


def score(ranker: Ranker, scene: Layout, prompt: str, box: tuple[int, int, int, int]) -> float:
    mask = rectangle(SIZE_HW, box)
    return ranker.score(scene.visible_index(), scene.labels, mask, prompt, None)


@pytest.mark.parametrize(
    ("scene", "prompt", "right", "wrong"),
    [
        pytest.param(ROOM, "chair", (150, 130, 195, 195), (150, 5, 195, 70), id="a chair under the ceiling"),
        pytest.param(ROOM, "picture", (180, 50, 230, 90), (180, 195, 230, 235), id="a picture on the floor"),
        pytest.param(ROOM, "chair", (150, 130, 195, 195), (160, 180, 166, 190), id="a tiny chair"),
        pytest.param(STREET, "car", (60, 120, 130, 160), (60, 10, 130, 50), id="a car in the sky"),
        pytest.param(STREET, "person", (80, 110, 96, 162), (70, 0, 160, 240), id="a giant"),
        pytest.param(STREET, "person", (80, 110, 96, 162), (80, 20, 96, 72), id="a flying person"),
    ],
)
def test_the_right_place_scores_higher_than(scene, prompt, right, wrong, ranker):
    assert score(ranker, scene, prompt, right) > score(ranker, scene, prompt, wrong) + 0.05


def test_scores_are_probabilities_even_at_the_ends(ranker):
    masks = [np.ones(SIZE_HW, bool), rectangle(SIZE_HW, (0, 0, 1, 1)), disc(SIZE_HW, (160, 120), 40)]
    for scene in (ROOM, Layout(SIZE_HW)):
        for mask in masks:
            for prompt in ("dog", "zzzqqq", "a very tall and narrow lamp left of the bed"):
                assert 0 < ranker.score(scene.visible_index(), scene.labels, mask, prompt, None) < 1


def test_the_file_is_small():
    assert (WEIGHTS / "ranker.npz").stat().st_size < 2_000_000
