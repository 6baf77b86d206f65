import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from segmenter_scenes import squares
from ticks import Ticks

from smartmask.data.segment_classes import CLASSES
from smartmask.errors import CheckpointError
from smartmask.training.local_run import STATE_FILE
from smartmask.training.segmenter import loop as segmenter_loop
from smartmask.training.segmenter.config import SegmenterTrainConfig
from smartmask.training.segmenter.loop import load_average, train_segmenter
from smartmask.training.segmenter.network import SegmenterConfig

CONFIG = SegmenterTrainConfig(
    network=SegmenterConfig(class_count=len(CLASSES), width=8),
    mixture={"panoptic": 1.0},
    crop=64,
    longer_side=64,
    batch_size=2,
    decoder_rate=0.02,
    warmup_steps=2,
    ema_decay=0.5,
)
PHOTOS = [squares(n) for n in range(2)]


def train(run: Path, seconds: int, config: SegmenterTrainConfig = CONFIG) -> dict[str, torch.Tensor]:
    network = train_segmenter(config, PHOTOS, run, minutes=seconds / 60, workers=0, clock=Ticks())
    return network.state_dict()


@pytest.fixture
def log_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenter_loop, "LOG_EVERY_STEPS", 1)
    monkeypatch.setattr(segmenter_loop, "SAVE_EVERY_SECONDS", 2.5)


@pytest.mark.slow
@pytest.mark.usefixtures("log_each_step")
def test_the_loss_of_a_few_photos_falls(tmp_path: Path) -> None:
    train(tmp_path, seconds=60)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    classes = [record["classes"] for record in log]
    assert sum(classes[-8:]) < 0.5 * sum(classes[:8])
    assert log[-1]["crops"] == 2 * len(log) == 2 * 59


@pytest.mark.slow
@pytest.mark.usefixtures("log_each_step")
def test_a_run_that_was_cut_short_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", seconds=10)

    def cut(record: dict[str, float]) -> None:
        if record["crops"] == 2 * 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_segmenter(
            CONFIG, PHOTOS, tmp_path / "cut", minutes=10 / 60, workers=0, clock=Ticks(), on_log=cut
        )
    assert 0 < torch.load(tmp_path / "cut" / STATE_FILE, weights_only=True)["step"] < 6
    resumed = train(tmp_path / "cut", seconds=10)
    for name, value in whole.items():
        assert value.equal(resumed[name]), name


def test_a_finished_run_is_not_trained_further(tmp_path: Path) -> None:
    first = train(tmp_path, seconds=3)
    again = train(tmp_path, seconds=3)
    assert all(value.equal(again[name]) for name, value in first.items())


def test_a_run_of_other_settings_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    train(tmp_path, seconds=2)
    with pytest.raises(CheckpointError, match="begun with other settings of seed"):
        train(tmp_path, seconds=4, config=replace(CONFIG, seed=1))
    (tmp_path / STATE_FILE).write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="cannot be read as a training state"):
        train(tmp_path, seconds=4)


def test_the_average_of_a_run_is_read_back_and_begins_another(tmp_path: Path) -> None:
    trained = train(tmp_path / "first", seconds=3)
    average, crops = load_average(tmp_path / "first")
    assert crops == 2 * 2
    assert all(value.equal(trained[name]) for name, value in average.state_dict().items())
    second = train_segmenter(
        CONFIG, PHOTOS, tmp_path / "second", minutes=0, workers=0, clock=Ticks(), initial=trained
    )
    assert all(value.equal(trained[name]) for name, value in second.state_dict().items())
    with pytest.raises(ValueError, match=r"the network has no weights encoder\.wing"):
        train_segmenter(
            CONFIG, PHOTOS, tmp_path / "third", minutes=1, initial={"encoder.wing": torch.zeros(1)}
        )
    (tmp_path / STATE_FILE).write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="cannot be read as a training state"):
        load_average(tmp_path)
