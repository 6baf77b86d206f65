"""Progress bars on standard error, for people only: a pipe or a log file gets none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from smartmask.apps.cli.lines import one_line

Step = Callable[[str], None]
OnProgress = Callable[[int, int | None], None]


def bar(what: str, total: float | None = None, **options: Any) -> Any:
    """A bar that goes when it is done; it shows nothing if standard error is no terminal.

    Args:
        what: What is under way.
        total: What it counts to; None = nobody knows yet.
        options: Others of `tqdm`.
    """
    from tqdm import tqdm  # imported here: who only asks for help needs no bar

    is_shown = sys.stderr is not None and sys.stderr.isatty()  # None where it was closed before
    return tqdm(desc=what, total=total, file=sys.stderr, disable=not is_shown, leave=False, **options)


def set_to(shown: Any, done: float) -> None:
    """Bring a bar to a count."""
    shown.update(done - shown.n)


@contextmanager
def progress() -> Iterator[tuple[Step, OnProgress]]:
    """A bar and what moves it: `step(what)` begins something, `on_progress(done, total)` counts.

    A total of None is one that nobody knows yet.
    """
    with bar("", bar_format="{desc} {bar} {n_fmt}/{total_fmt} {elapsed}") as shown:

        def step(what: str) -> None:
            shown.reset()
            shown.total = None
            shown.set_description_str(one_line(what))

        def on_progress(done: int, total: int | None) -> None:
            shown.total = total
            set_to(shown, done)
            shown.refresh()

        yield step, on_progress
