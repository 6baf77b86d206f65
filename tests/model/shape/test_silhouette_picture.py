"""The two pictures that a silhouette is read in."""

import numpy as np
import pytest
from shapes import blob, disc, rectangle

from smartmask.model.shape.picture import INNER_PX, PICTURE_PX, silhouette_picture


def test_a_bar_is_thin_in_one_and_fills_the_other():
    aspect, stretched = silhouette_picture(rectangle((80, 120), (10, 30, 110, 50))) > 127
    assert aspect.sum() == INNER_PX * INNER_PX // 5
    assert stretched.sum() == INNER_PX**2
    assert aspect.shape == (PICTURE_PX, PICTURE_PX)


@pytest.mark.parametrize("factor", [2, 5])
def test_neither_place_nor_resolution_shows(factor):
    small = blob((40, 40), 3)
    large = np.pad(np.kron(small, np.ones((factor, factor), bool)), ((7, 0), (0, 19)))
    one, other = silhouette_picture(small).astype(int), silhouette_picture(large).astype(int)
    assert np.abs(one - other).mean() < 255 * 0.02


def test_what_is_thin_all_over_is_seen():
    assert silhouette_picture(rectangle((400, 400), (0, 200, 400, 201))).max() == 255


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="empty mask"):
        silhouette_picture(np.zeros((4, 4), bool))


def test_a_disc_is_the_same_in_both():
    aspect, stretched = silhouette_picture(disc((90, 90), (45, 45), 30)).astype(int)
    assert np.abs(aspect - stretched).max() == 0
