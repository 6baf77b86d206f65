"""Prompts that are not English are told from those that are."""

import pytest

from smartmask.language.foreign_words import foreign_guess

ENGLISH = """
a horse|two dogs|an old van|a die|the die on the table|a chat bubble|a pain au chocolat|a red car|sports car
hot dog|a lamp next to the sofa|wine glass|a boy in a red hat|no people|some fruit|a des moines bus
rocking chair|a cat in a box|fire hydrant|a dog on the beach|grand piano|piccolo|film noir poster
petite dancer|sous vide cooker|aux cable|big brown bear|a child with a kite|birthday cake|a bar stool
par 3 golf flag|con artist|a con|a bin|tin can|sun hat|elephant|orange tree|polar bear|a den|a dam|a pan
a pot|a hat and a coat|Eiffel Tower|a piñata|a jalapeño|a café table|crème brûlée|a naïve painting
a Doppelgänger|smörgåsbord|an über driver|a fjord boat|Mount Everest|teddy bear|traffic light|stop sign
a pair of skis|a fleur de lis flag|a person from behind|three birds flying|sleeping cat|tall building
a tree by the lake|a yellow taxi|a white swan|motorcycle|a bicycle|mountain bike|double decker bus|a robot
a knight in armour|chess piece|old man|young woman|baby elephant|palm tree|sail boat|a kettle|a toaster
washing machine|floor lamp|office chair|a mug of tea|glass of beer|a slice of pizza|a bunch of bananas
an umbrella|a tent|a pumpkin|a snowman|garden gnome|a lion|a seal|a mole|a bat|a bee|a net|a hut
a man on a horse|met office|a mast|a rose|an Auto mechanic|a poster on a wall|sea lion|guinea pig
a Kuba chair|a mesa|casa loma|a gaucho|a samurai|a matador|a kimono|a burrito|taco stand|sombrero|a ninja
a pizza|a latte
"""
FOREIGN = {
    "German": "ein Pferd|eine rote Katze|der Hund auf dem Sofa|zwei Hunde|ein Mann mit Hut|Pferd|großes Haus",
    "French": "une chaise|un chien|deux chevaux|une voiture rouge|un chat avec une balle|chien",
    "Spanish": "un perro|una silla roja|dos perros y una silla|un caballo|perro",
    "Italian": "una sedia rossa|un gatto|un cavallo|due gatti sul tavolo",
    "Portuguese": "um cachorro|uma cadeira vermelha|dois homens e um cavalo",
    "Dutch": "een hond|een rode stoel|twee paarden|het huis",
    "no Latin script": "馬|一匹の馬|лошадь|красная машина|حصان|σκύλος|घोड़ा|말 한 마리",
}


@pytest.mark.parametrize("prompt", ENGLISH.strip().replace("\n", "|").split("|"))
def test_english_is_let_through(prompt):
    guess = foreign_guess(prompt)
    assert guess is None or not guess.is_sure


def test_of_more_than_a_hundred_english_prompts_few_are_even_doubted():
    prompts = ENGLISH.strip().replace("\n", "|").split("|")
    assert len(prompts) > 100
    doubted = [prompt for prompt in prompts if foreign_guess(prompt)]
    assert doubted == ["no people", "con artist", "met office", "casa loma"]


@pytest.mark.parametrize(
    ("language", "prompt"), [(name, prompt) for name, text in FOREIGN.items() for prompt in text.split("|")]
)
def test_other_languages_are_named(language, prompt):
    guess = foreign_guess(prompt)
    assert guess is not None
    assert (guess.language, guess.is_sure) == (language, True)


@pytest.mark.parametrize("prompt", ["die Katzen", "la mesita", "le cheval", "un gâteau", "los libros"])
def test_one_small_word_is_a_doubt(prompt):
    guess = foreign_guess(prompt)
    assert guess is not None
    assert not guess.is_sure
