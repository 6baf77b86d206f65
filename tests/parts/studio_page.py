"""The page of `smartmask serve`, driven as a user would: with a pointer, keys and files."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

Point = tuple[float, float]


class StudioPage:
    """One open page; every wait is for something that the page says of itself."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self) -> None:
        self.page.goto(self.address)
        self.page.wait_for_selector("body[data-phase=empty]")

    def open_demo(self, prompt: str = "") -> None:
        self.open()
        self.page.click("#demo")
        self.settle()
        self.page.fill("#prompt", prompt)

    def settle(self) -> None:
        """Wait until nothing is under way and all is drawn."""
        self.page.wait_for_selector("body[data-phase=ready]")
        self.page.wait_for_selector("#canvas[data-drawn=true]")

    def suggested(self) -> Locator:
        """The suggestions, once they are there."""
        self.page.wait_for_selector(".suggestion")
        self.settle()
        return self.page.locator(".suggestion")

    def use(self, tool: str) -> None:
        self.page.click(f"#tool-{tool}")

    def at(self, point: Point) -> Point:
        """Where a pixel of the picture is on the screen."""
        scale, x, y = (
            float(value) for value in str(self.page.get_attribute("#canvas", "data-place")).split()
        )
        frame = self.page.locator("#canvas").bounding_box()
        assert frame is not None
        return frame["x"] + x + point[0] * scale, frame["y"] + y + point[1] * scale

    def press(self, points: Sequence[Point], moves: int = 5) -> None:
        """Press at the first point and go through the others, without lifting."""
        self.page.mouse.move(*self.at(points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(point), steps=moves)

    def drag(self, points: Sequence[Point], moves: int = 5) -> None:
        self.press(points, moves)
        self.page.mouse.up()

    def drag_row(self, row: Locator, below: Locator) -> None:
        """Drag a row of the layer list below another one."""
        grip, other = row.locator(".grip").bounding_box(), below.bounding_box()
        assert grip is not None
        assert other is not None
        self.page.mouse.move(grip["x"] + 5, grip["y"] + grip["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(grip["x"] + 5, other["y"] + other["height"] + 3, steps=5)
        self.page.mouse.up()

    def state(self) -> dict[str, Any]:
        """What the page holds, as its history has it."""
        return self.page.evaluate("import('./page/main.js').then((main) => main.store.state)")

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the page's state is so, at most as long as for anything else."""
        for _ in range(300):
            if holds(self.state()):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the page's state stays {self.state()}")

    def labels(self) -> list[str]:
        """The labels in the layer list, front first."""
        return self.page.locator("#layer-list .label").all_text_contents()

    def pixels(self) -> str:
        """A digest of the canvases, after the next frame."""
        drawn = self.page.evaluate(
            """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
                [...document.querySelectorAll("#canvas canvas")].map((one) => one.toDataURL()).join()))))"""
        )
        return hashlib.sha256(drawn.encode()).hexdigest()

    def save(self, kind: str) -> tuple[str, bytes]:
        """The name and the bytes of a file from the open dialog."""
        with self.page.expect_download() as waiting:
            self.page.click(f"[data-format={kind}]")
        return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()
