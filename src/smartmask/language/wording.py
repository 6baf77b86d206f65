"""What people call things: training prompts for a label, and texts for a scene."""

import re
from collections.abc import Sequence

import numpy as np

SYNONYMS: dict[str, tuple[str, ...]] = {
    "person": ("man", "woman", "boy", "girl", "child", "human", "people", "someone standing"),
    "sofa": ("couch", "settee"),
    "couch": ("sofa", "settee"),
    "tv": ("television", "tv screen"),
    "tv monitor": ("television", "screen", "monitor"),
    "car": ("automobile", "vehicle"),
    "bicycle": ("bike", "cycle"),
    "motorcycle": ("motorbike",),
    "airplane": ("plane", "aeroplane", "jet"),
    "dog": ("puppy", "hound"),
    "cat": ("kitten", "kitty"),
    "horse": ("pony",),
    "cow": ("cattle", "bull"),
    "sheep": ("lamb",),
    "boat": ("ship", "vessel"),
    "bottle": ("flask",),
    "potted plant": ("plant in a pot", "houseplant"),
    "dining table": ("table", "kitchen table"),
    "chair": ("seat",),
    "cell phone": ("phone", "mobile phone"),
    "laptop": ("notebook computer",),
    "bus": ("coach",),
    "truck": ("lorry",),
    "refrigerator": ("fridge",),
}
_ARTICLES = ("", "", "", "", "a", "a", "the", "one")


def object_prompt(label: str, rng: np.random.Generator, texts: Sequence[str] = ()) -> str:
    """What a user might ask for: half the time one of the object's own texts, where it has any.

    Else its label or, one time in three where there are any, a synonym; sometimes with an article.
    """
    if texts and rng.random() < 0.5:
        return texts[int(rng.integers(len(texts)))]
    words = SYNONYMS.get(label, ())
    name = words[int(rng.integers(len(words)))] if words and rng.random() < 1 / 3 else label
    article = _ARTICLES[int(rng.integers(len(_ARTICLES)))]
    return with_article(name) if article == "a" else f"{article} {name}".strip()


def scene_text(
    labels: Sequence[str], target: str, rng: np.random.Generator, texts: Sequence[str] = ()
) -> str:
    """A text of the final scene: one of its own, or the target among some of what is there, in any order."""
    if texts:
        return texts[int(rng.integers(len(texts)))]
    others = list(dict.fromkeys(label for label in labels if label != target))
    rng.shuffle(others)
    names = [target, *others[: int(rng.integers(0, 5))]]
    rng.shuffle(names)
    return f"a photo of {listed([with_article(name) for name in names])}"


def with_article(noun: str) -> str:
    """The noun with its indefinite article.

    >>> with_article("espresso cup"), with_article("cup")
    ('an espresso cup', 'a cup')
    """
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def listed(words: Sequence[str]) -> str:
    """Words with commas and a last "and".

    >>> listed(["a cat", "a dog", "a bed"])
    'a cat, a dog and a bed'
    """
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def mirrored(text: str) -> str:
    """The text as it reads for the scene with left and right swapped.

    >>> mirrored("the lamp left of the bed")
    'the lamp right of the bed'
    """
    return re.sub(r"\b(left|right)\b", lambda found: "right" if found[0] == "left" else "left", text)
