"""The Dockerfile is sound by hadolint, and starts a command that is there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"


def test_hadolint_finds_nothing():
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not installed: pip install -e '.[dev]'")
    done = subprocess.run([hadolint, str(DOCKERFILE)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_starts_the_studio_for_all_that_can_reach_it(run):
    (entry,) = re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    program, *words = json.loads(entry)
    assert program == "smartmask"
    assert words[-2:] == ["--host", "0.0.0.0"]
    assert run(*words, "--help").code == 0
    assert run(*words, "--token", "").code == 2  # read, and refused before anything listens
