from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from segmenter_scenes import CAR, CAT, GRASS, SKY, squares

from smartmask.data.labelled_photos import CROWD
from smartmask.data.segment_classes import CLASSES, SOME_STUFF
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.loop import train_segmenter
from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork
from smartmask.training.segmenter.teacher import SURE, with_guessed_stuff


class Seconds:
    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 1
        return self._now


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> SegmenterNetwork:
    """A network that has learnt the coloured squares by heart."""
    config = SegmenterTrainConfig(
        network=SegmenterConfig(class_count=len(CLASSES), width=16),
        mixture={"panoptic": 1.0},
        crop=64,
        longer_side=64,
        batch_size=4,
        decoder_rate=0.01,
        warmup_steps=5,
        ema_decay=0.9,
    )
    run: Path = tmp_path_factory.mktemp("teacher")
    photos = [squares(n) for n in range(4)]
    return train_segmenter(config, photos, run, minutes=120 / 60, workers=0, clock=Seconds())


def test_stuff_that_nobody_named_is_named_where_the_teacher_is_sure(teacher: SegmenterNetwork) -> None:
    truth = squares(7)
    stuff = truth.things < 0
    unnamed = replace(truth, targets=np.where(stuff, SOME_STUFF, truth.targets).astype(np.uint8))
    (found,) = with_guessed_stuff([unnamed], teacher, 64)
    named = stuff & (found.targets != SOME_STUFF)
    assert named.sum() > 0.3 * stuff.sum()
    assert (found.targets == truth.targets)[named].mean() > 0.9
    assert set(np.unique(found.targets[named])) <= {SKY, GRASS}


def test_what_is_known_stays_and_things_are_never_guessed(teacher: SegmenterNetwork) -> None:
    truth = squares(8)
    (same,) = with_guessed_stuff([truth], teacher, 64)
    assert np.array_equal(same.targets, truth.targets)
    nothing = replace(
        truth, targets=np.full_like(truth.targets, SOME_STUFF), things=np.full_like(truth.things, -1)
    )
    (found,) = with_guessed_stuff([nothing], teacher, 64)
    assert not np.isin(found.targets, (CAR, CAT)).any()
    crowd = replace(nothing, things=np.full_like(truth.things, CROWD))
    (kept,) = with_guessed_stuff([crowd], teacher, 64)
    assert (kept.targets == SOME_STUFF).all()


def test_a_teacher_that_knows_nothing_names_nothing() -> None:
    blank = SegmenterNetwork(SegmenterConfig(class_count=len(CLASSES), width=8)).eval()
    photo = squares(3)
    unnamed = replace(photo, targets=np.full_like(photo.targets, SOME_STUFF))
    (found,) = with_guessed_stuff([unnamed], blank, 64)
    assert np.array_equal(found.targets, unnamed.targets)
    assert 0.5 < SURE < 1
