"""The documents are true: what they show runs, what they name is there, their figures were measured."""

import re
import runpy
import shlex
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image
from shipped import needs_shipped

from smartmask.apps.cli.main import commands

ROOT = Path(__file__).parents[2]
README, GUIDE, TOUR = ROOT / "README.md", ROOT / "docs" / "GUIDE.md", ROOT / "docs" / "TOUR.md"
CONTRIBUTING, AIMS = ROOT / "CONTRIBUTING.md", ROOT / "docs" / "results" / "AIMS.md"
PAGES = [pytest.param(page, id=page.name) for page in (README, GUIDE, TOUR, CONTRIBUTING, AIMS)]
WITH_COMMANDS = [pytest.param(page, id=page.name) for page in (README, GUIDE, CONTRIBUTING)]
EXAMPLES = ("suggest_in_a_box", "insert_a_cutout", "plan_a_room")


def section(page: Path, title: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    return page.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def command_lines(text: str) -> list[list[str]]:
    """Every `smartmask ...` in blocks of the shell, or between backquotes, in words after the first."""
    lines = "\n".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    lines += re.findall(r"`(smartmask [^`\n]*)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("smartmask ")]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder to run in, with a painted photo under the names that the documents use, and shapes to add."""
    monkeypatch.chdir(tmp_path)
    rows, columns = np.indices((427, 640))
    ground = np.where((rows < 200)[..., None], (206, 226, 242), (188, 208, 150))
    painted = (ground + 8 * np.sin(columns / 20)[..., None]).clip(0, 255).astype(np.uint8)
    for name in ("photo.jpg", "room.jpg"):
        Image.fromarray(painted).save(tmp_path / name)
    (tmp_path / "kuba").mkdir()
    for number in range(2):
        seat = np.zeros((80, 60), bool)
        seat[10:40, 20 : 30 + 5 * number] = seat[40:50, 10:50] = seat[50:76, 12:18] = seat[50:76, 42:48] = (
            True
        )
        Image.fromarray(seat).save(tmp_path / "kuba" / f"kuba_chair_{number}.png")
    return tmp_path


@needs_shipped
def test_first_steps_of_the_readme_run(folder, run):
    start = section(README, "Start")
    (python,) = blocks(start, "python")
    exec(compile(python, README.name, "exec"), {})
    (line,) = command_lines(start)
    code, out, err = run(*line)
    assert (code, err) == (0, "")
    for name in re.findall(r"`(\w+\.(?:png|json))`", start):
        assert (folder / "out" / name).is_file(), out


@needs_shipped
def test_python_of_the_guide_runs(folder, run, capsys):
    add = next(line for line in command_lines(GUIDE.read_text()) if line[:2] == ["memory", "add"])
    code, _, err = run(*add)
    assert (code, err) == (0, "")
    names: dict[str, object] = {}
    for number, python in enumerate(blocks(GUIDE.read_text(), "python")):
        exec(compile(python, f"{GUIDE.name}, block {number}", "exec"), names)
    assert "('kuba chair', " in capsys.readouterr().out


@needs_shipped
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example, folder, monkeypatch):
    path = ROOT / "examples" / f"{example}.py"
    monkeypatch.setattr(sys, "argv", [str(path), str(folder / "made")])
    runpy.run_path(str(path), run_name="__main__")
    for picture in (folder / "made").glob("*.png"):
        with Image.open(picture) as image:
            assert np.asarray(image).std() > 0, f"{picture.name} is of one colour"
    assert len(list((folder / "made").iterdir())) >= 3


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_and_their_options_are_there(page):
    found = command_lines(page.read_text())
    assert found
    for words in found:
        command: click.Command = commands
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, f"smartmask {' '.join(words)}"
            command, *words = command.commands[words[0]], *words[1:]
        known = {"--help", "--version"}.union(*(option.opts for option in command.params))
        unknown = {word for word in words if re.match(r"--?[a-z]", word)} - known
        assert not unknown, f"smartmask {command.name} has no {unknown}"


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_targets_of_make_are_there(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert {one or other for one, other in named} <= targets


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_scripts_and_modules_that_are_named_are_there(page):
    for name in re.findall(r"`((?:src|scripts|tests|examples|docs)/[\w/.]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_code_of_the_tour_stands_in_its_files():
    stops = re.findall(r"^\[`([^`]+)`\]\([^)]*\)\n\n```python\n(.*?)^```", TOUR.read_text(), re.S | re.M)
    assert len(stops) == 9
    for name, code in stops:
        there = {line.strip() for line in (ROOT / name).read_text().splitlines()}
        missing = [line for line in code.splitlines() if line.strip() not in there]
        assert not missing, f"{name} has changed; bring docs/TOUR.md up to date: {missing}"


def test_figures_of_the_readme_are_the_measured_ones():
    results = ROOT / "docs" / "results"
    files = ("benchmark.md", "plausible_by_eye.md", "placing_by_eye.md")
    measured = "".join((results / name).read_text() for name in files)
    scores = section(README, "What it scores")
    for figure in re.findall(r"\b0\.\d{3}\b|\b\d+ of \d+\b(?= masks|,|\.)", scores):
        assert figure in measured, f"{figure}: measured anew? say so in the README"


def test_aims_are_those_of_the_benchmark():
    """After `make evaluate` they are; else `scripts/readme_table.py` copies them."""
    report = (ROOT / "docs" / "results" / "benchmark.md").read_text()
    table = re.search(r"(?:^\|.*\n)+", report, re.MULTILINE)
    assert table is not None
    assert f"<!-- benchmark -->\n{table[0]}<!-- /benchmark -->" in AIMS.read_text()
