"""A mask as Stable Diffusion sees it: its signed distance field as a grey image through the VAE.

The field of `model/diffusion/field_codec.py`, in [-1, 1] with a rim of a few pixels about the contour, is
just a mask drawn as a picture with soft edges: white inside, black outside. Three equal channels of it are
the VAE's image, and the mean of the three on the way back is the field again, so both backbones share
everything beyond the network.
"""

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float, Float32
from torch import Tensor


class VaeCodec:
    """Field <-> latent, by a frozen VAE."""

    def __init__(self, vae: AutoencoderKL) -> None:
        """Take the VAE; it is not trained."""
        self.vae = vae.requires_grad_(False)
        self.vae.train(False)
        self.factor = latent_factor(vae)
        self._scale: float = vae.config["scaling_factor"]

    def latents(self, field: Float[Tensor, "B 1 R R"]) -> Float[Tensor, "B C h w"]:
        """The scaled latents of fields."""
        return self.image_latents(field.expand(-1, 3, -1, -1))

    def image_latents(self, image: Float[Tensor, "B 3 R R"]) -> Float[Tensor, "B C h w"]:
        """The scaled latents of pictures in [-1, 1]: the likeliest ones of the VAE's distribution."""
        with torch.no_grad():
            mode: Tensor = self.vae.encode(image.to(self.vae.dtype)).latent_dist.mode()
            return (mode * self._scale).float()

    def fields(self, latents: Float[Tensor, "B C h w"]) -> Float[Tensor, "B 1 R R"]:
        """The fields of scaled latents, in [-1, 1]."""
        with torch.no_grad():
            image: Tensor = self.vae.decode(latents.to(self.vae.dtype) / self._scale).sample
            return image.float().mean(1, keepdim=True).clamp(-1, 1)


class LatentSpace:
    """What `MaskGenerator` samples in: the codec in NumPy, one field at a time."""

    def __init__(self, codec: VaeCodec, resolution: int) -> None:
        """Take the codec.

        Args:
            codec: Field <-> latent.
            resolution: R of the views.
        """
        side = resolution // codec.factor
        self.shape: tuple[int, ...] = (codec.vae.config["latent_channels"], side, side)
        self._codec = codec

    def decode(self, sample: Float32[np.ndarray, "C h w"]) -> Float32[np.ndarray, "R R"]:
        """The field of a latent."""
        batch = torch.from_numpy(sample)[None].to(self._codec.vae.device)
        return _numpy(self._codec.fields(batch)[0, 0])


def latent_factor(vae: AutoencoderKL) -> int:
    """Pixels along a side of a latent cell."""
    return int(2 ** (len(vae.config["block_out_channels"]) - 1))


def _numpy(tensor: Tensor) -> np.ndarray:
    array: np.ndarray = tensor.float().cpu().numpy()
    return array
