"""Forty words that no training text holds, each beside a class that is held out and near it in meaning.

A held-out object of the class is asked for in its box by the new word, by its own label and by a wrong one.
A test looks for the words in all labels and wordings of the training data; of a phrase the whole is new.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from smartmask.data.layered_scene import Split
from smartmask.data.shards import SceneDataset
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark.figures import Row, Table, figure_of
from smartmask.evaluation.benchmark.measures import Parts, iou_of
from smartmask.evaluation.benchmark.protocol import Entry, frozen, in_order, whole_objects
from smartmask.evaluation.benchmark.tasks import task_of

WORDS_TITLE = "Words never seen in training"
WORDS_ABOUT = (
    "Forty words and phrases that no training text holds, each beside a class near it in meaning: held-out "
    "objects of that class are asked for in their boxes by the new word, by their own label and by the "
    "label of another object. Objects of a class are the same for all its words."
)
WORDS_COUNTS = {"voc": 10**6, "made": 10**6}
"""All held-out objects are looked through; `OBJECTS` of each class are asked for."""
OBJECTS = 3


WORDS: dict[str, str] = {
    "terrier": "dog",
    "spaniel": "dog",
    "poodle": "dog",
    "a fluffy sheepdog": "dog",
    "tomcat": "cat",
    "tabby": "cat",
    "stallion": "horse",
    "foal": "horse",
    "calf": "cow",
    "heifer": "cow",
    "ram": "sheep",
    "ewe": "sheep",
    "sparrow": "bird",
    "eagle": "bird",
    "seagull": "bird",
    "taxi": "car",
    "hatchback": "car",
    "limousine": "car",
    "moped": "motorcycle",
    "chopper": "motorcycle",
    "tandem": "bicycle",
    "dinghy": "boat",
    "yacht": "boat",
    "sailboat": "boat",
    "airliner": "airplane",
    "biplane": "airplane",
    "locomotive": "train",
    "tram": "train",
    "minibus": "bus",
    "double-decker": "bus",
    "decanter": "bottle",
    "rocking chair": "chair",
    "recliner": "armchair",
    "loveseat": "couch",
    "wardrobe": "cabinet",
    "toddler": "person",
    "policeman": "person",
    "a woman with raised arms": "person",
    "fern": "potted plant",
    "bonsai": "potted plant",
}
"""Each word with the class it is near to."""


@dataclass(frozen=True, slots=True, eq=False)
class WordsRun:
    """What the suite found."""

    entries: list[Entry]
    tables: dict[str, Table]


def words_tables(
    open_dataset: Callable[[str], SceneDataset],
    split: Split,
    limit: int | None,
    seeds: int,
    threads: int,
    parts: Parts,
    on_progress: Callable[[int, int], None],
) -> WordsRun:
    """Measure the words; with a limit the first so many.

    Raises:
        AnnotationError: If a data set is missing or damaged, or no object of any class is held out.
    """
    words = dict(list(WORDS.items())[:limit])
    every = in_order(
        entry
        for source, count in WORDS_COUNTS.items()
        for entry in frozen(source, open_dataset(source), split, whole_objects, count)
        if entry.label in WORDS.values()
    )
    places = {
        label: [n for n, entry in enumerate(every) if entry.label == label][:OBJECTS]
        for label in dict.fromkeys(words.values())
    }
    if len({entry.label for entry in every}) < 2:
        raise AnnotationError(
            f"of the {len(places)} classes of the words, fewer than two have held-out objects; build more "
            "data"
        )
    asked: list[tuple[int, str | None]] = [
        (place, word) for word, label in words.items() for place in places[label]
    ]
    asked += [(place, None) for found in places.values() for place in found]
    ious: dict[tuple[int, str], list[float]] = {}

    def run(item: tuple[int, str | None]) -> dict[str, list[float]]:
        task = task_of(every, item[0])
        texts = {item[1]: item[1]} if item[1] else {"own": task.label, "wrong": task.wrong_label}
        return {
            str(name): [
                iou_of(
                    parts.pipeline.candidate(task.scene, str(text), None, task.box(), seed, 0), task.target
                )
                for seed in range(seeds)
            ]
            for name, text in texts.items()
        }

    with ThreadPoolExecutor(threads) as pool:
        for done, (item, found) in enumerate(zip(asked, pool.map(run, asked), strict=True), 1):
            ious |= {(item[0], name): values for name, values in found.items()}
            on_progress(done, len(asked))
    rows: list[Row] = []
    groups, of_word = [], []
    for word, label in words.items():
        for place in places[label]:
            new, own, wrong = (ious[place, name] for name in (word, "own", "wrong"))
            gains = {
                "new - wrong": [a - b for a, b in zip(new, wrong, strict=True)],
                "own - new": [a - b for a, b in zip(own, new, strict=True)],
            }
            rows.append({"new": new, "own": own, "wrong": wrong, **gains})
            groups.append(every[place].scene.key)
            of_word.append(word)
    chosen = [every[place] for place in sorted({place for found in places.values() for place in found})]
    return WordsRun(chosen, {"words": _whole(rows, groups), "each": _each(words, rows, groups, of_word)})


_COLUMNS = ("new", "own", "wrong", "new - wrong", "own - new")


def _whole(rows: Sequence[Row], groups: Sequence[str]) -> Table:
    return Table(
        title="All words",
        note="Mean IoU with the box given, over pairs of word and object: by the new word, by the object's "
        "own label, by a wrong label; then what the new word gains on the wrong one, and what it lacks of "
        "the own one.",
        columns=_COLUMNS,
        rows={"words": tuple(figure_of(rows, name, groups) for name in _COLUMNS)},
    )


def _each(words: dict[str, str], rows: Sequence[Row], groups: Sequence[str], of_word: Sequence[str]) -> Table:
    found = {}
    for word, label in words.items():
        own = [n for n, other in enumerate(of_word) if other == word]
        found[f"{word} ({label})"] = tuple(
            figure_of([rows[n] for n in own], name, [groups[n] for n in own]) for name in _COLUMNS[:3]
        )
    return Table(
        title="Each word",
        note=f"Up to {OBJECTS} objects of the class in brackets.",
        columns=_COLUMNS[:3],
        rows=found,
    )
