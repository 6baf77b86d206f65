"""Values that are made anew where they are copied or unpickled: what was checked and locked stays so."""

from dataclasses import fields
from typing import Any


class Rebuilt:
    """A frozen dataclass of this base is copied and pickled as a call of its class with its fields."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
