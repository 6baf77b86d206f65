"""Servers round the shipped models and round closed-form ones."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest
from serving import SIZE_HW, NoPlanner, Server, closed_form, png, running, studio_round
from shipped import REASON, is_shipped

from smartmask.apps.load import SmartMask
from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.security import LOOPBACK


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[Server]]:
    """Runs a server round the closed-form models, with limits of its own."""
    models = closed_form()

    def serve(token: str | None = None, hosts: Any = LOOPBACK, **limits: Any) -> Any:
        return running(studio_round(models, Limits(**limits), NoPlanner()), token, hosts)

    return serve


@pytest.fixture(scope="module")
def server(serve) -> Iterator[Server]:
    with serve() as running_server:
        yield running_server


@pytest.fixture(scope="module")
def shipped_server() -> Iterator[Server]:
    """The server that `smartmask serve` starts."""
    if not is_shipped:
        pytest.skip(REASON)
    from smartmask.apps.planners import load_planner

    with running(studio_round(SmartMask.load(), Limits(), load_planner())) as running_server:
        yield running_server


@pytest.fixture(scope="session")
def photo_png() -> bytes:
    """A small photo's file."""
    pixels = np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3), np.uint8)
    pixels[:36] //= 2
    return png(pixels)


@pytest.fixture
def layout(server, photo_png) -> dict[str, Any]:
    """What is seen in the small photo, as the server tells it."""
    photo = server.client.post("/v1/photos", content=photo_png).json()
    return server.client.post("/v1/layouts", json={"photo_id": photo["photo_id"]}).json()
