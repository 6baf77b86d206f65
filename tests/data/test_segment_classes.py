import numpy as np
import pytest

from smartmask.data.segment_classes import (
    ANYTHING,
    CLASSES,
    IS_THING,
    MERGED,
    NOT_THE_FOUR,
    SOME_STUFF,
    STUFF,
    TARGETS,
    THE_FOUR,
    THINGS,
    allowed_classes,
    target_of,
)


def test_there_are_eighty_things_and_every_name_is_there_once() -> None:
    assert len(THINGS) == 80
    assert len(set(CLASSES)) == len(CLASSES) == len(IS_THING)
    assert set(MERGED.values()) <= set(STUFF)
    assert not set(MERGED) & set(CLASSES)


def test_each_target_allows_what_it_says() -> None:
    allowed = allowed_classes()
    assert allowed.shape == (TARGETS, len(CLASSES))
    np.testing.assert_array_equal(allowed[: len(CLASSES)], np.eye(len(CLASSES), dtype=bool))
    assert allowed[ANYTHING].all()
    assert [CLASSES[number] for number in np.flatnonzero(allowed[SOME_STUFF])] == list(STUFF)
    assert [CLASSES[number] for number in np.flatnonzero(~allowed[NOT_THE_FOUR])] == list(THE_FOUR)


def test_names_find_their_target() -> None:
    assert CLASSES[target_of("dog", True)] == "dog"
    assert CLASSES[target_of("railroad", False)] == "dirt"
    assert target_of("mirror", False) == SOME_STUFF
    with pytest.raises(ValueError, match="'unicorn' is none of COCO's 80 things"):
        target_of("unicorn", True)
