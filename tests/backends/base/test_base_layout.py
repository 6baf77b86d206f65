"""The layout and the hint as latent channels: numbers computed by hand, and what each encoding tells."""

import numpy as np
import pytest
import torch
from base_parts import tiny_vae
from hypothesis import given
from hypothesis import strategies as st

from smartmask.backends.base.layout import BlendedLayout, LayoutChannels, blend_guidance, gather_labels
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.scene.layout import OUTSIDE, UNKNOWN

R, FACTOR = 8, 2
WIDTH = 4


def inputs(kind: int = 1, batch: int = 1, zoom: float = -0.5) -> dict[str, torch.Tensor]:
    """Left half row 0 of the table, right half row 1; a hint in the top left quarter."""
    regions = torch.full((batch, R, R), SPECIAL_ROWS)
    regions[:, :, R // 2 :] = SPECIAL_ROWS + 1
    table = torch.eye(2, WIDTH).expand(batch, -1, -1)
    guidance = torch.zeros(batch, 1, R, R)
    guidance[:, :, : R // 2, : R // 2] = 1
    return {
        "regions": regions,
        "label_table": table,
        "guidance": guidance,
        "guidance_kind": torch.full((batch,), kind),
        "zoom": torch.full((batch,), zoom),
    }


@pytest.fixture
def channels() -> LayoutChannels:
    torch.manual_seed(0)
    return LayoutChannels(WIDTH, 3, FACTOR)


@pytest.fixture
def blended() -> BlendedLayout:
    torch.manual_seed(0)
    return BlendedLayout(WIDTH, tiny_vae())


def test_equation_5_by_hand():
    """S~ = S (1 - 0.7 G) + 0.7 G at a pixel of colour (0.2, 0.5, 1.0) for G = 0, 0.5 and 1."""
    picture = torch.tensor([0.2, 0.5, 1.0]).view(1, 3, 1, 1).expand(1, 3, 1, 3)
    hint = torch.tensor([0.0, 0.5, 1.0]).view(1, 1, 1, 3)
    expected = torch.tensor([[0.2, 0.48, 0.76], [0.5, 0.675, 0.85], [1.0, 1.0, 1.0]])
    torch.testing.assert_close(blend_guidance(picture, hint)[0, :, 0], expected)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_blended_hint_only_brightens_and_stays_a_colour(colour, hint, strength):
    value = blend_guidance(torch.full((1, 3, 1, 1), colour), torch.full((1, 1, 1, 1), hint), strength)
    assert colour - 1e-6 <= value.min() <= value.max() <= 1 + 1e-6


def test_the_blended_picture_goes_through_an_encoder_that_begins_as_the_vaes(blended):
    vae, given = tiny_vae(), inputs()
    picture = blend_guidance(blended.picture(given["regions"], given["label_table"]), given["guidance"])
    expected = vae.encode(2 * picture - 1).latent_dist.mode() * vae.config["scaling_factor"]
    torch.testing.assert_close(blended(**given), expected)
    assert blended.channels == vae.config["latent_channels"] == expected.shape[1]
    assert all(parameter.requires_grad for parameter in blended.parameters())


def test_the_picture_is_black_where_nothing_is_known_and_grey_beyond_the_canvas(blended):
    regions = torch.tensor([[[OUTSIDE, UNKNOWN], [0, 1]]]) + SPECIAL_ROWS
    picture = blended.picture(regions, torch.eye(2, WIDTH)[None])
    assert picture[0, :, 0].tolist() == [[0.5, 0.0]] * 3
    assert (picture[0, :, 1, 0] - picture[0, :, 1, 1]).abs().max() > 0.1


def test_blending_hides_the_kind_and_the_zoom_as_the_paper_does(blended):
    one, other = blended(**inputs(kind=1, zoom=0.0)), blended(**inputs(kind=3, zoom=-2.0))
    assert torch.equal(one, other)


def test_each_kind_of_hint_has_a_channel_of_its_own(channels):
    hint = torch.zeros(R // FACTOR, R // FACTOR)
    hint[:2, :2] = 1
    for kind in range(4):
        maps = channels(**inputs(kind=kind))[0, 4:7]
        expected = torch.stack([hint * (kind == number) for number in (1, 2, 3)])
        torch.testing.assert_close(maps, expected)


def test_the_other_channels_by_hand(channels):
    found = channels(**inputs())[0]
    assert found.shape == (channels.channels, R // FACTOR, R // FACTOR)
    rows = channels.label_projection(torch.eye(2, WIDTH) * WIDTH**0.5)
    torch.testing.assert_close(found[:3, 0, 0], rows[0])
    torch.testing.assert_close(found[:3, 0, 3], rows[1])
    border = torch.zeros(4, 4)
    border[:, 1] = 0.5  # the last column of the left half, averaged over cells of two
    torch.testing.assert_close(found[3], border)
    torch.testing.assert_close(found[7], torch.full((4, 4), -0.5))


@pytest.mark.parametrize("kind", ["channels", "blended"])
def test_a_label_is_its_embedding_wherever_it_stands_in_the_table(kind, request):
    layout, given = request.getfixturevalue(kind), inputs()
    swapped = {
        **given,
        "label_table": given["label_table"].flip(1),
        "regions": 2 * SPECIAL_ROWS + 1 - given["regions"],
    }
    torch.testing.assert_close(layout(**given), layout(**swapped))


def test_rows_are_gathered_after_the_special_ones():
    regions = torch.tensor([[[0, 1], [2, 3]]])
    table, special = torch.tensor([[[30.0], [40.0]]]), torch.tensor([[10.0], [20.0]])
    assert gather_labels(regions, table, special).tolist() == [[[[10.0, 20.0], [30.0, 40.0]]]]


@pytest.mark.parametrize("kind", ["channels", "blended"])
def test_all_of_it_learns(kind, request):
    layout = request.getfixturevalue(kind)
    layout.train()
    layout.checkpoints_gradients = True
    layout(**inputs()).square().sum().backward()
    silent = [name for name, value in layout.named_parameters() if value.grad is None]
    assert silent == []
    assert np.isfinite([value.grad.norm().item() for value in layout.parameters()]).all()
