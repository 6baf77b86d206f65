"""A base mask model on disk suggests masks through the same call as the shipped one."""

import json
from pathlib import Path

import numpy as np
import pytest
from base_parts import base_checkpoint, random_base_model
from shapes import disc, rectangle

from smartmask.apps.load import SmartMask
from smartmask.backends.base.backbone import BaseConfig
from smartmask.backends.base.checkpoint import initial_base, write_base
from smartmask.errors import BackendError, CheckpointError
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (48, 64)
ROOM = Layout(
    SIZE_HW,
    (
        Layer("wall", rectangle(SIZE_HW, (0, 0, 64, 30))),
        Layer("floor", rectangle(SIZE_HW, (0, 30, 64, 48))),
    ),
)
pytestmark = pytest.mark.skipif(
    not all((WEIGHTS / name).is_file() for name in ("segmenter.onnx", "text.npz")),
    reason="the shipped weights are not in the package yet",
)


@pytest.fixture(scope="module", params=["channels", "blend"])
def folder(request, tmp_path_factory) -> Path:
    """A model with random weights, all of which take part."""
    return random_base_model(tmp_path_factory.mktemp("base"), request.param)


@pytest.fixture(scope="module")
def smartmask(folder) -> SmartMask:
    return SmartMask.load(folder)


@pytest.mark.parametrize(
    "guidance",
    [
        NoGuidance(),
        Box((10, 12, 40, 44)),
        Region(disc(SIZE_HW, (30, 25), 12)),
        Scribble(disc(SIZE_HW, (40, 30), 9)),
    ],
    ids=["no hint", "a box", "a region", "a scribble"],
)
def test_the_same_call_gives_the_same_kind_of_suggestions(smartmask, guidance: Guidance):
    found = smartmask.suggest(ROOM, "a ball", "a room with a ball", guidance, n=2, seed=3)
    assert found
    for suggestion in found:
        assert isinstance(suggestion, Suggestion)
        assert suggestion.mask.shape == suggestion.alpha.shape == SIZE_HW
        assert suggestion.mask.any()
        assert np.array_equal(suggestion.mask, suggestion.alpha > 0.5)
        assert 0 <= suggestion.score <= 1
        assert suggestion.label == "a ball"
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


def test_same_seed_same_masks_and_another_seed_others(smartmask, folder):
    first = smartmask.suggest(ROOM, "a ball", guidance=Box((10, 12, 40, 44)), n=2, seed=5)
    again = SmartMask.load(folder).suggest(ROOM, "a ball", guidance=Box((10, 12, 40, 44)), n=2, seed=5)
    assert [s.score for s in first] == [s.score for s in again]
    assert all(np.array_equal(one.alpha, other.alpha) for one, other in zip(first, again, strict=True))
    other = smartmask.suggest(ROOM, "a ball", guidance=Box((10, 12, 40, 44)), n=2, seed=6)
    assert not np.array_equal(first[0].alpha, other[0].alpha)


def test_a_photo_will_do_as_well(smartmask):
    photo = np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3), np.uint8)
    assert smartmask.suggest(photo, "a ball", guidance=Box((10, 12, 40, 44)), n=1)[0].mask.shape == SIZE_HW


def test_words_that_clip_would_cut_are_refused(smartmask):
    with pytest.raises(ValueError, match="the prompt has 200 tokens but the text encoder reads 75"):
        smartmask.suggest(ROOM, "x" * 200, guidance=Box((10, 12, 40, 44)), n=1)


def test_a_folder_without_a_model_and_a_model_of_other_embeddings_are_errors(folder, tmp_path):
    with pytest.raises(CheckpointError, match="give the folder of a base mask model"):
        SmartMask.load(tmp_path)
    model = initial_base(base_checkpoint(tmp_path / "sd", widths=(8, 8)), BaseConfig(text_width=5))
    write_base(tmp_path / "model", model, {})
    with pytest.raises(
        CheckpointError, match="was trained with label embeddings of 5 numbers, this release's"
    ):
        SmartMask.load(tmp_path / "model")
    with pytest.raises(ValueError, match="device 'moon' is not to be had"):
        SmartMask.load(folder, device="moon")


def test_missing_packages_are_named_with_their_pip_line(folder, monkeypatch):
    from smartmask.errors import BackendError

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        BackendError, match=r'needs torch and diffusers and .*pip install "smartmask-open\[torch\]"'
    ):
        SmartMask.load(folder)


def test_the_card_says_what_it_was_trained_with(folder):
    card = json.loads((folder / "config.json").read_text())
    assert set(card["backbone"]) == {"guidance_encoding", "label_channels", "text_width"}


def test_a_memory_beside_it_is_refused(folder):
    with pytest.raises(ValueError, match="a base mask model draws without a memory; leave it out"):
        SmartMask.load(folder, memory=ShapeMemory.empty())


def test_it_cannot_draw_from_masks_and_says_so(smartmask):
    with pytest.raises(BackendError, match="a base mask model cannot draw from masks"):
        smartmask.more_like(ROOM, "a dog", disc(SIZE_HW, (30, 20), 9))
