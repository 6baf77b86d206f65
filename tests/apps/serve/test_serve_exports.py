"""Exports: each format holds the mask, under a safe name, in files that the library reads."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from serving import SIZE_HW, disc, png, rle
from wide_gamut import WIDE

from smartmask.apps.serve.exports import plain
from smartmask.data.layout_formats import layout_files_as
from smartmask.scene.distance import feather, grow
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import png_bytes


def export(server, format_name, **body):
    body = {"rle": rle(disc()), "label": "a red ball"} | body | {"format": format_name}
    body |= {"label": None} if body["rle"] is None else {}
    return server.client.post(
        "/v1/export", json={name: value for name, value in body.items() if value is not None}
    )


def picture(answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as image:
        return np.asarray(image)


def test_masks(server):
    assert (picture(export(server, "mask")) == disc() * 255).all()
    assert (picture(export(server, "inverted")) == ~disc() * 255).all()
    assert (picture(export(server, "grown", grow=3.5)) == grow(disc(), 3.5) * 255).all()
    assert (picture(export(server, "grown", grow=-2)) == grow(disc(), -2) * 255).all()
    soft = picture(export(server, "grown", grow=1, feather=4))
    assert (soft == np.floor(feather(grow(disc(), 1), 4) * np.float32(255) + np.float32(0.5))).all()
    assert len(np.unique(soft)) > 3


def test_what_a_format_has_no_use_for_is_refused(server):
    for given, said in (
        ({"format_name": "mask", "grow": 3}, "grow goes with format grown"),
        ({"format_name": "inverted", "feather": 3}, "feather goes with format grown or alpha or cutout"),
        ({"format_name": "json", "grow": 3}, "grow goes with format grown"),
        ({"format_name": "mask", "behind": [0]}, "behind goes with format"),
    ):
        answer = export(server, **given)
        assert answer.status_code == 422
        assert said in answer.text


def test_the_edge_of_a_mask_of_ones_own_is_as_soft_as_asked_for(server):
    assert (picture(export(server, "alpha")) == disc() * 255).all()
    assert (picture(export(server, "alpha", feather=2)) == np.rint(feather(disc(), 2) * 255)).all()


def test_a_cutout_holds_the_photo(server, photo_png, layout):
    cut = picture(export(server, "cutout", photo_id=layout["photo_id"]))
    with Image.open(io.BytesIO(photo_png)) as photo:
        assert (cut[..., :3] == np.asarray(photo)).all()
    assert (cut[..., 3] == disc() * 255).all()


def test_a_photos_profile_comes_with_what_is_made_of_it(server, photo_png):
    with Image.open(io.BytesIO(photo_png)) as photo:
        content = png_bytes(photo, WIDE)
    name = server.client.post("/v1/photos", content=content).json()["photo_id"]
    shown = server.client.get(f"/v1/photos/{name}").content
    for written in (shown, export(server, "cutout", photo_id=name).content):
        assert Image.open(io.BytesIO(written)).info["icc_profile"] == WIDE


@pytest.mark.parametrize(
    ("format_name", "written", "file_name"),
    [
        ("json", "json", "layout.json"),
        ("coco", "coco-instances", "instances.json"),
        ("labelme", "labelme", "labelme.json"),
        ("zip", "layers-zip", "layers.zip"),
        ("psd", "psd", "layout.psd"),
    ],
)
def test_layouts_are_written_as_the_commands_write_them(server, layout, format_name, written, file_name):
    upper = np.zeros(SIZE_HW, bool)
    upper[:36] = True
    ball = Layer("a red ball", disc(), "amodal")
    layers = (Layer("wall", upper), ball, Layer("floor", ~upper))
    answer = export(server, format_name, layout_id=layout["layout_id"], behind=[1])
    (content,) = layout_files_as(written, Layout(SIZE_HW, layers)).values()
    assert answer.content == content
    assert answer.headers["content-disposition"] == f'attachment; filename="{file_name}"'
    alone = export(server, format_name)
    assert alone.content == next(iter(layout_files_as(written, Layout(SIZE_HW, (ball,))).values()))


def test_a_zip_is_cut_out_of_the_photo(server, layout):
    answer = export(server, "zip", rle=None, layout_id=layout["layout_id"], photo_id=layout["photo_id"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "photo.png" in archive.namelist()
        assert len(json.loads(archive.read("manifest.json"))["layers"]) == 2


@pytest.mark.parametrize(
    ("format_name", "body", "message"),
    [
        ("mask", {"rle": None}, "needs a mask"),
        ("json", {"rle": None}, "needs a layout or a mask"),
        ("cutout", {}, "needs the photo"),
        ("mask", {"rle": rle(disc((50, 50))), "layout": True}, "the mask is 50x50 but the layout is 96x72"),
        ("cutout", {"rle": rle(disc((50, 50))), "photo": True}, "the photo is 96x72 but the mask is 50x50"),
        ("zip", {"rle": rle(disc((50, 50))), "photo": True}, "the photo is 96x72 but the layout is 50x50"),
        ("json", {"label": " "}, "label must be a non-empty text"),
        ("exe", {}, "body.format"),
    ],
)
def test_what_does_not_fit_is_said(server, layout, format_name, body, message):
    body = dict(body)
    if body.pop("layout", False):
        body["layout_id"] = layout["layout_id"]
    if body.pop("photo", False):
        body["photo_id"] = layout["photo_id"]
    answer = export(server, format_name, **body)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]


@pytest.mark.parametrize(
    "label", ['a"; filename="x.exe', "../../etc/passwd", "a\r\nSet-Cookie: x", "猫", "é" * 90]
)
def test_labels_lead_to_safe_names(server, label):
    disposition = export(server, "mask", label=label).headers["content-disposition"]
    assert disposition == f'attachment; filename="{plain(label)}_mask.png"'
    assert plain(label).replace("-", "").isalnum()
    assert len(plain(label)) <= 40


def test_a_canvas_beyond_the_limits_is_refused(server):
    size = [60_000, 60_000]
    for format_name in ("mask", "json"):
        answer = export(server, format_name, rle={"size": size, "counts": "0"})
        assert answer.status_code == 413
        assert "above 50 megapixels" in answer.json()["detail"]


def test_the_picture_of_an_insertion_takes_a_cutout_with_transparency(server, layout):
    opaque = server.client.post("/v1/photos", content=png(np.zeros((9, 9, 3), np.uint8))).json()["photo_id"]
    body = {"photo_id": layout["photo_id"], "layout_id": layout["layout_id"], "prompt": "a ball"}
    answer = server.client.post("/v1/insert", json=body | {"rle": rle(disc()), "cutout_id": opaque})
    assert answer.status_code == 422
    assert "has no transparency" in answer.json()["detail"]
