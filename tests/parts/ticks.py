"""A clock for loops that train by the minute: each time it is read, a second has gone by."""


class Ticks:
    """Seconds since some moment, one more at each call."""

    def __init__(self) -> None:
        self._seconds = 100.0

    def __call__(self) -> float:
        self._seconds += 1
        return self._seconds
