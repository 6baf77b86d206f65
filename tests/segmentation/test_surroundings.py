import pytest

from smartmask.segmentation.surroundings import THING_LEVEL, level_of


@pytest.mark.parametrize(
    ("label", "level"),
    [
        ("sky", 0),
        ("sky-other-merged", 0),
        ("brick wall", 1),
        ("wall-brick", 1),
        ("Grass", 1),
        ("playingfield", 1),
        ("a persian rug", 2),
        ("floor lamp", THING_LEVEL),
        ("rain cloud umbrella", THING_LEVEL),
        ("Katze", THING_LEVEL),
        ("42", THING_LEVEL),
        ("(?)", THING_LEVEL),
    ],
)
def test_the_last_word_decides(label, level):
    assert level_of(label) == level
