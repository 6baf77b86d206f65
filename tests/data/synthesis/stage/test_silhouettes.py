from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import blob, disc
from silhouette_shapes import oval, oval_library

from smartmask.data.layered_scene import LayeredScene, SceneLayer, split_of
from smartmask.data.synthesis.stage.silhouettes import Silhouette, SilhouetteLibrary, fault_of
from smartmask.errors import AnnotationError
from smartmask.perspective.scales import SCALES, Support, draw_height, scale_of
from smartmask.scene.labels import plain_label
from smartmask.scene.rle import decode_rle

CANVAS = (120, 160)
VOC = Path(__file__).parents[5] / "shared" / "data" / "voc" / "scenes.parquet"
TRAIN = next(f"photo:{n}" for n in range(100) if split_of(f"photo:{n}") == "train")
TEST = next(f"photo:{n}" for n in range(100) if split_of(f"photo:{n}") == "test")


def median_height(label: str, aspect: float) -> float | None:
    scale = scale_of(label)
    pose = None if scale is None else scale.pose(aspect)
    return None if pose is None else pose.height(aspect)


def _pasted(shape: np.ndarray, at: tuple[int, int] = (10, 20)) -> np.ndarray:
    canvas = np.zeros(CANVAS, bool)
    canvas[at[0] : at[0] + shape.shape[0], at[1] : at[1] + shape.shape[1]] = shape
    return canvas


def _scene(mask: np.ndarray, group: str = TRAIN, label: str = "person", **kind: object) -> LayeredScene:
    options = {"extent": "amodal", "is_thing": True} | kind
    return LayeredScene("a photo", group, CANVAS, (SceneLayer.of(label, mask, **options),), False)


@given(st.integers(20, 110), st.integers(20, 110), st.integers(0, 50))
def test_a_packed_silhouette_is_the_mask_cut_to_its_box(height: int, width: int, seed: int) -> None:
    mask = blob((height, width), seed)
    if not mask.any():
        return
    silhouette = Silhouette.of("cat", mask, source="s", group="g")
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    np.testing.assert_array_equal(
        silhouette.mask(), mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    )


def test_a_large_silhouette_is_reduced_and_keeps_its_shape() -> None:
    silhouette = Silhouette.of("ball", disc((900, 700), (350, 450), 320), source="s", group="g")
    assert silhouette.size_hw == (320, 320)
    assert silhouette.mask().mean() == pytest.approx(np.pi / 4, rel=0.01)


@pytest.mark.parametrize(
    ("mask", "fault"),
    [
        (_pasted(oval(0.4)), None),
        (_pasted(oval(0.4), (0, 20)), "reaches the border of the photo"),
        (_pasted(oval(0.4, 30)), "is smaller than 40 pixels"),
        (_pasted(oval(0.4)) | _pasted(oval(0.4, 60), (10, 90)), "is in pieces"),
        (_pasted(oval(0.4)[:55]), "ends in a straight cut"),
        (_pasted(np.eye(90, dtype=bool) | np.eye(90, dtype=bool)[::-1] | np.eye(90, k=1, dtype=bool)),
         "fills too little of its hull"),
        (np.zeros(CANVAS, bool), "is empty"),
    ],
    ids=["whole person", "cut by border", "tiny", "two parts", "behind a counter", "thin cross", "nothing"],
)  # fmt: skip
def test_faults(mask: np.ndarray, fault: str | None) -> None:
    assert fault_of("person", mask) == fault


def test_a_library_takes_whole_things_of_the_train_split_only() -> None:
    good = _pasted(oval(0.4))
    scenes = [
        _scene(good),
        _scene(good, group=TEST),
        _scene(good, extent="visible"),
        _scene(good, is_thing=False),
        _scene(good, label="idea"),
        _scene(good, label="fork"),
        _scene(_pasted(oval(1.5, 70)), label="bottle"),
        _scene(_pasted(oval(0.4), (0, 20))),
    ]
    library = SilhouetteLibrary.from_scenes(scenes)
    assert [(item.label, item.group, item.source) for item in library.silhouettes] == [
        ("person", TRAIN, "a photo#0")
    ]
    assert len(SilhouetteLibrary.from_scenes(scenes, ("test",)).silhouettes) == 1


def test_a_saved_library_comes_back_the_same(tmp_path: Path) -> None:
    library = oval_library()
    library.save(tmp_path / "silhouettes.npz")
    again = SilhouetteLibrary.open(tmp_path / "silhouettes.npz")
    for one, two in zip(library.silhouettes, again.silhouettes, strict=True):
        assert (one.label, one.size_hw, one.bits, one.source, one.group) == (
            two.label, two.size_hw, two.bits, two.source, two.group
        )  # fmt: skip
    SilhouetteLibrary(()).save(tmp_path / "none.npz")
    assert SilhouetteLibrary.open(tmp_path / "none.npz").silhouettes == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", b"\x93NUMPY"])
def test_a_damaged_library_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "silhouettes.npz"
    path.write_bytes(content)
    with pytest.raises(AnnotationError, match=r"silhouettes\.npz: cannot be read"):
        SilhouetteLibrary.open(path)
    with pytest.raises(AnnotationError, match=r"No such file.*make one with `smartmask data silhouettes`"):
        SilhouetteLibrary.open(tmp_path / "missing.npz")


def test_another_file_of_arrays_is_no_library(tmp_path: Path) -> None:
    path = tmp_path / "silhouettes.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(AnnotationError, match="make one with `smartmask data silhouettes`"):
        SilhouetteLibrary.open(path)
    np.savez(path, v=np.zeros(3))
    with pytest.raises(AnnotationError, match="make one with `smartmask data silhouettes`"):
        SilhouetteLibrary.open(path)


def test_a_library_with_a_hole_or_a_column_cut_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "silhouettes.npz"
    oval_library().save(path)
    with np.load(path) as file:
        columns = dict(file)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + b"\xff" * 40 + whole[middle + 40 :])
    with pytest.raises(AnnotationError, match=r"silhouettes\.npz: cannot be read"):
        SilhouetteLibrary.open(path)
    np.savez(path, **{**columns, "labels": columns["labels"][:-1]})
    with pytest.raises(AnnotationError, match=r"silhouettes\.npz: cannot be read"):
        SilhouetteLibrary.open(path)


def test_drawing_obeys_the_shape_and_the_seed() -> None:
    library = oval_library()
    drawn = [library.draw(np.random.default_rng(n), "person", (0.0, 0.6)) for n in range(20)]
    assert all(item is not None and item.aspect < 0.6 for item in drawn)
    again = library.draw(np.random.default_rng(3), "person", (0.0, 0.6))
    assert again is drawn[3]
    assert library.draw(np.random.default_rng(0), "person", (5.0, 6.0)) is None
    assert library.draw(np.random.default_rng(0), "unicorn") is None


def test_labels_stand_where_the_table_says() -> None:
    library = oval_library()
    assert set(library.labels_on("water")) == {"boat"}
    assert library.labels_on("rail") == {"train": 2}
    assert "person" not in library.labels_on("top")
    assert {"bottle", "cup"} <= set(library.labels_on("top"))


@pytest.mark.parametrize("label", sorted(SCALES))
def test_a_label_has_disjoint_poses_and_known_supports(label: str) -> None:
    scale = SCALES[label]
    assert set(scale.supports) <= set(get_args(Support))
    poses = sorted(scale.poses, key=lambda pose: pose.aspects)
    for one, two in pairwise(poses):
        assert one.aspects[1] <= two.aspects[0]
    for pose in poses:
        assert 0.03 < pose.metres < 40


@pytest.mark.parametrize(
    ("label", "aspect", "low", "high"),
    [
        ("person", 0.4, 1.5, 1.95),
        ("person", 0.8, 1.05, 1.5),
        ("man", 0.4, 1.5, 1.95),
        ("dog", 1.1, 0.3, 0.9),
        ("horse", 1.1, 1.45, 2.0),
        ("car", 2.5, 1.3, 1.7),
        ("bus", 1.5, 2.7, 3.6),
        ("bottle", 0.35, 0.2, 0.36),
        ("skateboard", 4.0, 0.17, 0.24),
    ],
)
def test_heights_are_those_of_the_world(label: str, aspect: float, low: float, high: float) -> None:
    rng = np.random.default_rng(0)
    heights = [draw_height(rng, label, aspect) for _ in range(200)]
    assert low < min(heights) <= max(heights) < high
    assert np.median(heights) == pytest.approx(median_height(label, aspect), rel=0.05)


def test_odd_shapes_and_unknown_labels_have_no_height() -> None:
    assert median_height("person", 2.5) is None
    assert median_height("bottle", 1.0) is None
    assert scale_of("thought") is None


@pytest.mark.data
@pytest.mark.skipif(not VOC.is_file(), reason="needs shared/data/voc beside the repository")
def test_voc_yields_hundreds_of_whole_people_cars_and_birds() -> None:
    batch = next(
        parquet.ParquetFile(VOC).iter_batches(1200, columns=["image_id", "height", "width", "objects"])
    )
    scenes = []
    for record in batch.to_pylist():
        size_hw = record["height"], record["width"]
        items = [item for item in record["objects"] if not (item["occluded"] or item["truncated"])]
        layers = tuple(
            SceneLayer.of(
                plain_label(item["name"]), decode_rle(item["counts"], size_hw), extent="amodal", is_thing=True
            )
            for item in items
        )
        group = f"voc:{record['image_id']}"
        scenes.append(LayeredScene(group, group, size_hw, layers, False))
    library = SilhouetteLibrary.from_scenes(scenes)
    assert len(library.by_label) >= 18
    assert min(len(library.by_label[label]) for label in ("person", "car", "bird", "dog")) >= 20
    assert all(split_of(item.group) == "train" for item in library.silhouettes)
    heights = [median_height(item.label, item.aspect) for item in library.silhouettes]
    assert None not in heights
