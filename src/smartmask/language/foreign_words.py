"""Whether a prompt is in English, the one language that is read, told by its script and its small words.

Some small words are English words too ("die", "des", "la"): one of them alone is only a doubt, which a noun
that is known in English settles.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForeignGuess:
    """What speaks against English.

    Attributes:
        language: What it looks like, such as "German" or "no Latin script".
        is_sure: Whether no English noun could settle it.
    """

    language: str
    is_sure: bool


def foreign_guess(prompt: str) -> ForeignGuess | None:
    """The language that a prompt is in if it is not English; None if it may well be.

    >>> foreign_guess("ein Pferd"), foreign_guess("a horse"), foreign_guess("die cast car")
    (ForeignGuess(language='German', is_sure=True), None, ForeignGuess(language='German', is_sure=False))
    """
    letters = [letter for letter in prompt if letter.isalpha()]
    others = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if others * 3 > len(letters):
        return ForeignGuess("no Latin script", True)
    words = re.findall(r"[^\W\d_]+", prompt.lower())
    if any(word in _ENGLISH for word in words):
        return None
    firm = {name: sum(word in known for word in words) for name, known in _FIRM.items()}
    weak = {name: sum(word in known for word in words) for name, known in _WEAK.items()}
    language = max(_FIRM, key=lambda name: (firm[name], weak[name]))
    if firm[language] or weak[language] > 1:
        return ForeignGuess(language, True)
    opening = [name for name, known in _WEAK.items() if words and words[0] in known]
    return ForeignGuess(opening[0], False) if opening else None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    "a an the of with and at from my his her their our your is are under over near behind beside by for this "
    "that these those some two three four five six on onto into"
)
"""Small words that are of no other language here."""
_FIRM = {
    "German": _words(
        "ein eine einen einem einer eines das dem und mit auf neben unter vor zwei drei vier einige "
        "kein keine großer große großes großen kleiner kleines kleinen rotes roter grüne grüner blaues "
        "schwarzer schwarze weißer weiße hund katze pferd vogel stuhl tisch baum haus blume kuh schaf "
        "schwein fahrrad flugzeug schiff mann frau mädchen junge tasse flasche lampe vögel hunde pferde fisch"
    ),
    "French": _words(
        "une avec dans deux trois quelques noire blanche vieux vieille chien chienne oiseau arbre maison "
        "voiture vache mouton cochon avion bateau homme femme fille garçon fleur tasse bouteille lapin vélo "
        "fauteuil verre chevaux poisson"
    ),
    "Spanish": _words(
        "una unos unas muy rojo roja blanca negra pequeño pequeña perro perra gato gata caballo pájaro "
        "silla árbol coche vaca oveja cerdo bicicleta avión barco hombre mujer niño niña taza botella "
        "lámpara vaso conejo flor"
    ),
    "Italian": _words(
        "gli della delle dei nel nella sul sulla rosso rossa piccola gatto cavallo uccello sedia "
        "tavolo albero macchina mucca pecora maiale bicicletta aereo uomo donna bambino bambina tazza "
        "bottiglia fiore coniglio pesce lampada"
    ),
    "Portuguese": _words(
        "um uma uns umas dois duas não vermelho vermelha pequeno pequena cachorro cão cavalo pássaro cadeira "
        "árvore carro vaca ovelha porco bicicleta avião barco homem mulher menino menina xícara garrafa "
        "peixe coelho vermelhos"
    ),
    "Dutch": _words(
        "een het twee drie vier rode grote zwarte witte hond paard vogel stoel tafel huis bloem koe "
        "schaap varken fiets vliegtuig vrouw meisje jongen kopje fles konijn paarden"
    ),
}
"""Small and frequent words that no English prompt holds."""
_WEAK = {
    "German": _words("die der den des von im"),
    "French": _words("un le la les du des de sur et au en rouge"),
    "Spanish": _words("un el la los las del de con en y mesa casa"),
    "Italian": _words("un uno il lo la le di con e da"),
    "Portuguese": _words("o os as em com de da do na no"),
    "Dutch": _words("de op met en"),
}
"""Small words that English prompts hold too, in names or by chance."""
