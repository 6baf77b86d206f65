"""The figures of a set of insertions, and the patches they look at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import rectangle

from smartmask.backends.features_transformers import TransformersClip, TransformersFeatures
from smartmask.evaluation.insertions import (
    PATCH_SCALE,
    SMALLEST_PATCH_PX,
    InsertionRecord,
    evaluate_insertions,
    local_patch,
)
from smartmask.evaluation.metrics.background import background_l2
from smartmask.evaluation.metrics.clip_score import clip_scores
from smartmask.evaluation.metrics.frechet import frechet_distance, gaussian_of

SIZE_HW = (90, 120)


class Means:
    """Features that can be told by hand: the mean of each channel."""

    def image_features(self, images):
        return np.array([image.mean((0, 1)) for image in images], np.float32)

    def text_features(self, texts):
        return np.array([[len(text), 1, 1] for text in texts], np.float32)


def record(seed: int, with_raw: bool = True) -> InsertionRecord:
    rng = np.random.default_rng(seed)
    original = rng.integers(0, 255, (*SIZE_HW, 3), np.uint8)
    mask = rectangle(SIZE_HW, (30, 20, 70, 60))
    raw = np.clip(original.astype(int) + rng.integers(-9, 9, original.shape), 0, 255).astype(np.uint8)
    result = np.where(mask[..., None], raw, original)
    return InsertionRecord(original, result, mask, f"thing number {seed}", raw if with_raw else None)


def test_the_figures_are_those_of_all_records_together():
    records = [record(seed) for seed in range(37)]
    score = evaluate_insertions(iter(records), Means(), Means())
    real = Means().image_features([local_patch(r.original, r.mask) for r in records])
    drawn = Means().image_features([local_patch(r.result, r.mask) for r in records])
    texts = Means().text_features([r.prompt for r in records])
    assert score.records == 37
    assert score.local_frechet == pytest.approx(frechet_distance(gaussian_of(real), gaussian_of(drawn)))
    assert score.clip == pytest.approx(clip_scores(drawn, texts).mean())
    assert score.background_l2 == 0
    raw = [background_l2(r.original, r.raw, r.mask) for r in records]
    assert score.background_l2_raw == pytest.approx(np.mean(raw))
    assert score.background_l2_raw > 0.01


def test_without_raw_pictures_there_is_no_raw_figure():
    records = [record(seed, with_raw=False) for seed in range(3)]
    assert evaluate_insertions(records, Means(), Means()).background_l2_raw is None


def test_tiny_networks_judge_a_worse_result_to_be_worse(tiny_checkpoints):
    features = TransformersFeatures(tiny_checkpoints("resnet"))
    clip = TransformersClip(tiny_checkpoints("clip"))
    records = [record(seed) for seed in range(12)]
    ruined = [InsertionRecord(r.original, r.result // 4, r.mask, r.prompt) for r in records]
    good, bad = (evaluate_insertions(some, features, clip) for some in (records, ruined))
    assert good.local_frechet < bad.local_frechet
    assert good.background_l2 < bad.background_l2
    assert -1 <= good.clip <= 1


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "a Frechet distance needs at least 2 records, not 0"),
        ([record(0)], "at least 2 records, not 1"),
        ([record(0), record(1, with_raw=False)], "1 of 2 records have a raw picture; give all or none"),
    ],
    ids=["none", "one", "some with a raw picture"],
)
def test_sets_without_figures_are_refused(records, message):
    with pytest.raises(ValueError, match=message):
        evaluate_insertions(records, Means(), Means())


@st.composite
def boxes(draw):
    height, width = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    x0, y0 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (height, width), (x0, y0, draw(st.integers(x0 + 1, width)), draw(st.integers(y0 + 1, height)))


@given(boxes())
def test_a_patch_is_a_square_that_holds_the_object(given_boxes):
    size_hw, (x0, y0, x1, y1) = given_boxes
    mask = rectangle(size_hw, (x0, y0, x1, y1))
    rows, columns = np.indices(size_hw)
    image = np.stack([rows, columns, mask], 2).astype(np.uint8)
    patch = local_patch(image, mask)
    side = max(round(PATCH_SCALE * max(x1 - x0, y1 - y0)), SMALLEST_PATCH_PX)
    assert patch.shape == (side, side, 3)
    seen = set(map(tuple, patch[patch[..., 2] == 1].tolist()))
    assert seen == set(map(tuple, image[mask].tolist()))


def test_a_patch_is_centred_moved_onto_the_picture_or_mirrored():
    columns = np.broadcast_to(np.arange(200, dtype=np.uint8), (3, 200)).T[None].repeat(200, 0)
    middle = local_patch(columns, rectangle((200, 200), (90, 90, 110, 110)))
    assert (middle[0, 0, 0], middle[0, -1, 0]) == (68, 131)
    corner = local_patch(columns, rectangle((200, 200), (180, 0, 200, 20)))
    assert (corner[0, 0, 0], corner[0, -1, 0]) == (136, 199)
    narrow = local_patch(columns[:, :4], rectangle((200, 4), (0, 90, 4, 110)))
    assert narrow[0, 26:38, 0].tolist() == [3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0]


def test_an_empty_mask_has_no_patch():
    with pytest.raises(ValueError, match="an empty mask has no box"):
        local_patch(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), bool))
