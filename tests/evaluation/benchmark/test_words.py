"""Are the forty words new? Asked of every label and wording of the training data that is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from smartmask.data.layered_scene import split_of
from smartmask.data.shards import SceneDataset
from smartmask.evaluation.benchmark.words import WORDS
from smartmask.language.wording import SYNONYMS

DATA = Path(__file__).parents[3] / "runs" / "data"
SOURCES = ("voc", "coco", "lvis", "nyu40", "taco", "made")


def test_there_are_forty_and_no_synonym_of_training_is_among_them():
    assert len(WORDS) == 40
    known = {*SYNONYMS, *(word for words in SYNONYMS.values() for word in words)}
    assert not known & set(WORDS)
    assert not set(WORDS.values()) & set(WORDS)


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "voc").is_dir(), reason="the datasets have not been made")
def test_no_training_text_holds_them():
    texts: Counter[str] = Counter()
    labels: set[str] = set()
    for source in SOURCES:
        if not (DATA / source / "dataset.json").is_file():
            continue
        dataset = SceneDataset.open(DATA / source)
        for scene in (
            scene for shard in dataset.shards for scene in dataset.read_shard(shard, with_masks=False)
        ):
            if split_of(scene.group) == "train":
                labels.update(layer.label for layer in scene.layers)
                texts.update(text for layer in scene.layers for text in (layer.label, *layer.texts))
                texts.update(scene.texts)
    phrases = {text.lower() for text in texts}
    words = {word for text in phrases for word in re.findall(r"[a-z-]+", text)}
    for word in WORDS:
        assert word not in phrases
        assert " " in word or word not in words, f"{word!r} is in a training text"
    assert set(WORDS.values()) <= labels
