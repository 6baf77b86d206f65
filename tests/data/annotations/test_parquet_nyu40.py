"""NYU-40 as parquet, on small files."""

import json

import numpy as np
import pytest
from annotation_files import SIZE, is_mask, only_scene, png, read_all, summary, undecided, write_parquet
from shapes import disc

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.parquet_nyu40 import read_parquet_nyu40
from smartmask.errors import AnnotationError

CHAIRS = disc(SIZE, (14, 14), 10), disc(SIZE, (48, 14), 10)


def write(folder, *class_maps: object, names: object = ("void", "wall", "chair", "refridgerator", "floor")):
    rows = [
        {"image_id": f"{number:04d}", "height": SIZE[0], "width": SIZE[1], "class_map_png": content}
        for number, content in enumerate(
            png(class_map) if isinstance(class_map, np.ndarray) else class_map for class_map in class_maps
        )
    ]
    path = write_parquet(folder, rows)
    (folder / "classes.json").write_text(json.dumps(names))
    return path


def test_connected_parts_of_countable_classes_are_things_and_the_rest_regions(tmp_path):
    class_map = np.ones(SIZE)
    class_map[30:] = 4
    class_map[CHAIRS[0] | CHAIRS[1]] = 2
    class_map[:, :2] = 0
    scene = only_scene(read_parquet_nyu40, write(tmp_path, class_map))
    assert (scene.key, scene.group) == ("nyu40:0000", "nyu40:block0")
    assert summary(scene) == [
        ("wall", "visible", False),
        ("chair", "visible", True),
        ("chair", "visible", True),
        ("floor", "visible", False),
    ]
    assert is_mask(scene.objects[1], CHAIRS[0])
    assert is_mask(scene.objects[2], CHAIRS[1])
    assert np.array_equal(undecided(scene), class_map == 0)
    assert scene.occlusions == ()


def test_class_names_are_put_into_plain_words(tmp_path):
    scene = only_scene(read_parquet_nyu40, write(tmp_path, np.where(CHAIRS[0], 3, 1)))
    assert summary(scene) == [("wall", "visible", False), ("refrigerator", "visible", True)]
    assert scene.undecided is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(np.zeros((9, 9)), "size differs from the record", id="another size"),
        pytest.param(np.full(SIZE, 9), "unknown category", id="a class that does not exist"),
        pytest.param(b"no PNG", "damaged file", id="no PNG"),
    ],
)
def test_a_damaged_class_map_leaves_its_row_out(tmp_path, content, kind):
    scenes, problems = read_all(read_parquet_nyu40, write(tmp_path, np.ones(SIZE), content))
    assert ([scene.key for scene in scenes], problems) == (["nyu40:0000"], {kind: 1})


def test_classes_that_are_missing_or_no_names_are_an_error(tmp_path):
    path = write(tmp_path, np.ones(SIZE), names=[1, 2])
    with pytest.raises(AnnotationError, match="expected a JSON list of class names"):
        list(read_parquet_nyu40(path, Problems()))
    (tmp_path / "classes.json").unlink()
    with pytest.raises(AnnotationError, match=r"classes\.json: missing file"):
        list(read_parquet_nyu40(path, Problems()))
