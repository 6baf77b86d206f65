"""Cosines of embeddings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cosine

from smartmask.evaluation.metrics.clip_score import clip_scores


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(0.01, 100))
def test_it_is_scipys_cosine_whatever_the_lengths(seed, first, second):
    images, texts = np.random.default_rng(seed).standard_normal((2, 4, 7)).astype(np.float32)
    expected = [1 - cosine(image, text) for image, text in zip(images, texts, strict=True)]
    scores = clip_scores(images * np.float32(first), texts * np.float32(second))
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_the_same_direction_is_one_and_the_opposite_minus_one():
    rows = np.random.default_rng(0).standard_normal((3, 5))
    np.testing.assert_allclose(clip_scores(rows, 2 * rows), 1)
    np.testing.assert_allclose(clip_scores(rows, -rows), -1)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_an_embedding_without_direction_is_refused(value):
    good, bad = np.ones((2, 3)), np.array([[1.0, 1.0, 1.0], [value] * 3])
    with pytest.raises(ValueError, match="a picture's embedding is zero or not finite"):
        clip_scores(bad, good)
    with pytest.raises(ValueError, match="a text's embedding is zero or not finite"):
        clip_scores(good, bad)
