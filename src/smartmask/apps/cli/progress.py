"""A progress bar on standard error, for people only: a pipe or a log file gets none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Step = Callable[[str], None]
OnProgress = Callable[[int, int | None], None]


@contextmanager
def progress() -> Iterator[tuple[Step, OnProgress]]:
    """A bar and what moves it: `step(what)` begins something, `on_progress(done, total)` counts.

    A total of None is one that nobody knows yet.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        task = bar.add_task("", total=None)

        def step(what: str) -> None:
            bar.reset(task, total=None, description=what)

        def on_progress(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield step, on_progress
