"""From the words of a request to labels of a memory, with the shipped text encoder."""

import pytest
from known_labels import LABELS, known, known_labels, memory_of

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.pipelines.shapes.label_index import LabelIndex
from smartmask.pipelines.shapes.shape_words import read_shape_words
from smartmask.weights import WEIGHTS


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


@pytest.fixture(scope="module")
def index(encoder) -> LabelIndex:
    return LabelIndex(known_labels(), encoder)


OUTRIGHT = """
a brown horse: horse
a small old dog on the left, at sunset: dog
two horses: horse
five wolves in the snow: wolf
a pair of scissors: scissors
two apples: apple
apples: apples
a red, shiny sports car: sports car
the neighbour's red sports car: sports car
a red-and-white lighthouse: lighthouse
a photo of a zebra: zebra
in the forest a deer: deer
on the left, a lamp: lamp
a man riding a horse: man
a dog and a cat: dog
a kitten: kitten
a Kuba chair: chair
a hot dog: hot dog
a dog house: dog house
a dog on a leash: dog on leash
an owl on a branch: owl on branch
a person with a white cane: person with white cane
a house with a garden: house with garden
a glass of milk: glass of milk
a glass of wine: wine glass
two glasses of wine: wine glass
a bottle of beer: beer bottle
a cup of coffee: coffee cup
a vase of flowers: vase
a bowl of fruit: bowl
a slice of pizza: pizza slice
a slice of bread: bread
a bunch of bananas: banana
a flock of sheep: sheep
a washing machine in the corner: washing machine
a standing lamp: standing lamp
running shoes: running shoe
a rocking horse: rocking horse
a tea pot: teapot
a firetruck: fire truck
a t-shirt: t shirt
Rubik's cube: rubik's cube
the Eiffel Tower at night: eiffel tower
a pair of glasses: glasses
skis: skis
a table round: round table
a sea lion on a rock: sea lion
an orange: orange
people: person
three children: child
there is a bear behind the tent: bear
I want a giraffe, please: giraffe
a big wooden bench: wooden bench
"""
BY_SYNONYM = """
a puppy: dog
a golden retriever: dog
a pony: horse
a bunny: rabbit
a guinea pig: rat
a chimpanzee: ape
a hamster: mouse
a raven: crow
a cobra: snake
a couch: couch
a settee: sofa
a bike: bicycle
a plane: airplane
an airliner in the sky: airplane
a motorbike: motorcycle
a moped: motor scooter
a lorry: truck
a television: tv
a smartphone: mobile phone
a rucksack: backpack
a soldier: man
an athlete: person
a lady: woman
a policeman: man
a toddler: child
a guy on a bench: man
a hatchet: axe
a goblet: wine glass
a yacht: sailboat
a galleon: ship
a pram: stroller
a skyscraper: building
stilettos: high heeled shoe
a tuxedo cat: cat
"""


def table(text: str) -> list[tuple[str, str]]:
    return [tuple(line.split(": ")) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("prompt", "label"), table(OUTRIGHT) + table(BY_SYNONYM))
def test_a_request_means_a_label(index, prompt, label):
    found = read_shape_words(prompt, index)
    assert found.is_english
    assert found.matches[0].label == label
    assert found.matches[0].how in ("label", "synonym")


def test_the_labels_are_many():
    assert len(set(LABELS)) >= 300


@pytest.mark.parametrize(
    ("prompt", "label"),
    [("a serpent", "snake"), ("a novel", "book"), ("poultry", "chicken"), ("a bulb", "lamp")],
)
def test_a_near_meaning_will_do(index, prompt, label):
    found = read_shape_words(prompt, index)
    assert (found.matches[0].label, found.matches[0].how) == (label, "near")
    assert 0.6 <= found.matches[0].similarity < 1
    assert found.say() == f"{prompt.split()[-1]} -> {label}, {found.matches[0].similarity:.2f}"


@pytest.mark.parametrize(
    "prompt",
    [
        "xqzt blorp",
        "a snorgle",
        "freedom",
        "justice",
        "a theory",
        "something",
        "it",
        "big",
        "red",
        "...",
        "a",
    ],
)
def test_what_nobody_knows_is_drawn_freely(index, prompt):
    found = read_shape_words(prompt, index)
    assert (found.is_known, found.is_english, found.matches) == (False, True, ())
    assert found.say().startswith('no shape is known for "')
    assert found.say().endswith('": drawn freely')


@pytest.mark.parametrize("prompt", ["ein Pferd", "un perro", "馬", "лошадь", "une chaise", "le cheval blanc"])
def test_only_english_is_read(index, prompt):
    found = read_shape_words(prompt, index)
    assert (found.is_english, found.is_known) == (False, False)
    assert found.say().startswith(f'only English is read; "{prompt}" ')


@pytest.mark.parametrize(
    "prompt", ["un piano", "la croix can bottle", "die cast toy car", "le mans race car"]
)
def test_a_noun_that_is_known_settles_a_doubt(index, prompt):
    assert read_shape_words(prompt, index).is_known


def test_a_label_of_ones_own_is_found_in_any_language(encoder):
    index = LabelIndex(memory_of(known("ein pferd"), known("馬"), known("borsa estiva")), encoder)
    for prompt in ("Ein Pferd", "馬", "borsa estiva", "a Borsa estiva"):
        assert read_shape_words(prompt, index).is_known


@pytest.mark.parametrize(
    ("prompt", "label", "poses", "outlines", "ignored", "sizes"),
    [
        ("a sleeping cat", "sleeping cat", ("sleeping",), (), (), ()),
        ("a cat that is asleep", "sleeping cat", ("sleeping",), (), (), ()),
        ("a big cat", "cat", (), (), (), ("big",)),
        ("a man sitting on a bench", "man sitting", ("sitting",), (), (), ()),
        ("a seated woman", "woman sitting", ("sitting",), (), (), ()),
        ("a sleeping dog", "dog", (), (), ("sleeping",), ()),
        ("an open book", "open book", ("open",), (), (), ()),
        ("a closed door umbrella", "closed umbrella", ("closed",), (), ("door",), ()),
        (
            "a running woman, facing left",
            "woman running facing right",
            ("facing left", "running"),
            (),
            (),
            (),
        ),
        ("a horse facing right", "horse", ("facing right",), (), (), ()),
        ("a running horse", "horse", ("running",), (), (), ()),
        ("a cow facing left", "cow", (), (), ("facing left",), ()),
        ("a huge long table", "table", (), ("long",), (), ("huge",)),
        ("a tall, narrow table", "table", (), ("tall",), (), ()),
        ("a tall bookcase", "bookcase", (), (), ("tall",), ()),
        ("a round clock", "clock", (), ("round",), (), ()),
        ("a cowboy cat", "cat", (), (), ("cowboy",), ()),
        ("a boy kicking a ball", "boy", (), (), ("kicking",), ()),
        ("a zebra from the side", "zebra", (), (), ("side view",), ()),
    ],
)
def test_what_is_said_of_a_shape_is_honoured_or_named(index, prompt, label, poses, outlines, ignored, sizes):
    found = read_shape_words(prompt, index)
    assert found.matches[0].label == label
    assert (found.poses, found.outlines) == (poses, outlines)
    assert (found.ignored, found.sizes) == (ignored, sizes)


def test_others_follow_the_best_and_the_wider_word_is_last(index):
    found = read_shape_words("a bee", index)
    assert [(match.label, match.how) for match in found.matches][::len(found.matches) - 1] == [
        ("bee", "label"), ("insect", "wider"),
    ]  # fmt: skip
    assert [match.label for match in read_shape_words("a sofa", index).matches][:2] == ["sofa", "couch"]
    similarities = [match.similarity for match in found.matches[1:-1]]
    assert similarities == sorted(similarities, reverse=True)


def test_a_wider_word_can_be_asked_for(index):
    assert read_shape_words("a fruit", index).matches[0].label == "fruit"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a puppy", "puppy -> dog, 0.90"),
        ("two horses", "horse; not honoured: two"),
        ("no horse", "horse; not honoured: no"),
        ("a horse and a puppy", "horse; not honoured: and a puppy"),
        ("a horse, 2 puppies or a bee", "horse; not honoured: 2 puppies, or a bee"),
        ("a horse, not a puppy", "horse; not honoured: not a puppy"),
        ("not a horse", "horse; not honoured: not"),
        ("a horse that is not brown", "horse; not honoured: not brown"),
        ("a horse\n\na puppy", "horse; not honoured: a puppy"),
        ("a horse. It is brown.", "horse"),
        ("a horse without a tail", "horse; not honoured: without a tail"),
        ("a horse on a beach with palms and a hut", "horse"),
        ("a horse, photo, high quality", "horse"),
        ("a black and white horse, running and happy", "horse (running)"),
        ("one horse", "horse"),
        ("a sleeping puppy", "puppy -> dog, 0.90; not honoured: sleeping"),
        ("a running horse", "horse (running)"),
        ("a running woman facing left", "running woman -> woman running facing right (facing left)"),
        ("ein Pferd", 'only English is read; "ein Pferd" looks German'),
        ("馬", 'only English is read; "馬" has no Latin script'),
        ("xqzt blorp", 'no shape is known for "xqzt blorp": drawn freely'),
    ],
)
def test_it_says_how_it_was_understood(index, prompt, said):
    assert read_shape_words(prompt, index).say() == said


def test_an_empty_prompt_is_refused(index):
    with pytest.raises(ValueError, match="the prompt is empty"):
        read_shape_words(" ", index)


def test_a_memory_of_nothing_knows_nothing(encoder):
    assert not read_shape_words("a horse", LabelIndex(memory_of(), encoder)).is_known


@pytest.mark.parametrize(
    ("prompt", "label"),
    [
        ("a boy riding a bicycle", "cyclist"),
        ("old woman doing yoga", "person meditating"),
        ("girl in a wheelchair", "person in a wheelchair"),
        ("nurse pushing a stroller", "person pushing a stroller"),
        ("a girl with a dog", "girl"),
        ("a horse in a wheelchair", "horse"),
        ("kids building a sandcastle", "person"),
        ("a building", "building"),
    ],
)
def test_what_a_person_is_known_to_do_anybody_may_do(encoder, prompt, label):
    labels = ["person", "girl", "horse", "building", "cyclist", "person meditating", "person in a wheelchair"]
    index = LabelIndex(memory_of(*map(known, (*labels, "person pushing a stroller"))), encoder)
    assert read_shape_words(prompt, index).matches[0].label == label
