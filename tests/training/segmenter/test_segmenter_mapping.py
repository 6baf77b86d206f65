import numpy as np
import pytest
import torch
from segmenter_scenes import CAR, CAT, GRASS, SKY, squares

from smartmask.data.segment_classes import CLASSES
from smartmask.training.segmenter.imagenet_classes import COUNT, IMAGENET_OF, named_shares
from smartmask.training.segmenter.mapping import count_cells, mapping_from
from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork

DOG, BEAGLE, TENCH, PERSON = CLASSES.index("dog"), 162, 0, CLASSES.index("person")


def nothing_counted() -> np.ndarray:
    return np.zeros((len(CLASSES), COUNT), np.float32)


def test_the_names_are_ours_and_share_out_each_number_once():
    assert set(IMAGENET_OF) <= set(CLASSES)
    numbers = [number for found in IMAGENET_OF.values() for number in found]
    assert 0 <= min(numbers) <= max(numbers) < COUNT
    assert all(len(set(found)) == len(found) for found in IMAGENET_OF.values())
    assert set(np.round(named_shares().sum(0), 6).tolist()) == {0, 1}
    assert named_shares()[DOG, BEAGLE] == 1


def test_without_photos_the_names_decide():
    mapping = mapping_from(nothing_counted())
    assert np.allclose(mapping, named_shares())


def test_what_was_counted_outweighs_a_name_and_fills_in_where_there_is_none():
    counts = nothing_counted()
    counts[PERSON, [BEAGLE, TENCH]] = 99
    mapping = mapping_from(counts)
    assert mapping[PERSON, BEAGLE] > mapping[DOG, BEAGLE] > 0
    assert mapping[PERSON, TENCH] == pytest.approx(0.99)
    assert (mapping >= 0).all()
    assert (mapping.sum(0) < 1 + 1e-5).all()


def test_rare_classes_are_raised():
    counts = nothing_counted()
    counts[[CAT, PERSON], TENCH] = 50
    counts[PERSON, 1:] = 5
    mapping = mapping_from(counts)
    assert mapping[CAT, TENCH] > 3 * mapping[PERSON, TENCH]


def test_cells_are_counted_by_what_is_known_of_them():
    torch.manual_seed(0)
    network = SegmenterNetwork(SegmenterConfig(class_count=len(CLASSES), width=8)).eval()
    photo = squares(0)
    counts = count_cells([photo, photo], network, 64)
    cells = 2 * (64 // 32) ** 2
    known = {number: (photo.targets == number).mean() for number in (CAT, CAR, SKY, GRASS)}
    for number, share in known.items():
        assert counts[number].sum() == pytest.approx(cells * share, rel=1e-4)
    assert counts.sum() == pytest.approx(cells * sum(known.values()), rel=1e-4)
