"""What HTTP adds: the studio's answers beside the library's own calls, as `smartmask bench` prints them."""

import http.client
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:  # so that --help is quick
    import numpy as np

_BOX = (100.0, 200.0, 300.0, 480.0)
_DRAG_PX = 4


def serving(weights: Path, photo: "np.ndarray", rounds: int) -> Iterator[tuple[str, str]]:
    """How long answers of `smartmask serve` take, in times of the same call in Python.

    Args:
        weights: Of the generator.
        photo: The photo, uint8 RGB (H, W, 3).
        rounds: Answers that medians are of; both sides take turns.
    """
    from PIL import Image

    from smartmask import Box, SmartMask

    smartmask = SmartMask.load(weights)
    layout = smartmask.segment(photo)
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG")
    command = [sys.executable, "-u", "-m", "smartmask", "serve", "--no-open", "--port", "0"]
    command += ["--weights", str(weights)]
    with _served(command) as address, closing(http.client.HTTPConnection(address)) as connection:
        post = _poster(connection)
        photo_id = post("photos", buffer.getvalue())["photo_id"]
        layout_id = post("layouts", {"photo_id": photo_id})["layout_id"]
        body = {"layout_id": layout_id, "prompt": "a dog", "seed": 0}

        def asked(number: int, n: int, stream: str | None) -> float:
            """The seconds of an answer over HTTP, over those of the call."""
            shift = number * _DRAG_PX
            box = (_BOX[0] + shift, _BOX[1], _BOX[2] + shift, _BOX[3])
            more = {"box": box, "n": n, "stream": stream}
            call = _seconds(lambda: smartmask.suggest(layout, "a dog", guidance=Box(box), n=n, seed=0))
            return _seconds(lambda: post("suggest", body | more)) / call

        for name, n, stream in (("a box that is dragged", 1, "drag"), ("eight suggestions", 8, None)):
            asked(0, n, stream)  # warm
            ratio = statistics.median(asked(number, n, stream) for number in range(1, rounds + 1))
            yield f"{name} over HTTP, in times of the call in Python", f"{ratio:6.2f} x"


@contextmanager
def _served(command: list[str]) -> Iterator[str]:
    """A server while it is needed; gives its host and port."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            yield urlsplit(next(word for word in said.split() if word.startswith("http://"))).netloc
        finally:
            server.terminate()


def _poster(connection: http.client.HTTPConnection) -> Callable[[str, Any], dict[str, Any]]:
    def post(path: str, body: Any) -> dict[str, Any]:
        is_raw = isinstance(body, bytes)
        kind = "application/octet-stream" if is_raw else "application/json"
        sent = body if is_raw else json.dumps(body)
        connection.request("POST", f"/v1/{path}", sent, {"Content-Type": kind})
        with connection.getresponse() as answer:
            content = json.loads(answer.read())
            assert answer.status == 200, content
        return content

    return post


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
