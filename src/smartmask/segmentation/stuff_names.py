"""Which classes of a panoptic checkpoint are stuff, told by their names.

Most checkpoints list their classes but do not say which are things. The four benchmarks that they are trained
on do: COCO panoptic (Kirillov et al. 2019), ADE20K (Zhou et al. 2017), Cityscapes (Cordts et al. 2016) and
Mapillary Vistas (Neuhold et al. 2017). They disagree (ADE20K's tables and curtains are things, COCO's stuff),
so a checkpoint is held against one of them: the one whose stuff it names most of.
"""

from collections.abc import Mapping

_COCO = (
    "banner, blanket, bridge, cardboard, counter, curtain, door-stuff, floor-wood, flower, fruit, gravel, "
    "house, light, mirror-stuff, net, pillow, platform, playingfield, railroad, river, road, roof, sand, "
    "sea, shelf, snow, stairs, tent, towel, wall-brick, wall-stone, wall-tile, wall-wood, water-other, "
    "window-blind, window-other, tree-merged, fence-merged, ceiling-merged, sky-other-merged, cabinet- "
    "merged, table-merged, floor-other-merged, pavement-merged, mountain-merged, grass-merged, dirt- "
    "merged, paper-merged, food-other-merged, building-other-merged, rock-merged, wall-other-merged, rug- "
    "merged"
)
# "falls" and "pool" are also written "waterfall" and "swimming pool".
_ADE20K = (
    "wall, building, sky, floor, tree, ceiling, road, grass, sidewalk, earth, mountain, plant, water, "
    "house, sea, rug, field, rock, base, sand, skyscraper, grandstand, path, runway, stairway, river, "
    "bridge, blind, hill, bar, hovel, tower, dirt track, land, escalator, buffet, poster, stage, conveyer "
    "belt, canopy, pool, falls, tent, cradle, tank, lake, blanket, pier, crt screen, shower, swimming "
    "pool, waterfall"
)
_CITYSCAPES = (
    "road, sidewalk, building, wall, fence, pole, traffic light, traffic sign, vegetation, terrain, sky"
)
_MAPILLARY = (
    "curb, fence, guard rail, barrier, wall, bike lane, curb cut, parking, pedestrian area, rail track, "
    "road, service lane, sidewalk, bridge, building, tunnel, lane marking - general, mountain, sand, sky, "
    "snow, terrain, vegetation, water, pothole, on rails, car mount, ego vehicle"
)
BENCHMARKS = {
    "COCO": frozenset(_COCO.split(", ")),
    "ADE20K": frozenset(_ADE20K.split(", ")),
    "Cityscapes": frozenset(_CITYSCAPES.split(", ")),
    "Mapillary Vistas": frozenset(_MAPILLARY.split(", ")),
}
"""The stuff of each, as checkpoints write it: lower case, the first of several names."""


def stuff_by_name(names: Mapping[int, str]) -> frozenset[int]:
    """The classes that the best fitting benchmark counts as stuff; a class it does not know is a thing.

    Args:
        names: What each class is called in the checkpoint; of several names, with commas, the first counts.

    >>> sorted(stuff_by_name({0: "wall", 1: "table", 2: "road, route", 3: "cat"}))
    [0, 2]
    >>> sorted(stuff_by_name({0: "cat", 1: "wall-brick", 2: "table-merged"}))
    [1, 2]
    """
    written = {number: name.split(",")[0].strip().lower() for number, name in names.items()}
    stuff = max(BENCHMARKS.values(), key=lambda known: len(known.intersection(written.values())))
    return frozenset(number for number, name in written.items() if name in stuff)
