"""Diffusers, transformers and the hub's client without their remarks: a library does not print."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def muted() -> Iterator[None]:
    """The libraries' own handlers pass errors only; handlers of others and other threads keep their say."""

    def is_error(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR

    names = ("diffusers", "transformers", "huggingface_hub")
    handlers = [handler for name in names for handler in logging.getLogger(name).handlers]
    for handler in handlers:
        handler.addFilter(is_error)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(is_error)


@contextmanager
def quietly() -> Iterator[None]:
    """Muted, and without the bars of loading; a download still shows its own."""
    import huggingface_hub.utils
    from diffusers.utils import logging as first
    from transformers.utils import logging as second

    hub: Any = huggingface_hub.utils
    libraries: tuple[Any, ...] = (first, second)
    had_bars = [library for library in libraries if library.is_progress_bar_enabled()]
    shows_downloads = not hub.are_progress_bars_disabled()
    for library in had_bars:
        library.disable_progress_bar()
    if shows_downloads:  # transformers takes them for its own
        hub.enable_progress_bars()
    try:
        with muted(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*local_dir_use_symlinks", UserWarning)
            yield
    finally:
        for library in had_bars:
            library.enable_progress_bar()
        if not shows_downloads:
            hub.disable_progress_bars()
