"""A server from its address to its end: it listens, shows its page, and stops when it is asked to."""

import asyncio
import contextlib
import logging
import os
import re
import secrets
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import ClassVar
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from uvicorn.protocols.http.h11_impl import H11Protocol

from smartmask.apps.load import SmartMask
from smartmask.apps.planners import load_planner
from smartmask.apps.serve.app import build_app
from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.photos import keep_photo
from smartmask.apps.serve.security import LOOPBACK
from smartmask.apps.serve.store import Store
from smartmask.apps.serve.studio import Studio
from smartmask.apps.serve.work import Work

STOP_SECONDS = 5
"""How long requests that are being worked on may take to end when the server is stopped."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and the token that it asks for.

    Attributes:
        host: A name or number.
        port: 0 = any free one.
        token: None = none is needed.
    """

    host: str
    port: int
    token: str | None

    @staticmethod
    def checked(host: str, port: int, token: str | None) -> "Address":
        """An address whose token is made up if others can reach it.

        Raises:
            ValueError: If the token is empty or not printable ASCII.
        """
        if token is not None and not re.fullmatch("[!-~]+", token):
            raise ValueError("a token must be printable ASCII letters without blanks")
        if token is None and host not in LOOPBACK:
            token = secrets.token_urlsafe(24)
        return Address(host, port, token)


def studio_of(
    models: SmartMask, limits: Limits, workers: int | None = None, options: tuple[tuple[str, str], ...] = ()
) -> Studio:
    """The parts of a server.

    Args:
        models: What draws.
        limits: How much is taken in.
        workers: Requests worked on side by side; None = one a core, and two at least.
        options: What commands need to load the same models.
    """
    return Studio(
        models=models,
        planner=load_planner(),
        limits=limits,
        store=Store(limits.cache_bytes),
        work=Work(workers or max(os.cpu_count() or 1, 2), limits.waiting, limits.work_seconds),
        options=options,
    )


def run(
    models: SmartMask,
    address: Address,
    *,
    photo: bytes | None,
    opens: bool,
    workers: int | None,
    options: tuple[tuple[str, str], ...],
    say: Callable[[str], None],
) -> None:
    """Serve until Ctrl+C or a signal to end.

    Args:
        models: What draws.
        address: Where to listen.
        photo: A picture file to begin with.
        opens: Whether to show the page in a browser.
        workers: Requests worked on side by side; None = one a core.
        options: What commands need to load the same models.
        say: Told the address.

    Raises:
        OSError: If the address cannot be listened at.
    """
    limits = Limits()
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.create_server((address.host, address.port), family=family) as listening:
        studio = studio_of(models, limits, workers, options)
        app = build_app(studio, LOOPBACK if address.host in LOOPBACK else None, address.token)
        fragment = {} if photo is None else {"photo": keep_photo(studio, photo)[0]}
        fragment |= {} if address.token is None else {"token": address.token}
        url = page_url(address.host, listening.getsockname()[1], fragment)
        say(f"The studio is at {url} (Ctrl+C stops it)")
        if opens:
            webbrowser.open(url)
        # Matrices are small here: divided among threads each would wait for the slowest core (measured: nine
        # milliseconds of work for a mask in a box instead of thirty to a hundred). The bytes stay the same.
        with threadpool_limits(1, "blas"), contextlib.suppress(KeyboardInterrupt):
            server_of(app, studio).run([listening])  # raises Ctrl+C again once all requests have ended


class _Connection(H11Protocol):
    """A connection that ends where a request's head does not come in time, or an answer is left unread."""

    limits: ClassVar[Limits]
    _waits: asyncio.TimerHandle | None = None
    _is_full: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "a socket's"
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_full = self.loop.call_later(self.limits.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_full is not None:
            self._is_full.cancel()

    def _wait(self) -> None:
        is_between = self.cycle is None or self.cycle.response_complete
        if self._waits is not None and not is_between:
            self._waits.cancel()
            self._waits = None
        elif self._waits is None and is_between:
            self._waits = self.loop.call_later(self.limits.head_seconds, self._end)

    def _end(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class _Server(uvicorn.Server):
    """A server that ends without a word about the requests that its end cuts short."""

    work: Work

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.work.stop()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def server_of(app: ASGIApp, studio: Studio) -> uvicorn.Server:
    """What speaks HTTP for an app, and tells the studio's work of the end."""
    connection = type("Connection", (_Connection,), {"limits": studio.limits})
    server = _Server(
        uvicorn.Config(
            app,
            http=connection,
            loop="asyncio",  # uvloop, which other packages may bring, has transports of its own kind
            ws="none",
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=studio.limits.connections,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    server.work = studio.work
    return server


def page_url(host: str, port: int, fragment: dict[str, str]) -> str:
    """The page's address; what is behind the # stays in the browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)
    return f"http://{shown}:{port}/" + (f"#{urlencode(fragment)}" if fragment else "")
