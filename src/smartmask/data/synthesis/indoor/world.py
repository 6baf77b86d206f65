"""A furnished room and a camera in it, from one generator."""

import numpy as np

from smartmask.data.synthesis.indoor.furnish import Density, draw, on_floor, stand_anywhere
from smartmask.data.synthesis.indoor.guests import invite_guests
from smartmask.data.synthesis.indoor.open_plans import OPEN_PLANS, furnish_open
from smartmask.data.synthesis.indoor.open_things import draw_top, enrich
from smartmask.data.synthesis.indoor.pieces import potted_plant
from smartmask.data.synthesis.indoor.plans import PLANS
from smartmask.data.synthesis.indoor.room import Room
from smartmask.data.synthesis.indoor.shell import build_shell
from smartmask.data.synthesis.indoor.view import choose_camera, choose_close_camera
from smartmask.data.synthesis.stage.kinds import KINDS
from smartmask.data.synthesis.stage.meshes import MeshLibrary
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.synthesis.stage.world import World
from smartmask.scene.camera import Camera

ROOM_SHARES = (0.26, 0.2, 0.17, 0.1, 0.13, 0.14)
"""How often each kind of room comes, in the order of `PLANS`."""

_LOOSE_KINDS = ("plant", "plant", "chair", "chair", "bar-stool", "side-table", "floor-lamp", "armchair")
_OPEN_ROOM_SHARE = 0.3
"""Of the rooms with open meshes, those that our own kinds could not furnish."""
_CLOSE_SHARE = 0.5
"""Of the rooms with open meshes, those in which somebody looks at what lies on a piece."""
_SILL_M, _SILL_ABOVE_COUNTERS_M = (0.75, 1.0), (0.98, 1.2)


def make_world(
    rng: np.random.Generator,
    library: MeshLibrary,
    density: Density,
    silhouettes: SilhouetteLibrary | None = None,
    kind: str | None = None,
    more: OpenMeshes | None = None,
) -> tuple[World, Camera] | None:
    """A room by chance and a view of it.

    Args:
        rng: Where chance comes from.
        library: Where shapes come from.
        density: How full rooms are.
        silhouettes: People, animals and things that may be in it.
        kind: Kind of room; None for any.
        more: Open meshes to furnish it with besides; some kinds of rooms come only with them.

    Returns:
        None if the room left nowhere for a camera to stand; try again.
    """
    if kind is None and more is not None and rng.random() < _OPEN_ROOM_SHARE:
        shares = np.array([plan.share for plan in OPEN_PLANS.values()])
        kind = str(rng.choice(list(OPEN_PLANS), p=shares / shares.sum()))
    kind = kind or str(rng.choice(list(PLANS), p=ROOM_SHARES))
    shortest, longest = PLANS[kind][1] if kind in PLANS else OPEN_PLANS[kind].side_m
    size = (
        float(rng.uniform(shortest, longest)),
        float(rng.uniform(shortest, longest)),
        float(rng.uniform(2.4, 2.9)),
    )
    room = Room(size, library, rng, more=more, kind=kind)
    build_shell(
        room,
        windows=int(rng.choice(3, p=(0.15, 0.55, 0.3))),
        doors=int(rng.choice(3, p=(0.1, 0.75, 0.15))),
        sill_m=_SILL_ABOVE_COUNTERS_M if kind in ("kitchen", "bathroom") else _SILL_M,
    )
    if more is not None and kind in OPEN_PLANS:
        furnish_open(room, more, OPEN_PLANS[kind], density)
    else:
        PLANS[kind][0](room, density)
    _other_kinds(room)
    _loose_pieces(room, density)
    camera = None
    if more is not None:
        enrich(room, more)
        top = draw_top(room) if room.chance(_CLOSE_SHARE) else None
        camera = None if top is None else choose_close_camera(room, top)
    camera = camera or choose_camera(room, density.camera_height_m)
    if camera is None:
        return None
    guests = () if silhouettes is None else invite_guests(room, camera, silhouettes)
    return World(kind, tuple(room.surfaces), tuple(room.bodies), guests), camera


def _loose_pieces(room: Room, density: Density) -> None:
    """Seats, plants and small tables that stand about, as they do where people live."""
    for _ in range(int(room.rng.poisson(1.3 * density.furniture))):
        kind = str(room.rng.choice(_LOOSE_KINDS))
        mesh = potted_plant(room.library, room.rng, is_large=True) if kind == "plant" else draw(room, kind)
        stand_anywhere(room, mesh)


def _other_kinds(room: Room) -> None:
    """A user's shapes of kinds that no plan knows: on the floor."""
    unknown = [kind for kind in room.library.kinds if kind not in KINDS]
    for kind in room.rng.permutation(unknown).tolist()[:2]:
        on_floor(room, room.library.draw(kind, room.rng))
