"""Does the shipped memory hold what is held out? Asked of groups by name, of outlines by their pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from thin_shapes import small_field

from smartmask.data.layered_scene import Split, split_of
from smartmask.data.shape_splits import ANNOTATED, split_shapes
from smartmask.data.whole_shapes import WholeShape, read_whole_shapes
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import frame_field
from smartmask.model.shape.sketch import complexity, pairwise_iou
from smartmask.weights import WEIGHTS

SILHOUETTES = Path(__file__).parents[3] / "shared" / "data" / "silhouettes"
SHIPPED = (WEIGHTS / "codec.npz", WEIGHTS / "memory.npz")
HELD: tuple[Split, ...] = ("test", "validation")
SAMPLE = 1000
DOUBLE_IOU, LIKE_ASPECT, PLAIN = 0.96, 0.12, 0.35
"""The memory is chosen by an IoU of 0.95 before coding, which moves it by a hundredth."""
WORTH_A_LOOK = 0.92
"""IoU of quick sketches from which on pairs are compared by what is decoded."""

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SILHOUETTES.is_dir(), reason="the annotation data is not beside the repository"),
    pytest.mark.skipif(
        not all(path.is_file() for path in SHIPPED), reason="the shipped weights are not in the package yet"
    ),
]


@pytest.fixture(scope="module")
def codec() -> SilhouetteCodec:
    return SilhouetteCodec.load(SHIPPED[0])


@pytest.fixture(scope="module")
def memory(codec) -> ShapeMemory:
    return ShapeMemory.load(SHIPPED[1], codec.digest)


@pytest.fixture(scope="module")
def held() -> list[WholeShape]:
    """The whole shapes of the test and validation splits."""
    shapes = list(read_whole_shapes(SILHOUETTES))
    return [shape for shape, split in zip(shapes, split_shapes(shapes), strict=True) if split in HELD]


def test_no_group_that_is_held_out_is_remembered(memory, held):
    remembered = set(memory.rows.texts["group"].words)
    assert len(held) > 5000
    assert not remembered & {shape.group for shape in held}


def test_no_photo_that_the_benchmark_asks_for_is_remembered(memory):
    photos = [group for group in memory.rows.texts["group"].words if group.startswith(ANNOTATED)]
    assert photos
    assert {split_of(group) for group in photos} == {"train"}


@dataclass(frozen=True)
class Sample:
    """Held-out shapes that tell something, as the codec brings them back, and which they are."""

    shapes: list[WholeShape]
    codes: np.ndarray

    @property
    def log_aspects(self) -> np.ndarray:
        return np.log([shape.aspect for shape in self.shapes])


@pytest.fixture(scope="module")
def sample(held, codec) -> Sample:
    found, fields = [], []
    for place in np.random.default_rng(0).permutation(len(held)):
        shape, field = held[place], frame_field(held[place].mask())
        if complexity(small_field(field)[None], np.log([shape.aspect]).astype(np.float32))[0] > PLAIN:
            found.append(shape)
            fields.append(field)
        if len(found) == SAMPLE:
            break
    return Sample(found, codec.encode(np.stack(fields)))


def doubles(
    codec: SilhouetteCodec, codes: np.ndarray, log_aspects: np.ndarray, sample: Sample
) -> list[tuple]:
    """The codes that give a shape of the sample again, mirrored or not: number, place in the sample, IoU.

    Both sides have been through the codec, so that what it loses hides no double.
    """
    quick, theirs = (codec.sketch(part) > 0 for part in (codes, sample.codes))
    likeness = np.maximum(*(pairwise_iou(flat(way), flat(theirs)) for way in (quick, quick[:, :, ::-1])))
    near = np.abs(log_aspects[:, None] - sample.log_aspects) <= LIKE_ASPECT
    found = []
    for number, place in np.argwhere((likeness > WORTH_A_LOOK) & near).tolist():
        pair = codec.decode(np.stack([codes[number], sample.codes[place]]))
        mine, other = (small_field(field) > 0 for field in pair)
        iou = float(pairwise_iou(flat(np.stack([mine, mine[:, ::-1]])), flat(other[None])).max())
        if iou > DOUBLE_IOU:
            found.append((number, place, iou))
    return found


def flat(masks: np.ndarray) -> np.ndarray:
    return np.asarray(masks.reshape(len(masks), -1))


def test_no_outline_that_is_held_out_is_remembered_under_another_name(memory, codec, sample):
    found = doubles(codec, memory.codes, np.log(memory.aspects), sample)
    assert not [(memory.entry(number), sample.shapes[place].group, iou) for number, place, iou in found]


def test_a_planted_double_is_found_mirrored_or_not(codec, sample):
    part = Sample(sample.shapes[:40], sample.codes[:40])
    fields = np.stack([frame_field(shape.mask()) for shape in part.shapes])
    for planted in (fields, fields[:, :, ::-1]):
        found = doubles(codec, codec.encode(planted), part.log_aspects, part)
        assert len({number for number, place, _ in found if number == place}) >= 38
