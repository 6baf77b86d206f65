"""The one form that every reader returns, and how a reader deals with damaged records."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from smartmask.data.layered_scene import SceneLayer
from smartmask.errors import AnnotationError, printable

LONGEST = 600
"""Characters of where something was met first; it may quote a record's own text."""


class DamageError(Exception):
    """A record, object or file that cannot be used; readers leave it out and count it (`Problems.skipping`).

    Attributes:
        kind: What is wrong, the same words for all of its kind (`damage.py`).
        detail: What was found, or "".
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind} ({detail})" if detail else kind)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedScene:
    """One annotated image, its objects in no order.

    Attributes:
        key: Name of the record, unique in its dataset.
        group: Scenes of one group (one photo, one series) never fall into different splits.
        size_hw: Height and width of the image in pixels.
        objects: Its objects and regions.
        occlusions: Pairs (front, behind) of numbers of `objects`: the first hides a part of the second.
        texts: Sentences that describe the image.
        undecided: Pixels that the annotators left open, as COCO run lengths; None if there are none.
        image: File name of the photo, or None.
    """

    key: str
    group: str
    size_hw: tuple[int, int]
    objects: tuple[SceneLayer, ...]
    occlusions: tuple[tuple[int, int], ...] = ()
    texts: tuple[str, ...] = ()
    undecided: str | None = None
    image: str | None = None


class Problems:
    """Counts damaged records by kind, so that each kind is reported once.

    Attributes:
        counts: How many of each kind.
        first: Where each kind was met first.
        noted: The kinds that are no damage; nothing of them was left out.
    """

    def __init__(self, strict: bool = False) -> None:
        """Begin a count; `strict` makes the first problem an error."""
        self._strict = strict
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        self.noted: set[str] = set()

    def add(self, kind: str, where: str) -> None:
        """Count a record that is left out.

        Args:
            kind: What is wrong, the same words for all of its kind ("empty polygon").
            where: File and record.

        Raises:
            AnnotationError: If the count is strict.
        """
        if self._strict:
            raise AnnotationError(f"{where}: {kind}")
        self.counts[kind] += 1
        self.first.setdefault(kind, where)

    def note(self, kind: str, where: str) -> None:
        """Count something that is sound but worth a line of its own, such as a crowd that is kept."""
        self.noted.add(kind)
        self.counts[kind] += 1
        self.first.setdefault(kind, where)

    @contextmanager
    def skipping(self, where: str) -> Iterator[None]:
        """Leave out what is damaged within a `with` block, and count it.

        Raises:
            AnnotationError: If the count is strict.
        """
        try:
            yield
        except DamageError as damage:
            self.add(damage.kind, f"{where}: {damage.detail}" if damage.detail else where)

    def report(self) -> list[str]:
        """A line for each kind of damage, the most frequent first."""
        return [self._line(kind) for kind, _ in self.counts.most_common() if kind not in self.noted]

    def notes(self) -> list[str]:
        """A line for each kind that is no damage, the most frequent first."""
        return [self._line(kind) for kind, _ in self.counts.most_common() if kind in self.noted]

    def _line(self, kind: str) -> str:
        where = self.first[kind]
        if len(where) > LONGEST:
            where = f"{where[: LONGEST // 2]} ... {where[-LONGEST // 2 :]}"
        return printable(f"{self.counts[kind]} x {kind}, first at {where}")
