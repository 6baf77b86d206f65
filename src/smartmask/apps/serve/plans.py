"""Plans: a scene object by object, each told as soon as it is drawn, as server-sent events.

Nothing is kept between requests. What the user vetoes is in the next request, by the numbers that the steps
came with: the session is made again and takes those steps back as they come, so the same request always gives
the same scene.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from smartmask.apps.serve.layouts import Kept, check_canvas, keep_layout, layout_record
from smartmask.apps.serve.messages import PlanRequest, Rle
from smartmask.apps.serve.problems import problem_of, record_of
from smartmask.apps.serve.recipes import Source, of_plan
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.pipelines.planning.plan import PlanSession


def plan_routes(studio: Studio) -> APIRouter:
    """The routes of plans."""
    router = strict_router("plans")
    events: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
    }

    @router.post("/v1/plan", response_class=StreamingResponse, responses=events)
    async def post_plan(request: Request, body: PlanRequest) -> Response:
        """A scene planned object by object: events `step`, then `done`, or `problem`."""
        steps = await studio.work.run(lambda: _begin(body), is_heavy=True, is_gone=request.is_disconnected)
        return StreamingResponse(told(steps), media_type="text/event-stream")

    def _begin(body: PlanRequest) -> Iterator[tuple[str, dict[str, Any]]]:
        start = None if body.layout_id is None else studio.store.get(Kept, body.layout_id, "layout")
        if start is None:
            check_canvas(studio, body.size)
        elif "size" in body.model_fields_set and body.size != start.layout.size_hw[::-1]:
            raise ValueError("size is that of the layout; leave it out beside layout_id")
        session = studio.models.plan(
            body.prompt,
            None if start is None else start.layout,
            planner=studio.planner,
            limit=body.limit,
            size_hw=(body.size[1], body.size[0]),
            horizon=body.horizon,
            seed=body.seed,
        )
        return _steps(studio, session, body, start)

    async def told(steps: Iterator[tuple[str, dict[str, Any]]]) -> AsyncIterator[bytes]:
        """Events; a worker is taken for each step alone, so that others come in between."""
        try:
            while event := await studio.work.run(lambda: next(steps, None), is_heavy=True):
                yield _event(*event)
        except Exception as error:
            yield _event("problem", record_of(problem_of(error)))

    return router


def _steps(
    studio: Studio, session: PlanSession, body: PlanRequest, start: Kept | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    def kept_now() -> dict[str, Any]:
        kept = Kept(session.layout, None if start is None else start.photo_id)
        return layout_record(keep_layout(studio, kept), kept)

    vetoed = set(body.veto)
    layout, number = kept_now(), 0
    for number, step in enumerate(session, 1):
        layer = session.layout.layers[step.number]
        is_vetoed = number in vetoed
        if is_vetoed:
            session.veto()
        layout = kept_now()
        yield (
            "step",
            {
                "step": number,
                "label": layer.label,
                "description": step.planned.description,
                "rle": Rle.of(layer.mask),
                "box": [round(value, 2) for value in step.suggestion.box_xyxy],
                "vetoed": is_vetoed,
                "layout": layout,
            },
        )
    if vetoed and max(vetoed) > number:
        raise ValueError(f"veto {max(vetoed)}: only {number} steps came; give numbers of steps that do")
    source = None if start is None else Source.of(studio, start)
    command, python = of_plan(
        source,
        studio.options,
        body.prompt,
        body.limit,
        body.size,
        body.seed,
        sorted(vetoed),
        body.horizon,
    )
    yield "done", {"layout": layout, "command": command, "python": python}


def _event(name: str, record: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(record, allow_nan=False)}\n\n".encode()
