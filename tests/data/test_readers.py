"""All formats through one door, and the collections of the data folder."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from shapes import rectangle

from smartmask.data.annotations.base import Problems
from smartmask.data.layered_scene import split_of
from smartmask.data.sources import READERS, read_scenes
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

DATA = Path(__file__).parents[3] / "shared" / "data"
SIZE = (20, 30)
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs the folder shared/data beside the repository"
)


def kins(folder: Path, *masks: tuple[np.ndarray, np.ndarray]) -> Path:
    """A KINS file of one image, each object given by its whole and its visible mask."""
    annotations = [
        {
            "id": number, "image_id": 0, "category_id": 1,
            "a_segm": {"size": list(SIZE), "counts": encode_rle(whole)},
            "i_segm": {"size": list(SIZE), "counts": encode_rle(seen)},
        }
        for number, (whole, seen) in enumerate(masks)
    ]  # fmt: skip
    image = {"id": 0, "height": SIZE[0], "width": SIZE[1], "file_name": "000000.png"}
    path = folder / "train.json"
    path.write_text(
        json.dumps({"images": [image], "annotations": annotations, "categories": [{"id": 1, "name": "car"}]})
    )
    return path


def circle(folder: Path) -> Path:
    """Three cars, each of which hides a part of the next: all meet in columns 12 to 18."""
    low, middle, high = (rectangle(SIZE, box) for box in ((0, 8, 20, 20), (8, 4, 24, 16), (4, 0, 16, 12)))
    return kins(folder, (low, low & ~middle), (middle, middle & ~high), (high, high & ~low))


@pytest.mark.parametrize("name", READERS)
def test_a_path_that_is_no_such_dataset_is_an_error_that_names_it(tmp_path, name):
    path = tmp_path / "dataset"
    path.write_bytes(b"this is text")
    (tmp_path / "classes.json").write_text('["void"]')
    for given in (path, tmp_path / "nowhere"):
        with pytest.raises(AnnotationError) as caught:
            list(read_scenes(name, given, Problems()))
        assert str(given) in str(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_each_format_says_what_its_path_must_be(name):
    assert READERS[name].path
    assert len(READERS[name].path) < 90
    assert READERS[name].is_amodal or not READERS[name].is_exact


def test_a_format_that_nobody_reads_is_a_key_error(tmp_path):
    with pytest.raises(KeyError, match="imagenet"):
        list(read_scenes("imagenet", tmp_path, Problems()))


def test_scenes_come_in_order(tmp_path):
    back, front = rectangle(SIZE, (0, 0, 12, 20)), rectangle(SIZE, (8, 0, 30, 20))
    path = kins(tmp_path, (front, front), (back, back & ~front))
    (scene,) = read_scenes("kins", path, Problems(strict=True))
    assert [layer.area_px for layer in scene.layers] == [240, 440]
    assert not scene.is_exact


def test_a_circle_is_left_out_counted_and_named(tmp_path):
    problems = Problems()
    assert list(read_scenes("kins", circle(tmp_path), problems)) == []
    assert problems.counts == {"occlusions that form a cycle": 1}
    assert "objects hide each other in a circle: car" in problems.report()[0]
    with pytest.raises(AnnotationError, match="objects hide each other in a circle: car"):
        list(read_scenes("kins", circle(tmp_path), Problems(strict=True)))


def test_a_circle_is_broken_when_asked(tmp_path):
    (scene,) = read_scenes("kins", circle(tmp_path), Problems(strict=True), break_cycles=True)
    assert len(scene.layers) == 3


@pytest.mark.data
@needs_data
@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("parquet-coco", {"crowd region, kept as a region": 92}),
        ("parquet-lvis", {}),
        ("parquet-taco", {}),
        ("parquet-nyu40", {}),
        ("parquet-voc", {}),
        ("parquet-codraw", {}),
    ],
)
def test_a_collection_of_the_data_folder_reads_without_damage(name, problems):
    # The first rows stand for the long files, so that the suite stays quick; COCO has its crowds all over.
    found = Problems()
    path = DATA / name.removeprefix("parquet-") / "scenes.parquet"
    scenes = list(islice(read_scenes(name, path, found), 625 if name == "parquet-coco" else 90))
    assert len(scenes) >= 90
    assert dict(found.counts) == problems
    assert len({scene.key for scene in scenes}) == len(scenes)
    for scene in scenes[::10]:
        seen = scene.visible_index()
        assert -3 <= seen.min() <= seen.max() < max(1, len(scene.layers))
        assert all(layer.label.strip() == layer.label != "" for layer in scene.layers)
        assert all(layer.area_px == np.count_nonzero(layer.mask(scene.size_hw)) for layer in scene.layers)


@pytest.mark.data
@needs_data
def test_lvis_and_coco_share_groups_so_that_no_photo_falls_into_two_splits():
    groups = {
        name: {
            scene.key.split(":")[1]: scene.group
            for scene in read_scenes(f"parquet-{name}", DATA / name / "scenes.parquet", Problems())
        }
        for name in ("coco", "lvis")
    }
    common = groups["coco"].keys() & groups["lvis"].keys()
    assert common
    assert all(groups["coco"][number] == groups["lvis"][number] == f"coco:{number}" for number in common)
    assert all(split_of(groups["coco"][number]) == split_of(groups["lvis"][number]) for number in common)
