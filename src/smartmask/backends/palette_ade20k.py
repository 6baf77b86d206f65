"""Layouts as the colour maps that segmentation ControlNets know: each label in the colour of an ADE20K class.

A label is matched by its words first. Its head, what comes before a preposition ("a man in a red coat"),
names a class if it ends in one of the class's words, the longest ending first ("a hot dog" is food, "a
sleeping dog" an animal); of "a group of people" the second half is asked if the first says nothing. A head
that names none goes to the word most similar in meaning. Below `LEAST_SIMILARITY` a label has no class and is
drawn black, a colour that no class has, as are pixels of which the layout says nothing. Seams of such pixels
between regions, which annotators leave, are closed: the nets never saw any and would draw them as lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int16, UInt8

from smartmask.backends.ade20k_classes import ADE20K_CLASSES
from smartmask.protocols import TextEncoder
from smartmask.scene.distance import grow
from smartmask.scene.layout import UNKNOWN, Layout

LEAST_SIMILARITY = 0.6
"""Of 330 labels of COCO, LVIS and TACO, most matches above it were right, and most below it wrong."""
UNKNOWN_COLOUR = (0, 0, 0)
SEAM_PX = 2
"""Half the width of the widest seam that is closed."""
_COLOURS = {name: colour for name, colour, _ in ADE20K_CLASSES}
_CLASS_OF = {
    word: name for name, _, others in ADE20K_CLASSES for word in (name, *filter(None, others.split(", ")))
}
_PREPOSITION = re.compile(
    r"\b(?:above|at|behind|below|beside|by|from|in|near|next|on|over|under|wearing|with)\b"
)


@dataclass(frozen=True, slots=True)
class LabelClass:
    """What a label is drawn as.

    Attributes:
        label: The layout's word.
        name: The ADE20K class, or None if none is near enough.
        nearest: The class's word that the label was compared with.
        similarity: Cosine of the two in the text embedding; 1.0 where the label itself has the word.
    """

    label: str
    name: str | None
    nearest: str
    similarity: float

    @property
    def colour(self) -> tuple[int, int, int]:
        """RGB."""
        return UNKNOWN_COLOUR if self.name is None else _COLOURS[self.name]


class Ade20kPalette:
    """Draws layouts in ADE20K's colours."""

    def __init__(self, encoder: TextEncoder) -> None:
        """Take the encoder that says how near two words are in meaning."""
        self._encoder = encoder
        self._words = tuple(_CLASS_OF)
        self._embeddings = encoder.encode(self._words)

    def classes_of(self, labels: Sequence[str]) -> tuple[LabelClass, ...]:
        """What each label is drawn as, in order."""
        return tuple(self._class_of(label) for label in labels)

    def seen(self, layout: Layout) -> tuple[LabelClass, ...]:
        """What each label that is seen in a layout is drawn as: each once, rearmost first."""
        numbers = np.unique(layout.visible_index())
        return self.classes_of(
            tuple(dict.fromkeys(layout.labels[number] for number in numbers if number >= 0))
        )

    def draw(self, layout: Layout) -> UInt8[np.ndarray, "H W 3"]:
        """What is seen of a layout, in colours; black where nothing is known or no class is near enough."""
        colours = [match.colour for match in self.classes_of(layout.labels)]
        # UNKNOWN is -1, so the last row is the colour of what is not known.
        return np.array([*colours, UNKNOWN_COLOUR], np.uint8)[without_seams(layout.visible_index())]

    def _class_of(self, label: str) -> LabelClass:
        head = _PREPOSITION.split(label.lower())[0]
        for part in head.split(" of "):
            words = re.findall(r"[^\W_]+", part)
            for start in range(len(words)):
                ending = " ".join(words[start:])
                if ending in _CLASS_OF:
                    return LabelClass(label, _CLASS_OF[ending], ending, 1.0)
        similarities = self._embeddings @ self._encoder.encode([head])[0]
        best = int(similarities.argmax())
        word, similarity = self._words[best], float(similarities[best])
        name = _CLASS_OF[word] if similarity >= LEAST_SIMILARITY else None
        return LabelClass(label, name, word, min(similarity, 1.0))


def without_seams(index: Int16[np.ndarray, "H W"]) -> Int16[np.ndarray, "H W"]:
    """A map of regions whose narrow unknown seams have gone to the regions on either side."""
    unknown = index < 0
    seams = unknown & ~grow(grow(unknown, -SEAM_PX), SEAM_PX + 1)
    closed = np.pad(index, 1, constant_values=UNKNOWN)
    inner = closed[1:-1, 1:-1]
    for _ in range(2 * SEAM_PX):
        for beside in (closed[:-2, 1:-1], closed[2:, 1:-1], closed[1:-1, :-2], closed[1:-1, 2:]):
            np.copyto(inner, beside.copy(), where=seams & (inner < 0))
    return inner
