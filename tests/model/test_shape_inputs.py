"""What the compact network reads of a condition."""

import numpy as np
import pytest
from shapes import disc, rectangle
from tiny_codec import LABEL_WIDTH, RESOLUTION, tiny_codec

from smartmask.model.condition import SPECIAL_ROWS, build_condition
from smartmask.model.shape_inputs import CELLS, ShapeInputs, hint_field
from smartmask.model.signed_distance import encode
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Scribble, kind_index
from smartmask.scene.layout import UNKNOWN
from smartmask.scene.view import View

SIZE_HW = (32, 32)
LABELS = ("wall", "floor")


def inputs_of(
    encoder, index: np.ndarray, guidance: Guidance = NoGuidance(), view: View | None = None
) -> ShapeInputs:
    condition = build_condition(
        index.astype(np.int16), LABELS, guidance, view or View.whole(SIZE_HW, RESOLUTION),
        prompt="dog", scene=None, encoder=encoder,
    )  # fmt: skip
    return ShapeInputs.of(condition, tiny_codec())


def cells(inputs: ShapeInputs) -> np.ndarray:
    return inputs.layout.reshape(CELLS, CELLS, LABEL_WIDTH + SPECIAL_ROWS)


def test_each_cell_holds_the_mean_of_its_labels(tiny_encoder):
    index = np.where(np.arange(32)[:, None] < 14, 0, 1).repeat(32, 1)
    found = cells(inputs_of(tiny_encoder, index))
    wall, floor = tiny_encoder.encode(LABELS) @ tiny_codec().label_basis
    np.testing.assert_allclose(found[0, 3, :LABEL_WIDTH], wall, rtol=1e-5)
    np.testing.assert_allclose(found[-1, 3, :LABEL_WIDTH], floor, rtol=1e-5)
    np.testing.assert_allclose(found[3, 3, :LABEL_WIDTH], (wall + floor) / 2, rtol=1e-5, atol=1e-6)
    assert not found[..., LABEL_WIDTH:].any()


def test_what_is_unknown_or_off_the_canvas_has_shares_of_its_own(tiny_encoder):
    view = View(x0=-16, y0=0, side=32, resolution=RESOLUTION, size_hw=SIZE_HW)
    found = cells(inputs_of(tiny_encoder, np.full(SIZE_HW, UNKNOWN), view=view))
    assert not found[..., :LABEL_WIDTH].any()
    np.testing.assert_array_equal(found[:, :4, LABEL_WIDTH:], np.broadcast_to([1, 0], (8, 4, 2)))
    np.testing.assert_array_equal(found[:, 4:, LABEL_WIDTH:], np.broadcast_to([0, 1], (8, 4, 2)))


def test_the_hint_is_told_by_its_field_its_kind_and_its_aspect(tiny_encoder):
    wide = Box((4, 12, 28, 20))
    found = inputs_of(tiny_encoder, np.zeros(SIZE_HW), wide)
    assert found.guidance_kind.tolist() == [kind_index(wide)]
    assert found.extent[0, 0] == pytest.approx(np.log(3), abs=0.01)
    drawn = Scribble(rectangle(SIZE_HW, (4, 12, 28, 20)))
    same = inputs_of(tiny_encoder, np.zeros(SIZE_HW), drawn)
    np.testing.assert_allclose(same.hint, found.hint, atol=1e-5)
    assert same.guidance_kind.tolist() == [kind_index(drawn)]


def test_no_hint_is_far_from_everything(tiny_encoder):
    assert (hint_field(np.zeros((16, 16), np.float32)) == -1).all()
    assert inputs_of(tiny_encoder, np.zeros(SIZE_HW)).extent.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("scale", [1, 2, 3], ids="{} canvas pixels a view pixel".format)
def test_the_field_of_a_hint_is_that_which_training_makes_of_a_mask(scale):
    size = 64 * scale
    mask = disc((size, size), (31 * scale, 34 * scale), 18 * scale)
    view = View.whole((size, size), 64)
    difference = hint_field(Scribble(mask).rasterize(view)) - encode(mask, view)
    assert np.abs(difference).mean() < 0.02
    assert np.abs(difference).max() < 0.12  # of 5 view pixels


def test_stacked_ones_stay_in_order(tiny_encoder):
    one = inputs_of(tiny_encoder, np.zeros(SIZE_HW))
    other = inputs_of(tiny_encoder, np.ones(SIZE_HW), Box((4, 4, 20, 9)))
    both = ShapeInputs.stack([one, other])
    for number, alone in enumerate((one, other)):
        for name in ("hint", "layout", "extent", "guidance_kind", "object_text", "scene_text"):
            assert np.array_equal(getattr(both, name)[number], getattr(alone, name)[0])
