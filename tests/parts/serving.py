"""Servers on real sockets, for tests of `smartmask serve`."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import numpy as np
import segment_parts
from ellipses import RESOLUTION, Ellipses
from field_parts import field_drawing
from hash_encoder import HashEncoder
from PIL import Image
from rankers import LargerIsBetter

from smartmask.apps.load import SmartMask
from smartmask.apps.serve.app import build_app
from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.running import server_of
from smartmask.apps.serve.security import LOOPBACK
from smartmask.apps.serve.store import Store
from smartmask.apps.serve.studio import Studio
from smartmask.apps.serve.work import Work
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.scene.rle import decode_rle, encode_rle

SIZE_HW = (72, 96)


class NoPlanner:
    """Finds every scene complete."""

    def next_object(self, layout: Any, prompt: str, placed: Any, seed: int, camera: Any) -> None:
        return None


def closed_form() -> SmartMask:
    """Sees a wall above a floor, and draws ellipses."""
    drawing = field_drawing(Ellipses(), HashEncoder(), RESOLUTION)
    return SmartMask(SuggestPipeline(drawing, LargerIsBetter()), segment_parts.Halves())


class Server(NamedTuple):
    """A server that runs, and what it is made of."""

    client: httpx.Client
    port: int
    studio: Studio


@contextmanager
def running(studio: Studio, token: str | None = None, hosts: Any = LOOPBACK) -> Iterator[Server]:
    server = server_of(build_app(studio, hosts, token), studio)
    server.config.port = 0
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield Server(client, port, studio)
    finally:
        server.should_exit = True
        thread.join()


def studio_round(models: SmartMask, limits: Limits, planner: Any) -> Studio:
    return Studio(
        models=models,
        planner=planner,
        limits=limits,
        store=Store(limits.cache_bytes),
        work=Work(2, limits.waiting, limits.work_seconds),
    )


def png(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def rle(mask: np.ndarray) -> dict[str, Any]:
    """A mask as requests hold it."""
    return {"size": list(mask.shape), "counts": encode_rle(mask)}


def mask_of(record: dict[str, Any]) -> np.ndarray:
    """A mask as answers hold it."""
    return decode_rle(record["counts"], tuple(record["size"]))


def disc(size_hw: tuple[int, int] = SIZE_HW) -> np.ndarray:
    """A mask to send."""
    rows, columns = np.indices(size_hw)
    return (rows - size_hw[0] * 0.6) ** 2 + (columns - size_hw[1] * 0.4) ** 2 < (size_hw[0] / 5) ** 2
