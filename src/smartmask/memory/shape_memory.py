"""A memory of real shapes: codes that a codec turns back into shapes, found by label.

A shape costs the bytes of its code and about twenty more, so a memory holds tens of thousands, and what can
be drawn grows by adding to it, without training. It knows nothing of how codes are made; it only sees to it
that all of one memory are by the same codec.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Float32, Int, UInt8

from smartmask.errors import CheckpointError
from smartmask.memory.memory_file import MemoryContent, read_memory, write_memory
from smartmask.memory.remembered import RememberedShape, Rows
from smartmask.memory.shape_view import ShapeView

Codes = UInt8[np.ndarray, "N B"]


class ShapeMemory:
    """Shapes in the order in which they came; a shape's number is its place in it."""

    def __init__(
        self,
        rows: Rows,
        codes: Callable[[], Codes],
        codec: str,
        parents: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take columns, and what gives the codes when they are first needed; `of` takes shapes.

        Args:
            rows: What is known of each shape.
            codes: Gives the code of each.
            codec: Digest of the codec that made them; "" if there are none.
            parents: A wider word for a label or a word, such as "insect" for "bee".
        """
        self.rows, self.codec = rows, codec
        self.parents: Mapping[str, str] = MappingProxyType(dict(parents))
        self._read_codes = codes
        self._codes: Codes | None = None
        self._lock = Lock()

    @staticmethod
    def of(
        shapes: Sequence[RememberedShape],
        codes: Codes,
        codec: str,
        parents: Mapping[str, str] = MappingProxyType({}),
    ) -> "ShapeMemory":
        """The memory of some shapes and their codes.

        Raises:
            ValueError: If there is not one code for each shape, or no codec is named for them.
        """
        if len(shapes) != len(codes):
            raise ValueError(f"{len(shapes)} shapes but {len(codes)} codes; give one code for each shape")
        if shapes and not codec:
            raise ValueError("codes need the digest of the codec that made them")
        return ShapeMemory(Rows.of(shapes), lambda: codes, codec if shapes else "", parents)

    @staticmethod
    def empty() -> "ShapeMemory":
        """A memory of nothing, of no codec, which can be joined with any."""
        return ShapeMemory.of([], np.zeros((0, 0), np.uint8), "")

    @staticmethod
    def load(path: Path, codec: str | None = None) -> "ShapeMemory":
        """Read all of a file but its codes, which follow when they are first needed.

        Args:
            path: The file.
            codec: Digest that its codes must be of; None = whatever it is.

        Raises:
            CheckpointError: If the file is missing, damaged, of another version or of another codec. Damage
                among the codes shows when they are read.
        """
        content = read_memory(path)
        if codec is not None and content.codec not in ("", codec):
            raise CheckpointError(
                f"{path}: its codes are of the codec {content.codec}, this release has {codec}; make the "
                "file again from its silhouettes with: smartmask memory add"
            )
        return ShapeMemory(content.rows, content.codes, content.codec, content.parents)

    def save(self, path: Path) -> None:
        """Write the file whole, in place of one of that name, or not at all.

        Raises:
            OSError: If it cannot be written.
            CheckpointError: If the codes are yet to be read from a damaged file.
        """
        codes = self.codes
        write_memory(path, MemoryContent(self.rows, lambda: codes, self.codec, self.parents))

    def __len__(self) -> int:
        return len(self.rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by value, its codes included, whatever they would be read from."""
        return _pickled, (self.rows, self.codes, self.codec, dict(self.parents))

    @property
    def aspects(self) -> Float32[np.ndarray, " N"]:
        """Width over height of each shape."""
        return self.rows.aspects

    @property
    def codes(self) -> Codes:
        """The code of each shape.

        Raises:
            CheckpointError: If they are damaged in the file that they are read from.
        """
        with self._lock:  # a file is read once, whichever thread asks first
            if self._codes is None:
                self._codes = self._read_codes()
            return self._codes

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels there are, in alphabetical order."""
        return tuple(sorted(self._by_label))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All that can be looked up: the labels, and the wider words of which some shape is known."""
        return tuple(sorted({*self._by_label, *self._below}))

    def of_label(self, label: str) -> Int[np.ndarray, " M"]:
        """The numbers of a label's shapes; of a wider word, those of all labels below it; else none."""
        own = self._by_label.get(label)
        if own is not None:
            return own
        below = [self._by_label[name] for name in self._below.get(label, ())]
        return np.sort(np.concatenate(below)) if below else np.zeros(0, np.int64)

    def entry(self, number: int) -> RememberedShape:
        """What is known of a shape.

        Raises:
            IndexError: If there is no shape of that number.
        """
        return self.rows.shape(number)

    def view(self, number: int) -> ShapeView | None:
        """From where a shape is seen; None where nobody knows."""
        return ShapeView.read(self.rows.texts["view"][number])

    def views_beside(self, number: int) -> dict[int, ShapeView]:
        """The views of the mesh that a shape shows, its own included, by the numbers of their shapes.

        Returns:
            Nothing if nobody knows from where the shape itself is seen.
        """
        if self.view(number) is None:
            return {}
        groups = self.rows.texts["group"].rows
        same = np.flatnonzero(groups == groups[number]).tolist()
        return {other: view for other in same if (view := self.view(other))}

    @staticmethod
    def joined(*memories: "ShapeMemory") -> "ShapeMemory":
        """The shapes of all, those of the earlier first; of two wider words for a label the later counts.

        Raises:
            ValueError: If their codes are of different codecs.
        """
        parts = [memory for memory in memories if len(memory)]
        codecs = list(dict.fromkeys(memory.codec for memory in parts))
        if len(codecs) > 1:
            raise ValueError(
                f"the memories are of different codecs ({', '.join(codecs)}); make them again with one"
            )
        if not parts:
            return ShapeMemory.empty()
        parents = {label: wider for memory in memories for label, wider in memory.parents.items()}
        rows = Rows.joined([memory.rows for memory in parts])
        return ShapeMemory(
            rows, lambda: np.concatenate([memory.codes for memory in parts]), codecs[0], parents
        )

    def without(self, *, label: str | None = None, source: str | None = None) -> "ShapeMemory":
        """The memory without some shapes; if both are given, without those of that label and that source.

        Raises:
            ValueError: If neither is given.
        """
        if label is None and source is None:
            raise ValueError("say what to leave out: a label, a source, or both")
        goes = np.ones(len(self), bool)
        for name, wanted in (("label", label), ("source", source)):
            if wanted is not None:
                column = self.rows.texts[name]
                goes &= np.array([word == wanted for word in column.words], bool)[column.rows]
        return self.of_numbers(np.flatnonzero(~goes))

    def of_numbers(self, numbers: Int[np.ndarray, " M"]) -> "ShapeMemory":
        """The memory of some of the shapes, in the order given."""
        if not len(numbers):
            return ShapeMemory.empty()
        return ShapeMemory(self.rows.taken(numbers), lambda: self.codes[numbers], self.codec, self.parents)

    @cached_property
    def _by_label(self) -> dict[str, Int[np.ndarray, " M"]]:
        column = self.rows.texts["label"]
        order = np.argsort(column.rows, kind="stable")
        ends = np.cumsum(np.bincount(column.rows, minlength=len(column.words)))[:-1]
        return dict(zip(column.words, np.split(order, ends), strict=True)) if len(column.words) else {}

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """The labels below each wider word, however far."""
        found: dict[str, list[str]] = defaultdict(list)
        for label in self.labels:
            word, met = label, {label}
            while (word := self.parents.get(word, label)) not in met:
                met.add(word)
                found[word].append(label)
        return dict(found)


def _pickled(rows: Rows, codes: Codes, codec: str, parents: Mapping[str, str]) -> ShapeMemory:
    """The memory that was pickled."""
    return ShapeMemory(rows, lambda: codes, codec, parents)
