import math

import pytest
import torch

from smartmask.training.segmenter.network import SegmenterConfig, SegmenterNetwork, imagenet_weights
from smartmask.training.segmenter.recognition import (
    FEATURES,
    FLOOR,
    NEAR_WEIGHT,
    WHOLE_WEIGHT,
    Recognition,
)

CLASS, NUMBER = 2, 162


@pytest.fixture
def recognition() -> Recognition:
    """Takes the first feature for one of ImageNet's classes, which is our class 2."""
    found = Recognition(5)
    with torch.no_grad():
        found.head.weight.zero_()
        found.head.bias.zero_()
        found.head.weight[NUMBER, 0] = 1
    found.mapping[CLASS, NUMBER] = 1
    return found


def test_without_a_mapping_there_is_no_evidence() -> None:
    assert torch.equal(Recognition(5)(torch.randn(2, FEATURES, 3, 4)), torch.zeros(2, 5, 3, 4))


def test_evidence_is_for_the_class_that_is_seen_and_mostly_where_it_is(recognition: Recognition) -> None:
    features = torch.zeros(1, FEATURES, 9, 9)
    features[:, 0, :3, :3] = 100
    evidence = recognition(features)[0]
    assert (evidence.argmax(0) == CLASS).all()
    assert evidence[CLASS, 0, 0] > evidence[CLASS, 8, 8] + 0.5 * NEAR_WEIGHT * math.log(1 / FLOOR)
    assert torch.equal(evidence[[0, 1, 3, 4]], torch.zeros(4, 9, 9))


def test_evidence_is_bounded(recognition: Recognition) -> None:
    features = torch.zeros(1, FEATURES, 2, 2)
    features[:, 0] = 1e4
    most = (NEAR_WEIGHT + WHOLE_WEIGHT) * math.log(1 + 1 / FLOOR)
    assert recognition(features).max().item() == pytest.approx(most, rel=1e-5)


def test_the_classifier_is_never_trained_but_passes_gradients_on(recognition: Recognition) -> None:
    features = torch.randn(1, FEATURES, 2, 2, requires_grad=True)
    recognition(features).sum().backward()
    assert not any(value.requires_grad for value in recognition.parameters())
    assert features.grad is not None
    assert features.grad.abs().sum() > 0


def test_the_classifier_answers_as_the_published_network() -> None:
    package = pytest.importorskip("efficientnet_lite_pytorch", reason="needs efficientnet-lite-pytorch")
    torch.manual_seed(0)
    reference = package.EfficientNet.from_name("efficientnet-lite0").eval()
    network = SegmenterNetwork(SegmenterConfig(class_count=5, width=8)).eval()
    missing = network.load_state_dict(imagenet_weights(reference.state_dict()), strict=False)
    assert not missing.unexpected_keys
    photo = torch.randint(0, 256, (1, 3, 224, 224), dtype=torch.uint8)
    with torch.no_grad():
        expected = reference((photo.float() - 127) / 128)
        found = network.recognition.head(network.encoded(photo)[-1].mean((2, 3)))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)
    assert expected.std() > 0.001
