"""The depth adapter on tiny checkpoints, loaded as a user would: by path."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hub_cache import HubCache
from tiny_depth import save_depth_anything, save_dpt, save_glpn, save_zoedepth
from tiny_transformers import save_image_classifier
from transformers import DepthProConfig, DPTConfig, PromptDepthAnythingConfig

from smartmask.backends.depth_transformers import TransformersDepth, predicts_metres
from smartmask.errors import BackendError
from smartmask.protocols import DepthEstimator

KINDS = {
    "Depth Anything, relative": (save_depth_anything, False),
    "Depth Anything, metric": (lambda folder: save_depth_anything(folder, "metric"), True),
    "DPT": (save_dpt, False),
    "GLPN": (save_glpn, True),
    "ZoeDepth": (save_zoedepth, True),
}
Checkpoints = dict[str, Path]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Checkpoints:
    torch.manual_seed(0)
    return {kind: save(tmp_path_factory.mktemp("checkpoint")) for kind, (save, _) in KINDS.items()}


def photo(height: int = 40, width: int = 60) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def answering(estimator: TransformersDepth, depth: np.ndarray) -> TransformersDepth:
    """The estimator with a network that always gives one answer."""

    class FixedNetwork:
        def __call__(self, **_: Any) -> SimpleNamespace:
            return SimpleNamespace(predicted_depth=torch.from_numpy(depth)[None])

    estimator._network = FixedNetwork()
    return estimator


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_kind_gives_a_map_of_the_photos_size(kind: str, dtype: str, checkpoints: Checkpoints) -> None:
    estimator: DepthEstimator = TransformersDepth(checkpoints[kind], dtype=dtype)
    for size_hw in ((40, 60), (64, 33)):
        nearness = estimator.nearness(photo(*size_hw))
        assert nearness.shape == size_hw
        assert nearness.dtype == np.float32
        assert np.isfinite(nearness).all()


@pytest.mark.parametrize("kind", KINDS)
def test_larger_is_nearer_whatever_the_checkpoint_answers_with(kind: str, checkpoints: Checkpoints) -> None:
    estimator = TransformersDepth(checkpoints[kind])
    assert estimator.answers_in_metres is KINDS[kind][1]
    ramp = np.tile(
        np.linspace(1, 9, 60, dtype=np.float32), (40, 1)
    )  # the network's answer rises to the right
    nearness = answering(estimator, ramp).nearness(photo())
    steps = np.diff(nearness[20, 5:-5])
    assert (steps < 0).all() if estimator.answers_in_metres else (steps > 0).all()


def test_metres_become_inverse_metres_and_inverse_depth_stays(checkpoints: Checkpoints) -> None:
    answer = np.array([[2.0, 4.0], [0.5, -1.0]], np.float32)
    metric = TransformersDepth(checkpoints["Depth Anything, metric"])
    np.testing.assert_allclose(
        answering(metric, answer).nearness(photo(2, 2)), [[0.5, 0.25], [2.0, 1000.0]], rtol=1e-6
    )
    relative = TransformersDepth(checkpoints["Depth Anything, relative"])
    np.testing.assert_allclose(answering(relative, answer).nearness(photo(2, 2)), answer, rtol=1e-6)


def test_who_loads_it_may_know_better_than_the_configuration(checkpoints: Checkpoints) -> None:
    answer = np.array([[2.0, 4.0]], np.float32)
    tuned = TransformersDepth(checkpoints["DPT"], answers_in_metres=True)
    np.testing.assert_allclose(answering(tuned, answer).nearness(photo(1, 2)), [[0.5, 0.25]], rtol=1e-6)


@pytest.mark.parametrize(
    ("config", "metres"),
    [
        (DPTConfig(), False),
        (DPTConfig(add_projection=True), True),
        (PromptDepthAnythingConfig(depth_estimation_type="metric"), True),
        (PromptDepthAnythingConfig(depth_estimation_type="relative"), False),
        (DepthProConfig(), True),
    ],
    ids=["DPT", "DPT on DINOv2", "metric prompts", "relative prompts", "Depth Pro"],
)
def test_the_configuration_says_what_a_checkpoint_answers_with(config: Any, metres: bool) -> None:
    assert predicts_metres(config) is metres


def test_zoedepths_margins_are_cut_off(checkpoints: Checkpoints) -> None:
    estimator = TransformersDepth(checkpoints["ZoeDepth"])
    height, width = 50, 98
    top, left = 15, 21  # 3 sqrt(50 / 2), 3 sqrt(98 / 2)
    depth = np.full((height + 2 * top, width + 2 * left), 5.0, np.float32)
    depth[:top], depth[-top:], depth[:, :left], depth[:, -left:] = 1.0, 1.0, 1.0, 1.0
    depth[top + 10, left + 20] = 2.0
    nearness = answering(estimator, depth).nearness(photo(height, width))
    expected = np.full((height, width), 0.2, np.float32)
    expected[10, 20] = 0.5
    np.testing.assert_allclose(nearness, expected, rtol=1e-5)


def test_zoedepths_processor_adds_the_margins_that_are_cut_off(checkpoints: Checkpoints) -> None:
    processor = TransformersDepth(checkpoints["ZoeDepth"])._processor
    assert processor.pad_image(np.zeros((3, 50, 98), np.float32)).shape == (3, 50 + 2 * 15, 98 + 2 * 21)


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = save_image_classifier(tmp_path)
    with pytest.raises(
        BackendError, match=r"is of the kind 'vit', expected a depth estimator \(.*zoedepth\) such"
    ):
        TransformersDepth(folder)


def test_a_processor_that_needs_torchvision_says_so(tmp_path: Path) -> None:
    if importlib.util.find_spec("torchvision") is not None:
        pytest.skip("torchvision is installed, so there is nothing to say")
    DepthProConfig().save_pretrained(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text('{"image_processor_type": "DepthProImageProcessor"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BackendError, match="torchvision: DepthProImageProcessor"):
        TransformersDepth(tmp_path)


def test_a_name_that_cannot_be_had_offline_says_what_to_do(offline_cache: HubCache) -> None:
    with pytest.raises(BackendError) as caught:
        TransformersDepth("depth-anything/Depth-Anything-V2-Small-hf")
    assert f"not in the cache {offline_cache.path}" in str(caught.value)
    assert str(caught.value).endswith("or another name such as depth-anything/Depth-Anything-V2-Small-hf")


def test_a_photo_without_pixels_is_refused(checkpoints: Checkpoints) -> None:
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 5x0"):
        TransformersDepth(checkpoints["DPT"]).nearness(photo(0, 5))
