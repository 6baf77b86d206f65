"""What tests of the chooser's training share: memories, and poles and slabs."""

from collections.abc import Sequence

import numpy as np
from drawn_memory import Known, memory_of, seen
from hash_encoder import HashEncoder
from whole_shape_parts import whole

from smartmask.data.layered_scene import Split
from smartmask.data.whole_shapes import WholeShape
from smartmask.model.mask.chooser import ChooserConfig
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import frame_field
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.training.mask.chooser_data import ChooserData, chooser_data
from smartmask.training.mask.generator_pack import GeneratorPack, make_pack

COMPONENTS = 12
NETWORK = ChooserConfig(text_width=HashEncoder.width, label_channels=4, picture=COMPONENTS, hidden=16, key=8)


class SpellingEncoder(HashEncoder):
    """A `WordEncoder` that was taught no word, so that no label is near another in meaning."""

    def tokens(self, text: str) -> list[str]:
        return [letter for letter in text if letter != " "]


def recall_of(shapes: Sequence[WholeShape], codec: SilhouetteCodec, **known: object) -> ShapeRecall:
    """A memory of whole shapes, their groups' names as they are."""
    drawn: list[Known] = [
        seen(shape.label, shape.mask(), shape.group.removeprefix("drawn:"), **known) for shape in shapes
    ]
    return ShapeRecall(memory_of(drawn, codec), codec, SpellingEncoder())


def of_numbers(recall: ShapeRecall, numbers: Sequence[int], codec: SilhouetteCodec) -> ShapeRecall:
    """A memory of some of the shapes of another."""
    return ShapeRecall(recall.memory.of_numbers(np.array(numbers)), codec, SpellingEncoder())


def found_beside(
    pack: GeneratorPack, recall: ShapeRecall, codec: SilhouetteCodec, limit: int | None = None
) -> ChooserData:
    """The objects of a pack beside the shapes of a memory."""
    return chooser_data(pack, recall.memory, recall.candidates, codec, COMPONENTS, limit)


def pole(rng: np.random.Generator) -> np.ndarray:
    """An upright pole on a foot."""
    mask = np.zeros((80, 60), bool)
    left = int(rng.integers(16, 24))
    mask[:, left : left + int(rng.integers(14, 22))] = True
    mask[80 - int(rng.integers(8, 16)) :] = True
    return mask


def slab(rng: np.random.Generator) -> np.ndarray:
    """A board that hangs from a rod."""
    mask = np.zeros((80, 60), bool)
    mask[int(rng.integers(14, 26)) : int(rng.integers(62, 78))] = True
    mask[:, 28:32] = True
    return mask


def poles_and_slabs(codec: SilhouetteCodec) -> ChooserData:
    """Poles called "vane" and slabs called "gate"; under either name the memory knows as many of both."""
    rng = np.random.default_rng(0)
    shapes: list[WholeShape] = []
    splits: list[Split] = []
    remembered: list[WholeShape] = []
    for label, draw in (("vane", pole), ("gate", slab)):
        for number in range(14):
            shapes.append(whole(label, draw(rng), f"drawn:{label}{number}", "photo"))
            splits.append("train" if number < 9 else "validation")
        for number in range(12):
            mask = slab(rng) if number % 2 else pole(rng)
            remembered.append(whole(label, mask, f"drawn:known {label}{number}"))
    codes = codec.encode(np.stack([frame_field(shape.mask()) for shape in shapes]))
    pack = make_pack(shapes, splits, codes, [], codec, HashEncoder())
    return found_beside(pack, recall_of(remembered, codec, may_mirror=False), codec)
