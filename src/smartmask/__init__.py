"""Precise masks of objects that are not there yet.

>>> from smartmask import Box, SmartMask
>>> guidance = Box((40, 80, 300, 400))
>>> best = SmartMask.load().suggest("photo.jpg", "a dog", guidance=guidance)[0]  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartmask.public import *  # noqa: F403

__version__ = "0.2.0"


# Imported late, so that the command line can set up its process before NumPy is there.
def __getattr__(name: str) -> Any:
    if name.startswith("_") and name != "__all__":
        raise AttributeError(f"module 'smartmask' has no attribute {name!r}")
    public = import_module("smartmask.public")
    globals().update({offered: getattr(public, offered) for offered in public.__all__})
    globals()["__all__"] = ["__version__", *public.__all__]
    if name in globals():  # a name, or a room, which is there now
        return globals()[name]
    raise AttributeError(f"module 'smartmask' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
