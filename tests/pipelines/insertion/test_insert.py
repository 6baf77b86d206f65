"""Insertion with inpainters whose answer is known: what changes, what stays, what the inpainter is told."""

import io

import numpy as np
import pytest
from field_parts import field_drawing
from hypothesis import given
from hypothesis import strategies as st
from inpainters import Noise, Painting, Tinting
from PIL import Image
from rankers import LargerIsBetter
from scipy.ndimage import distance_transform_edt
from shapes import blob, disc, rectangle

from smartmask.compositing.reference_composite import ReferenceComposite
from smartmask.errors import BackendError
from smartmask.pipelines.insertion.insert import (
    Insertion,
    InsertPipeline,
    InsertSettings,
    fill_mask,
    sample_seed,
)
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import InpaintTask
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (96, 128)
WALL = Layer("wall", rectangle(SIZE_HW, (0, 0, 128, 60)))
FLOOR = Layer("floor", rectangle(SIZE_HW, (0, 60, 128, 96)))
CHAIR = Layer("chair", rectangle(SIZE_HW, (64, 40, 90, 90)))
ROOM = Layout(SIZE_HW, (WALL, FLOOR, CHAIR))
MASK = disc(SIZE_HW, (60, 50), 18)


def room_photo(seed: int = 0, size_hw: tuple[int, int] = SIZE_HW) -> np.ndarray:
    """Slopes with some grain."""
    rows, columns = np.mgrid[: size_hw[0], : size_hw[1]]
    slopes = np.stack([90 + columns / 2, 110 + rows / 2, 150 - columns / 3], 2)
    grain = np.random.default_rng(seed).normal(0, 4, (*size_hw, 3))
    return np.clip(slopes + grain, 0, 255).astype(np.uint8)


def cutout() -> Image.Image:
    """A ball on a transparent background."""
    ball = disc((40, 40), (20, 20), 17)
    colours = np.full((40, 40, 3), (40, 90, 200), np.uint8)
    return Image.fromarray(np.dstack([colours, ball.astype(np.uint8) * np.uint8(255)]))


@pytest.fixture
def suggest(tiny_encoder) -> SuggestPipeline:
    """Suggests what a closed-form denoiser sees: always the same disc in the window."""

    def disc_field(x: np.ndarray, t: float, conditions: tuple[object, ...]) -> tuple[np.ndarray, ...]:
        rows, columns = np.mgrid[:32, :32] + 0.5
        field = np.clip((9 - np.hypot(rows - 16, columns - 16)) / 5, -1, 1).astype(np.float32)
        return (field[None],) * len(conditions)

    return SuggestPipeline(field_drawing(disc_field, tiny_encoder, 32), LargerIsBetter(), threads=1)


def inserted(
    suggest: SuggestPipeline, inpainter: object, where: object = MASK, **options: object
) -> Insertion:
    return InsertPipeline(suggest, inpainter)(room_photo(), ROOM, "a ball", where, **options)[0]


INPAINTERS = [
    pytest.param(lambda: Painting(), id="at its own scale"),
    pytest.param(lambda: Painting(working_side=64, multiple=8), id="shrunk or enlarged"),
    pytest.param(lambda: Noise(), id="noise everywhere"),
    pytest.param(lambda: Noise(working_side=200, multiple=64), id="noise, resampled"),
    pytest.param(lambda: Tinting(working_side=64, multiple=64), id="a tint"),
    pytest.param(lambda: ReferenceComposite(cutout()), id="a cut-out with its shadow"),
]
EDGE_MASKS = [
    pytest.param(MASK, id="in the middle"),
    pytest.param(disc(SIZE_HW, (2, 50), 20), id="cut by the left border"),
    pytest.param(disc(SIZE_HW, (126, 94), 20), id="cut by the lower right corner"),
    pytest.param(rectangle(SIZE_HW, (0, 44, 128, 47)), id="a strip from border to border"),
    pytest.param(np.ones(SIZE_HW, bool), id="everything"),
    pytest.param(disc(SIZE_HW, (60, 50), 1), id="a dot"),
]


@pytest.mark.parametrize("make", INPAINTERS)
@pytest.mark.parametrize("mask", EDGE_MASKS)
def test_beyond_the_stated_change_the_photo_stays_bit_for_bit(make, mask, suggest):
    found = inserted(suggest, make(), mask)
    assert np.array_equal(found.image[found.alpha == 0], room_photo()[found.alpha == 0])
    assert found.alpha.min() >= 0
    assert found.alpha.max() <= 1
    assert (found.alpha[mask] == 1).all()


@pytest.mark.parametrize("make", INPAINTERS)
def test_what_hides_the_object_stays_bit_for_bit(make, suggest):
    found = inserted(suggest, make(), behind=["chair"])
    assert not found.alpha[CHAIR.mask].any()
    assert np.array_equal(found.image[found.alpha == 0], room_photo()[found.alpha == 0])


@given(st.integers(0, 10**6), st.sampled_from([-4, 0, 3, 9.5]), st.sampled_from([0, 2, 7]))
def test_the_change_reaches_as_far_as_the_settings_say(seed, grow_px, feather_px):
    mask = blob(SIZE_HW, seed)
    settings = InsertSettings(grow_px=grow_px, feather_px=feather_px, padding_px=8)
    outside = distance_transform_edt(~mask) if mask.any() else None
    if outside is None or (grow_px < 0 and not (distance_transform_edt(np.pad(mask, 1, "edge")) > 4).any()):
        return
    found = fill_mask(room_photo(), ROOM, "a ball", mask, Noise(), [seed], settings, ())[0]
    if grow_px >= 0:
        # Discs on a grid do not quite add up: growing, then feathering may fall short by half a pixel.
        assert not found.alpha[outside > grow_px + feather_px].any()
        assert found.alpha[outside <= grow_px + feather_px - 0.5].all()
        assert (found.alpha[outside <= grow_px] == 1).all()
    else:
        assert not found.alpha[outside > feather_px - grow_px].any()
        assert (found.alpha[mask].mean()) < 1


def test_noise_fills_the_mask_and_raw_shows_all_of_it(suggest):
    photo, found = room_photo(), inserted(suggest, Noise(), settings=InsertSettings(padding_px=10))
    assert (found.image != photo)[found.alpha == 1].mean() > 0.9
    changed = (found.raw != photo).any(2)
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (16, 83, 26, 93)  # mask, 3 + 3, then 10


def test_a_tint_leaves_no_step(suggest):
    """Resampled by two: what is left is the grain that resampling blurs, and no step at the border."""
    photo, found = room_photo(), inserted(suggest, Tinting(working_side=64, multiple=8))
    difference = (found.image.astype(float) - photo)[found.alpha == 1]
    assert np.abs(difference.mean(0)).max() < 1


@pytest.mark.parametrize(
    ("side", "multiple"), [(None, 1), (None, 64), (96, 8), (300, 64)], ids=["as it is", "by 64", "96", "300"]
)
def test_the_object_lands_on_its_mask(side, multiple, suggest):
    inpainter = Painting(working_side=side, multiple=multiple)
    found = inserted(suggest, inpainter, settings=InsertSettings(grow_px=0, feather_px=0))
    painted = np.abs(found.image.astype(int) - (200, 30, 60)).max(2) < 40
    wrong = np.argwhere(painted != MASK)
    distance = np.abs(np.hypot(wrong[:, 0] + 0.5 - 50, wrong[:, 1] + 0.5 - 60) - 18)
    assert distance.max(initial=0) <= 1.6
    assert abs(np.argwhere(painted).mean(0) - np.argwhere(MASK).mean(0)).max() < 0.3


def test_the_inpainter_is_told_the_window(suggest):
    inpainter = Painting(working_side=64, multiple=16)
    found = inserted(suggest, inpainter, seed=3)
    task = inpainter.tasks[0]
    assert task.image.shape[:2] == task.mask.shape == task.layout.size_hw
    assert max(task.mask.shape) == 64
    assert task.prompt == "a ball"
    assert task.seed == found.seed == sample_seed(3, 0)
    assert task.layout.labels == ("wall", "floor", "chair", "a ball")
    assert (task.mask | ~task.layout.layers[-1].mask).all()  # all of the object is to be drawn
    assert 0 < task.mask.mean() < 0.7


def test_behind_a_layer_only_the_visible_part_changes_and_the_order_is_kept(suggest):
    inpainter = Painting()
    found = inserted(suggest, inpainter, behind=["chair"])
    photo, visible = room_photo(), MASK & ~CHAIR.mask
    changed = (found.image != photo).any(2)
    assert visible.any()
    assert (MASK & CHAIR.mask).any()
    assert changed[visible].all()
    assert not changed[CHAIR.mask].any()
    assert found.layout.labels == ("wall", "floor", "a ball", "chair")
    layer = found.layout.layers[found.layer_number]
    assert (layer.label, layer.extent) == ("a ball", "amodal")
    assert np.array_equal(layer.mask, MASK)
    assert np.array_equal(found.layout.visible_index() == found.layer_number, visible)
    task = inpainter.tasks[0]
    assert task.layout.labels[task.layer_number] == "a ball"
    assert task.layer_number == 2
    assert not (task.mask & task.layout.layers[3].mask).any()


def test_in_front_of_all_by_default(suggest):
    found = inserted(suggest, Painting())
    assert found.layout.labels[-1] == "a ball"
    assert found.layer_number == 3
    assert np.array_equal(found.mask, MASK)


def test_samples_do_not_depend_on_how_many_there_are(suggest):
    def pictures(n: int, seed: int) -> list[bytes]:
        found = InsertPipeline(suggest, Noise())(room_photo(), ROOM, "a ball", MASK, n=n, seed=seed)
        return [insertion.image.tobytes() for insertion in found]

    three = pictures(3, 5)
    assert len(set(three)) == 3
    assert pictures(1, 5) == three[:1]
    assert pictures(2, 5) == three[:2]
    assert pictures(3, 5) == three
    assert not set(pictures(3, 6)) & set(three)


def test_sample_seeds_are_32_bits_and_distinct():
    seeds = {sample_seed(seed, number) for seed in range(50) for number in range(20)}
    assert len(seeds) == 1000
    assert 0 <= min(seeds) <= max(seeds) < 2**32


def test_a_hint_gives_the_best_suggestion(suggest):
    box = Box((40, 30, 80, 70))
    found = inserted(suggest, Painting(), box, seed=2)
    expected = suggest(ROOM, "a ball", None, box, 4, 2)[0].mask
    assert np.array_equal(found.mask, expected)
    assert np.array_equal(inserted(suggest, Painting(), expected, behind=found.behind).image, found.image)


def test_the_inpainter_of_a_hint_is_given_what_is_seen(suggest):
    """The chair's foot is lower, so it stands nearer; named layers, or a mask, have the last word."""
    box = Box((40, 30, 80, 70))
    found = inserted(suggest, inpainter := Painting(), box)
    assert found.behind == (2,)
    assert (found.mask & CHAIR.mask).any()
    assert not found.alpha[CHAIR.mask].any()
    assert not (inpainter.tasks[0].mask & inpainter.tasks[0].layout.layers[3].mask).any()
    assert found.layout.labels == ("wall", "floor", "a ball", "chair")
    assert inserted(suggest, Painting(), box, behind=["wall"]).behind == (0,)
    assert inserted(suggest, Painting(), found.mask).behind == ()


def test_progress_counts_the_pictures(suggest):
    seen = []
    pipeline = InsertPipeline(suggest, Noise())
    pipeline(room_photo(), ROOM, "a ball", MASK, n=3, on_progress=lambda *step: seen.append(step))
    assert seen == [(1, 3), (2, 3), (3, 3)]


class Returning:
    """Gives back one thing whatever it is asked."""

    working_side, size_multiple = None, 1

    def __init__(self, picture: object) -> None:
        self._picture = picture

    def inpaint(self, task: InpaintTask) -> object:
        return self._picture


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (np.zeros((4, 4, 3), np.uint8), "uint8 \\(4, 4, 3\\)"),
        (np.zeros((96, 128, 3), np.float32), "float32 \\(96, 128, 3\\)"),
        (None, "NoneType"),
    ],
    ids=["another size", "floats", "nothing"],
)
def test_an_answer_that_is_no_picture_of_the_window_is_refused(picture, found, suggest):
    with pytest.raises(
        BackendError, match=f"the inpainter returned {found} but must return uint8 \\(96, 128, 3\\)"
    ):
        inserted(suggest, Returning(picture))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"where": np.zeros(SIZE_HW, bool)}, "the mask is empty"),
        ({"where": np.ones((4, 5), bool)}, "the mask is 5x4 but the photo is 128x96"),
        ({"where": np.ones((4, 5, 1), bool)}, r"a mask must be bool \(H, W\), not bool \(4, 5, 1\)"),
        ({"where": MASK.astype(float)}, r"a mask must be bool \(H, W\), not float64 \(96, 128\)"),
        ({"where": Box((200, 2, 300, 9))}, "lies outside the 128x96 canvas"),
        ({"prompt": ""}, "the prompt is empty"),
        ({"scene": " "}, "the scene text is empty"),
        ({"n": 0}, "n must be from 1 to 64, not 0"),
        ({"seed": -1}, "the seed must be from 0 to 18446744073709551615"),
        ({"behind": ["sofa"]}, "behind 'sofa': there is no such layer"),
        ({"where": rectangle(SIZE_HW, (70, 50, 80, 60)), "behind": [2]}, "the layers in front hide it"),
        ({"settings": InsertSettings(grow_px=-30)}, "grow_px=-30 leaves none"),
        ({"layout": Layout((4, 5))}, "the layout is 5x4 but the photo is 128x96"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("no_type_check")
def test_a_request_that_cannot_be_met_is_refused(options, message, suggest):
    request = {"photo": room_photo(), "layout": ROOM, "prompt": "a ball", "where": MASK} | options
    with pytest.raises(ValueError, match=message):
        InsertPipeline(suggest, Painting())(**request)


def test_a_model_that_draws_nothing_says_so(tiny_encoder):
    def nothing(x: np.ndarray, t: float, conditions: tuple[object, ...]) -> tuple[np.ndarray, ...]:
        return (np.full((1, 32, 32), -1, np.float32),) * len(conditions)

    empty = SuggestPipeline(field_drawing(nothing, tiny_encoder, 32), LargerIsBetter(), threads=1)
    with pytest.raises(
        ValueError, match="no mask of 'a ball' came out; try another seed, a hint, or other words"
    ):
        inserted(empty, Painting(), Box((40, 30, 80, 70)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"grow_px": 1001}, "grow_px must be from -1000 to 1000, not 1001"),
        ({"grow_px": float("nan")}, "grow_px must be from"),
        ({"feather_px": -1}, "feather_px must be from 0 to 1000, not -1"),
        ({"padding_px": -2}, "padding_px must be from 0 to 1000, not -2"),
    ],
    ids=["grown too far", "no number", "feather below 0", "padding below 0"],
)
def test_settings_out_of_range_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        InsertSettings(**values)


def test_an_insertion_shows_itself_in_a_line_and_as_its_picture(suggest):
    insertion = inserted(suggest, Painting(), seed=3)
    assert repr(insertion) == f"Insertion('a ball', 128x96, layer 3 of 4, seed {sample_seed(3, 0)})"
    with Image.open(io.BytesIO(insertion._repr_png_())) as shown:
        assert np.array_equal(np.asarray(shown), insertion.image)


def test_an_insertion_saves_its_picture(suggest, tmp_path):
    insertion = inserted(suggest, Painting())
    insertion.save(tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as saved:
        assert np.array_equal(np.asarray(saved), insertion.image)
    with pytest.raises(ValueError, match=r"picture\.jpg: pictures are written as PNG"):
        insertion.save(tmp_path / "picture.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
