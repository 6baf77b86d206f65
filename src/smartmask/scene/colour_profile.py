"""ICC profiles: what the numbers of a picture mean as colours. A picture without one is taken for sRGB.

Profiles travel as the bytes that files hold them as; a `Picture` has one beside its pixels.
"""

import io
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageCms

from smartmask.errors import ImageError

MOST_BYTES = 2**20
"""No reader of PNG files takes a longer profile for granted; Pillow refuses such a file."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photo's pixels, and the profile that tells what they look like.

    Attributes:
        pixels: RGB, upright.
        profile: An ICC profile of RGB; None = sRGB.
    """

    pixels: UInt8[np.ndarray, "H W 3"]
    profile: bytes | None = None


def space_of(profile: bytes) -> str | None:
    """The numbers that a profile is for: "RGB", "GRAY", "CMYK", "Lab", ...; None if it is damaged."""
    try:
        return str(_opened(profile).profile.xcolor_space).strip()
    except (ImageCms.PyCMSError, OSError):
        return None


def converted(
    pixels: UInt8[np.ndarray, "H W 3"], profile: bytes | None, to: bytes | None
) -> UInt8[np.ndarray, "H W 3"]:
    """The same colours in the numbers of another profile; what it cannot show is brought to its edge.

    Args:
        pixels: RGB.
        profile: What they mean; None = sRGB.
        to: What they shall mean.

    Raises:
        ImageError: If one of the profiles cannot be used for that, as those of scanners cannot be written in.
    """
    if profile == to:
        return pixels
    return np.array(in_rgb(Image.fromarray(pixels), profile, to))


def in_rgb(image: Image.Image, profile: bytes | None, to: bytes | None = None) -> Image.Image:
    """An image of any colour mode that its profile is for as RGB; all else as in `converted`."""
    intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    try:
        transform = ImageCms.buildTransform(_opened(profile), _opened(to), image.mode, "RGB", intent, flags)
        return transform.apply(image)
    except (ImageCms.PyCMSError, OSError) as error:
        raise ImageError(
            f"colours cannot be converted between two ICC profiles ({error}); save both pictures as sRGB"
        ) from error


def _opened(profile: bytes | None) -> ImageCms.ImageCmsProfile:
    if profile is None:
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))
