"""Which words a reader of silhouettes is asked to tell apart, and the two halves of what it learns from.

Words for one thing are one, and so are kinds that no outline tells apart. A word is asked for if it has
shapes enough of groups enough outside the test split, some in each half.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from smartmask.data.layered_scene import Split
from smartmask.data.whole_shapes import WholeShape

LEAST_SHAPES = 20
LEAST_GROUPS = 4
HALVES = (0, 1)


def half_of(group: str) -> int:
    """The half of a group, 0 or 1, by a hash that never changes."""
    return hashlib.sha256(f"half:{group}".encode()).digest()[0] % 2


def common_word(label: str) -> str:
    """The word that stands for a label and all that no outline tells apart from it.

    >>> common_word("couch"), common_word("tv monitor"), common_word("zebra")
    ('sofa', 'tv', 'zebra')
    """
    return _COMMON.get(label, label)


def told_apart(shapes: Sequence[WholeShape], splits: Sequence[Split]) -> list[str]:
    """The words that are asked for, in alphabetical order."""
    groups: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for shape, split in zip(shapes, splits, strict=True):
        if split != "test":
            word = common_word(shape.label)
            groups[word].add(shape.group)
            counts[word] += 1
    return sorted(
        word
        for word, found in groups.items()
        if counts[word] >= LEAST_SHAPES
        and len(found) >= LEAST_GROUPS
        and {half_of(group) for group in found} == set(HALVES)
    )


SAME: dict[str, str] = {
    "airplane": (
        "airliner, light aircraft, private plane, commercial airplane, propeller plane, toy airplane, "
        "military airplane, biplane"
    ),
    "apple": "orange, plum",
    "armchair": "modern armchair, rattan armchair, winchester armchair",
    "assault rifle": "rifle, sniper rifle, shotgun, submachine gun",
    "bathtub": "corner bathtub, island bath",
    "bed": "bed double, bed twin, king bed, child bed, iron bed, captain's bed, futon",
    "bench": "concrete bench, painted bench, wooden bench, piano bench",
    "bicycle": "bike, square frame bicycle",
    "boat": "rowboat, lifeboat, trawler",
    "book": "books, book set",
    "bookcase": "bookshelf, book case, book case books, bookcase books, bookcase wide, bookcase doors",
    "bottle": (
        "clear plastic bottle, glass bottle, plastic bottle, water bottle, beer bottle, wine bottle, oil "
        "bottle, mustard bottle, ketchup bottle, ketchup, mustard"
    ),
    "bunk bed": "bed bunk, mezzanine bed",
    "burger": "hamburger, veggie burger, burger cheese double",
    "bus": "city bus, school bus",
    "cabinet": (
        "kitchen cabinet, lower cabinet, upper cabinet, small lower cabinet, cupboard, small upper cabinet, "
        "glass door cabinet, filing cabinet, bathroom cabinet, high cabinet"
    ),
    "cactus": "cactus plant, cactus flower, cactus flowers",
    "can": "drink can, soda can, soda",
    "car": (
        "taxi, police car, sports car, sedan, sedan car, hatchback, hatchback car, suv, station wagon, car "
        "model, police suv"
    ),
    "cargo ship": "container ship, freighter, tanker ship",
    "carton": "corrugated carton, box, cardboard box, package",
    "ceiling lamp": "pendant lamp, hanging light, ceiling light",
    "chair": (
        "cafe chair, child chair, children chair, plastic chair, oak chair, teak chair, ryokan chair, osaka "
        "chair, chair cushion, chair with cushion"
    ),
    "chest": "chest gold, chest ingots",
    "coffee table": "table coffee square, table low",
    "cow": "bull",
    "crate": (
        "crate buns, crate cheese, crate ham, crate lettuce, crate onions, crate potatoes, crate steak, "
        "crate tomatoes"
    ),
    "crisp packet": "plastic wrapper, plastic film, candy bar wrapper, chocolate wrapper",
    "cupcake": "cup cake, muffin",
    "deer": "stag, elk",
    "desk": "wooden desk, desk table, reading desk",
    "dog": "husky, shiba inu, pug",
    "donut": "donut chocolate, donut sprinkles",
    "fire truck": "firetruck",
    "flower": "flowers, flowering plant, flower plant, flowers plant, tulips",
    "fork": "cooking fork",
    "french fries": "fries",
    "fridge": "refrigerator, large fridge, fridge built in",
    "glass": "cocktail glass, soda glass",
    "glasses": "eyeglasses",
    "gravestone": "gravestone flat, gravestone roof, gravestone round, gravestone wide",
    "house": "house1, farmhouse",
    "ice cream": "ice cream cone, ice cream scoop, ice cream scoop mint",
    "jar": "old jar, urn, pottery",
    "key": "keys",
    "keyboard": "computer keyboard",
    "knife": "cooking knife, cooking knife chopping",
    "ladder": "ladder medium, ladder short, step ladder, small step ladder",
    "lantern": "japanese lantern, lantern candle, lantern glass",
    "mobile phone": "phone, apple iphone, wireless phone",
    "mug": "coffee mug, beer mug",
    "night stand": "bedside table",
    "oven": "small oven, double oven",
    "palm tree": "palm, bent coconut tree",
    "pan": "frying pan, large pan, saucepan, pan stew",
    "paper cup": "disposable plastic cup, plastic cup",
    "person": (
        "child, man, woman, boy, girl, standing man, standing woman, man standing, woman standing, man "
        "standing hips, woman standing hips, man walking, woman walking, man standing waving, woman "
        "standing waving, woman running, man looking up, woman looking up, mannequin"
    ),
    "pine tree": "pine, christmas tree, blue pine under snow",
    "pistol": "gun, revolver, flare gun",
    "plant": "potted plant, houseplant, indoor plant, decorative plant, little plant",
    "pot": "pot stew, stew pot",
    "race car": "formula one car, futuristic race car, stock car",
    "round table": "table round",
    "sailboat": "sailing ship",
    "shelf": "shelves",
    "sitting person": "sitting boy, sitting girl, sitting man, sitting woman, man sitting, woman sitting",
    "sink": "washbasin, small lavatory",
    "sofa": "couch, burlap sofa, clear sofa, lounge sofa, rattan sofa, sofa 2 seats, futon couch, day bed",
    "spoon": "cooking spoon",
    "standing lamp": "lamp standing",
    "stove": "stove electric, large stove",
    "street lamp": "street light, streetlight, lamp post, streetlight triple, park light",
    "sword": "sword big, claymore, scimitar, pirate sword, laser sword",
    "table": (
        "dining table, kitchen table, wooden table, oak table, wooden alder table, wooden teak table, "
        "breakfast table"
    ),
    "traffic sign": "sign, stop sign, speed limit sign",
    "train": "tram, locomotive, high speed front train",
    "trash can": "bullet trash can, recycling bin, park trashcan, residential trashcan",
    "tree": (
        "common tree, birch tree, willow, oak tree, acacia, sycamore maple, japanese maple, copper beech, "
        "tree fruit"
    ),
    "truck": "delivery truck, military truck",
    "tv": "tv monitor, television, computer screen, wall flat tv",
    "wardrobe": "closet",
    "washing machine": "clothes washing machine, washer, dryer, dryer machine",
    "watch": "wristwatch",
    "wood log": "wood logs, logs",
}
"""What each word stands for, too."""
_COMMON = {other: word for word, others in SAME.items() for other in others.split(", ")}
