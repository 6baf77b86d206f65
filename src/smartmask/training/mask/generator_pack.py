"""All that the shape generator learns from, in one folder of some 25 MB: PACK/shapes.npz and PACK/codec.npz.

Whole shapes as their codes, with words, aspect, style, and the numbers of shapes that may be shown beside
each as its neighbours: of the same label, of like aspect, of other objects, and no doubles. Objects of scenes
come with the cells of the layout behind them. A machine that trains needs nothing else.

Three parts: what is learnt from; what is watched, of held-out objects; and shapes of labels of which nothing
is learnt, to see what a network makes of words that are new to it.
"""

import hashlib
import io
import json
import shutil
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int, Int8, Int32, UInt8, UInt16, UInt32

from smartmask.data.atomic import write_files
from smartmask.data.layered_scene import Split
from smartmask.data.whole_shapes import STYLES, WholeShape
from smartmask.errors import CheckpointError
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import LAYOUT_CELLS
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.sketch import complexity, pairwise_iou
from smartmask.protocols import TextEncoder
from smartmask.training.mask.scene_objects import SceneObject

FORMAT_VERSION = 2
SHAPES_FILE, CODEC_FILE = "shapes.npz", "codec.npz"
KEPT_NEIGHBOURS = 12
VIEWS_OF_AN_OBJECT = 2
"""Neighbours of one object, at the most."""
LEAST_SHAPES, MOST_SHAPES, LEAST_OBJECTS = 12, 150, 4
"""A word that nothing is learnt of has so many shapes of so many objects."""
UNSEEN_WORDS = 100
UNSEEN_SHAPES = 10
"""Shapes kept of each of them."""
STYLE_WEIGHTS = {"photo": 1.0, "drawing": 0.5, "render": 0.4}
CRUMBS = 0.04
"""Shapes that fill no more of their frame say nothing."""
PARTS = ("train", "validation", "unseen")


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorPack:
    """The content of a pack; arrays of one row a shape, unless said otherwise.

    Attributes:
        card: JSON: version, words, digest of the codec, counts.
        codes: The codec's.
        words: Row of each shape's label in `embeddings`.
        parents: Row of its wider word; the label's own if there is none.
        log_aspects: ln(width / height).
        styles: Places in `STYLES`.
        weights: How often it is drawn.
        parts: Places in `PARTS`.
        neighbours: Rows of shapes that may stand beside it, -1 = none.
        scenes: Row of its layout in `cells`, -1 = none.
        zooms: Of its window.
        groups: Checksum of the name of what it shares with other views of itself.
        cells: Of each layout the rows of its cells' labels in `embeddings`, after `SPECIAL_ROWS` others.
        embeddings: Of all words, in the order of the card.
    """

    card: UInt8[np.ndarray, " letters"]
    codes: UInt8[np.ndarray, "N bytes"]
    words: UInt16[np.ndarray, " N"]
    parents: UInt16[np.ndarray, " N"]
    log_aspects: Float32[np.ndarray, " N"]
    styles: Int8[np.ndarray, " N"]
    weights: Float32[np.ndarray, " N"]
    parts: Int8[np.ndarray, " N"]
    neighbours: Int32[np.ndarray, "N K"]
    scenes: Int32[np.ndarray, " N"]
    zooms: Float32[np.ndarray, " N"]
    groups: UInt32[np.ndarray, " N"]
    cells: UInt16[np.ndarray, "M cells"]
    embeddings: Float32[np.ndarray, "W D"]

    @property
    def words_of_rows(self) -> list[str]:
        """The text of each row of `embeddings`."""
        return list(json.loads(self.card.tobytes())["words"])

    def write(self, folder: Path, codec: Path) -> None:
        """Write the pack, the codec's file beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        arrays: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays["embeddings"] = self.embeddings.astype(np.float16)
        np.savez_compressed(content, **arrays)
        write_files({folder / SHAPES_FILE: content.getvalue()})
        shutil.copyfile(codec, folder / CODEC_FILE)

    @staticmethod
    def read(folder: Path) -> "GeneratorPack":
        """Read a pack.

        Raises:
            CheckpointError: If it is missing, damaged or of another version.
        """
        path = folder / SHAPES_FILE
        try:
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                arrays = {field.name: file[field.name] for field in fields(GeneratorPack)}
            version = json.loads(arrays["card"].tobytes())["version"]
        except Exception as error:
            raise CheckpointError(
                f"{path}: missing or damaged pack ({error}); make it with make pack"
            ) from error
        if version != FORMAT_VERSION:
            raise CheckpointError(f"{path}: is version {version}, expected {FORMAT_VERSION}; make it again")
        arrays["embeddings"] = arrays["embeddings"].astype(np.float32)
        return GeneratorPack(**arrays)


def make_pack(
    shapes: Sequence[WholeShape],
    splits: Sequence[Split],
    codes: UInt8[np.ndarray, "N bytes"],
    objects: Sequence[SceneObject],
    codec: SilhouetteCodec,
    encoder: TextEncoder,
    scene_share: float = 0.2,
) -> GeneratorPack:
    """Make a pack.

    Args:
        shapes: Whole shapes.
        splits: Of each; those of the test split are left out.
        codes: Of each.
        objects: Of scenes, to be learnt from.
        codec: Made the codes.
        encoder: Embeds the words.
        scene_share: How often an object of a scene is drawn.
    """
    hidden = unseen_words(shapes, splits)
    rows, parts = _chosen(shapes, splits, hidden)
    kept = [shapes[row] for row in rows] + [
        item.shape for item in objects if head(item.shape.label) not in hidden
    ]
    objects = [item for item in objects if head(item.shape.label) not in hidden]
    parts += [PARTS.index("train")] * len(objects)
    all_codes = np.concatenate([codes[rows], *(item.code[None] for item in objects)])
    log_aspects = np.concatenate(
        [np.log([shape.aspect for shape in kept[: len(rows)]]), [item.log_aspect for item in objects]]
    ).astype(np.float32)
    labels = {label for item in objects for label in item.labels if label}
    words = sorted({shape.label for shape in kept} | {s.parent for s in kept if s.parent} | labels)
    number = {word: place for place, word in enumerate(words)}
    embeddings = np.asarray(encoder.encode(words), np.float32)
    sketches = codec.sketch(all_codes)
    own = np.array([number[shape.label] for shape in kept])
    wider = [s.parent if s.parent and head(s.parent) not in hidden else s.label for s in kept]
    card = {"version": FORMAT_VERSION, "codec": codec.digest, "unseen": sorted(hidden), "words": words}
    return GeneratorPack(
        card=np.frombuffer(json.dumps(card).encode(), np.uint8),
        codes=all_codes,
        words=own.astype(np.uint16),
        parents=np.array([number[word] for word in wider], np.uint16),
        log_aspects=log_aspects,
        styles=np.array([STYLES.index(shape.style) for shape in kept], np.int8),
        weights=_weights(kept, sketches, len(rows), scene_share),
        parts=np.array(parts, np.int8),
        neighbours=_neighbours(kept, np.array(parts), log_aspects, sketches, embeddings, own),
        scenes=np.array([-1] * len(rows) + list(range(len(objects))), np.int32),
        zooms=np.array([0.0] * len(rows) + [item.zoom for item in objects], np.float32),
        groups=np.array([group_number(shape.group) for shape in kept], np.uint32),
        cells=_cells(objects, number),
        embeddings=embeddings,
    )


def unseen_words(shapes: Sequence[WholeShape], splits: Sequence[Split]) -> set[str]:
    """Last words of labels that nothing is learnt of; which ones a hash decides."""
    counts = Counter(head(s.label) for s, split in zip(shapes, splits, strict=True) if split == "train")
    groups = defaultdict(set)
    for shape in shapes:
        groups[head(shape.label)].add(shape.group)
    fit = [
        word
        for word, count in counts.items()
        if LEAST_SHAPES <= count <= MOST_SHAPES and len(groups[word]) >= LEAST_OBJECTS
    ]
    fit.sort(key=lambda word: hashlib.sha256(f"unseen {word}".encode()).hexdigest())
    return set(fit[:UNSEEN_WORDS])


def group_number(group: str) -> int:
    """The checksum that stands for a group's name."""
    return zlib.crc32(group.encode())


def head(label: str) -> str:
    """A label's last word: all of "fire truck" and "truck" are hidden together."""
    return label.split()[-1]


def _chosen(
    shapes: Sequence[WholeShape], splits: Sequence[Split], hidden: set[str]
) -> tuple[list[int], list[int]]:
    rows, parts = [], []
    taken: Counter[str] = Counter()
    for row, (shape, split) in enumerate(zip(shapes, splits, strict=True)):
        if split == "test":
            continue
        if head(shape.label) in hidden:
            if taken[head(shape.label)] >= UNSEEN_SHAPES:
                continue
            taken[head(shape.label)] += 1
            part = "unseen"
        else:
            part = split
        rows.append(row)
        parts.append(PARTS.index(part))
    return rows, parts


def _weights(
    kept: Sequence[WholeShape], sketches: Float32[np.ndarray, "N S S"], plain: int, scene_share: float
) -> Float32[np.ndarray, " N"]:
    """Labels by the root of their number, photos more often; objects of scenes as often as is wanted; what
    is little more than crumbs never."""
    counts = Counter(shape.label for shape in kept)
    views = Counter(shape.group for shape in kept)
    weights = np.array(
        [STYLE_WEIGHTS[s.style] / (counts[s.label] ** 0.5 * views[s.group] ** 0.25) for s in kept]
    )
    weights *= (sketches > 0).mean((1, 2)) > CRUMBS
    weights[:plain] *= (1 - scene_share if len(kept) > plain else 1) / weights[:plain].sum()
    if len(kept) > plain:
        weights[plain:] *= scene_share / weights[plain:].sum()
    return weights.astype(np.float32)


def _neighbours(
    kept: Sequence[WholeShape],
    parts: Int[np.ndarray, " N"],
    log_aspects: Float32[np.ndarray, " N"],
    sketches: Float32[np.ndarray, "N S S"],
    embeddings: Float32[np.ndarray, "W D"],
    words: Int[np.ndarray, " N"],
) -> Int32[np.ndarray, "N K"]:
    """Of each shape those that may stand beside it, nearest in aspect first; of its label or, where it has
    too few, of the label nearest in meaning. Held-out objects stand beside none, and shapes of words left out
    beside their like alone."""
    inside = (sketches > 0).reshape(len(kept), -1)
    flipped = (sketches[:, :, ::-1] > 0).reshape(len(kept), -1)
    plain = complexity(sketches, log_aspects) < PLAIN
    groups = np.unique([shape.group for shape in kept], return_inverse=True)[1]
    may = parts != PARTS.index("validation")
    unseen = PARTS.index("unseen")
    of_word = {int(word): np.flatnonzero((words == word) & may) for word in np.unique(words)}
    known = np.array(sorted(of_word))
    found = np.full((len(kept), KEPT_NEIGHBOURS), -1, np.int32)
    for word in known:
        asked = np.flatnonzero(words == word)
        pool = of_word[int(word)]
        if len(pool) < 2 * KEPT_NEIGHBOURS:
            others = known[known != word]
            nearest = others[np.argsort(-(embeddings[others] @ embeddings[word]), kind="stable")[:3]]
            near = [row for row in nearest if embeddings[row] @ embeddings[word] > ALIKE_IN_MEANING]
            pool = np.concatenate([pool, *(of_word[int(row)] for row in near)])
        for rows in np.array_split(asked, max(1, len(asked) // 200)):
            overlap = np.maximum(
                pairwise_iou(inside[rows], inside[pool]), pairwise_iou(flipped[rows], inside[pool])
            )
            away = np.abs(log_aspects[rows, None] - log_aspects[pool])
            double = (overlap > DOUBLE_IOU) & (away < LIKE_ASPECT) & ~plain[rows, None]
            barred = double | (groups[rows, None] == groups[pool])
            barred |= (parts[rows, None] != unseen) & (parts[pool] == unseen)
            away += np.where(words[pool] == word, 0, OTHER_LABEL)
            for row, order, bars in zip(rows, np.argsort(away, 1, kind="stable"), barred, strict=True):
                taken: Counter[int] = Counter()
                place = 0
                for column in order:
                    group = int(groups[pool[column]])
                    if bars[column] or taken[group] >= VIEWS_OF_AN_OBJECT:
                        continue
                    taken[group] += 1
                    found[row, place] = pool[column]
                    place += 1
                    if place == KEPT_NEIGHBOURS:
                        break
    return found


PLAIN, DOUBLE_IOU, LIKE_ASPECT = 0.35, 0.95, 0.12
"""As the memory's curation has them."""
ALIKE_IN_MEANING = 0.5
OTHER_LABEL = 1.0
"""Shapes of another label come after those of their own that differ by so much in ln(width / height)."""


def _cells(objects: Sequence[SceneObject], number: Mapping[str, int]) -> UInt16[np.ndarray, "M cells"]:
    rows: dict[str | None, int] = {None: 0, "": 1}
    rows |= {word: place + SPECIAL_ROWS for word, place in number.items()}
    cells = [[rows[label] for label in item.labels] for item in objects]
    return np.array(cells, np.uint16).reshape(len(objects), LAYOUT_CELLS**2)
