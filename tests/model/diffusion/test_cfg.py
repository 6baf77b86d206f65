import dataclasses

import numpy as np
import pytest

from smartmask.model.diffusion.cfg import guided
from smartmask.model.diffusion.condition import SPECIAL_ROWS, UNKNOWN, Condition
from smartmask.model.diffusion.sampler import euler

WORD = np.array([0.6, 0.8], np.float32)
TOLD = Condition(
    regions=np.zeros((4, 4), np.int16),
    label_table=np.zeros((1, 2), np.float32),
    guidance=np.zeros((4, 4), np.float32),
    guidance_kind=0,
    object_text=WORD,
    scene_text=WORD,
    zoom=0.0,
)


def two_branches(x, t, conditions):
    """Denoisers of two answers: 1 where words are given, -1 where they are not."""
    return tuple(np.full_like(x, 1.0 if condition.object_text.any() else -1.0) for condition in conditions)


@pytest.mark.parametrize(
    ("cfg_scale", "estimate"),
    [
        pytest.param(1.0, 1.0, id="1 is the conditional branch"),
        pytest.param(0.0, -1.0, id="0 is the unconditional branch"),
        pytest.param(2.0, 3.0, id="2 goes as far again beyond the conditional branch"),
        pytest.param(0.5, 0.0, id="a half lies between the branches"),
    ],
)
def test_cfg_scale(cfg_scale, estimate):
    x = np.zeros((1, 4, 4), np.float32)
    assert (guided(two_branches, TOLD, cfg_scale)(x, 0.5) == estimate).all()


def test_steering_stops_at_the_time_asked_for():
    denoise = guided(two_branches, TOLD, 2.0, until=0.4)
    x = np.zeros((1, 4, 4), np.float32)
    assert (denoise(x, 0.41) == 3).all()
    assert (denoise(x, 0.4) == 1).all()


def three_branches(x, t, conditions):
    """0 without layout, 1 with the layout alone, 10 with layout and words."""
    seen = [
        (bool((c.regions != UNKNOWN + SPECIAL_ROWS).any()), bool(c.object_text.any())) for c in conditions
    ]
    values = {(False, False): 0.0, (True, False): 1.0, (True, True): 10.0}
    return tuple(np.full_like(x, values[entry]) for entry in seen)


@pytest.mark.parametrize(
    ("cfg_scale", "layout_scale", "estimate"),
    [
        pytest.param(1.0, 1.0, 10.0, id="both 1 is all that is told"),
        pytest.param(0.0, 1.0, 1.0, id="no words leave the layout"),
        pytest.param(0.0, 0.0, 0.0, id="neither leaves nothing"),
        pytest.param(1.0, 0.0, 9.0, id="words without the layout's own share"),
        pytest.param(3.0, 1.5, 0 + 1.5 * 1 + 3 * 9, id="InstructPix2Pix, equation 3, by hand"),
    ],
)
def test_layout_and_words_have_a_scale_each(cfg_scale, layout_scale, estimate):
    told = dataclasses.replace(TOLD, regions=np.full((4, 4), SPECIAL_ROWS, np.int16))
    denoise = guided(three_branches, told, cfg_scale, layout_scale=layout_scale)
    assert (denoise(np.zeros((1, 4, 4), np.float32), 0.5) == estimate).all()


@pytest.mark.parametrize("cfg_scale", [1.0, 3.0])
def test_the_branch_without_words_is_called_only_where_it_counts(cfg_scale):
    counts = []

    def counting(x, t, conditions):
        counts.append(len(conditions))
        return two_branches(x, t, conditions)

    euler(
        guided(counting, TOLD, cfg_scale, until=0.5),
        np.ones((1, 4, 4), np.float32),
        [1.0, 0.75, 0.5, 0.25, 0.0],
    )
    assert counts == ([1, 1, 1, 1] if cfg_scale == 1.0 else [2, 2, 1, 1])
