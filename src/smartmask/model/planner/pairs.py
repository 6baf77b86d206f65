"""What geometry alone says of two boxes, for the planner's network; training and inference share it."""

import numpy as np
from jaxtyping import Float32

PAIR_WIDTH = 6
FIT_WIDTH = 10


def pair_features(
    box: Float32[np.ndarray, "4"], others: Float32[np.ndarray, "N 4"]
) -> Float32[np.ndarray, "N 6"]:
    """What geometry alone says of the order: whose foot is lower, who is larger, who holds whom."""
    x0, y0, x1, y1 = others.T
    across = np.clip(np.minimum(x1, box[2]) - np.maximum(x0, box[0]), 0, None)
    along = np.clip(np.minimum(y1, box[3]) - np.maximum(y0, box[1]), 0, None)
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (x1 - x0) * (y1 - y0)
    shared = across * along
    return np.stack(
        [
            np.clip(10 * (box[3] - y1), -1, 1),
            np.clip(3 * (box[3] - y1), -1, 1),
            np.clip(3 * (box[1] - y0), -1, 1),
            np.sqrt(area) - np.sqrt(other_area),
            shared / np.maximum(area, 1e-4),
            shared / np.maximum(other_area, 1e-4),
        ],
        1,
    ).astype(np.float32)


def fit_features(
    boxes: Float32[np.ndarray, "*B K 4"], others: Float32[np.ndarray, "*B N 4"]
) -> Float32[np.ndarray, "*B K N 10"]:
    """How boxes lie to layers, all relative to their sizes and the same when mirrored."""
    (x0, y0, x1, y1), (a0, b0, a1, b1) = (
        np.moveaxis(found, -1, 0) for found in (boxes[..., :, None, :], others[..., None, :, :])
    )
    wide, high = np.maximum(x1 - x0, 1e-3), np.maximum(y1 - y0, 1e-3)
    other_wide, other_high = np.maximum(a1 - a0, 1e-3), np.maximum(b1 - b0, 1e-3)
    tall = (high + other_high) / 2
    shared = np.clip(np.minimum(x1, a1) - np.maximum(x0, a0), 0, None)
    shared = shared * np.clip(np.minimum(y1, b1) - np.maximum(y0, b0), 0, None)
    return np.stack(
        [
            np.minimum(np.abs(x0 + x1 - a0 - a1) / (wide + other_wide), 3),
            np.clip((y1 - b1) / tall, -3, 3),
            np.clip((y1 - b0) / tall, -3, 3),
            np.clip((y0 - b1) / tall, -3, 3),
            np.clip(10 * (y1 - b1), -1, 1),
            np.clip(10 * (y1 - b0), -1, 1),
            np.log(wide / other_wide) / 2,
            np.log(high / other_high) / 2,
            shared / (wide * high),
            shared / (other_wide * other_high),
        ],
        -1,
    ).astype(np.float32)
