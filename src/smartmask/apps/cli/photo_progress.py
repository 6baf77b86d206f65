"""A progress bar over many photos, with lines of text that stay above it.

The bar is on standard error, for people only. Lines go where they would without it, to standard output or
standard error, but on a terminal they must not tear the bar, so it writes them itself.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Say = Callable[[str, bool], None]
"""Writes a line; the second argument is whether it tells of an error."""


@contextmanager
def photo_progress(total: int) -> Iterator[tuple[Callable[[int], None], Say]]:
    """A bar, what sets it to a number of photos, and what writes a line."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_shown = sys.stderr.isatty()
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not is_shown,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("segmenting photos", total=total)

        def say(line: str, is_error: bool) -> None:
            if is_shown and (is_error or sys.stdout.isatty()):
                bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
            else:
                click.echo(line, err=is_error)

        yield lambda done: bar.update(task, completed=done), say
