"""The words that scene prompts are made of: numbers, relations, places, regions, plurals, adjectives."""

from smartmask.scene.relations import RelationKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEENS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = {word: number for number, word in enumerate(_TEENS)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}

AMOUNTS: dict[str, tuple[int, bool]] = {
    "a pair of": (2, False),
    "pair of": (2, False),
    "a couple of": (2, False),
    "a couple": (2, False),
    "both": (2, False),
    "another": (1, False),
    "a single": (1, False),
    "half a dozen": (6, False),
    "a dozen": (12, False),
    "dozens of": (12, True),
    "some": (2, True),
    "a few": (3, True),
    "few": (3, True),
    "several": (3, True),
    "various": (3, True),
    "a group of": (3, True),
    "groups of": (3, True),
    "a row of": (3, True),
    "rows of": (3, True),
    "a flock of": (4, True),
    "a herd of": (4, True),
    "a crowd of": (5, True),
    "a lot of": (5, True),
    "lots of": (5, True),
    "plenty of": (5, True),
    "many": (5, True),
    "numerous": (5, True),
    "countless": (5, True),
    "a hundred": (100, True),
    "hundreds of": (100, True),
    "a thousand": (1000, True),
    "thousands of": (1000, True),
}
"""Words for an amount: how many, and whether more will do. Of one thing ("some fruit") it is one."""

RELATIONS: dict[str, RelationKind] = {
    "to the left of": "left of",
    "on the left of": "left of",
    "on the left side of": "left of",
    "at the left of": "left of",
    "left of": "left of",
    "to the right of": "right of",
    "on the right of": "right of",
    "on the right side of": "right of",
    "at the right of": "right of",
    "right of": "right of",
    "high above": "above",
    "above": "above",
    "over": "above",
    "below": "below",
    "under": "below",
    "beneath": "below",
    "underneath": "below",
    "on top of": "on",
    "atop": "on",
    "upon": "on",
    "onto": "on",
    "on": "on",
    "riding": "on",
    "in front of": "in front of",
    "in the front of": "in front of",
    "behind": "behind",
    "in back of": "behind",
    "at the back of": "behind",
    "right next to": "next to",
    "next to": "next to",
    "beside": "next to",
    "near": "next to",
    "close to": "next to",
    "alongside": "next to",
    "adjacent to": "next to",
    "around": "next to",
    "by": "next to",
    "against": "next to",
    "at": "next to",
    "in between": "between",
    "between": "between",
    "inside of": "inside",
    "inside": "inside",
    "within": "inside",
    "into": "inside",
    "in": "inside",
}
INVERSE: dict[str, RelationKind] = {"surrounded by": "next to", "flanked by": "next to"}
"""Phrases whose second noun is where the relation says of its first."""
_SIDES: tuple[tuple[str, RelationKind, RelationKind], ...] = (
    ("left", "at left", "left of"),
    ("right", "at right", "right of"),
)
_MIDDLES: tuple[str, ...] = ("middle", "center", "centre")
UNARY_PHRASES: dict[str, RelationKind] = {
    f"{start} {side}{end}": kind
    for start in ("on the", "at the", "to the")
    for side, kind, _ in _SIDES
    for end in ("", " side", " hand side")
}
UNARY_PHRASES.update(
    {f"{start} {middle}": "in middle" for start in ("in the", "at the") for middle in _MIDDLES}
)
UNARY_PHRASES.update(
    {
        "in the background": "in background",
        "in the distance": "in background",
        "in the back": "in background",
        "far away": "in background",
        "far off": "in background",
        "in the far distance": "in background",
        "far behind": "in background",
        "in the foreground": "in foreground",
        "up close": "in foreground",
    }
)
ITS_SIDE: dict[str, RelationKind] = {
    f"{start} {whose} {side}": kind
    for start in ("to", "on")
    for whose in ("its", "their", "his", "her")
    for side, _, kind in _SIDES
}
ITS_SIDE.update({f"at {whose} feet": "next to" for whose in ("its", "their", "his", "her")})
MIDDLE_OF = tuple(f"in the {word} of" for word in _MIDDLES)
SEPARATORS = ("and", "plus", "as well as", "but", "while", "where", "or", "then", "also")
JOINERS = (
    "with a view of",
    "along with",
    "together with",
    "accompanied by",
    "filled with",
    "full of",
    "decorated with",
    "furnished with",
    "covered with",
    "covered in",
    "with",
    "featuring",
    "containing",
    "including",
    "showing",
    "having",
    "that has",
    "which has",
    "has",
    "have",
    "of",
    "along",
    "across",
    "through",
    "toward",
    "towards",
    "from",
    "for",
    "to",
    "down",
    "up",
    "outside",
    "among",
    "amid",
    "during",
    "before",
    "after",
)
"""What joins a place, or a thing, with what is there besides."""
NEGATIONS = (
    "there are no", "there is no", "but no", "without any", "without", "with no", "no", "not any", "not",
    "free of", "devoid of", "nor", "never any",
)  # fmt: skip
FILLERS = (
    "what could be added here", "what could be added", "what can be added", "what could", "what can",
    "what should", "what else", "what is missing", "could be", "can be", "should be", "be added", "added",
    "missing",
    "there is", "there are", "there's", "we see", "you see", "i see", "i want", "please", "draw", "make",
    "show me", "create", "generate", "add", "put", "place", "that is", "that are", "which is", "which are",
    "who is", "who are", "is", "are", "was", "were", "be", "it's", "very", "really", "quite", "just", "only",
)  # fmt: skip
OPENINGS = tuple(
    f"{article}{kind} {link}"
    for link in ("of", "with", "showing")
    for article in ("a ", "an ", "the ", "")
    for kind in (
        "photo", "photograph", "picture", "image", "view", "scene", "close up", "close-up", "closeup",
        "drawing", "sketch", "shot", "snapshot", "illustration",
    )
)  # fmt: skip
"""A prompt may begin so; elsewhere "a picture of a cat" is a picture."""
DETERMINERS = _words("a an the this that these those my our your his her its their any each every other all")
PRONOUNS = _words("it them him her this that they")
HOLDERS = _words(
    "bowl cup glass mug plate vase bottle basket box pot jar can bag tray picture painting poster statue "
    "portrait drawing photo photograph sculpture stack pile bunch bouquet slice piece pack carton loaf crate "
    "bucket barrel sack tub jug pitcher carafe"
)
"""Of "a bowl of fruit", the bowl is the thing."""

IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse", "feet": "foot",
    "geese": "goose", "teeth": "tooth", "oxen": "ox", "knives": "knife", "shelves": "shelf",
    "bookshelves": "bookshelf", "leaves": "leaf", "wolves": "wolf", "loaves": "loaf", "calves": "calf",
    "scarves": "scarf", "cacti": "cactus", "cactuses": "cactus",
    "octopuses": "octopus", "walruses": "walrus", "buses": "bus", "cookies": "cookie", "movies": "movie",
    "brownies": "brownie", "shoes": "shoe", "canoes": "canoe", "horseshoes": "horseshoe", "lenses": "lens",
    "policemen": "policeman", "firemen": "fireman", "snowmen": "snowman", "wives": "wife", "halves": "half",
    "hooves": "hoof", "fungi": "fungus", "axes": "axe",
}  # fmt: skip
SAME_IN_PLURAL = _words("sheep deer fish aircraft moose bison salmon trout shrimp cattle")
ALWAYS_PLURAL = _words(
    "scissors trousers pants jeans stairs clothes binoculars headphones shorts tongs pliers blinds "
    "sunglasses pyjamas"
)
SINGULAR_IN_S = _words("gas lens canvas atlas series species news christmas bias")

REGIONS: dict[str, str] = {
    **dict.fromkeys(("grass", "meadow", "field", "lawn", "pasture", "prairie"), "grass"),
    **dict.fromkeys(("sand", "beach", "shore", "desert", "dune", "coast", "seaside"), "sand"),
    **dict.fromkeys(("road", "street", "highway", "lane", "path", "trail", "driveway", "runway"), "road"),
    **dict.fromkeys(("pavement", "sidewalk", "square", "plaza"), "pavement"),
    **dict.fromkeys(("dirt", "soil", "mud", "ground"), "dirt"),
    **dict.fromkeys(("snow", "ice"), "snow"),
    **dict.fromkeys(
        ("water", "lake", "sea", "ocean", "river", "pond", "stream", "harbor", "harbour"), "water"
    ),
    **dict.fromkeys(("floor",), "floor"),
    **dict.fromkeys(("wall",), "wall"),
    **dict.fromkeys(("ceiling",), "ceiling"),
    **dict.fromkeys(("sky", "air"), "sky"),
    **dict.fromkeys(("forest", "wood", "jungle"), "forest"),
    **dict.fromkeys(("hill",), "hill"),
    **dict.fromkeys(("mountain",), "mountain"),
    **dict.fromkeys(("skyline",), "building"),
}
"""Words for parts of a place that are drawn, not planned; each with the material it is made of."""
TIMES = _words(
    "night day daytime morning evening afternoon sunset sunrise dusk dawn noon midnight summer winter spring "
    "autumn fall"
)
"""Nouns that make nothing of what stands before them, either: "a rainy day"."""
SETTINGS = _words(
    "scene view style background foreground setting side area space weather atmosphere mood photo image"
)
"""Nouns that a longer name may end in without meaning more: "a street scene"."""
NOTHINGS = (
    TIMES
    | SETTINGS
    | _words(
        "rain light sunlight moonlight shadow color colour middle corner distance left right top bottom "
        "front back "
        "center centre edge end way something anything nothing everything thing someone somebody everyone "
        "here home "
        "rest row line queue circle smoke steam mist fog picnic nap stroll"
    )
)
"""Nouns that, alone, name nothing to draw."""
ADJECTIVES = _words(
    "small big large huge tiny little tall short long wide narrow low high old new young modern antique "
    "vintage ancient rustic cozy cosy bright dark light pale deep sunny rainy cloudy foggy snowy windy quiet "
    "busy empty crowded messy clean tidy dirty beautiful pretty cute lovely nice ugly elegant simple fancy "
    "luxurious minimalist comfortable soft hard round square rectangular oval flat curved white black red "
    "green blue yellow orange purple pink brown grey gray golden silver gold beige turquoise colorful "
    "colourful "
    "striped wooden metal plastic stone brick leather ceramic concrete marble steel iron fluffy furry hairy "
    "shiny fresh ripe hot cold warm open closed broken single double typical traditional classic "
    "contemporary scandinavian industrial abandoned peaceful calm grassy sandy rocky green-eyed happy sad "
    "sleepy hungry lone lonely distant nearby wild lush spacious photorealistic realistic detailed own same "
    "different tropical unmade untidy dim half-finished half-full half-empty half-open checkered chequered "
    "cracked polished crooked dusty muddy wet dry frozen nearly almost full lazy shabby sturdy slim plump"
)
NOUNS_IN_ING = _words(
    "ceiling building painting ring king wing swing string railing clothing bedding awning lightning morning "
    "evening spring thing sling bowling dumpling duckling earring icing pudding drawing crossing wedding "
    "carving lettering sibling viking offspring darling"
)
COMPOUNDS = frozenset((
    "dining table", "dining room", "living room", "washing machine", "sewing machine", "swimming pool",
    "cutting board", "frying pan", "parking lot", "parking meter", "fishing rod", "fishing boat",
    "sleeping bag", "rocking chair", "rocking horse", "reading lamp", "standing lamp", "hanging lamp",
    "hanging plant", "ironing board", "vending machine", "shopping cart", "shopping bag", "walking stick",
    "rolling pin", "sitting room", "waiting room", "changing table", "sailing boat", "floating shelf",
    "playing field", "dressing table", "filing cabinet", "rowing boat", "training shoe", "drinking glass",
    "mixing bowl", "orange tree", "light bulb", "double bed", "stone bench", "gold fish", "hot dog",
    "fire hydrant", "square table", "teddy bear", "soft toy", "black bear", "brown bear", "polar bear",
    "night stand", "night table", "side table", "end table", "wall clock", "floor lamp", "ceiling lamp",
    "ceiling fan", "street lamp", "street light", "street sign", "hot air", "road sign", "field mouse",
    "sand castle", "water bottle", "fire truck", "light switch", "wild boar",
    "watering can", "washing line", "folding screen", "folding stool", "folding chair", "folding table",
    "camping chair", "camping table", "camping tent", "camping stove", "camping lamp", "building block",
    "flying disc", "flying saucer", "greeting card", "hanging basket", "hanging chair", "skipping rope",
    "spinning top", "spinning wheel", "shopping basket", "shopping trolley", "serving tray", "racing car",
    "racing bike", "punching bag", "praying mantis", "playing card", "paddling pool", "operating table",
    "measuring cup", "magnifying glass", "chopping board", "boxing glove", "bowling ball", "bowling pin",
    "climbing frame", "climbing rope", "diving board", "drying rack", "drafting table", "hiking boot",
    "recycling bin", "roasting tin", "baking tray", "sailing ship", "running shoe", "standing desk",
    "standing fan", "walking frame", "warning sign", "wedding cake", "wedding dress", "weeping willow",
    "wishing well", "writing desk", "fishing pole", "fishing net", "cooking pot", "curling iron",
    "lightning bolt", "stepping stone", "knitting needle", "landing stage",
))  # fmt: skip
"""Pairs that are one name although their first word is an adjective, a verb, a region or a colour."""
VERBS = _words(
    "hangs stands sits lies lays sleeps runs walks flies grazes plays rests floats swims grows parked placed "
    "hung seated located positioned situated mounted leaned stacked scattered arranged surrounds faces holds "
    "carries rides eats drinks wears watches drives contains shows asleep awake hang sit lie graze swim "
    "stopped tied piled gathered moored anchored docked tethered perched rises propped stuck curled sprawled "
    "crouched hunched draped slung strapped"
)


GROUPS: dict[str, tuple[str, int, bool]] = {
    "couple": ("person", 2, False),
    "family": ("person", 3, True),
    "crowd": ("person", 5, True),
}
"""Words for several things: what they are, how many, and whether more will do."""


def canonical(label: str) -> str:
    """One name for all of a label's synonyms, to compare labels by.

    >>> canonical("Couch"), canonical("sofa"), canonical("lamp")
    ('couch', 'couch', 'lamp')
    """
    name = " ".join(label.lower().split())
    return _CANONICAL.get(name, name)


_CANONICAL = {
    "sofa": "couch", "settee": "couch", "television": "tv", "tv monitor": "tv", "tv screen": "tv",
    "bike": "bicycle", "cycle": "bicycle", "motorbike": "motorcycle", "automobile": "car",
    "plane": "airplane",
    "aeroplane": "airplane", "jet": "airplane", "phone": "cell phone", "mobile phone": "cell phone",
    "lorry": "truck", "fridge": "refrigerator", "houseplant": "potted plant",
    "plant in a pot": "potted plant",
    "painting": "picture", "cupboard": "cabinet", "nightstand": "night stand", "carpet": "rug",
    "human": "person", "books": "book",
}  # fmt: skip
"""Kinds of people stay themselves: "two men" are not any two persons."""
