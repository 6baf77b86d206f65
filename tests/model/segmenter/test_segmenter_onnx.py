"""The exported file and the segmenter that reads it, at a decoder width of 8 and with random weights."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch.nn import functional

from smartmask.data.segment_classes import CLASSES, IS_THING
from smartmask.errors import CheckpointError
from smartmask.model.segmenter.embedded import EmbeddedSegmenter, SegmenterCard, input_size
from smartmask.protocols import Segmenter
from smartmask.training.eight_bits import rounded
from smartmask.training.segmenter.export import export_segmenter, load_segmenter, segmenter_parity
from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork

# PyTorch's exporter uses a part of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")


def network_of(class_count: int) -> SegmenterNetwork:
    torch.manual_seed(0)
    network = SegmenterNetwork(SegmenterConfig(class_count=class_count, width=8))
    with torch.no_grad():
        network.centre_and_offsets.weight.normal_(std=0.1)
    return network


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    path = tmp_path_factory.mktemp("weights") / "segmenter.onnx"
    return path, export_segmenter(network_of(len(CLASSES)), crops=3, longer_sides=(96, 64), path=path)


def test_the_file_computes_what_pytorch_computes(exported: tuple[Path, float]) -> None:
    path, difference = exported
    assert difference < 1e-4
    assert segmenter_parity(network_of(len(CLASSES)), path) > difference  # the file's weights are rounded


def test_most_weights_are_stored_in_eight_bits(exported: tuple[Path, float]) -> None:
    parameters = sum(value.numel() for value in network_of(len(CLASSES)).parameters())
    assert exported[0].stat().st_size < 1.2 * parameters
    assert (
        str(Path.cwd()).encode() not in exported[0].read_bytes()
    )  # the exporter notes where each node came from


def test_the_network_comes_back_as_it_was_stored(exported: tuple[Path, float], tmp_path: Path) -> None:
    network = load_segmenter(exported[0])
    for name, value in network_of(len(CLASSES)).state_dict().items():
        assert torch.equal(network.state_dict()[name], rounded(value)), name
    assert segmenter_parity(network, exported[0]) == exported[1]
    (tmp_path / "cut.onnx").write_bytes(exported[0].read_bytes()[:9999])
    for name in ("cut.onnx", "gone.onnx"):
        with pytest.raises(CheckpointError, match=f"{name}: not a smartmask segmenter"):
            load_segmenter(tmp_path / name)


@pytest.mark.parametrize("size_hw", [(48, 64), (50, 37), (1, 200), (300, 400)], ids=str)
def test_a_photo_of_any_size_gives_a_layout_of_that_size(
    exported: tuple[Path, float], size_hw: tuple[int, int]
) -> None:
    segmenter: Segmenter = EmbeddedSegmenter(exported[0], threads=1)
    image = np.random.default_rng(0).integers(0, 256, (*size_hw, 3), np.uint8)
    layout = segmenter.segment(image)
    assert layout.size_hw == size_hw
    assert set(layout.labels) <= set(CLASSES)


def test_what_is_seen_at_two_sizes_is_averaged_on_the_finer_grid(exported: tuple[Path, float]) -> None:
    segmenter = EmbeddedSegmenter(exported[0], threads=1)
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    together = segmenter.raw(image)
    alone = []
    for side in (96, 64):
        segmenter.card = dataclasses.replace(segmenter.card, longer_sides=(side,))
        alone.append(segmenter.raw(image))
    fine, coarse = alone
    assert (fine.centre_heat.shape, coarse.centre_heat.shape) == ((16, 24), (8, 16))
    enlarged = [
        functional.interpolate(torch.from_numpy(values)[None], (16, 24), mode="bilinear")[0].numpy()
        for values in (coarse.class_logits, coarse.centre_heat[None], coarse.offsets)
    ]
    enlarged[2] *= np.array([16 / 8, 24 / 16], np.float32)[:, None, None]
    for found, one, other in [
        (together.class_logits, fine.class_logits, enlarged[0]),
        (together.centre_heat, fine.centre_heat, enlarged[1][0]),
        (together.offsets, fine.offsets, enlarged[2]),
    ]:
        np.testing.assert_allclose(found, (one + other) / 2, atol=1e-5)
    assert np.abs(together.class_logits - fine.class_logits).max() > 0.01


def test_the_card_says_what_is_inside(exported: tuple[Path, float]) -> None:
    card = EmbeddedSegmenter(exported[0], threads=1).card
    assert (card.classes, card.is_thing, card.crops, card.longer_sides) == (CLASSES, IS_THING, 3, (96, 64))
    assert card.licence.startswith("Apache-2.0. ")
    assert SegmenterNetwork(SegmenterConfig(**card.network)).config.width == 8


def test_a_photo_without_pixels_is_refused(exported: tuple[Path, float]) -> None:
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 5x0"):
        EmbeddedSegmenter(exported[0]).segment(np.zeros((0, 5, 3), np.uint8))


def test_a_network_of_other_classes_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"has 5 classes but {len(CLASSES)} have names"):
        export_segmenter(network_of(5), crops=0, longer_sides=(64,), path=tmp_path / "never.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda card: card | {"version": 99}, "'smartmask-segmenter' version 99; this release reads"),
        (lambda card: card | {"format": "smartmask-mask-model"}, "is 'smartmask-mask-model' version 2"),
        (lambda card: card | {"palette": []}, "unknown or missing settings: palette"),
        (
            lambda card: {key: card[key] for key in card if key != "crops"},
            "unknown or missing settings: crops",
        ),
        (
            lambda card: card | {"classes": card["classes"][1:]},
            "106 class logits, but its card names 105 classes",
        ),
        (lambda card: card | {"longer_sides": [500]}, r"longer_sides must be multiples of 32, not \[500\]"),
        (lambda card: card | {"longer_sides": []}, r"longer_sides must be multiples of 32, not \[\]"),
        (lambda card: None, "no card inside"),
    ],
    ids=[
        "another version",
        "another format",
        "an unknown setting",
        "a missing one",
        "a class short",
        "an odd size",
        "no size",
        "no table",
    ],
)
def test_a_file_with_another_card_is_refused(
    change: Callable[[dict[str, object]], object], message: str, exported: tuple[Path, float], tmp_path: Path
) -> None:
    model = onnx.load(str(exported[0]))
    card = json.loads(model.metadata_props[0].value)
    assert set(card) == set(SegmenterCard.__dataclass_fields__)
    del model.metadata_props[:]
    helper.set_model_props(model, {"smartmask": json.dumps(change(card))})
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(CheckpointError, match=message):
        EmbeddedSegmenter(tmp_path / "other.onnx")


def test_a_file_that_is_cut_short_missing_or_without_card_is_refused(
    exported: tuple[Path, float], tmp_path: Path
) -> None:
    (tmp_path / "cut.onnx").write_bytes(exported[0].read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match=r"cut\.onnx: damaged or not an ONNX file"):
        EmbeddedSegmenter(tmp_path / "cut.onnx")
    with pytest.raises(CheckpointError, match="no such weights file"):
        EmbeddedSegmenter(tmp_path / "none.onnx")
    model = onnx.load(str(exported[0]))
    del model.metadata_props[:]
    onnx.save(model, str(tmp_path / "bare.onnx"))
    with pytest.raises(CheckpointError, match="no card inside"):
        EmbeddedSegmenter(tmp_path / "bare.onnx")


@pytest.mark.parametrize(
    ("photo", "shown"),
    [((480, 640), (384, 512)), ((640, 427), (512, 352)), ((3, 9000), (32, 512)), ((1, 1), (512, 512))],
)
def test_photos_are_shown_at_multiples_of_32(photo: tuple[int, int], shown: tuple[int, int]) -> None:
    assert input_size(*photo, 512) == shown
