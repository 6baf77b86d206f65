"""How each kind of room is furnished: first what makes it that room, then what it may have besides.

A plan never fails: a piece that the library lacks, or that does not fit, is left out.
"""

import math
from collections.abc import Callable
from types import MappingProxyType

from smartmask.data.synthesis.indoor.furnish import (
    Density,
    along_wall,
    before,
    draw,
    on_floor,
    put_on,
    row_along_wall,
    shelves_on,
    small_things,
)
from smartmask.data.synthesis.indoor.groups import (
    BATH_THINGS,
    KITCHEN_THINGS,
    SHELF_THINGS,
    TABLE_THINGS,
    add_extras,
    kitchen_unit,
    lamp_or_table_beside,
    make_bed,
    night_table,
    put_cushions,
    seating_about,
    storage,
    table_in_the_open,
    tv_on_stand,
    workplace,
)
from smartmask.data.synthesis.indoor.pieces import bed
from smartmask.data.synthesis.indoor.room import Room
from smartmask.data.synthesis.indoor.shell import hang_flat, lay_rug


def living_room(room: Room, density: Density) -> None:
    """A couch with a coffee table before it, a tv opposite, armchairs, shelves, lamps and plants."""
    couch = along_wall(room, draw(room, "sofa"))
    if couch is not None:
        table = before(room, couch, draw(room, "coffee-table"), room.between(0.3, 0.5), turn=math.pi / 2)
        seating_about(room, couch, table, density)
        if table is not None:
            small_things(room, table, TABLE_THINGS, 2.5 * density.small_things)
            if room.chance(0.7 * density.furniture):
                lay_rug(room, table.x, table.y, couch.yaw, room.between(1.5, 2.2), room.between(2.0, 3.0))
        put_cushions(room, couch)
        for side in (-1, 1):
            if room.chance(0.75 * density.furniture):
                lamp_or_table_beside(room, couch, side)
        opposite = [(round(couch.yaw / (math.pi / 2)) + 2) % 4]
        tv_on_stand(room, opposite)
        if room.chance(0.6):
            hang_flat(room, "picture", count=1, above=couch)
    else:
        tv_on_stand(room, range(4))
    storage(room, ("shelf", "bookcase", "cube-shelf", "cabinet"), 2.6 * density.furniture, density)
    add_extras(room, density, plants=1.6, pictures=2)


def bedroom(room: Room, density: Density) -> None:
    """A bed between night tables, a wardrobe, and perhaps a desk, a chair or a mirror."""
    piece = bed(room.library, room.rng)
    placed = along_wall(room, piece)
    if piece is not None and placed is not None:
        make_bed(room, placed)
        for side in (-1, 1):
            if room.chance(0.85):
                night_table(room, placed, side)
        if room.chance(0.5):
            lay_rug(room, *placed.to_room(0.5, 0.0), placed.yaw, 1.8, piece.size[1] + room.between(0.8, 1.4))
        if room.chance(0.6):
            hang_flat(room, "picture", count=1, above=placed)
    storage(
        room,
        ("cabinet", "cabinet", "shelf", "bookcase", "tv-stand", "cube-shelf"),
        2.4 * density.furniture,
        density,
    )
    if room.chance(0.45 * density.furniture):
        workplace(room, density)
    if room.chance(0.4 * density.furniture):
        on_floor(room, draw(room, "armchair", "chair"))
    if room.chance(0.5):
        hang_flat(room, "mirror", count=1)
    add_extras(room, density, plants=1.0, pictures=2)


def kitchen(room: Room, density: Density) -> None:
    """Rows of units and appliances along one or two walls, and a table with chairs or stools."""
    first = int(room.rng.integers(4))
    kinds = ["oven", "fridge", *["kitchen-cabinet"] * 3, *(["dishwasher"] if room.chance(0.5) else [])]
    rows = [room.rng.permutation(kinds).tolist()]
    if room.chance(0.6):
        rows.append(
            ["kitchen-cabinet", "sink", "kitchen-cabinet"] if room.chance(0.5) else ["kitchen-cabinet"] * 2
        )
    needs_microwave = room.chance(0.6)
    for wall, row in enumerate(rows, first):
        for piece in row_along_wall(room, wall % 4, [kitchen_unit(room, kind) for kind in row]):
            if needs_microwave and piece.mesh.kind == "kitchen-cabinet":
                needs_microwave = not any(
                    [
                        put_on(room, piece, shelf, draw(room, "microwave"))
                        for shelf in shelves_on(room, piece)[:1]
                    ]
                )
            count = {"kitchen-cabinet": 2.2, "dishwasher": 1.2, "fridge": 0.4}.get(piece.mesh.kind, 0.0)
            small_things(room, piece, KITCHEN_THINGS, count * density.small_things)
    table_in_the_open(room, density, KITCHEN_THINGS)
    storage(room, ("shelf", "cabinet", "bookcase"), 0.8 * density.furniture, density, KITCHEN_THINGS)
    add_extras(room, density, plants=0.7, pictures=1)


def bathroom(room: Room, density: Density) -> None:
    """A bathtub, a toilet, a washbasin under a mirror, a small shelf and a mat."""
    tub = along_wall(room, draw(room, "bathtub"))
    toilet = along_wall(room, draw(room, "toilet"), clear_m=0.3)
    basin = along_wall(room, draw(room, "sink"), clear_m=0.4)
    if basin is not None:
        hang_flat(room, "mirror", count=1, above=basin)
        hang_flat(room, "mirror", count=1) if room.chance(0.2) else None
    if toilet is not None and room.chance(0.3):
        hang_flat(room, "picture", count=1, above=toilet)
    mat = tub or basin
    if mat is not None and room.chance(0.75):
        x, y = mat.to_room(mat.mesh.size[0] / 2 + 0.45, 0.0)
        lay_rug(room, x, y, mat.yaw, room.between(0.45, 0.6), room.between(0.7, 1.0))
    storage(
        room,
        ("cabinet", "bookcase", "corner-shelf", "side-table"),
        2.0 * density.furniture,
        density,
        BATH_THINGS,
    )
    add_extras(room, density, plants=0.8, pictures=1)


def office(room: Room, density: Density) -> None:
    """Desks with screens and office chairs, shelves and cabinets."""
    for _ in range(2 if room.chance(0.6) else 1):
        workplace(room, density)
    storage(room, ("shelf", "bookcase", "cabinet", "cube-shelf"), 3.0 * density.furniture, density)
    if room.chance(0.4 * density.furniture):
        on_floor(room, draw(room, "armchair", "office-chair"))
    if room.chance(0.4):
        middle = room.size[0] / 2, room.size[1] / 2
        lay_rug(room, *middle, 0.0, room.size[0] * 0.45, room.size[1] * 0.45)
    add_extras(room, density, plants=1.4, pictures=3)


def dining_room(room: Room, density: Density) -> None:
    """A dining table with chairs round it and a lamp above, a sideboard, plants and pictures."""
    table = table_in_the_open(
        room, density, ("plate", "bowl", "wine-glass", "bottle", "vase", "fruit-bowl", "cup")
    )
    if table is not None and room.chance(0.5):
        lay_rug(room, table.x, table.y, table.yaw, table.mesh.size[0] + 1.3, table.mesh.size[1] + 1.3)
    board = along_wall(room, draw(room, "tv-stand", "cabinet", "cube-shelf"), clear_m=0.3)
    small_things(room, board, SHELF_THINGS, 2.5 * density.small_things)
    storage(room, ("cabinet", "shelf", "bookcase", "cube-shelf"), 1.8 * density.furniture, density)
    if room.chance(0.3):
        on_floor(room, draw(room, "chair", "bar-stool"))
    add_extras(room, density, plants=1.5, pictures=3)


Plan = Callable[[Room, Density], None]
PLANS: MappingProxyType[str, tuple[Plan, tuple[float, float]]] = MappingProxyType(
    {
        "living room": (living_room, (3.8, 6.0)),
        "bedroom": (bedroom, (3.3, 4.8)),
        "kitchen": (kitchen, (3.0, 4.8)),
        "bathroom": (bathroom, (2.4, 3.4)),
        "office": (office, (3.2, 5.2)),
        "dining room": (dining_room, (3.4, 5.2)),
    }
)
"""Each kind of room: its plan, and the least and greatest length of its walls in metres."""
