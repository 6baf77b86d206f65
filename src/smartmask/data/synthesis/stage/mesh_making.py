"""A new library of meshes: one file for each kind and seed, each made by a process of its own.

Generators of shapes crash, hang and leak, so each object is made by a worker process with a time limit:

    PYTHON WORKER KIND SEED FILE   writes the mesh as FILE (npz: v in metres, f, name), exit code 0
    PYTHON WORKER --check          exit code 0 if it can work here; else its last line of output says why not

`infinigen_worker.py` is such a worker. infinigen wants NumPy 1, we want NumPy 2, so it lives in an
environment of its own and PYTHON is the interpreter there; a worker needs nothing of this package.

A file appears whole or not at all, and a file that exists is kept: a run that was stopped goes on where it
was. What failed is counted by its reason and tried again by the next run.

Tested here: resuming, limits, crashes, damaged output, missing packages, all with a small worker of our own.
Not run here: infinigen itself. Its worker follows a script that made the library of 1060 objects with
infinigen 1.15; names of modules and factories were compared with that release.
"""

import io
import os
import signal
import subprocess
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smartmask.data.atomic import write_files
from smartmask.errors import SmartMaskError

INFINIGEN_WORKER = Path(__file__).with_name("infinigen_worker.py")
_CHECK_SECONDS = 300.0
"""A cold import of Blender takes a minute on a slow disk."""
_REASON_CHARACTERS = 160


class MeshWorkerError(SmartMaskError):
    """A mesh worker that cannot work at all, such as one whose packages are missing."""


@dataclass(frozen=True, slots=True)
class MeshReport:
    """What a run has done.

    Attributes:
        made: Files written by this run.
        kept: Files that were there before.
        failures: How many objects failed, by kind and reason.
    """

    made: int
    kept: int
    failures: Counter[str]


def make_meshes(
    folder: Path,
    kinds: Sequence[str],
    count: int,
    seed: int,
    *,
    python: Path,
    timeout_s: float,
    worker: Path = INFINIGEN_WORKER,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> MeshReport:
    """Make the missing ones of `count` meshes of each kind, with the seeds from `seed` on.

    Args:
        folder: Where the files `KIND_SEED.npz` go; it is created if need be.
        kinds: The kinds, in plain words.
        count: Meshes of each kind.
        seed: The first seed.
        python: The interpreter that runs the worker.
        timeout_s: Seconds that one object may take.
        worker: The script that makes one object.
        on_progress: Called with the objects done and all there are.

    Raises:
        MeshWorkerError: If the worker says that it cannot work here.
        OSError: If the folder cannot be written to.
    """
    jobs = [(kind, number) for number in range(seed, seed + count) for kind in kinds]
    missing = [(kind, number) for kind, number in jobs if not mesh_path(folder, kind, number).exists()]
    failures: Counter[str] = Counter()
    kept, made = len(jobs) - len(missing), 0
    if missing:
        check_worker(python, worker)
    folder.mkdir(parents=True, exist_ok=True)
    on_progress(kept, len(jobs))
    for done, (kind, number) in enumerate(missing, kept + 1):
        with tempfile.TemporaryDirectory() as passing:
            out = Path(passing) / "mesh.npz"
            reason = _run([str(python), str(worker), kind, str(number), str(out)], timeout_s)
            reason = reason or _fault_of(out)
            if reason is None:
                write_files({mesh_path(folder, kind, number): out.read_bytes()})
                made += 1
            else:
                failures[f"{kind}: {reason}"] += 1
        on_progress(done, len(jobs))
    return MeshReport(made, kept, failures)


def mesh_path(folder: Path, kind: str, seed: int) -> Path:
    """Where the mesh of a kind and seed lies.

    >>> mesh_path(Path("meshes"), "bar stool", 7).as_posix()
    'meshes/bar-stool_007.npz'
    """
    return folder / f"{kind.replace(' ', '-')}_{seed:03d}.npz"


def check_worker(python: Path, worker: Path) -> None:
    """Make sure that a worker can work.

    Raises:
        MeshWorkerError: If it cannot; the message is its own.
    """
    reason = _run([str(python), str(worker), "--check"], _CHECK_SECONDS)
    if reason is not None:
        raise MeshWorkerError(f"{worker.name} cannot make meshes with {python}: {reason}")


def _run(command: list[str], timeout_s: float) -> str | None:
    """Run a process with all its children for a time; why it failed, or None."""
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return f"cannot be started ({error.strerror or error})"
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return f"took longer than {timeout_s:g} s"
        finally:
            # The group outlives its leader if that crashed while a child of it runs on.
            _kill_group(process)
        if code == 0:
            return None
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines()
    ending = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return lines[-1].strip()[:_REASON_CHARACTERS] if lines else ending


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _fault_of(path: Path) -> str | None:
    """What is wrong with a mesh file, or None."""
    if not path.is_file():
        return "wrote no file"
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            vertices, faces = file["v"], file["f"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return "wrote a damaged file"
    if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        return "wrote arrays of the wrong shape"
    if not len(faces) or not np.isfinite(vertices).all():
        return "wrote an empty or endless mesh"
    if faces.min() < 0 or faces.max() >= len(vertices):
        return "wrote faces of corners that are not there"
    return None
