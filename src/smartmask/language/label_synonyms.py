"""Labels to try for a word that is no label itself: words for the same thing first, then wider ones.

A memory has its own labels, so each word lists several, the nearest first; the first that is known counts.
Words that only seem to end in a label ("guinea pig", "sea horse") stand here too.

`label_kinds.txt` has a line a label: words that it will do for, kinds of it or things whose outline is like
its own. Of two labels of one word the earlier is tried first.
"""

from pathlib import Path


def synonyms_of(word: str) -> tuple[str, ...]:
    """The labels to try for a word or phrase in the singular, the nearest first; none if it is not listed.

    >>> synonyms_of("couch")[:2], synonyms_of("puppy")
    (('sofa', 'settee'), ('dog',))
    """
    return _TRIED.get(word, ())


_SAME = """
sofa, couch, settee, loveseat, divan
bicycle, bike, push bike, pushbike, cycle, mountain bike
airplane, plane, aeroplane, airliner, jet, jetliner, jumbo jet, passenger plane, aircraft
motorcycle, motorbike, motor bike
motor scooter, moped, vespa
tv, television, tv monitor, tv set, flat screen tv, wall flat tv, telly
truck, lorry
car, automobile, auto, motorcar, motor car
fridge, refrigerator
mobile phone, cell phone, cellphone, smartphone, cellular phone, handphone, iphone, apple iphone, phone
laptop, laptop computer, notebook computer, macbook
trash can, garbage can, rubbish bin, dustbin, trash bin, waste bin, bin, wastebasket, park trashcan
street lamp, street light, streetlight, lamp post, lamppost, streetlamp
standing lamp, floor lamp, lamp standing
ceiling lamp, ceiling light, pendant lamp, hanging lamp
potted plant, houseplant, indoor plant, plant in a pot, pot plant, potted palm, palm in a pot, plant
rubber plant, potted plant
wardrobe, closet, armoire
cabinet, cupboard, kitchen cabinet, sideboard
chest of drawers, drawers cabinet, dresser with drawers, dresser, commode, drawer
night stand, nightstand, bedside table
robot vacuum, robot vacuum cleaner, robotic vacuum cleaner, vacuum robot
bookcase, bookshelf, book case, shelf, shelves, bookshelves
stroller, pram, baby carriage, pushchair, buggy
backpack, rucksack, knapsack, schoolbag
suitcase, luggage, trunk
handbag, purse, pocketbook, bag
sneakers, sneaker, trainers, running shoe, tennis shoe, tennis shoes, gym shoe, shoes, shoe, mans shoe
glasses, eyeglasses, spectacles
sunglasses, shades
necktie, tie
t shirt, tee shirt, tshirt, tee, shirt
trousers, pants, jeans, slacks
rabbit, bunny, bunny rabbit, hare
donkey, ass, burro
pig, hog, swine, piglet, wild boar, boar
cow, cattle, calf
bull, ox, steer, bullock
hen, chicken
rooster, cockerel, chicken
rhinoceros, rhino
hippopotamus, hippo
crocodile, croc, alligator, gator
ladybug, ladybird, lady beetle
dolphin, porpoise
orca, killer whale
seagull, gull, sea gull
turtle, tortoise, sea turtle, terrapin
donut, doughnut
burger, hamburger, cheeseburger
fries, french fries, chips
ice cream, ice cream cone, gelato
pan, frying pan, skillet, saucepan
mug, cup, coffee cup, coffee mug, tea cup
glass, drinking glass, tumbler, tumbler glass
tap, faucet, garden faucet
stove, cooker, hob
oven, stove
washing machine, washer, clothes washing machine
sink, washbasin, basin
bathtub, bath, tub
rug, carpet, mat
spade, shovel
wrench, spanner
flashlight, torch
pistol, gun, handgun, revolver
train, locomotive, railway train
tram, streetcar, trolley, tramway
ship, vessel
sailboat, sailing boat, yacht, sail boat
rowboat, rowing boat, boat
helicopter, chopper
taxi, cab, taxicab
police car, cop car, patrol car
fire truck, fire engine, firetruck
race car, racing car, formula one car, racecar
church, chapel, cathedral
house, home, cottage, hut
gift, present, wrapped gift
doll, dolly
balloon, balloons
umbrella, parasol, sunshade
violin, fiddle
piano, upright piano, grand piano
cello, violoncello
armchair, easy chair, recliner, chair
stool, bar stool, footstool, stool bar
box, cardboard box, carton, package
picture, painting, picture frame
mushroom, toadstool
flower, blossom, flowers
crib, cot, baby bed
remote control, tv remote control, remote
computer, desktop computer, pc
monitor, computer screen, lcd monitor, screen
keyboard, computer keyboard
mouse, computer mouse
soccer ball, football
movie camera, video camera, camcorder
camera, digital camera
horse, steed
sweater, pullover, jumper
cap, baseball cap, billed cap
hammer, construction hammer, mallet
jack o lantern, pumpkin lantern, halloween pumpkin
t rex, trex, tyrannosaurus, tyrannosaurus rex
robot, android
kettle, tea kettle, espresso kettle, teapot
fire hydrant, hydrant
tennis racket, racket, racquet, tennis racquet, badminton racket
frisbee, flying disc, disc
skis, pair of skis, ski
billboard, hoarding, advertising board
blackboard, chalkboard
whiteboard, flip chart
hay bale, bale of hay, straw bale, bale
mailbox, letter box, letterbox
pillar box, postbox, post box
jetty, pier, pontoon, landing stage
sandbox, sandpit
seesaw, teeter totter
soccer goal, football goal, goal
lectern, podium, pulpit, rostrum
plinth, pedestal
scaffolding, scaffold
swimming pool, pool
paddling pool, kiddie pool, wading pool
curtain, curtains, drapes
market stall, stall, market booth, booth
kiosk, newsstand, ticket booth
coat stand, coat rack, hat stand
washing line, clothesline, clothes line
oar, paddle, raft paddle
lifebuoy, life ring, lifebelt, ring buoy
hand cart, handcart
safe, strongbox
cooler, ice box, ice chest, cool box
campfire, bonfire, fire
serving tray, platter, tray
puddle, puddle of water
round hay bale, hay roll
steps, doorstep
disco ball, mirror ball, mirrorball
doormat, welcome mat
pull up bar, horizontal bar
auto rickshaw, tuk tuk, rickshaw
sea anemone, anemone
"""
"""Words for one thing, or as good as one to an outline."""


def _tried() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _SAME.strip().splitlines():
        group = [word.strip() for word in line.split(",")]
        for word in group:
            found.setdefault(word, {}).update(dict.fromkeys(group))
    for line in Path(__file__).with_name("label_kinds.txt").read_text("utf-8").splitlines():
        label, _, words = line.partition(":")
        for word in words.split(","):
            found.setdefault(word.strip(), {}).setdefault(label)
    return {word: tuple(label for label in labels if label != word) for word, labels in found.items()}


_TRIED = _tried()
