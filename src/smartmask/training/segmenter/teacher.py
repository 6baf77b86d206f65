"""Self-training: stuff that nobody named in a photo, named by a network that has learnt from the others.

Most photos name things only; what lies round them is "some stuff". A teacher's guess replaces that where it
is sure (Lee 2013, "Pseudo-Label"; for segmentation Zou et al. 2018, arXiv 1810.07911). Things are never
guessed: where one ends and the next begins is not to be had from class probabilities.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch.nn import functional

from smartmask.data.labelled_photos import NO_THING, LabelledPhoto
from smartmask.data.segment_classes import CLASSES, THINGS
from smartmask.training.segmenter.network import SIZE_MULTIPLE, SegmenterNetwork

SURE = 0.75
"""Probability among all classes from which a guess is taken."""


def with_guessed_stuff(
    photos: Sequence[LabelledPhoto], teacher: SegmenterNetwork, longer_side: int
) -> Iterator[LabelledPhoto]:
    """The photos, with a class of stuff wherever none was named and the teacher is sure of one.

    Args:
        photos: What to complete; pixels whose class is known stay as they are.
        teacher: A trained network.
        longer_side: Pixels to bring a photo's longer side to.
    """
    for photo in photos:
        probabilities = _probabilities(teacher, photo.image, longer_side)
        guess, certainty = probabilities.argmax(0), probabilities.max(0)
        unnamed = (photo.targets >= len(CLASSES)) & (photo.things == NO_THING)
        taken = unnamed & (guess >= len(THINGS)) & (certainty >= SURE)
        yield replace(photo, targets=np.where(taken, guess, photo.targets).astype(np.uint8))


def _probabilities(
    teacher: SegmenterNetwork, image: UInt8[np.ndarray, "H W 3"], longer_side: int
) -> Float[np.ndarray, "C H W"]:
    """Mean over the photo and its mirror image."""
    height, width = image.shape[:2]
    scale = longer_side / max(height, width)
    sides = [max(1, round(side * scale / SIZE_MULTIPLE)) * SIZE_MULTIPLE for side in (width, height)]
    pixels = np.asarray(Image.fromarray(image).resize((sides[0], sides[1]), Image.Resampling.BILINEAR))
    batch = torch.from_numpy(np.stack([pixels, pixels[:, ::-1]]).transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        both = teacher(batch).class_logits.float().softmax(1)
        mean = (both[:1] + both[1:].flip(3)) / 2
        return functional.interpolate(mean, (height, width), mode="bilinear")[0].numpy()
