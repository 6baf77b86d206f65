"""A large canvas as it is looked at: something of it is left, however thin it is."""

import numpy as np
import pytest

from smartmask.pipelines.reduced_canvas import WORK_PX, reduced, step_of
from smartmask.scene.guidance import NoGuidance
from smartmask.scene.layout import Layer, Layout


@pytest.mark.parametrize("size_hw", [(1, 30_000), (30_000, 1), (3, 20_000), (40, 50_000), (600, 800)])
def test_a_thin_canvas_keeps_a_row(size_hw):
    layout = Layout(size_hw, (Layer("floor", np.ones(size_hw, bool)),))
    found = reduced(layout, step_of(NoGuidance(), size_hw))
    assert min(found.size_hw) >= 1
    assert found.layers[0].mask.all()


def test_a_large_canvas_is_looked_at_in_a_small_one():
    assert step_of(NoGuidance(), (4000, 6000)) == -(-6000 // WORK_PX)
