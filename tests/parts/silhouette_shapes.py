"""Silhouettes that tests draw: ellipses and boxes of the usual shapes of their labels."""

import numpy as np

from smartmask.data.synthesis.stage.silhouettes import Silhouette, SilhouetteLibrary

ASPECTS = {
    "person": (0.35, 0.45, 0.75), "car": (1.3, 2.4), "bus": (1.2, 2.6), "bicycle": (0.6, 1.4),
    "dog": (0.7, 1.3), "cow": (1.2, 1.5), "sheep": (1.1,), "horse": (1.0, 1.4), "bird": (0.8, 1.6),
    "boat": (0.7, 2.5, 1.5),
    "airplane": (2.8, 3.2), "train": (1.5, 2.5), "cat": (0.8, 1.2), "bottle": (0.3, 0.4), "cup": (0.9,),
    "chair": (0.7,), "suitcase": (0.8,), "kite": (0.9, 1.5), "statue": (0.4,), "motorcycle": (0.8, 1.4),
    "potted plant": (0.6, 1.0), "truck": (1.6, 2.2),
}  # fmt: skip


def oval(aspect: float, tall: int = 90) -> np.ndarray:
    """An ellipse with two feet, cut to its box."""
    wide = max(8, round(tall * aspect))
    rows, columns = np.mgrid[:tall, :wide]
    mask = ((columns + 0.5) / wide * 2 - 1) ** 2 + ((rows + 0.5) / tall * 2 - 1) ** 2 < 1
    for middle in (0.3, 0.7):
        x = round(middle * wide)
        mask[tall // 2 :, max(0, x - max(1, wide // 14)) : x + max(1, wide // 14)] = True
    return mask


def oval_library() -> SilhouetteLibrary:
    """A few silhouettes of many labels."""
    return SilhouetteLibrary(
        tuple(
            Silhouette.of(label, oval(aspect), source=f"drawn:{label}#{number}", group=f"drawn:{label}")
            for label, aspects in ASPECTS.items()
            for number, aspect in enumerate(aspects)
        )
    )
