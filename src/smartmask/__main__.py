"""The process of the command line, set up before anything heavy is imported: streams, threads, Ctrl-C.

Whatever is printed, no character stops a command, no control character of a name reaches a terminal, and
output that nobody takes ends it in one line.
"""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

_UNSEEN = [
    *range(32), *range(127, 160), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A),
]  # fmt: skip
"""Control characters, and those that turn the direction of what follows."""


class _Unwritable(Exception):
    """Standard output or error takes nothing more."""


class _Plain:
    """A text stream to which control characters are written as a replacement."""

    def __init__(self, stream: TextIO, kept: str) -> None:
        self._stream = stream
        self._shown = {code: "\N{REPLACEMENT CHARACTER}" for code in _UNSEEN if chr(code) not in kept}

    def write(self, text: str) -> int:
        return self._guarded(lambda: self._stream.write(text.translate(self._shown)))

    def flush(self) -> None:
        self._guarded(self._stream.flush)

    def _guarded(self, action: Any) -> Any:
        try:
            return action()
        except OSError as error:
            raise _Unwritable(error.strerror or str(error)) from error

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # click would write past this where the encoding is ASCII
            raise AttributeError("text alone is written here")
        return getattr(self._stream, name)


def main() -> int:
    """Run the command line of this process and return its exit code."""
    try:
        for name, kept in (("stdout", "\t\n"), ("stderr", "\t\n\r")):  # bars go back in their line
            stream = getattr(sys, name)
            if stream is not None:  # as where it was closed before
                stream.reconfigure(errors="replace")
                setattr(sys, name, cast(TextIO, _Plain(stream, kept)))
        if sys.argv[1:2] != ["train"]:
            # More threads make OpenBLAS's small products several times dearer; PyTorch trains with its own.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from smartmask.apps.cli.main import main as run

        code = run()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        return code
    except KeyboardInterrupt:
        return _end("stopped before the end; nothing was written", 130)
    except _Unwritable as error:
        code = _end(f"the output cannot be written ({error}); files written before stay", 1)
        for number in (1, 2):  # else Python tries once more at its end, and complains
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        return code


def _end(message: str, code: int) -> int:
    with suppress(OSError):  # standard error may be closed, too
        os.write(2, f"Error: {message}\n".encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
