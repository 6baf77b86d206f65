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
from smartmask.data.synthesis.outdoor.stage import Stage
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


def make_world(
    rng: np.random.Generator,
    library: SilhouetteLibrary,
    size_hw: tuple[int, int] = (384, 512),
    kind: str | None = None,
) -> tuple[World, Camera]:
    """An open place and who looks at it.

    Args:
        rng: Source of everything that is random in it.
        library: Silhouettes of real objects; labels that it lacks are left out of the place.
        size_hw: The camera's canvas.
        kind: One of `PLACES`; drawn if None.

    Raises:
        ValueError: If there is no such kind.
    """
    if kind is None:
        shares = np.array([place.share for place in PLACES.values()])
        kind = str(rng.choice(list(PLACES), p=shares / shares.sum()))
    if kind not in PLACES:
        raise ValueError(f"no open place is called {kind!r}; choose from {', '.join(PLACES)}")
    place = PLACES[kind]
    ground, camera = place.plan(rng, size_hw)
    stage = Stage(rng, library, camera, ground)
    place.fill(stage)
    world = World(
        str(rng.choice(place.names)), ground.surfaces(), tuple(stage.bodies), tuple(stage.billboards), "sky"
    )
    return world, camera
