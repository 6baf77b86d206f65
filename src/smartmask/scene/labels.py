"""Names of classes in plain words.

Datasets and checkpoints write the same class in many ways ("wall-other-merged", "diningtable", "road,
route"); layouts use what people say.
"""

import re


def plain_label(name: str) -> str:
    """The first of a class's names in plain words, without its material: the words the models are trained on.

    >>> plain_label("wall-other-merged"), plain_label("crab_(animal)"), plain_label("road, route")
    ('wall', 'crab', 'road')
    """
    first = re.sub(r"_?\(.*?\)", "", name.split(",")[0]).replace("_", " ")
    first = re.sub(r"-(other|merged|stuff|brick|stone|tile|wood|concrete)\b", "", first)
    words = " ".join(first.replace("-", " ").lower().split())
    return _SPELLING.get(words, words)


_SPELLING = {
    "diningtable": "dining table",
    "pottedplant": "potted plant",
    "tvmonitor": "tv monitor",
    "aeroplane": "airplane",
    "motorbike": "motorcycle",
    "refridgerator": "refrigerator",
    "playingfield": "playing field",
}
