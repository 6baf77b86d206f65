"""Labels to try for a word that is no label itself: words for the same thing first, then wider ones.

A memory has its own labels, so each word lists several, the nearest first; the first that is known counts.
Words that only seem to end in a label ("guinea pig", "sea horse") stand here too.
"""


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
potted plant, houseplant, indoor plant, plant in a pot, pot plant, plant
wardrobe, closet, armoire
cabinet, cupboard, kitchen cabinet, sideboard
chest of drawers, drawers cabinet, dresser with drawers, dresser, commode, drawer
night stand, nightstand, bedside table
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
"""
"""Words for one thing, or as good as one to an outline."""

_KINDS = """
dog: puppy, pup, doggy, hound, terrier, golden retriever, retriever, labrador, poodle, husky, pug, beagle,
 bulldog, bull dog, dachshund, chihuahua, german shepherd, sheepdog, greyhound, collie, corgi, dalmatian,
 mutt, spaniel, great dane, doberman, rottweiler, border collie, shiba inu, labrador retriever
cat: kitten, kitty, tabby, tomcat, siamese cat, pussycat, persian cat
horse: pony, stallion, mare, foal, colt, mustang, racehorse, gelding
sheep: lamb, ewe, ram
goat: billy goat, kid goat, ibex
deer: stag, doe, fawn, reindeer, moose, elk, roe, caribou
antelope: gazelle, impala, oryx
elephant: mammoth
lion: lioness, puma, cougar, mountain lion
leopard: cheetah, jaguar, panther, snow leopard, lynx
tiger: tigress
bear: grizzly, grizzly bear, polar bear, brown bear, black bear, panda, bear cub
wolf: coyote, jackal
fox: red fox
red fox: fox, arctic fox
mouse: hamster, gerbil, vole
rat: guinea pig, hamster, guineapig
ape: chimpanzee, chimp, gorilla, orangutan, gibbon, bonobo
monkey: chimpanzee, chimp, baboon, macaque, marmoset
squirrel: chipmunk, prairie dog, marmot, groundhog
weasel: ferret, stoat, marten, mink
seal: walrus
crow: raven, rook, jackdaw
heron: stork, crane bird, egret, ibis
duck: mallard, duckling
chick: chicken, baby chick
parrot: parakeet, budgie, macaw, cockatoo
ostrich: emu
ratite: ostrich, emu
eagle: vulture, condor, falcon, bald eagle
hawk: buzzard, kite bird
snake: cobra, viper, rattlesnake, boa, adder, anaconda
lizard: iguana, gecko, chameleon
frog: tadpole, tree frog
salamander: newt, axolotl
shark: great white, hammerhead
bee: bumblebee, honeybee, honey bee, bumble bee
butterfly: monarch butterfly
jellyfish: jelly fish
starfish: star fish, sea star
manatee: sea cow, dugong
dinosaur: brontosaurus, diplodocus, brachiosaurus, raptor
sauropod: brontosaurus, diplodocus, brachiosaurus
velociraptor: raptor
child: kid, toddler, infant, baby, boy, girl, schoolchild
ballet dancer: ballerina, dancer
snowboarder: snow boarder
car: sedan, hatchback, coupe, convertible, limousine, limo, minivan, station wagon, jeep, roadster, porsche,
 ferrari, tesla, suv, sportscar
sports car: ferrari, porsche, lamborghini, roadster, convertible
van: minivan, camper, campervan, delivery van, motorhome
suv: jeep, off roader, land rover, utility vehicle
truck: pickup, pick up truck, semi, tipper, dump truck, articulated lorry, delivery truck
pickup truck: pickup, pick up truck
bus: coach, minibus, double decker, double decker bus
boat: dinghy, canoe, kayak, gondola, punt, motorboat, tugboat, fishing boat, trawler
motor boat: speedboat, motorboat, jet ski, powerboat
canoe: kayak
ship: galleon, liner, steamer, frigate, warship, cargo ship, cruise ship, ferry, freighter, tanker
sailing ship: galleon, schooner, pirate ship, frigate
passenger ship: cruise ship, ocean liner, ferry
train: steam train, steam engine, tank engine, high speed train, bullet train, subway train, metro
locomotive: steam train, steam engine, tank engine
rocket: spaceship, space shuttle, missile
spaceship: ufo, flying saucer, starship, space shuttle
boat: sloop, submarine, barge, raft, lifeboat
hot air balloon: airship, blimp, zeppelin
temple: shrine, pagoda, monastery
quadcopter drone: drone
stroller: baby buggy
wagon: cart, carriage, caravan, chariot
donkey: mule
stadium: arena
skull: skull and crossbones
fishing pole: angling rod
military airplane: fighter jet, fighter plane, bomber
tricycle: bicycle
bicycle: tricycle, tandem, racing bike, road bike
kick scooter: scooter
motor scooter: scooter
chair: dining chair, rocking chair, wooden chair, kitchen chair, seat, lounge chair
office chair: swivel chair, desk chair
bench: pew, park bench
table: dining table, kitchen table, side table, end table, picnic table
bed: double bed, single bed, cot, bunk, four poster
lamp: lampshade, table lamp, reading lamp
desk lamp: reading lamp, table lamp
lamp table: table lamp
lantern: oil lamp
clock: grandfather clock, wall clock
watch: wristwatch
mirror: looking glass
house: villa, mansion, bungalow, cabin, chalet, farmhouse, barn
building: skyscraper, office block, tower block, mansion
tower: skyscraper, steeple, belfry
castle: palace, fortress
tree: oak, maple, birch, elm, willow, conifer, bonsai, bush, sapling, oak tree, pine tree, palm tree, fruit
 tree
pine tree: fir, fir tree, pine, spruce, conifer, larch
christmas tree: xmas tree
palm tree: palm, coconut palm, coconut tree
bush: shrub, hedge
flower: rose, tulip, daisy, lily, sunflower, orchid, poppy, dandelion
bottle: flask, wine bottle, beer bottle, water bottle, vial
wine glass: goblet, champagne glass, glass of wine
chalice: goblet
glass: wine glass, beer glass, glass of beer, champagne glass, glass of water
beer mug: beer glass, glass of beer, tankard, pint
coffee cup: cappuccino, espresso, latte, cup of coffee
pot: cauldron, casserole, stew pot, saucepan
vase: urn, jug
pitcher: jug, carafe
bowl: dish, basin, salad bowl
plate: dish, saucer, platter
knife: kitchen knife, carving knife, penknife
sword: cutlass, rapier, sabre, saber, katana, broadsword
axe: hatchet, tomahawk
guitar: ukulele, banjo, mandolin, lute, electric guitar, acoustic guitar
drum: drums, bongo, snare drum
trumpet: cornet, bugle
hat: bonnet, beret, stetson, bowler, cowboy hat, top hat, sombrero
helmet: hard hat, crash helmet
shoes: loafer, loafers, moccasin, flat shoe
womans sandal: sandal, flip flop
thong sandal: sandal, flip flop
womans boot: boot, boots, wellington
hiking boot: boot, boots
high heeled shoe: stiletto, stilettos, heels, high heels, pump
jacket: coat, hoodie, blazer, anorak, parka, cardigan
coat: overcoat, raincoat, cloak
dress: gown, frock
shirt: blouse, polo shirt
backpack: satchel
briefcase: satchel
mobile phone: android phone
cake: gateau, birthday cake, cheesecake
bread: loaf, baguette, bun
pizza: pizza slice
ball: basketball, beach ball, football
kite: paper kite
statue: sculpture, bust, monument
hot air balloon: air balloon
shopping cart: shopping trolley, supermarket trolley
ladder: stepladder, step ladder
doll: puppet, barbie
teddy bear: teddy, soft toy, stuffed animal, plush toy, teddybear
excavator: digger, bulldozer
tractor: digger, bulldozer
fork lift: forklift
bird: canary, sparrow, robin, finch, pigeon, raven, stork, swallow, parakeet, budgie, wren, thrush, magpie,
 songbird, hummingbird, nightingale, blackbird, starling
fish: trout, salmon, tuna, carp, goldfish, sardine, sea horse, seahorse, piranha
insect: bug, cricket, locust
man: guy, gentleman, male, father, dad, grandfather, grandpa, old man, policeman, fireman, firefighter,
 businessman, cowboy, soldier, standing man, king, groom, knight, wizard, waiter, monk
woman: lady, female, mother, mum, mom, grandmother, grandma, old woman, businesswoman, queen, bride, standing
 woman, princess, waitress, nurse, ballerina
girl: schoolgirl, daughter, toddler
boy: schoolboy, son, lad, toddler
person: man, woman, people, human, human being, adult, somebody, someone, pedestrian, passenger, tourist,
 guy, lady, player, worker, soldier, child, girl, boy, kid, gentleman, mannequin, figure, teenager, student,
 teacher, doctor, nurse, cook, chef, farmer, police officer, policeman, fireman, firefighter, cowboy, dancer,
 runner, athlete, hiker, businessman, businesswoman, grandmother, grandfather, mother, father, bride, groom,
 toddler, baby, standing man, standing person, old man, old woman, king, queen, princess, knight, wizard,
 musician, singer, waiter, monk, pilot, sailor, priest, warrior, boxer, wrestler, golfer, swimmer, cyclist,
 surfer, skier, guitarist, drummer, violinist, pianist, painter, carpenter, gardener, plumber, judge, lawyer,
 attorney, senator, president, emperor, pope, clown, pirate, scientist, artist, actor, actress, model,
 astronaut, driver, builder, miner, baker, butcher, tailor, fisherman, hunter, thief, prisoner, shepherd,
 bystander, customer, skateboarder, biker, motorcyclist, jogger, climber, photographer, postman, mailman,
 librarian, secretary, statue, sculpture
"""
"""A label, and words that it will do for; of two labels of one word the earlier is tried first."""


def _tried() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _SAME.strip().splitlines():
        group = [word.strip() for word in line.split(",")]
        for word in group:
            found.setdefault(word, {}).update(dict.fromkeys(group))
    for line in _KINDS.replace("\n ", " ").strip().splitlines():
        label, _, words = line.partition(":")
        for word in words.split(","):
            found.setdefault(word.strip(), {}).setdefault(label)
    return {word: tuple(label for label in labels if label != word) for word, labels in found.items()}


_TRIED = _tried()
