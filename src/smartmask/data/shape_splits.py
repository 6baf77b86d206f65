"""Which whole shapes are held out: by group, and for every label that has groups to spare.

Photos that other collections annotate too follow the split of their photo. Of every other label that has
`LEAST_GROUPS` groups, an eighth of them, one at least, is the test split; of those with `LEAST_TO_VALIDATE`,
as many are the validation split. Which ones follows from a hash of the group's name. A group that is in a
held-out split for one label is so for all.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from smartmask.data.layered_scene import Split, split_of
from smartmask.data.whole_shapes import WholeShape

LEAST_GROUPS = 4
LEAST_TO_VALIDATE = 6
SHARE = 8
ANNOTATED = ("coco:", "voc:", "taco:", "lvis:")
"""Groups of collections whose scenes have a split of their own."""


def split_shapes(shapes: Sequence[WholeShape]) -> list[Split]:
    """The split of each shape."""
    groups: dict[str, set[str]] = defaultdict(set)
    for shape in shapes:
        if not shape.group.startswith(ANNOTATED):
            groups[shape.label].add(shape.group)
    held: dict[str, Split] = {}
    for label in sorted(groups):
        ordered = sorted(groups[label], key=_digest)
        count = max(1, len(ordered) // SHARE)
        if len(ordered) >= LEAST_GROUPS:
            held |= {group: "test" for group in ordered[:count]}
        if len(ordered) >= LEAST_TO_VALIDATE:
            for group in ordered[count : 2 * count]:
                held.setdefault(group, "validation")
    return [
        split_of(shape.group) if shape.group.startswith(ANNOTATED) else held.get(shape.group, "train")
        for shape in shapes
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
