"""Segmenters by description: one text that says which.

embedded                                                  the shipped one
transformers:facebook/mask2former-swin-tiny-coco-panoptic    a name on the hub
transformers:models/eomt                                  a folder
"""

from collections.abc import Sequence

from smartmask.protocols import Segmenter


def load_segmenter(
    backend: str = "embedded",
    words: Sequence[str] = (),
    *,
    depth: str | None = None,
    detector: str | None = None,
    outliner: str | None = None,
    device: str = "cpu",
    dtype: str = "float32",
) -> Segmenter:
    """A segmenter by its description.

    Args:
        backend: "embedded", the shipped one, or "transformers:NAME", a panoptic checkpoint in a folder or on
            the hub.
        words: What to look for besides: each becomes a label, and lies in front of what the backend sees.
        depth: A depth checkpoint, in a folder or on the hub, that says what is nearer; None = the layers keep
            the order in which the backend gives them.
        detector: The Grounding DINO checkpoint that finds the words; None = the smallest on the hub.
        outliner: The Segment Anything checkpoint that outlines what was found; None = likewise.
        device: "cpu", "cuda", ... for checkpoints; the embedded segmenter runs on the CPU.
        dtype: "float32", "bfloat16" or "float16", for checkpoints.

    Raises:
        ValueError: If the backend or a word is none, or the device or dtype is not to be had.
        CheckpointError: If the shipped weights are missing or damaged.
        BackendError: If a checkpoint, or a package that it needs, cannot be had.
    """
    kind, _, name = backend.partition(":")
    base: Segmenter
    if backend == "embedded":
        from smartmask.model.segmenter.embedded import EmbeddedSegmenter
        from smartmask.weights import WEIGHTS

        base = EmbeddedSegmenter(WEIGHTS / "segmenter.onnx")
    elif kind == "transformers" and name:
        from smartmask.backends.panoptic_transformers import TransformersSegmenter

        base = TransformersSegmenter(name, device, dtype)
    else:
        raise ValueError(f"backend {backend!r}: expected embedded or transformers:FOLDER_OR_HUB_NAME")
    if words:
        from smartmask.backends.open_words import DETECTOR, OUTLINER, OpenWordsSegmenter

        base = OpenWordsSegmenter(
            words, detector or DETECTOR.example, outliner or OUTLINER.example, base, device, dtype
        )
    if depth is None:
        return base
    from smartmask.backends.depth_transformers import TransformersDepth
    from smartmask.segmentation.by_depth import DepthOrderedSegmenter

    return DepthOrderedSegmenter(base, TransformersDepth(depth, device, dtype))
