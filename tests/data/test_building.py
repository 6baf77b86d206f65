"""Builds that are killed, continued, refused; in this process and in others."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from shapes import room

from smartmask.data.building import build, build_from
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import DatasetSpec, SceneDataset, shard_name
from smartmask.errors import AnnotationError

SPEC = DatasetSpec(source="rooms", settings={"seed": 0, "size": (72, 96)}, scenes_per_shard=3)
SHARDS = 4


def rooms_of(shard: int, first: int = 0) -> list[LayeredScene]:
    """Three rooms; at the top of a module, so that other processes find it."""
    return [room(first + 3 * shard + number) for number in range(3)]


def dies(shard: int) -> list[LayeredScene]:
    """Takes its process with it at the second shard."""
    if shard == 1:
        os._exit(3)
    return rooms_of(shard)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def seven_rooms() -> Iterator[LayeredScene]:
    return (room(number) for number in range(7))


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """The files of a build that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    build(folder, SPEC, SHARDS, rooms_of)
    return files(folder)


def test_a_build_makes_every_shard_and_counts_them(tmp_path, whole):
    seen: list[tuple[int, int]] = []
    found = build(tmp_path / "a" / "b", SPEC, SHARDS, rooms_of, on_progress=lambda *at: seen.append(at))
    assert [scene.key for scene in found] == [f"room:{number}" for number in range(12)]
    assert seen == [(done, SHARDS) for done in range(SHARDS + 1)]
    assert files(tmp_path / "a" / "b") == whole


def test_several_processes_make_the_same_bytes(tmp_path, whole):
    build(tmp_path / "data", SPEC, SHARDS, partial(rooms_of, first=0), workers=2)
    assert files(tmp_path / "data") == whole


def test_shards_that_exist_are_kept_and_the_others_made(tmp_path, whole):
    asked: list[int] = []

    def make(shard: int) -> list[LayeredScene]:
        asked.append(shard)
        return rooms_of(shard)

    build(tmp_path / "data", SPEC, 2, rooms_of)
    (tmp_path / "data" / shard_name(0)).unlink()
    build(tmp_path / "data", SPEC, SHARDS, make)
    assert asked == [0, 2, 3]
    assert files(tmp_path / "data") == whole


def slowly(shard: int) -> Iterator[LayeredScene]:
    """The same rooms, one by one."""
    for scene in rooms_of(shard):
        time.sleep(0.3)
        yield scene


PLACES = [str(Path(__file__).parents[1] / place) for place in (".", "parts", "parts/tiny")]
"""Where a program finds what tests share."""
SLOW_BUILD = """
import sys
from pathlib import Path
sys.path[:0] = {tests!r}
from data.test_building import SHARDS, SPEC, slowly
from smartmask.data.building import build

build(Path({out!r}), SPEC, SHARDS, slowly, workers={workers})
"""


@pytest.mark.parametrize("workers", [1, 2], ids=["in one process", "in several"])
def test_a_build_killed_in_the_middle_and_run_again_equals_one_that_was_not(tmp_path, whole, workers):
    """With shards left half written, as a kill within a write leaves them, and no process left behind."""
    out = tmp_path / "data"
    script = SLOW_BUILD.format(tests=PLACES, out=str(out), workers=workers)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while not (out / shard_name(0)).exists() and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)  # its workers hold the pipe open as long as they live
    kept = SceneDataset.open(out).shards
    assert 0 < len(kept) < SHARDS
    for scene in SceneDataset.open(out):
        scene.layout()
    (out / f".{shard_name(3)}.0123456789abcdef.tmp").write_bytes(b"PAR1 half of a shard")
    build(out, SPEC, SHARDS, rooms_of)
    assert files(out) == whole


def test_scenes_that_come_one_by_one_fill_shards_and_leave_the_last_short(tmp_path):
    seen: list[int] = []
    found = build_from(tmp_path / "data", SPEC, seven_rooms(), on_scene=seen.append)
    assert [len(found.read_shard(shard)) for shard in found.shards] == [3, 3, 1]
    assert [scene.key for scene in found] == [f"room:{number}" for number in range(7)]
    assert seen == list(range(1, 8))


def test_a_stream_that_broke_off_goes_on_from_the_shards_it_left(tmp_path):
    def broken() -> Iterator[LayeredScene]:
        for number, scene in enumerate(seven_rooms()):
            if number == 5:
                raise AnnotationError("the disk was taken away")
            yield scene

    build_from(tmp_path / "whole", SPEC, seven_rooms())
    with pytest.raises(AnnotationError, match="taken away"):
        build_from(tmp_path / "data", SPEC, broken())
    assert SceneDataset.open(tmp_path / "data").shards == (0,)
    with pytest.raises(AnnotationError, match="taken away"):
        build_from(tmp_path / "data", SPEC, broken())
    assert SceneDataset.open(tmp_path / "data").shards == (0,)
    before = (tmp_path / "data" / shard_name(0)).stat().st_mtime_ns
    build_from(tmp_path / "data", SPEC, seven_rooms())
    assert (tmp_path / "data" / shard_name(0)).stat().st_mtime_ns == before
    assert files(tmp_path / "data") == files(tmp_path / "whole")


def test_a_build_that_fails_before_its_first_shard_leaves_nothing(tmp_path):
    def broken(shard: int) -> Iterator[LayeredScene]:
        raise AnnotationError("no furniture")

    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(AnnotationError, match="no furniture"):
            build(folder, SPEC, SHARDS, broken)
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_a_dataset_begun_before_outlives_a_build_that_fails(tmp_path):
    def broken(shard: int) -> Iterator[LayeredScene]:
        raise AnnotationError("no furniture")

    build(tmp_path, SPEC, 0, rooms_of)
    with pytest.raises(AnnotationError, match="no furniture"):
        build(tmp_path, SPEC, SHARDS, broken)
    assert SceneDataset.open(tmp_path).shards == ()


def test_a_source_without_scenes_makes_an_empty_dataset(tmp_path):
    assert build_from(tmp_path / "data", SPEC, iter(())).shards == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"source": "halls"}, "source 'rooms', now 'halls'", id="another source"),
        pytest.param({"scenes_per_shard": 9}, "scenes_per_shard 3, now 9", id="other shards"),
        pytest.param(
            {"settings": {"seed": 1, "size": (72, 96)}}, r"\(seed 0, now 1\); give a new folder", id="a seed"
        ),
        pytest.param({"settings": {"seed": 0}}, r"size \[72, 96\], now None", id="a setting that is gone"),
    ],
)
def test_a_folder_begun_with_another_spec_is_refused_by_name_and_left_alone(tmp_path, change, named):
    build(tmp_path, SPEC, 1, rooms_of)
    before = files(tmp_path)
    fields = {"source": SPEC.source, "settings": SPEC.settings, "scenes_per_shard": SPEC.scenes_per_shard}
    with pytest.raises(AnnotationError, match=named):
        build(tmp_path, DatasetSpec(**fields | change), SHARDS, rooms_of)
    assert files(tmp_path) == before


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(AnnotationError, match=r"holds other files and no dataset\.json"):
        build(tmp_path, SPEC, SHARDS, rooms_of)
    assert list(files(tmp_path)) == ["thesis.txt"]


def test_a_worker_that_dies_is_an_error_and_whole_shards_are_kept(tmp_path, whole):
    with pytest.raises(AnnotationError, match="a worker process ended"):
        build(tmp_path, SPEC, SHARDS, dies, workers=2)
    build(tmp_path, SPEC, SHARDS, rooms_of)
    assert files(tmp_path) == whole


def sleeps(shard: int) -> list[LayeredScene]:
    """Says that it is at work, and would be for minutes."""
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    time.sleep(300)
    return rooms_of(shard)


def test_a_keyboard_interrupt_ends_the_workers_at_once(tmp_path):
    script = SLOW_BUILD.format(tests=PLACES, out=str(tmp_path / "data"), workers=2)
    process = subprocess.Popen(
        [sys.executable, "-c", script.replace("slowly", "sleeps")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"at work\n"
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    # A stop keeps the empty dataset; where a worker's end is heard of first, nothing is left.
    assert not list(tmp_path.rglob(shard_name(0)))


def test_an_error_of_a_worker_is_the_builds_own(tmp_path):
    with pytest.raises(ValueError, match="low >= high"):
        build(tmp_path, SPEC, SHARDS, partial(tiny_rooms), workers=2)


def tiny_rooms(shard: int) -> list[LayeredScene]:
    """Rooms too small for their picture."""
    return [room(shard, (2, 2))]


def test_the_description_is_whole_before_the_first_shard(tmp_path):
    def make(shard: int) -> list[LayeredScene]:
        assert json.loads((tmp_path / "data" / "dataset.json").read_text())["source"] == "rooms"
        return rooms_of(shard)

    build(tmp_path / "data", SPEC, 1, make)
