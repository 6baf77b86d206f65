import importlib
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from smartmask.apps.cli.datasets.meshes import meshes
from smartmask.data.synthesis.stage import mesh_making
from smartmask.data.synthesis.stage.infinigen_worker import KINDS, clustered
from smartmask.data.synthesis.stage.infinigen_worker import main as infinigen_main
from smartmask.data.synthesis.stage.mesh_making import (
    MeshReport,
    MeshWorkerError,
    check_worker,
    make_meshes,
    mesh_path,
)

PYTHON = Path(sys.executable)


@pytest.fixture
def worker(tmp_path: Path) -> Path:
    """A worker that makes boxes, or goes wrong in the way that the kind's name says."""
    script = tmp_path / "box_worker.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, subprocess, sys, time
            if sys.argv[1] == "--check":
                sys.exit(0)
            kind, seed, path = sys.argv[1:]
            open(os.path.join(os.path.dirname(__file__), "calls.txt"), "a").write(f"{kind} {seed}\\n")
            if kind in ("box", "bar stool", "odd"):
                import numpy as np
                corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float16)
                faces = np.array([[0, 1, 2], [1, 2, 3]], np.uint16)
            if kind == "hang":
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
                open(os.path.join(os.path.dirname(__file__), "child.txt"), "w").write(str(child.pid))
                time.sleep(600)
            elif kind == "crash":
                raise RuntimeError("the legs came off")
            elif kind == "abort":
                os.abort()
            elif kind == "damaged":
                open(path, "wb").write(b"half a file")
            elif kind == "silent":
                pass
            elif kind == "odd":
                np.savez(path, v=corners, f=faces + 7, name=kind)
            else:
                np.savez(path, v=corners * (int(seed) + 1), f=faces, name=kind)
            """
        )
    )
    return script


def _make(folder: Path, kinds: list[str], count: int, worker: Path, timeout_s: float = 60.0) -> MeshReport:
    return make_meshes(folder, kinds, count, 0, python=PYTHON, timeout_s=timeout_s, worker=worker)


def test_each_kind_and_seed_gets_a_file(tmp_path: Path, worker: Path) -> None:
    report = _make(tmp_path / "out", ["bar stool", "box"], 2, worker)
    assert report == MeshReport(4, 0, Counter())
    names = ["bar-stool_000.npz", "bar-stool_001.npz", "box_000.npz", "box_001.npz"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    with np.load(mesh_path(tmp_path / "out", "box", 1)) as file:
        assert file["v"].max() == 2
        assert str(file["name"]) == "box"


def test_what_is_there_is_kept_and_the_rest_is_made(tmp_path: Path, worker: Path) -> None:
    folder = tmp_path / "out"
    _make(folder, ["box"], 2, worker)
    mesh_path(folder, "box", 0).unlink()
    before = mesh_path(folder, "box", 1).stat().st_mtime_ns
    report = _make(folder, ["box"], 3, worker)
    assert (report.made, report.kept) == (2, 1)
    assert mesh_path(folder, "box", 1).stat().st_mtime_ns == before
    assert (tmp_path / "calls.txt").read_text().split() == ["box", "0", "box", "1", "box", "0", "box", "2"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("crash", "crash: RuntimeError: the legs came off"),
        ("abort", "abort: signal SIGABRT"),
        ("damaged", "damaged: wrote a damaged file"),
        ("silent", "silent: wrote no file"),
        ("odd", "odd: wrote faces of corners that are not there"),
    ],
)
def test_a_failure_is_counted_and_the_others_go_on(
    tmp_path: Path, worker: Path, kind: str, reason: str
) -> None:
    report = _make(tmp_path / "out", [kind, "box"], 1, worker)
    assert report == MeshReport(1, 0, Counter({reason: 1}))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["box_000.npz"]


def test_what_hangs_is_ended_with_its_children(tmp_path: Path, worker: Path) -> None:
    report = _make(tmp_path / "out", ["hang", "box"], 1, worker, timeout_s=8.0)
    assert report.failures == Counter({"hang: took longer than 8 s": 1})
    assert report.made == 1
    child = int((tmp_path / "child.txt").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_failed_object_is_tried_again(tmp_path: Path, worker: Path) -> None:
    _make(tmp_path / "out", ["crash"], 1, worker)
    worker.write_text(worker.read_text().replace('"crash"', "None").replace('"bar stool"', '"crash"'))
    assert _make(tmp_path / "out", ["crash"], 1, worker).made == 1


def test_a_worker_that_cannot_work_says_why(tmp_path: Path) -> None:
    script = tmp_path / "lame.py"
    script.write_text("print('package wings is missing; run `pip install wings`')\nraise SystemExit(3)\n")
    with pytest.raises(MeshWorkerError, match=r"lame\.py cannot make meshes with .*pip install wings"):
        _make(tmp_path / "out", ["box"], 1, script)


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path, worker: Path) -> None:
    with pytest.raises(MeshWorkerError, match="nowhere: cannot be started"):
        check_worker(tmp_path / "nowhere", worker)


def test_the_command_line_counts_and_resumes(tmp_path: Path, worker: Path) -> None:
    arguments = [
        "--out",
        str(tmp_path / "out"),
        "--kinds",
        "box, crash",
        "--count",
        "2",
        "--worker",
        str(worker),
    ]
    first = CliRunner().invoke(meshes, arguments)
    assert first.exit_code == 0
    assert "2 meshes made, 0 kept, 2 failed" in first.output
    assert "2 x crash: RuntimeError: the legs came off" in first.output
    assert "0 meshes made, 2 kept, 2 failed" in CliRunner().invoke(meshes, arguments).output


def test_a_worker_that_cannot_work_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(MeshWorkerError):
        make_meshes(tmp_path / "out", ["box"], 1, 0, python=PYTHON, timeout_s=60, worker=tmp_path / "gone.py")
    assert not (tmp_path / "out").exists()


def test_a_stopped_run_says_that_its_meshes_are_kept(
    tmp_path: Path, worker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object, **kwargs: object) -> MeshReport:
        raise KeyboardInterrupt

    monkeypatch.setattr(mesh_making, "make_meshes", interrupted)
    out = tmp_path / "out"
    result = CliRunner().invoke(meshes, ["--out", str(out), "--kinds", "box", "--worker", str(worker)])
    assert result.exit_code == 130
    assert result.output == f"Error: stopped; {out} keeps its meshes, the same command goes on\n"


def test_the_command_line_refuses_a_kind_that_infinigen_lacks(tmp_path: Path) -> None:
    result = CliRunner().invoke(meshes, ["--out", str(tmp_path / "out"), "--kinds", "spaceship"])
    assert result.exit_code == 2
    assert "choose from armchair" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(importlib.util.find_spec("infinigen") is not None, reason="infinigen is installed here")
def test_without_infinigen_the_pip_line_is_printed(tmp_path: Path) -> None:
    with pytest.raises(MeshWorkerError, match=r"is missing; run .*pip install infinigen"):
        make_meshes(tmp_path, ["chair"], 1, 0, python=PYTHON, timeout_s=60)


def test_the_infinigen_worker_needs_nothing_of_this_package(tmp_path: Path) -> None:
    source = Path(importlib.util.find_spec("smartmask.data.synthesis.stage.infinigen_worker").origin)
    assert "smartmask" not in source.read_text()
    assert subprocess.run([PYTHON, "-I", source, "--check"], capture_output=True).returncode in (0, 3)
    assert infinigen_main(["--check"]) in (0, 3)
    assert len(KINDS) > 60


def test_clustering_keeps_the_size_and_drops_triangles() -> None:
    rng = np.random.default_rng(0)
    vertices = rng.uniform(-1, 1, (30_000, 3)).astype(np.float32) * (1.0, 0.02, 0.02)
    faces = np.arange(30_000).reshape(-1, 3)
    merged, kept = clustered(vertices, faces)
    assert len(merged) < len(vertices)
    np.testing.assert_allclose(np.ptp(merged, 0)[0], np.ptp(vertices, 0)[0], rtol=0.02)
    assert kept.max() < len(merged)
    assert (kept[:, 0] != kept[:, 1]).all()
