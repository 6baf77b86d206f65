"""The paper's three figures for insertions: local FID, CLIP score, normalised L2 of the background.

The first two look at a *local patch*: a square about the centre of the mask's tight box, its side
`PATCH_SCALE` times the box's longer side but at least `SMALLEST_PATCH_PX`, moved onto the picture; a picture
smaller than the square is mirrored outward. Each network brings patches to its own size.

- **local Frechet**: between the features of the originals' patches and those of the results', all records
  together. It is the local FID if the originals show real objects under the masks, as the paper's do, and the
  network is Inception-v3.
- **CLIP**: cosine of a result's patch and its prompt, mean over records.
- **background L2**: see `metrics/background.py`, mean over records; the same of the inpainter's raw pictures,
  before the original pixels were pasted back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from smartmask.evaluation.metrics.background import background_l2
from smartmask.evaluation.metrics.clip_score import clip_scores
from smartmask.evaluation.metrics.frechet import frechet_distance, gaussian_of
from smartmask.scene.boxes import box_of

PATCH_SCALE = 1.5
SMALLEST_PATCH_PX = 64
_BATCH = 16


@runtime_checkable
class ImageFeatures(Protocol):
    """A network that sums up pictures, like Inception-v3 up to its pooling."""

    def image_features(self, images: Sequence[UInt8[np.ndarray, "H W 3"]]) -> Float32[np.ndarray, "N D"]:
        """A row a picture."""
        ...


@runtime_checkable
class ImageTextFeatures(ImageFeatures, Protocol):
    """A network that puts pictures and texts into one space: CLIP."""

    def text_features(self, texts: Sequence[str]) -> Float32[np.ndarray, "N D"]:
        """A row a text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class InsertionRecord:
    """One insertion to be judged; all pictures are of one size.

    Attributes:
        original: The photo; for the local FID with a real object under the mask.
        result: The photo with the object drawn into it.
        mask: The object's pixels.
        prompt: What was asked for.
        raw: What the inpainter drew before the original pixels were pasted back; None if it was not kept.
    """

    original: UInt8[np.ndarray, "H W 3"]
    result: UInt8[np.ndarray, "H W 3"]
    mask: Bool[np.ndarray, "H W"]
    prompt: str
    raw: UInt8[np.ndarray, "H W 3"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertionScore:
    """The figures of a set of insertions.

    Attributes:
        records: How many.
        local_frechet: Lower is better.
        clip: Higher is better.
        background_l2: Lower is better, and
        background_l2_raw: the same before pasting back; None if no record has it.
    """

    records: int
    local_frechet: float
    clip: float
    background_l2: float
    background_l2_raw: float | None


def evaluate_insertions(
    records: Iterable[InsertionRecord], image_features: ImageFeatures, clip: ImageTextFeatures
) -> InsertionScore:
    """Judge a set of insertions; records are read once, a few at a time.

    Args:
        records: The insertions, two or more.
        image_features: For the local Frechet distance.
        clip: For the CLIP score.

    Raises:
        ValueError: If there are fewer than two records, sizes in one differ, a mask is empty or covers all,
            or some records have a raw picture and others do not.
    """
    real, drawn, scores, distances, raw_distances = [], [], [], [], []
    for batch in _batches(records):
        distances += [background_l2(record.original, record.result, record.mask) for record in batch]
        raw_distances += [
            background_l2(record.original, record.raw, record.mask)
            for record in batch
            if record.raw is not None
        ]
        patches = [local_patch(record.result, record.mask) for record in batch]
        real.append(
            image_features.image_features([local_patch(record.original, record.mask) for record in batch])
        )
        drawn.append(image_features.image_features(patches))
        texts = clip.text_features([record.prompt for record in batch])
        scores.append(clip_scores(clip.image_features(patches), texts))
    if len(distances) < 2:
        raise ValueError(f"a Frechet distance needs at least 2 records, not {len(distances)}")
    if len(raw_distances) not in (0, len(distances)):
        raise ValueError(
            f"{len(raw_distances)} of {len(distances)} records have a raw picture; give all or none"
        )
    return InsertionScore(
        records=len(distances),
        local_frechet=frechet_distance(gaussian_of(np.concatenate(real)), gaussian_of(np.concatenate(drawn))),
        clip=float(np.concatenate(scores).mean()),
        background_l2=float(np.mean(distances)),
        background_l2_raw=float(np.mean(raw_distances)) if raw_distances else None,
    )


def local_patch(
    image: UInt8[np.ndarray, "H W 3"], mask: Bool[np.ndarray, "H W"]
) -> UInt8[np.ndarray, "s s 3"]:
    """The square of a picture about an object, as this module's head defines it.

    Raises:
        ValueError: If the mask is empty or of another size.
    """
    if image.shape[:2] != mask.shape:
        raise ValueError(f"the mask is {mask.shape} (H, W) but the picture is {image.shape[:2]}")
    x0, y0, x1, y1 = box_of(mask)
    side = max(round(PATCH_SCALE * max(x1 - x0, y1 - y0)), SMALLEST_PATCH_PX)
    rows = _positions((y0 + y1) / 2, side, mask.shape[0])
    columns = _positions((x0 + x1) / 2, side, mask.shape[1])
    return image[rows[:, None], columns]


def _positions(centre: float, side: int, limit: int) -> np.ndarray:
    """`side` positions about a centre, moved onto 0..limit; where there are not so many, mirrored."""
    start = round(centre - side / 2)
    start = min(max(start, 0), limit - side) if side <= limit else -((side - limit) // 2)
    positions = np.arange(start, start + side) % (2 * limit)
    return np.minimum(positions, 2 * limit - 1 - positions)


def _batches(records: Iterable[InsertionRecord]) -> Iterator[list[InsertionRecord]]:
    remaining = iter(records)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
