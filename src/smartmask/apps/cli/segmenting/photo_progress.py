"""A progress bar over many photos, with lines of text that stay above it.

The bar is on standard error, for people only. Lines go where they would without it, to standard output or
standard error, but on a terminal they must not tear the bar, so it writes them itself.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smartmask.apps.cli.lines import one_line, print_line
from smartmask.apps.cli.progress import bar, set_to

Say = Callable[[str, bool], None]
"""Writes a line; the second argument is whether it tells of an error."""


@contextmanager
def photo_progress(total: int) -> Iterator[tuple[Callable[[int], None], Say]]:
    """A bar, what sets it to a number of photos, and what writes a line."""
    is_shown = sys.stderr.isatty()
    with bar("segmenting photos", total) as shown:

        def say(line: str, is_error: bool) -> None:
            if is_shown and (is_error or sys.stdout.isatty()):
                shown.write(one_line(line), file=sys.stderr)
            else:
                print_line(line, err=is_error)

        yield lambda done: set_to(shown, done), say
