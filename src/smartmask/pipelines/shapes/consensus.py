"""Which of many samples to show: first the one most like all others, then what the chosen ones miss.

A single sample commits to one shape, and often to an unlikely one; the mean of many is a blob. The sample
that overlaps best with all others is as sharp as any and nearly as likely as the mean:

    next = argmax over s of mean over samples x of max over chosen c, and s, of IoU(c, x)

The first is the choice of least expected loss (Kumar and Byrne 2004, "Minimum Bayes-risk decoding for
statistical machine translation", equation 1, with IoU for their gain), the others follow greedily and keep
what is most likely to be best of all (Nemhauser, Wolsey and Fisher 1978).
"""

import numpy as np
from jaxtyping import Bool, Float, Int64


def consensus_order(masks: Bool[np.ndarray, "n *size"]) -> Int64[np.ndarray, " n"]:
    """The numbers of samples in the order in which to show them.

    >>> consensus_order(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 1]], bool)).tolist()
    [1, 3, 0, 2]
    """
    overlaps = _overlaps(masks)
    best = np.zeros(len(overlaps))
    left = np.ones(len(overlaps), bool)
    order = []
    for _ in range(len(overlaps)):
        gains = np.where(left, np.maximum(overlaps, best).mean(1), -1.0)
        chosen = int(gains.argmax())
        order.append(chosen)
        left[chosen] = False
        best = np.maximum(best, overlaps[chosen])
    return np.array(order)


def _overlaps(masks: Bool[np.ndarray, "n *size"]) -> Float[np.ndarray, "n n"]:
    """IoU of each two masks; of two empty ones 0."""
    flat = masks.reshape(len(masks), -1).astype(np.float32)
    both = flat @ flat.T
    sizes = np.diag(both)
    either = sizes[:, None] + sizes - both
    return np.asarray(both / np.maximum(either, 1))
