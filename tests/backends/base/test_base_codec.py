"""Masks through a VAE and back."""

import numpy as np
import pytest
import torch
from base_parts import SIDE, fit_vae, tiny_vae
from shapes import blob, disc, rectangle

from smartmask.backends.base.codec import LatentSpace, VaeCodec
from smartmask.model.diffusion.field_codec import decode
from smartmask.scene.masks import mask_iou
from smartmask.scene.view import View
from smartmask.training.base.signed_distance import encode

SIZE_HW = (64, 64)
VIEW = View.whole(SIZE_HW, SIDE)
MASKS = {
    "a disc": disc(SIZE_HW, (30, 34), 18),
    "a rectangle": rectangle(SIZE_HW, (10, 8, 50, 44)),
    "a blob": blob(SIZE_HW, 3),
    "nothing": np.zeros(SIZE_HW, bool),
    "everything": np.ones(SIZE_HW, bool),
}


@pytest.fixture(scope="module")
def codec() -> VaeCodec:
    """A VAE that knows these masks."""
    vae = tiny_vae()
    fit_vae(vae, torch.from_numpy(np.stack([encode(mask, VIEW) for mask in MASKS.values()]))[:, None], 300)
    return VaeCodec(vae)


@pytest.mark.parametrize("name", MASKS)
def test_a_mask_survives_the_way_into_latents_and_back(codec, name):
    space = LatentSpace(codec, SIDE)
    field = torch.from_numpy(encode(MASKS[name], VIEW))
    latent = codec.latents(field[None, None])[0].numpy()
    assert latent.shape == space.shape == (4, SIDE // 2, SIDE // 2)
    field = space.decode(latent)
    assert -1 <= field.min() <= field.max() <= 1
    assert mask_iou(decode(field, VIEW)[0], MASKS[name]) > 0.88


def test_latents_are_those_of_a_grey_picture_times_the_vaes_own_factor(codec):
    field = torch.rand(2, 1, SIDE, SIDE) * 2 - 1
    with torch.no_grad():
        mode = codec.vae.encode(field.expand(-1, 3, -1, -1)).latent_dist.mode()
    torch.testing.assert_close(codec.latents(field), mode * codec.vae.config["scaling_factor"])
    assert codec.latents(field).std() == pytest.approx(1, abs=0.7)


def test_the_vae_is_not_trained(codec):
    assert not any(parameter.requires_grad for parameter in codec.vae.parameters())
    assert not codec.vae.training
