"""A `Segmenter` for words that the user chooses: Grounding DINO finds them, SAM outlines what was found.

Liu et al. 2023, *Grounding DINO*, arXiv 2303.05499; Kirillov et al. 2023, *Segment Anything*, arXiv
2304.02643. Both come from transformers checkpoints. The rules by which boxes and masks become layers are in
`segmentation/found_things.py`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from smartmask.backends.hub import Wanted, torch_place
from smartmask.backends.transformers_parts import numbers, open_config, open_network, open_processor, prepare
from smartmask.protocols import Segmenter
from smartmask.scene.layout import Layout
from smartmask.segmentation.found_things import (
    Detection,
    FindSettings,
    distinct,
    place_things,
    read_detections,
)

DETECTOR_KINDS = ("grounding-dino", "mm-grounding-dino")
OUTLINER_KINDS = ("sam", "sam_hq")
BOXES_AT_A_TIME = 16
"""Boxes that SAM outlines in one call: bounds the memory."""
_INSTEAD = "The embedded segmenter needs no download, but knows its own words only"
DETECTOR = Wanted(
    what="a detector of words (Grounding DINO)", example="IDEA-Research/grounding-dino-tiny", instead=_INSTEAD
)
OUTLINER = Wanted(
    what="an outliner of boxes (Segment Anything)", example="facebook/sam-vit-base", instead=_INSTEAD
)
_ENDS = 2
"""Tokens round a text."""


class OpenWordsSegmenter:
    """A `Segmenter` that looks for given words, alone or on top of what another segmenter sees."""

    def __init__(
        self,
        words: Sequence[str],
        detector: str | Path,
        outliner: str | Path,
        base: Segmenter | None = None,
        device: str = "cpu",
        dtype: str = "float32",
        settings: FindSettings | None = None,
    ) -> None:
        """Load both checkpoints.

        Args:
            words: What to look for: words or short phrases, each of which becomes a label.
            detector: A Grounding DINO checkpoint: a folder, or a name on the hub.
            outliner: A SAM or SAM-HQ checkpoint, likewise.
            base: What sees the rest of the photo, for example the embedded segmenter; None = nobody, then
                only the things found are known.
            device: "cpu", "cuda", ...
            dtype: "float32", "bfloat16" or "float16".
            settings: What counts as found; None = the defaults.

        Raises:
            ValueError: If the words are none, empty, repeated, too long or hold a full stop or question mark,
                or the device or dtype is not to be had.
            TypeError: If the words are one text.
            BackendError: If a checkpoint cannot be had or is of another kind.
        """
        if isinstance(words, str):
            raise TypeError(f"words must be a list of words, not the text {words!r}")
        wanted = [" ".join(word.split()) for word in words]
        _check_words(wanted)
        detector_config = open_config(detector, DETECTOR, DETECTOR_KINDS)
        self._outliner_kind = open_config(outliner, OUTLINER, OUTLINER_KINDS).model_type
        from transformers import (
            AutoModelForMaskGeneration,
            AutoModelForZeroShotObjectDetection,
            AutoProcessor,
        )

        self._device, self._dtype = torch_place(device, dtype)
        self._base = base
        self._settings = settings or FindSettings()
        self._reader = open_processor(AutoProcessor, detector, DETECTOR)
        self._questions = _questions(wanted, self._reader.tokenizer, detector_config.max_text_len)
        self._detector = open_network(
            AutoModelForZeroShotObjectDetection, detector, DETECTOR, self._device, self._dtype
        )
        self._framer = open_processor(AutoProcessor, outliner, OUTLINER)
        self._outliner = open_network(
            AutoModelForMaskGeneration, outliner, OUTLINER, self._device, self._dtype
        )

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The things found in an RGB photo, in front of what the base sees.

        Raises:
            ValueError: If the photo has no pixel.
            BackendError: If an answer holds values that are no numbers.
        """
        height, width, _ = image.shape
        detections = self.find(image)
        base = Layout((height, width)) if self._base is None else self._base.segment(image)
        return place_things(base, detections, self._outlines(image, detections), self._settings)

    def find(self, image: UInt8[np.ndarray, "H W 3"]) -> list[Detection]:
        """The boxes of what is found in an RGB photo, the surest first.

        Raises:
            ValueError: If the photo has no pixel.
            BackendError: If an answer holds values that are no numbers.
        """
        import torch

        height, width, _ = image.shape
        found: list[Detection] = []
        for text, tokens_of in self._questions:
            inputs = prepare(self._reader, image, {"text": text})
            with torch.inference_mode():
                answer = self._detector(**inputs.to(self._device, self._dtype))
            probabilities = numbers(answer.logits[0].float().sigmoid())
            boxes = numbers(answer.pred_boxes[0])
            found += read_detections(
                probabilities, boxes, tokens_of, (height, width), self._settings.min_score
            )
        return distinct(found, self._settings)

    def _outlines(
        self, image: UInt8[np.ndarray, "H W 3"], detections: Sequence[Detection]
    ) -> Iterator[Bool[np.ndarray, "H W"]]:
        """The mask of each detection, brought to the photo's size one by one to bound the memory."""
        import torch

        if not detections:
            return
        boxes = [[list(detection.box_xyxy) for detection in detections]]
        inputs = prepare(self._framer, image, {"input_boxes": boxes})
        for logits in torch.from_numpy(self._outline_logits(inputs)):
            masks = self._framer.post_process_masks(
                logits[None, None], inputs["original_sizes"], inputs["reshaped_input_sizes"]
            )
            yield masks[0][0, 0].numpy()

    def _outline_logits(self, inputs: Any) -> Float32[np.ndarray, "N 1 h w"]:
        import torch

        framed = inputs["input_boxes"].float().to(self._device)  # half precision would move them by pixels
        found = []
        with torch.inference_mode():
            seen = self._outliner.get_image_embeddings(inputs["pixel_values"].to(self._device, self._dtype))
            parts = {"image_embeddings": seen}
            if self._outliner_kind == "sam_hq":
                parts = {"image_embeddings": seen[0], "intermediate_embeddings": seen[1]}
            for some in framed.split(BOXES_AT_A_TIME, dim=1):
                answer = self._outliner(input_boxes=some, multimask_output=False, **parts)
                found.append(numbers(answer.pred_masks[0]))
        return np.concatenate(found)


def _check_words(words: Sequence[str]) -> None:
    """Refuse what the detector could not keep apart."""
    if not words or not all(words):
        raise ValueError(f"give at least one word to look for, and none that is empty: {list(words)}")
    if len({word.lower() for word in words}) < len(words):
        raise ValueError(f"a word to look for is given twice: {', '.join(words)}")
    for word in words:
        if "." in word or "?" in word:
            raise ValueError(f"{word!r}: a full stop or question mark parts words; leave it out")


def _questions(words: Sequence[str], tokenizer: Any, longest: int) -> list[tuple[str, dict[str, list[int]]]]:
    """Texts that ask for all words, "cat. teddy bear.", with the tokens of each word; several if need be."""
    lengths = [len(tokenizer(word.lower(), add_special_tokens=False)["input_ids"]) + 1 for word in words]
    questions: list[list[str]] = [[]]
    used = _ENDS
    for word, length in zip(words, lengths, strict=True):
        if _ENDS + length > longest:
            raise ValueError(
                f"{word!r} has {length - 1} tokens, more than the detector reads ({longest - _ENDS - 1})"
            )
        if used + length > longest:
            questions.append([])
            used = _ENDS
        questions[-1].append(word)
        used += length
    return [_question(asked, tokenizer) for asked in questions]


def _question(words: Sequence[str], tokenizer: Any) -> tuple[str, dict[str, list[int]]]:
    text = " ".join(f"{word.lower()}." for word in words)
    spans = tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    tokens_of: dict[str, list[int]] = {}
    start = 0
    for word in words:
        stop = start + len(word.lower())
        tokens_of[word] = [
            number for number, (first, last) in enumerate(spans) if start <= first < last <= stop
        ]
        start = stop + 2
    return text, tokens_of
