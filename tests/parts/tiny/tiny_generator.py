"""What tests of the shape generator share: drawn shapes, their pack, small networks and a file of one."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from hash_encoder import HashEncoder
from thin_shapes import ellipse
from whole_shape_parts import whole

from smartmask.data.layered_scene import Split
from smartmask.data.whole_shapes import WholeShape
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import CHANNELS, frame_field
from smartmask.protocols import TextEncoder
from smartmask.training.mask.generator_batch import BatchSettings
from smartmask.training.mask.generator_export import export_generator
from smartmask.training.mask.generator_loop import GeneratorTraining
from smartmask.training.mask.generator_network import GeneratorConfig, ShapeGenerator
from smartmask.training.mask.generator_pack import GeneratorPack, make_pack
from smartmask.training.mask.scene_objects import SceneObject
from smartmask.weights import WEIGHTS

CODEC = WEIGHTS / "codec.npz"
SIZES = GeneratorConfig(text_width=HashEncoder.width, width=16, hidden=32, depth=1, heads=1)
WIDTH_8 = replace(SIZES, width=8, hidden=16)
DIGEST = "0123456789abcdef"
MEAN = [0.1 * channel - 0.4 for channel in range(CHANNELS)]
DEVIATION = [0.3 + 0.05 * channel for channel in range(CHANNELS)]
TRAINING = GeneratorTraining(network=SIZES, views=BatchSettings(batch=8), learning_rate=3e-3, warmup_steps=4)
HIDDEN = "fork"
"""The word that has shapes enough to be left out."""
DOUBLES = ("drawn:rake1", "drawn:mirrored", "drawn:doubled")
"""Objects that look alike: the second mirrored, the third held out."""


def rake(seed: int) -> np.ndarray:
    """A back with five teeth of random places, widths and lengths."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((60, 70 + int(rng.integers(0, 20))), bool)
    mask[:12] = True
    for tooth, left in enumerate(np.sort(rng.integers(0, 60, 5))):
        mask[: 60 if tooth == 2 else int(rng.integers(25, 60)), left : left + int(rng.integers(5, 11))] = True
    return mask


def star(points: int, high: int = 60) -> np.ndarray:
    """A star of so many points."""
    rows, columns = np.mgrid[-1 : 1 : high * 1j, -1:1:60j]
    mask: np.ndarray = np.hypot(rows, columns) < 0.7 + 0.3 * np.cos(points * np.arctan2(rows, columns))
    return mask


def pack_shapes() -> tuple[list[WholeShape], list[Split]]:
    """Rakes of three views an object, stars and balls; then forks, so many that their word is left out."""
    found: list[tuple[WholeShape, Split]] = []
    for group, split in enumerate(RAKES):
        for view in range(3):
            shape = whole("rake", rake(3 * group + view), f"drawn:rake{group}")
            found.append((replace(shape, parent="tool"), split))
    found.append((whole("rake", np.ascontiguousarray(rake(3)[:, ::-1]), DOUBLES[1], "photo"), "train"))
    found.append((whole("rake", np.kron(rake(3), np.ones((2, 2), bool)), DOUBLES[2]), "validation"))
    found += [(whole("star", star(n, 40 + 5 * n), f"drawn:star{n}", "drawing"), "train") for n in range(3, 8)]
    found += [(whole("ball", ellipse(40 + 9 * n, 50), f"drawn:ball{n}", "photo"), "train") for n in range(5)]
    found += [(whole("garden fork", rake(100 + n), f"drawn:fork{n}"), "train") for n in range(13)]
    found.append((whole("fork", rake(200), "drawn:fork"), "validation"))
    shapes, splits = zip(*found, strict=True)
    return list(shapes), list(splits)


RAKES: tuple[Split, ...] = ("train", "train", "train", "validation", "validation", "test")


def scene_object(codec: SilhouetteCodec, label: str) -> SceneObject:
    """An object before a wall, on what has no name; off the canvas below."""
    shape = whole(label, star(5, 50), "scene:1", "photo")
    labels = ["wall"] * 40 + [""] * 16 + [None] * (LAYOUT_CELLS**2 - 56)
    code = codec.encode(frame_field(shape.mask())[None])[0]
    return SceneObject(shape, code, float(np.log(shape.aspect)), -0.5, tuple(labels))


def packed(
    shapes: list[WholeShape], splits: list[Split], codec: SilhouetteCodec, encoder: TextEncoder
) -> GeneratorPack:
    """The pack of some shapes, and of a ball and a fork in a scene."""
    codes = codec.encode(np.stack([frame_field(shape.mask()) for shape in shapes]))
    objects = [scene_object(codec, label) for label in ("ball", HIDDEN)]
    return make_pack(shapes, splits, codes, objects, codec, encoder)


def perturbed_generator(sizes: GeneratorConfig = SIZES) -> ShapeGenerator:
    """A network all of whose parameters take part: as built, some are zero and hide their inputs."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = ShapeGenerator(sizes)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return network.eval()


def export_tiny_generator(path: Path) -> float:
    """Write the network of width 8 as a file; the difference to PyTorch that its export reported."""
    with warnings.catch_warnings():
        # PyTorch's exporter uses a part of itself that it deprecates, and names of one axis thrice.
        warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
        warnings.filterwarnings("ignore", ".*axis name: batch will not be used", UserWarning)
        return export_generator(
            perturbed_generator(WIDTH_8),
            path,
            codec=DIGEST,
            mean=MEAN,
            deviation=DEVIATION,
            views=1234,
            unseen=["fork"],
        )
