"""Errors as problem details (RFC 9457): the library's own words, in JSON.

{"type": "urn:smartmask:invalid", "title": "Invalid request", "status": 422,
 "detail": "the prompt is empty; say in a few words what it is"}
"""

import json
import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from smartmask.errors import BackendError, CheckpointError, SmartMaskError

KINDS: dict[str, tuple[int, str]] = {
    "unauthorized": (401, "A token is needed"),
    "forbidden": (403, "Refused"),
    "not-found": (404, "No such address"),
    "unknown-id": (404, "Nothing is kept under this id"),
    "too-slow": (408, "The request took too long to arrive"),
    "superseded": (409, "A newer request of the same stream came"),
    "too-large": (413, "Too large"),
    "invalid": (422, "Invalid request"),
    "unreadable": (422, "A file that cannot be read"),
    "failed": (500, "The server failed"),
    "busy": (503, "The server is busy"),
    "models": (503, "A model cannot be used"),
}
"""The status and the title of each kind of problem."""
_LOG = logging.getLogger("smartmask.serve")
_LONGEST_DETAIL = 2000
_ERRORS_SHOWN = 5


class Problem(Exception):
    """A request that ends with an answer of one of the `KINDS`."""

    def __init__(self, kind: str, detail: str) -> None:
        """Say what is wrong and what to do."""
        super().__init__(detail)
        self.kind, self.detail = kind, detail


def problem_of(error: Exception) -> Problem:
    """The problem that an exception of the library is told as; what nobody foresaw is logged, not told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BackendError | CheckpointError):
        return Problem("models", str(error))
    if isinstance(error, SmartMaskError):
        return Problem("unreadable", str(error))
    if isinstance(error, ValueError):
        return Problem("invalid", str(error))
    if isinstance(error, MemoryError):
        return Problem("too-large", "not enough memory for this; use a smaller photo or ask for less")
    _LOG.error("a request failed", exc_info=error)
    return Problem("failed", "the request failed for a reason that the server's log tells; try another")


def record_of(problem: Problem) -> dict[str, Any]:
    """The members of a problem's answer."""
    status, title = KINDS[problem.kind]
    detail = " ".join(problem.detail.split())[:_LONGEST_DETAIL].encode(errors="replace").decode()
    return {"type": f"urn:smartmask:{problem.kind}", "title": title, "status": status, "detail": detail}


def problem_answer(problem: Problem) -> Response:
    """A problem's answer."""
    headers = {"Retry-After": "1"} if problem.kind == "busy" else {}
    if problem.kind == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    body = json.dumps(record_of(problem))
    status, _ = KINDS[problem.kind]
    return Response(body, status, headers, "application/problem+json")


def tell_problems(app: FastAPI) -> None:
    """Have an app answer every exception with a problem."""

    async def told(request: Request, error: Exception) -> Response:
        return problem_answer(problem_of(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError), "see add_exception_handler"
        return problem_answer(Problem("invalid", _said(error.errors())))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "see add_exception_handler"
        if error.status_code in (404, 405):
            return problem_answer(Problem("not-found", f"there is no {request.method} {request.url.path}"))
        return problem_answer(Problem("invalid", str(error.detail)))

    for kind in (Problem, Exception):
        app.add_exception_handler(kind, told)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _said(errors: Sequence[Any]) -> str:
    """What does not fit a request's form, each with its place."""
    lines = [
        f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in errors[:_ERRORS_SHOWN]
    ]
    more = len(errors) - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more else "")
