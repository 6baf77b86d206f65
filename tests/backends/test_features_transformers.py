"""Features of pictures and texts from tiny networks, against the networks themselves."""

import shutil

import numpy as np
import pytest
import torch
from hub_cache import HubCache
from PIL import Image
from transformers import (
    AutoImageProcessor,
    CLIPModel,
    ResNetModel,
    ViTConfig,
    ViTForImageClassification,
    ViTModel,
)

from smartmask.backends.features_transformers import TransformersClip, TransformersFeatures
from smartmask.errors import BackendError
from smartmask.evaluation.insertions import ImageFeatures, ImageTextFeatures


@pytest.fixture
def images() -> list[np.ndarray]:
    return list(np.random.default_rng(0).integers(0, 255, (5, 40, 40, 3), np.uint8))


def test_pooled_features_are_the_networks_own_picture_by_picture(tiny_checkpoints, images):
    folder = tiny_checkpoints("resnet")
    features: ImageFeatures = TransformersFeatures(folder)
    rows = features.image_features(images)
    assert (rows.shape, rows.dtype) == ((5, 12), np.float32)
    network, processor = (
        ResNetModel.from_pretrained(folder).eval(),
        AutoImageProcessor.from_pretrained(folder),
    )
    for row, image in zip(rows, images, strict=True):
        pixels = processor(images=Image.fromarray(image), return_tensors="pt").pixel_values
        with torch.inference_mode():
            expected = network(pixels).pooler_output[0, :, 0, 0]
        np.testing.assert_allclose(row, expected.numpy(), atol=1e-5)
    assert np.ptp(rows, axis=0).max() > 1e-3


def test_clips_rows_give_its_own_similarities(tiny_checkpoints, images):
    folder = tiny_checkpoints("clip")
    clip: ImageTextFeatures = TransformersClip(folder)
    texts = ["a dog", "a lamp that is on", "x"]
    of_images, of_texts = clip.image_features(images), clip.text_features(texts)
    assert (of_images.shape, of_texts.shape) == ((5, 6), (3, 6))
    network = CLIPModel.from_pretrained(folder).eval()
    pixels = AutoImageProcessor.from_pretrained(folder)(
        images=[Image.fromarray(image) for image in images], return_tensors="pt"
    )
    tokens = clip._tokenizer(texts, padding=True, return_tensors="pt")
    with torch.inference_mode():
        logits = network(**tokens, **pixels).logits_per_image / network.logit_scale.exp()
    of_images /= np.linalg.norm(of_images, axis=1, keepdims=True)
    of_texts /= np.linalg.norm(of_texts, axis=1, keepdims=True)
    np.testing.assert_allclose(of_images @ of_texts.T, logits.numpy(), atol=1e-5)


def test_a_text_has_the_same_row_in_every_company(tiny_checkpoints):
    clip = TransformersClip(tiny_checkpoints("clip"))
    alone, together = clip.text_features(["a"]), clip.text_features(["a", "a much longer text"])
    np.testing.assert_allclose(alone[0], together[0], atol=1e-6)


def test_a_text_that_is_too_long_is_refused(tiny_checkpoints):
    with pytest.raises(
        ValueError, match=r"text 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 76 tokens but .* reads 75"
    ):
        TransformersClip(tiny_checkpoints("clip")).text_features(["a" * 76])


def test_a_network_without_trained_pooling_is_refused(tiny_checkpoints, tmp_path):
    """ViT as a classifier has no pooler; transformers would make one of random numbers."""
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = ViTConfig(**sizes, image_size=32, patch_size=8)
    folder = shutil.copytree(tiny_checkpoints("resnet"), tmp_path / "vit")
    ViTForImageClassification(config).save_pretrained(folder)
    with pytest.raises(
        BackendError, match=r"its weights lack 2 of the .* tensors that ViTModel needs, first 'pooler"
    ):
        TransformersFeatures(folder)
    ViTModel(config).save_pretrained(folder)
    assert TransformersFeatures(folder).image_features([np.zeros((40, 40, 3), np.uint8)]).shape == (1, 8)


def test_a_network_that_does_not_pool_is_refused(tiny_checkpoints):
    with pytest.raises(BackendError, match=r"CLIPModel makes no pooled features of a picture \(.*resnet-50$"):
        TransformersFeatures(tiny_checkpoints("clip"))


@pytest.mark.parametrize("kind", [TransformersFeatures, TransformersClip])
def test_what_cannot_be_had_is_one_line(kind, tmp_path, offline_cache: HubCache):
    with pytest.raises(BackendError, match=r"holds neither config\.json"):
        kind(tmp_path)
    with pytest.raises(BackendError, match=r"^owner/model: not in the cache"):
        kind("owner/model")
