"""The memory as the pipeline asks it: which shapes answer to some words, and what one looks like."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from threading import Lock

import numpy as np
from jaxtyping import Float32

from smartmask.memory.candidates import Candidates
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.pipelines.shapes.label_index import LabelIndex
from smartmask.pipelines.shapes.shape_choice import NEAR
from smartmask.pipelines.shapes.shape_words import ShapeWords, read_shape_words
from smartmask.pipelines.shapes.wanted_shapes import wanted_shapes
from smartmask.pipelines.suggestion import Origin
from smartmask.protocols import ShapeCoder, WordEncoder

ENOUGH_OBJECTS, ENOUGH_VIEWS = 4, 8
"""Once shapes of so many objects are found, or so many views, labels of a like meaning are not asked."""
STRANGE_PRICE = 0.3
"""What a shape costs whose label fits the words less well, in IoU for similarity 0."""
KINDS = {
    "airplane": ("aircraft", "commercial airplane", "private plane", "small airplane"),
    "bench": ("park bench",),
    "bicycle": ("bike", "square frame bicycle"),
    "boat": (
        *(
            "fishing boat",
            "motor boat",
            "rowboat",
            "sailboat",
            "sailing ship",
            "speedboat",
            "tugboat",
            "yacht",
        ),
    ),
    "bottle": ("glass bottle", "plastic bottle", "water bottle", "wine bottle"),
    "bus": ("city bus",),
    "car": ("hatchback car", "sedan car"),
    "cup": ("coffee cup", "coffee mug", "mug", "tea cup"),
    "lamp": ("desk lamp", "floor lamp", "table lamp"),
    "motorcycle": ("motorbike",),
    "phone": ("cell phone", "mobile phone"),
    "potted plant": ("houseplant", "indoor plant", "decorative plant"),
    "ship": ("cargo ship", "container ship"),
    "shoe": ("boot", "sneakers"),
    "tree": ("common tree", "oak tree", "deciduous tree"),
    "truck": ("delivery truck", "flatbed truck", "garbage truck", "pickup truck", "semi truck"),
}
"""Labels that are asked along with a common one: other words for it, and usual kinds of it."""
OTHER_PRICE = 1.0
"""What a shape costs besides whose label is not the one that fits best: so much that the fitting ones come
first, be they three of a user's own."""
CLARITY_PRICE = 0.19
"""What a shape costs that shows nothing of what it is, in IoU."""
STYLE_PRICES = {"photo": 0.0, "render": 0.0, "drawing": 0.02}
COARSE_PRICES = {"coco": 0.1, "taco": 0.1}
"""What shapes of a collection cost that was annotated by polygons of few corners."""
MOST_STRETCH = 1.25
STRETCH_PRICE = 0.5
"""What each e-fold of stretch beyond the most costs, in IoU."""
FACING = ("facing left", "facing right")


class ShapeRecall:
    """Asks a memory; safe to call from several threads at once."""

    def __init__(self, memory: ShapeMemory, coder: ShapeCoder, encoder: WordEncoder) -> None:
        """Take the parts.

        Args:
            memory: The shapes.
            coder: The codec that made its codes.
            encoder: Tells which words are near in meaning.
        """
        self.memory, self.encoder = memory, encoder
        self._coder = coder
        self._index: LabelIndex | None = None
        self._lock = Lock()
        self.words = lru_cache(maxsize=64)(self._read)
        self._shapes_of = lru_cache(maxsize=16)(self._recalled)
        self.field = lru_cache(maxsize=64)(self._decoded)

    def candidates(self, prompt: str, log_aspect: float | None) -> Candidates:
        """The shapes that answer to the words, nearest in aspect first.

        Args:
            prompt: The words.
            log_aspect: ln(width / height) of what is to be filled; None = shapes keep their own.
        """
        every = self._shapes_of(prompt)
        if log_aspect is None or not len(every):
            return every
        away = np.abs(every.log_aspects - log_aspect)
        near = np.sort(np.argsort(away, kind="stable")[: 2 * NEAR])
        beyond = np.maximum(0, away[near] - np.log(MOST_STRETCH))
        kept = every.taken(near)
        return replace(kept, handicaps=(kept.handicaps + STRETCH_PRICE * beyond).astype(np.float32))

    def similarity(self, prompt: str, number: int) -> float:
        """How well a shape's label fits the words, in [0, 1]."""
        label = self.memory.entry(number).label
        found = {match.label: match.similarity for match in self.words(prompt).matches}
        return found.get(label, min(found.values(), default=0.0))

    def origin(self, prompt: str, number: int, is_mirrored: bool, fit: str) -> Origin:
        """What is to be told of a mask that was made from a shape."""
        entry = self.memory.entry(number)
        return Origin(
            number=number,
            label=entry.label,
            similarity=self.similarity(prompt, number),
            source=entry.source,
            group=entry.group,
            is_mirrored=is_mirrored,
            fit=fit,
            views=len(self.memory.views_beside(number)),
        )

    def _read(self, prompt: str) -> ShapeWords:
        with self._lock:
            if self._index is None:
                self._index = LabelIndex(self.memory, self.encoder)
        return read_shape_words(prompt, self._index)

    def _recalled(self, prompt: str) -> Candidates:
        words = self.words(prompt)
        numbers: list[int] = []
        mirrored: list[bool] = []
        prices: list[float] = []
        for label, price, how in self._asked(words):
            found = {self.memory.rows.texts["group"][number] for number in numbers}
            is_enough = len(found) >= ENOUGH_OBJECTS or len(set(numbers)) >= ENOUGH_VIEWS
            if (is_enough and how != "kind") or (found and how == "wider"):
                break
            wanted = wanted_shapes(self.memory, label, words.poses, words.outlines)
            known = set(numbers)
            new = [place for place, number in enumerate(wanted.numbers.tolist()) if number not in known]
            turns = set(words.poses) & set(FACING)
            for place in new:
                number = int(wanted.numbers[place])
                first = bool(wanted.is_mirrored[place])
                both = not turns and bool(self.memory.rows.may_mirror[number])
                for flip in (first, not first) if both else (first,):
                    numbers.append(number)
                    mirrored.append(flip)
                    prices.append(price)
        rows, flips = np.array(numbers, np.int64), np.array(mirrored, bool)
        once, places = np.unique(rows, return_inverse=True)
        sketches = self._coder.sketch(self.memory.codes[once])[places] if len(rows) else _NO_SKETCHES
        sketches = np.where(flips[:, None, None], sketches[:, :, ::-1], sketches)
        columns = self.memory.rows.texts
        styles = np.array([STYLE_PRICES[columns["style"][number]] for number in numbers], np.float32)
        coarse = np.array(
            [COARSE_PRICES.get(columns["source"][number], 0.0) for number in numbers], np.float32
        )
        unclear = 1 - self.memory.rows.clarities[rows]
        return Candidates(
            rows,
            flips,
            sketches,
            np.log(self.memory.aspects[rows]).astype(np.float32),
            columns["group"].rows[rows].astype(np.int64) if len(rows) else rows,
            np.array(prices, np.float32) + styles + coarse + np.float32(CLARITY_PRICE) * unclear,
        )

    def _asked(self, words: ShapeWords) -> Iterator[tuple[str, float, str]]:
        """Labels to ask for shapes, what each costs, and how it was found."""
        for number, match in enumerate(words.matches):
            price = STRANGE_PRICE * (1 - match.similarity) + (OTHER_PRICE if number else 0.0)
            yield match.label, price, match.how
            if not number and match.how != "near":
                known = (label for label in KINDS.get(match.label, ()) if label in self.memory.labels)
                yield from ((label, price, "kind") for label in known)

    def _decoded(self, number: int, is_mirrored: bool) -> Float32[np.ndarray, "F F"]:
        """The field of a shape."""
        field = self._coder.decode(self.memory.codes[number : number + 1])[0]
        return field[:, ::-1] if is_mirrored else field


_NO_SKETCHES = np.zeros((0, 1, 1), np.float32)
