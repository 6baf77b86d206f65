"""CoDraw as parquet, on small files."""

import pytest
from annotation_files import LARGE, SIZE, SMALL, is_mask, only_scene, read_all, summary, write_parquet

from smartmask.data.annotations.parquet_codraw import read_parquet_codraw
from smartmask.scene.rle import encode_rle

TENT = {"name": "tent", "order": 0, "amodal": encode_rle(LARGE)}
BOY = {"name": "boy", "order": 1, "amodal": encode_rle(SMALL)}


def row(*objects: dict, **more: object) -> dict:
    return {
        "scene_id": 27, "source": "teller", "height": SIZE[0], "width": SIZE[1], "objects": list(objects)
    } | more  # fmt: skip


def test_masks_are_whole_and_later_ones_lie_in_front(tmp_path):
    scene = only_scene(read_parquet_codraw, write_parquet(tmp_path, [row(BOY, TENT)]))
    assert (scene.key, scene.group) == ("codraw:27:teller", "codraw:2")
    assert summary(scene) == [("boy", "amodal", True), ("tent", "amodal", True)]
    assert is_mask(scene.objects[1], LARGE)
    assert scene.occlusions == ((0, 1),)


def test_the_tellers_and_the_drawers_scene_have_one_group(tmp_path):
    rows = [row(TENT), row(BOY, source="drawer")]
    scenes, problems = read_all(read_parquet_codraw, write_parquet(tmp_path, rows))
    assert [scene.key for scene in scenes] == ["codraw:27:teller", "codraw:27:drawer"]
    assert {scene.group for scene in scenes} == {"codraw:2"}
    assert problems == {}


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        pytest.param({"amodal": "22"}, "damaged mask", id="runs of another size"),
        pytest.param({"order": None}, "missing or wrong field", id="no order"),
        pytest.param({"order": 0}, "overlapping objects of one order", id="an order twice"),
    ],
)
def test_damage_is_counted(tmp_path, damage, kind):
    _, problems = read_all(read_parquet_codraw, write_parquet(tmp_path, [row(TENT, BOY | damage)]))
    assert problems == {kind: 1}
