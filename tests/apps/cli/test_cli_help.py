"""Help texts of all that trains, measures and packs."""

from pathlib import Path

import click
import pytest

from smartmask.apps.cli.main import commands

GOLDEN = Path(__file__).parents[2] / "golden"


def _lines(name: str) -> list[list[str]]:
    """A group and each of its commands."""
    group = commands.commands[name]
    assert isinstance(group, click.Group)
    return [[name], *([name, command] for command in group.commands)]


@pytest.mark.parametrize(
    "words", [*_lines("train"), *_lines("evaluate"), ["bench"], ["data", "pack"]], ids=" ".join
)
def test_help_is_as_agreed(run, words):
    """After a wanted change: `COLUMNS=80 smartmask train ... --help > tests/golden/help_train_....txt`."""
    code, out, err = run(*words, "--help")
    assert (code, err) == (0, "")
    assert out == (GOLDEN / f"help_{'_'.join(words)}.txt").read_text()
