"""The pipeline that draws masks, wired in one way for users and for what is measured."""

from pathlib import Path

from smartmask.apps.load import WEIGHTS
from smartmask.backends.planner_embedded import EmbeddedPlanner
from smartmask.model.onnx_denoiser import OnnxDenoiser
from smartmask.model.ranker_network import EmbeddedRanker, load_ranker_network
from smartmask.model.shape_codec import ShapeCodec
from smartmask.pipelines.generate import MaskGenerator
from smartmask.pipelines.suggest import POOL, SuggestPipeline
from smartmask.protocols import Ranker, TextEncoder


def load_ranker(encoder: TextEncoder) -> Ranker:
    """The shipped ranker.

    Args:
        encoder: The shipped text encoder.

    Raises:
        CheckpointError: If the weights are missing, damaged, of another version or hold unknown settings.
    """
    return EmbeddedRanker(load_ranker_network(WEIGHTS / "ranker.npz"), encoder)


def load_suggest(
    weights: Path | str | None,
    encoder: TextEncoder,
    ranker: Ranker,
    *,
    device: str = "cpu",
    threads: int | None = None,
) -> SuggestPipeline:
    """The pipeline round a mask model.

    Args:
        weights: An ONNX file or the folder of a base mask model; None = the shipped one.
        encoder: The shipped text encoder.
        ranker: Scores masks.
        device: Where a base mask model works.
        threads: Candidates drawn side by side, of an ONNX file; None = one a core.

    Raises:
        CheckpointError: If weights are missing, damaged, of another version or hold unknown settings.
        BackendError: If a base mask model needs packages that are not installed.
        ValueError: If the device is not to be had, or is not "cpu" for an ONNX file.
    """
    if weights is not None and Path(weights).is_dir():
        from smartmask.apps.load_base import load_base_pipeline

        return load_base_pipeline(Path(weights), encoder, ranker, device)
    if device != "cpu":
        raise ValueError(f"{device!r} is for the folder of a base mask model; an ONNX file works on 'cpu'")
    codec = ShapeCodec.load(WEIGHTS / "shapes.npz")
    denoiser = OnnxDenoiser(Path(weights) if weights else WEIGHTS / "mask.onnx", codec)
    generator = MaskGenerator(denoiser, encoder, codec.resolution, codec)
    placer = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    return SuggestPipeline(generator, ranker, threads, placer=placer, pool=POOL)
