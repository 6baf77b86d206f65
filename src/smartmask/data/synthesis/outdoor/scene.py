"""Open places with people, animals, vehicles, houses and trees, each on the ground that carries it.

A recipe (`outdoor_paved.py`, `outdoor_green.py`) draws the ground and a camera in a person's hands, then
fills the place with silhouettes of real objects at metric height (`silhouettes.py`, `scales.py`) and with
solids made of boxes. All stand on the ground at z = 0; only birds, airplanes and kites are in the air.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smartmask.data.synthesis.outdoor import green, paved
from smartmask.data.synthesis.outdoor.ground import Ground
from smartmask.data.synthesis.outdoor.open_fill import enrich_place
from smartmask.data.synthesis.outdoor.open_places import (
    OPEN_PLACES,
    UNDER_WATER,
    UNDER_WATER_SHARE,
    fill_open,
    fill_under_water,
    plan_open,
    plan_under_water,
)
from smartmask.data.synthesis.outdoor.solids import stand_in
from smartmask.data.synthesis.outdoor.stage import Stage
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.synthesis.stage.world import World
from smartmask.scene.camera import Camera


@dataclass(frozen=True, slots=True)
class Place:
    """A recipe.

    Attributes:
        names: What people call it; one is drawn.
        share: How often it is drawn, in proportion to the others.
        plan: Draws the ground and the camera.
        fill: Puts everything in its place.
    """

    names: tuple[str, ...]
    share: float
    plan: Callable[[np.random.Generator, tuple[int, int]], tuple[Ground, Camera]]
    fill: Callable[[Stage], None]


PLACES: dict[str, Place] = {
    "street": Place(("street", "city street", "road"), 0.26, paved.plan_street, paved.fill_street),
    "square": Place(("square", "plaza"), 0.11, paved.plan_square, paved.fill_square),
    "parking lot": Place(("parking lot", "car park"), 0.08, paved.plan_parking, paved.fill_parking),
    "airfield": Place(("airfield", "airport"), 0.05, paved.plan_airfield, paved.fill_airfield),
    "railway": Place(("railway station", "train platform"), 0.07, paved.plan_railway, paved.fill_railway),
    "park": Place(("park", "garden"), 0.17, green.plan_park, green.fill_park),
    "meadow": Place(("meadow", "field", "countryside"), 0.14, green.plan_meadow, green.fill_meadow),
    "beach": Place(("shore", "waterfront"), 0.12, green.plan_beach, green.fill_beach),
}


_OPEN_PLACE_SHARE = 0.45
"""Of the open places with open meshes, those that silhouettes alone could not fill."""


def make_world(
    rng: np.random.Generator,
    library: SilhouetteLibrary,
    size_hw: tuple[int, int] = (384, 512),
    kind: str | None = None,
    more: OpenMeshes | None = None,
) -> tuple[World, Camera]:
    """An open place and who looks at it.

    Args:
        rng: Source of everything that is random in it.
        library: Silhouettes of real objects; labels that it lacks are left out of the place.
        size_hw: The camera's canvas.
        kind: One of `PLACES`, with open meshes also one of `OPEN_PLACES` or `UNDER_WATER`;
            drawn if None.
        more: Open meshes to fill it with besides; some kinds of places come only with them.

    Raises:
        ValueError: If there is no such kind.
    """
    if more is not None and (
        kind in (*OPEN_PLACES, UNDER_WATER) or (kind is None and rng.random() < _OPEN_PLACE_SHARE)
    ):
        return _make_open(rng, library, size_hw, kind, more)
    if kind is None:
        shares = np.array([place.share for place in PLACES.values()])
        kind = str(rng.choice(list(PLACES), p=shares / shares.sum()))
    if kind not in PLACES:
        raise ValueError(f"no open place is called {kind!r}; choose from {', '.join(PLACES)}")
    place = PLACES[kind]
    ground, camera = place.plan(rng, size_hw)
    stage = Stage(rng, library, camera, ground, more, None if more is None else stand_in)
    place.fill(stage)
    if more is not None:
        enrich_place(stage, kind)
    world = World(
        str(rng.choice(place.names)), ground.surfaces(), tuple(stage.bodies), tuple(stage.billboards), "sky"
    )
    return world, camera


def _make_open(
    rng: np.random.Generator,
    library: SilhouetteLibrary,
    size_hw: tuple[int, int],
    kind: str | None,
    more: OpenMeshes,
) -> tuple[World, Camera]:
    """A place that open meshes fill."""
    if kind == UNDER_WATER or (kind is None and rng.random() < UNDER_WATER_SHARE):
        ground, camera = plan_under_water(rng, size_hw)
        stage = Stage(rng, library, camera, ground, more)
        fill_under_water(stage)
        name, backdrop = "underwater scene", "water"
    else:
        shares = np.array([place.share for place in OPEN_PLACES.values()])
        place = OPEN_PLACES[kind or str(rng.choice(list(OPEN_PLACES), p=shares / shares.sum()))]
        ground, camera = plan_open(rng, size_hw, place)
        stage = Stage(rng, library, camera, ground, more, stand_in)
        fill_open(stage, place)
        name, backdrop = str(rng.choice(place.names)), "sky"
    return World(name, ground.surfaces(), tuple(stage.bodies), tuple(stage.billboards), backdrop), camera
