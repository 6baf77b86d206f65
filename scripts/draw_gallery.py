"""Draw the README's picture: a painted lake, words in boxes, the first answer to each.

    python scripts/draw_gallery.py --out docs/overview.png

Nothing is chosen by hand: seed 0, the first suggestion of each request; later things see earlier ones.
"""

import argparse
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw

from smartmask import Box, Layer, Layout, SmartMask
from smartmask.apps.lettering import font_of

SIZE_HW = (600, 1200)
GROUNDS = {"sky": (206, 226, 242), "hill": (168, 190, 170), "lake": (150, 190, 214), "grass": (188, 208, 150)}
REQUESTS: tuple[tuple[str, tuple[int, int, int, int]], ...] = (
    ("a sailboat", (470, 190, 590, 330)),
    ("a rowing boat", (690, 330, 850, 385)),
    ("a bird", (800, 60, 860, 100)),
    ("an airplane", (130, 60, 330, 120)),
    ("an oak tree", (20, 180, 220, 440)),
    ("a horse", (260, 380, 430, 520)),
    ("a woman", (470, 390, 540, 570)),
    ("a dog", (560, 470, 670, 570)),
    ("a bicycle", (700, 440, 880, 550)),
    ("a bench", (900, 420, 1060, 500)),
    ("an umbrella", (1070, 330, 1190, 470)),
    ("a guitar", (1085, 480, 1140, 590)),
)
INK = (
    (196, 60, 70),
    (70, 110, 170),
    (60, 60, 66),
    (90, 90, 120),
    (70, 120, 80),
    (120, 78, 50),
    (170, 80, 130),
)


def main() -> None:
    """Paint the ground, ask, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("docs/overview.png"))
    given = parser.parse_args()
    layout, picture = ground()
    models = SmartMask.load()
    for number, (prompt, box) in enumerate(REQUESTS):
        found = models.suggest(layout, prompt, guidance=Box(box), n=1, seed=0)[0]
        ink = np.array(INK[number % len(INK)])
        alpha = found.alpha[..., None]
        picture = picture * (1 - alpha) + ink * alpha
        layout = layout.push(Layer(prompt, found.mask, "amodal"))
    page = Image.fromarray(picture.round().astype(np.uint8))
    write = ImageDraw.Draw(page)
    for prompt, (x0, y0, x1, y1) in REQUESTS:
        write.rectangle((x0, y0, x1, y1), outline=(255, 255, 255))
        write.text((x0 + 2, y0 - 18), prompt, font=font_of(14), fill=(50, 50, 50))
    page.save(given.out, optimize=True)


def ground() -> tuple[Layout, np.ndarray]:
    """A sky, a hill, a lake and a meadow, as a layout and as a picture."""
    rows, columns = np.indices(SIZE_HW)
    shore = 395 + 14 * np.sin(columns / 150)
    hill = 250 - 60 * np.exp(-(((columns - 900) / 260) ** 2)) - 30 * np.exp(-(((columns - 300) / 180) ** 2))
    masks: dict[str, Bool[np.ndarray, "H W"]] = {
        "sky": rows < hill,
        "hill": (rows >= hill) & (rows < 265),
        "lake": (rows >= np.maximum(hill, 265)) & (rows < shore),
        "grass": rows >= np.maximum(shore, np.maximum(hill, 265)),
    }
    picture = np.zeros((*SIZE_HW, 3))
    for name, mask in masks.items():
        picture[mask] = GROUNDS[name]
    return Layout(SIZE_HW, tuple(Layer(name, mask) for name, mask in masks.items())), picture


if __name__ == "__main__":
    main()
