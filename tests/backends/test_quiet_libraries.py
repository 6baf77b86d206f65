"""What the libraries say while we load and draw, and that they say it again afterwards."""

import logging
from collections.abc import Iterator

import pytest
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from smartmask.backends.quiet_libraries import muted, quietly

LIBRARIES = diffusers_logging, transformers_logging


class Listener(logging.Handler):
    """A library's own handler that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    loggers = [logging.getLogger(name) for name in ("diffusers", "transformers")]
    for logger in loggers:
        logger.addHandler(listener)
    yield listener
    for logger in loggers:
        logger.removeHandler(listener)


def remark(level: int, text: str) -> None:
    for name in ("diffusers.tests", "transformers.tests"):
        logging.getLogger(name).log(level, text)


def test_remarks_are_kept_back_and_errors_and_later_remarks_are_not(listener):
    with muted():
        remark(logging.WARNING, "a trifle")
        with muted():
            remark(logging.WARNING, "another")
        remark(logging.WARNING, "still one")
        remark(logging.ERROR, "a fire")
    remark(logging.WARNING, "heard again")
    assert listener.heard == ["a fire", "a fire", "heard again", "heard again"]


def test_bars_are_as_before_afterwards():
    before = [library.is_progress_bar_enabled() for library in LIBRARIES]
    with quietly():
        assert not any(library.is_progress_bar_enabled() for library in LIBRARIES)
    assert [library.is_progress_bar_enabled() for library in LIBRARIES] == before
