"""A total order that agrees with pairs: if b must come before a, it does."""

import heapq
from collections.abc import Iterable
from graphlib import TopologicalSorter


def linear_extension(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The numbers 0 to count - 1, rearmost first: each after all that it hides, and else in rising order.

    Args:
        count: How many there are.
        pairs: (front, behind), each a number below `count`.

    Raises:
        graphlib.CycleError: If there is none; its second argument lists a cycle, each before what hides it.

    >>> linear_extension(4, [(0, 2)])
    [1, 2, 0, 3]
    """
    sorter: TopologicalSorter[int] = TopologicalSorter({number: () for number in range(count)})
    for front, behind in pairs:
        sorter.add(front, behind)
    sorter.prepare()
    order: list[int] = []
    ready: list[int] = []
    while sorter.is_active():
        for number in sorter.get_ready():
            heapq.heappush(ready, number)
        order.append(heapq.heappop(ready))
        sorter.done(order[-1])
    return order
