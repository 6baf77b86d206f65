"""Labelled photos -> training crops at the network's output resolution. Every crop follows from (seed,
number).

A crop is a window of the photo resampled to a square: its scale is drawn between half and one and a half of
the scale at which whole photos are segmented, its sides are cut to the photo's (so a wide window is squeezed
rather than padded), and half of the windows are centred on a thing, each class of the photo as likely as
another. Onto some crops things of another photo are pasted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int, UInt8
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from smartmask.data.labelled_photos import CROWD, LabelledPhoto
from smartmask.data.segment_classes import ANYTHING, NOT_THE_FOUR
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.network import OUTPUT_STRIDE

SCALES = 0.5, 1.5
ASPECT_JITTER = 0.2
# Panoptic-DeepLab's 8 pixels (arXiv 1911.10194, section 3.2), in cells.
CENTRE_DEVIATION = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A training item; or a batch of them, as tensors with one axis more.

    Attributes:
        image: RGB (3, S, S) in 0..255.
        targets: A class or a set of classes (segment_classes) at each cell of 1/4 of the crop.
        centres: Heat map, 1 at the cell of a thing's centre.
        centre_known: Whether it is known that no other centre is there.
        offsets: Rows and columns, in cells, from a cell to its thing's centre.
        in_thing: Whether the cell lies in a thing.
    """

    image: UInt8[np.ndarray, "3 S S"]
    targets: UInt8[np.ndarray, "h w"]
    centres: Float32[np.ndarray, "h w"]
    centre_known: Bool[np.ndarray, "h w"]
    offsets: Float32[np.ndarray, "2 h w"]
    in_thing: Bool[np.ndarray, "h w"]


@dataclass(frozen=True, slots=True, eq=False)
class CropBatch:
    """The tensors of a step; the attributes of `Crop`, stacked."""

    image: torch.Tensor
    targets: torch.Tensor
    centres: torch.Tensor
    centre_known: torch.Tensor
    offsets: torch.Tensor
    in_thing: torch.Tensor


class CropDataset(Dataset[Crop]):
    """Crop number -> crop."""

    def __init__(self, photos: Sequence[LabelledPhoto], config: SegmenterTrainConfig) -> None:
        """Sort the photos by kind.

        Raises:
            ValueError: If the mixture asks for a kind of which there is no photo.
        """
        self._config = config
        self._photos = {kind: [photo for photo in photos if photo.kind == kind] for kind in config.mixture}
        missing = [kind for kind, found in self._photos.items() if not found]
        if missing:
            raise ValueError(
                f"the mixture asks for photos of kind {', '.join(missing)}, but there is none to train on"
            )

    def __getitem__(self, number: int) -> Crop:
        """The crop of that number."""
        rng = np.random.default_rng([self._config.seed, 1, number])
        photo = self._draw(rng)
        donor = self._draw(rng) if rng.random() < self._config.paste_share else None
        return make_crop(photo, self._config, rng, donor)

    def _draw(self, rng: np.random.Generator) -> LabelledPhoto:
        kinds, shares = list(self._config.mixture), np.array(list(self._config.mixture.values()))
        photos = self._photos[kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]]
        return photos[int(rng.integers(len(photos)))]


def crop_batches(
    dataset: CropDataset, config: SegmenterTrainConfig, first_step: int, workers: int
) -> Iterator[CropBatch]:
    """Batches from a step on, without end; the same step always gives the same batch."""
    yield from DataLoader(
        dataset,
        batch_sampler=_Steps(config.batch_size, first_step),
        num_workers=workers,
        collate_fn=stack_crops,
        worker_init_fn=_one_thread,
        prefetch_factor=4 if workers else None,
    )


def stack_crops(crops: Sequence[Crop]) -> CropBatch:
    """Crops as the tensors of a step."""
    stacked = {
        field.name: torch.from_numpy(np.stack([getattr(crop, field.name) for crop in crops]))
        for field in fields(Crop)
    }
    return CropBatch(**stacked)


def make_crop(
    photo: LabelledPhoto,
    config: SegmenterTrainConfig,
    rng: np.random.Generator,
    donor: LabelledPhoto | None = None,
) -> Crop:
    """A random window of a photo, perhaps mirrored, its colours shifted, with things of a donor pasted on.

    Pasted as they are (Ghiasi et al. 2021, arXiv 2012.07177: blending gains nothing).
    """
    window = _cut(photo, config, rng)
    if donor is not None:
        window = _paste(window, _cut(donor, config, rng), rng)
    cells = slice(OUTPUT_STRIDE // 2, None, OUTPUT_STRIDE)
    targets, things = window.targets[cells, cells], window.things[cells, cells]
    centres, offsets = centre_targets(things)
    return Crop(
        image=np.ascontiguousarray(window.pixels.transpose(2, 0, 1)),
        targets=np.ascontiguousarray(targets),
        centres=centres,
        centre_known=(targets != ANYTHING) & (targets != NOT_THE_FOUR) & (things != CROWD),
        offsets=offsets,
        in_thing=things >= 0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A window of a photo at the size of a crop."""

    pixels: UInt8[np.ndarray, "S S 3"]
    targets: UInt8[np.ndarray, "S S"]
    things: Int[np.ndarray, "S S"]


def _cut(photo: LabelledPhoto, config: SegmenterTrainConfig, rng: np.random.Generator) -> _Window:
    box = _window(photo, config, rng)
    side = config.crop
    image = Image.fromarray(photo.image).resize((side, side), Image.Resampling.BILINEAR, box=box)
    pixels = _shift_colours(np.asarray(image), rng)
    x0, y0, x1, y1 = box
    places = (np.arange(side) + 0.5) / side
    rows = (y0 + places * (y1 - y0)).astype(int)[:, None]
    columns = (x0 + places * (x1 - x0)).astype(int)[None, :]
    targets, things = photo.targets[rows, columns], photo.things[rows, columns]
    if rng.random() < 0.5:
        pixels, targets, things = pixels[:, ::-1], targets[:, ::-1], things[:, ::-1]
    return _Window(pixels, targets, things)


def _paste(window: _Window, donor: _Window, rng: np.random.Generator) -> _Window:
    """A window with half of the donor's things in front."""
    numbers = np.unique(donor.things[donor.things >= 0])
    chosen = np.isin(donor.things, numbers[rng.random(len(numbers)) < 0.5])
    beyond = int(window.things.max()) + 1
    return _Window(
        np.where(chosen[..., None], donor.pixels, window.pixels),
        np.where(chosen, donor.targets, window.targets),
        np.where(chosen, donor.things + max(beyond, 0), window.things),
    )


def centre_targets(
    things: Int[np.ndarray, "h w"],
) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "2 h w"]]:
    """The heat map of the centres of mass, and each cell's offset to the centre of its thing.

    Args:
        things: The number of the thing at each cell, negative where there is none.
    """
    height, width = things.shape
    heat, offsets = np.zeros((height, width), np.float32), np.zeros((2, height, width), np.float32)
    all_rows, all_columns = np.arange(height), np.arange(width)
    for number in np.unique(things[things >= 0]):
        rows, columns = np.nonzero(things == number)
        row, column = rows.mean(), columns.mean()
        offsets[0, rows, columns], offsets[1, rows, columns] = row - rows, column - columns
        down = np.exp(-((all_rows - round(row)) ** 2) / (2 * CENTRE_DEVIATION**2))
        across = np.exp(-((all_columns - round(column)) ** 2) / (2 * CENTRE_DEVIATION**2))
        heat = np.maximum(heat, np.outer(down, across).astype(np.float32))
    return heat, offsets


def _window(
    photo: LabelledPhoto, config: SegmenterTrainConfig, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """The box (x0, y0, x1, y1) of a crop."""
    height, width = photo.targets.shape
    scale = float(np.exp(rng.uniform(*np.log(SCALES)))) * config.longer_side / max(height, width)
    stretch = float(np.exp(rng.uniform(-ASPECT_JITTER, ASPECT_JITTER)))
    side_x, side_y = min(width, config.crop / scale * stretch), min(height, config.crop / scale / stretch)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    if photo.thing_boxes and rng.random() < 0.5:
        classes = sorted({class_number for class_number, _ in photo.thing_boxes})
        wanted = classes[int(rng.integers(len(classes)))]
        boxes = [box for class_number, box in photo.thing_boxes if class_number == wanted]
        x0, y0, x1, y1 = boxes[int(rng.integers(len(boxes)))]
        x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
    left, top = min(max(x - side_x / 2, 0), width - side_x), min(max(y - side_y / 2, 0), height - side_y)
    return left, top, left + side_x, top + side_y


def _shift_colours(image: UInt8[np.ndarray, "S S 3"], rng: np.random.Generator) -> UInt8[np.ndarray, "S S 3"]:
    """Another brightness, contrast and saturation."""
    brightness, contrast, saturation = rng.uniform(0.7, 1.3), rng.uniform(0.7, 1.3), rng.uniform(0.5, 1.5)
    pixels = image.astype(np.float32)
    grey = pixels.mean(2, keepdims=True)
    pixels = grey + saturation * (pixels - grey)
    middle = float(grey.mean())
    pixels = brightness * (middle + contrast * (pixels - middle))
    return np.clip(pixels, 0, 255).astype(np.uint8)


class _Steps:
    """The crop numbers of each step from a first one on."""

    def __init__(self, batch_size: int, first_step: int) -> None:
        self._batch_size, self._step = batch_size, first_step

    def __iter__(self) -> Iterator[list[int]]:
        step = self._step
        while True:
            yield list(range(step * self._batch_size, (step + 1) * self._batch_size))
            step += 1


def _one_thread(_: int) -> None:
    torch.set_num_threads(1)
