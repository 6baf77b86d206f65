"""The readers on small parquet files of each form, and on the real ones where they are at hand."""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image
from shapes import disc, rectangle

from smartmask.data.annotations.base import VOID, AnnotatedScene, split_of
from smartmask.data.annotations.instances import read_instances
from smartmask.data.annotations.nyu40 import read_nyu40
from smartmask.data.annotations.voc import read_voc
from smartmask.data.sources import READERS, read_sources
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

SIZE = (48, 64)
DATA = Path(__file__).parents[3] / "shared" / "data"
LARGE = rectangle(SIZE, (4, 4, 60, 44))
SMALL = disc(SIZE, (30, 24), 10)


def png(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def write(folder: Path, rows: list[dict]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenes.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def instance(name: str, mask: np.ndarray, **more: object) -> dict:
    return {"name": name, "area": int(mask.sum()), "complete": 1, "counts": encode_rle(mask), **more}


def photo(*objects: dict, image_id: object = 7) -> dict:
    return {"image_id": image_id, "height": SIZE[0], "width": SIZE[1], "objects": list(objects)}


def voc_object(name: str, mask: np.ndarray, occluded: int = 0, truncated: int = 0) -> dict:
    return {"name": name, "occluded": occluded, "truncated": truncated, "counts": encode_rle(mask)}


def voc_row(class_map: np.ndarray, *objects: dict) -> dict:
    return photo(*objects, image_id="2007_000032") | {"class_map_png": png(class_map)}


def nyu_row(class_map: np.ndarray) -> dict:
    return {"image_id": "0001", "height": SIZE[0], "width": SIZE[1], "class_map_png": png(class_map)}


def nyu_file(folder: Path, class_map: np.ndarray) -> Path:
    path = write(folder, [nyu_row(class_map)])
    (folder / "classes.json").write_text(json.dumps(["void", "wall", "chair", "refridgerator", "floor"]))
    return path


def only(scenes: list[AnnotatedScene]) -> AnnotatedScene:
    assert len(scenes) == 1
    return scenes[0]


def test_instances_smaller_ones_lie_in_front(tmp_path):
    row = photo(instance("traffic_light", SMALL), instance("dining-table", LARGE))
    scene = only(read_instances(write(tmp_path / "lvis", [row]), "coco"))
    assert (scene.key, scene.group) == ("lvis:7", "coco:7")
    assert scene.size_hw == SIZE
    assert scene.labels == ("dining table", "traffic light")
    assert np.array_equal(scene.visible_index == 1, SMALL)
    assert np.array_equal(scene.visible_index == 0, LARGE & ~SMALL)
    assert (scene.visible_index[~LARGE] == -1).all()


def test_instances_keep_whole_masks_and_whether_they_are_complete(tmp_path):
    row = photo(instance("cup", SMALL), instance("table", LARGE, complete=0))
    items = {item.label: item for item in only(read_instances(write(tmp_path, [row]), "taco")).objects}
    assert np.array_equal(items["table"].mask(SIZE), LARGE)
    assert np.array_equal(items["cup"].mask(SIZE), SMALL)
    assert (items["cup"].complete, items["table"].complete) == (True, False)


def test_instances_stuff_and_crowds_are_seen_but_cannot_be_taken_out(tmp_path):
    row = photo(
        instance("wall-brick", np.ones(SIZE, bool), isthing=0, iscrowd=0),
        instance("person", LARGE, isthing=1, iscrowd=1),
        instance("dog", SMALL, isthing=1, iscrowd=0),
    )
    scene = only(read_instances(write(tmp_path, [row]), "coco"))
    assert scene.labels == ("wall", "person", "dog")
    assert [item.label for item in scene.objects] == ["dog"]


def test_instances_too_small_to_learn_from_are_seen_only(tmp_path):
    row = photo(instance("cup", disc(SIZE, (20, 20), 4)))
    scene = only(read_instances(write(tmp_path, [row]), "taco"))
    assert scene.objects == ()
    assert (scene.visible_index == 0).any()


def test_instances_of_a_photo_without_any_give_a_scene_without_labels(tmp_path):
    rows = [photo(image_id=1), photo(instance("cup", SMALL), image_id=2)]
    empty, _ = read_instances(write(tmp_path, rows), "taco")
    assert (empty.labels, empty.objects) == ((), ())
    assert (empty.visible_index == -1).all()


def test_voc_single_objects_lie_over_the_class_map(tmp_path):
    class_map = np.zeros(SIZE)
    class_map[LARGE] = 11
    class_map[SMALL] = 12
    class_map[:2] = 255
    row = voc_row(class_map, voc_object("dog", SMALL), voc_object("diningtable", LARGE & ~SMALL, occluded=1))
    scene = only(read_voc(write(tmp_path, [row])))
    assert scene.key == scene.group == "voc:2007_000032"
    assert scene.labels == ("dining table", "dog", "dog", "dining table")
    assert np.array_equal(scene.visible_index == 2, SMALL)
    assert np.array_equal(scene.visible_index == 3, LARGE & ~SMALL)
    assert (scene.visible_index[:2] == VOID).all()
    assert (scene.visible_index[2:4] == -1).all()
    assert [(item.label, item.complete) for item in scene.objects] == [("dog", True), ("dining table", False)]


def test_voc_parts_of_the_class_map_without_an_object_keep_its_label(tmp_path):
    class_map = np.zeros(SIZE)
    class_map[LARGE] = 15
    scene = only(read_voc(write(tmp_path, [voc_row(class_map, voc_object("person", SMALL, truncated=1))])))
    assert scene.labels == ("person", "person")
    assert np.array_equal(scene.visible_index == 0, LARGE & ~SMALL)
    assert not scene.objects[0].complete


def test_nyu40_connected_parts_of_countable_classes_are_objects(tmp_path):
    class_map = np.ones(SIZE)
    class_map[30:] = 4
    chairs = disc(SIZE, (14, 14), 10), disc(SIZE, (48, 14), 10)
    class_map[chairs[0] | chairs[1]] = 2
    class_map[:, :2] = 0
    scene = only(read_nyu40(nyu_file(tmp_path, class_map)))
    assert scene.key == scene.group == "nyu40:0001"
    assert scene.labels == ("wall", "chair", "floor")
    assert (scene.visible_index[:, :2] == VOID).all()
    assert (scene.visible_index[31:, 2:] == 2).all()
    assert [item.label for item in scene.objects] == ["chair", "chair"]
    assert [
        np.array_equal(item.mask(SIZE), chair) for item, chair in zip(scene.objects, chairs, strict=True)
    ] == [
        True,
        True,
    ]


def test_nyu40_class_names_are_put_into_plain_words(tmp_path):
    scene = only(read_nyu40(nyu_file(tmp_path, np.where(SMALL, 3, 1))))
    assert scene.labels == ("wall", "refrigerator")
    assert [item.label for item in scene.objects] == ["refrigerator"]


broken_instances = photo(instance("red cup", SMALL) | {"counts": "22"})
broken_voc = voc_row(np.zeros(SIZE), voc_object("dog", SMALL) | {"counts": "2\x7f"})


@pytest.mark.parametrize(
    ("read", "row", "message"),
    [
        pytest.param(
            lambda path: read_instances(path, "coco"),
            broken_instances,
            "image 7.* 'red cup': RLE runs cover 4 pixels but the mask is 64x48",
            id="instances: a damaged mask",
        ),
        pytest.param(
            lambda path: read_instances(path, "coco"),
            {"image_id": 7, "height": 48, "width": 64},
            "objects",
            id="instances: a file without its columns",
        ),
        pytest.param(
            read_voc, broken_voc, "image 2007_000032.* 'dog': damaged RLE string", id="VOC: a damaged mask"
        ),
        pytest.param(
            read_voc,
            voc_row(np.zeros((9, 9))),
            r"image 2007_000032.* class map is \(9, 9\), not \(48, 64\)",
            id="VOC: a class map of another size",
        ),
        pytest.param(
            read_voc, voc_row(np.full(SIZE, 77)), "image 2007_000032", id="VOC: a class that does not exist"
        ),
        pytest.param(
            read_voc,
            voc_row(np.zeros(SIZE)) | {"class_map_png": b"no PNG"},
            "image 2007_000032",
            id="VOC: no PNG",
        ),
        pytest.param(
            read_nyu40,
            nyu_row(np.zeros((9, 9))),
            r"image 0001.* class map is \(9, 9\)",
            id="NYU-40: another size",
        ),
        pytest.param(
            read_nyu40,
            nyu_row(np.full(SIZE, 9)),
            "image 0001.* class map holds class 9",
            id="NYU-40: no such class",
        ),
        pytest.param(
            read_nyu40,
            nyu_row(np.zeros(SIZE)) | {"class_map_png": b"no PNG"},
            "image 0001",
            id="NYU-40: no PNG",
        ),
    ],
)
def test_a_damaged_record_is_an_error_that_names_file_and_record(tmp_path, read, row, message):
    path = nyu_file(tmp_path, np.zeros(SIZE))
    write(tmp_path, [row])
    with pytest.raises(AnnotationError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_no_parquet_is_an_error_that_names_it(tmp_path, name):
    path = tmp_path / "scenes.parquet"
    path.write_bytes(b"this is text")
    (tmp_path / "classes.json").write_text('["void"]')
    with pytest.raises(AnnotationError, match="cannot be read") as caught:
        READERS[name](path)
    assert str(path) in str(caught.value)


def test_sources_are_read_by_name_from_their_folders(tmp_path):
    write(tmp_path / "taco", [photo(instance("can", SMALL))])
    write(tmp_path / "lvis", [photo(instance("can", SMALL))])
    found = read_sources(tmp_path, ["taco", "lvis"])
    assert {name: [scene.group for scene in scenes] for name, scenes in found.items()} == {
        "taco": ["taco:7"],
        "lvis": ["coco:7"],
    }


def test_a_source_whose_file_is_missing_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(
        AnnotationError, match=r"no such file; give the folder that holds voc/scenes\.parquet"
    ):
        read_sources(tmp_path, ["voc"])


def test_a_source_that_nobody_reads_is_a_key_error(tmp_path):
    with pytest.raises(KeyError, match="imagenet"):
        read_sources(tmp_path, ["imagenet"])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[AnnotatedScene]]:
    """Scenes of the photos that both real files hold, and 40 more of each."""
    paths = {name: DATA / name / "scenes.parquet" for name in ("coco", "lvis")}
    if not all(path.is_file() for path in paths.values()):
        pytest.skip("needs the folder shared/data beside the repository")
    tables = {name: parquet.read_table(path) for name, path in paths.items()}
    numbers = {name: table["image_id"].to_pylist() for name, table in tables.items()}
    common = set(numbers["coco"]) & set(numbers["lvis"])
    folder = tmp_path_factory.mktemp("data")
    for name, table in tables.items():
        kept = [row for row, number in enumerate(numbers[name]) if number in common or row < 40]
        write(folder / name, table.take(kept).to_pylist())
    return read_sources(folder, tables)


@pytest.mark.data
def test_lvis_and_coco_share_groups_so_that_no_photo_falls_into_two_splits(real):
    coco, lvis = ({scene.key.split(":")[1]: scene for scene in real[name]} for name in ("coco", "lvis"))
    assert coco.keys() & lvis.keys()
    assert all(scene.group == f"coco:{number}" for part in (coco, lvis) for number, scene in part.items())
    assert all(
        split_of(coco[number].group) == split_of(lvis[number].group) for number in coco.keys() & lvis.keys()
    )


@pytest.mark.data
@pytest.mark.parametrize("name", ["coco", "lvis"])
def test_the_real_files_give_sound_scenes(real, name):
    assert len({scene.key for scene in real[name]}) == len(real[name])
    for scene in real[name]:
        assert -1 <= scene.visible_index.min() <= scene.visible_index.max() < len(scene.labels)
        assert all(label.strip() == label != "" for label in scene.labels)
        assert all(item.label in scene.labels for item in scene.objects)
