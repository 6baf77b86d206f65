"""CLIP score: how well a picture fits a text, as the cosine of their CLIP embeddings.

Plain cosines, as in the tables of the inpainting papers (0.2 to 0.3 for photos); CLIPScore (Hessel et al.
2021, section 3) is 2.5 times that with negative ones cut off. Figures of different CLIPs do not compare.
"""

import numpy as np
from jaxtyping import Float, Float64


def clip_scores(
    images: Float[np.ndarray, "N D"], texts: Float[np.ndarray, "N D"]
) -> Float64[np.ndarray, " N"]:
    """The cosine of each pair of embeddings; their lengths do not matter.

    Args:
        images: An embedding a picture.
        texts: An embedding a text, in the same order.

    Raises:
        ValueError: If an embedding has no direction.

    >>> clip_scores(np.array([[2.0, 0.0]]), np.array([[3.0, 4.0]])).tolist()
    [0.6]
    """
    directions = []
    for name, rows in (("picture", images), ("text", texts)):
        lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise ValueError(f"a {name}'s embedding is zero or not finite; is the network loaded in float16?")
        directions.append(rows / lengths)
    return np.einsum("nd,nd->n", *directions)
