"""COCO files: what others wrote is read as COCO means it, what we write is read by COCO's own code."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layout_examples import layouts, many, room, same, seen_of
from PIL import Image
from pycocotools import mask as coco

from smartmask.data.annotations.base import Problems
from smartmask.data.layout_formats import layout_files_as, read_any_layout
from smartmask.data.layouts.coco_instances import CocoInstances
from smartmask.data.layouts.coco_panoptic import CocoPanoptic
from smartmask.data.layouts.polygons import MAX_OUTLINE_PX
from smartmask.data.segmentations import outlines_px
from smartmask.errors import LayoutFileError
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.rle import encode_rle

Json = dict[str, Any]
SQUARE = [1, 1, 3, 1, 3, 3, 1, 3]
"""A polygon of four pixels."""


def instances(**changes: Any) -> Json:
    return json.loads(layout_files_as("coco-instances", room())["instances.json"]) | changes


def write(folder: Path, content: Json) -> Path:
    path = folder / "coco.json"
    path.write_text(json.dumps(content))
    return path


def annotation(**changes: Any) -> Json:
    """The first annotation, the wall's."""
    return instances()["annotations"][0] | changes


def panoptic(folder: Path, **changes: Any) -> Path:
    """A panoptic file on disk, its JSON changed."""
    files = layout_files_as("coco-panoptic", room(), "coco.json", photo_path="room.jpg")
    (folder / "coco").mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return write(folder, json.loads(files["coco.json"]) | changes)


class TestInstances:
    @given(layouts())
    def test_masks_areas_and_boxes_are_what_coco_computes(self, layout):
        content = json.loads(
            layout_files_as("coco-instances", layout, photo_path="a/room.jpg")["instances.json"]
        )
        assert content["images"][0]["file_name"] == "room.jpg"
        names = {record["id"]: record["name"] for record in content["categories"]}
        for layer, record in zip(layout.layers, content["annotations"], strict=True):
            runs = record["segmentation"] | {"counts": record["segmentation"]["counts"].encode()}
            assert coco.area(runs) == record["area"] == layer.mask.sum()
            assert coco.toBbox(runs).tolist() == record["bbox"] or not layer.mask.any()
            assert names[record["category_id"]] == layer.label

    def test_larger_masks_lie_behind_where_no_order_is_given(self, tmp_path):
        content = instances()
        for record in content["annotations"]:
            del record["depth_order"], record["extent"]
        layout = read_any_layout(write(tmp_path, content))
        assert layout.labels == ("wall", "cat", "mouse")
        assert {layer.extent for layer in layout.layers} == {"visible"}

    def test_the_order_given_counts_whatever_the_order_of_the_records(self, tmp_path):
        content = instances()
        content["annotations"].reverse()
        assert same(read_any_layout(write(tmp_path, content)), room())

    def test_crowds_and_uncompressed_run_lengths_are_read(self, tmp_path):
        runs = {"size": [6, 8], "counts": [3, 2, 43]}
        record = annotation(segmentation=runs, iscrowd=1)
        mask = read_any_layout(write(tmp_path, instances(annotations=[record]))).layers[0].mask
        assert np.argwhere(mask).tolist() == [[3, 0], [4, 0]]

    @given(st.lists(st.lists(st.floats(-3, 12), min_size=8, max_size=8), min_size=1, max_size=3))
    def test_polygons_are_drawn_as_coco_draws_them(self, tmp_path_factory, polygons):
        polygons = [[4.0, 3.0, *polygon] for polygon in polygons]  # so that none lies off the canvas
        drawn = coco.merge(coco.frPyObjects(polygons, 6, 8))
        assume(coco.area(drawn))
        record = annotation(segmentation=polygons)
        found = read_any_layout(write(tmp_path_factory.mktemp("coco"), instances(annotations=[record])))
        expected = drawn["counts"].decode()
        assert encode_rle(found.layers[0].mask) == expected

    def test_several_images_share_a_file_and_are_chosen_by_name_or_id(self, tmp_path):
        file = CocoInstances()
        file.add(room(), "day/room.jpg")
        file.add(many(), "night/room.jpg")
        file.add(seen_of(room((9, 9))), "hall.jpg")
        path = tmp_path / "coco.json"
        path.write_bytes(file.content())
        assert same(read_any_layout(path, image="day/room.jpg"), room())
        assert same(read_any_layout(path, image=2), many())
        assert same(read_any_layout(path, image="3"), seen_of(room((9, 9))))
        assert same(read_any_layout(path, image="hall.jpg"), seen_of(room((9, 9))))
        for image, count in [
            (None, "one image, found 3"),
            ("room.jpg", "'room.jpg', found 2"),
            (7, "7, found 0"),
        ]:
            with pytest.raises(
                LayoutFileError, match=f"{count}; name one by .* it holds 'day/room.jpg', 'nig"
            ):
                read_any_layout(path, image=image)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"images": []}, "expected one image, found 0; name one .* it holds none"),
            ({"images": {}}, "images must be a list"),
            ({"images": [4]}, r"images\[0\]: must be a JSON object, not int"),
            ({"images": [{"id": 1, "height": 6}]}, "image '1': lacks width"),
            (
                {"images": [{"id": True, "height": 6, "width": 8}]},
                r"images\[0\]: id must be a whole number or a",
            ),
            ({"images": [{"id": 1, "height": 0, "width": 8}]}, "a canvas of 8x0 pixels"),
            (
                {"images": [{"id": 1, "height": 10**6, "width": 10**6}]},
                "1000000x1000000 is above the limit of 100",
            ),
            (
                {"images": [{"id": 1, "height": 6, "width": 8, "file_name": 3}]},
                "file_name must be a text, not 3",
            ),
            ({"categories": []}, r"annotations\[0\]: category_id 1 is not in categories"),
            ({"categories": [{"id": 1, "name": ""}]}, r"categories\[0\]: label must be a non-empty text"),
            ({"categories": [{"id": 1, "name": "a"}] * 2}, r"categories\[1\]: id 1 comes twice"),
            ({"categories": ["cat"]}, r"categories\[0\]: must be a JSON object, not str"),
            ({"annotations": [annotation(), annotation()]}, r"annotations\[1\]: id 1 comes twice"),
            ({"annotations": [{}]}, r"annotations\[0\]: lacks image_id"),
            ({"annotations": ["x"]}, r"annotations\[0\]: must be a JSON object, not str"),
            ({"annotations": [annotation()] * 1025}, "holds 1025 layers; a layout has at most 1024"),
            ({"annotations": [annotation(iscrowd="yes")]}, "iscrowd must be 0 or 1, not 'yes'"),
            (
                {"annotations": [annotation(extent=["amodal"])]},
                "extent must be 'visible' or 'amodal', not .'amo",
            ),
            ({"annotations": [annotation(confidence="high")]}, "confidence must be a number from 0 to 1"),
            ({"annotations": [annotation(depth_order=1.5)]}, "depth_order must be a whole number, each once"),
            (
                {"annotations": [annotation(), annotation(id=2)]},
                r"annotations\[1\]: depth_order must be a whole number, each once in an image, not 0",
            ),
            (
                {"annotations": [annotation(), annotation(id=2, depth_order=None)]},
                "only 1 of 2 annotations of the image have a depth_order; give all or none",
            ),
        ],
        ids=str,
    )
    def test_broken_records_are_named(self, tmp_path, changes, message):
        path = write(tmp_path, instances(**changes))
        with pytest.raises(LayoutFileError, match=message) as caught:
            read_any_layout(path)
        assert str(caught.value).startswith(str(path))
        assert len(str(caught.value)) < len(str(path)) + 400

    @pytest.mark.parametrize(
        ("segmentation", "message"),
        [
            ("cat", "segmentation is 'cat', neither list nor object: damaged mask"),
            ({"counts": "22"}, "run lengths need 'size' and 'counts'"),
            ({"size": [6, 8]}, "run lengths need 'size' and 'counts'"),
            ({"size": [8, 6], "counts": "`1"}, r"run lengths of size \[8, 6\] but the image is \[6, 8\]"),
            ({"size": [6, 8], "counts": "zz"}, "damaged RLE string"),
            ({"size": [6, 8], "counts": ""}, "damaged RLE string"),
            ({"size": [6, 8], "counts": "22"}, "RLE runs cover 4 pixels but the mask is 8x6 = 48"),
            ({"size": [6, 8], "counts": [50, -2]}, "must be a text or a list of whole numbers"),
            ({"size": [6, 8], "counts": [47]}, "run lengths cover 47 pixels, not 48"),
            ({"size": [6, 8], "counts": [10**30]}, "run lengths cover 10+ pixels, not 48"),
            ({"size": [6, 8], "counts": [True, 47]}, "must be a text or a list of whole numbers"),
            ([[0, 0, 4, 0, 4]], "an even number of coordinates, not .0, 0, 4, 0, 4.: damaged mask"),
            ([[0, 0, 4, 0, 4, 4], 7], "an even number of coordinates, not 7"),
            ([[0, 0, 4, 0, 4, "4"]], "points must be numbers of pixels"),
            ([[0, 0, 4, 0, 4, None]], "points must be numbers of pixels"),
            ([[0, 0, 1e300, 0, 4, 4]], "lie far off the 8x6 canvas"),
            ([[0, 0, 10**30, 0, 4, 4]], "lie far off the 8x6 canvas"),
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_broken_masks_are_named(self, tmp_path, segmentation, message):
        record = annotation(segmentation=segmentation)
        with pytest.raises(LayoutFileError, match=r"annotations\[0\]: .*" + message):
            read_any_layout(write(tmp_path, instances(annotations=[record])))

    def test_polygons_that_take_too_much_memory_to_draw_are_named(self, tmp_path):
        record = annotation(segmentation=[[0, 0, 4000, 3000] * 1001])
        images = [{"id": 1, "height": 3000, "width": 4000}]
        path = write(tmp_path, instances(images=images, annotations=[record]))
        with pytest.raises(LayoutFileError, match="a polygon's outline of 10010000 pixels; it must be"):
            read_any_layout(path)

    def test_polygons_that_take_too_long_to_draw_together_are_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr("smartmask.data.layouts.polygons.MAX_OUTLINES_PX", 40.0)
        parts = [SQUARE, [1, 1, 2, 1, 2, 2, 1, 2], ["no", "number"] * 3, [1e300] * 6, []]
        records = [annotation(segmentation=parts[:2]), annotation(id=2, segmentation=SQUARE, depth_order=1)]
        read_any_layout(write(tmp_path, instances(annotations=records)))
        records.append(annotation(id=3, segmentation=[SQUARE] * 3, depth_order=2))
        with pytest.raises(LayoutFileError, match=r"coco\.json: outlines of more than 40 pixels together"):
            read_any_layout(write(tmp_path, instances(annotations=records)))
        for part in parts[2:]:
            assert outlines_px([SQUARE, part]) in (8.0, 8.0 + MAX_OUTLINE_PX)

    @pytest.mark.parametrize("literal", ["NaN", "Infinity", "1e999"])
    def test_numbers_that_are_none_are_refused(self, tmp_path, literal):
        path = write(tmp_path, instances(annotations=[annotation(segmentation=[[0, 0, 4, 0, 4, 5.5]])]))
        path.write_text(path.read_text().replace("5.5", literal))
        with pytest.raises(LayoutFileError, match=r"is no number of JSON|far off the 8x6 canvas"):
            read_any_layout(path)

    @pytest.mark.parametrize("segmentation", [None, [], [[0, 0, 4, 4]], [[9, 0, 12, 0, 12, 4]], [[]]])
    def test_an_annotation_without_an_area_is_left_out_and_counted(self, tmp_path, segmentation):
        whole, bare = annotation(segmentation=SQUARE), annotation(id=2, segmentation=segmentation)
        problems = Problems()
        found = read_any_layout(write(tmp_path, instances(annotations=[whole, bare])), problems=problems)
        assert [layer.mask.sum() for layer in found.layers] == [4]
        assert (problems.report(), len(problems.notes())) == ([], 1)
        assert re.search(r"^1 x annotation without a mask, left out, .*annotations\[1\]", problems.notes()[0])
        with pytest.raises(LayoutFileError, match="no annotation of the image has a mask that can be read"):
            read_any_layout(write(tmp_path, instances(annotations=[bare])))

    @pytest.mark.parametrize("part", [[], [1, 1, 5, 5], [20, 20, 30, 20, 30, 30]])
    def test_parts_without_an_area_are_left_out_of_a_mask_and_counted(self, tmp_path, part):
        problems = Problems()
        path = write(tmp_path, instances(annotations=[annotation(segmentation=[SQUARE, part])]))
        assert read_any_layout(path, problems=problems).layers[0].mask.sum() == 4
        assert re.match("1 x part of a mask without an area", *problems.notes())

    def test_a_damaged_mask_is_left_out_where_problems_are_counted(self, tmp_path):
        records = [annotation(segmentation=SQUARE), annotation(id=2, segmentation=[[0, 0, 4, 0, 4]])]
        problems = Problems()
        found = read_any_layout(write(tmp_path, instances(annotations=records)), problems=problems)
        assert len(found) == 1
        assert re.search(r"1 x damaged mask, first at .*annotations\[1\]: a polygon", *problems.report())

    def test_numbers_may_be_written_as_texts_and_as_fractions(self, tmp_path):
        content = instances(images=[{"id": 1, "height": 6.0, "width": 8.0}])
        for record in content["annotations"]:
            record["image_id"], record["category_id"] = "1", float(record["category_id"])
            record["depth_order"] = float(record["depth_order"])
        assert same(read_any_layout(write(tmp_path, content)), room())

    @pytest.mark.parametrize("absent", [{}, {"id": None}])
    def test_annotations_need_no_ids(self, tmp_path, absent):
        content = instances()
        content["annotations"] = [
            {key: value for key, value in record.items() if key != "id"} | absent
            for record in content["annotations"]
        ]
        assert same(read_any_layout(write(tmp_path, content)), room())

    def test_one_id_written_as_number_and_text_is_one_id(self, tmp_path):
        content = instances()
        content["images"].append(content["images"][0] | {"id": "1", "file_name": "other.jpg"})
        with pytest.raises(LayoutFileError, match="two images have this id"):
            read_any_layout(write(tmp_path, content), image="other.jpg")

    def test_the_file_is_one_that_pycocotools_compares_results_with(self, tmp_path, capsys):
        """`loadRes` copies `info` and `licenses`."""
        from pycocotools.coco import COCO

        content = instances()
        truth = COCO(str(write(tmp_path, content)))
        found = truth.loadRes([record | {"score": 0.5} for record in content["annotations"]])
        assert len(found.anns) == len(room())
        assert "Done" in capsys.readouterr().out


class TestPanoptic:
    def test_the_png_holds_ids_that_look_like_their_labels(self):
        cats = Layout((2, 4), tuple(Layer("cat", np.arange(8).reshape(2, 4) == n) for n in range(7)))
        files = layout_files_as("coco-panoptic", cats, photo_path="photos/cats.jpg")
        assert list(files) == ["panoptic.json", "panoptic/cats.png"]
        content = json.loads(files["panoptic.json"])
        segments = content["annotations"][0]["segments_info"]
        assert [(s["area"], s["bbox"]) for s in segments] == [(1, [n % 4, n // 4, 1, 1]) for n in range(7)]
        ids = [segment["id"] for segment in segments]
        assert len(set(ids)) == 7
        assert max(ids) - min(ids) == 6
        assert content["categories"] == [{"id": 1, "name": "cat", "supercategory": "", "isthing": 1}]

    def test_stuff_is_marked_as_stuff(self):
        categories = json.loads(layout_files_as("coco-panoptic", room())["panoptic.json"])["categories"]
        assert {record["name"]: record["isthing"] for record in categories} == {"wall": 0, "cat": 1}

    def test_the_pngs_may_lie_beside_the_json(self, tmp_path):
        path = panoptic(tmp_path)
        (tmp_path / "coco" / "room.png").rename(tmp_path / "room.png")
        assert same(read_any_layout(path), seen_of(room()))

    def test_several_images_share_a_file(self, tmp_path):
        file = CocoPanoptic()
        (tmp_path / "all").mkdir()
        for name, layout in {"room": room(), "many": many()}.items():
            (tmp_path / "all" / f"{name}.png").write_bytes(file.add(layout, f"{name}.jpg", f"{name}.png"))
        (tmp_path / "all.json").write_bytes(file.content())
        assert same(read_any_layout(tmp_path / "all.json", image="room.jpg"), seen_of(room()))
        assert same(read_any_layout(tmp_path / "all.json", image=2), seen_of(many()))

    @pytest.mark.parametrize(
        "name",
        [
            "../room.png",
            "/etc/room.png",
            "..\\room.png",
            "a/../../room.png",
            "C:room.png",
            "",
            ".",
            "a//b.png",
            "room\0.png",
            "x" * 300,
        ],
    )
    def test_names_that_lead_elsewhere_are_refused(self, tmp_path, name):
        (tmp_path / "room.png").write_bytes(b"secret")
        path = panoptic(tmp_path)
        content = json.loads(path.read_text())
        content["annotations"][0]["file_name"] = name
        with pytest.raises(LayoutFileError, match="leads out of its folder or is no plain name"):
            read_any_layout(write(tmp_path, content))

    def test_broken_segments_are_named(self, tmp_path):
        path = panoptic(tmp_path)
        whole = json.loads(path.read_text())
        infos = whole["annotations"][0]["segments_info"]
        for changed, message in [
            ([infos[0], infos[0]], r"segments_info\[1\]: id \d+ comes twice"),
            ([*infos, infos[0] | {"id": 7}], r"segments_info\[2\]: no pixel of the PNG has id 7"),
            ([*infos, infos[0] | {"id": 10**30}], "no pixel of the PNG has id 1000"),
            ([infos[0] | {"id": 0}], "no pixel of the PNG has id 0"),
            ([infos[0] | {"category_id": 9}], r"segments_info\[0\]: category_id 9 is not in categories"),
            ([infos[0] | {"category_id": 1.5}], "category_id must be a whole number or a text, not 1.5"),
            (infos[:1], "id [0-9]+ of the PNG is not in segments_info"),
            ([3], r"segments_info\[0\]: must be a JSON object, not int"),
            ({}, "segments_info must be a list"),
        ]:
            record = whole["annotations"][0] | {"segments_info": changed}
            with pytest.raises(LayoutFileError, match=message):
                read_any_layout(write(tmp_path, whole | {"annotations": [record]}))

    def test_broken_pngs_are_named(self, tmp_path):
        path, png = panoptic(tmp_path), tmp_path / "coco" / "room.png"
        whole = png.read_bytes()
        for content, message in [
            (whole[: len(whole) // 2], "damaged or cut short"),
            (b"", "is not a PNG"),
            (b"GIF89a", "is not a PNG"),
        ]:
            png.write_bytes(content)
            with pytest.raises(LayoutFileError, match=message):
                read_any_layout(path)
        Image.new("RGB", (8, 7)).save(png)
        with pytest.raises(LayoutFileError, match=r"room\.png: is 8x7 but the canvas is 8x6"):
            read_any_layout(path)
        Image.new("P", (8, 6)).save(png)
        with pytest.raises(LayoutFileError, match="must be an RGB picture of ids, not one in mode P"):
            read_any_layout(path)
        png.unlink()
        with pytest.raises(LayoutFileError, match=r"room\.png: cannot be read \(No such file"):
            read_any_layout(path)

    def test_an_image_without_or_with_two_annotations_is_named(self, tmp_path):
        path = panoptic(tmp_path)
        whole = json.loads(path.read_text())
        path = write(tmp_path, whole | {"annotations": whole["annotations"] * 2})
        with pytest.raises(LayoutFileError, match="image '1' has 2 annotations; expected one"):
            read_any_layout(path)
