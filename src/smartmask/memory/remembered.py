"""What a memory says of each shape, and all of it in columns.

A text column names its words once and numbers them, so that twenty thousand shapes of two thousand labels
are read in a few milliseconds. All text but `poses` is kept as it is; poses are joined by a semicolon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float32, Int, UInt32

Style = Literal["photo", "render", "drawing"]
STYLES: tuple[Style, ...] = get_args(Style)
TEXTS = ("label", "style", "source", "group", "licence", "view", "poses")
_BETWEEN_POSES = "; "


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedShape:
    """What is known of one shape besides its code.

    Attributes:
        label: What it is, in plain words.
        style: What it was cut from.
        aspect: Width over height.
        may_mirror: Whether its mirror image is as good; not so for writing or a clock.
        source: Collection that it is from.
        group: What it shares with other shapes of the collection: the mesh, photo or video it is from.
        licence: Licence and credit.
        view: Where it is seen from, such as "azimuth 30"; "" if nobody knows.
        poses: What it is doing and how it is seen, such as "sitting" and "facing left".
        clarity: How plainly it shows what it is called, to people who looked: 1, or 0.5 if it could be it; 1
            if nobody looked.
    """

    label: str
    style: Style
    aspect: float
    may_mirror: bool
    source: str
    group: str
    licence: str
    view: str = ""
    poses: tuple[str, ...] = ()
    clarity: float = 1.0

    def __post_init__(self) -> None:
        """Check what a user may get wrong.

        Raises:
            ValueError: If the label is empty, the style unknown, the aspect not above 0, or a pose holds a
                semicolon.
        """
        if not self.label.strip():
            raise ValueError("a remembered shape needs a label, such as 'chair'")
        if self.style not in STYLES:
            raise ValueError(f"{self.label!r}: style {self.style!r} must be one of {list(STYLES)}")
        if not (np.isfinite(self.aspect) and self.aspect > 0):
            raise ValueError(f"{self.label!r}: aspect {self.aspect} must be width over height, above 0")
        if any(";" in pose for pose in self.poses):
            raise ValueError(f"{self.label!r}: poses {self.poses} must be single phrases without a semicolon")


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A text for each row: each different one once, and its number in each row."""

    words: tuple[str, ...]
    rows: UInt32[np.ndarray, " N"]

    @staticmethod
    def of(texts: Sequence[str]) -> "TextColumn":
        """The column of some texts, numbered as they first appear."""
        numbers: dict[str, int] = {}
        rows = [numbers.setdefault(text, len(numbers)) for text in texts]
        return TextColumn(tuple(numbers), np.array(rows, np.uint32))

    def __getitem__(self, row: int) -> str:
        return self.words[int(self.rows[row])]

    def texts(self) -> list[str]:
        """The text of every row."""
        return [self.words[number] for number in self.rows.tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is known of many shapes, a column a field."""

    texts: Mapping[str, TextColumn]
    aspects: Float32[np.ndarray, " N"]
    may_mirror: Bool[np.ndarray, " N"]
    clarities: Float32[np.ndarray, " N"]

    @staticmethod
    def of(shapes: Sequence[RememberedShape]) -> "Rows":
        """The columns of some shapes."""
        plain = {name: [str(getattr(shape, name)) for shape in shapes] for name in TEXTS[:-1]}
        plain["poses"] = [_BETWEEN_POSES.join(shape.poses) for shape in shapes]
        return Rows(
            {name: TextColumn.of(texts) for name, texts in plain.items()},
            np.array([shape.aspect for shape in shapes], np.float32),
            np.array([shape.may_mirror for shape in shapes], bool),
            np.array([shape.clarity for shape in shapes], np.float32),
        )

    def __len__(self) -> int:
        return len(self.aspects)

    def shape(self, row: int) -> RememberedShape:
        """The shape of a row.

        Raises:
            IndexError: If there is no such row.
        """
        texts = {name: self.texts[name][row] for name in TEXTS}
        style = next(known for known in STYLES if known == texts["style"])
        return RememberedShape(
            label=texts["label"],
            style=style,
            aspect=float(self.aspects[row]),
            may_mirror=bool(self.may_mirror[row]),
            source=texts["source"],
            group=texts["group"],
            licence=texts["licence"],
            view=texts["view"],
            poses=poses_of(texts["poses"]),
            clarity=float(self.clarities[row]),
        )

    def taken(self, rows: Int[np.ndarray, " M"]) -> "Rows":
        """Some of the rows, without the words that only others need."""
        texts = {}
        for name, column in self.texts.items():
            kept, numbers = np.unique(column.rows[rows], return_inverse=True)
            words = tuple(column.words[number] for number in kept.tolist())
            texts[name] = TextColumn(words, numbers.astype(np.uint32))
        return Rows(texts, self.aspects[rows], self.may_mirror[rows], self.clarities[rows])

    @staticmethod
    def joined(parts: Sequence["Rows"]) -> "Rows":
        """The rows of several, one after the other."""
        return Rows(
            {name: TextColumn.of([t for part in parts for t in part.texts[name].texts()]) for name in TEXTS},
            np.concatenate([np.zeros(0, np.float32), *(part.aspects for part in parts)]),
            np.concatenate([np.zeros(0, bool), *(part.may_mirror for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.clarities for part in parts)]),
        )


def poses_of(text: str) -> tuple[str, ...]:
    """The poses that a column's text holds."""
    return tuple(text.split(_BETWEEN_POSES)) if text else ()
