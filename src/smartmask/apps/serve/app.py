"""One server, wired: guards, routes, the page's files."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from smartmask import __version__
from smartmask.apps.serve.exports import export_routes
from smartmask.apps.serve.insertions import insert_routes
from smartmask.apps.serve.layouts import layout_routes
from smartmask.apps.serve.metrics import Metrics
from smartmask.apps.serve.photos import photo_routes
from smartmask.apps.serve.plans import plan_routes
from smartmask.apps.serve.problems import tell_problems
from smartmask.apps.serve.security import Security
from smartmask.apps.serve.studio import Studio
from smartmask.apps.serve.suggestions import suggest_routes
from smartmask.apps.serve.transfer import Transfer
from smartmask.apps.serve.transforms import transform_routes

PAGE = Path(str(files("smartmask.apps.serve") / "page"))


def build_app(studio: Studio, hosts: Collection[str] | None, token: str | None = None) -> ASGIApp:
    """The server as an ASGI app.

    Args:
        studio: What answers.
        hosts: The names that it goes by; None = any, which wants a token.
        token: What requests must bear; None = nothing.

    Raises:
        ValueError: If any name will do and there is no token.
    """
    if hosts is None and token is None:
        raise ValueError("a server that goes by any name needs a token; give one")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        studio.work.close()

    app = FastAPI(
        title="smartmask",
        version=__version__,
        summary="Masks of objects that are not there yet, drawn on photos and layouts.",
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lifespan,
    )
    for routes in (
        photo_routes,
        layout_routes,
        suggest_routes,
        transform_routes,
        insert_routes,
        plan_routes,
        export_routes,
    ):
        app.include_router(routes(studio))

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Whether the server answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    tell_problems(app)
    metrics = Metrics(studio)

    @app.get("/metrics", include_in_schema=False)
    async def show_metrics() -> PlainTextResponse:
        return PlainTextResponse(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return metrics.counting(Security(Transfer(app, studio.limits), hosts, token))
