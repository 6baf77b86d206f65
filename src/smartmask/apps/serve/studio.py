"""What all routes share: the models, what is kept, and the workers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.responses import Response

from smartmask.apps.load import SmartMask
from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.store import Store
from smartmask.apps.serve.work import Work
from smartmask.protocols import Planner


@dataclass(slots=True, kw_only=True)
class Studio:
    """The parts of one server.

    Attributes:
        models: What draws and segments.
        planner: What plans scenes.
        limits: How much is taken in.
        store: What is kept.
        work: The workers.
        options: What commands need to load the same models, such as ("--memory", "mine.npz").
    """

    models: SmartMask
    planner: Planner
    limits: Limits
    store: Store
    work: Work
    options: tuple[tuple[str, str], ...] = field(default=())

    async def answer(
        self,
        request: Request,
        function: Callable[[], dict[str, Any]],
        *,
        stream: str | None = None,
        is_heavy: bool = False,
    ) -> Response:
        """A function's record as JSON, made by a worker, unless the client leaves before its turn."""
        body = await self.work.run(
            lambda: json.dumps(function(), allow_nan=False).encode(),
            stream=stream,
            is_heavy=is_heavy,
            is_gone=request.is_disconnected,
        )
        return Response(body, media_type="application/json")
