"""Run-length encoding of masks, as COCO files and our layout files hold it.

A mask is read column by column; `counts` lists the lengths of its alternating runs of 0 and 1, starting
with 0. In the compressed string each count from the fourth on is stored as the difference to the count two
before, in groups of five bits, low group first, with bit 5 as "more follows" and the last group's bit 4 as
its sign.

Source: the COCO API's `maskApi.c` (`rleToString`, `rleFrString`).
"""

import numpy as np
from jaxtyping import Bool


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
    groups = np.frombuffer(counts.encode("ascii"), np.uint8).astype(np.int64) - 48
    if len(groups) == 0 or groups.min() < 0 or groups.max() > 63 or groups[-1] & 32:
        raise ValueError(f"damaged RLE string ({len(counts)} characters); expected COCO compressed counts")
    last = np.flatnonzero(groups < 32)
    first = np.concatenate([[0], last[:-1] + 1])
    place = np.arange(len(groups)) - np.repeat(first, last - first + 1)
    if place.max() > 6:
        raise ValueError("damaged RLE string: a run of more than 35 bits")
    values = np.add.reduceat((groups & 31) << (5 * place), first)
    values -= np.where(groups[last] & 16, np.int64(1) << (5 * (place[last] + 1)), 0)
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    # No run alone above the size: the sum of longer ones can wrap round to it, here and in `repeat`.
    if runs.min() < 0 or runs.max() > height * width or runs.sum() != height * width:
        raise ValueError(
            f"RLE runs cover {sum(runs.tolist())} pixels but the mask is {width}x{height} = {width * height}"
        )
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(width, height).T
