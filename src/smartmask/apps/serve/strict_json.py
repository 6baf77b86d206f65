"""Routers whose JSON bodies are read as strictly as the library's files: no key twice, no NaN."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from smartmask.data.layouts.checks import parse_json
from smartmask.errors import LayoutFileError


def strict_router(tag: str) -> APIRouter:
    """A router whose routes refuse JSON of which a reader could not tell what is meant."""
    return APIRouter(tags=[tag], route_class=_StrictRoute)


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return parse_json(await self.body(), "the body")
        except LayoutFileError as error:
            raise HTTPException(422, str(error)) from error


class _StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
            if self.body_field is not None and kind != "application/json" and not kind.endswith("+json"):
                raise HTTPException(
                    422, f"the body must be JSON, sent as Content-Type: application/json, not {kind[:60]!r}"
                )
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly
