"""Words that a label will do for: kinds of it, or things whose outline is like its own."""

KINDS_OF_LABELS = """
vase of flowers: vase with flowers, flower vase, flowers in a vase, flower arrangement
parasol: patio umbrella, sun umbrella, garden umbrella, sunshade
beach umbrella: beach parasol, parasol
sledge: sled, sleigh, toboggan
phone booth: telephone booth, phone box, telephone box
high chair: highchair
crib: cot, bassinet, cradle, baby cradle, playpen, baby bed
bowl of fruit: fruit bowl, fruit basket, basket of fruit, fruit
wooden fence: fence, garden fence
water well: well, wishing well
train: steam locomotive, diesel locomotive
bus stop shelter: bus stop, bus shelter
crowd barrier: barricade, barrier
pavement sign: sandwich board, a frame sign, menu board
bird bath: birdbath
statue on a pedestal: sculpture, monument, statue
water cooler: water dispenser
candlestick: candle holder, candle stick
treasure chest: chest, trunk
gramophone: phonograph
record player: gramophone, phonograph, turntable
typewriter: type writer
dog: puppy, pup, doggy, hound, terrier, golden retriever, retriever, labrador, poodle, husky, pug, beagle,
 bulldog, bull dog, dachshund, chihuahua, german shepherd, sheepdog, greyhound, collie, corgi, dalmatian,
 mutt, spaniel, great dane, doberman, rottweiler, border collie, shiba inu, labrador retriever, akita,
 weimaraner, pitbull, pomeranian, samoyed, schnauzer, shih tzu, lhasa apso, malamute, maltese, jack russell,
 irish wolfhound, saint bernard, whippet, bichon frise, goldendoodle, labradoodle, setter, pekingese, dingo
cat: kitten, kitty, tabby, tomcat, siamese cat, pussycat, persian cat, bobcat, caracal, maine coon, ocelot,
 serval, wildcat
horse: pony, stallion, mare, foal, colt, mustang, racehorse, gelding
sheep: lamb, ewe, ram
goat: billy goat, kid goat, ibex
deer: stag, doe, fawn, reindeer, moose, elk, roe, caribou
antelope: gazelle, impala, oryx, gnu, wildebeest, eland, hartebeest, kudu, springbok
elephant: mammoth
lion: lioness, puma, cougar, mountain lion
leopard: cheetah, jaguar, panther, snow leopard, lynx, bobcat, ocelot, serval, caracal
tiger: tigress
bear: grizzly, grizzly bear, polar bear, brown bear, black bear, panda, bear cub, wombat
wolf: coyote, jackal
fox: red fox
red fox: fox, arctic fox
mouse: hamster, gerbil, vole
rat: guinea pig, hamster, guineapig
ape: chimpanzee, chimp, gorilla, orangutan, gibbon, bonobo
monkey: chimpanzee, chimp, baboon, macaque, marmoset, capuchin, colobus, mandrill, tamarin, lemur
squirrel: chipmunk, prairie dog, marmot, groundhog
weasel: ferret, stoat, marten, mink
seal: walrus
crow: raven, rook, jackdaw
heron: stork, crane bird, egret, ibis
flamingo: heron, stork, egret, ibis, spoonbill, crane bird
duck: mallard, duckling, cormorant, grebe, loon
chick: chicken, baby chick
parrot: parakeet, budgie, macaw, cockatoo, cockatiel, conure, lovebird
ostrich: emu
ratite: ostrich, emu
eagle: vulture, condor, falcon, bald eagle
hawk: buzzard, kite bird, goshawk, osprey, kestrel, harrier, sparrowhawk
snake: cobra, viper, rattlesnake, boa, adder, anaconda, python
lizard: iguana, gecko, chameleon, gila monster
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
 ferrari, tesla, suv, sportscar, microcar, mini cooper, hearse
sports car: ferrari, porsche, lamborghini, roadster, convertible
van: minivan, camper, campervan, delivery van, motorhome
suv: jeep, off roader, land rover, utility vehicle
truck: pickup, pick up truck, semi, tipper, dump truck, articulated lorry, delivery truck
pickup truck: pickup, pick up truck
bus: coach, minibus, double decker, double decker bus
boat: dinghy, canoe, kayak, gondola, punt, motorboat, tugboat, fishing boat, trawler
motor boat: speedboat, motorboat, jet ski, powerboat
canoe: kayak
ship: galleon, liner, steamer, frigate, warship, cargo ship, cruise ship, ferry, freighter, tanker, aircraft
 carrier, battleship, destroyer, icebreaker, houseboat
sailing ship: galleon, schooner, pirate ship, frigate, caravel, junk, chinese junk, longship, trireme
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
bicycle: tricycle, tandem, racing bike, road bike, penny farthing, unicycle, pedicab
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
 tree, baobab, eucalyptus, mangrove, sycamore
pine tree: fir, fir tree, pine, spruce, conifer, larch, cedar, redwood, sequoia
christmas tree: xmas tree
palm tree: palm, coconut palm, coconut tree
bush: shrub, hedge
flower: rose, tulip, daisy, lily, sunflower, orchid, poppy, dandelion, azalea, begonia, bluebell, camellia,
 carnation, chrysanthemum, crocus, dahlia, edelweiss, gerbera, gladiolus, hydrangea, iris, lilac, marigold,
 peony, pansy, petunia, primrose, violet, wildflower
bottle: flask, wine bottle, beer bottle, water bottle, vial
wine glass: goblet, champagne glass, glass of wine
chalice: goblet
glass: wine glass, beer glass, glass of beer, champagne glass, glass of water
beer mug: beer glass, glass of beer, tankard, pint
coffee cup: cappuccino, espresso, latte, cup of coffee
pot: cauldron, casserole, stew pot, saucepan, flowerpot, planter, flower pot
vase: urn, jug
pitcher: jug, carafe
bowl: dish, basin, salad bowl, soup, noodles, ramen, porridge, muesli, salad
plate: dish, saucer, platter
knife: kitchen knife, carving knife, penknife, cleaver, machete
sword: cutlass, rapier, sabre, saber, katana, broadsword, bayonet
axe: hatchet, tomahawk
guitar: ukulele, banjo, mandolin, lute, electric guitar, acoustic guitar
drum: drums, bongo, snare drum
trumpet: cornet, bugle
hat: bonnet, beret, stetson, bowler, cowboy hat, top hat, sombrero, beanie, turban, fez
helmet: hard hat, crash helmet
shoes: loafer, loafers, moccasin, flat shoe, cleats, clog, slipper
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
tractor: digger, bulldozer, combine harvester, harvester
fork lift: forklift
picture: photo, photograph, mural, artwork, map, drawing, print
poster: map, placard, notice
letter: envelope, postcard, sheet of paper, bill, certificate, diploma, document, receipt, ticket, napkin,
 passport
newspaper: map, paper
picnic blanket: beach towel, quilt
plank: board, beam, wooden board, floorboard
stage: platform, dais
pillar: column, post
field gate: farm gate, gate
gate: garden gate
picket fence: garden fence, white fence
rail fence: wooden fence, fence
window blind: blind, blinds, shutter
door: front door, wooden door, doorway, entrance
sweater: sweatshirt, hoodie, cardigan, jersey
surfboard: paddleboard, paddle board
market stall: fruit stall, vegetable stall, food stall, flower stall
shed: hut, tool shed, garden shed, cabin
kiosk: food stand, ice cream stand
video projector: projector
cutting pliers: pliers, tongs
rubik cube: cube
pepper shaker: shaker
salt shaker: shaker
chest freezer: freezer, deep freezer
spiral notepad: notepad
clothes hanger: hanger, coat hanger
inkjet printer and scanner: scanner
fifties jukebox: jukebox
mailbox: mail box, postbox
clothes rack: clothes rail, garment rack
shovel: spade
metal pipe: tube
hay bale: hay, straw, haystack
bird: canary, sparrow, robin, finch, pigeon, raven, stork, swallow, parakeet, budgie, wren, thrush, magpie,
 songbird, hummingbird, nightingale, blackbird, starling, bluebird, blue jay, blue tit, bullfinch, cardinal,
 chaffinch, chickadee, flycatcher, goldfinch, jay, kinglet, lark, mockingbird, nuthatch, oriole, skylark,
 sunbird, swift, wagtail, waxwing
fish: trout, salmon, tuna, carp, goldfish, sardine, sea horse, seahorse, piranha, anchovy, arowana,
 barracuda, bream, clownfish, damselfish, flounder, grouper, guppy, haddock, halibut, mackerel, marlin,
 plaice, pollock, sea bass, sea bream, snapper, tilapia, wrasse, pike
insect: bug, cricket, locust
man: guy, gentleman, male, father, dad, grandfather, grandpa, old man, policeman, fireman, firefighter,
 businessman, cowboy, soldier, standing man, king, groom, knight, wizard, waiter, monk
woman: lady, female, mother, mum, mom, grandmother, grandma, old woman, businesswoman, queen, bride,
 standing woman, princess, waitress, nurse, ballerina
girl: schoolgirl, daughter, toddler
boy: schoolboy, son, lad, toddler
cube: parcel
donut: bagel
cup: tea, espresso cup
brick: paving stone
magazine: album, brochure, calendar, folder, binder, ring binder, sketchbook, photo album
soap: ingot
bucket: pail
soccer ball: bauble
barrel: keg
coffee maker: cafetiere, french press
headphones: ear muffs, headset
tent: marquee, tipi, wigwam, yurt
dog house: kennel, hutch
candle: candle holder, tea light
ceiling lamp: drop light, pendant light
swing: swing set
folding screen: partition, room divider
blanket: bedspread, comforter, duvet, tablecloth, washcloth
deck chair: sun lounger
bookcase: hutch, shelving unit, highboy, tallboy
cabinet: bureau, credenza, lowboard, showcase, vitrine, wall unit
stool: hassock, walker
armchair: bergere, throne
sofa: chaise longue, chesterfield, futon
sailboat: catamaran, dhow, felucca
motorcycle: harley, bmx
race car: go kart, hot rod, kart, drag racer, supercar, lamborghini
airplane: concorde, glider, learjet, seaplane, turboprop, ultralight
radish: beetroot, turnip
eggplant: aubergine
cucumber: courgette, zucchini
watermelon: cantaloupe, honeydew
orange: apricot, clementine, grapefruit, guava, kumquat, nectarine, persimmon, pomegranate, tangerine
potted plant: aloe, aloe vera, dracaena, fern, ficus, fiddle leaf fig, monstera, philodendron, succulent,
 yucca
pig: warthog
kangaroo: wallaby
bison: yak
llama: guanaco, vicuna
camel: dromedary
hen: grouse, partridge, quail, guinea fowl
penguin: auk, guillemot, razorbill, puffin
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
 librarian, secretary, statue, sculpture, rider, vendor, referee, gymnast, jockey, cheerleader, diver, nun,
 conductor, samurai, cashier, mime, dj, cellist, dentist, bartender, janitor, welder, barista, lifeguard,
 paramedic, protester, surgeon, archer, engineer, juggler, lumberjack, maid, mechanic, mountaineer, pharaoh,
 pharmacist, poet, rabbi, salesman, saleswoman, sculptor, shopper, acrobat, archaeologist, bishop,
 bodybuilder, bodyguard, butler, caveman, chemist, commuter, detective, druid, duke, duchess, electrician,
 fencer, fighter, flutist, geologist, gladiator, goalkeeper, hairdresser, hitchhiker, host, hostess, imam,
 jester, legionary, magician, ninja, prince, priestess, rapper, rock star, roofer, shaman, shopkeeper,
 spartan, spy, sultan, superhero, supermodel, supervillain, vampire, veterinarian, viking, violist,
 weightlifter, beggar, witch, santa, santa claus, father christmas, zombie, bust, statuette
"""
"""A label, and words that it will do for; of two labels of one word the earlier is tried first."""
