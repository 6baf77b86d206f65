"""The process of the command line: what it prints to, its threads, and how it is stopped."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.data.layout_files import write_layout
from smartmask.scene.layout import Layer, Layout

PYTHON = [sys.executable, "-m", "smartmask"]
CONVERT = ["--to", "json", "--out", "out.json"]


def run(folder: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    environment = os.environ | options.pop("env", {})
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(
        [*PYTHON, *arguments], cwd=folder, env=environment, encoding="utf-8", errors="replace", **options
    )


def layout_file(path: Path) -> str:
    write_layout(path, Layout((4, 4), (Layer("wall", np.ones((4, 4), bool)),)))
    return path.name


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_characters_that_the_output_cannot_show_are_replaced(tmp_path, encoding):
    name = layout_file(tmp_path / "стол.json")
    done = run(tmp_path, "convert", name, *CONVERT, env={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["1 layer of ????.json as json:", "  out.json"]
    assert (tmp_path / "out.json").exists()


def test_no_control_character_of_a_name_is_printed(tmp_path):
    name = layout_file(tmp_path / "a\x07\x1bM\x9b\u202e\u200f\u2028b.json")
    done = run(tmp_path, "convert", name, *CONVERT)
    assert done.stdout.splitlines()[0] == "1 layer of a\ufffd\ufffdM\ufffd\ufffd\ufffd\ufffdb.json as json:"
    failed = run(tmp_path, "convert", "none\x1b]0;x\x07.json", *CONVERT)
    assert failed.returncode == 1
    assert "none\ufffd]0;x\ufffd.json" in failed.stderr
    assert "\x1b" not in failed.stderr + done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_output_is_one_line(tmp_path):
    name = layout_file(tmp_path / "layout.json")
    with Path("/dev/full").open("w") as full:
        done = run(tmp_path, "convert", name, *CONVERT, stdout=full)
        assert run(tmp_path, "convert", name, *CONVERT, stdout=full, stderr=full).returncode == 1
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the output cannot be written (No space left on device)")
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "out.json").exists()


def test_an_output_that_nobody_reads_is_one_line(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = run(tmp_path, "--help", stdout=writer)
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the output cannot be written (Broken pipe)")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_while_the_library_is_imported_is_one_line(tmp_path):
    # A module of this name comes before NumPy and interrupts its import, as the key would.
    (tmp_path / "numpy.py").write_text("raise KeyboardInterrupt\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = run(tmp_path, "--help", env={"PYTHONPATH": path})
    assert done.returncode == 130
    assert done.stderr == "Error: stopped before the end; nothing was written\n"


def test_one_thread_of_blas_unless_the_user_says_otherwise_or_a_network_is_trained(tmp_path):
    (tmp_path / "numpy.py").write_text("import os, sys\nsys.exit(str(dict(os.environ)))\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    unset = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}

    def seen(*arguments: str, **more: str) -> str:
        environment = unset | {"PYTHONPATH": path} | more
        return subprocess.run(
            [*PYTHON, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        ).stderr

    plain = seen("suggest")
    assert "'OPENBLAS_NUM_THREADS': '1'" in plain
    assert "OMP_NUM_THREADS" not in plain
    assert "'OPENBLAS_NUM_THREADS': '3'" in seen("suggest", OPENBLAS_NUM_THREADS="3")
    assert "NUM_THREADS" not in seen("train", "mask")


def test_names_are_imported_when_they_are_asked_for():
    code = (
        "import sys, smartmask; assert 'numpy' not in sys.modules; from smartmask import *; "
        "print(Box is smartmask.Box, smartmask.scene.__name__, hasattr(smartmask, 'nothing'), "
        "set(smartmask.__all__) <= set(dir(smartmask)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "smartmask.scene", "False", "True"]


def test_a_folder_that_is_gone_and_one_far_too_deep_are_one_line(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    name = layout_file(tmp_path / "layout.json")
    command = f"rmdir ../gone && exec {' '.join(PYTHON)} convert"
    done = subprocess.run(["sh", "-c", command], cwd=gone, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the current folder is gone" in done.stderr
    done = run(tmp_path, "convert", name, "--to", "json", "--out", "a/" * 600 + "x.json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "folders deep" in done.stderr


def test_a_closed_standard_error_stops_nothing(tmp_path):
    Image.new("RGB", (32, 24), "grey").save(tmp_path / "photo.png")
    command = " ".join([*PYTHON, "segment", "photo.png", "--out", "out", "2>&-"])
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, stdout=subprocess.DEVNULL).returncode == 0
    assert (tmp_path / "out").is_dir()
