"""`smartmask serve`: what it says, what it refuses, and that it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path

import httpx
import pytest
import uvicorn
from serving import NoPlanner, closed_form
from shipped import needs_shipped

from smartmask.apps.load import SmartMask
from smartmask.apps.serve import running

GOLDEN = Path(__file__).parents[2] / "golden" / "help_serve.txt"


def test_help_is_golden(run):
    """After a wanted change: `COLUMNS=80 smartmask serve --help > tests/golden/help_serve.txt`."""
    code, out, _ = run("serve", "--help")
    assert code == 0
    assert out == GOLDEN.read_text()


@pytest.fixture
def served(monkeypatch) -> list[tuple[int, str]]:
    """Servers end at once; the list holds the port of each, and where its page was opened."""
    models = closed_form()
    seen: list[tuple[int, str]] = []
    opened: list[str] = []

    def end(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        seen.append((sockets[0].getsockname()[1], opened[-1] if opened else ""))
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", end)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(running, "load_planner", NoPlanner)
    monkeypatch.setattr(SmartMask, "load", staticmethod(lambda *_: models))
    return seen


def test_it_says_and_opens_its_address_with_the_photo(run, served, photo):
    code, out, err = run("serve", photo, "--port", 0)
    ((port, url),) = served
    assert (code, err) == (0, "")
    assert url in out
    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/#photo=[0-9a-f]{{32}}", url)


def test_it_opens_nothing_if_it_is_not_to(run, served):
    assert run("serve", "--no-open", "--port", 0).code == 0
    ((_, url),) = served
    assert url == ""


def test_others_need_a_token(run, served):
    out = run("serve", "--no-open", "--host", "0.0.0.0", "--port", 0).out
    assert re.search(r"#token=[\w-]{32}", out)
    out = run("serve", "--no-open", "--host", "0.0.0.0", "--port", 0, "--token", "s3cret").out
    assert "#token=s3cret" in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("missing.jpg",), 1, "no such file"),
        (("--token", "a b"), 2, "printable ASCII"),
        (("--port", "70000"), 2, "70000"),
        (("--workers", "0"), 2, "0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_said_before_the_models_are_loaded(run, no_models, arguments, code, message):
    found, _, err = run("serve", "--no-open", *arguments)
    assert found == code
    assert message in err


def test_a_taken_port_is_said(run, served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = run("serve", "--no-open", "--port", port)
    assert code == 1
    assert f"--host 127.0.0.1 --port {port}: cannot be listened at" in err
    assert "choose another --port" in err
    assert served == []


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_a_missing_extra_is_said_with_how_to_get_it(run, no_models, monkeypatch, missing):
    for name in [name for name in sys.modules if name.startswith("smartmask.apps.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    code, _, err = run("serve")
    assert code == 1
    assert f'needs {missing}: pip install "smartmask-open[web]"' in err


@needs_shipped
def test_it_serves_until_it_is_told_to_stop():
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "smartmask", "serve", "--no-open", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        late = threading.Timer(60, process.kill)
        late.start()
        assert process.stdout is not None
        url = re.search(r"http://\S+", process.stdout.readline())
        assert url is not None
        for path in ("", "health", "v1/photos/demo", "page/index.html"):
            assert httpx.get(url[0] + path, timeout=30).status_code == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        late.cancel()
    assert (process.returncode, err) == (0, "")
