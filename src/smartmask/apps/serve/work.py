"""Work in threads: a bounded queue in which the newest request of a stream wins.

Each drag of a box is a stream: of its requests that wait only the newest is worth drawing, so an older one
ends at once when a newer comes. Heavy work never takes the last worker, so a drag stays fluent beside it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from smartmask.apps.serve.problems import Problem, problem_of

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Place:
    """A request's place in the queue: its turn comes, or an exception in its stead."""

    turn: "asyncio.Future[None]"
    is_heavy: bool
    stream: str | None = None


@dataclass(slots=True)
class Counts:
    """What became of requests for work."""

    done: int = 0
    superseded: int = 0
    refused: int = 0
    abandoned: int = 0


class Work:
    """Runs functions in threads, in the order of their coming."""

    def __init__(self, workers: int, waiting: int, seconds: float) -> None:
        """Start workers.

        Args:
            workers: Functions that run side by side.
            waiting: How many may wait.
            seconds: How long one may wait, and again how long it may run before its answer is given up.
        """
        self._pool = ThreadPoolExecutor(workers, "smartmask-serve")
        self._workers, self._most_waiting, self._seconds = workers, waiting, seconds
        self._free = workers
        self._heavy = 0
        self._queue: list[_Place] = []
        self.counts = Counts()
        self._is_stopping = False

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._queue)

    async def run(
        self,
        function: Callable[[], T],
        *,
        stream: str | None = None,
        is_heavy: bool = False,
        is_gone: Callable[[], Awaitable[bool]] | None = None,
    ) -> T:
        """What a function returns, or raises.

        Args:
            function: What to run; it must be safe beside others.
            stream: The stream that the request belongs to, if it does.
            is_heavy: Whether it takes long.
            is_gone: Whether nobody waits for the answer any more; asked when its turn comes.

        Raises:
            Problem: If the server is stopping, the queue is full, a newer request of the stream came, it
                takes too long, or it fails.
        """
        if self._is_stopping:
            raise Problem("busy", "the server is stopping; ask again when it runs")
        await self._turn(stream, is_heavy)
        try:
            is_abandoned = is_gone is not None and await is_gone()
        except BaseException:
            self._leave(is_heavy)
            raise
        if is_abandoned:
            self._leave(is_heavy)
            self.counts.abandoned += 1
            raise Problem("superseded", "the client went away before its turn came")
        running = asyncio.get_running_loop().run_in_executor(self._pool, function)
        running.add_done_callback(lambda done: self._finished(done, is_heavy))
        try:
            return await asyncio.wait_for(asyncio.shield(running), self._seconds)
        except TimeoutError as error:
            self.counts.refused += 1
            raise Problem("busy", f"this takes more than {self._seconds:g} seconds; ask for less") from error
        except Exception as error:
            raise problem_of(error) from error

    def stop(self) -> None:
        """Begin nothing more: who asks is told that the server is stopping."""
        self._is_stopping = True

    def close(self) -> None:
        """Take no more; what runs is finished first."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _turn(self, stream: str | None, is_heavy: bool) -> None:
        """Wait until a worker is free."""
        for older in [place for place in self._queue if stream is not None and place.stream == stream]:
            self._queue.remove(older)
            self.counts.superseded += 1
            if not older.turn.done():
                older.turn.set_exception(Problem("superseded", "a newer request of the same stream came"))
        if len(self._queue) >= self._most_waiting:
            self.counts.refused += 1
            raise Problem("busy", f"{len(self._queue)} requests are waiting already; try again in a moment")
        place = _Place(asyncio.get_running_loop().create_future(), is_heavy, stream)
        self._queue.append(place)
        self._call_next()
        try:
            await asyncio.wait_for(asyncio.shield(place.turn), self._seconds)
        except BaseException as error:
            if place in self._queue:
                self._queue.remove(place)
            elif place.turn.exception() is None:
                self._leave(is_heavy)
            if isinstance(error, TimeoutError):
                self.counts.refused += 1
                raise Problem("busy", f"no worker was free for {self._seconds:g} seconds") from error
            raise

    def _call_next(self) -> None:
        """Give free workers to those that may go next."""
        while self._free:
            most_heavy = max(self._workers - 1, 1)
            ready = (place for place in self._queue if not place.is_heavy or self._heavy < most_heavy)
            place = next(ready, None)
            if place is None:
                return
            self._queue.remove(place)
            self._free -= 1
            self._heavy += place.is_heavy
            place.turn.set_result(None)

    def _leave(self, is_heavy: bool) -> None:
        self._free += 1
        self._heavy -= is_heavy
        self._call_next()

    def _finished(self, done: "asyncio.Future[T]", is_heavy: bool) -> None:
        if not done.cancelled():
            done.exception()  # looked at, so that an answer that was given up is not reported as lost
        self.counts.done += 1
        self._leave(is_heavy)
