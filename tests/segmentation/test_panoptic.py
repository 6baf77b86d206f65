import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.scene.masks import mask_iou
from smartmask.segmentation import panoptic
from smartmask.segmentation.panoptic import PanopticOutput, ResolveSettings, resolve_panoptic

CLASSES, IS_THING = ("sky", "cat", "grass", "dog"), (False, True, False, True)
SKY, CAT, GRASS, DOG = range(4)


def output_of(classes: np.ndarray, things: np.ndarray, sureness: float = 12.0) -> PanopticOutput:
    """What a network that knows the answer would say."""
    logits = sureness * (classes[None] == np.arange(len(CLASSES))[:, None, None])
    heat, offsets = np.zeros(classes.shape), np.zeros((2, *classes.shape))
    for number in np.unique(things[things >= 0]):
        rows, columns = np.nonzero(things == number)
        row, column = round(rows.mean()), round(columns.mean())
        heat[row, column] = 0.9
        offsets[:, rows, columns] = row - rows, column - columns
    values = (value.astype(np.float32) for value in (logits, heat, offsets))
    return PanopticOutput(*values, CLASSES, IS_THING)


def park() -> tuple[np.ndarray, np.ndarray]:
    """Sky over grass; on it two cats that touch, and a dog below them."""
    classes = np.where(np.arange(24)[:, None] < 10, SKY, GRASS) * np.ones((1, 32), int)
    things = np.full((24, 32), -1)
    for number, (label, box) in enumerate(
        [(CAT, np.s_[8:15, 4:10]), (CAT, np.s_[8:15, 10:16]), (DOG, np.s_[16:22, 20:30])]
    ):
        classes[box], things[box] = label, number
    return classes, things


def test_a_sure_output_is_resolved_exactly_at_its_own_size() -> None:
    classes, things = park()
    layout = resolve_panoptic(output_of(classes, things), classes.shape)
    assert layout.labels == ("sky", "grass", "cat", "cat", "dog")
    expected = [
        classes == SKY,
        classes == GRASS,
        *sorted([things == 0, things == 1], key=lambda mask: mask[:, 4:10].sum() == 0),
        things == 2,
    ]
    found = [
        *layout.layers[:2],
        *sorted(layout.layers[2:4], key=lambda x: x.mask.argmax(1).max()),
        layout.layers[4],
    ]
    for layer, mask in zip(found, expected, strict=True):
        np.testing.assert_array_equal(layer.mask, mask)
        assert layer.extent == "visible"


@pytest.mark.parametrize(("heat", "cats"), [(0.9, 2), (0.2, 1)], ids=["a sure centre", "a faint centre"])
def test_a_faint_centre_does_not_cut_a_thing_in_two(heat: float, cats: int) -> None:
    classes, things = park()
    output = output_of(classes, things)
    output.centre_heat[np.where(things == 1, output.centre_heat, 0) > 0] = heat
    layout = resolve_panoptic(output, classes.shape, ResolveSettings(centre_distance=3))
    assert layout.labels.count("cat") == cats
    seen = np.any([layer.mask for layer in layout.layers if layer.label == "cat"], axis=0)
    assert np.array_equal(seen, classes == CAT)
    apart = resolve_panoptic(output, classes.shape, ResolveSettings(centre_distance=3, least_contact=9.0))
    assert apart.labels.count("cat") == 2


def test_things_of_one_class_that_touch_stay_apart_and_without_a_centre_they_are_one() -> None:
    classes, things = park()
    output = output_of(classes, things)
    assert resolve_panoptic(output, classes.shape).labels.count("cat") == 2
    without = PanopticOutput(output.class_logits, 0 * output.centre_heat, output.offsets, CLASSES, IS_THING)
    assert len(resolve_panoptic(without, classes.shape)) == 3


def test_a_thing_has_one_label_where_its_cells_disagree() -> None:
    classes, things = park()
    classes[16:22, 20:23] = CAT
    assert resolve_panoptic(output_of(classes, things), classes.shape).labels.count("dog") == 1
    assert resolve_panoptic(output_of(classes, things), classes.shape).labels.count("cat") == 2


def test_things_come_in_front_of_stuff_and_by_their_lower_edge() -> None:
    classes, things = park()
    layout = resolve_panoptic(output_of(classes[:, ::-1], things[:, ::-1]), (96, 128))
    assert layout.labels == ("sky", "grass", "cat", "cat", "dog")


def test_contours_run_between_cells() -> None:
    rows, columns = np.indices((256, 256)) + 0.5
    disc = np.hypot(rows - 120, columns - 130) < 90
    inside = disc.reshape(32, 8, 32, 8).mean((1, 3))  # the share of each cell that the disc covers
    logit = np.log(np.clip(inside, 1e-4, 1 - 1e-4) / np.clip(1 - inside, 1e-4, 1 - 1e-4))
    logits = np.stack([0 * logit, logit, 0 * logit - 20, 0 * logit - 20]).astype(np.float32)
    heat = np.zeros((32, 32), np.float32)
    heat[15, 16] = 1
    output = PanopticOutput(logits, heat, np.zeros((2, 32, 32), np.float32), CLASSES, IS_THING)
    cat = resolve_panoptic(output, (256, 256)).layers[-1]
    blocks = np.repeat(np.repeat(inside > 0.5, 8, 0), 8, 1)
    assert cat.label == "cat"
    assert mask_iou(cat.mask, disc) > 0.985 > mask_iou(blocks, disc) + 0.02


def test_unsure_stuff_and_unsure_things_are_left_unknown() -> None:
    classes, things = park()
    output = output_of(classes, things)
    logits = output.class_logits.copy()
    logits[:, :, 24:] = 0.1 * logits[:, :, 24:]
    unsure = PanopticOutput(logits, output.centre_heat, output.offsets, CLASSES, IS_THING)
    index = resolve_panoptic(unsure, classes.shape, ResolveSettings(min_stuff=0.6)).visible_index()
    assert (index[:, 24:][things[:, 24:] < 0] == -1).all()
    assert (index[:, :24] >= 0).all()
    flat = output_of(classes, things, sureness=0.5)
    labels = resolve_panoptic(flat, classes.shape, ResolveSettings(min_thing=0.6, min_stuff=0.0)).labels
    assert set(labels) <= {"sky", "grass"}


def test_what_may_be_ground_and_may_be_something_on_it_is_left_unknown_but_no_rim() -> None:
    classes, things = park()
    classes[things >= 0], things[:] = GRASS, -1
    logits = output_of(classes, things).class_logits.copy()
    names = ("sky", "cat", "grass", "road")  # what was a dog is another ground
    is_thing = (False, True, False, False)
    logits[:, 14:20, 8:16] = np.log([0.02, 0.35, 0.6, 0.03])[:, None, None]  # perhaps a cat
    logits[:, 14:20, 20:28] = np.log([0.02, 0.03, 0.5, 0.45])[:, None, None]  # ground of one sort or another
    logits[:, 9:11] = np.log([0.5, 0.0001, 0.49, 0.01])[:, None, None]  # the border of sky and grass
    heat, offsets = np.zeros(classes.shape, np.float32), np.zeros((2, *classes.shape), np.float32)
    layout = resolve_panoptic(PanopticOutput(logits, heat, offsets, names, is_thing), classes.shape)
    is_unknown = layout.visible_index() == -1
    expected = np.zeros_like(is_unknown)
    expected[14:20, 8:16] = True
    np.testing.assert_array_equal(is_unknown, expected)
    known = ResolveSettings(min_surface=0.5)
    everywhere = resolve_panoptic(
        PanopticOutput(logits, heat, offsets, names, is_thing), classes.shape, known
    )
    assert (everywhere.visible_index() >= 0).all()


def test_no_layer_is_less_sure_than_was_asked_for_even_when_it_took_in_fragments() -> None:
    rng = np.random.default_rng(0)
    settings = ResolveSettings(min_stuff=0.4, min_thing=0.5, min_share=0.02)
    found = 0
    for _ in range(20):
        logits = 2 * rng.normal(size=(4, 8, 8)).repeat(4, 1).repeat(4, 2).astype(np.float32)
        heat, offsets = rng.random((32, 32), np.float32), np.zeros((2, 32, 32), np.float32)
        layout = resolve_panoptic(
            PanopticOutput(logits, heat, offsets, CLASSES, IS_THING), (64, 64), settings
        )
        for layer in layout.layers:
            assert layer.confidence is not None
            assert layer.confidence >= (0.4 if layer.label in ("sky", "grass") else 0.5)
        found += len(layout)
    assert found > 20


def test_confidence_is_the_mean_probability_of_the_label() -> None:
    classes, things = park()
    for sureness, expected in ((12.0, 1.0), (2.0, np.exp(2.0))):
        output = output_of(classes, things, sureness)
        if sureness == 2.0:
            expected = expected / (expected + len(output.classes) - 1)
        layout = resolve_panoptic(output, classes.shape)
        assert len(layout) >= 3
        for layer in layout.layers:
            assert layer.confidence == pytest.approx(expected, abs=0.01), layer.label


def test_fragments_go_to_their_neighbours() -> None:
    classes, things = park()
    clean = resolve_panoptic(output_of(classes, things), classes.shape)
    classes[2, 2], classes[20, 4], things[20, 4] = GRASS, DOG, 2
    settings = ResolveSettings(min_share=0.005)
    dirty = resolve_panoptic(output_of(classes, things), classes.shape, settings)
    assert dirty.labels == clean.labels
    for a, b in zip(dirty.layers, clean.layers, strict=True):
        np.testing.assert_array_equal(a.mask, b.mask)


@pytest.mark.parametrize("strip", [1, 300, 5000], ids=["row by row", "a few rows", "many rows"])
def test_strips_do_not_show(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    classes, things = park()
    whole = resolve_panoptic(output_of(classes, things), (97, 130)).visible_index()
    monkeypatch.setattr(panoptic, "STRIP_PX", strip)
    np.testing.assert_array_equal(
        resolve_panoptic(output_of(classes, things), (97, 130)).visible_index(), whole
    )


def test_a_large_photo_never_takes_memory_for_every_class() -> None:
    rng = np.random.default_rng(0)
    names, count, size_hw = tuple(f"class {n}" for n in range(100)), 100, (1500, 2000)
    logits = np.zeros((count, 96, 128), np.float32)
    logits[rng.integers(count, size=6).repeat(16), np.arange(96)] = 9
    zeros = np.zeros((2, 96, 128), np.float32)
    output = PanopticOutput(logits, zeros[0], zeros, names, (False,) * count)
    tracemalloc.start()
    layout = resolve_panoptic(output, size_hw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.15 * 4 * count * size_hw[0] * size_hw[1], (peak, len(layout))


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 9), st.integers(1, 40), st.integers(1, 40))
def test_any_output_gives_disjoint_nonempty_layers(
    seed: int, h: int, w: int, height: int, width: int
) -> None:
    rng = np.random.default_rng(seed)
    arrays = rng.normal(0, 4, (4, h, w)), rng.random((h, w)), rng.normal(0, 3, (2, h, w))
    output = PanopticOutput(*(array.astype(np.float32) for array in arrays), CLASSES, IS_THING)
    layout = resolve_panoptic(output, (height, width))
    masks = np.array([layer.mask for layer in layout.layers]).reshape(-1, height, width)
    assert masks.any((1, 2)).all()
    assert masks.sum(0).max(initial=0) <= 1
    kinds = [label in ("cat", "dog") for label in layout.labels]
    assert kinds == sorted(kinds)


def test_a_network_of_things_only_or_of_stuff_only_is_resolved() -> None:
    logits = np.zeros((2, 4, 4), np.float32)
    logits[0, :, :2], logits[1, :, 2:] = 9, 9
    zeros = np.zeros((2, 4, 4), np.float32)
    stuff = PanopticOutput(logits, zeros[0], zeros, ("sky", "sea"), (False, False))
    assert sorted(resolve_panoptic(stuff, (8, 8)).labels) == ["sea", "sky"]
    things = PanopticOutput(logits, zeros[0], zeros, ("cat", "dog"), (True, True))
    assert len(resolve_panoptic(things, (8, 8))) == 1


@pytest.mark.usefixtures("no_type_check")
def test_maps_that_do_not_fit_together_are_refused() -> None:
    zeros = np.zeros((2, 4, 4), np.float32)
    with pytest.raises(ValueError, match=r"heat map must be \(4, 4\)"):
        PanopticOutput(
            np.zeros((2, 4, 4), np.float32), np.zeros((4, 5), np.float32), zeros, ("a", "b"), (True, True)
        )
    with pytest.raises(ValueError, match="2 class logits need as many names and thing flags, not 1 and 2"):
        PanopticOutput(zeros, zeros[0], zeros, ("a",), (True, False))
    with pytest.raises(ValueError, match="at least one cell"):
        PanopticOutput(zeros[:, :0], zeros[0, :0], zeros[:, :0], ("a", "b"), (True, False))
    output = PanopticOutput(zeros, zeros[0], zeros, ("a", "b"), (True, False))
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 3x0"):
        resolve_panoptic(output, (0, 3))
    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        ResolveSettings(min_thing=1.5)
