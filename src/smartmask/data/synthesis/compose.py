"""From a world and a camera to ordered layers.

Every object is rasterised whole. Regions that may not be asked for (sky, walls, floor) come first; the things
follow back to front: of two that overlap, the one that is nearer in most of the shared pixels is in front.
Where that runs in a circle, the thing goes next that hides the fewest pixels of those still waiting.

A stack of layers cannot show two things that reach round each other (a chair pushed under its table). If
painting the layers would colour more than `wrong_share` of a thing wrongly, the smaller of the two is left
out with all that it carries; so the painted stack and the z-buffer agree, and all else stays as it was.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.synthesis.stage.rasterize import Patch, rasterize, rasterize_billboard, rasterize_polygon
from smartmask.data.synthesis.stage.world import Support, World
from smartmask.data.synthesis.texts import Seen, object_texts, scene_texts
from smartmask.scene.camera import Camera

_BACKDROP = 1e-6
"""1 / depth of what lies behind everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is too little to be a layer, and what is too wrong to be a scene.

    Attributes:
        least_px: Things of fewer pixels are left out.
        least_visible_share: So are things of which less is seen behind the others, as nobody would annotate
            them; with this share the default mix is occluded as COCOA is (docs/LOG.md),
        least_inside_share: or of which less lies on the canvas.
        most_canvas_share: A thing over more of the canvas than this stands right before the camera: no scene.
        wrong_share: Of a thing's pixels, those that painting may give to another.
        agreement: Of the canvas, the pixels that painting must colour as the z-buffer does.
        least_things: A scene has at least so many things.
    """

    least_px: int = 60
    least_visible_share: float = 0.1
    least_inside_share: float = 0.08
    most_canvas_share: float = 0.6
    wrong_share: float = 0.05
    agreement: float = 0.985
    least_things: int = 5


_BEFORE_ALL_ELSE = 1 << 40
"""Pixels that no overlap outweighs."""


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """A thing or region on its way to being a layer; `number` counts bodies, then billboards."""

    label: str
    patch: Patch
    is_thing: bool
    texts: tuple[str, ...]
    support: Support
    number: int | None


def compose(
    world: World, camera: Camera, key: str, group: str, limits: Limits | None = None
) -> LayeredScene | None:
    """What the camera sees of the world, as layers that are whole and in order.

    Args:
        world: The place.
        camera: Who looks, and the canvas.
        key: Name of the scene.
        group: Name of its group.
        limits: What is left out; None for the usual.

    Returns:
        None if too few things are seen, one stands right before the camera, or painting the layers would not
        agree with the z-buffer.
    """
    limits = limits or Limits()
    regions = _regions(world, camera)
    things = _things(world, camera, limits)
    canvas_px = camera.size_hw[0] * camera.size_hw[1]
    if any(_area(item.patch) > limits.most_canvas_share * canvas_px for item in things):
        return None
    things = _without_hidden(things, camera.size_hw, limits)
    ordered = _ordered_without_tangles(things, limits)
    if len(ordered) < limits.least_things or _agreement(ordered, camera.size_hw) < limits.agreement:
        return None
    ordered = _without_hidden_when_painted(ordered, camera.size_hw, limits)
    if len(ordered) < limits.least_things:
        return None
    return _scene(world, camera, regions + ordered, key, group)


def _scene(world: World, camera: Camera, items: list[_Item], key: str, group: str) -> LayeredScene:
    """The items as layers, with their texts."""
    place = {item.number: place for place, item in enumerate(items) if item.number is not None}
    masks = [item.patch.on_canvas(camera.size_hw) > 0 for item in items]
    seen = [
        Seen.of(
            item.label,
            item.texts,
            item.patch,
            item.is_thing,
            place.get(item.support) if isinstance(item.support, int) else None,
        )
        for item in items
    ]
    layers = tuple(
        SceneLayer.of(
            item.label, mask, extent="amodal", is_thing=item.is_thing, texts=object_texts(number, seen)
        )
        for number, (item, mask) in enumerate(zip(items, masks, strict=True))
    )
    return LayeredScene(key, group, camera.size_hw, layers, True, scene_texts(world.kind, seen))


def _regions(world: World, camera: Camera) -> list[_Item]:
    """The backdrop, and the surfaces that may not be asked for, merged by label.

    They are what is left when all things are gone, so each pixel belongs to one of them: a road lies in place
    of the grass, and the sky ends where the ground begins.
    """
    canvases: dict[str, np.ndarray] = {}
    if world.backdrop is not None:
        canvases[world.backdrop] = np.full(camera.size_hw, _BACKDROP, np.float32)
    for surface in world.surfaces:
        patch = None if surface.is_thing else rasterize_polygon(surface.corners, camera)
        if patch is not None:
            canvas = patch.on_canvas(camera.size_hw)
            canvases[surface.label] = np.maximum(canvases.get(surface.label, canvas), canvas)
    items = [_Item(label, Patch(0, 0, canvas), False, (), "air", None) for label, canvas in canvases.items()]
    nearest = _z_buffer(items, camera.size_hw)
    seen = [
        replace(item, patch=Patch(0, 0, np.where(nearest == number, item.patch.inverse_depth, np.float32(0))))
        for number, item in enumerate(items)
    ]
    return [item for item in seen if _area(item.patch)]


def _things(world: World, camera: Camera, limits: Limits) -> list[_Item]:
    """All that may be a layer of its own and is not too small or too far off the canvas."""
    items = []
    for surface in world.surfaces:
        if surface.is_thing and _inside_share(surface.corners, camera) >= limits.least_inside_share:
            patch = rasterize_polygon(surface.corners, camera)
            if patch is not None and _area(patch) >= limits.least_px:
                items.append(_Item(surface.label, patch, True, surface.texts, "wall", None))
    # What stands on a table that is no layer would seem to float.
    absent: set[Support] = set()
    for number, body in enumerate(world.bodies):
        is_there = (
            body.support not in absent and _inside_share(body.vertices, camera) >= limits.least_inside_share
        )
        patch = rasterize(body.vertices, body.faces, camera) if is_there else None
        if patch is None or _area(patch) < limits.least_px:
            absent.add(number)
        else:
            items.append(_Item(body.label, patch, body.is_thing, body.texts, body.support, number))
    for number, board in enumerate(world.billboards, len(world.bodies)):
        patch = rasterize_billboard(board, camera) if board.support not in absent else None
        if patch is not None and _area(patch) >= limits.least_px:
            items.append(_Item(board.label, patch, True, board.texts, board.support, number))
    return items


def _inside_share(points: Float32[np.ndarray, "V 3"] | np.ndarray, camera: Camera) -> float:
    """Share of a thing's bounding box (5 x 5 x 5 points of it) that lies in the field of view."""
    low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
    steps = np.stack(np.meshgrid(*[np.linspace(0, 1, 5)] * 3, indexing="ij"), -1).reshape(-1, 3)
    x, y, depth = camera.project(low + steps * (high - low)).T
    height, width = camera.size_hw
    return float(((depth > 0) & (x >= 0) & (x < width) & (y >= 0) & (y < height)).mean())


def _area(patch: Patch) -> int:
    return int(np.count_nonzero(patch.inverse_depth))


def _z_buffer(items: list[_Item], size_hw: tuple[int, int]) -> Int[np.ndarray, "H W"]:
    """The number of the nearest item at each pixel, -1 where there is none."""
    index = np.full(size_hw, -1, np.int32)
    nearest = np.zeros(size_hw, np.float32)
    for number, item in enumerate(items):
        window = _window(item.patch)
        wins = item.patch.inverse_depth > nearest[window]
        nearest[window][wins] = item.patch.inverse_depth[wins]
        index[window][wins] = number
    return index


def _painted(items: list[_Item], size_hw: tuple[int, int]) -> Int[np.ndarray, "H W"]:
    """The number of the last item at each pixel, -1 where there is none."""
    index = np.full(size_hw, -1, np.int32)
    for number, item in enumerate(items):
        index[_window(item.patch)][item.patch.inverse_depth > 0] = number
    return index


def _window(patch: Patch) -> tuple[slice, slice]:
    height, width = patch.inverse_depth.shape
    return slice(patch.y0, patch.y0 + height), slice(patch.x0, patch.x0 + width)


def _without_hidden(items: list[_Item], size_hw: tuple[int, int], limits: Limits) -> list[_Item]:
    """The items of which enough is seen."""
    return _seen_enough(items, _z_buffer(items, size_hw), limits)


def _without_hidden_when_painted(items: list[_Item], size_hw: tuple[int, int], limits: Limits) -> list[_Item]:
    """The same, by the layers as they will be painted."""
    return _seen_enough(items, _painted(items, size_hw), limits)


def _seen_enough(items: list[_Item], index: Int[np.ndarray, "H W"], limits: Limits) -> list[_Item]:
    visible = np.bincount(index.ravel() + 1, minlength=len(items) + 1)[1:]
    gone: set[int] = set()
    for place, (item, seen) in enumerate(zip(items, visible, strict=True)):
        if seen < limits.least_visible_share * _area(item.patch):
            gone |= _with_carried(place, items)
    return [item for place, item in enumerate(items) if place not in gone]


def _shared(one: Patch, two: Patch) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]] | None:
    """Both patches in the window that they share, or None."""
    height, width = one.inverse_depth.shape
    height_two, width_two = two.inverse_depth.shape
    x0, y0 = max(one.x0, two.x0), max(one.y0, two.y0)
    x1, y1 = min(one.x0 + width, two.x0 + width_two), min(one.y0 + height, two.y0 + height_two)
    if x1 <= x0 or y1 <= y0:
        return None
    return (
        one.inverse_depth[y0 - one.y0 : y1 - one.y0, x0 - one.x0 : x1 - one.x0],
        two.inverse_depth[y0 - two.y0 : y1 - two.y0, x0 - two.x0 : x1 - two.x0],
    )


def _nearer_px(patches: list[Patch]) -> Int[np.ndarray, "N N"]:
    """Entry (a, b): the pixels in which both a and b are and a is nearer."""
    count = np.zeros((len(patches), len(patches)), np.int64)
    for a in range(len(patches)):
        for b in range(a):
            both = _shared(patches[a], patches[b])
            if both is None:
                continue
            overlap = (both[0] > 0) & (both[1] > 0)
            nearer = np.count_nonzero(overlap & (both[0] > both[1]))
            count[a, b], count[b, a] = nearer, np.count_nonzero(overlap) - nearer
    return count


def _order(nearer_px: Int[np.ndarray, "N N"], patches: list[Patch]) -> list[int]:
    """Numbers back to front: next is what wrongly hides the fewest pixels of the rest, then the farthest."""
    wins = np.where(nearer_px > nearer_px.T, nearer_px - nearer_px.T, 0)
    far = [float(patch.inverse_depth.max()) for patch in patches]
    left, order = list(range(len(patches))), []
    while left:
        hides = wins[np.ix_(left, left)].sum(1)
        best = min(range(len(left)), key=lambda place: (hides[place], far[left[place]]))
        order.append(left.pop(best))
    return order


def _ordered_without_tangles(items: list[_Item], limits: Limits) -> list[_Item]:
    """The items back to front, without those that cannot be painted in any order.

    What carries comes before what it carries: jars behind a shelf would show in S_k where the shelf will be.
    """
    nearer_px = _nearer_px([item.patch for item in items])
    wanted_px = nearer_px.copy()
    for place, item in enumerate(items):
        for carrier, other in enumerate(items):
            if isinstance(item.support, int) and other.number == item.support:
                wanted_px[place, carrier], wanted_px[carrier, place] = _BEFORE_ALL_ELSE, 0
    kept = list(range(len(items)))
    while True:
        chosen = [items[number] for number in kept]
        counts = nearer_px[np.ix_(kept, kept)]
        order = _order(wanted_px[np.ix_(kept, kept)], [item.patch for item in chosen])
        worst = _worst_tangle(order, counts, chosen, limits)
        if worst is None:
            return [chosen[place] for place in order]
        gone = _with_carried(kept[worst], items)
        kept = [number for number in kept if number not in gone]


def _worst_tangle(
    order: list[int], nearer_px: Int[np.ndarray, "N N"], items: list[_Item], limits: Limits
) -> int | None:
    """The smaller of the two that painting gets wrong in the largest share of a thing's pixels, if any."""
    areas = [_area(item.patch) for item in items]
    worst, worst_share = None, limits.wrong_share
    for place, behind in enumerate(order):
        for front in order[place + 1 :]:
            wrong = nearer_px[behind, front]
            smaller = min(behind, front, key=lambda number: areas[number])
            if wrong > worst_share * areas[smaller]:
                worst, worst_share = smaller, wrong / areas[smaller]
    return worst


def _with_carried(gone: int, items: list[_Item]) -> set[int]:
    """An item and, in turn, all that it carries."""
    leaving = {gone}
    while True:
        numbers = {items[place].number for place in leaving}
        more = {
            place
            for place, item in enumerate(items)
            if isinstance(item.support, int) and item.support in numbers
        }
        if more <= leaving:
            return leaving
        leaving |= more


def _agreement(items: list[_Item], size_hw: tuple[int, int]) -> float:
    """Share of the canvas that painting colours as the z-buffer does."""
    return float((_painted(items, size_hw) == _z_buffer(items, size_hw)).mean())
