from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet

from smartmask.data.annotations.base import Problems
from smartmask.data.labelled_photos import CROWD, NO_THING, read_labelled_photos
from smartmask.data.layered_scene import split_of
from smartmask.data.segment_classes import ANYTHING, NOT_THE_FOUR, SOME_STUFF, target_of
from smartmask.errors import AnnotationError
from smartmask.scene.rle import encode_rle

COCO = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "coco"
TRAIN_IDS = [number for number in range(100) if split_of(f"coco:{number}") == "train"]
TEST_ID = next(number for number in range(100) if split_of(f"coco:{number}") == "test")


def segment(name: str, box: Any, *, isthing: int = 1, iscrowd: int = 0) -> dict[str, Any]:
    mask = np.zeros((6, 8), bool)
    mask[box] = True
    area = int(mask.sum())
    return {"name": name, "isthing": isthing, "iscrowd": iscrowd, "area": area, "counts": encode_rle(mask)}


def write(folder: Path, rows: list[dict[str, Any]], size_wh: tuple[int, int] = (8, 6)) -> Path:
    for row in rows:
        row |= {"photo": f"{row['image_id']}.png", "height": 6, "width": 8}
        Image.new("RGB", size_wh, (255, 0, 0)).save(folder / row["photo"])
    parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "scenes.parquet")
    return folder


@pytest.mark.parametrize(
    ("kind", "rest"), [("panoptic", ANYTHING), ("inst", SOME_STUFF), ("inst4", NOT_THE_FOUR)], ids=str
)
def test_small_lies_on_large_and_a_crowd_below_all(kind: str, rest: int, tmp_path: Path) -> None:
    objects = [
        segment("cat", np.s_[1:3, 1:3]),
        segment("dog", np.s_[0:4, 0:4]),
        segment("person", np.s_[3:6, 0:2], iscrowd=1),
        segment("wall-brick", np.s_[4:6, 4:8], isthing=0),
    ]
    (photo,) = read_labelled_photos(
        write(tmp_path, [{"image_id": TRAIN_IDS[0], "kind": kind, "objects": objects}]), ["train"]
    )
    dog, cat = target_of("dog", True), target_of("cat", True)
    assert photo.thing_boxes == ((dog, (0, 0, 4, 4)), (cat, (1, 1, 3, 3)))
    assert photo.targets[0, 0] == dog
    assert photo.targets[1, 1] == cat
    assert photo.things[3].tolist() == [0, 0, 0, 0, -1, -1, -1, -1]
    assert photo.things[5].tolist() == [CROWD, CROWD] + [NO_THING] * 6
    assert photo.targets[5, 0] == target_of("person", True)
    assert photo.targets[5, 7] == target_of("wall", False)
    assert photo.targets[0, 7] == rest
    assert photo.image.tolist() == np.full((6, 8, 3), (255, 0, 0)).tolist()


def test_a_thing_that_is_wholly_covered_has_no_number(tmp_path: Path) -> None:
    objects = [segment("dog", np.s_[0:2, 0:2]), segment("cat", np.s_[0:2, 0:2])]
    (photo,) = read_labelled_photos(
        write(tmp_path, [{"image_id": TRAIN_IDS[0], "kind": "inst", "objects": objects}]), ["train"]
    )
    assert len(photo.thing_boxes) == 1
    assert photo.things.max() == 0


def test_only_the_splits_that_were_asked_for_are_read(tmp_path: Path) -> None:
    rows = [
        {"image_id": number, "kind": "inst", "objects": [segment("cat", np.s_[1:3])]}
        for number in (TRAIN_IDS[0], TEST_ID)
    ]
    folder = write(tmp_path, rows)
    assert [photo.key for photo in read_labelled_photos(folder, ["train", "validation"])] == [
        f"coco:{TRAIN_IDS[0]}"
    ]
    assert [photo.key for photo in read_labelled_photos(folder, ["test"])] == [f"coco:{TEST_ID}"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "video"}, "kind 'video'; expected one of panoptic, inst, inst4"),
        ({"objects": [{**segment("cat", np.s_[1:3]), "counts": "!!"}]}, "'cat': damaged RLE"),
        ({"objects": [segment("unicorn", np.s_[1:3])]}, "none of COCO's 80 things"),
    ],
    ids=["an unknown kind", "a damaged mask", "an unknown thing"],
)
def test_a_bad_record_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    row = {"image_id": TRAIN_IDS[0], "kind": "inst", "objects": [segment("cat", np.s_[1:3])]}
    with pytest.raises(AnnotationError, match=message) as caught:
        read_labelled_photos(write(tmp_path, [row | change]), ["train"])
    assert f"image {TRAIN_IDS[0]}" in str(caught.value)


def test_a_bad_file_or_photo_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenes.parquet").write_bytes(b"nothing")
    with pytest.raises(AnnotationError, match="cannot be read as parquet"):
        read_labelled_photos(tmp_path, ["train"])
    row = {"image_id": TRAIN_IDS[0], "kind": "inst", "objects": [segment("cat", np.s_[1:3])]}
    with pytest.raises(AnnotationError, match=r"the photo is \(6, 9\), its annotation \(6, 8\)"):
        read_labelled_photos(write(tmp_path, [row], size_wh=(9, 6)), ["train"])
    (tmp_path / f"{TRAIN_IDS[0]}.png").unlink()
    with pytest.raises(AnnotationError, match="no such file"):
        read_labelled_photos(tmp_path, ["train"])


@pytest.mark.data
@pytest.mark.skipif(not COCO.is_dir(), reason="needs ../shared/data/coco, which is not in the repository")
def test_the_coco_photos_can_be_read() -> None:
    photos = read_labelled_photos(COCO, ["validation"])
    assert {photo.kind for photo in photos} == {"panoptic", "inst", "inst4"}
    assert all((photo.things.max() + 1) == len(photo.thing_boxes) for photo in photos)


def test_bad_records_are_left_out_and_counted_where_the_count_is_not_strict(tmp_path: Path) -> None:
    rows = [
        {"image_id": number, "kind": kind, "objects": [segment("cat", np.s_[1:3])]}
        for number, kind in zip(TRAIN_IDS, ("inst", "video"), strict=False)
    ]
    problems = Problems()
    photos = read_labelled_photos(write(tmp_path, rows), ["train"], problems)
    assert [photo.key for photo in photos] == [f"coco:{TRAIN_IDS[0]}"]
    assert problems.counts == {"missing or wrong field": 1}
