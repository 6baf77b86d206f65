"""Groups of furniture that belong together: a couch and its table, a bed and its lamps, a desk and its chair.

A group never fails: a piece that the library lacks, or that does not fit, is left out.
"""

import math

from smartmask.data.synthesis.indoor.furnish import (
    Density,
    along_wall,
    around,
    before,
    beside,
    draw,
    in_corner,
    on_floor,
    put_on,
    shelves_on,
    small_things,
)
from smartmask.data.synthesis.indoor.pieces import bed_cover, mattress_top, potted_plant
from smartmask.data.synthesis.indoor.room import Placed, Room
from smartmask.data.synthesis.indoor.shell import hang_flat, hang_lamp
from smartmask.data.synthesis.stage.meshes import Mesh
from smartmask.data.synthesis.stage.supports import Shelf, shelves_of

SHELF_THINGS = (
    "books", "books", "book-stack", "vase", "vase", "bowl", "jar", "plant", "table-lamp", "food-box", "cup",
    "bottle", "conch",
)  # fmt: skip
TABLE_THINGS = ("book-stack", "vase", "cup", "bowl", "plant", "fruit-bowl", "bottle", "wine-glass")
KITCHEN_THINGS = (
    "bottle", "jar", "can", "food-box", "food-bag", "bowl", "pot", "pan", "cup", "plate", "fruit-bowl",
    "plant",
)  # fmt: skip
BATH_THINGS = ("bottle", "jar", "towel", "towel", "cup", "plant", "bottle")
DESK_THINGS = ("book-stack", "book-stack", "cup", "cup", "plant", "bottle", "books", "book", "jar")


def seating_about(room: Room, couch: Placed, table: Placed | None, density: Density) -> None:
    """Armchairs at the ends of the coffee table or opposite the couch."""
    if table is None:
        return
    half_x, half_y = table.mesh.size[0] / 2, table.mesh.size[1] / 2
    for side in (-1, 1):
        if not room.chance(0.6 * density.furniture):
            continue
        mesh = draw(room, "armchair")
        if mesh is None:
            return
        off = half_x + mesh.size[0] / 2 + room.between(0.15, 0.35)
        x, y = table.to_room(side * off, room.between(-0.2, 0.2) * half_y)
        yaw = table.yaw + (math.pi if side > 0 else 0.0) + room.between(-0.3, 0.3)
        room.try_place(mesh, x, y, yaw)


def put_cushions(room: Room, couch: Placed) -> None:
    """Cushions lying on the seats of a couch."""
    seats = [
        shelf
        for shelf in shelves_of(couch.mesh, only_top=False)
        if 0.25 < shelf.z < 0.6 and shelf.clearance_m > 0.3 and shelf.high_xy[0] > -0.1 * couch.mesh.size[0]
    ]
    for shelf in seats[:3]:
        if room.chance(0.5):
            mesh = draw(room, "pillow")
            if mesh is not None:
                fit = min(
                    1.0,
                    0.9
                    * min(
                        (shelf.high_xy[0] - shelf.low_xy[0]) / mesh.size[1],
                        (shelf.high_xy[1] - shelf.low_xy[1]) / mesh.size[0],
                    ),
                )
                if fit > 0.6:
                    put_on(room, couch, shelf, mesh.scaled(fit, fit, fit), yaw=math.pi / 2)


def lamp_or_table_beside(room: Room, anchor: Placed, side: int) -> None:
    """A floor lamp, a side table with a lamp, or a plant beside a couch."""
    choice = room.rng.random()
    if choice < 0.4:
        beside(room, anchor, draw(room, "floor-lamp"), side, 0.08)
    elif choice < 0.75:
        table = beside(room, anchor, draw(room, "side-table"), side, 0.08)
        if table is not None:
            for shelf in shelves_on(room, table)[:1]:
                put_on(room, table, shelf, draw(room, "table-lamp"))
            small_things(room, table, ("book-stack", "cup", "plant"), 0.7)
    else:
        beside(room, anchor, potted_plant(room.library, room.rng, is_large=True), side, 0.08)


def tv_on_stand(room: Room, walls: "range | list[int]") -> None:
    """A tv on its stand with its back to one of the walls."""
    stand = along_wall(room, draw(room, "tv-stand"), walls=list(walls), clear_m=0.5)
    if stand is None:
        return
    mesh = draw(room, "tv")
    top = [shelf for shelf in shelves_on(room, stand) if math.isinf(shelf.clearance_m)]
    if mesh is not None and top:
        fit = min(1.0, 0.9 * stand.mesh.size[1] / mesh.size[1], 1.35 / mesh.size[1])
        middle = (top[0].low_xy[0] + top[0].high_xy[0]) / 2, 0.0
        put_on(room, stand, top[0], mesh.scaled(1.0, fit, fit), at=middle)
    small_things(room, stand, SHELF_THINGS, 2.0)


def make_bed(room: Room, placed: Placed) -> None:
    """Pillows at the head, often a blanket over the foot, now and then clothes."""
    depth, width, _ = placed.mesh.size
    top = mattress_top(placed.mesh)
    head = Shelf(top, (-depth / 2 + 0.1, -width / 2 + 0.05), (-depth / 2 + 0.75, width / 2 - 0.05), math.inf)
    sides = (-0.25 * width, 0.25 * width) if width > 1.3 else (0.0,)
    mesh = draw(room, "pillow")
    for side in sides:
        if mesh is not None and room.chance(0.9):
            put_on(room, placed, head, mesh, yaw=math.pi / 2, at=(-depth / 2 + 0.38, side))
    if room.chance(0.6):
        cover = bed_cover(placed.mesh, room.rng)
        room.place(cover, placed.x, placed.y, placed.yaw, z=placed.z, support=placed.number)
    else:
        foot = Shelf(top, (-0.1 * depth, -width / 2 + 0.1), (depth / 2 - 0.3, width / 2 - 0.1), math.inf)
        for kind in ("shirt", "trousers", "towel", "book-stack", "pillow"):
            if room.chance(0.18):
                put_on(room, placed, foot, draw(room, kind), yaw=room.between(-math.pi, math.pi))


def night_table(room: Room, placed: Placed, side: int) -> None:
    """A small table beside the head of a bed, with a lamp and something to read."""
    table = beside(
        room, placed, draw(room, "side-table", "side-table", "bookcase"), side, room.between(0.04, 0.12)
    )
    if table is None:
        return
    top = [shelf for shelf in shelves_on(room, table) if math.isinf(shelf.clearance_m)]
    if top and room.chance(0.75):
        put_on(room, table, top[0], draw(room, "table-lamp"))
    small_things(room, table, ("book-stack", "cup", "bottle", "plant"), 0.9)


def workplace(room: Room, density: Density) -> None:
    """A desk at a wall with a screen on it and a chair before it."""
    desk = along_wall(room, draw(room, "desk"))
    if desk is None:
        return
    chair = draw(room, "office-chair", "office-chair", "chair")
    for _ in range(3):
        turn = math.pi + room.between(-0.5, 0.5)
        if before(room, desk, chair, room.between(0.0, 0.25), across=room.between(-0.3, 0.3), turn=turn):
            break
    for shelf in shelves_on(room, desk)[:1]:
        across = room.between(-0.25, 0.25)
        for place in (-0.3, 0.32) if desk.mesh.size[1] > 1.5 and room.chance(0.5) else (0.0,):
            put_on(room, desk, shelf, draw(room, "monitor"), at=(-0.2, across + place))
        if room.chance(0.4):
            side = room.rng.choice([-1, 1])
            put_on(
                room, desk, shelf, draw(room, "table-lamp"), at=(-0.2, float(side) * desk.mesh.size[1] / 2)
            )
    small_things(room, desk, DESK_THINGS, 2.5 * density.small_things)


def kitchen_unit(room: Room, kind: str) -> Mesh | None:
    """An appliance as it is, or a cabinet cut to a length that rows are made of."""
    mesh = draw(room, kind)
    if mesh is None or kind != "kitchen-cabinet" or mesh.own_facts is not None:
        return mesh
    return mesh.scaled(1.0, min(mesh.size[1], room.between(0.6, 1.8)) / mesh.size[1], 1.0)


def table_in_the_open(room: Room, density: Density, things: tuple[str, ...]) -> Placed | None:
    """A table away from the walls with seats round it, things on it and a lamp above."""
    is_high = room.chance(0.15)
    table = None
    for _ in range(16):
        mesh = draw(room, "cocktail-table" if is_high else "dining-table")
        if mesh is None:
            return None
        yaw = math.pi / 2 * int(room.rng.integers(2))
        half = [side / 2 + 0.6 for side in (mesh.size[:2] if yaw == 0.0 else mesh.size[1::-1])]
        if min(room.size[0] - 2 * half[0], room.size[1] - 2 * half[1]) < 0:
            continue
        x, y = (room.between(half[axis], room.size[axis] - half[axis]) for axis in (0, 1))
        table = room.try_place(mesh, x, y, yaw, margin_m=0.3)
        if table is not None:
            break
    if table is None:
        return None
    seat = draw(room, "bar-stool" if is_high else "chair")
    if seat is not None:
        count = int(room.rng.integers(2, 5)) if is_high else int(room.rng.integers(3, 9))
        around(room, table, lambda: seat, count)
    small_things(room, table, things, 3.0 * density.small_things)
    if room.chance(0.6):
        hang_lamp(room, table.x, table.y)
    return table


def storage(
    room: Room,
    kinds: tuple[str, ...],
    mean_count: float,
    density: Density,
    things: tuple[str, ...] = SHELF_THINGS,
) -> None:
    """Shelves and cabinets along the walls, with things in and on them."""
    for _ in range(int(room.rng.poisson(mean_count))):
        mesh = draw(room, str(room.rng.choice(list(kinds))))
        piece = (
            in_corner(room, mesh)
            if mesh is not None and mesh.kind == "corner-shelf"
            else along_wall(room, mesh, clear_m=0.3)
        )
        if piece is not None:
            count = {"top": 1.0, "shelves": 5.0}.get(piece.mesh.facts.holds or "", 0.0)
            small_things(room, piece, things, count * density.small_things)


def add_extras(room: Room, density: Density, *, plants: float, pictures: int) -> None:
    """What any room may have: plants, a floor lamp, pictures, a lamp from the ceiling."""
    for _ in range(int(room.rng.poisson(plants * density.furniture))):
        plant: Mesh = potted_plant(room.library, room.rng, is_large=True)
        in_corner(room, plant) if room.chance(0.5) else on_floor(room, plant)
    if room.chance(0.3 * density.furniture):
        in_corner(room, draw(room, "floor-lamp"))
    hang_flat(room, "picture", count=int(room.rng.integers(0, pictures + 1)))
    if room.chance(0.5):
        hang_lamp(
            room, room.size[0] / 2 + room.between(-0.3, 0.3), room.size[1] / 2 + room.between(-0.3, 0.3)
        )
