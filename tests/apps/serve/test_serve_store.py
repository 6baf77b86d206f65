"""What is kept: under ids of the content, and under a limit."""

import pytest

from smartmask.apps.serve.problems import Problem
from smartmask.apps.serve.store import Store, content_id


def test_ids_are_of_the_content_and_of_where_its_parts_end():
    assert content_id(b"ab", b"c") == content_id(b"ab", b"c")
    assert len({content_id(b"ab", b"c"), content_id(b"a", b"bc"), content_id(b"abc")}) == 3


def test_the_longest_unused_goes_first():
    store = Store(100)
    store.put("a", "first", 40)
    store.put("b", "second", 40)
    assert store.get(str, "a", "text") == "first"
    store.put("c", "third", 40)
    assert store.find(str, "b") is None
    assert store.find(str, "a") == "first"
    assert store.size_bytes == 80
    with pytest.raises(Problem, match="no text is kept under 'b'; send it again"):
        store.get(str, "b", "text")


def test_the_same_twice_counts_once_and_types_do_not_mix():
    store = Store(100)
    for _ in range(5):
        store.put("a", "text", 30)
        store.put("a", 7, 30)
    assert store.size_bytes == 60
    assert (store.find(str, "a"), store.find(int, "a")) == ("text", 7)


def test_what_is_larger_than_all_is_refused_and_nothing_is_lost():
    store = Store(100)
    store.put("a", "text", 100)
    with pytest.raises(Problem, match="101 bytes are above the 100"):
        store.put("b", "longer", 101)
    assert store.find(str, "a") == "text"
