"""Whatever is sent, the answer is a problem that says what is wrong, and the next request is answered."""

import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from serving import disc, png, rle


def detail(answer, status, kind):
    record = answer.json()
    assert answer.status_code == status, record
    assert answer.headers["content-type"] == "application/problem+json"
    assert (record["type"], record["status"]) == (f"urn:smartmask:{kind}", status)
    assert set(record) == {"type", "title", "status", "detail"}
    return record["detail"]


def bomb(width: int, height: int) -> bytes:
    """The file of a huge picture, a few bytes long."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the body is empty"),
        (b"no picture", "not an image"),
        (png(np.zeros((9, 9, 3), np.uint8))[:45], "damaged or cut short"),
        (bomb(50_000, 50_000), "2500.0 megapixels, above the limit of 50"),
        (bomb(2**31 - 1, 2**31 - 1), "above the limit"),
        (b"%!PS-Adobe-3.0\nshowpage", "not an image"),
    ],
    ids=["empty", "text", "cut short", "bomb", "largest bomb", "program"],
)
def test_pictures(server, content, message):
    assert message in detail(server.client.post("/v1/photos", content=content), 422, "unreadable")


def test_bodies_that_are_too_large(serve, photo_png):
    with serve(upload_bytes=1000, json_bytes=500) as server:
        post = server.client.post
        assert "more than 1000 bytes" in detail(post("/v1/photos", content=b"x" * 1001), 413, "too-large")

        def chunks():
            yield from (b"x" * 400 for _ in range(3))

        assert "more than 1000 bytes" in detail(post("/v1/photos", content=chunks()), 413, "too-large")
        body = {"layout_id": "0" * 32, "prompt": "x" * 600}
        assert "more than 500 bytes" in detail(post("/v1/suggest", json=body), 413, "too-large")
        answer = post("/v1/photos", content=png(np.zeros((3, 3), np.uint8)))
        assert answer.status_code == 200


def test_too_many_bodies_at_once(serve):
    with serve(held_bytes=1000) as server:
        assert "too many uploads" in detail(
            server.client.post("/v1/photos", content=b"x" * 1001), 503, "busy"
        )
        assert detail(server.client.post("/v1/photos", content=b"x" * 999), 422, "unreadable")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": ""}, "body.prompt"),
        ({"prompt": "  "}, "the prompt is empty"),
        ({"prompt": "x" * 1001}, "body.prompt"),
        ({"prompt": 7}, "body.prompt"),
        ({"n": 0}, "body.n"),
        ({"n": 65}, "body.n"),
        ({"n": True}, "body.n"),
        ({"n": "1"}, "body.n"),
        ({"n": 1.5}, "body.n"),
        ({"seed": "0"}, "body.seed"),
        ({"seed": -1}, "body.seed"),
        ({"seed": 2**70}, "body.seed"),
        ({"box": [1, 2, 3]}, "body.box"),
        ({"box": ["1", 1, 9, 9]}, "body.box"),
        ({"box": [9, 9, 3, 3]}, "must have x0 < x1"),
        ({"box": [1, 1, 1.5, 50]}, "so draw it larger"),
        ({"box": [100, 100, 200, 200]}, "lies outside the 96x72 canvas"),
        ({"box": [1, 1, 1e400, 9]}, "Infinity is no number of JSON"),
        ({"box": [1, 1, 9, 9], "region": [1, 1, 9, 9]}, "box and region were given"),
        ({"region": {"size": [72, 96], "counts": "~~"}}, "body.region"),
        ({"region": {"size": [72, 96], "counts": "111"}}, "the region: RLE runs cover"),
        ({"region": {"size": [72, 96], "counts": ""}}, "damaged RLE"),
        ({"region": {"size": [72, 96], "counts": "o" * 100}}, "damaged RLE"),
        ({"region": {"size": [2**40, 96], "counts": "1"}}, "body.region"),
        ({"region": rle(disc((72, 97)))}, "the region is 97x72 but the layout is 96x72"),
        ({"region": rle(np.zeros((72, 96), bool))}, "the region is empty"),
        ({"scribble": {"wanted": rle(disc()), "avoid": rle(np.ones((72, 96), bool))}}, "avoided altogether"),
        ({"scribble": {"avoid": rle(disc())}}, "body.scribble.wanted"),
        ({"layout_id": "../../etc/passwd"}, "body.layout_id"),
        ({"image": "http://example.org/a.png"}, "body.image"),
        ({"stream": "x" * 101}, "body.stream"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else None,
)
def test_requests_for_suggestions(server, layout, change, message):
    body = {"layout_id": layout["layout_id"], "prompt": "a ball"} | change
    answer = server.client.post(
        "/v1/suggest", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert message in detail(answer, 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
        b'{"prompt": "\\ud800", "layout_id": "00000000000000000000000000000000"}',
        b'{"prompt": "x", "layout_id": "00000000000000000000000000000000", "seed": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "cut", "null", "deep list", "deep object", "no UTF-8", "half a letter", "long number"],
)
def test_bodies_that_are_no_requests(server, body):
    answer = server.client.post("/v1/suggest", content=body, headers={"Content-Type": "application/json"})
    assert detail(answer, 422, "invalid")


def test_a_form_of_another_site_is_no_request(server, layout):
    body = json.dumps({"layout_id": layout["layout_id"], "prompt": "a ball"})
    answer = server.client.post("/v1/suggest", content=body, headers={"Content-Type": "text/plain"})
    assert detail(answer, 422, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/photos/" + "0" * 32, None),
        ("GET", "/v1/layouts/" + "0" * 32, None),
        ("POST", "/v1/layouts", {"photo_id": "0" * 32}),
        ("POST", "/v1/suggest", {"layout_id": "0" * 32, "prompt": "a ball"}),
        ("POST", "/v1/plan", {"layout_id": "0" * 32, "prompt": "a room"}),
        ("POST", "/v1/export", {"layout_id": "0" * 32, "format": "json"}),
        ("POST", "/v1/layouts/" + "0" * 32 + "/edits", {"edits": [{"do": "delete", "layer": 0}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_ids_that_are_not_kept(server, method, path, body):
    answer = server.client.request(method, path, json=body)
    assert "send it again" in detail(answer, 404, "unknown-id")


def test_addresses_that_are_none(server):
    assert detail(server.client.get("/v1/nothing"), 404, "not-found") == "there is no GET /v1/nothing"
    assert detail(server.client.delete("/v1/suggest"), 404, "not-found") == "there is no DELETE /v1/suggest"
    assert detail(server.client.get("/v1/photos/..%2f..%2fetc"), 404, "not-found")
    assert detail(server.client.get("/v1/photos/XYZ"), 422, "invalid")


def test_a_fault_nobody_foresaw_is_logged_and_tells_nothing(server, layout, monkeypatch, caplog):
    def break_down(*_, **__):
        raise KeyError("a secret of the server")

    monkeypatch.setattr(type(server.studio.models), "suggest", break_down)
    body = {"layout_id": layout["layout_id"], "prompt": "a ball"}
    assert "secret" not in detail(server.client.post("/v1/suggest", json=body), 500, "failed")
    assert "a secret of the server" in caplog.text
    monkeypatch.undo()
    assert server.client.post("/v1/suggest", json=body).status_code == 200


def test_what_memory_does_not_hold(server, layout, monkeypatch):
    def exhaust(*_, **__):
        raise MemoryError

    monkeypatch.setattr(type(server.studio.models), "suggest", exhaust)
    body = {"layout_id": layout["layout_id"], "prompt": "a ball"}
    assert "not enough memory" in detail(server.client.post("/v1/suggest", json=body), 413, "too-large")


def test_pictures_of_other_formats_are_read(server):
    for name in ("WEBP", "GIF", "TIFF", "BMP"):
        buffer = io.BytesIO()
        Image.new("RGB", (7, 5), "red").save(buffer, name)
        assert server.client.post("/v1/photos", content=buffer.getvalue()).json()["size"] == [7, 5]


def test_what_a_reader_could_not_tell_is_refused(server, layout):
    post = server.client.post
    twice = b'{"prompt": "a ball", "prompt": "a dog", "layout_id": "' + layout["layout_id"].encode() + b'"}'
    answer = post("/v1/suggest", content=twice, headers={"Content-Type": "application/json"})
    assert "key 'prompt' comes twice" in detail(answer, 422, "invalid")
    body = {"layout_id": layout["layout_id"], "prompt": "a ball"}
    answer = post("/v1/suggest", content=json.dumps(body), headers={"Content-Type": "text/plain"})
    assert "Content-Type: application/json, not 'text/plain'" in detail(answer, 422, "invalid")


def test_a_label_without_a_mask_has_no_use(server, layout):
    body = {"format": "json", "layout_id": layout["layout_id"], "label": "ball"}
    assert "label names the mask" in detail(server.client.post("/v1/export", json=body), 422, "invalid")
