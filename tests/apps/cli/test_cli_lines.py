"""Commands print a line a call: no name, label or word of others makes a second one."""

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import smartmask
from smartmask.apps.cli.lines import one_line, print_block, print_line
from smartmask.apps.cli.main import LONGEST_MESSAGE, commands, main
from smartmask.apps.cli.progress import progress
from smartmask.data.layout_files import write_layout
from smartmask.scene.layout import Layer, Layout

SOURCE = Path(smartmask.__file__).parent
FORGED = "cat\nNote: forged\rNote: forged\x85\u2028\x0c\x1e"


def test_nothing_else_prints():
    """But for a help text, and the worker of another Python that cannot import this."""
    prints = re.compile(r"\b(echo|secho)\(|^\s+print\(|\b(stdout|stderr)\.write\(", re.MULTILINE)
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if prints.search(path.read_text("utf-8"))
    }
    worker = str(Path("data/synthesis/stage/infinigen_worker.py"))
    assert found == {str(Path("apps/cli/lines.py")), str(Path("apps/cli/main.py")), worker}


def test_a_line_stays_one(capsys):
    print_line(FORGED)
    print_line(FORGED, err=True)
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == len(told.err.splitlines()) == 1
    assert one_line("a cat\tof mine") == "a cat\tof mine"
    print_block("a\nb\n")
    assert capsys.readouterr().out == "a\nb\n"


@pytest.mark.parametrize("lists", [True, False], ids=["a list", "a result"])
def test_labels_and_names_of_files_stay_in_their_line(tmp_path, lists):
    path = tmp_path / "a\nNote: forged.json"
    write_layout(path, Layout((4, 4), (Layer(FORGED, np.ones((4, 4), bool)),)))
    out = tmp_path / "b\nNote: forged.json"
    arguments = ["edit", str(path), *(["--list"] if lists else ["--front", "0", "--out", str(out)])]
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 0, done.output
    assert not [line for line in done.output.splitlines() if line.startswith("Note")]
    assert len(done.output.splitlines()) == (4 if lists else 1)


def test_a_bar_says_what_is_under_way_in_one_line(monkeypatch):
    said = []
    monkeypatch.setattr("tqdm.tqdm.set_description_str", lambda self, text: said.append(text))
    with progress() as (step, _):
        step(FORGED)
    assert [len(text.splitlines()) for text in said] == [1]


def test_of_a_long_error_the_middle_is_left_out(capsys):
    assert main(["suggest", "room.png", "a dog", "--seed", "9" * 5000]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Error: Invalid value for '--seed'")
    assert " ... " in told
    assert len(told) < LONGEST_MESSAGE + 20
