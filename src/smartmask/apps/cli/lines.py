"""What commands print: one call, one line, whatever names, labels and words of others it holds.

Other control characters are replaced where the process's streams are set up (`smartmask/__main__.py`).
"""

import click

_BREAKS = {ord(letter): "\N{REPLACEMENT CHARACTER}" for letter in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
"""What somebody may take for the end of a line, as `str.splitlines` does."""


def one_line(text: str) -> str:
    """A text without line breaks.

    >>> one_line("cat\\nNote: all is well")
    'cat�Note: all is well'
    """
    return text.translate(_BREAKS)


def print_line(line: str, err: bool = False) -> None:
    """Print a line to standard output, or to standard error."""
    click.echo(one_line(line), err=err)


def print_block(text: str) -> None:
    """Print lines that are of our own making, such as JSON or a table, whose cells hold no line breaks."""
    click.echo(text.removesuffix("\n"))
