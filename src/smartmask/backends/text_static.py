"""Words to vectors by a static embedding: the mean of token vectors distilled from all-MiniLM-L6-v2.

`scripts/distill_text.py` makes the table with model2vec. Reading it needs NumPy alone: the tokenizer is
BERT's uncased WordPiece (Wu et al. 2016), which is the few lines below; a test compares it with the
`tokenizers` package. That package and what it brings would be a fifth of the installed core.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from smartmask.errors import CheckpointError
from smartmask.files import read_arrays

FORMAT_VERSION = 1
LONGEST_WORD = 100
UNKNOWN_TOKEN = "[UNK]"


class StaticTextEncoder:
    """A `TextEncoder` from a table of token vectors."""

    def __init__(self, path: Path) -> None:
        """Load the table.

        Raises:
            CheckpointError: If the file is missing, damaged or of another version.
        """
        try:
            arrays = read_arrays(path, ("version", "table", "tokens"))
            version, self._table = int(arrays["version"]), arrays["table"]
            tokens = arrays["tokens"].tobytes().decode().split("\n")
        except Exception as error:
            raise CheckpointError(f"{path}: missing or damaged table of token vectors ({error})") from error
        if version != FORMAT_VERSION or self._table.ndim != 2 or len(tokens) != len(self._table):
            found = f"version {version}, {len(tokens)} tokens, table {self._table.shape}"
            raise CheckpointError(f"{path}: {found}; expected version {FORMAT_VERSION} with a row a token")
        self._rows = {token: row for row, token in enumerate(tokens)}
        self._encode_one = lru_cache(maxsize=4096)(self._embed)

    @property
    def width(self) -> int:
        """D, the length of an embedding."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "N D"]:
        """Embeddings of unit length, one row a text; a text with no known word gives a zero row."""
        rows = [self._encode_one(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.width), np.float32)

    def tokens(self, text: str) -> list[str]:
        """The WordPiece tokens of a text, `UNKNOWN_TOKEN` for words that have none."""
        return [token for word in _words(text) for token in self._pieces(word)]

    def _embed(self, text: str) -> Float32[np.ndarray, " D"]:
        rows = [self._rows[token] for token in self.tokens(text) if token != UNKNOWN_TOKEN]
        vector = self._table[rows].astype(np.float32).sum(0)
        length = float(np.linalg.norm(vector))
        return vector / length if length > 0 else vector

    def _pieces(self, word: str) -> list[str]:
        """Greedy: the longest token that begins the rest of the word, again and again."""
        pieces: list[str] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            stops = range(len(word), start, -1)
            stop = next((stop for stop in stops if prefix + word[start:stop] in self._rows), None)
            if stop is None or len(word) > LONGEST_WORD:
                return [UNKNOWN_TOKEN]
            pieces.append(prefix + word[start:stop])
            start = stop
        return pieces


def _words(text: str) -> list[str]:
    """Lower case without accents, split at white space and round each punctuation mark and CJK character."""
    text = "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or not _is_control(c))
    text = unicodedata.normalize("NFD", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    text = "".join(c.lower() for c in text)  # each by itself: a final sigma is no exception here
    return "".join(f" {c} " if _stands_alone(c) else c for c in text).split()


def _is_control(character: str) -> bool:
    return character in "\0\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co")


def _stands_alone(character: str) -> bool:
    if re.match(r"[!-/:-@\[-`{-~]", character) or unicodedata.category(character).startswith("P"):
        return True
    return any(first <= ord(character) <= last for first, last in _CJK)


_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
