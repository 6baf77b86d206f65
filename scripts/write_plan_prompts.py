"""Write the prompts of the planning benchmark: 150 by templates, 50 by hand.

    python scripts/write_plan_prompts.py

What a prompt names is stated here, beside its words; it is never read out of them. In the templates that is
by construction. In the hand-written ones `named` and `relations` are what a person takes the words to say.
"""

import json
from collections.abc import Callable

import numpy as np

from smartmask.data.atomic import write_files
from smartmask.evaluation.plan_prompts import FORMAT, PROMPTS, VERSION

NUMBERS = {1: "a", 2: "two", 3: "three", 4: "four", 5: "five"}
INDOOR = [
    "chair", "couch", "lamp", "book", "vase", "cat", "potted plant", "television", "dining table", "armchair",
    "bed", "desk", "bottle", "laptop", "teddy bear", "stool", "mirror", "suitcase", "bookshelf", "clock",
]  # fmt: skip
OUTDOOR = [
    "dog", "bench", "tree", "bird", "car", "bicycle", "horse", "person", "cow", "sheep", "boat", "umbrella",
    "bus",
    "motorcycle", "bush", "kite", "street lamp", "elephant", "tent", "statue",
]  # fmt: skip
ROOMS = {
    "living room": [
        "couch",
        "armchair",
        "coffee table",
        "tv",
        "rug",
        "floor lamp",
        "bookcase",
        "piano",
        "cat",
    ],
    "bedroom": ["bed", "nightstand", "wardrobe", "lamp", "mirror", "desk", "chair", "dog"],
    "kitchen": ["refrigerator", "oven", "sink", "table", "chair", "microwave", "bottle", "bowl"],
    "office": ["desk", "office chair", "monitor", "bookshelf", "laptop", "plant", "clock"],
    "bathroom": ["toilet", "bathtub", "sink", "mirror", "towel", "washing machine"],
    "park": ["bench", "tree", "dog", "bicycle", "person", "fountain", "kite", "bush"],
    "street": ["car", "bus", "bicycle", "traffic light", "person", "tree", "motorcycle"],
    "meadow": ["cow", "sheep", "horse", "tree", "fence", "barn"],
    "beach": ["umbrella", "person", "dog", "surfboard", "boat", "chair"],
}
PAIRS = [
    ("left of", ["to the left of", "left of", "on the left side of"]),
    ("right of", ["to the right of", "right of"]),
    ("next to", ["next to", "beside", "near"]),
    ("in front of", ["in front of"]),
    ("behind", ["behind"]),
]
ON = [("cat", "couch"), ("cup", "table"), ("book", "chair"), ("lamp", "desk"), ("dog", "bench"),
      ("vase", "dining table"), ("laptop", "bed"), ("person", "horse"),
      ("pillow", "armchair"), ("bowl", "table")]  # fmt: skip
ABOVE = [("bird", "tree"), ("picture", "couch"), ("kite", "person"), ("clock", "desk"), ("lamp", "table"),
         ("airplane", "building"), ("mirror", "sink"), ("balloon", "house")]  # fmt: skip
BELOW = [("cat", "table"), ("dog", "bench"), ("box", "desk"), ("shoe", "chair"), ("ball", "car")]

HAND = """
a living room with a couch, chair and table
    couch, chair, table
a cosy bedroom with a double bed, two nightstands and a lamp on the left nightstand
    double bed, 2 nightstand, lamp | lamp on nightstand
a kitchen with a fridge next to an oven, and a table with four chairs
    fridge, oven, table, 4 chair | fridge next to oven
an old man sitting on a bench, a dog lying in front of the bench
    man, bench, dog | man on bench; dog in front of bench
three birds above a lake
    3 bird, lake# | bird above lake
two sailing boats on a calm lake with mountains in the background
    2 sailing boat, lake#, mountain# | sailing boat on lake
A cat on a bench.
    cat, bench | cat on bench
a lamp left of the sofa
    lamp, sofa | lamp left of sofa
an office: a desk, an office chair behind the desk, and a bookcase on the right
    desk, office chair, bookcase | office chair behind desk; bookcase at right
a street at night with several parked cars and no people
    3+ car, -person
a bathroom with a toilet to the right of a bathtub and a mirror above the sink
    toilet, bathtub, mirror, sink | toilet right of bathtub; mirror above sink
a purple unicorn in front of a castle
    unicorn, castle | unicorn in front of castle
a dining room with a round table surrounded by six chairs
    table, 6 chair | chair next to table
a dog between two chairs
    dog, 2 chair | dog between chair
a woman riding a horse along the beach
    woman, horse | woman on horse
a pair of armchairs facing a fireplace, with a rug in front of the fireplace
    2 armchair, fireplace, rug | rug in front of fireplace
a farm with five cows, a few chickens and a barn behind the cows
    5 cow, 3+ chicken, barn | barn behind cow
a child's room with a crib, a teddy bear on a shelf and a small table
    crib, teddy bear, shelf, table | teddy bear on shelf
a park with a fountain in the middle, two benches and lots of pigeons
    fountain, 2 bench, 5+ pigeon | fountain in middle
a cup of coffee and a laptop on a desk, a chair in front of the desk
    cup, laptop, desk, chair | laptop on desk; chair in front of desk
a snowman next to a pine tree
    snowman, pine tree | snowman next to pine tree
a campsite with two tents, a bonfire in front of the tents and a car on the left
    2 tent, bonfire, car | bonfire in front of tent; car at left
four wine glasses and a bottle on a dining table
    4 wine glass, bottle, dining table | bottle on dining table
an airfield with one airplane and a helicopter to its right
    airplane, helicopter
a piano, a floor lamp to the right of the piano, and a painting above the piano
    piano, floor lamp, painting | floor lamp right of piano; painting above piano
a room without windows, with a bed and a chair
    bed, chair, -window
a robot vacuuming a rug, a sofa behind it
    robot, rug, sofa
elephants and giraffes near a pond
    2+ elephant, 2+ giraffe, pond#
a train platform with a dozen people and a suitcase
    12 person, suitcase
a red car to the left of a yellow bus
    car, bus | car left of bus
a bird on a fence, a barn in the background
    bird, fence, barn | bird on fence; barn in background
a television on a tv stand, flanked by two speakers
    television, tv stand, 2 speaker | television on tv stand; speaker next to television
a washing machine beside a basket in a laundry room
    washing machine, basket | washing machine next to basket
three books and an apple on a shelf
    3 book, apple, shelf | apple on shelf
two children flying a kite in a meadow, the kite high above the children
    2 child, kite, meadow# | kite above child
a boat under a bridge
    boat, bridge | boat below bridge
a hot air balloon over a field with two horses
    hot air balloon, field#, 2 horse | hot air balloon above field
bookshelves, a globe and a leather armchair in a library
    2+ bookshelf, globe, armchair
a dog inside a kennel, a ball in front of it
    dog, kennel, ball | dog inside kennel
a table with a vase between two candles on it
    table, vase, 2 candle | vase between candle
a couple of bicycles leaning against a fence, and a bench to the right of the fence
    2 bicycle, fence, bench | bench right of fence
a guitar next to an armchair; a cat under the armchair
    guitar, armchair, cat | guitar next to armchair; cat below armchair
a bus stop with a bus, a street lamp and a woman with an umbrella
    bus, street lamp, woman, umbrella
two dragons above a tower
    2 dragon, tower | dragon above tower
a sheep in the foreground, a tractor in the background
    sheep, tractor | sheep in foreground; tractor in background
a bed, a wardrobe to the right of the bed and a desk to the left of it
    bed, wardrobe, desk | wardrobe right of bed; desk left of bed
a motorcycle in front of a truck, a traffic light on the right
    motorcycle, truck, traffic light | motorcycle in front of truck; traffic light at right
ducks on a river, a canoe near the ducks
    2+ duck, river#, canoe | duck on river; canoe next to duck
a clock on the wall above a desk with a computer
    clock, wall#, desk, computer | clock on wall
a potted plant on the left, a couch in the middle and a bookcase on the right
    potted plant, couch, bookcase | potted plant at left; couch in middle; bookcase at right
"""
"""Text, then what it names and, after a bar, the relations; `3+` = at least, `#` = region, `-` = absent."""


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(13)
    drawn = ((_counting, 45), (_relation, 65), (_scene, 40))
    prompts = [prompt for draw, count in drawn for prompt in _distinct(draw, count, rng)]
    lines = HAND.strip().splitlines()
    for text, stated in zip(lines[::2], lines[1::2], strict=True):
        named, _, told = stated.strip().partition(" | ")
        prompts.append({"text": text, "source": "hand", **_stated(named, told)})
    content = {"format": FORMAT, "version": VERSION, "prompts": prompts}
    write_files({PROMPTS: (json.dumps(content, indent=1) + "\n").encode()})
    print(f"{PROMPTS}: {len(prompts)} prompts")


def _distinct(
    draw: Callable[[np.random.Generator, int], dict], count: int, rng: np.random.Generator
) -> list[dict]:
    """So many prompts, no text twice."""
    prompts: list[dict] = []
    while len(prompts) < count:
        prompt = draw(rng, len(prompts))
        if prompt["text"] not in {other["text"] for other in prompts}:
            prompts.append(prompt)
    return prompts


def _counting(rng: np.random.Generator, number: int) -> dict:
    pool = INDOOR if number % 2 else OUTDOOR
    kinds = [str(label) for label in rng.choice(pool, int(rng.integers(1, 4)), replace=False)]
    counts = [int(rng.integers(1, 6 if len(kinds) == 1 else 4)) for _ in kinds]
    opening = ["a photo of ", "", "a picture with "][number % 3]
    text = opening + _listed([_counted(label, n) for label, n in zip(kinds, counts, strict=True)])
    return _prompt(text, [(label, n, False, False) for label, n in zip(kinds, counts, strict=True)], [])


def _relation(rng: np.random.Generator, number: int) -> dict:
    kind, phrases = PAIRS[number % len(PAIRS)]
    pool = INDOOR if number % 2 else OUTDOOR
    first, second = (str(label) for label in rng.choice(pool, 2, replace=False))
    if number % 13 in (4, 8, 12):
        kind, table = [("on", ON), ("above", ABOVE), ("below", BELOW)][(number // 13) % 3]
        first, second = table[int(rng.integers(len(table)))]
        phrases = {"on": ["on", "on top of"], "above": ["above"], "below": ["under", "below"]}[kind]
    amount = 2 if number % 6 == 5 and kind not in ("on", "below") else 1
    phrase = str(rng.choice(phrases))
    text = f"{_counted(first, amount)} {phrase} {_counted(second, 1)}"
    named = [(first, amount, False, False), (second, 1, False, False)]
    return _prompt(text, named, [(kind, first, [second])])


def _scene(rng: np.random.Generator, number: int) -> dict:
    place = list(ROOMS)[number % len(ROOMS)]
    kinds = [str(label) for label in rng.choice(ROOMS[place], int(rng.integers(2, 5)), replace=False)]
    counts = [int(rng.integers(1, 4)) if place in ("park", "street", "meadow") else 1 for _ in kinds]
    named = [(label, n, False, False) for label, n in zip(kinds, counts, strict=True)]
    text = f"a {place} with " + _listed([_counted(label, n) for label, n in zip(kinds, counts, strict=True)])
    text = text.replace("a office", "an office")
    relations = []
    if number % 2:
        kind, phrases = PAIRS[int(rng.integers(len(PAIRS)))]
        text += f", {_counted('ball', 1)} {phrases[0]} the {kinds[0]}"
        named.append(("ball", 1, False, False))
        relations.append((kind, "ball", [kinds[0]]))
    return _prompt(text, named, relations)


def _prompt(text: str, named: list[tuple], relations: list[tuple]) -> dict:
    return {
        "text": text,
        "source": "template",
        "named": [_item(*item) for item in named],
        "absent": [],
        "relations": [{"kind": k, "subject": s, "references": r} for k, s, r in relations],
    }


def _item(label: str, count: int, at_least: bool, is_region: bool) -> dict:
    return {"label": label, "count": count, "at_least": at_least, "is_region": is_region}


def _stated(named: str, told: str) -> dict:
    """ "2 chair, 3+ car, lake#, -person" and "chair left of car; ..." as a record."""
    items, absent = [], []
    for part in named.split(", "):
        if part.startswith("-"):
            absent.append(part[1:])
            continue
        number, _, label = part.partition(" ") if part[0].isdigit() else ("1", "", part)
        items.append(_item(label.rstrip("#"), int(number.rstrip("+")), "+" in number, label.endswith("#")))
    relations = []
    for part in filter(None, told.split("; ")):
        kind = next(k for k in KINDS if f" {k}" in part)
        subject, _, references = part.partition(f" {kind}")
        relations.append(
            {"kind": kind, "subject": subject.strip(), "references": [r for r in [references.strip()] if r]}
        )
    return {"named": items, "absent": absent, "relations": relations}


KINDS = (
    "left of", "right of", "in front of", "behind", "next to", "between", "inside", "above", "below",
    "at left", "at right", "in middle", "in background", "in foreground", "on",
)  # fmt: skip


def _counted(label: str, count: int) -> str:
    if count == 1:
        return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"
    plurals = {"person": "people", "sheep": "sheep", "bookshelf": "bookshelves", "bus": "buses", 
               "couch": "couches",                "bench": "benches", "bush": "bushes"}  # fmt: skip
    return f"{NUMBERS[count]} {plurals.get(label, label + 's')}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


if __name__ == "__main__":
    main()
