import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco
from shapes import bool_masks, disc

from smartmask.scene import rle
from smartmask.scene.rle import decode_rle, encode_rle

sides = st.integers(1, 12)
every_shape = pytest.mark.parametrize(
    "mask",
    [
        pytest.param(np.zeros((5, 7), bool), id="an empty mask"),
        pytest.param(np.ones((5, 7), bool), id="a full mask"),
        pytest.param(np.ones((1, 1), bool), id="one true pixel"),
        pytest.param(np.zeros((1, 1), bool), id="one false pixel"),
        pytest.param(np.eye(1, 9, 4, dtype=bool), id="a single row"),
        pytest.param(np.eye(1, 9, 4, dtype=bool).T, id="a single column"),
        pytest.param(np.indices((6, 5)).sum(0) % 2 == 0, id="a chessboard, all runs 1 long"),
        pytest.param(np.ones((700, 900), bool), id="a run that needs four groups of bits"),
        pytest.param(disc((300, 200), (90, 140), 80), id="a disc"),
    ],
)


def coco_string(mask: np.ndarray) -> str:
    counts = coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]
    return counts.decode("ascii")


@every_shape
def test_the_string_is_that_of_pycocotools(mask):
    assert encode_rle(mask) == coco_string(mask)


@every_shape
def test_a_mask_comes_back_from_its_string(mask):
    assert np.array_equal(decode_rle(encode_rle(mask), mask.shape), mask)


@given(bool_masks(sides, sides))
def test_random_masks_agree_with_pycocotools_both_ways(mask):
    text = coco_string(mask)
    assert encode_rle(mask) == text
    found = decode_rle(text, mask.shape)
    assert found.dtype == bool
    assert np.array_equal(found, mask)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        pytest.param("", "damaged RLE string", id="nothing"),
        pytest.param("2 2", "damaged RLE string", id="a character below the alphabet"),
        pytest.param("2~2", "damaged RLE string", id="a character above the alphabet"),
        pytest.param("é", "damaged RLE string", id="a letter outside ASCII"),
        pytest.param("2\ud800", "damaged RLE string", id="half of a surrogate pair"),
        pytest.param("2R", "damaged RLE string", id="a last group that promises another"),
        pytest.param("oooooooo0", "more than 35 bits", id="a run too long for any mask"),
        pytest.param("22", "cover 4 pixels but the mask is 5x3", id="runs that cover too little"),
        pytest.param("2=2", "cover 17 pixels but the mask is 5x3", id="runs that cover too much"),
        pytest.param("OO", "RLE", id="negative runs"),
    ],
)
def test_a_damaged_string_is_an_error(counts, message):
    with pytest.raises(ValueError, match=message):
        decode_rle(counts, (3, 5))


@given(bool_masks(sides, sides), st.integers(1, 6))
def test_pieces_of_any_length_give_the_same_mask(mask, piece):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rle, "_PIECE", piece)
        assert np.array_equal(decode_rle(encode_rle(mask), mask.shape), mask)


@given(st.text(st.characters(min_codepoint=48, max_codepoint=111), max_size=12))
def test_any_string_of_the_alphabet_gives_a_mask_or_a_value_error(counts):
    try:
        mask = decode_rle(counts, (3, 4))
    except ValueError:
        return
    assert mask.shape == (3, 4)


def test_runs_whose_sum_wraps_round_to_the_size_are_refused():
    """Else `numpy.repeat`, which adds them up in 64 bits too, takes memory for 48 pixels and fills 2^64."""
    pixels, largest = 48, 2**34 - 1
    target = 2**64 + pixels
    n = next(n for n in range(46_341, 0, -1) if largest * n * (n + 1) // 2 <= target)
    remaining, first = divmod(target - largest * n * (n + 1) // 2, largest)
    # Counts are stored as differences: the runs of ones grow by the largest each time.
    differences = [first]
    for k in range(n):
        differences += [largest, largest if n - k == remaining else 0]
    runs = [first, *np.ravel([np.cumsum(differences[1::2]), np.cumsum(differences[2::2])], "F").tolist()]
    assert min(runs) >= 0
    assert sum(runs) == target
    with pytest.raises(ValueError, match=r"RLE runs cover .* pixels but the mask is 8x6 = 48"):
        decode_rle("".join(stored(value) for value in differences), (6, 8))


def stored(value: int) -> str:
    """A count in groups of five bits, of which all but the last say that more follow."""
    text, more = "", True
    while more:
        group, value = value & 31, value >> 5
        more = value != (-1 if group & 16 else 0)
        text += chr(group + (32 if more else 0) + 48)
    return text
