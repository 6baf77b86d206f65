"""The reference composite: a cut-out in a photo, its colours, its edge and its shadow."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from shapes import blob, disc, rectangle
from wide_gamut import WIDE

from smartmask.compositing.cutout_fit import SLACK
from smartmask.compositing.reference_composite import ReferenceComposite
from smartmask.pipelines.insertion.insert import InsertSettings, fill_mask
from smartmask.protocols import HasFootprint, Inpainter, InpaintTask
from smartmask.scene.distance import grow
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.masks import mask_iou

SIZE_HW = (140, 180)
MASK = disc(SIZE_HW, (90, 60), 30)


def ball(background: tuple[int, int, int] = (0, 255, 0)) -> np.ndarray:
    """A ball, red on its left half and blue on its right, on a background that must not be seen."""
    size_hw = (100, 100)
    rows, columns = np.mgrid[:100, :100] + 0.5
    alpha = np.clip(40.5 - np.hypot(rows - 50, columns - 50), 0, 1)[..., None]
    colours = np.where((np.arange(100) < 50)[None, :, None], (210, 30, 30), (30, 30, 210)) * np.ones(
        (*size_hw, 1)
    )
    mixed = alpha * colours + (1 - alpha) * np.array(background)
    return np.dstack([np.rint(mixed), np.rint(alpha * 255)]).astype(np.uint8)


def task(mask: np.ndarray = MASK, grey: int = 150, behind: bool = False) -> InpaintTask:
    layers = [Layer("wall", np.ones(mask.shape, bool)), Layer("ball", mask, "amodal")]
    if behind:
        layers.append(Layer("pole", rectangle(mask.shape, (85, 0, 95, 140))))
    image = np.full((*mask.shape, 3), grey, np.uint8)
    return InpaintTask(image, np.ones(mask.shape, bool), "a ball", Layout(mask.shape, tuple(layers)), 0, 1)


def test_it_is_an_inpainter_that_knows_its_footprint():
    composite = ReferenceComposite(ball())
    assert isinstance(composite, Inpainter)
    assert isinstance(composite, HasFootprint)
    assert (composite.working_side, composite.size_multiple) == (None, 1)


def test_the_object_is_on_its_mask_in_its_own_colours():
    picture = ReferenceComposite(ball(), colour=0, shadow=0).inpaint(task()).astype(int)
    drawn = np.abs(picture - 150).max(2) > 40
    assert mask_iou(drawn, MASK) > 0.94
    assert np.abs(picture[50:70, 65:80] - (210, 30, 30)).max() <= 2
    assert np.abs(picture[50:70, 100:115] - (30, 30, 210)).max() <= 2


def test_no_halo_of_the_old_background():
    """Nowhere more green than in the photo or the object: the edge mixes those two alone."""
    for grey in (0, 150, 255):
        picture = ReferenceComposite(ball(), colour=0, shadow=0).inpaint(task(grey=grey)).astype(int)
        green = picture[..., 1] - picture[..., [0, 2]].max(2)
        assert green.max() <= 2


def test_its_edge_is_smooth():
    picture = ReferenceComposite(ball(), colour=0, shadow=0).inpaint(task(grey=255)).astype(int)
    share = (255 - picture[..., 1]) / 225
    between = (share > 0.1) & (share < 0.9)
    assert 0.5 * 2 * np.pi * 30 < between.sum() < 3 * 2 * np.pi * 30
    assert grow(~MASK, 4)[between].all()


def test_it_is_mirrored_where_that_fits_better():
    head = np.zeros((80, 100, 4), np.uint8)
    body = disc((80, 100), (40, 45), 30)
    nose = rectangle((80, 100), (68, 40, 98, 50))
    head[body] = (200, 60, 60, 255)
    head[nose] = (60, 60, 200, 255)
    mask = np.zeros(SIZE_HW, bool)
    mask[20:100, 40:140] = (body | nose)[:, ::-1]
    picture = ReferenceComposite(head, colour=0, shadow=0).inpaint(task(mask)).astype(int)
    blue = np.argwhere(picture[..., 2] > picture[..., 0] + 80)
    assert blue[:, 1].mean() < 75


def test_the_shadow_lies_below_and_can_be_left_out():
    plain = ReferenceComposite(ball(), shadow=0).inpaint(task()).astype(int)
    shaded = ReferenceComposite(ball(), shadow=1).inpaint(task()).astype(int)
    darker = plain.sum(2) - shaded.sum(2)
    assert darker.min() >= 0
    assert darker[91:96, 80:100].mean() > 60
    assert darker[:70].max() <= 6  # of 765


def test_all_that_changes_beside_the_mask_is_in_the_footprint():
    for mask in (MASK, disc(SIZE_HW, (10, 60), 25), rectangle(SIZE_HW, (60, 30, 110, 100))):
        composite = ReferenceComposite(ball())
        asked = task(mask)
        footprint = composite.footprint(mask)
        stated = mask | footprint.beside
        changed = np.abs(composite.inpaint(asked).astype(int) - asked.image).max(2)
        # What is not stated will be taken back: that must be too faint to see as a border.
        assert changed[~stated].max(initial=0) <= 5  # of 255; a shadow of 2 % makes 2
        assert not (footprint.beside & mask).any()
        longer = max(np.ptp(np.argwhere(mask), axis=0)) + 1
        assert not (footprint.covered & ~grow(mask, SLACK * (longer + 18))).any()


def test_without_a_shadow_the_footprint_keeps_to_the_mask():
    footprint = ReferenceComposite(ball(), shadow=0).footprint(MASK)
    assert footprint.beside.sum() < 0.1 * MASK.sum()
    assert mask_iou(footprint.covered, MASK) > 0.94


def test_only_the_pixels_that_may_change_do():
    allowed = rectangle(SIZE_HW, (80, 0, 180, 140))
    asked = replace(task(), mask=allowed)
    changed = (ReferenceComposite(ball()).inpaint(asked) != asked.image).any(2)
    assert changed.any()
    assert not (changed & ~allowed).any()


def test_an_object_that_something_hides_is_fitted_whole():
    hidden, free = task(behind=True), task()
    composite = ReferenceComposite(ball(), colour=0, shadow=0)
    first, second = composite.inpaint(hidden), composite.inpaint(free)
    assert np.array_equal(first, second)


def test_the_photo_decides_over_the_light():
    dark, bright = (ReferenceComposite(ball()).inpaint(task(grey=grey)) for grey in (15, 240))
    assert dark[55:65, 75:105].mean() < bright[55:65, 75:105].mean() - 5


def test_the_same_task_gives_the_same_bytes_whatever_the_seed():
    composite = ReferenceComposite(ball())
    first = composite.inpaint(task())
    other = replace(task(), seed=99)
    assert np.array_equal(first, composite.inpaint(other))


def test_it_gets_the_photos_grain_and_nothing_else_changes():
    asked = task()
    grainy = asked.image + np.random.default_rng(0).normal(0, 2.5, asked.image.shape)
    asked = replace(asked, image=np.rint(grainy).astype(np.uint8))
    clean = ReferenceComposite(ball(), grain=0).inpaint(asked).astype(int)
    first, other = (
        ReferenceComposite(ball()).inpaint(replace(asked, seed=seed)).astype(int) for seed in (0, 1)
    )
    inside = grow(MASK, -4)
    inside[:, 85:95] = False  # the ball's two colours meet there
    for picture in (first, other):
        assert (picture - clean)[inside].std(0) == pytest.approx([2.5] * 3, rel=0.3)
        assert np.array_equal(picture[~grow(MASK, 4)], clean[~grow(MASK, 4)])
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("scale", [1, 12], ids=["as it is", "a large photo"])
def test_a_window_is_drawn_in_strips_without_a_seam(scale, monkeypatch):
    from smartmask.compositing import reference_composite

    composite = ReferenceComposite(ball())
    whole = composite.inpaint(task())
    monkeypatch.setattr(reference_composite, "STRIP_PX", 180 * scale)
    assert np.array_equal(composite.inpaint(task()), whole)


def test_a_huge_cutout_is_shrunk_without_moire():
    stripes = np.zeros((600, 600, 4), np.uint8)
    stripes[::2, :, :3] = 255
    stripes[disc((600, 600), (300, 300), 280), 3] = 255
    picture = ReferenceComposite(stripes, colour=0, shadow=0).inpaint(task()).astype(int)
    assert np.abs(picture[45:75, 75:105] - 127.5).max() < 12


@pytest.mark.parametrize(
    ("name", "value"), [("colour", -0.1), ("shadow", 1.5), ("shadow", float("nan")), ("grain", 2)]
)
def test_a_strength_out_of_range_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be from 0 to 1, not {value}"):
        ReferenceComposite(ball(), **{name: value})


@pytest.mark.parametrize("padding_px", [0, 200], ids=["no padding", "the whole photo"])
def test_what_the_pipeline_shows_of_the_photo_does_not_change_the_drawing(padding_px):
    """The footprint is found on the photo, the drawing made in a window: both must fit the same way."""
    composite = ReferenceComposite(ball(), colour=0)
    mask = blob(SIZE_HW, 3)
    asked = task(mask)
    settings = InsertSettings(grow_px=0, feather_px=0, padding_px=padding_px)
    found = fill_mask(asked.image, Layout(SIZE_HW), "a ball", mask, composite, [0], settings, ())[0]
    direct = composite.inpaint(asked)
    assert np.array_equal(found.image[found.alpha > 0], direct[found.alpha > 0])
    footprint = composite.footprint(mask)
    assert np.array_equal(found.alpha > 0, mask | footprint.beside)
    assert np.array_equal(found.layout.layers[0].mask, footprint.covered)
    assert np.array_equal(found.mask, mask)


def test_a_cutout_with_the_photos_profile_keeps_its_values_and_another_is_converted():
    own, other = (Image.fromarray(ball()) for _ in range(2))
    own.info["icc_profile"] = WIDE
    plain = {"colour": 0, "shadow": 0, "grain": 0}
    wide = replace(task(), profile=WIDE)
    kept = ReferenceComposite(own, **plain).inpaint(wide)
    assert np.array_equal(kept, ReferenceComposite(other, **plain).inpaint(task()))
    differs = (kept != ReferenceComposite(other, **plain).inpaint(wide)).any(2)
    assert differs[disc(SIZE_HW, (90, 60), 20)].all()
    assert not differs[~grow(MASK, 8)].any()
