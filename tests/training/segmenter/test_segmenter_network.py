"""The real network, at a decoder width of 8 and with random weights."""

import pytest
import torch

from smartmask.training.segmenter.network import (
    Encoder,
    SegmenterConfig,
    SegmenterNetwork,
    folded_encoder_weights,
)

TINY = SegmenterConfig(class_count=5, width=8)


@pytest.fixture(scope="module")
def network() -> SegmenterNetwork:
    torch.manual_seed(0)
    return SegmenterNetwork(TINY).eval()


def photos(batch: int, height: int, width: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (batch, 3, height, width), dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 96)])
def test_maps_have_a_quarter_of_the_photo_s_size(network: SegmenterNetwork, height: int, width: int) -> None:
    maps = network(photos(2, height, width))
    assert maps.class_logits.shape == (2, 5, height // 4, width // 4)
    assert maps.centre_logits.shape == (2, 1, height // 4, width // 4)
    assert maps.offsets.shape == (2, 2, height // 4, width // 4)


def test_a_photo_alone_equals_itself_in_a_batch_and_as_floats(network: SegmenterNetwork) -> None:
    batch = photos(3, 64, 64)
    with torch.no_grad():
        together, alone, as_floats = network(batch), network(batch[1:2]), network(batch[1:2].float())
    for a, b, c in zip(together, alone, as_floats, strict=True):
        torch.testing.assert_close(a[1:2], b, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(b, c)


def test_folded_weights_compute_what_the_published_network_computes() -> None:
    reference_package = pytest.importorskip(
        "efficientnet_lite_pytorch", reason="needs efficientnet-lite-pytorch"
    )
    torch.manual_seed(0)
    reference = reference_package.EfficientNet.from_name("efficientnet-lite0").eval()
    with torch.no_grad():
        for name, value in reference.state_dict().items():
            if name.endswith(("running_var", "running_mean")) or "bn" in name:
                value.copy_(value + 0.5 * torch.rand_like(value, dtype=torch.float32).to(value.dtype))
        encoder = Encoder(frozen_blocks=0).eval()
        encoder.load_state_dict(folded_encoder_weights(reference.state_dict()))
        image = torch.randn(1, 3, 224, 224)
        expected = reference.extract_features(image)
        torch.testing.assert_close(encoder(image)[-1], expected, atol=1e-4, rtol=1e-3)
    assert expected.std() > 0.01


def test_frozen_weights_get_no_gradient() -> None:
    network = SegmenterNetwork(SegmenterConfig(class_count=5, width=8, frozen_blocks=5))
    network(photos(1, 64, 64)).class_logits.sum().backward()
    assert all(
        p.grad is None for p in [*network.encoder.stem.parameters(), *network.encoder.blocks[:5].parameters()]
    )
    assert all(block.depthwise.weight.grad is None for block in network.encoder.blocks)
    assert all(p.grad is not None for p in network.encoder.blocks[5].project.parameters())


def test_a_checkpoint_without_a_weight_is_refused() -> None:
    with pytest.raises(KeyError, match="_bn0"):
        folded_encoder_weights({})


@pytest.mark.parametrize("change", [{"width": 12}, {"class_count": 1}, {"frozen_blocks": 17}], ids=str)
def test_impossible_sizes_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"width a multiple of 8, frozen_blocks in 0\.\.16"):
        SegmenterConfig(**({"class_count": 5} | change))
