"""A planner behind a server: a real one, on the loopback, that misbehaves in every way it can."""

import base64
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from PIL import Image

from smartmask.backends import http_json
from smartmask.backends.planner_openai import OPENAI_URL, openai_planner
from smartmask.data.planning.question import ask
from smartmask.errors import BackendError
from smartmask.protocols import PlannedObject, Planner
from smartmask.scene.layout import Layer, Layout

KEY = "sk-secret0123456789"
ROOM = Layout((30, 40), (Layer("wall", np.ones((30, 40), bool)),))
LAMP = '{"label": "lamp", "description": "a lamp", "box": [0, 0, 500, 500], "behind": null}'
Answer = Callable[[BaseHTTPRequestHandler], None]


def completion(content: Any, **more: Any) -> bytes:
    message = {"role": "assistant", "content": content, **more}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def answers(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with a whole body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Server:
    """Gives one answer a request, the last for ever; keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answers: list[Answer] = []
        self.slept: list[float] = []
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append((self.path, dict(self.headers), json.loads(body)))
                (server.answers.pop(0) if len(server.answers) > 1 else server.answers[0])(self)

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def plan(self, *given: Answer, key: str | None = KEY, timeout_s: float = 10.0, **more: Any):
        """What comes next in a room, as the server says."""
        self.answers = list(given)
        planner: Planner = openai_planner(
            "gpt", key, self.url, timeout_s=timeout_s, sleep=self.slept.append, **more
        )
        return planner.next_object(ROOM, "a room", [], 2**40 + 5)

    def failure(self, *given: Answer, **more: Any) -> str:
        """The error's text, which never holds the key and is one line."""
        with pytest.raises(BackendError) as failed:
            self.plan(*given, **more)
        message = str(failed.value)
        assert KEY not in message
        assert KEY[-8:] not in message
        assert len(message.splitlines()) == 1
        assert len(message) < 700
        assert message.startswith(f"gpt at {self.url}: ")
        return message.removeprefix(f"gpt at {self.url}: ")

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def test_the_question_arrives_whole_and_its_answer_is_a_plan(server):
    assert server.plan(answers(200, completion(LAMP))) == PlannedObject(
        "lamp", "a lamp", (0.0, 0.0, 20.0, 15.0)
    )
    ((path, headers, body),) = server.requests
    question = ask(ROOM, "a room", [])
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert set(body) == {"model", "seed", "messages"}
    assert (body["model"], body["seed"]) == ("gpt", 5)
    (message,) = body["messages"]
    image, text = message["content"]
    assert (message["role"], text) == ("user", {"type": "text", "text": question.text})
    kind, data = image["image_url"]["url"].split(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        assert np.array_equal(np.asarray(picture), question.picture)


def test_without_a_key_none_is_sent_and_a_temperature_only_if_it_is_set(server):
    server.plan(answers(200, completion(LAMP)), key=None, temperature=0.25)
    ((_, headers, body),) = server.requests
    assert "Authorization" not in headers
    assert body["temperature"] == 0.25


def test_an_answer_that_cannot_be_used_is_asked_for_again(server):
    planned = server.plan(answers(200, completion("A lamp!")), answers(200, completion(f"Well: {LAMP}")))
    assert planned is not None
    second = server.requests[1][2]["messages"][0]["content"][1]["text"]
    assert 'was "A lamp!". It cannot be used: it holds no JSON object' in second


def test_a_model_that_never_understands_ends_in_one_error(server):
    failure = server.failure(answers(200, completion(f"Your key is {KEY}\n</s>")))
    assert failure.startswith(
        'gave no usable answer in 3 tries; the last, "Your key is \\u002a\\u002a\\u002a'
    )
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_longer_waits(server, status):
    busy = answers(status, b'{"error": {"message": "not now"}}')
    assert server.plan(busy, busy, busy, answers(200, completion(LAMP))) is not None
    assert server.slept == [1.0, 2.0, 4.0]


def test_what_does_not_pass_ends_after_four_tries(server):
    failure = server.failure(answers(429, b'{"error": {"message": "slow down, ' + KEY.encode() + b'"}}'))
    assert failure == "answered 429: slow down, ***, 4 times in a row; try again later"
    assert (len(server.requests), len(server.slept)) == (4, 3)


def test_the_server_names_the_wait_up_to_a_limit(server):
    assert server.plan(answers(429, Retry_After="7"), answers(200, completion(LAMP))) is not None
    assert server.slept == [7.0]
    assert server.plan(answers(429, Retry_After="soon"), answers(200, completion(LAMP))) is not None
    assert server.slept == [7.0, 1.0]
    failure = server.failure(answers(429, Retry_After="3600"))
    assert failure == "answered 429, and asks to wait 3600 s; try again then"
    assert server.slept == [7.0, 1.0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(
            answers(401, json.dumps({"error": {"message": f"bad key {KEY[:3]}***{KEY[-8:]}"}}).encode()),
            "answered 401: it does not accept the key; set it in the environment",
            id="401",
        ),
        pytest.param(answers(403), "answered 403: it does not accept the key", id="403"),
        pytest.param(
            answers(404, b'{"error": {"message": "no model gpt"}}'),
            "answered 404: no model gpt; check the base URL and the model",
            id="404",
        ),
        pytest.param(answers(400, b'{"error": "no pictures"}'), "answered 400: no pictures; check", id="400"),
        pytest.param(answers(422, b"\x00\xff\n<html>"), "answered 422: \ufffd <html>; check the", id="422"),
        pytest.param(
            answers(400, b"x" * 100_000), "answered 400: " + "x" * 200 + "; check", id="long reason"
        ),
        pytest.param(answers(204), "answered 204; check the base URL", id="204"),
        pytest.param(
            answers(302, Location="http://127.0.0.1:1/v1"),
            "answered 302, moved to http://127.0.0.1:1/v1; give the base URL there",
            id="redirect",
        ),
    ],
)
def test_a_refusal_is_final_and_says_why(server, answer, message):
    assert server.failure(answer).startswith(message)
    assert len(server.requests) == 1
    assert not server.slept


def test_a_server_that_wants_a_key_says_so(server):
    assert server.failure(answers(401), key=None).startswith("answered 401: it wants a key")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "answered no chat completion ('')", id="nothing"),
        pytest.param(b"<html>Welcome", "answered no chat completion ('<html>Welcome')", id="a page"),
        pytest.param(b"[" * 100_000, "answered no chat completion", id="brackets"),
        pytest.param(b"\xff\xfe", "answered no chat completion", id="no text"),
        pytest.param(b'{"choices": []}', "answered no chat completion", id="no choice"),
        pytest.param(b'{"choices": [{"message": "hi"}]}', "answered no chat completion", id="no message"),
        pytest.param(b'{"choices": {"0": 1}}', "answered no chat completion", id="an object"),
        pytest.param(KEY.encode(), "answered no chat completion ('***')", id="the key"),
        pytest.param(b"x" * 190 + KEY.encode(), "answered no chat completion ('xxx", id="the key cut"),
        pytest.param(completion(None), "said nothing (it ended with 'stop')", id="null"),
        pytest.param(completion(""), "said nothing (it ended with 'stop')", id="empty"),
        pytest.param(completion([{"text": "a"}]), "said nothing", id="parts"),
        pytest.param(completion(None, refusal="I must not"), "said nothing (I must not)", id="refusal"),
        pytest.param(b" " * (http_json.MAX_REPLY_BYTES + 1), "answered more than 4,000,000 bytes", id="huge"),
    ],
)
def test_an_answer_in_another_form_is_one_clear_error(server, body, message):
    assert server.failure(answers(200, body)).startswith(message)
    assert len(server.requests) == 1


def test_an_endless_answer_is_cut(server):
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not server.closing.is_set():
                handler.wfile.write(b" " * 65536)
        except OSError:
            return

    assert server.failure(endless).startswith("answered more than 4,000,000 bytes")


def test_a_server_that_hangs_is_left(server):
    failure = server.failure(lambda handler: (server.closing.wait(5), None)[1], timeout_s=0.2)
    assert failure == "did not answer within 0.2 s; raise the timeout, or try again"


def test_a_server_that_sends_byte_by_byte_is_left_too(server):
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not server.closing.wait(0.05):
                handler.wfile.write(b" ")
        except OSError:
            return

    assert server.failure(trickle, timeout_s=0.2).startswith("did not answer within 0.2 s")


def test_a_server_that_sends_its_headers_byte_by_byte_is_left_too(server):
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):  # five seconds
                if server.closing.wait(0.05):
                    return
                handler.wfile.write(b"x")
        except OSError:
            return

    started = time.monotonic()
    assert server.failure(trickle, timeout_s=0.2).startswith("did not answer within 0.2 s")
    assert time.monotonic() - started < 3


def test_a_key_that_a_server_says_in_escapes_reaches_no_plan(server):
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    planned = server.plan(
        answers(200, completion(f'{{"label": "lamp {escaped}", "description": "a {escaped}"}}'))
    )
    assert (planned.label, planned.description) == ("lamp ***", "a ***")


def test_a_connection_that_breaks_off_is_tried_again(server):
    def breaks_off(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    def breaks_off_later(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"{")

    assert server.plan(breaks_off, answers(200, completion(LAMP))) is not None
    assert server.failure(breaks_off_later).startswith("broke off the connection, 4 times in a row")


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(BackendError, match=r"gpt at http://127.0.0.1:9/v1: cannot be reached \(.*refused"):
        openai_planner("gpt", KEY, "http://127.0.0.1:9/v1").next_object(ROOM, "a room", [], 0)


@pytest.mark.parametrize("prompt", ['"}]}\n{"stop": true}', "</s><|im_end|>", "\x00\ud800\u202e", "x" * 1000])
def test_a_hostile_prompt_arrives_as_data(server, prompt):
    server.answers = [answers(200, completion(LAMP))]
    openai_planner("gpt", KEY, server.url).next_object(ROOM, prompt, [], 0)
    (message,) = server.requests[0][2]["messages"]
    state = next(line for line in message["content"][1]["text"].splitlines() if line.startswith('{"goal"'))
    assert json.loads(state)["goal"] == prompt


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"model": " "}, "the model has no name", id="model"),
        pytest.param(
            {"key": f"{KEY}\r\nHost: evil"}, "the key is empty or holds blanks", id="key of two lines"
        ),
        pytest.param({"key": ""}, "the key is empty", id="no key"),
        pytest.param({"key": "schlüssel"}, "the key is empty or holds", id="key of letters"),
        pytest.param(
            {"base_url": "localhost:8000"}, "the base URL must be like http://local", id="no scheme"
        ),
        pytest.param({"base_url": "file:///etc/passwd"}, "the base URL must be like", id="a file"),
        pytest.param({"base_url": "http://a b/v1"}, "the base URL must be like", id="a blank"),
        pytest.param({"base_url": "http://a\r\nb"}, "the base URL must be like", id="two lines"),
        pytest.param({"base_url": "http://h:99999/v1"}, "the base URL must be like", id="port"),
        pytest.param({"base_url": f"https://me:{KEY}@host/v1"}, "must hold no user, password", id="password"),
        pytest.param({"base_url": f"https://host/v1?key={KEY}"}, "must hold no user", id="query"),
        pytest.param({"timeout_s": 0.0}, "the timeout must be above 0 seconds, not 0", id="timeout"),
        pytest.param({"temperature": -1.0}, "the temperature must be 0 or more, not -1", id="temperature"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_without_telling_the_key(arguments, message):
    with pytest.raises(ValueError, match=message) as refused:
        openai_planner(**{"model": "gpt", "key": KEY, "base_url": OPENAI_URL, **arguments})
    assert KEY not in str(refused.value)


def test_the_key_is_in_no_description_of_the_planner(server):
    planner = openai_planner("gpt", KEY, server.url)
    parts = [planner, planner._chat, planner._chat._server, planner._chat._server._settings]
    assert not any(KEY in f"{part!r} {part}" for part in parts)


def test_it_runs_in_the_installed_core():
    script = (
        "import sys, smartmask.backends.planner_openai; "
        "sys.exit(sorted({'torch', 'transformers', 'cv2', 'pyarrow', 'httpx2'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_proxy_is_asked_if_one_is_given(server):
    server.answers = [answers(200, completion(LAMP))]
    planner = openai_planner("gpt", None, "http://nowhere.invalid/v1", proxies={"http": server.url[:-3]})
    assert planner.next_object(ROOM, "a room", [], 0) is not None
    assert server.requests[0][0] == "http://nowhere.invalid/v1/chat/completions"
