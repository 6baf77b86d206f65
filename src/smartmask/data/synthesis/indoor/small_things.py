"""Which open meshes lie on tops and shelves, by the kind of room; rare labels as often as common ones."""

from functools import lru_cache

from smartmask.data.synthesis.indoor.room import Room
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.supports import Shelf

_ANY_SHARE = 0.1
"""So many are of any parent, wherever they are."""
_TRIES = 3
_LONGEST_M = 0.62
_NOWHERE = ("weapon", "clothes")
"""Parents that lie only where the room's own list has them."""

Shares = dict[str, float]

_LIVING: Shares = {
    "household object": 3, "electronics": 2, "tableware": 2, "lamp": 1.2, "food": 1, "toy": 1, "plant": 1.2,
}  # fmt: skip
_SHOP: Shares = {
    "food": 3, "tableware": 2, "cookware": 2, "kitchen object": 2, "household object": 2.5, "electronics": 2,
    "appliance": 1.5, "clothes": 1.5, "toy": 2, "lamp": 1.5, "bathroom": 1.5, "container": 2, "tool": 1.5,
    "weapon": 0.7, "plant": 1, "sports": 1,
}  # fmt: skip
_BY_ROOM: dict[str, Shares] = {
    "kitchen": {
        "food": 4, "tableware": 3, "cookware": 2, "kitchen object": 2, "appliance": 1.5, "container": 1,
        "plant": 0.4,
    },
    "dining room": {"food": 4, "tableware": 4, "lamp": 0.7, "plant": 0.7, "container": 0.6},
    "bathroom": {"bathroom": 5, "household object": 0.6, "lamp": 0.4, "plant": 0.8, "toy": 0.3},
    "office": {"electronics": 4, "household object": 3, "tableware": 1, "lamp": 1, "plant": 0.8},
    "bedroom": {
        "household object": 2, "electronics": 1.5, "clothes": 2, "toy": 1.5, "lamp": 1, "bathroom": 0.5,
        "tableware": 0.5, "plant": 0.5,
    },
    "shop": _SHOP,
    "storage room": _SHOP,
    "workshop": {"tool": 5, "household object": 2, "container": 2, "lamp": 0.7, "electronics": 0.7},
    "playroom": {"toy": 5, "household object": 1, "food": 0.5, "sports": 1, "clothes": 0.7},
    "cafe": {"food": 4, "tableware": 3, "lamp": 0.4, "plant": 0.4},
}  # fmt: skip


def draw_small(room: Room, more: OpenMeshes, shelf: Shelf) -> Mesh | None:
    """A thing that lies about in such a room and fits on a level, by a few tries; None if none did."""
    shares = _BY_ROOM.get(room.kind, _LIVING)
    free = (shelf.high_xy[0] - shelf.low_xy[0], shelf.high_xy[1] - shelf.low_xy[1])
    for _ in range(_TRIES):
        if room.chance(_ANY_SHARE):
            labels = small_labels(more, None)
        else:
            weights = list(shares.values())
            pick = room.between(0, sum(weights))
            parents = list(shares)
            while len(weights) > 1 and pick > weights[0]:
                pick -= weights.pop(0)
                parents.pop(0)
            labels = small_labels(more, parents[0])
        mesh = more.draw(room.rng, labels)
        if mesh is None:
            continue
        is_low = mesh.size[2] < shelf.clearance_m - 0.01
        if is_low and max(mesh.size[:2]) < max(free) - 0.03 and min(mesh.size[:2]) < min(free) - 0.03:
            return mesh
    return None


@lru_cache(maxsize=64)
def small_labels(more: OpenMeshes, parent: str | None) -> tuple[str, ...]:
    """The labels of a parent, or of any, that are small enough for a top."""
    parents = () if parent is None else (parent,)
    if parent in ("toy", "tool", "container", "plant", "sports", "household object"):
        held: tuple[str, ...] = ("tabletop", "floor")
    else:
        held = ("tabletop",)
    longest = 0.4 if held != ("tabletop",) else _LONGEST_M
    but = _NOWHERE if parent is None else ("robot vacuum", "dustpan", "bucket", "toilet brush")
    return more.labels(*parents, supports=held, size_m=(0.045, longest), but=but)
