"""What a mask looks like to a network that knows silhouettes: the measure that no blob passes.

Two readers of one kind (`training/recogniser/loop.py`), each trained on the silhouettes of one half of the
groups of the training and validation splits, none on the test split. So that nothing is read by who
learnt it:

    a shape of the memory, of training or     is read by the reader of the other half than its group's
    validation
    a mask that was drawn, or a true one of   is read by both, and what they find is averaged
    the test split

Found are shares of readers, not a word of averaged votes: two readers together see better than one, and what
one may read alone would look worse for it.

It measures, and nothing else. No product part is trained by it, chosen by it or ranked by it; whoever does so
makes its figures worthless.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from jaxtyping import Bool, Float, Int

from smartmask.data.shape_words import HALVES, common_word, half_of
from smartmask.errors import CheckpointError
from smartmask.model.onnx_file import open_session
from smartmask.model.shape.picture import silhouette_picture

FORMAT = "smartmask-recogniser"
VERSION = 1
NOWHERE = 1_000_000
"""The place of any word in nothing."""
Mask = Bool[np.ndarray, "_ _"]
"""Masks that are read together may be of several sizes."""


class Recogniser:
    """Reads silhouettes; safe to call from several threads."""

    def __init__(self, readers: Sequence[onnxruntime.InferenceSession], labels: Sequence[str]) -> None:
        """Take the readers of both halves, and the words that their answers count."""
        self.labels = tuple(labels)
        self._readers = tuple(readers)
        self._number = {label: number for number, label in enumerate(labels)}

    @staticmethod
    def load(folder: Path) -> "Recogniser":
        """Read both files of a folder.

        Raises:
            CheckpointError: If one is missing, damaged, of another version, or they know other words.
        """
        sessions, words = [], []
        for half in HALVES:
            path = folder / f"half_{half}.onnx"
            session = open_session(path, threads=1)
            text = session.get_modelmeta().custom_metadata_map.get("smartmask", "{}")
            card = json.loads(text)
            if [card.get(name) for name in ("format", "version", "half")] != [FORMAT, VERSION, half]:
                raise CheckpointError(f"{path}: is not reader {half} of this release; train both again")
            sessions.append(session)
            words.append(card["words"])
        if words[0] != words[1]:
            raise CheckpointError(f"{folder}: its readers know different words; train both again")
        return Recogniser(sessions, words[0])

    def knows(self, label: str) -> bool:
        """Whether a label, or the word that stands for it, is told apart from others."""
        return common_word(label) in self._number

    def read(
        self, masks: Sequence[Mask], halves_to_use: Sequence[int] = HALVES
    ) -> Float[np.ndarray, "R N L"]:
        """The probability of each word, by each of the readers.

        Args:
            masks: None of them empty.
            halves_to_use: Which readers.

        Raises:
            ValueError: If a mask is empty.
        """
        if not masks:
            return np.zeros((len(halves_to_use), 0, len(self.labels)))
        pictures = np.stack([silhouette_picture(mask) for mask in masks]).astype(np.float32) / 255
        logits = np.stack(
            [self._readers[half].run(["logits"], {"pictures": pictures})[0] for half in halves_to_use]
        )
        odds = np.exp(logits - logits.max(-1, keepdims=True))
        return np.asarray(odds / odds.sum(-1, keepdims=True), np.float64)

    def ranks(
        self, masks: Sequence[Mask | None], label: str, groups: Sequence[str | None]
    ) -> list[Int[np.ndarray, " R"]]:
        """The place of a label's word among all words, 0 = first, by each reader that may read a mask.

        Args:
            masks: Answers or true masks; of one that is None or empty the place is `NOWHERE`.
            label: What they should show; one that `knows` is true of.
            groups: Of each mask the group of the shape that it is a copy of; None = it is nobody's copy.
        """
        number = self._number[common_word(label)]
        kept = [place for place, mask in enumerate(masks) if mask is not None and mask.any()]
        chances = self.read([mask for place in kept if (mask := masks[place]) is not None])
        found = [np.full(len(halves_for(group)), NOWHERE) for group in groups]
        for column, place in enumerate(kept):
            own = chances[list(halves_for(groups[place])), column]
            found[place] = (own > own[:, number, None]).sum(1)
        return found


def halves_for(group: str | None) -> tuple[int, ...]:
    """The readers that have not learnt from a group; both for None."""
    return HALVES if group is None else (1 - half_of(group),)


def recognised(ranks: Int[np.ndarray, " R"], within: int) -> float:
    """The share of readers to whom the right word comes among the first `within`.

    >>> recognised(np.array([0, 3]), 1), recognised(np.array([0, 3]), 5)
    (0.5, 1.0)
    """
    return float((ranks < within).mean())
