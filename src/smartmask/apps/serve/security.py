"""Who may ask: the page itself and programs of this machine, not what another site has a browser do.

- A `Host` that is not ours is refused: a foreign name made to lead here (DNS rebinding) would be one.
- An `Origin` that is not the `Host`, and what a browser calls cross-site, are refused: no other page may post
  (CSRF).
- Where a token is set, all of the interface asks for it; the page's own files hold nothing and do not.
"""

import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartmask.apps.serve.problems import Problem, problem_answer

LOOPBACK = ("localhost", "127.0.0.1", "::1")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Security:
    """An ASGI app that lets through what may come, and puts headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None, token: str | None) -> None:
        """Guard an app.

        Args:
            app: What answers.
            hosts: The names that the server goes by, without ports; None = any, which wants a token.
            token: What `Authorization: Bearer ...` must hold; None = nothing.
        """
        self._app, self._hosts, self._token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web sockets are served
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        answer = self._app if refusal is None else problem_answer(refusal)
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Problem | None:
        """Why a request may not come through."""
        headers, path = Headers(scope=scope), scope["path"]
        given = headers.getlist("host")
        host = given[0].lower() if len(given) == 1 else ""
        name = _name(host)
        if not name or (self._hosts is not None and name not in self._hosts):
            return Problem(
                "forbidden", f"this server does not go by the name {host!r}; open the address it printed"
            )
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
            return Problem("forbidden", f"pages of {origin!r} may not use this server")
        is_api = path.startswith("/v1/")
        if headers.get("sec-fetch-site") == "cross-site" and (
            is_api or scope["method"] not in ("GET", "HEAD")
        ):
            return Problem("forbidden", "pages of other sites may not use this server")
        if self._token is not None and (is_api or path in ("/metrics", "/openapi.json")):
            scheme, _, token = headers.get("authorization", "").partition(" ")
            is_right = secrets.compare_digest(token.strip().encode(), self._token.encode())
            if scheme.lower() != "bearer" or not is_right:
                return Problem(
                    "unauthorized", "send the token that the server printed: Authorization: Bearer TOKEN"
                )
        return None


def _name(host: str) -> str:
    """The name in a `Host` header, without its port; "" if there is none."""
    try:
        split = urlsplit(f"//{host}")
        split.port  # noqa: B018  # raises where it is no number
    except ValueError:
        return ""
    return "" if split.path or split.query or split.fragment or "@" in host else split.hostname or ""
