"""A slice of the fuzzer with a fixed seed: nothing undocumented, no hang, no memory without end."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUTS = 870
"""Thirty of each kind."""


def test_damaged_inputs_bring_documented_errors_alone(tmp_path):
    # In a process of its own: run-time checks of shapes would speak before the library does.
    command = [sys.executable, str(ROOT / "scripts/fuzz.py"), "--count", str(INPUTS), "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"{INPUTS} inputs of " in done.stdout
