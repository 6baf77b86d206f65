from dataclasses import replace

import numpy as np
import pytest
from segmenter_scenes import CAR, CAT, COLOURS, GRASS, squares

from smartmask.data.labelled_photos import CROWD, LabelledPhoto
from smartmask.data.segment_classes import ANYTHING, CLASSES, NOT_THE_FOUR
from smartmask.training.segmenter.config import SegmenterTrainConfig, embedded
from smartmask.training.segmenter.data import CropDataset, centre_targets, crop_batches, make_crop
from smartmask.training.segmenter.network import SegmenterConfig

CONFIG = SegmenterTrainConfig(
    network=SegmenterConfig(class_count=len(CLASSES), width=8),
    mixture={"panoptic": 1.0},
    crop=64,
    longer_side=64,
    batch_size=2,
)


@pytest.mark.parametrize("seed", range(8))
def test_targets_lie_where_their_colours_lie(seed: int) -> None:
    crop = make_crop(squares(seed, size_hw=(96, 128)), CONFIG, np.random.default_rng(seed))
    assert crop.image.shape == (3, 64, 64)
    # The hue of the pixels round a cell's middle says its class, however its brightness was shifted.
    pixels = crop.image.reshape(3, 16, 4, 16, 4)[:, :, 1:3, :, 1:3].mean((2, 4)).transpose(1, 2, 0)
    hues = {label: np.array(colour) - np.mean(colour) for label, colour in COLOURS.items()}
    shifted = pixels - pixels.mean(2, keepdims=True)
    scores = [(shifted @ hue) / np.linalg.norm(hue) for hue in hues.values()]
    guessed = np.array(list(hues))[np.argmax(scores, 0)]
    assert (guessed == crop.targets).mean() > 0.85


@pytest.mark.parametrize("seed", range(4))
def test_things_of_a_donor_are_pasted_with_their_class_and_a_number_of_their_own(seed: int) -> None:
    ground = squares(seed)
    bare = replace(ground, things=np.full_like(ground.things, -1), thing_boxes=())
    bare = replace(bare, targets=np.full_like(bare.targets, GRASS), image=np.full_like(bare.image, 9))
    crop = make_crop(bare, CONFIG, np.random.default_rng(seed), squares(seed + 10))
    assert set(np.unique(crop.targets)) <= {GRASS, CAR, CAT}
    assert np.array_equal(crop.in_thing, crop.targets != GRASS)
    if crop.in_thing.any():
        rows, columns = np.nonzero(crop.in_thing)
        assert crop.image.max() > crop.image[:, 0, 0].max() or crop.in_thing[0, 0]
        assert (crop.centres == 1).sum() == len({tuple(c) for c in _centres(crop, rows, columns)})
    plain = make_crop(bare, CONFIG, np.random.default_rng(seed))
    assert not plain.in_thing.any()


def _centres(crop, rows, columns):
    return zip(
        np.round(rows + crop.offsets[0, rows, columns], 3),
        np.round(columns + crop.offsets[1, rows, columns], 3),
        strict=True,
    )


def test_things_pasted_over_things_stay_apart() -> None:
    both = [make_crop(squares(1), CONFIG, np.random.default_rng(n), squares(2)) for n in range(12)]
    assert max((crop.centres == 1).sum() for crop in both) > 2


def test_offsets_point_at_the_hottest_cells() -> None:
    things = np.full((12, 14), -1)
    things[1:4, 1:4], things[6:11, 5:12] = 0, 1
    heat, offsets = centre_targets(things)
    assert heat[2, 2] == heat[8, 8] == 1.0
    assert (heat == 1).sum() == 2
    rows, columns = np.nonzero(things == 1)
    np.testing.assert_array_equal(rows + offsets[0, rows, columns], 8)
    np.testing.assert_array_equal(columns + offsets[1, rows, columns], 8)
    assert not offsets[:, things < 0].any()


def test_without_things_there_are_no_centres() -> None:
    heat, offsets = centre_targets(np.full((4, 4), -1))
    assert not heat.any()
    assert not offsets.any()


def test_centres_are_not_known_where_things_were_not_looked_for() -> None:
    photo = squares(0)
    targets, things = photo.targets.copy(), photo.things.copy()
    targets[:, :16], targets[:, 16:32], things[:, 32:48] = ANYTHING, NOT_THE_FOUR, CROWD
    crop = make_crop(
        LabelledPhoto("p", "panoptic", photo.image, targets, things, photo.thing_boxes),
        CONFIG,
        np.random.default_rng(3),
    )
    assert not crop.centre_known[np.isin(crop.targets, (ANYTHING, NOT_THE_FOUR))].any()
    assert crop.centre_known.any()


def test_a_crop_follows_from_its_number_and_a_step_from_its() -> None:
    dataset = CropDataset([squares(n) for n in range(3)], CONFIG)
    np.testing.assert_array_equal(dataset[5].image, dataset[5].image)
    assert not np.array_equal(dataset[5].image, dataset[6].image)
    stream = crop_batches(dataset, CONFIG, 0, workers=0)
    next(stream)
    second = next(stream)
    late = next(crop_batches(dataset, CONFIG, 1, workers=0))
    assert second.image.equal(late.image)
    assert second.offsets.equal(late.offsets)


def test_a_kind_without_photos_is_refused() -> None:
    with pytest.raises(ValueError, match="kind inst, but there is none"):
        CropDataset(
            [squares(0)], SegmenterTrainConfig(network=CONFIG.network, mixture={"panoptic": 1, "inst": 1})
        )


@pytest.mark.parametrize(
    "change",
    [{"mixture": {}}, {"mixture": {"video": 1.0}}, {"crop": 100}, {"batch_size": 0}, {"ema_decay": 1.0}],
    ids=str,
)
@pytest.mark.usefixtures("no_type_check")
def test_impossible_settings_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        SegmenterTrainConfig(**({"network": CONFIG.network} | change))  # type: ignore[arg-type]


def test_the_shipped_recipe_has_a_logit_for_each_class() -> None:
    for taught in (True, False):
        assert embedded(taught=taught).network.class_count == len(CLASSES)
