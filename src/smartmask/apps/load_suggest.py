"""The pipeline that draws masks, wired in one way for users and for what is measured."""

import os
from pathlib import Path

from smartmask.arguments import check_text, path_of
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.chooser import load_chooser
from smartmask.model.mask.generator import GeneratorCard, ShapeGenerator
from smartmask.model.planner.embedded import EmbeddedPlanner
from smartmask.model.planner.embedded_placer import EmbeddedPlacer
from smartmask.model.ranker.network import EmbeddedRanker, load_ranker_network
from smartmask.model.ranker.outlines import load_outline_judge
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.shapes.draw_remembered import RememberedDrawing
from smartmask.pipelines.shapes.draw_shapes import ShapeDrawing
from smartmask.pipelines.shapes.free_drawing import FreeDrawing
from smartmask.pipelines.shapes.shape_recall import ShapeRecall
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import Ranker, TextEncoder, WordEncoder
from smartmask.weights import WEIGHTS

Memory = ShapeMemory | Path | str | None
"""The shapes to draw from: a memory; a file of shapes beside the shipped ones; None = the shipped ones."""


def load_ranker(encoder: WordEncoder) -> Ranker:
    """The shipped ranker.

    Args:
        encoder: The shipped text encoder.

    Raises:
        CheckpointError: If the weights are missing, damaged, of another version or hold unknown settings.
    """
    return EmbeddedRanker(load_ranker_network(WEIGHTS / "ranker.npz"), encoder)


def load_suggest(
    weights: Path | str | None,
    encoder: WordEncoder,
    ranker: Ranker,
    *,
    device: str = "cpu",
    threads: int | None = None,
    memory: Memory = None,
) -> SuggestPipeline:
    """The pipeline round a mask model.

    Args:
        weights: An ONNX file of a shape generator, or the folder of a base mask model; None = the shipped
            generator.
        encoder: The shipped text encoder.
        ranker: Scores masks.
        device: Where a base mask model works.
        threads: Candidates drawn side by side, and threads of a generator's call; None = one a core. A base
            mask model takes no notice.
        memory: The shapes to draw from; a base mask model draws without.

    Raises:
        CheckpointError: If weights are missing, damaged, of another version or hold unknown settings.
        BackendError: If a base mask model needs packages that are not installed.
        ValueError: If the device is not to be had, or is not "cpu" for an ONNX file.
    """
    check_text("device", device)
    weights = None if weights is None else path_of("weights", weights)
    if memory is not None and not isinstance(memory, ShapeMemory):
        memory = path_of("memory", memory)
    if weights is not None and weights.is_dir():
        from smartmask.apps.load_base import load_base_pipeline

        if memory is not None:
            raise ValueError("a base mask model draws without a memory; leave it out")
        return load_base_pipeline(Path(weights), encoder, ranker, device)
    if device != "cpu":
        raise ValueError(f"{device!r} is for the folder of a base mask model; an ONNX file works on 'cpu'")
    path = Path(weights) if weights else WEIGHTS / "generator.onnx"
    return load_shapes(path, encoder, ranker, threads=threads, memory=memory)[0]


def load_shapes(
    path: Path, encoder: WordEncoder, ranker: Ranker, *, threads: int | None = None, memory: Memory = None
) -> tuple[SuggestPipeline, GeneratorCard]:
    """The pipeline round a shape generator, and what the generator's file says of itself.

    Args:
        path: The generator's ONNX file.
        encoder: The shipped text encoder.
        ranker: Scores masks.
        threads: Candidates drawn side by side, and threads of a generator's call; None = one a core.
        memory: The shapes to draw from.

    Raises:
        CheckpointError: If weights are missing, damaged, of another version or hold unknown settings.
    """
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    recall = load_recall(memory, encoder, codec)
    generator = ShapeGenerator(path, codec.digest, threads or os.cpu_count() or 1)
    judge = load_outline_judge(WEIGHTS / "outlines.npz", codec.digest)
    drawer = ShapeDrawing(
        RememberedDrawing(recall, load_chooser(WEIGHTS / "chooser.npz"), judge),
        FreeDrawing(generator, judge, codec, encoder, recall),
        load_placer(encoder),
    )
    return SuggestPipeline(drawer, ranker, threads), generator.card


def load_placer(encoder: TextEncoder) -> EmbeddedPlacer:
    """The shipped placer.

    Args:
        encoder: The shipped text encoder.

    Raises:
        CheckpointError: If a file is missing or damaged.
    """
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    return EmbeddedPlacer.load(planner, WEIGHTS / "places.npz", WEIGHTS / "place_scorer.npz")


def load_recall(memory: Memory, encoder: WordEncoder, codec: SilhouetteCodec) -> ShapeRecall:
    """What asks the memory.

    Args:
        memory: The shapes to draw from.
        encoder: The shipped text encoder.
        codec: The shipped codec.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another codec.
    """
    if isinstance(memory, ShapeMemory):
        return ShapeRecall(memory, codec, encoder)
    shipped = ShapeMemory.load(WEIGHTS / "memory.npz", codec.digest)
    if memory is not None:
        shipped = ShapeMemory.joined(shipped, ShapeMemory.load(Path(memory), codec.digest))
    return ShapeRecall(shipped, codec, encoder)


def from_root(path: Path | str | None) -> Path | None:
    """A path that also holds in another folder."""
    return None if path is None else path_of("a file of weights or shapes", path).absolute()
