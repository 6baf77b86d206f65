"""Which items of a step a process works on. The step's items are the same however they are split.

step s of B items      items s B ... (s + 1) B - 1
process p of P         its P-th share of them, in parts of as many as fit into memory
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from torch.utils.data import DataLoader, Dataset

from smartmask.training.base.views import one_thread

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepParts:
    """How a step is split.

    Attributes:
        step_items: B, items of a step over all processes.
        items: Items of a part.
        process: p, number of this process.
        processes: P, how many there are.
    """

    step_items: int
    items: int
    process: int = 0
    processes: int = 1

    def __post_init__(self) -> None:
        if self.items < 1 or self.step_items % (self.items * self.processes):
            raise ValueError(
                f"a batch of {self.step_items} does not fall into equal parts of {self.items} items on each "
                f"of {self.processes} processes; choose numbers whose product divides it"
            )

    @staticmethod
    def of(step_items: int, items: int | None, process: int, processes: int) -> "StepParts":
        """The split where a part is a process's whole share, unless its items are given.

        Raises:
            ValueError: If the parts are not equal.
        """
        share = max(1, step_items // processes)
        return StepParts(step_items=step_items, items=items or share, process=process, processes=processes)

    @property
    def per_step(self) -> int:
        """Parts of a step that this process works through."""
        return self.step_items // (self.items * self.processes)

    def numbers(self, first_step: int) -> Iterator[list[int]]:
        """The numbers of each part's items, from a step on, without end."""
        share = self.step_items // self.processes
        start = first_step * self.step_items + self.process * share
        while True:
            for first in range(start, start + share, self.items):
                yield list(range(first, first + self.items))
            start += self.step_items


def load_parts(
    dataset: Dataset[Any],
    collate: Callable[[Sequence[Any]], Batch],
    parts: StepParts,
    first_step: int,
    workers: int,
) -> Iterator[Batch]:
    """The batch of each part, from a step on, without end.

    Args:
        dataset: Item number -> item.
        collate: Items -> batch; it runs in the loader's processes.
        parts: How a step is split.
        first_step: Where to begin.
        workers: Processes that make items; 0 = this one does.
    """
    loader = DataLoader(
        dataset,
        batch_sampler=_Numbers(parts, first_step),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=one_thread,
        prefetch_factor=2 if workers else None,
    )
    yield from loader


class _Numbers:
    """`StepParts.numbers` as a loader wants it."""

    def __init__(self, parts: StepParts, first_step: int) -> None:
        self._parts, self._first_step = parts, first_step

    def __iter__(self) -> Iterator[list[int]]:
        return self._parts.numbers(self._first_step)
