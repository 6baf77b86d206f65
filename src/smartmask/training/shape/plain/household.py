"""Things of a household, a shop and a sickroom, as solids in metres; what has a front faces -y."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from trimesh import Trimesh, creation

from smartmask.training.shape.plain.forms import Parts, pipe, put, scaled, spot
from smartmask.training.shape.plain.solids import (
    Outline,
    Point,
    ball,
    box,
    cut,
    lying,
    moved,
    oval,
    ring,
    rod,
    rotated,
    turned,
)

_QUARTER = np.pi / 2


def _square(profile: Outline) -> Trimesh:
    """A thing of four sides, of a profile of (half width, height)."""
    corners = [(0.0, 0.0), *((2**0.5 * r, z) for r, z in profile), (0.0, profile[-1][1])]
    return rotated(creation.revolve(corners, sections=4), np.pi / 4)


_KINDS: dict[str, Callable[[list[float], Outline], Parts]] = {
    "box": lambda n, _: [box(*n[:6])],
    "ball": lambda n, _: [ball(n[0], n[1], n[2], n[3], n[4] or 1.0)],
    "rod": lambda n, _: [rod((n[1], n[2], n[3]), (n[4], n[5], n[6]), n[0])],
    "slab": lambda n, _: [moved(lying(cut(oval(n[0], n[1], 6), n[2])), (n[3], n[4], n[5]))],
    "oval": lambda n, _: [cut(oval(n[0], n[1]), *n[2:6])],
    "pad": lambda n, _: [cut(oval(n[0], n[1], 4), *n[2:6])],
    "ring": lambda n, _: put(ring(n[0], n[1], n[2], 0), (n[3], n[4], n[5])),
    "arch": lambda n, _: ring(n[0], n[1], n[2], n[3], half=True),
    "book": lambda n, _: (
        [box(n[0], n[1], n[2] / 6, z=z) for z in (0, n[2] * 5 / 6)] + [box(n[0] - 0.02, n[1] - 0.02, n[2])]
    ),
    "star": lambda n, _: _star(n[0], (n[1], n[2], n[3])),
    "coil": lambda n, _: _coil(*n[:5]),
    "bottle": lambda n, _: [_bottle(n[0], n[1], n[2], (n[3], 0, n[4]))],
    "board": lambda n, outline: [cut(outline, n[0], *n[1:4])],
    "side": lambda n, outline: [moved(rotated(cut(outline, n[0]), _QUARTER), (n[1], 0, 0))],
    "flat": lambda n, outline: [lying(cut(outline, n[0]))],
    "spun": lambda n, outline: [turned([((n[3] or 1) * r, (n[3] or 1) * z) for r, z in outline], *n[:3])],
    "along": lambda n, outline: put([turned(outline)], (n[0], n[1], n[2]), n[3] or _QUARTER),
    "square": lambda _, outline: [_square(outline)],
    "wire": lambda n, outline: pipe([(x, n[1], z) for x, z in outline], n[0]),
}
"""What makes parts of numbers, in metres and at the end in shares or radians, and an outline."""
_AXES: dict[str, Point] = {"pitch": (1, 0, 0), "roll": (0, 1, 0), "turn": (0, 0, 1), "still": (0, 0, 1)}


def _made(text: str) -> Parts:
    """Parts that are told with ";" between them, in centimetres, angles and shares in hundredths.

    Each is a word of `_KINDS`, numbers, and perhaps ":" and an outline. A word that ends in 2 is mirrored
    left and right, in 3 front and back, in 4 both; `box@5,80` stands for five over a width of 80. After
    "pitch", "roll" or "turn", an angle and a place, what comes is turned and put there; after "around" and
    a count and an angle, it stands so many times about the upright axis; "still" ends both.
    """
    parts: Parts = []
    axis, angle, by, count, start = "still", 0.0, (0.0, 0.0, 0.0), 1, 0.0
    for one in filter(str.strip, text.split(";")):
        first, _, tail = one.partition(":")
        word, *texts = first.split()
        n = [0.01 * float(number) for number in texts] + [0.0] * 7
        name, _, places = word.partition("@")
        if word == "around":
            count, start = round(100 * n[0]), n[1]
        elif word in _AXES:
            axis, angle, by = word, n[0], (n[1], n[2], n[3])
            count, start = (1, 0.0) if word == "still" else (count, start)
        else:
            outline = [
                (0.01 * float(pair.split()[0]), 0.01 * float(pair.split()[1]))
                for pair in tail.split(",")
                if tail
            ]
            made = put(_KINDS[name.rstrip("234")](n, outline), by, angle, _AXES[axis])
            for mirror, ends in (((-1, 1, 1), "24"), ((1, -1, 1), "34")):
                made += [scaled(part.copy(), mirror) for part in made if name[-1] in ends]
            many, width = (float(number) for number in (places or "1,0").split(","))
            spots = [width / 100 * (k / max(many - 1, 1) - 0.5 * (many > 1)) for k in range(int(many))]
            made = [moved(part.copy(), (x, 0, 0)) for x in spots for part in made]
            turns = [start + 2 * np.pi * k / count for k in range(count)]
            parts += [rotated(part.copy(), turn) for turn in turns for part in made]
    return parts


def _coil(radius: float, low: float, high: float, thick: float, count: float) -> Parts:
    steps = np.linspace(0, 1, int(12 * count)).tolist()
    return pipe([(*spot(2 * np.pi * count * t, radius), low + (high - low) * t) for t in steps], thick)


def _star(size: float, at: Point) -> Parts:
    tips = [spot(k * np.pi / 5 + _QUARTER, size * (0.45 if k % 2 else 1.0)) for k in range(11)]
    return [part for a in (0.0, 1.0, 2.0) for part in put([cut([(0, 0), *tips], 0.012)], at, a, (0, 0, 1))]


def _bottle(r: float, body: float, full: float, at: Point) -> Trimesh:
    lip, neck = 0.94 * full, body + 0.35 * (full - body)
    shape = [(1, 0), (1, body), (0.36, neck), (0.36, lip), (0.46, lip), (0.46, full)]
    return turned([(share * r, z) for share, z in shape], *at)


def _jigsaw() -> Parts:
    """A square with two knobs and two notches, lying."""
    turns = np.linspace(0.68 * np.pi, 2.32 * np.pi, 17).tolist()
    inner = [(-0.36, 2.2), *((0.62 * np.cos(t), 1.72 + 0.62 * np.sin(t)) for t in turns), (0.36, 2.2)]
    walk = np.linspace(0, 7.2, len(inner)).tolist()
    outer = [(-2.2, 2.2 - s) if s < 1.4 else (min(s - 3.6, 2.2), 0.8 + max(0.0, s - 5.8)) for s in walk]
    parts = _made("box 1.8 .4 1.8 0 0 -.9")
    for angle in (0.0, _QUARTER):
        loops = pairwise(zip(outer, inner, strict=True))
        notched = [scaled(cut([a, c, d, b], 0.4), (0.01, 0.01, 0.01)) for (a, b), (c, d) in loops]
        knobs = _made("box 4.4 .4 1.4 0 0 .8; box .7 .4 .8 0 0 2; oval 1.4 1.3 .4 0 0 2.9")
        parts += put(
            notched + _made("box 4.4 .4 .3 0 0 .75; box2 1.4 .4 1.4 1.5 0 .8"), (0, 0, 0), angle
        ) + put(knobs, (0, 0, 0), angle + np.pi)
    return [rotated(part, 0.3) for part in put(parts, (0, 0, 0.002), -_QUARTER, (1, 0, 0))]


_MEN = {
    "10 30 33 51 71 06 44 66 76": "1.2 2.9, 1.4 3.6, 1.2 4.3, .2 4.8",
    "00 70 07 77": ".9 4, 1.6 4.6, 1.6 6",
    "20 57": ".6 4.6, 1.4 4.9, .7 5.2, 1.3 6.2, .3 7.6, .4 8, .1 8.2",
    "47": ".7 5.8, 1.5 6.1, .8 6.5, 1.7 9, .7 9, .5 9.8, .1 10",
    "40 27": ".7 6.2, 1.6 6.6, .9 7, 1.6 9.6, .3 10, .3 10.6, 1 10.6, 1 11.2, .3 11.2, .3 12",
}
"""Where chessmen stand after some moves, and the outlines of their upper parts."""


def _chess() -> Parts:
    men = [
        f"; spun {5 * int(x) - 17.5} {5 * int(y) - 17.5} 2: 2.1 0, 2.1 .5, 1.1 1.2, .7 2.8, {top}"
        for spots, top in _MEN.items()
        for x, y in map(tuple, spots.split())
    ]
    return _made("box 42 42 2.2" + "".join(men))


def _chart() -> Parts:
    """Rows of letters E, smaller and smaller, cut through a board."""
    parts, z = _made("box 56 2 6 0 0 90; wire 1.8: -31 97, 31 97"), 0.9
    for count, size in ((1, 0.24), (2, 0.17), (3, 0.12), (4, 0.09)):
        for k in range(5):
            z -= size / 5
            lefts = [size * (1.35 * (place - (count - 1) / 2) - 0.5) for place in range(count)]
            rights = [left + size * (0.25 if k % 2 else 1.0) for left in lefts]
            ends = zip([-0.28, *rights], [*lefts, 0.28], strict=True)
            parts += [box(b - a, 0.02, size / 5, (a + b) / 2, 0, z) for a, b in ends]
        z -= 0.05
        parts.append(box(0.56, 0.02, 0.05, z=z))
    return parts


def _swags() -> Parts:
    spots = [(1.1 * t, 0.3 * (abs(t) * 2 - 1) ** 2) for t in np.linspace(-1, 1, 25).tolist()]
    bulbs = "".join(
        f"; spun {100 * x} 0 {100 * z}: 1.5 -16, 4.5 -12.5, 4.5 -9, 2 -5, 2 0" for x, z in spots[2::4]
    )
    return _made("wire 1.2:" + ", ".join(f"{100 * x} {100 * z}" for x, z in spots) + bulbs)


HOUSEHOLD: dict[str, Callable[[], Parts]] = {
    # On a desk.
    "stapler": lambda: _made("""board 3.6: -8 0, 8 0, 8 .7, -8 1; box 3 3 3.2 -6; roll -15 -6 0 2.2; board 3:
        -2 0, 15 0, 15.4 1.2, 14 2.2, 2 2.6, -2 1.6; box 12 1.2 .8 8.5 0 -.7"""),
    "tape dispenser": lambda: _made("""board 5.5: -7 0, 8 0, 8 2, 2 2, -7 2.5; board 4.5: 8 0, 9 6, 7.6 5.2, 5
        3.5, 3.5 1.5, 3 0; board 1 0 2.2: -3 6.5, -4.5 6.5, -6.5 0, 0 0, -1.5 6.5; ring 4.6 2.6 2.2 -3 0 6.4;
        wire .18: -2.6 10.8, 8.6 5.8"""),
    "wifi router": lambda: _made("""slab 24 16 3.2 0 0 .4; rod2 .7 10 7.5 2 12.5 8.5 19; rod2 .7 3.5 7.5 2 4.2
        8.5 19"""),
    "paper airplane": lambda: _made("""pitch 60 0 0 10; board .3: 16 0, -13 0, -13 -6; pitch 90 0 0 10; flat
        .3: 16 0, -13 11, -13 0; pitch 30 0 0 10; flat .3: 16 0, -13 -11, -13 0"""),
    "stack of books": lambda: _made("""turn 5; book 26 20 5; turn -15 0 0 5; book 23 17 3.5; turn 10 0 0 8.5;
        book 25 18 5.5; turn -30 0 0 14; book 20 15 4; turn 25 0 0 18; book 18 13 3.5"""),
    "jigsaw puzzle": _jigsaw,
    "hourglass": lambda: _made("""spun: 5.5 0, 5.5 1.4; spun: 5.5 19.6, 5.5 21; spun: 3.8 1, 4.1 3.5, 2.8 7.5,
        .6 10.5, 2.8 13.5, 4.1 17.5, 3.8 20; around 3 52; rod .38 5 0 1 5 0 20"""),
    # Toys and games.
    "chess set": _chess,
    "pair of dice": lambda: _made("""turn 40; box 1.6 1.6 1.6 -1.4; roll 50 1.2 0 1.08; box 1.6 1.6 1.6 0 0
        -.8"""),
    "bowling pins": lambda: _made(
        "".join(
            f"spun@{k + 1},{30.5 * k} 0 {26.4 * k}: 2.6 0, 5.5 10, 5.8 13, 2.4 25, 3.2 32, 3 35, 1.2 38;"
            for k in range(4)
        )
    ),
    "spinning top": lambda: _made("""spun: .3 0, .6 1.2, 3 3.5, 4.2 5, 4.2 5.6, 2 6.6, .6 7.2, .5 10, .9 10.3,
        .9 11"""),
    "jack in the box": lambda: _made("""box 15 15 13; ball 4.2 0 0 31; wire2 1: 2 25, 7 26, 9 30; wire .6: 7
        7, 10 7, 10 3, 13 3; coil 2.6 12 27 .7 350; pitch 220 0 7.8 13; box 15.6 15.6 1 0 7.8; roll 70 1 0
        33.5; spun2: 3 0, .4 9; ball2 1.4 0 0 9.5"""),
    "baby rattle": lambda: _made("""ring 3.5 2.2 1.6 0 0 3.5; rod .7 0 0 6.5 0 0 12; ball 3.6 0 0 15; spun:
        4.1 14.5, 4.1 15.5"""),
    "russian nesting dolls": lambda: _made(
        "".join(
            f"spun {x} 0 0 {h}: 22 0, 27 12, 29 30, 25 50, 17 62, 20 72, 20 82, 14 94, 4 100;"
            for h, x in ((16, -11), (12.5, -1.2), (9.5, 6.5), (6.8, 12.2), (4.5, 16.3))
        )
    ),
    "crib mobile": lambda: _made("""rod .6 0 0 40 0 0 56; spun: 3 38, 3.5 40, 1 42; around 5 30; rod .8 0 0 40
        22 0 38; rod .4 22 0 38 22 0 15; still; turn 30; star 6 22 0 12; turn 156; star 6 22 0 20; turn 281;
        star 6 22 0 8; turn 407; star 6 22 0 18; turn 533; star 6 22 0 13"""),
    # In a bathroom and a bedroom.
    "soap dispenser": lambda: _made("""spun: 3.6 0, 3.8 .5, 3.8 10, 3 11.5, 1.6 12, 1.6 13.5, .6 13.6, .6 16,
        1.4 16, 1.4 17.2; wire .5: 0 16.7, 4.2 16.7, 4.8 15.6"""),
    "toilet paper roll": lambda: _made("ring 5.8 2.2 10 0 0 10; box .4 10 10 5.6"),
    "hair dryer": lambda: _made("""along 0 0 19: 3.2 -10, 4.2 -9, 4.6 -3, 4 4, 2.6 7.5, 2.4 8, 3.2 8.2, 2.8
        13; board 3.4: -4.5 17, -2 0, 1.4 0, 0 17"""),
    "hairbrush": lambda: _made("""along 1 0 2 -157: 1 0, .8 3, 1.2 9, .7 12; rod@8,9 .23 6 -2 2 6 -2 5.2;
        rod@8,9 .23 6 0 2 6 0 5.2; rod@8,9 .23 6 2 2 6 2 5.2; pitch 157 0 0 2; oval 12 7 1.4 6"""),
    "bathroom scale": lambda: _made("slab 32 30 2.8 0 0 1.6; spun4 11 10: 3 0, 2 1.8; slab 14 8 2.2 0 10 4"),
    "shower curtain": lambda: _made("""rod 2 -100 0 200 100 0 200; rod2 6 100 0 200 103 0 200; ring@8,150 5.5
        3 2 -10 0 197; box@9,160 11 6 186 -10 0 5; box@8,140 11 6 186 -10 5 9"""),
    "pedestal sink": lambda: _made("""spun: 16 0, 15 4, 9 12, 7.5 45, 10 62, 22 70, 27 80, 28 85; box 60 12 10
        0 22 79; spun2 14 20: 2 85, 2 91, 5 91, 5 94; turn 157; wire 1.8: 18 86, 18 100, 14 104, 6 104, 4
        100"""),
    "nail polish": lambda: _made("spun: 1.7 0, 2 .4, 2 2.8, 1.4 3.6, .8 3.8, .8 4.1, 1.05 4.1, .75 8.4"),
    "dressing table": lambda: _made("""box 110 45 5 0 0 72; box2 30 42 30 38 0 42; ball2 2.5 38 -22 57; box 50
        40 12 0 0 60; box4 5 5 45 51 18; rod2 2.2 33 17 75 33 17 125; oval 54 74 3 0 17 118; rod 1.8 -33 17
        118 33 17 118; spun2 46 2: 4 77, 4 84, 1.5 87, 1.5 92"""),
    "jewelry box": lambda: _made("""box 24 16 9 0 0 1.4; box4 3 3 1.5 10 6; spun: 1.2 10, .4 10.2, .4 15, 4
        15.5, .8 18, 1.1 20, .3 21; ball 1.3 0 0 22; wire2 .35: 1 20, 4 22.5, 0 26; pitch 75 0 7.5 10; slab 25
        17 3 0 8.5"""),
    "four poster bed": lambda: _made("""spun4 80 100: 5 0, 5 70, 7 75, 3.5 85, 5 120, 3.5 200, 5 210, 2 218;
        box4 170 7 9 0 100 202; box2 7 200 9 80 0 202; box 160 200 35 0 0 25; slab2 60 40 14 36 72 58; board 6
        0 100 40: 0 0, 80 0, 80 60, 40 75, 0 80, -40 75, -80 60, -80 0"""),
    "bib": lambda: _made("""board2 .8: 0 0, 9 .5, 13.5 4, 14 12, 12 20, 9.5 26, 7.5 26, 6 21.5, 0 18.5; wire2
        1: 8.5 25.5, 9.5 30, 7.5 34.5, 2.5 36.5"""),
    "earmuffs": lambda: _made("arch 8.5 7.3 2.4 8; box2 1.4 2 4 7.9 0 6; roll 157 7.8 0 6; ball2 5 0 0 0 50"),
    "sleeping bag": lambda: _made("""flat 10: 0 0, -95 -14, -98 0, -95 14, 0 33, 50 38, 75 26, 75 -26, 50 -38,
        0 -33, -95 -14; pitch -157 80 0 6; ring 27 14 12"""),
    "bean bag": lambda: _made("""spun: 30 0, 42 4, 47 14, 45 28, 37 45, 26 58, 15 67, 6 73, 3 75; ring 5 3 2 0
        0 78"""),
    "stack of towels": lambda: _made("""pad 38 7.6 26 0 0 4; pad 36 7.6 25 1 0 11.2; pad 37 7.6 26 -1 0 18.4;
        pad 34 7.6 24 0 0 25.6"""),
    "thermos": lambda: _made("""spun: 4.5 0, 4.8 .5, 4.8 19, 4.2 21, 4.2 22, 4.5 22, 4.5 28, 4 29; wire .7:
        4.6 5, 8.5 7, 8.5 17, 4.6 19"""),
    # In a kitchen.
    "juice box": lambda: _made("box 6.4 4.2 11; wire .26: 1 11, .6 14, 2.8 15.6"),
    "egg carton": lambda: _made("""spun3@6,24 0 2.4: 1.4 0, 2.3 4; ball3@6,24 2.1 0 2.4 4.8 130; box 30 10.5
        .6 0 0 3.4; pitch 20 0 5.2 3; box 30 10 3 0 5"""),
    "cookie jar": lambda: _made("""spun: 7 0, 10 2, 12 7, 12.3 11, 11 16, 9 19, 9 20, 10 20, 9.5 22, 7 24, 1
        25.5, 1 26, 2.2 27, 2 29, .5 30; ring2 3 1.6 1.6 12 0 14"""),
    "mortar and pestle": lambda: _made("""spun: 5 0, 5 1, 3.5 2, 5 4, 7.5 9, 8 11, 7.5 11; roll 50 0 0 5;
        spun: 1.4 0, .9 12, 1.6 15, 1.4 17, .4 18"""),
    "corkscrew": lambda: _made("""along 0 0 12.5: 1 -5, 1.3 -3, 1.2 0, 1.3 3, 1 5; rod .4 0 0 6 0 0 12; coil
        .7 0 6.5 .26 450"""),
    "cheese grater": lambda: _made("""square: 6 0, 6 .8, 5.4 .8, 3.8 20, 4 20, 4 21; wire .7: -3 20.5, -3 24,
        -2 25.5, 2 25.5, 3 24, 3 20.5; around 4; box 11.6 5 .7 0 0 4; box 11.2 5 .7 0 0 7; box 10.7 5 .7 0 0
        10; box 10.2 5 .7 0 0 13; box 9.7 5 .7 0 0 16"""),
    "colander": lambda: _made("""spun: 8 0, 7 2, 8 2, 12 5, 14.5 10, 15 13, 16 13, 16 13.8; pitch 157 0 0 13;
        ring2 4.5 3 1.4 17"""),
    "waffle iron": lambda: _made("""spun4 6 6: 2 0, 2 3; spun: 10 2, 12 3, 12 7; rod 1.4 0 -10 5 0 -19 5; box
        9 4 9 0 13 2; box3@5,15 1.6 1.6 1.2 0 7.5 7; box3@5,15 1.6 1.6 1.2 0 3.7 7; box@5,15 1.6 1.6 1.2 0 0
        7; pitch -175 0 12 8; spun 0 -12: 12 0, 12 4, 10 5.5; rod 1.4 0 -22 2 0 -31 2"""),
    "whiskey decanter": lambda: _made("""square: 4.4 0, 4.6 .5, 4.6 12, 3.6 14.5; spun: 4 14, 1.6 16, 1.4
        18.5, 2.2 19, 2.2 19.6, 1.2 19.6, 1.2 20.2, 2.6 21.5, 2.8 23, 1.6 25"""),
    "clothespin": lambda: _made("""board2 1: 0 7.5, 0 4.6, .9 0, 1.8 0, 1 4.6, .6 7.5; ring .85 .4 1.4 0 0
        4.4; wire2 .12: 1.2 4.4, 1.1 5.6, .4 5.8"""),
    "spice rack": lambda: _made("""box2 1.5 9 36 18; box 36 9 1.2 0 0 2; box 36 1 1.2 0 -4.5 6; spun@5,26 0 0
        3: 2.2 0, 2.2 7, 1.6 8, 1.6 8.4, 2 8.4, 2 10.6; box 36 9 1.2 0 0 20; box 36 1 1.2 0 -4.5 24; spun@5,26
        0 0 21: 2.2 0, 2.2 7, 1.6 8, 1.6 8.4, 2 8.4, 2 10.6"""),
    "stack of plates": lambda: _made(
        ";".join(f"spun {0.3 * (k % 3 - 1)} 0 {1.6 * k}: 7 0, 8 .3, 13 1.5, 13 1.9" for k in range(7))
    ),
    "row of bottles": lambda: _made("""bottle2 3.7 18 30 21; bottle 4.2 15 27 -10.5; bottle 3.4 20 33; bottle
        4 16 25 10.5"""),
    "gift box": lambda: _made("""box 20 20 17; box 21.5 21.5 4 0 0 15; ball 2.4 0 0 21; around 4; roll 40 5.2
        0 22.5; ring 4.8 3.1 3.4"""),
    "snow globe": lambda: _made("spun: 5.5 0, 5.8 1, 5 2, 4.6 4, 4 4.4; ball 5.3 0 0 8.8"),
    # In a house.
    "space heater": lambda: _made("""rod 3 -18 0 14 20 0 14; rod 3 -18 0 52 20 0 52; box 7 17 50 25 0 8; box2
        4 26 3 16 0 5; rod4 3 16 10 3 16 13 3; slab@7,36 2.4 16 46 0 0 10"""),
    "pet carrier": lambda: _made("""board 32: -23 0, 23 0, 26 16, -26 16; box 55 35 2.5 0 0 15; board 31: -25
        17, 25 17, 23 27, 17 31, -17 31, -23 27; wire 1.4: -9 31, -8 36, 8 36, 9 31; box2 2.5 37 6 16 0
        13"""),
    "standing desk": lambda: _made("""box 140 70 3.5 0 0 108; box2 8 62 3.5 52; box2 9 7 60 52; box2 6 5 108
        52; box 104 4 6 0 0 100"""),
    "school desk": lambda: _made("""board 60: 4 68, 46 74, 46 78, 4 72; board 54: 8 56, 44 58, 44 74, 8 68;
        box 34 50 3 -30 0 42; board 50: -46 50, -43 50, -48 80, -51 80; box 4 44 4 34; wire3 2.2 22: -22 2,
        -30 43; wire3 2.2 22: -50 2, -40 43, -48 70; wire3 2.2 22: 34 2, 26 58; wire3 2.2 22: -52 2, 40 2;
        wire3 2.2 22: -22 30, 12 60"""),
    "ottoman": lambda: _made("slab 60 60 28 0 0 8; ball 29 0 0 34 25; spun4 22 22: 1.8 0, 3.2 9"),
    "pool table": lambda: _made("""box 250 140 16 0 0 70; box 230 120 14 0 0 58; spun4 100 50: 9 0, 12 4, 7
        10, 10 30, 13 45, 13 62; ball 4.5 45 0 89; ball3 4.5 53 5 89; ball 4.5 61 0 89; ball3 4.5 61 9 89;
        ball 4.5 -30 0 90; rod 1.8 -120 -10 97 -40 0 91"""),
    "umbrella stand": lambda: _made("""spun: 13 0, 13 3, 11 4, 13 48, 14 48, 14 51; around 3 20; wire 1.3: 6
        20, 10 62, 12 80, 13 86, 17 90, 21 88, 21 83; spun 5: 1 20, 4 52, 3.6 62, 1.2 74"""),
    "tapestry": lambda: _made("""rod 2.2 -62 0 145 62 0 145; ball2 4.5 64 0 145; wire2 1.2: 50 145, 0 170; box
        105 2 125 0 0 20; spun@9,96 0 0 2: 3.5 0, 2.5 8, 1.5 14, 1.2 20"""),
    "wall sconce": lambda: _made("""oval 10 24 3 0 10 13; rod 1.2 0 10 13 0 0 10; wire2 .9: 0 10, 6 5, 12 6,
        15 10, 15 15; spun2 15: 1 13, 4 14.5, 4 15.5, 1.4 15.5, 1.4 21, 7.5 21, 4.2 33"""),
    "string lights": _swags,
    # In a shop.
    "postcard rack": lambda: _made("""spun: 28 0, 28 3, 4 6; rod 2.5 0 0 0 0 0 175; ball 4 0 0 176; around 4;
        pitch 25 0 -16 35; box 26 2 24; pitch 25 0 -16 70; box 26 2 24; pitch 25 0 -16 105; box 26 2 24; pitch
        25 0 -16 140; box 26 2 24"""),
    "glass display case": lambda: _made("""box 100 45 35; box4 3.5 3.5 180 48 20; box 100 45 2.5 0 0 80; box
        100 45 2.5 0 0 125; box 104 49 7 0 0 175; spun -24: 6 35, 3 38, 9 48, 10 56, 5 64, 7 68; spun 24: 8
        35, 8 38, 2 41, 2 46, 10 53, 11 62; ball 9 22 0 91; spun -22: 7 127, 7 130, 2 133, 3 140, 11 150;
        bottle 5 15 26 -22 82; bottle 5 15 26 22 127"""),
    "gumball machine": lambda: _made("""spun: 17 0, 17 2, 5 6, 4 44, 11 48, 12 50, 14 68, 11 71; ball 20 0 0
        88; spun: 12 104, 13 106, 9 110, 2 112, 3 115, 1 117; box 10 10 9 0 -13 50; rod 3.5 0 -11 64 0 -18
        64"""),
    "vending machine": lambda: _made("""box 90 75 175 0 0 8; box 93 78 9 0 0 176; box4 10 10 8 38 30; box 55 6
        6 -10 -39 50"""),
    "cash register": lambda: _made("""box 44 42 10; box 40 10 7 0 -26 1.5; side 38: -18 10, 18 10, 18 42, 8
        42, 2 24, -18 14; box 42 12 14 0 12 40; rod@6,30 1 0 -14 15 0 -16 21; rod@6,30 1 0 -7 15 0 -9 25;
        rod@6,30 1 0 0 20 0 -2 28; wire 1.2: 19 24, 25 24, 25 36; ball 2.5 25 0 37"""),
    "atm": lambda: _made("""side 60: -18 0, 30 0, 30 165, 10 165, -2 140, -8 104, -34 96, -34 88, -18 84; side
        68: 30 140, 30 172, -26 172, -26 152, 0 150"""),
    # Of exercise and of a sickroom.
    "rowing machine": lambda: _made("""board 7: -125 37, -125 32, 70 24, 70 29; oval 54 54 14 85 0 36; rod 3
        -120 -25 3 -120 25 3; rod 3 98 -25 3 98 25 3; wire 2.5: -120 34, -120 3; wire 3: 64 27, 98 3; board
        30: -50 40, -22 40, -20 46, -26 44, -46 44, -52 46; board 30: 34 28, 42 26, 54 52, 49 54; rod 2 38 -24
        62 38 24 62; wire 1: 38 62, 76 50; wire 1.8: 82 58, 62 96; board 20: 56 92, 62 88, 70 104, 64 108"""),
    "exercise bike": lambda: _made("""rod2 4 50 -25 4 50 25 4; wire 3.5: -50 5, -10 32, 50 5; oval 50 50 9 30
        0 36; wire 3.5: 0 34, -26 92; board 18: -42 95, -36 92, -8 93, -10 98, -40 101; wire 3.5: -8 36, 26
        70, 34 112; board 20: 34 110, 42 112, 38 128, 30 126; rod 2 34 -22 110 34 22 110; wire3 2 22: 34 110,
        56 116; wire 1.8 10: -2 34, 6 49; wire 1.8 -10: -2 34, -10 19; box 12 10 3 6 16 48; box 12 10 3 -10
        -16 18"""),
    "iv drip": lambda: _made("""rod 2 0 0 10 0 0 190; wire2 1.4: 18 188, 18 184, 14 182, 0 186; board 6 17: 0
        140, 8 141, 10 145, 10 168, 3 175, -3 175, -10 168, -10 145, -8 141; wire 1.2: 17 174, 17 184; wire 1:
        17 141, 17 126, 20 100, 14 84, 8 88, 2 96; spun 17: 2.5 122, 2.5 134; around 5 30; rod 2.5 0 0 14 30 0
        8; ball 4.5 30 0 4.5"""),
    "stretcher": lambda: _made("""box 130 56 9 -30 0 78; board 54: 33 78, 95 112, 90 120, 30 86; wire3 2.2 26:
        -115 76, 100 76; wire3 2.2 26: -70 76, 55 16; wire3 2.2 26: 55 76, -70 16; wire3 2.2 26: -75 16, 62
        16; wire3 1.4 26: -60 80, -58 98, 0 98, 2 80; oval3 16 16 4 -70 26 8; oval3 16 16 4 57 26 8"""),
    "eye chart": _chart,
    # Of a house besides.
    "sewing machine": lambda: _made("""box 42 18 4; board 10: 10 4, 20 4, 20 30, 9 31, 8 24; board 9: 20 31,
        20 20, -8 22, -16 20, -20 22, -20 31, -17 33, 18 33; board 8: -20 22, -13 22, -13 15, -18 15; rod .7
        -15.5 0 15 -15.5 0 5; rod 7 19 0 25 23 0 25; wire .6: 8 33, 8 38; spun 8: 1.6 34, 1.6 38"""),
    "clothes iron": lambda: _made("""board 11: -13 0, 16 0, 8 4, 2 6, -12 6; board 9: -12 6, 4 6, -4 8.5, -11
        8.5; wire 1.6: -10 7.5, -9 14, 6 12.5, 8 9, 5 5; board 8: -12 6, -14.5 5, -15 11, -12 14, -8 13; wire
        .5: -13 12, -18 15, -22 13, -25 15"""),
    "candy cane": lambda: _made("wire .9: 0 .9, 0 11, .6 13, 2 14.4, 3.8 14.6, 5.4 13.6, 6.2 12, 6.3 10.4"),
    "christmas stocking": lambda: _made("""board 3: 0 10, 8 34, -7 34, -7.5 5, -5 1, 0 0, 6 1, 12 0, 18 0, 21
        4, 19 9, 9 13, 8 34; board 4.5: -8 32, 10 32, 10.5 41, -8.5 41; wire .8: 8 41, 9 46, 12 46, 11 41"""),
    "lava lamp": lambda: _made("""spun: 7 0, 7 1, 4.2 8, 4 9, 6.6 14, 6.8 15; spun: 6 15, 6.2 17, 3.8 33;
        spun: 4 33, 4 34, 2.8 40, 2.4 41"""),
    "menorah": lambda: _made("""spun: 7 0, 7 1, 2 3, 1.2 6; rod .8 0 0 5 0 0 25; wire2 .7: 0 9, 8 11, 12 16,
        13 23; wire2 .7: 0 12, 5 13.5, 8.5 17, 9.5 23; wire2 .7: 0 15, 3 16, 5.5 19, 6 23; wire2 .7: 0 18, 2
        19, 2.8 23; spun@9,26: .9 23, 1.3 24, .7 24, .7 30, .2 32.5; spun: 1.4 25, .8 25, .8 34, .2 37"""),
    "hand mirror": lambda: _made("""oval 13 16 1.2 0 0 20; wire .9: 0 12, 0 8; spun: .6 0, 1.5 1.5, 1 5, .8 9,
        1.6 12"""),
    "paper towel holder": lambda: _made("""spun: 9 0, 9 1.5, 1 2; spun: 6.2 2.5, 6.2 29; rod .9 0 0 2 0 0 33;
        ball 1.6 0 0 34; wire .5: 8 1, 8 24; box .5 10 24 -6 -4 4"""),
    "spool of thread": lambda: _made("""spun: 1.8 0, 1.8 .6, 1 .9, 1.3 1, 1.35 2.7, 1.3 4.4, 1 4.5, 1.8 4.8,
        1.8 5.4; wire .1: 1.3 3.4, 2.4 2.2, 2.8 1, 3.8 .3, 5.5 .2"""),
}
