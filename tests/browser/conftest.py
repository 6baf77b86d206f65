"""A real server with the shipped models, and a real browser; skipped where either is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shipped import REASON, is_shipped

if TYPE_CHECKING:
    from studio_page import StudioPage

    from smartmask.apps.load import SmartMask
    from smartmask.scene.layout import Layout

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 180_000  # machines may be slow; nothing here measures time


def _missing() -> str | None:
    if not is_shipped:
        return REASON
    for package in ("playwright", "fastapi", "uvicorn"):
        if find_spec(package) is None:
            return f"{package} is not installed: pip install -e '.[dev]'"
    return None if CHROMIUM else "there is no chromium: apt-get install chromium"


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[tuple["subprocess.Popen[str]", str]]]:
    """Starts a server as users do; gives the process and the address that it names."""
    if reason := _missing():
        pytest.skip(reason)

    @contextmanager
    def serve(*options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
        command = [sys.executable, "-m", "smartmask", "serve", "--no-open", "--port", "0", *options]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            said = server.stdout.readline()
            try:
                assert "http://127.0.0.1:" in said, said
                yield server, next(word for word in said.split() if word.startswith("http://"))
            finally:
                server.terminate()

    return serve


@pytest.fixture(scope="session")
def address(serve: Any) -> Iterator[str]:
    """Where a server answers."""
    with serve() as (_, address):
        yield address


# Not of the whole session: the event loop of a browser would be in the way of other tests.
@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def studio(address: str, browser: Any) -> Iterator["StudioPage"]:
    """A page that asks its own server alone, and whose console stays silent."""
    from studio_page import StudioPage

    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    driven = StudioPage(page, address)
    yield driven
    context.close()
    # The browser itself notes each refused request; what the page makes of it is what counts.
    assert [text for text in complaints if "Failed to load resource" not in text] == []
    assert [url for url in asked if not url.startswith((driven.address, f"blob:{driven.address}"))] == []


@pytest.fixture(scope="session")
def smartmask() -> "SmartMask":
    from smartmask.apps.load import SmartMask

    return SmartMask.load()


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo photo's file."""
    import smartmask.apps.serve

    return Path(str(smartmask.apps.serve.__file__)).with_name("demo.jpg")


@pytest.fixture(scope="session")
def layout(smartmask: "SmartMask", demo: Path) -> "Layout":
    """What is seen in the demo photo."""
    return smartmask.segment(demo)
