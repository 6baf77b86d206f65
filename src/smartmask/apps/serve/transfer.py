"""Bodies under limits of size and time, so that a slow or greedy client costs others nothing."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.problems import Problem, problem_answer

UPLOADS = ("/v1/photos", "/v1/layouts/import")
"""Where files come in; all other bodies are small."""
_READ_TIMES = 4


class Transfer:
    """An ASGI app that ends what is too large or too slow."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        """Guard an app."""
        self._app, self._limits = app, limits
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body received whole, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held = 0

        def hold(count: int) -> None:
            nonlocal held
            if self._held + count > self._limits.held_bytes:
                raise Problem("busy", "too many uploads at once; try again in a moment")
            self._held += count
            held += count

        try:
            body = await self._in_time(self._body(scope, receive, hold))
            if body is None:  # the client left
                return
            if isinstance(body, Problem):
                answer = problem_answer(body)
                answer.headers["Connection"] = "close"  # the rest of the body is not read
                await answer(scope, receive, send)
                return
            whole = [body]

            async def receive_whole() -> Message:
                if whole:
                    return {"type": "http.request", "body": whole.pop(), "more_body": False}
                return await receive()

            await self._app(scope, receive_whole, send)
        finally:
            self._held -= held

    async def _in_time(self, body: Awaitable[bytes | None]) -> bytes | Problem | None:
        """A body, or why there is none."""
        seconds = self._limits.body_seconds
        try:
            return await asyncio.wait_for(body, seconds)
        except TimeoutError:
            return Problem("too-slow", f"the body did not arrive within {seconds:g} seconds")
        except Problem as problem:
            return problem

    async def _body(self, scope: Scope, receive: Receive, hold: Callable[[int], None]) -> bytes | None:
        """The whole body; None if the client left before its end.

        Raises:
            Problem: If it is too large.
        """
        most = self._limits.upload_bytes if scope["path"] in UPLOADS else self._limits.json_bytes
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size <= most:
                hold(len(part))
                parts.append(part)
            is_last = not message.get("more_body", False)
            # Some more is read and thrown away: a client that is cut off while sending never sees the answer.
            if size > most and (is_last or size > _READ_TIMES * most):
                raise Problem("too-large", f"a body of more than {most} bytes; send a smaller one")
            if is_last:
                return b"".join(parts)
