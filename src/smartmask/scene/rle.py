"""Run-length encoding of masks, as COCO files and our layout files hold it.

A mask is read column by column; `counts` lists the lengths of its alternating runs of 0 and 1, starting
with 0. In the compressed string each count from the fourth on is stored as the difference to the count two
before, in groups of five bits, low group first, with bit 5 as "more follows" and the last group's bit 4 as
its sign.

Source: the COCO API's `maskApi.c` (`rleToString`, `rleFrString`).
"""

import numpy as np
from jaxtyping import Bool, Int64

_PIECE = 1 << 20
"""Characters decoded at once: a string of any length takes little more memory than its mask."""


def encode_rle(mask: Bool[np.ndarray, "H W"]) -> str:
    """The compressed COCO `counts` string of a mask.

    >>> encode_rle(np.array([[0, 1], [0, 1]], bool))
    '22'
    """
    # Columns before the first and after the last with a 1 need not be turned about.
    columns = np.flatnonzero(mask.any(0))
    first, last = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, 0)
    flat = np.pad(mask[:, first:last].ravel(order="F"), 1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + first * mask.shape[0]
    counts = np.diff(np.concatenate([[0], changes[changes < mask.size], [mask.size]])).astype(np.int64)
    values = counts.copy()
    values[3:] -= counts[1:-2]
    text = bytearray()
    for value in values.tolist():
        more = True
        while more:
            group = value & 31
            value >>= 5
            more = value != (-1 if group & 16 else 0)
            text.append(group + (32 if more else 0) + 48)
    return text.decode("ascii")


def decode_rle(counts: str, size_hw: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """The mask of a compressed COCO `counts` string.

    Raises:
        ValueError: If the string is damaged or its runs do not add up to the size.

    >>> decode_rle("22", (2, 2)).astype(int).tolist()
    [[0, 1], [0, 1]]
    """
    height, width = size_hw
    if not counts.isascii():
        raise ValueError("damaged RLE string: it holds characters beyond ASCII")
    groups = np.frombuffer(counts.encode("ascii"), np.uint8)
    if len(groups) == 0 or groups.min() < 48 or groups.max() > 111 or (groups[-1] - 48) & 32:
        raise ValueError(f"damaged RLE string ({len(counts)} characters); expected COCO compressed counts")
    flat = np.zeros(height * width, bool)
    covered, number, before = 0, 0, {0: 0, 1: 0}
    start = 0
    while start < len(groups):
        stop = min(start + _PIECE, len(groups))
        while (groups[stop - 1] - 48) & 32:
            stop += 1
        runs = _values(groups[start:stop].astype(np.int64) - 48)
        # From the fourth on a count is the difference to the one two before; the first stands alone.
        for parity in (0, 1):
            mine = slice((number + parity) % 2, None, 2)
            if number == 0 and not parity:
                mine = slice(2, None, 2)
            runs[mine] = before[parity] + np.cumsum(runs[mine])
            before[parity] = int(runs[mine][-1]) if len(runs[mine]) else before[parity]
        # No run alone above the size: the sum of longer ones can wrap round to it, here and in `repeat`.
        if runs.min() < 0 or runs.max() > len(flat) or covered + runs.sum() > len(flat):
            raise ValueError(
                f"RLE runs cover {covered + sum(runs.tolist())} pixels but the mask is "
                f"{width}x{height} = {width * height}"
            )
        length = int(runs.sum())
        flat[covered : covered + length] = np.repeat((number + np.arange(len(runs))) % 2 == 1, runs)
        covered, number, start = covered + length, number + len(runs), stop
    if covered != len(flat):
        raise ValueError(
            f"RLE runs cover {covered} pixels but the mask is {width}x{height} = {width * height}"
        )
    return flat.reshape(width, height).T


def _values(groups: Int64[np.ndarray, " G"]) -> Int64[np.ndarray, " V"]:
    """The numbers that whole sequences of groups of bits hold."""
    last = np.flatnonzero(groups < 32)
    first = np.concatenate([[0], last[:-1] + 1])
    place = np.arange(len(groups)) - np.repeat(first, last - first + 1)
    if place.max() > 6:
        raise ValueError("damaged RLE string: a run of more than 35 bits")
    values = np.add.reduceat((groups & 31) << (5 * place), first)
    values -= np.where(groups[last] & 16, np.int64(1) << (5 * (place[last] + 1)), 0)
    return np.asarray(values)
