"""LVIS, on files of its form."""

from annotation_files import LARGE, SIZE, is_mask, only_scene, polygon, read_all, summary, write_json

from smartmask.data.annotations.lvis import read_lvis

CRAB = {"id": 1, "image_id": 397133, "category_id": 5, "segmentation": [polygon(4, 4, 60, 44)]}


def content(*annotations: dict, synonyms: object = ("crab_(animal)", "sea_crab")) -> dict:
    url = "http://images.cocodataset.org/val2017/000000397133.jpg"
    return {
        "images": [{"id": 397133, "height": SIZE[0], "width": SIZE[1], "coco_url": url}],
        "annotations": list(annotations),
        "categories": [{"id": 5, "name": "crab_(animal)", "frequency": "r", "synonyms": synonyms}],
    }


def test_a_scene_shares_the_group_of_its_coco_photo_and_has_synonyms_as_texts(tmp_path):
    scene = only_scene(read_lvis, write_json(tmp_path / "lvis_v1_val.json", content(CRAB)))
    assert (scene.key, scene.group, scene.image) == ("lvis:397133", "coco:397133", "000000397133.jpg")
    assert summary(scene) == [("crab", "visible", True)]
    assert scene.objects[0].texts == ("sea crab",)
    assert is_mask(scene.objects[0], LARGE)


def test_an_empty_polygon_is_left_out_and_counted(tmp_path):
    empty = CRAB | {"id": 2, "segmentation": [[]]}
    (scene,), problems = read_all(read_lvis, write_json(tmp_path / "lvis.json", content(CRAB, empty)))
    assert (len(scene.objects), problems) == (1, {"empty polygon": 1})


def test_synonyms_that_are_no_list_make_the_category_unknown(tmp_path):
    path = write_json(tmp_path / "lvis.json", content(CRAB, synonyms="crab"))
    (scene,), problems = read_all(read_lvis, path)
    assert (scene.objects, problems) == ((), {"missing or wrong field": 1, "unknown category": 1})
