"""Scenes on disk: what comes back, what is refused, and what a dataset counts as its own."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks, room

from smartmask.data.layered_scene import LayeredScene, SceneLayer, split_of
from smartmask.data.shards import (
    SPEC_FILE,
    DatasetSpec,
    SceneDataset,
    read_shard,
    shard_name,
    write_shard,
    write_spec,
)
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

SPEC = DatasetSpec(source="tests", settings={"rooms": [0, 1]}, scenes_per_shard=3)
words = st.text(max_size=12)


@st.composite
def layered_scenes(draw: st.DrawFn) -> LayeredScene:
    """Any scene at all, of layers with some pixels."""
    size_hw = draw(st.tuples(st.integers(1, 20), st.integers(1, 20)))
    masks = draw(st.lists(bool_masks(*size_hw).filter(lambda mask: bool(mask.any())), max_size=4))
    layers = tuple(
        SceneLayer.of(
            draw(words),
            mask,
            extent=draw(st.sampled_from(["visible", "amodal"])),
            is_thing=draw(st.booleans()),
            texts=draw(st.lists(words, max_size=3)),
        )
        for mask in masks
    )
    undecided = draw(st.none() | bool_masks(*size_hw).map(encode_rle))
    texts = tuple(draw(st.lists(words, max_size=3)))
    return LayeredScene(draw(words), draw(words), size_hw, layers, draw(st.booleans()), texts, undecided)


def plain(scenes) -> list[tuple]:
    return [dataclasses.astuple(scene) for scene in scenes]


def dataset(folder, rooms=range(7), per_shard=3) -> SceneDataset:
    """Rooms in shards."""
    folder.mkdir(parents=True, exist_ok=True)
    write_spec(folder, SPEC)
    rooms = list(rooms)
    for start in range(0, len(rooms), per_shard):
        part = [room(number) for number in rooms[start : start + per_shard]]
        write_shard(folder / shard_name(start // per_shard), part)
    return SceneDataset.open(folder)


@given(scenes=st.lists(layered_scenes(), max_size=4))
def test_whatever_a_scene_carries_comes_back(tmp_path_factory, scenes):
    path = tmp_path_factory.mktemp("shard") / shard_name(0)
    assert write_shard(path, scenes) == len(scenes)
    assert plain(read_shard(path)) == plain(scenes)
    bare = read_shard(path, with_masks=False)
    assert plain(bare) == plain(
        dataclasses.replace(
            scene, layers=tuple(dataclasses.replace(layer, counts="") for layer in scene.layers)
        )
        for scene in scenes
    )


def test_the_same_scenes_give_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        write_shard(tmp_path / name, [room(3), room(4)])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_dataset_gives_its_scenes_in_the_order_they_were_written(tmp_path):
    found = dataset(tmp_path)
    assert found.spec == SPEC
    assert found.shards == (0, 1, 2)
    assert found.scene_count() == 7
    assert [scene.key for scene in found] == [f"room:{number}" for number in range(7)]
    assert [scene.key for scene in found.read_shard(1)] == ["room:3", "room:4", "room:5"]


def test_a_split_holds_just_its_groups_in_order(tmp_path):
    found = dataset(tmp_path, range(60), 20)
    parts = {split: [s.key for s in found.of_split(split)] for split in ("train", "validation", "test")}
    assert all(parts.values())
    for split, keys in parts.items():
        assert keys == [scene.key for scene in found if split_of(scene.group) == split]


def test_only_whole_shards_count_and_gaps_are_no_error(tmp_path):
    dataset(tmp_path)
    (tmp_path / shard_name(1)).unlink()
    (tmp_path / f".{shard_name(1)}.0123.tmp").write_bytes(b"half a shard")
    (tmp_path / "notes.txt").write_text("mine")
    found = SceneDataset.open(tmp_path)
    assert found.shards == (0, 2)
    assert found.scene_count() == 4


def test_a_dataset_is_the_shards_it_had_when_opened_and_travels_to_other_processes(tmp_path):
    found = dataset(tmp_path)
    write_shard(tmp_path / shard_name(3), [room(9)])
    assert len(list(found)) == 7
    assert plain(pickle.loads(pickle.dumps(found))) == plain(found)


def test_a_dataset_without_shards_is_empty(tmp_path):
    write_spec(tmp_path, SPEC)
    assert list(SceneDataset.open(tmp_path)) == []
    assert SceneDataset.open(tmp_path).scene_count() == 0


def test_a_shard_that_is_written_again_replaces_the_old_one_and_clears_what_was_left(tmp_path):
    path = tmp_path / shard_name(0)
    path.with_name(f".{path.name}.0123.tmp").write_bytes(b"half a shard")
    write_shard(path, [room(1)])
    write_shard(path, [room(2)])
    assert [scene.key for scene in read_shard(path)] == ["room:2"]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_shard_whose_scenes_fail_leaves_nothing(tmp_path):
    def scenes():
        yield room(0)
        raise AnnotationError("the source ended")

    with pytest.raises(AnnotationError, match="the source ended"):
        write_shard(tmp_path / shard_name(0), scenes())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_dataset_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(AnnotationError, match=r"dataset\.json: no such file; give the folder of a dataset"):
        SceneDataset.open(tmp_path / "missing")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "is not the description of a dataset", id="damaged"),
        pytest.param("[]", "is not the description of a dataset", id="not an object"),
        pytest.param('{"format": "smartmask-scenes"}', "is not the description", id="no version"),
        pytest.param(
            '{"format": "tar", "version": 1}', "holds 'tar' version 1; this release reads", id="other"
        ),
        pytest.param(
            '{"format": "smartmask-scenes", "version": 99}',
            "version 99; this release reads 'smartmask-scenes' version 1; make the dataset again",
            id="a version to come",
        ),
        pytest.param(
            '{"format": "smartmask-scenes", "version": 1, "source": "x"}', "settings", id="no settings"
        ),
        pytest.param("{}", "no field 'format'", id="an empty object"),
        pytest.param("{", "make the dataset again in a new folder", id="damaged, and what to do"),
        pytest.param("\udcff", r"cannot be read \(it is not text\); give the folder", id="not text"),
    ],
)
def test_a_description_that_breaks_its_format_is_an_error_that_names_it(tmp_path, content, message):
    (tmp_path / SPEC_FILE).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(AnnotationError, match=message) as caught:
        SceneDataset.open(tmp_path)
    assert str(tmp_path / SPEC_FILE) in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: b"no parquet" * 9, id="something else"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut short"),
        pytest.param(lambda data: data[:40] + bytes(200) + data[240:], id="with a hole"),
    ],
)
def test_a_damaged_shard_is_an_error_that_names_it_and_says_what_to_do(tmp_path, damage):
    found = dataset(tmp_path)
    path = tmp_path / shard_name(1)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(AnnotationError, match="delete it and continue its build") as caught:
        found.read_shard(1)
    assert str(path) in str(caught.value)


def test_a_shard_that_cannot_be_counted_says_what_to_do(tmp_path):
    found = dataset(tmp_path)
    (tmp_path / shard_name(1)).write_bytes(b"")
    with pytest.raises(AnnotationError, match="delete it and continue its build"):
        found.scene_count()


def test_a_shard_that_is_gone_is_an_error_that_names_it(tmp_path):
    found = dataset(tmp_path)
    (tmp_path / shard_name(1)).unlink()
    with pytest.raises(AnnotationError, match=r"shard-000001\.parquet: no such file"):
        list(found)
    with pytest.raises(AnnotationError, match=r"shard-000001\.parquet: cannot be read"):
        found.scene_count()


def test_a_parquet_file_of_other_columns_is_an_error_that_names_it(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = tmp_path / shard_name(0)
    parquet.write_table(pa.table({"key": ["a"]}), path)
    with pytest.raises(AnnotationError, match=r"shard-000000\.parquet: cannot be read as a shard"):
        read_shard(path)


def test_settings_are_kept_as_they_are(tmp_path):
    spec = DatasetSpec(
        source="é", settings={"seed": 3, "names": ["a"], "deep": {"x": None}}, scenes_per_shard=9
    )
    write_spec(tmp_path, spec)
    assert SceneDataset.open(tmp_path).spec == spec
    assert json.loads((tmp_path / SPEC_FILE).read_text())["version"] == 1


def test_a_shard_holds_at_least_a_scene():
    with pytest.raises(ValueError, match="scenes_per_shard must be at least 1, not 0"):
        DatasetSpec(source="x", scenes_per_shard=0)


def test_a_layer_takes_less_than_a_kilobyte(tmp_path):
    rng = np.random.default_rng(0)
    layers = []
    for number in range(200):
        ragged = np.cumsum(rng.integers(-2, 3, 240)) + 60
        mask = np.arange(320)[:, None] < ragged[None]
        layers.append(SceneLayer.of(f"rug {number}", mask, extent="amodal", is_thing=True))
    write_shard(tmp_path / "shard", [LayeredScene("a", "a", (320, 240), tuple(layers), True)])
    assert (tmp_path / "shard").stat().st_size < 1000 * len(layers)
