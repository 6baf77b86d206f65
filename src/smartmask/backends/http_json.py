"""JSON sent to a server and an answer taken from it, with everything that can go wrong on the way.

Every try has a deadline and a largest answer. What may pass by itself (too many requests, a server's own
failures, a connection that breaks off) is tried again after a wait that doubles, or that the server names.
Redirects are not followed, for the key would go with them. The key appears in no message.

The standard library is enough for this, so it runs in the installed core.
"""

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from smartmask.errors import BackendError

MAX_REPLY_BYTES = 4_000_000
TRIES = 4
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
_MAY_PASS = {408, 409, 429, 500, 502, 503, 504}
_LONGEST_REASON = 200
_Answer = tuple[int, Message, bytes]
"""Status, headers, body."""
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "smartmask"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where a server is, and how long it may take.

    Attributes:
        base_url: The beginning of its addresses, such as "http://localhost:8000/v1".
        timeout_s: How long one try may take.
        proxies: Scheme -> address of a proxy, as `urllib.request.getproxies` gives them; none by default.
    """

    base_url: str
    timeout_s: float = 120.0
    proxies: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if set(self.base_url) & set("@?#"):
            raise ValueError(
                "the base URL must hold no user, password, query or fragment; a key goes into the header"
            )
        if not _is_address(self.base_url):
            raise ValueError(f"the base URL must be like http://localhost:8000/v1, not {self.base_url!r}")
        if not 0 < self.timeout_s < float("inf"):
            raise ValueError(f"the timeout must be above 0 seconds, not {self.timeout_s}")


class JsonServer:
    """A server that takes JSON and answers."""

    def __init__(
        self,
        name: str,
        key: str | None,
        settings: ServerSettings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take what errors call it, its key, and what waits for some seconds between tries.

        Raises:
            ValueError: If the key could not stand in a header.
        """
        if key is not None and (not key or not key.isascii() or not key.isprintable() or " " in key):
            raise ValueError("the key is empty or holds blanks or letters that no key has; check it")
        self._name, self._key, self._settings, self._sleep = name, key, settings, sleep
        self._opener = build_opener(ProxyHandler(dict(settings.proxies or {})), _NoRedirects())

    def post(self, path: str, content: Any) -> bytes:
        """What the server answers to a JSON value, tried `TRIES` times in all if it is worth it.

        Raises:
            BackendError: If it cannot be reached, refuses, takes too long, or answers too much.
        """
        body = json.dumps(content).encode()
        wait_s = FIRST_WAIT_S
        for tries_left in reversed(range(TRIES)):
            try:
                return self._try(path, body)
            except _MayPassError as error:
                wanted_s = wait_s if error.wait_s is None else error.wait_s
                if wanted_s > LONGEST_WAIT_S:
                    self.fail(f"{error}, and asks to wait {wanted_s:.0f} s; try again then")
                if not tries_left:
                    self.fail(f"{error}, {TRIES} times in a row; try again later")
                self._sleep(wanted_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        raise AssertionError("the last try returns or raises")

    def fail(self, what: str) -> NoReturn:
        """Raise that the server did something.

        Raises:
            BackendError: Always.
        """
        raise BackendError(f"{self._name}: {what}") from None

    def without_key(self, text: str) -> str:
        """What a server says, the key covered up: some repeat it."""
        return text if self._key is None else text.replace(self._key, "***")

    def harmless(self, text: str) -> str:
        """What a server says, without the key, on one line and shortened."""
        letters = (letter if letter.isprintable() else " " for letter in self.without_key(text))
        return " ".join("".join(letters).split())[:_LONGEST_REASON]

    def _try(self, path: str, body: bytes) -> bytes:
        headers = _HEADERS if self._key is None else {**_HEADERS, "Authorization": f"Bearer {self._key}"}
        request = Request(f"{self._settings.base_url.rstrip('/')}/{path}", body, headers)
        try:
            status, found, answer = self._in_time(lambda: self._exchange(request))
        except (URLError, http.client.HTTPException, OSError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, TimeoutError):
                self.fail(
                    f"did not answer within {self._settings.timeout_s:g} s; raise the timeout, or try again"
                )
            if isinstance(reason, ConnectionResetError | BrokenPipeError | http.client.IncompleteRead):
                raise _MayPassError("broke off the connection") from None
            self.fail(f"cannot be reached ({self.harmless(str(reason))}); check the base URL")
        if status == 200:
            return answer
        self._refuse(status, found, answer)

    def _in_time(self, work: Callable[[], _Answer]) -> _Answer:
        """What some work returns or raises, or TimeoutError; a socket's own limit is for each byte."""
        done: queue.SimpleQueue[_Answer | BaseException] = queue.SimpleQueue()

        def run() -> None:
            try:
                done.put(work())
            except BaseException as error:  # raised again by the one who waits
                done.put(error)

        threading.Thread(target=run, daemon=True).start()
        try:
            found = done.get(timeout=self._settings.timeout_s)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(found, BaseException):
            raise found
        return found

    def _exchange(self, request: Request) -> _Answer:
        ends = time.monotonic() + self._settings.timeout_s  # nobody waits any longer
        try:
            response = self._opener.open(request, timeout=self._settings.timeout_s)
        except HTTPError as refusal:
            response = refusal
        with response:
            parts, length = [], 0
            while part := response.read1(65536):
                length += len(part)
                if length > MAX_REPLY_BYTES:
                    self.fail(f"answered more than {MAX_REPLY_BYTES:,} bytes; check the base URL")
                if time.monotonic() > ends:
                    raise TimeoutError
                parts.append(part)
            promised = response.headers.get("Content-Length", "")
            if promised.isdecimal() and length < int(promised):
                raise http.client.IncompleteRead(b"")
            return response.status, response.headers, b"".join(parts)

    def _refuse(self, status: int, headers: Message, answer: bytes) -> NoReturn:
        """Raise what a status other than success means."""
        if 300 <= status < 400:
            place = self.harmless(headers.get("Location", "nowhere"))
            self.fail(f"answered {status}, moved to {place}; give the base URL there")
        if status in (401, 403):  # in its own words it may quote a part of the key
            what = "wants a key" if self._key is None else "does not accept the key"
            self.fail(f"answered {status}: it {what}; set it in the environment")
        said = self.harmless(_error_message(answer))
        what = f"answered {status}: {said}" if said else f"answered {status}"
        if status in _MAY_PASS:
            raise _MayPassError(what, _retry_after(headers.get("Retry-After", "")))
        self.fail(f"{what}; check the base URL and the model")


class _MayPassError(Exception):
    """A try that failed where another may not."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class _NoRedirects(HTTPRedirectHandler):
    """Leaves a redirect an answer like any other."""

    def redirect_request(self, *arguments: Any) -> None:
        """Nothing is asked instead."""


def _is_address(url: str) -> bool:
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _error_message(answer: bytes) -> str:
    """What a server says of an error: {"error": {"message": ...}}, {"error": ...}, or anything."""
    try:
        error = json.loads(answer)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, LookupError, TypeError, RecursionError):
        return answer.decode("utf-8", "replace")


def _retry_after(value: str) -> float | None:
    """The header's seconds; a date, or nothing, leaves the wait to us."""
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
