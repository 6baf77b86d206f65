"""How long a segment of training lasts, and what becomes of the learning rate meanwhile."""

import time
from dataclasses import dataclass, field

LOWEST_FACTOR = 0.02


@dataclass(slots=True)
class Segment:
    """The length of a segment; its clock starts when it is first asked.

    Attributes:
        minutes: At most so long; None = any time.
        steps: At most so many steps; None = any number.
        is_final: Whether the learning rate falls to nearly nothing over it.
    """

    minutes: float | None
    steps: int | None
    is_final: bool
    _started: float | None = field(default=None, init=False)

    def done(self, step: int) -> float:
        """The share of the segment that is done after some of its steps."""
        if self._started is None:
            self._started = time.monotonic()
        shares = [0.0]
        if self.minutes is not None:
            shares.append((time.monotonic() - self._started) / 60 / self.minutes)
        if self.steps is not None:
            shares.append(step / self.steps if self.steps else 1.0)
        return min(1.0, max(shares))

    def factor(self, step: int) -> float | None:
        """The factor on the learning rate after some steps; None to stop."""
        done = self.done(step)
        if done >= 1:
            return None
        return max(LOWEST_FACTOR, 1 - done) if self.is_final else 1.0
