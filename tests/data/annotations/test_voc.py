"""Pascal VOC's own folder, on one that the tests write."""

import numpy as np
import pytest
from annotation_files import (
    FAR,
    LARGE,
    SIZE,
    SMALL,
    is_mask,
    only_scene,
    png,
    read_all,
    summary,
    undecided,
    write_png,
)

from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.voc import read_voc
from smartmask.errors import AnnotationError

NAME = "2007_000032"
RIM = np.zeros(SIZE, bool)
RIM[44:46] = True
OBJECTS = np.where(RIM, 255, np.where(SMALL, 1, np.where(LARGE, 2, 0)))
CLASSES = np.where(RIM, 255, np.where(SMALL, 12, np.where(LARGE, 11, 0)))
DOG = "<object><name>dog</name><truncated>0</truncated><occluded>0</occluded></object>"
TABLE = "<object><name>diningtable</name><truncated>0</truncated><occluded>1</occluded></object>"


def write(folder, *items: str, objects: np.ndarray = OBJECTS, classes: np.ndarray = CLASSES):
    write_png(folder / "SegmentationObject" / f"{NAME}.png", objects, "P")
    write_png(folder / "SegmentationClass" / f"{NAME}.png", classes, "P")
    size = f"<size><width>{SIZE[1]}</width><height>{SIZE[0]}</height><depth>3</depth></size>"
    xml = folder / "Annotations" / f"{NAME}.xml"
    xml.parent.mkdir()
    xml.write_text(f"<annotation><filename>{NAME}.jpg</filename>{size}{''.join(items)}</annotation>")
    return folder


def test_pixel_k_is_the_kth_object_and_is_whole_if_nothing_cuts_it(tmp_path):
    scene = only_scene(read_voc, write(tmp_path, DOG, TABLE))
    assert scene.key == scene.group == f"voc:{NAME}"
    assert (scene.size_hw, scene.image) == (SIZE, f"{NAME}.jpg")
    assert summary(scene) == [("dog", "amodal", True), ("dining table", "visible", True)]
    assert is_mask(scene.objects[0], SMALL)
    assert is_mask(scene.objects[1], LARGE & ~SMALL)
    assert np.array_equal(undecided(scene), RIM)


def test_what_the_class_map_names_and_no_object_covers_is_a_region(tmp_path):
    classes = np.where(FAR, 15, CLASSES)
    scene = only_scene(read_voc, write(tmp_path, DOG, TABLE, classes=classes))
    assert summary(scene)[0] == ("person", "visible", False)
    assert is_mask(scene.objects[0], FAR)


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        pytest.param((DOG,), "missing or wrong field", id="an object short"),
        pytest.param((DOG, TABLE.replace("diningtable", "desk")), "unknown category", id="an unknown class"),
        pytest.param(
            (DOG, TABLE.replace("diningtable", "sheep")), "missing or wrong field", id="another class"
        ),
        pytest.param(
            (DOG, TABLE.replace(">1<", ">yes<")), "missing or wrong field", id="a flag that is no number"
        ),
    ],
)
def test_a_damaged_object_is_counted_and_stays_a_region(tmp_path, items, kind):
    (scene,), problems = read_all(read_voc, write(tmp_path, *items))
    assert summary(scene) == [("dining table", "visible", False), ("dog", "amodal", True)]
    assert problems == {kind: 1}


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        pytest.param("Annotations/{}.xml", None, "missing file", id="no XML"),
        pytest.param("Annotations/{}.xml", b"<annotation>", "damaged file", id="half an XML"),
        pytest.param("Annotations/{}.xml", b"<a/>", "missing or wrong field", id="an XML without a size"),
        pytest.param("SegmentationClass/{}.png", None, "missing file", id="no class map"),
        pytest.param("SegmentationClass/{}.png", b"no PNG", "damaged file", id="a text for a PNG"),
        pytest.param(
            "SegmentationClass/{}.png", png(np.full(SIZE, 77)), "unknown category", id="an unknown class"
        ),
        pytest.param(
            "SegmentationObject/{}.png",
            png(np.zeros((9, 9))),
            "size differs from the record",
            id="another size",
        ),
        pytest.param(
            "SegmentationObject/{}.png", png(np.zeros((*SIZE, 3))), "damaged file", id="a PNG in colours"
        ),
    ],
)
def test_a_damaged_file_leaves_its_image_out(tmp_path, file, content, kind):
    path = write(tmp_path, DOG, TABLE) / file.format(NAME)
    path.unlink() if content is None else path.write_bytes(content)
    assert read_all(read_voc, tmp_path) == ([], {kind: 1})


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gb2312", "狗"),
        ("gbk", "狗"),
        ("big5", "狗"),
        ("shift_jis", "犬"),
        ("euc-kr", "개"),
        ("windows-1251", "собака"),
        ("utf-16", "狗"),
        ("utf-8-sig", "狗"),
    ],
)
def test_xml_in_other_encodings_is_read(tmp_path, encoding, name):
    xml = write(tmp_path, DOG, TABLE) / "Annotations" / f"{NAME}.xml"
    text = xml.read_text().replace(f"{NAME}.jpg", f"{name}.jpg")
    declared = encoding.removesuffix("-sig")
    xml.write_bytes(f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding))
    scene = only_scene(read_voc, tmp_path)
    assert scene.image == f"{name}.jpg"
    assert is_mask(scene.objects[0], SMALL)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        pytest.param("gb2312", b"\xff\xff", id="no letters of that encoding"),
        pytest.param("klingon", b"", id="an encoding that nobody knows"),
        pytest.param("zlib", b"", id="no encoding of texts"),
    ],
)
def test_xml_that_cannot_be_decoded_is_left_out_and_counted(tmp_path, head, name):
    xml = write(tmp_path, DOG, TABLE) / "Annotations" / f"{NAME}.xml"
    declared = f'<?xml version="1.0" encoding="{head}"?>'.encode()
    xml.write_bytes(declared + xml.read_bytes().replace(NAME.encode(), name))
    assert read_all(read_voc, tmp_path) == ([], {"damaged file": 1})


@pytest.mark.parametrize("width", ["4" * 5000, "4" * 18, "4.5", "\u0664", "-4", ""])
def test_a_size_that_is_none_is_counted(tmp_path, width):
    xml = write(tmp_path, DOG, TABLE) / "Annotations" / f"{NAME}.xml"
    xml.write_text(xml.read_text().replace(f"<width>{SIZE[1]}<", f"<width>{width}<"), "utf-8")
    assert read_all(read_voc, tmp_path) == ([], {"missing or wrong field": 1})


def test_another_folder_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(AnnotationError, match="give the folder VOCdevkit/VOC2012"):
        list(read_voc(tmp_path, Problems()))
