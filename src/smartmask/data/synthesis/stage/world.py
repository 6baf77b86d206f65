"""What a made-up place consists of, before anybody looks at it.

A `World` holds flat surfaces (walls, rugs, pictures), solid bodies (furniture, plants) and billboards
(silhouettes of real objects, stood up at metric height). Everything is in metres, z up, the ground at z = 0.
`compose.py` turns a world and a camera into a `LayeredScene`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

Support = Literal["floor", "ceiling", "wall", "air"] | int
"""What holds a thing: a part of the place, nothing (a bird in the sky), or the number of the body that
carries it in `World.bodies`."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A flat polygon.

    Attributes:
        label: What it is, in plain words.
        corners: Its outline; the fan of triangles from the first corner must cover it (convex ones do).
        is_thing: Whether it may be asked for (rug, picture). The surfaces that may not (wall, floor) are
            merged into one region for each label.
        texts: Other wordings for it.
    """

    label: str
    corners: Float[np.ndarray, "K 3"]
    is_thing: bool
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A solid thing in its place.

    Attributes:
        label: What it is, in plain words.
        vertices: Its corners in the world.
        faces: Triangles, as numbers of corners; the winding does not matter.
        support: What holds it.
        texts: Other wordings for it.
        is_thing: Whether it may be asked for.
    """

    label: str
    vertices: Float[np.ndarray, "V 3"]
    faces: Int[np.ndarray, "T 3"]
    support: Support
    texts: tuple[str, ...] = ()
    is_thing: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Billboard:
    """A silhouette that stands upright and faces the camera.

    Attributes:
        label: What it is, in plain words.
        mask: Its shape, cut to its box: the lowest row touches the support.
        foot: World point under the middle of the lowest row.
        height_m: Height of the mask's box in metres; its width follows from its pixels.
        support: What holds it.
        is_mirrored: Whether left and right are swapped.
        texts: Other wordings for it.
    """

    label: str
    mask: Bool[np.ndarray, "H W"]
    foot: tuple[float, float, float]
    height_m: float
    support: Support
    is_mirrored: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A place with everything in it.

    Attributes:
        kind: What people call it ("bedroom", "street"), for the scene's texts.
        surfaces: Flat parts, in any order; where two coincide the later must stand off by some millimetres.
        bodies: Solid things.
        billboards: Silhouettes of real things.
        backdrop: Label of what is seen where nothing is ("sky"); None if the place is closed.
    """

    kind: str
    surfaces: tuple[Surface, ...]
    bodies: tuple[Body, ...]
    billboards: tuple[Billboard, ...] = ()
    backdrop: str | None = None
