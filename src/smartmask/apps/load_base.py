"""The base mask model, wired into the same pipeline as the shipped one."""

from pathlib import Path

from smartmask.backends.base import CARD_FILE
from smartmask.backends.hub import Wanted, need_packages, torch_place
from smartmask.errors import CheckpointError
from smartmask.pipelines.draw_fields import FieldDrawing
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import Ranker, TextEncoder

PLACE = SamplingConfig(steps=25, shift=1.0, cfg_scale=3.0, cfg_until=0.0, layout_scale=1.5)
REFINE = SamplingConfig(steps=15, shift=1.0, cfg_scale=1.5, cfg_until=0.0)
"""Not tuned: there are no trained weights yet. The scales are about those of InstructPix2Pix, which widens
the same network in the same way."""
_WANTED = Wanted(
    what="a base mask model",
    example="the folder that `smartmask train base --export` wrote",
    instead="Without weights of your own, the shipped model needs nothing else",
)


def load_base_pipeline(folder: Path, encoder: TextEncoder, ranker: Ranker, device: str) -> SuggestPipeline:
    """The pipeline round the base mask model in a folder.

    Args:
        folder: Written by our training.
        encoder: Embeds labels; the one that the model was trained with.
        ranker: Scores masks.
        device: Where it works.

    Raises:
        CheckpointError: If the folder is damaged, of another version, holds unknown settings, or its model
            was trained with another encoder.
        BackendError: If packages are missing.
        ValueError: If the device is not to be had.
    """
    if not (folder / CARD_FILE).is_file():  # told before seconds of imports
        raise CheckpointError(f"{folder}: has no {CARD_FILE}; give the folder of a base mask model")
    need_packages(_WANTED, "torch", "diffusers", "transformers")
    from smartmask.backends.base.checkpoint import read_base
    from smartmask.backends.base.denoiser import BaseDenoiser

    place, _ = torch_place(device, "float32")
    model = read_base(folder)
    if model.config.text_width != encoder.width:
        raise CheckpointError(
            f"{folder}: was trained with label embeddings of {model.config.text_width} numbers, this "
            f"release's have {encoder.width}; train it again"
        )
    denoiser = BaseDenoiser(model, place)
    generator = MaskGenerator(denoiser, encoder, denoiser.resolution, denoiser.space)
    # One network as large as this fills the machine; candidates side by side would only need more memory.
    return SuggestPipeline(FieldDrawing(generator, PLACE, REFINE), ranker, threads=1)
