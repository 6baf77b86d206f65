"""What people call things: training prompts for a label, and texts for a scene."""

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
_SIZES = ("", "", "", "", "a ", "a ", "the ", "one ")


def object_prompt(label: str, rng: np.random.Generator, texts: Sequence[str] = ()) -> str:
    """What a user might ask for: half the time one of the object's own texts, where it has any.

    Else its label or, one time in three where there are any, a synonym; sometimes with an article.
    """
    if texts and rng.random() < 0.5:
        return texts[int(rng.integers(len(texts)))]
    words = SYNONYMS.get(label, ())
    name = words[int(rng.integers(len(words)))] if words and rng.random() < 1 / 3 else label
    return _SIZES[int(rng.integers(len(_SIZES)))] + name


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
    return "a photo of " + " and ".join(f"a {name}" for name in names)
