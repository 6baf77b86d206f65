"""The queue: bounded, in order, the newest of a stream wins, heavy work leaves a worker free."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from smartmask.apps.serve.problems import Problem
from smartmask.apps.serve.work import Work
from smartmask.data.photos import read_photo


@contextmanager
def workers(count: int, waiting: int = 10, seconds: float = 10.0) -> Iterator[Work]:
    work = Work(count, waiting, seconds)
    yield work
    work.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.001)


class Gate:
    """Work that lasts until the gate opens."""

    def __init__(self) -> None:
        self.opened, self.entered = threading.Event(), threading.Semaphore(0)
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        self.opened.wait(10)
        return "through"


def test_results_and_errors_come_back_to_those_who_asked():
    async def check(work: Work) -> None:
        assert await work.run(lambda: 7) == 7
        with pytest.raises(Problem, match="must be above 0") as caught:
            await work.run(lambda: read_photo("photo.png", max_megapixels=-1))
        assert caught.value.kind == "invalid"
        assert await asyncio.gather(*(work.run(lambda n=n: n) for n in range(8))) == list(range(8))

    with workers(2) as work:
        asyncio.run(check(work))
        assert work.counts.done == 10


def test_a_newer_request_of_a_stream_ends_the_older_that_wait_at_once():
    async def check(work: Work) -> None:
        gate = Gate()
        running = asyncio.create_task(work.run(gate, stream="drag"))
        await until(lambda: gate.count == 1)
        drags = []
        for number in range(5):
            drags.append(asyncio.create_task(work.run(lambda n=number: n, stream="drag")))
            await asyncio.sleep(0)
        other = asyncio.create_task(work.run(lambda: "other", stream="another drag"))
        done, waiting = await asyncio.wait([*drags, other], timeout=0.2)
        assert done == set(drags[:4])
        assert waiting == {drags[4], other}
        for drag in drags[:4]:
            with pytest.raises(Problem, match="newer request") as caught:
                await drag
            assert caught.value.kind == "superseded"
        gate.opened.set()
        assert await running == "through"  # what was under way is finished
        assert await drags[4] == 4
        assert await other == "other"

    with workers(1) as work:
        asyncio.run(check(work))
        assert work.counts.superseded == 4


def test_a_full_queue_refuses():
    async def check(work: Work) -> None:
        gate = Gate()
        tasks = [asyncio.create_task(work.run(gate)) for _ in range(3)]
        await until(lambda: work.waiting == 2)
        with pytest.raises(Problem, match="2 requests are waiting") as caught:
            await work.run(lambda: None)
        assert caught.value.kind == "busy"
        gate.opened.set()
        assert await asyncio.gather(*tasks) == ["through"] * 3

    with workers(1, waiting=2) as work:
        asyncio.run(check(work))
        assert work.counts.refused == 1


def test_heavy_work_leaves_a_worker_to_quick_work():
    async def check(work: Work) -> None:
        gate = Gate()
        heavy = [asyncio.create_task(work.run(gate, is_heavy=True)) for _ in range(3)]
        await until(lambda: gate.count == 1)
        assert await asyncio.wait_for(work.run(lambda: "quick"), 5) == "quick"
        assert gate.count == 1
        gate.opened.set()
        assert await asyncio.gather(*heavy) == ["through"] * 3

    with workers(2) as work:
        asyncio.run(check(work))


@pytest.mark.parametrize("is_heavy", [False, True], ids=["quick", "heavy"])
def test_what_takes_too_long_is_given_up_and_the_worker_comes_back(is_heavy):
    async def check(work: Work) -> None:
        gate = Gate()
        running = asyncio.create_task(work.run(gate, is_heavy=is_heavy))
        await until(lambda: gate.count == 1)
        for task in (running, asyncio.create_task(work.run(lambda: None))):
            with pytest.raises(Problem, match="seconds") as caught:
                await task
            assert caught.value.kind == "busy"
        gate.opened.set()
        await until(lambda: work.counts.done == 1)
        assert await work.run(lambda: "free again", is_heavy=is_heavy) == "free again"
        assert work.waiting == 0

    with workers(1, seconds=0.1) as work:
        asyncio.run(check(work))


def test_a_client_that_left_costs_nothing_and_one_that_is_cancelled_frees_its_place():
    ran: list[Any] = []

    async def gone() -> bool:
        return True

    async def check(work: Work) -> None:
        with pytest.raises(Problem, match="went away"):
            await work.run(lambda: ran.append(1), is_gone=gone)
        gate = Gate()
        running, waiting = (asyncio.create_task(work.run(gate)) for _ in range(2))
        await until(lambda: gate.count == 1 and work.waiting == 1)
        waiting.cancel()
        running.cancel()
        await asyncio.wait([running, waiting])
        assert work.waiting == 0
        gate.opened.set()
        assert await work.run(lambda: "free again") == "free again"

    with workers(1) as work:
        asyncio.run(check(work))
        assert work.counts.abandoned == 1
    assert ran == []


def test_a_server_that_is_stopping_begins_nothing_more():
    async def check(work: Work) -> None:
        assert await work.run(lambda: 1) == 1
        work.stop()
        with pytest.raises(Problem, match="the server is stopping"):
            await work.run(lambda: 2)

    with workers(1) as work:
        asyncio.run(check(work))
