"""What was uploaded or drawn, by the hash of its content, in memory alone and under a limit."""

import hashlib
import threading
from collections import OrderedDict
from typing import TypeVar

from smartmask.apps.serve.problems import Problem

T = TypeVar("T")


def content_id(*parts: bytes) -> str:
    """The id of a content: 32 hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]


class Store:
    """Values by kind and id; what was longest unused goes first when there is no room."""

    def __init__(self, limit_bytes: int) -> None:
        """Begin empty."""
        self._limit = limit_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[type, str], tuple[object, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """What is kept now."""
        return self._bytes

    def put(self, name: str, value: object, size_bytes: int) -> None:
        """Keep a value under an id, beside those of other types.

        Raises:
            Problem: If it alone is above the limit.
        """
        if size_bytes > self._limit:
            raise Problem(
                "too-large", f"{size_bytes} bytes are above the {self._limit} that the server keeps"
            )
        with self._lock:
            self._drop((type(value), name))
            self._kept[type(value), name] = value, size_bytes
            self._bytes += size_bytes
            while self._bytes > self._limit:
                self._drop(next(iter(self._kept)))

    def find(self, kind: type[T], name: str) -> T | None:
        """The value of a type under an id, if it is still kept."""
        with self._lock:
            if (kind, name) not in self._kept:
                return None
            self._kept.move_to_end((kind, name))
            value, _ = self._kept[kind, name]
        assert isinstance(value, kind), "put files values under their types"
        return value

    def get(self, kind: type[T], name: str, what: str) -> T:
        """The same, which must be kept.

        Raises:
            Problem: If it is not.
        """
        value = self.find(kind, name)
        if value is None:
            raise Problem("unknown-id", f"no {what} is kept under {name!r}; send it again")
        return value

    def _drop(self, key: tuple[type, str]) -> None:
        if key in self._kept:
            _, size = self._kept.pop(key)
            self._bytes -= size
