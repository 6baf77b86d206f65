"""Fields and their coordinates, both ways, in a codec of cosines and in the shipped one."""

import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from shapes import disc
from tiny_codec import COMPONENTS, RESOLUTION, tiny_codec

from smartmask.apps.load import WEIGHTS
from smartmask.errors import CheckpointError
from smartmask.model.shape_codec import ShapeCodec
from smartmask.model.signed_distance import encode
from smartmask.scene.view import View

SHIPPED = WEIGHTS / "shapes.npz"


def test_coordinates_come_back_as_they_were():
    codec = tiny_codec()
    samples = 0.1 * np.random.default_rng(0).standard_normal((3, COMPONENTS)).astype(np.float32)
    np.testing.assert_allclose(codec.encode(codec.decode(samples)), samples, atol=1e-5)


def test_one_is_what_it_is_among_several():
    codec = tiny_codec()
    fields = np.random.default_rng(0).standard_normal((3, RESOLUTION, RESOLUTION))
    together = codec.encode(fields)
    assert together.shape == (3, COMPONENTS)
    np.testing.assert_allclose(codec.encode(fields[1]), together[1], atol=1e-6)
    np.testing.assert_allclose(codec.decode(together[1]), codec.decode(together)[1], atol=1e-6)


def test_fields_are_clipped_to_what_masks_are_read_from():
    assert np.abs(tiny_codec().decode(np.full((2, COMPONENTS), 90.0))).max() == 1


@pytest.mark.parametrize("radius", [14, 20], ids="radius {}".format)
def test_the_shipped_codec_holds_a_disc(radius):
    view = View(x0=0, y0=0, side=64, resolution=64, size_hw=(64, 64))
    mask = disc((64, 64), (32, 32), radius)
    codec = ShapeCodec.load(SHIPPED)
    back = codec.decode(codec.encode(encode(mask, view))) > 0
    assert (back & mask).sum() / (back | mask).sum() > 0.97


def test_the_shipped_codec_is_one_of_shapes_not_of_noise():
    codec = ShapeCodec.load(SHIPPED)
    rng = np.random.default_rng(0)
    smooth = gaussian_filter(rng.standard_normal((64, 64)), 5)
    rough = rng.standard_normal((64, 64))
    kept = [np.var(codec.decode(codec.encode(f)) - codec.decode(codec.encode(0 * f))) / np.var(f)
            for f in (smooth / smooth.std() / 9, rough / 9)]  # fmt: skip
    assert kept[0] > 0.6 > 0.2 > kept[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"mean": np.zeros(3)}, "its arrays are not those that its card describes", id="a mean"),
        pytest.param({"extra": np.zeros(3)}, "its arrays are not those", id="an array too many"),
        pytest.param({"card": np.frombuffer(b"{}", np.uint8)}, "not a smartmask-shape-codec", id="no card"),
    ],
)
def test_a_file_that_does_not_fit_its_card_is_refused(change, message, tmp_path):
    with np.load(SHIPPED) as file:
        arrays = dict(file)
    np.savez(tmp_path / "other.npz", **(arrays | change))
    with pytest.raises(CheckpointError, match=message):
        ShapeCodec.load(tmp_path / "other.npz")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="missing or damaged"):
        ShapeCodec.load(tmp_path / "none.npz")


def test_the_card_of_the_shipped_codec_says_what_it_holds():
    with np.load(SHIPPED) as file:
        card = json.loads(file["card"].tobytes())
    codec = ShapeCodec.load(SHIPPED)
    assert (card["components"], card["resolution"]) == (*codec.shape, codec.resolution)
    assert codec.label_basis.shape == (card["text_width"], card["label_width"])


def test_digests_tell_codecs_apart():
    one, other = tiny_codec(), tiny_codec()
    assert one.digest() == other.digest()
    other.label_basis = other.label_basis + 1
    assert one.digest() != other.digest()
