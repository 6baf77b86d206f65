"""Labels of real silhouettes, and a memory that knows a shape or two of each."""

import numpy as np

from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory

LABELS = (
    """
accordion|acorn|air conditioner|airplane|alarm clock|alligator|ambulance|anchor|ant|antelope
apartment building|ape|apple|apples|aquarium|armadillo|armchair|arrow|astronaut|avocado|axe|baby bed
backpack|badger|bagel|ball|ballet dancer|balloon|banana|banjo|barn|barrel|baseball bat|baseball cap|basket
basketball|bat|bathtub|bear|beaver|bed|bee|beer bottle|beer mug|beetle|bell|bench|bicycle|binoculars|bird
birthday cake|bison|boat|bone|book|bookcase|bookshelf|boomerang|bottle|bow|bowl|box|boy|bread|bridge
briefcase|broccoli|broom|bucket|building|bull|bunk bed|burger|bus|bush|butterfly|cabinet|cactus|cake
calculator|camel|camera|candle|canoe|car|carrot|castle|cat|caterpillar|ceiling fan|ceiling lamp|cello
centipede|chair|chalice|chandelier|cheese|cherry|chess pawn|chicken|child|christmas tree|church|clock
closed book|closed umbrella|coat|cockroach|coconut|coffee cup|coffee machine|coffee table|coin|comb|compass
computer|computer mouse|cookie|corn|couch|cow|crab|crane fly|crate|crocodile|croissant|crow|crown
cruise ship|cucumber|cup|cupcake|cutting board|daffodil|deer|desk|desk chair|desk lamp|dinosaur|dog
dog house|dog on leash|dolphin|donkey|donut|dragon|dragonfly|dress|drill|drum|drums|duck|dumpster|eagle|egg
eggplant|eiffel tower|electric guitar|elephant|fence|ferris wheel|filing cabinet|fire extinguisher
fire hydrant|fire truck|fireplace|fish|flag|flamingo|floor lamp|flower|flowers|flute|fly|folding chair|fork
fountain|fridge|frog|frying pan|garbage truck|gas station|giraffe|girl|glass|glass of milk|glasses|gloves
goat|goldfish|goose|gorilla|grand piano|grapes|guitar|gun|hamburger|hammer|hammock|handbag|harp|hat|hedgehog
helicopter|helmet|high heeled shoe|hiking boot|hippopotamus|horse|hot air balloon|hot dog|hourglass|house
house with garden|ice cream|insect|jacket|jar|jeans|jellyfish|kangaroo|key|keyboard|kick scooter|kite|kitten
knife|ladder|ladybug|lamp|lantern|laptop|leaf|lemon|lighthouse|lion|lizard|llama|lobster|locomotive
magnifying glass|man|man sitting|mantis|map|microphone|microscope|microwave|mirror|mobile phone|monkey|moth
motor scooter|motorcycle|mouse|mug|mushroom|night stand|notebook|oak tree|octopus|office chair|open book
orange|ostrich|otter|oven|owl|owl on branch|ox|pan|panda|parachute|parking meter|parrot|peacock|pear|pen
pencil|penguin|person|person sitting|person with white cane|phone|piano|pickup truck|pig|pigeon|pillow
pine tree|pineapple|pistol|pizza|pizza slice|plate|police car|pot|potted plant|printer|pumpkin|rabbit
raccoon|race car|radio|rat|refrigerator|rhinoceros|ring|robot|rocket|rocking horse|rooster|rose|round table
rowboat|rubik's cube|ruler|running shoe|sailboat|sandwich|saw|saxophone|scissors|scorpion|screwdriver|seal
sea lion|sewing machine|shark|sheep|shelf|ship|shirt|shoes|shovel|sink|skateboard|skirt|skis|skull|skunk
sleeping cat|snail|snake|snowboarder|snowman|soccer ball|socks|sofa|spaceship|spider|spoon|sports car
squirrel|standing lamp|starfish|statue|stethoscope|stool|stop sign|stove|strawberry|street lamp|stroller
submarine|suitcase|sunflower|sunglasses|suv|swan|sword|t shirt|table|taxi|teapot|teddy bear|telescope
tennis racket|tent|tiger|toaster|toilet|tomato|tower|toy car|tractor|traffic cone|traffic light|train|tram
trash can|tree|trophy|truck|trumpet|tulip|turtle|tv|umbrella|van|vase|violin|wardrobe|washing machine|watch
watering can|wheelbarrow|wheelchair|whale|wine bottle|wine glass|wolf|woman|woman running facing right
woman running|woman sitting|wooden bench|worm|wrench|zebra
""".strip()
    .replace("\n", "|")
    .split("|")
)
PARENTS = {
    "bee": "insect",
    "ant": "insect",
    "moth": "insect",
    "apple": "fruit",
    "pear": "fruit",
    "dog": "animal",
}


def known(label: str, aspect: float = 1.0, *poses: str, may_mirror: bool = True) -> RememberedShape:
    return RememberedShape(
        label=label, style="photo", aspect=aspect, may_mirror=may_mirror, source="test", group="test:1",
        licence="CC0", poses=poses,
    )  # fmt: skip


def memory_of(*shapes: RememberedShape) -> ShapeMemory:
    codes = np.zeros((len(shapes), 1), np.uint8)
    return ShapeMemory.of(shapes, codes, "test", PARENTS)


def known_labels() -> ShapeMemory:
    """A shape of each label; horses that face somewhere, tables of several aspects."""
    horses = [known("horse", 1.4, "facing left", "standing"), known("horse", 1.2, "facing right", "running")]
    tables = [known("table", 0.5 + 0.25 * n) for n in range(9)]
    return memory_of(*map(known, LABELS), *horses, *tables)
