"""What the open meshes are good for: which carry things, stand in for our own kinds, or are left out.

Their labels, sizes and supports come with the packs (`open_meshes.py`); what is here is what no table says.
"""


def _labels(text: str) -> frozenset[str]:
    """Labels that are written with semicolons between them."""
    return frozenset(text.split(";"))


LEFT_OUT = _labels(
    "bridge;chimney;cooktop;diving board;egg half;escalator;hanging clothes;knife rack;"
    "traffic light head;utensil rack;wall oven;car wheel;hammock;mussel;coat hanger;banner;column;"
    "shower;staff;fish bones;water tap;suit jacket;brass telescope;basketball hoop;astronaut;pirate"
)
"""They are parts of something, hang in what we have not, or look like nothing when they are alone."""

SIZE_FACTORS = {"snake": 0.45, "campfire": 0.7}
"""By how much the table's size is off for the shape that there is: the snake is coiled."""

SHELVES = frozenset(("bookcase", "shelving unit", "shoe rack", "warehouse rack", "wall unit", "wall shelf"))
"""Their inner boards carry."""
TOPS = _labels(
    "bar table;bathroom cabinet;bathroom vanity;bedside table;cafe table;changing table;"
    "chest freezer;chest of drawers;child table;coffee table;desk;dressing table;filing cabinet;"
    "folding table;kitchen cabinet;kitchen counter;kitchen island;kitchen sink;kitchen table;"
    "long table;packing table;ping-pong table;reception desk;round table;side table;sideboard;table;"
    "trunk;tv stand;washing machine;tumble dryer;workbench;cardboard box;safe;wood stove;pallet"
)
"""Their highest face carries."""

LEANING = _labels(
    "broom;scythe;shovel;oar;paddle;guitar;electric guitar;ladder;fishing rod;spear;skateboard;"
    "umbrella;rifle;sword"
)
"""Long things that lean on a wall."""
UPRIGHT = LEANING | {"desk lamp", "soap dispenser", "perfume bottle", "test tube", "telephone", "step ladder"}
"""What stays as it is, though its foot is small."""

LIKE: dict[str, tuple[str, ...]] = {
    "armchair": ("armchair", "lounge chair", "bean bag"),
    "sofa": ("sofa", "loveseat", "sofa bed", "sofa", "corner sofa"),
    "chair": ("chair", "folding chair"),
    "office-chair": ("office chair",),
    "bar-stool": ("bar stool", "stool"),
    "bookcase": ("bookcase",),
    "shelf": ("shelving unit", "bookcase", "wall unit"),
    "cabinet": (
        *("wardrobe", "cupboard", "chest of drawers", "tall cabinet", "sideboard", "filing cabinet"),
        *("locker", "bookcase"),
    ),
    "kitchen-cabinet": ("kitchen cabinet", "kitchen sink", "kitchen cabinet"),
    "tv-stand": ("tv stand", "sideboard"),
    "desk": ("desk",),
    "dining-table": ("table", "kitchen table", "round table", "long table"),
    "coffee-table": ("coffee table",),
    "side-table": ("bedside table", "side table"),
    "cocktail-table": ("bar table", "cafe table"),
    "fridge": ("fridge",),
    "oven": ("oven", "stove"),
    "dishwasher": ("washing machine", "tumble dryer"),
    "microwave": ("microwave", "toaster oven", "coffee machine"),
    "sink": ("pedestal sink",),
    "bathtub": ("bathtub",),
    "toilet": ("toilet",),
    "tv": ("tv",),
    "monitor": ("computer monitor", "computer monitor", "laptop", "old computer"),
    "floor-lamp": ("floor lamp", "floor lamp", "standing candelabrum"),
    "table-lamp": ("table lamp", "desk lamp", "lantern", "candelabrum"),
    "pillow": ("pillow",),
}
"""For kinds of our own library: the labels that may stand in their place."""

AS_SOLID: dict[str, tuple[str, ...]] = {
    "car": (
        *("car", "hatchback car", "sedan car", "sports car", "station wagon", "suv", "taxi", "police car"),
        *("small car", "van", "old van", "police suv", "pickup truck", "race car", "utility vehicle"),
    ),
    "bus": ("bus", "city bus", "school bus"),
    "truck": (
        *("truck", "delivery truck", "fire truck", "garbage truck", "ice cream truck", "pickup truck"),
        *("semi truck", "ambulance", "forklift", "tractor"),
    ),
    "motorcycle": ("motorcycle", "motor scooter"),
    "bicycle": ("bicycle", "child bicycle", "tricycle", "kick scooter"),
    "train": (
        *("locomotive", "high-speed locomotive", "passenger wagon", "freight wagon", "steam locomotive"),
        "tram",
    ),
    "airplane": ("airplane", "private jet", "military airplane", "biplane", "helicopter"),
    "boat": ("boat", "rowboat", "sailboat", "raft", "life raft", "viking ship", "sailing ship"),
    "dog": ("dog", "bulldog", "husky", "pug", "shiba inu"),
    "cow": ("cow", "bull", "alpaca", "llama"),
    "sheep": ("sheep", "pig", "donkey"),
    "horse": ("horse", "donkey"),
    "person": (
        *("man", "woman", "man walking", "woman walking", "boy", "girl", "man waving", "woman waving"),
        *("man running", "woman running", "man bending", "woman bending"),
    ),
    "statue": ("statue", "fountain"),
    "potted plant": ("flower box", "potted tree", "potted bush"),
    "suitcase": ("suitcase", "trunk"),
    "backpack": ("backpack",),
}
"""For labels of silhouettes: what may stand in their place as a solid body."""

_HEADS = _labels(
    "lamp;car;truck;bus;table;chair;sofa;bed;tree;sign;bottle;cup;glass;knife;plant;cabinet;clock;"
    "wagon;locomotive;airplane;fish;dog;cat;bin;phone;box;jar;pot;pan;lantern;bicycle;rack;ship;"
    "house;building;tower;stove;oven;sink;bag;ball;guitar;piano;boat;cactus"
)
"""A label that ends in one of these is also called by that word alone."""


def words_of(label: str, parent: str) -> tuple[str, ...]:
    """What else people call a label.

    >>> words_of("man walking", "person"), words_of("pendant lamp", "lamp")
    (('walking man', 'man', 'person'), ('lamp',))
    """
    words = label.split()
    found = []
    if parent == "person":
        if len(words) == 2 and words[1].endswith("ing"):
            found.append(f"{words[1]} {words[0]}")
            found.append(words[0])
        elif len(words) == 2:
            found.append(words[1])
        found.append("person")
    elif len(words) > 1 and words[-1] in _HEADS:
        found.append(words[-1])
    return tuple(found)


def holds_of(label: str) -> str | None:
    """Where a thing carries others: "top", "shelves", or nowhere."""
    return "shelves" if label in SHELVES else "top" if label in TOPS else None
