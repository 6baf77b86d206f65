"""Photos and layouts over HTTP: kept by content, seen, begun, edited, imported."""

import io

import numpy as np
import pytest
from PIL import Image
from serving import SIZE_HW, disc, mask_of, png, rle

from smartmask.data.layout_formats import layout_files_as
from smartmask.data.photos import read_photo
from smartmask.scene.layout import Layer, Layout


def pixels_of(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def test_a_photo_is_kept_by_its_content_and_shown_upright(server):
    values = np.random.default_rng(1).integers(0, 255, (30, 50, 3), np.uint8)
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(values).save(buffer, "PNG", exif=exif)
    answers = [server.client.post("/v1/photos", content=buffer.getvalue()).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["size"] == [30, 50]
    shown = server.client.get(f"/v1/photos/{answers[0]['photo_id']}")
    assert shown.headers["content-type"] == "image/png"
    assert (pixels_of(shown.content) == np.rot90(values, -1)).all()
    assert (pixels_of(shown.content) == read_photo(buffer.getvalue())).all()


def test_the_demo_photo_is_one_click_away(server):
    answer = server.client.get("/v1/photos/demo").json()
    assert answer["size"] == [640, 427]
    assert server.client.get(f"/v1/photos/{answer['photo_id']}").headers["content-type"] == "image/jpeg"


def test_a_layout_says_what_is_seen_where_and_whole(server, layout):
    assert (layout["size"], [layer["label"] for layer in layout["layers"]]) == ([96, 72], ["wall", "floor"])
    wall = layout["layers"][0]
    assert wall["box"] == [0, 0, 96, 36]
    assert mask_of(wall["rle"])[:36].all()
    assert not mask_of(wall["rle"])[36:].any()
    assert (wall["whole"], wall["number"], len(wall["colour"])) == (False, 0, 7)
    assert server.client.get(f"/v1/layouts/{layout['layout_id']}").json() == layout


def test_a_photo_is_segmented_once(server, layout):
    again = server.client.post("/v1/layouts", json={"photo_id": layout["photo_id"]}).json()
    assert again == layout


def edit(server, layout, *edits):
    return server.client.post(f"/v1/layouts/{layout['layout_id']}/edits", json={"edits": list(edits)})


def test_edits_make_other_layouts_and_leave_the_old_one(server, layout):
    push = {"do": "push", "label": "ball", "rle": rle(disc()), "behind": [1]}
    pushed = edit(server, layout, push).json()
    assert [layer["label"] for layer in pushed["layers"]] == ["wall", "ball", "floor"]
    assert pushed["pushed"] == 1
    ball = pushed["layers"][1]
    assert ball["whole"]
    assert (mask_of(ball["mask"]) == disc()).all()
    assert (mask_of(ball["rle"]) == disc() & ~mask_of(pushed["layers"][2]["rle"])).all()
    edited = edit(
        server,
        pushed,
        {"do": "rename", "layer": 1, "label": "moon"},
        {"do": "move", "layer": 1, "to": 2},
        {"do": "merge", "layers": [0, 1]},
    ).json()
    assert [layer["label"] for layer in edited["layers"]] == ["wall", "moon"]
    assert (mask_of(edited["layers"][1]["rle"]) == disc()).all()
    assert "mask" not in edited["layers"][1]
    assert edited["photo_id"] == layout["photo_id"]
    deleted = edit(server, layout, {"do": "delete", "layer": 0, "fill": True}).json()
    assert mask_of(deleted["layers"][0]["rle"]).all()
    assert server.client.get(f"/v1/layouts/{layout['layout_id']}").json() == layout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"do": "rename", "layer": 7, "label": "x"}, "edits[1] (rename): there is no layer 7"),
        ({"do": "rename", "layer": 0, "label": "  "}, "label must be a non-empty text"),
        ({"do": "merge", "layers": [0, 0]}, "two or more different layers"),
        ({"do": "push", "label": "x", "rle": rle(np.zeros(SIZE_HW, bool))}, "the mask is empty"),
        ({"do": "push", "label": "x", "rle": rle(disc((50, 50)))}, "is 50x50 but the layout is 96x72"),
        ({"do": "push", "label": "x", "rle": rle(disc()), "behind": [9]}, "there is no such layer"),
        ({"do": "burn", "layer": 0}, "'burn'"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["do"],
)
def test_an_edit_that_does_not_fit_is_named(server, layout, change, message):
    answer = edit(server, layout, {"do": "rename", "layer": 0, "label": "y"}, change)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]


@pytest.mark.parametrize("format_name", ["json", "coco-instances", "labelme", "layers-zip", "psd"])
def test_layout_files_are_imported(server, format_name):
    floor = np.zeros(SIZE_HW, bool)
    floor[40:] = True
    layout = Layout(SIZE_HW, (Layer("floor", floor, "amodal"), Layer("ball", disc(), "amodal")))
    (content,) = layout_files_as(format_name, layout).values()
    answer = server.client.post("/v1/layouts/import", content=content)
    assert answer.status_code == 200, answer.text
    layers = answer.json()["layers"]
    assert [layer["label"] for layer in layers] == ["floor", "ball"]
    assert (mask_of(layers[1]["rle"]) == disc()).all()
    assert (mask_of(layers[0]["mask"]) == floor).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}", "not a layout in a format that is read"),
        (b"PK\3\4 no zip", "damaged zip"),
        (b"8BPS\0\1", "cut short"),
        (png(np.zeros((4, 4), np.uint8)), "needs a second file for its names"),
    ],
    ids=["empty", "deep", "unknown", "zip", "psd", "label map"],
)
def test_files_that_are_no_layouts_are_refused_without_a_path(server, content, message):
    answer = server.client.post("/v1/layouts/import", content=content)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:smartmask:unreadable"
    assert message in answer.json()["detail"]
    assert "/tmp" not in answer.json()["detail"]


def test_a_zip_with_damaged_bytes_inside_is_refused(server):
    (content,) = layout_files_as("layers-zip", Layout(SIZE_HW, (Layer("floor", disc(), "amodal"),))).values()
    place = content.index(b"manifest.json") + len(b"manifest.json")
    answer = server.client.post(
        "/v1/layouts/import", content=content[:place] + b"\7" * 9 + content[place + 9 :]
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:smartmask:unreadable")
    assert "damaged zip" in answer.json()["detail"]


@pytest.mark.parametrize("format_name", ["json", "coco-instances", "labelme", "layers-zip", "psd"])
def test_files_that_ask_for_too_many_pixels_are_refused_before_any_is_made(serve, format_name):
    layers = tuple(Layer(f"layer {number}", disc(), "amodal") for number in range(30))
    (content,) = layout_files_as(format_name, Layout(SIZE_HW, layers)).values()
    with serve(mask_megapixels=0.1) as server:
        answer = server.client.post("/v1/layouts/import", content=content)
    assert answer.status_code == 413
    assert "asks for 30 masks" in answer.json()["detail"]


def test_a_layout_beyond_the_limits_is_refused(serve, photo_png):
    with serve(layers=1) as server:
        photo = server.client.post("/v1/photos", content=photo_png).json()
        answer = server.client.post("/v1/layouts", json={"photo_id": photo["photo_id"]})
    assert answer.status_code == 413
    assert "at most 1 layers" in answer.json()["detail"]


def test_either_a_photo_or_a_scene(server):
    for body in ({}, {"photo_id": "0" * 32, "scene": "a kitchen"}):
        answer = server.client.post("/v1/layouts", json=body)
        assert (answer.status_code, answer.json()["detail"]) == (422, "give either photo_id or scene")


def test_a_scene_begins_with_its_regions(shipped_server):
    body = {"scene": "a kitchen", "size": [128, 96], "seed": 3}
    answer = shipped_server.client.post("/v1/layouts", json=body).json()
    assert (answer["size"], answer["photo_id"]) == ([128, 96], None)
    assert [layer["label"] for layer in answer["layers"]] == ["floor", "wall"]
    assert shipped_server.client.post("/v1/layouts", json=body).json() == answer
