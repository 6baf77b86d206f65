"""Over real sockets: slow clients hold up nobody, those who leave cost nothing, a stop lets work end."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import numpy as np
import pytest
from serving import Server, png

from smartmask.apps.serve.app import build_app
from smartmask.apps.serve.running import server_of
from smartmask.apps.serve.security import LOOPBACK

GONE = 20
"""Seconds within which something that should happen at once has happened, on any machine."""


@contextmanager
def line_to(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=GONE) as line:
        yield line


def request(path: str, body: bytes, length: int | None = None) -> bytes:
    length = len(body) if length is None else length
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    return "\r\n".join([*head, "Content-Type: application/json", "", ""]).encode() + body


def read_to(line: socket.socket, end: bytes) -> bytes:
    """What comes, up to some bytes that it ends with or holds."""
    answer = b""
    while end not in answer:
        part = line.recv(2000)
        assert part, f"ended before {end!r}: {answer!r}"
        answer += part
    return answer


def until(is_so) -> None:
    end = time.monotonic() + GONE
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


@pytest.mark.parametrize("part", ["head", "body"])
def test_clients_that_send_a_byte_at_a_time_hold_up_nobody(serve, photo_png, part):
    with serve(head_seconds=60.0, body_seconds=60.0) as server:
        text = request("/v1/photos", photo_png)
        begun = text[:20] if part == "head" else text[:-100]
        lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
        try:
            for line in lines:
                line.sendall(begun)
            stopped = threading.Event()

            def drip() -> None:
                place = len(begun)
                while not stopped.wait(0.05):
                    for line in lines:
                        line.sendall(text[place : place + 1])
                    place += 1

            dripping = threading.Thread(target=drip)
            dripping.start()
            for _ in range(5):
                assert server.client.post("/v1/photos", content=photo_png).status_code == 200
            stopped.set()
            dripping.join()
        finally:
            for line in lines:
                line.close()
        until(lambda: server.studio.work.waiting == 0)


def test_a_head_that_does_not_come_ends_the_connection(serve):
    with serve(head_seconds=0.1) as server, line_to(server) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: ")
        assert line.recv(100) == b""


def test_a_second_head_that_does_not_come_ends_the_connection_too(serve):
    with serve(head_seconds=0.1) as server, line_to(server) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_to(line, b"}").startswith(b"HTTP/1.1 200")
        line.sendall(b"GET /hea")
        assert line.recv(100) == b""


def test_a_body_that_does_not_come_is_told_so(serve):
    with serve(body_seconds=0.1) as server, line_to(server) as line:
        line.sendall(request("/v1/photos", b"x", length=1000))
        assert line.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_long_request_is_not_cut_off_by_the_wait_for_heads(serve, layout, monkeypatch):
    with serve(head_seconds=0.05) as server:
        monkeypatch.setattr(type(server.studio.models), "words", lambda *_: time.sleep(0.3))
        photo = server.client.get("/v1/photos/demo").json()
        body = {"layout_id": server.client.post("/v1/layouts", json=photo_only(photo)).json()["layout_id"]}
        assert server.client.post("/v1/suggest", json=body | {"prompt": "a ball", "n": 1}).status_code == 200


def photo_only(photo: dict[str, object]) -> dict[str, object]:
    return {"photo_id": photo["photo_id"]}


def held(server: Server, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[str]]:
    """Suggestions wait for the event; the list holds the prompts that were begun."""
    opened, begun = threading.Event(), []

    def words(_: object, prompt: str) -> None:
        begun.append(prompt)
        opened.wait(GONE)

    monkeypatch.setattr(type(server.studio.models), "words", words)
    return opened, begun


def suggestion(layout_id: str, prompt: str, **more: object) -> bytes:
    return request(
        "/v1/suggest", json.dumps({"layout_id": layout_id, "prompt": prompt, "n": 1} | more).encode()
    )


def test_a_client_that_leaves_before_its_turn_is_not_worked_for(server, layout, monkeypatch):
    opened, begun = held(server, monkeypatch)
    abandoned = server.studio.work.counts.abandoned
    with line_to(server) as one, line_to(server) as two:
        for line in (one, two):
            line.sendall(suggestion(layout["layout_id"], "stays"))
        until(lambda: len(begun) == 2)
        with line_to(server) as leaving:
            leaving.sendall(suggestion(layout["layout_id"], "leaves"))
            until(lambda: server.studio.work.waiting == 1)
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # by a reset
        opened.set()
        for line in (one, two):
            assert line.recv(100).startswith(b"HTTP/1.1 200")
    until(lambda: server.studio.work.counts.abandoned == abandoned + 1)
    assert begun == ["stays", "stays"]


def test_the_newest_of_a_drag_wins_over_http(server, layout, monkeypatch):
    opened, begun = held(server, monkeypatch)
    with line_to(server) as one, line_to(server) as two:
        for line in (one, two):
            line.sendall(suggestion(layout["layout_id"], "busy"))
        until(lambda: len(begun) == 2)
        with line_to(server) as older, line_to(server) as newer:
            older.sendall(suggestion(layout["layout_id"], "older", stream="drag"))
            until(lambda: server.studio.work.waiting == 1)
            newer.sendall(suggestion(layout["layout_id"], "newer", stream="drag"))
            assert read_to(older, b"urn:smartmask:superseded").startswith(b"HTTP/1.1 409")
            opened.set()
            assert newer.recv(100).startswith(b"HTTP/1.1 200")
    assert begun == ["busy", "busy", "newer"]


def test_a_stop_lets_what_is_under_way_end(serve, photo_png, monkeypatch):
    answers = []
    with serve() as server:
        photo = server.client.post("/v1/photos", content=photo_png).json()
        layout = server.client.post("/v1/layouts", json=photo_only(photo)).json()
        opened, begun = held(server, monkeypatch)

        def ask() -> None:
            body = {"layout_id": layout["layout_id"], "prompt": "a ball", "n": 1}
            answers.append(httpx.post(f"http://127.0.0.1:{server.port}/v1/suggest", json=body, timeout=GONE))

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: begun == ["a ball"])
        threading.Timer(0.3, opened.set).start()
    asking.join()
    assert answers[0].status_code == 200
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_client_that_leaves_a_plan_frees_the_workers(server, layout):
    body = json.dumps({"layout_id": layout["layout_id"], "prompt": "a room"}).encode()
    for _ in range(5):
        with line_to(server) as line:
            line.sendall(request("/v1/plan", body))
    assert server.client.get("/health").json()["status"] == "ok"
    until(lambda: server.studio.work.waiting == 0)
    assert server.client.get(f"/v1/layouts/{layout['layout_id']}").status_code == 200


def test_an_answer_that_nobody_reads_is_given_up(serve):
    with serve(send_seconds=0.2) as server, line_to(server) as line:
        noise = np.random.default_rng(0).integers(0, 255, (2000, 3000, 3), np.uint8)
        photo = server.client.post("/v1/photos", content=png(noise)).json()
        line.sendall(f"GET /v1/photos/{photo['photo_id']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = read_to(line, b"\r\n\r\n")
        until(lambda: server.studio.work.counts.done == 2)
        time.sleep(1)
        assert server.client.get("/v1/photos/demo").status_code == 200
        received = len(head)
        with contextlib.suppress(ConnectionResetError):
            while part := line.recv(2**20):
                received += len(part)
        assert received < 0.9 * noise.size


def test_bytes_that_are_no_http_end_the_connection(server):
    with line_to(server) as line:
        line.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400")
    with line_to(server) as line:
        line.sendall(b"GET /" + b"x" * 200_000)
        assert line.recv(100).startswith(b"HTTP/1.1 400")
    assert server.client.get("/health").status_code == 200


def test_it_takes_asyncios_loop_even_where_uvloop_is_installed(server):
    """Its connections time themselves on asyncio's transports; uvloop's are of another kind."""
    assert server_of(build_app(server.studio, LOOPBACK), server.studio).config.loop == "asyncio"
