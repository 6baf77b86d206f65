"""The same shards through Ray, on a Ray of one processor on this machine."""

import warnings
from functools import partial
from pathlib import Path

import pytest
from shapes import room

from smartmask.data.building import build
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.shards import DatasetSpec, shard_name
from smartmask.errors import AnnotationError

ray = pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
SPEC = DatasetSpec(source="rooms", scenes_per_shard=2)


def rooms_of(shard: int, first: int) -> list[LayeredScene]:
    return [room(first + 2 * shard + number) for number in range(2)]


@pytest.fixture(scope="module")
def local_ray():
    """A Ray that finds this file's functions."""
    tests = str(Path(__file__).parents[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray warns of its own future
        ray.init(
            num_cpus=1,
            include_dashboard=False,
            logging_level="ERROR",
            log_to_driver=False,
            runtime_env={"env_vars": {"PYTHONPATH": f"{tests}/apps:{tests}/parts:{tests}/parts/tiny"}},
        )
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield
        ray.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_ray_makes_the_same_bytes_keeps_what_is_there_and_refuses_another_spec(tmp_path, local_ray):
    from smartmask.apps.build_ray import build_on_ray

    make = partial(rooms_of, first=10)
    build(tmp_path / "whole", SPEC, 3, make)
    build(tmp_path / "data", SPEC, 1, make)
    kept = (tmp_path / "data" / shard_name(0)).stat().st_mtime_ns
    seen: list[tuple[int, int]] = []
    found = build_on_ray(tmp_path / "data", SPEC, 3, make, on_progress=lambda *at: seen.append(at))
    assert [scene.key for scene in found] == [f"room:{number}" for number in range(10, 16)]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (tmp_path / "data" / shard_name(0)).stat().st_mtime_ns == kept
    files = [{path.name: path.read_bytes() for path in (tmp_path / n).iterdir()} for n in ("whole", "data")]
    assert files[0] == files[1]
    with pytest.raises(AnnotationError, match="source 'rooms', now 'halls'"):
        build_on_ray(tmp_path / "data", DatasetSpec(source="halls", scenes_per_shard=2), 3, make)
