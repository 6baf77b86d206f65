"""Sound requests with some members exchanged for anything: no answer is a fault of the server."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import Server, disc, png, rle

SIDES = st.integers(-1, 200)
MASKS = st.builds(
    lambda height, width, counts: {"size": [height, width], "counts": counts},
    SIDES,
    SIDES,
    st.text("0123456789PQRSTUo`l", max_size=12),
)
NUMBERS = st.integers(-2, 70) | st.floats(-300, 300) | st.sampled_from([1e300, -0.0, 2**53, 2**200])
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | MASKS
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5), max_leaves=8)


def sound_requests(server: Server, photo_png: bytes) -> list[tuple[str, dict[str, Any]]]:
    def post(path: str, **body: Any) -> dict[str, Any]:
        return server.client.post(f"/v1/{path}", **body).json()

    photo_id = post("photos", content=photo_png)["photo_id"]
    layout_id = post("layouts", json={"photo_id": photo_id})["layout_id"]
    cutout = np.zeros((20, 20, 4), np.uint8)
    cutout[4:16, 4:16] = 255
    cutout_id = post("photos", content=png(cutout))["photo_id"]
    mask = rle(disc())
    ask = {"layout_id": layout_id, "prompt": "a ball", "n": 1, "seed": 0}
    edits = [
        {"do": "rename", "layer": 0, "label": "sky"},
        {"do": "push", "label": "ball", "rle": mask, "behind": [0]},
        {"do": "move", "layer": 0, "to": 1},
        {"do": "merge", "layers": [0, 1]},
        {"do": "delete", "layer": 0, "fill": True},
    ]
    settings = {"grow_px": 1, "feather_px": 1, "padding_px": 4, "colour": 1, "shadow": 0, "grain": 0}
    insert = {"photo_id": photo_id, "layout_id": layout_id, "prompt": "a ball", "rle": mask, "behind": []}
    return [
        ("layouts", {"photo_id": photo_id}),
        *((f"layouts/{layout_id}/edits", {"edits": [one]}) for one in edits),
        ("suggest", ask | {"box": [10, 10, 60, 60], "scene": "a lawn", "stream": "a"}),
        ("suggest", ask | {"region": mask}),
        ("suggest", ask | {"scribble": {"wanted": mask, "avoid": rle(~disc())}}),
        ("variations", ask | {"rle": mask, "change": 0.5}),
        ("between", ask | {"one": mask, "other": mask}),
        (
            "turn",
            {"layout_id": layout_id, "prompt": "a ball", "rle": mask, "shape": "1 mirrored", "steps": 2},
        ),
        ("insert", insert | {"cutout_id": cutout_id, "settings": settings, "seed": 0}),
        ("plan", {"prompt": "a room", "layout_id": layout_id, "limit": 2, "veto": [1]}),
        *(
            ("export", {"format": name, "layout_id": layout_id, "photo_id": photo_id, "rle": mask, "grow": 2})
            for name in ("mask", "alpha", "cutout", "grown", "zip", "psd", "coco", "labelme", "json")
        ),
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a request something could be exchanged."""
    members = list(
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    return [(*path, name) for name, _ in members] + [
        place for name, inner in members for place in places(inner, (*path, name))
    ]


@pytest.fixture(scope="module")
def sound(server, photo_png) -> list[tuple[str, dict[str, Any]]]:
    return sound_requests(server, photo_png)


@settings(max_examples=200)
@given(data=st.data())
def test_no_request_is_a_fault_of_the_server(server, sound, data):
    path, body = data.draw(st.sampled_from(sound))
    body = json.loads(json.dumps(body))
    for _ in range(data.draw(st.integers(0, 2))):
        *parents, last = data.draw(st.sampled_from(places(body)))
        inner = body
        for name in parents:
            inner = inner[name]
        inner[last] = data.draw(ANYTHING)
    answer = server.client.post(f"/v1/{path}", json=body)
    assert answer.status_code in (200, 404, 413, 422, 503), answer.text
    if answer.status_code == 503:  # the closed-form models cannot draw from masks
        assert answer.json()["type"] == "urn:smartmask:models"
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
