"""Picture the studio for the README: a screenshot with suggestions, and a short film of a box being dragged.

    python scripts/draw_studio.py     # writes docs/studio.jpg and docs/studio.gif; needs Chromium

The page is the real one, driven as `tests/browser` drives it.
"""

import io
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests" / "parts"), str(ROOT / "tests" / "browser")]
from conftest import ARGUMENTS, CHROMIUM, PATIENCE_MS  # noqa: E402
from studio_page import StudioPage  # noqa: E402

PROMPT = "a bird"
START, END = (455, 60), (600, 165)
FRAMES = 20
FILM_SIZE = (800, 450)
COLOURS = ("#e7e5e1", "#ffd60a", "#ff266e", "#cc0e4a", "#ffffff")
FRAME_MS, LAST_MS = 110, 2600


def main() -> None:
    """Start a server, drag a box, write both pictures."""
    command = [sys.executable, "-m", "smartmask", "serve", "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as driver:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE_MS)
        frames = film(StudioPage(page, address), page)
        browser.close()
        server.terminate()
    frames[-1].save(ROOT / "docs" / "studio.jpg", quality=88, optimize=True)
    # One palette and no dithering: what stays as it is costs nothing.
    small = [frame.resize(FILM_SIZE, Image.Resampling.LANCZOS) for frame in frames]
    palette = with_colours(small[-1]).quantize(256, method=Image.Quantize.MEDIANCUT)
    first, *rest = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in small)
    lengths = [FRAME_MS] * len(rest) + [LAST_MS]
    first.save(ROOT / "docs" / "studio.gif", save_all=True, append_images=rest, duration=lengths, loop=0)
    for name in ("studio.jpg", "studio.gif"):
        print(f"docs/{name}: {(ROOT / 'docs' / name).stat().st_size // 1000} kB")


def film(studio: StudioPage, page: Page) -> list[Image.Image]:
    """The page while a box is dragged, and when the suggestions have come."""
    studio.open_demo(PROMPT)
    page.fill("#opacity", "22")
    studio.press([START])
    frames = []
    for number in range(2, FRAMES + 1):
        x, y = (round(a + (b - a) * number / FRAMES) for a, b in zip(START, END, strict=True))
        page.mouse.move(*studio.at((x, y)))
        page.wait_for_selector(f"#canvas[data-live='{START[0]},{START[1]},{x},{y}']")
        frames.append(picture(page))
    page.mouse.up()
    studio.suggested()
    page.mouse.move(2, 2)
    return [*frames, picture(page)]


def with_colours(frame: Image.Image) -> Image.Image:
    """A frame with bands of the colours that must not be lost among those of the photo."""
    band = 40
    picture = Image.new("RGB", (frame.width, frame.height + band * len(COLOURS)))
    picture.paste(frame, (0, 0))
    for number, colour in enumerate(COLOURS):
        top = frame.height + number * band
        picture.paste(colour, (0, top, frame.width, top + band))
    return picture


def picture(page: Page) -> Image.Image:
    """A screenshot."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
