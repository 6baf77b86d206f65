"""How quick the studio's server is, alone and under load, and what memory it takes.

    python scripts/measure_serving.py

It starts `smartmask serve`, asks it over HTTP with the demo photo at 1024 pixels, sends what schemathesis
makes up from the OpenAPI document, and writes serving.json and serving.md in docs/results. Seconds depend on
the machine and on who else works on it, those of the processor less so.
"""

import io
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import httpx
import numpy as np
from PIL import Image

RESULTS = Path(__file__).parents[1] / "docs" / "results"
ALONE, CLIENTS, EACH, MANY = 100, 16, 10, 5000
SMALL_PX = 320  # the photo's width where only memory is looked at
MADE_UP, MADE_UP_EACH = "tests/apps/serve/test_serve_generated.py", 72
DRAG_SECONDS, DRAGS_PER_SECOND = 10, 30
BOX = (704.0, 344.0, 816.0, 480.0)


@click.command()
@click.option("--machine", default="two CPU cores, shared", show_default=True, help="Named in the results.")
def main(machine: str) -> None:
    """Measure, and write the results."""
    command = [sys.executable, "-m", "smartmask", "serve", "--no-open", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    load, made_up = os.getloadavg()[0], _made_up()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = re.search(r"http://\S+/", process.stdout.readline())
        assert url is not None
        try:
            record = _measured(url[0], process.pid)
        finally:
            process.send_signal(signal.SIGINT)
    record = {
        "machine": machine,
        "python": platform.python_version(),
        "load_before": round(load, 2),
        **record,
        "made_up": made_up,
    }
    (RESULTS / "serving.json").write_text(json.dumps(record, indent=1) + "\n")
    (RESULTS / "serving.md").write_text(_table(record))
    click.echo(_table(record))


class Asker:
    """Asks a server for masks in a box that is a little elsewhere each time, as in a drag."""

    def __init__(self, url: str, process: int, width: int = 1024) -> None:
        """Send the photo, so wide, and have it segmented."""
        self.process = process
        self.client = httpx.Client(base_url=url, timeout=300, limits=httpx.Limits(max_connections=200))
        demo = self.client.get("v1/photos/demo").json()
        content = self.client.get(f"v1/photos/{demo['photo_id']}").content
        with Image.open(io.BytesIO(content)) as photo:
            resized = photo.resize((width, round(width * 0.667)), Image.Resampling.BICUBIC)
        buffer = io.BytesIO()
        resized.save(buffer, "PNG")
        self.scale = width / 1024
        photo_id = self.client.post("v1/photos", content=buffer.getvalue()).json()["photo_id"]
        began = time.perf_counter()
        self.layout_id = self.client.post("v1/layouts", json={"photo_id": photo_id}).json()["layout_id"]
        self.layout_seconds = time.perf_counter() - began

    def ask(self, number: int, **more: Any) -> tuple[int, float, float]:
        """The status, the seconds until the answer, and of those the server's own."""
        x0, y0, x1, y1 = (self.scale * value for value in BOX)
        shift = 60 * self.scale * np.sin(number / 7)
        body = {"layout_id": self.layout_id, "prompt": "a sailboat", "n": 1}
        body |= {"box": [x0 + shift, y0, x1 + shift, y1]} | more
        began = time.perf_counter()
        answer = self.client.post("v1/suggest", json=body)
        took = time.perf_counter() - began
        return answer.status_code, took, answer.json().get("milliseconds", 0) / 1000

    def processor_seconds(self) -> float:
        """What the server's process has worked so far, on all cores."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> int:
        """What the server's process holds."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


def _measured(url: str, process: int) -> dict[str, Any]:
    asker = Asker(url, process)
    for number in range(10):  # warm
        asker.ask(number)
    began = asker.processor_seconds()
    alone = [asker.ask(number) for number in range(ALONE)]
    work_ms = 1000 * (asker.processor_seconds() - began) / ALONE
    eight = [asker.ask(number, n=8) for number in range(10)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        began, worked = time.perf_counter(), asker.processor_seconds()
        crowd = [one for found in pool.map(lambda n: _client(asker, n), range(CLIENTS)) for one in found]
        crowd_seconds = time.perf_counter() - began
        cores = (asker.processor_seconds() - worked) / crowd_seconds
    drag = _drag(asker)
    asker = Asker(url, process, SMALL_PX)
    memory = {0: asker.memory_mb()}
    for number in range(1, MANY + 1):
        assert asker.ask(number)[0] == 200
        if number % 1000 == 0:
            memory[number] = asker.memory_mb()
    return {
        "layout_seconds": round(asker.layout_seconds, 3),
        "alone": _summary(alone) | {"processor_ms": round(work_ms, 1)},
        "eight": _summary(eight),
        "clients": CLIENTS,
        "crowd": _summary(crowd)
        | {"per_second": round(len(crowd) / crowd_seconds, 1), "cores": round(cores, 2)},
        "drag": drag,
        "memory_mb": memory,
    }


def _made_up() -> dict[str, int]:
    """How many made-up requests ended with each status; the test fails at the first above 499."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "slow", MADE_UP, f"--junitxml={told}"]
        command += ["-o", "junit_family=xunit1"]  # the family that keeps properties
        environment = os.environ | {"REQUESTS_EACH": str(MADE_UP_EACH)}
        subprocess.run(command, check=True, env=environment, cwd=RESULTS.parents[1], stdout=sys.stderr)
        properties = ElementTree.parse(told).iter("property")
        return {str(one.get("name")): int(str(one.get("value"))) for one in properties}


def _client(asker: Asker, number: int) -> list[tuple[int, float, float]]:
    return [asker.ask(100 * number + i) for i in range(EACH)]


def _drag(asker: Asker) -> dict[str, Any]:
    """A drag that asks so often, whatever the server manages."""
    found: list[tuple[int, float, float]] = []

    def ask(number: int) -> None:
        found.append(asker.ask(number, stream="drag"))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(DRAG_SECONDS * DRAGS_PER_SECOND)]
    began = time.perf_counter()
    for number, thread in enumerate(threads):
        time.sleep(max(began + number / DRAGS_PER_SECOND - time.perf_counter(), 0))
        thread.start()
    for thread in threads:
        thread.join()
    drawn = [one for one in found if one[0] == 200]
    return _summary(drawn) | {"asked": len(found), "superseded": sum(one[0] == 409 for one in found)}


def _summary(found: list[tuple[int, float, float]]) -> dict[str, Any]:
    assert all(status == 200 for status, _, _ in found), "an answer failed"
    whole, own = sorted(one[1] * 1000 for one in found), sorted(one[2] * 1000 for one in found)
    return {
        "answers": len(found),
        "server_median_ms": round(statistics.median(own), 1),
        "server_p95_ms": round(own[int(0.95 * (len(own) - 1))], 1),
        "median_ms": round(statistics.median(whole), 1),
        "p95_ms": round(whole[int(0.95 * (len(whole) - 1))], 1),
    }


def _table(record: dict[str, Any]) -> str:
    rows = [
        ("one mask in a box", record["alone"]),
        ("eight masks in a box", record["eight"]),
        (f"one mask in a box, {record['clients']} clients at once", record["crowd"]),
        ("one mask in a box, a drag that asks 30 times a second", record["drag"]),
    ]
    where = f"on {record['machine']}; the load before was {record['load_before']}"
    lines = [
        "# The studio's server",
        "",
        f"`python scripts/measure_serving.py`, {where}. The demo photo",
        "at 1024 x 683, times in milliseconds. The server's own time leaves waiting out.",
        "",
        "| request | answers | server, median | server, p95 | whole, median | whole, p95 |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows:
        cells = ("answers", "server_median_ms", "server_p95_ms", "median_ms", "p95_ms")
        lines.append(f"| {name} | {' | '.join(str(row[cell]) for cell in cells)} |")
    crowd, drag = record["crowd"], record["drag"]
    made_up = ", ".join(f"{count} with {status}" for status, count in record["made_up"].items())
    memory = ", ".join(f"{megabytes} MB after {count}" for count, megabytes in record["memory_mb"].items())
    lines += [
        "",
        f"- One mask in a box takes {record['alone']['processor_ms']} ms of one core, HTTP included.",
        f"- Photo to layout: {record['layout_seconds']:.2f} s, the first one, decoding left out.",
        f"- {record['clients']} clients at once: all {crowd['answers']} requests answered, "
        f"{crowd['per_second']} masks a second on {crowd['cores']} cores; p95 is "
        f"{crowd['p95_ms'] / record['alone']['median_ms']:.1f} times one client's median, and would be "
        f"{record['clients']} if they stood in line.",
        f"- The drag: {drag['asked']} requests, {drag['answers']} drawn, {drag['superseded']} superseded.",
        f"- Memory of the process over {max(record['memory_mb'], key=int)} requests: {memory}; the photo was "
        f"{SMALL_PX} pixels wide.",
        f"- {sum(record['made_up'].values())} requests made up from the OpenAPI document: {made_up}; none "
        f"failed. `REQUESTS_EACH={MADE_UP_EACH} python -m pytest -m slow {MADE_UP}`; tests send 200.",
        "- `--workers` are threads of one process: NumPy and ONNX Runtime let others run while they count, "
        "and layouts are kept where each request finds them. Of several processes each would know its own.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
