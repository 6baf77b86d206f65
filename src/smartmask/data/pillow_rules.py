"""Pillow without its size limit, warnings and log while somebody reads: switches of the whole process all.

The first reader sets them and the last one puts them back, so readers wait for one another no longer than
that takes, and a process that is forked while another thread reads may read too.
"""

import logging
import os
import threading
import warnings

from PIL import Image, PngImagePlugin

MOST_BESIDE = 1 << 22
"""Bytes of a PNG's colour profile, or of one of its texts, unpacked; with more it is not read."""


class OwnRules:
    """A `with` block in which Pillow works so; see the module."""

    def __init__(self) -> None:
        self._readers, self._lock = 0, threading.Lock()
        self._unprinted = logging.NullHandler()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._lock.acquire, after_in_parent=self._lock.release, after_in_child=self._begin_anew
            )

    def __enter__(self) -> None:
        with self._lock:
            if self._readers == 0:
                self._limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
                self._most, PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_CHUNK, MOST_BESIDE
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                warnings.simplefilter("ignore")
                # With no handler at all, logged errors would be printed.
                logging.getLogger("PIL").addHandler(self._unprinted)
            self._readers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._readers == 1:
                self._put_back()
            # None are left where this is a child that was forked between.
            self._readers = max(self._readers - 1, 0)

    def _put_back(self) -> None:
        Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK = self._limit, self._most
        self._warnings.__exit__(None, None, None)
        logging.getLogger("PIL").removeHandler(self._unprinted)

    def _begin_anew(self) -> None:
        """In a child there is but the thread that forked: whoever else read does not."""
        if self._readers:
            self._put_back()
            self._readers = 0
        self._lock.release()


OWN_RULES = OwnRules()
