"""`SmartMask.load()`: the shipped parts, wired."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.data.photos import read_photo
from smartmask.pipelines.suggest import Suggestion, SuggestPipeline, check_request
from smartmask.protocols import Segmenter
from smartmask.scene.guidance import Guidance, NoGuidance
from smartmask.scene.layout import Layout

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
Photo = Path | str | Image.Image | UInt8[np.ndarray, "H W 3"]


class SmartMask:
    """Draws masks of objects that are not there yet. Get one from `SmartMask.load()`."""

    def __init__(self, suggest: SuggestPipeline, segmenter: Segmenter) -> None:
        """Take built parts; `load` builds the shipped ones."""
        self._suggest, self._segmenter = suggest, segmenter

    @staticmethod
    def load(weights: Path | str | None = None) -> "SmartMask":
        """Load the shipped models, or a mask model of your own.

        Args:
            weights: An ONNX file written by our training; None = the shipped one.

        Raises:
            CheckpointError: If a weights file is missing, damaged, of another version or holds unknown
            settings.
        """
        # Imported here so that `import smartmask` stays quick: these load ONNX Runtime and the tokenizer.
        from smartmask.backends.segmenter_onnx import EmbeddedSegmenter
        from smartmask.backends.text_static import StaticTextEncoder
        from smartmask.model.onnx_denoiser import OnnxDenoiser
        from smartmask.pipelines.generate import MaskGenerator

        denoiser = OnnxDenoiser(Path(weights) if weights else WEIGHTS / "mask.onnx")
        encoder = StaticTextEncoder(WEIGHTS / "text.npz")
        generator = MaskGenerator(denoiser, encoder, denoiser.card.resolution)
        return SmartMask(SuggestPipeline(generator), EmbeddedSegmenter(WEIGHTS / "segmenter.onnx"))

    def segment(self, image: Photo) -> Layout:
        """The layout seen in a photo, of the photo's size.

        Raises:
            ImageError: If the photo cannot be read.
        """
        return self._segmenter.segment(read_photo(image))

    def suggest(
        self,
        image_or_layout: Photo | Layout,
        prompt: str,
        scene: str | None = None,
        guidance: Guidance = NoGuidance(),
        n: int = 4,
        seed: int = 0,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Suggestion]:
        """Masks of an object that is not there yet, best first.

        Args:
            image_or_layout: A photo (path, PIL image, or uint8 RGB array), or a layout.
            prompt: What is to come, in a few words.
            scene: What the finished scene shows, in a sentence.
            guidance: A hint drawn on the canvas.
            n: How many, 1 to 64. Fewer come back if there are not so many distinct ones.
            seed: Same seed, same masks.
            on_progress: Called with (candidates drawn, candidates known to be needed).

        Raises:
            ImageError: If the photo cannot be read.
            ValueError: If the prompt is empty or too long, n or the seed is out of range, or the hint does
            not fit.
        """
        check_request(prompt, scene, guidance, n, seed, None)
        layout = image_or_layout if isinstance(image_or_layout, Layout) else self.segment(image_or_layout)
        return self._suggest(layout, prompt, scene, guidance, n, seed, on_progress)
