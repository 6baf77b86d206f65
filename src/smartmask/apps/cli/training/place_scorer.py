"""`smartmask train place-scorer`: which of many boxes a thing is likely to be in."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.training.options import (
    PATH,
    data_option,
    need_training,
    out_option,
    run_option,
    tell,
    usage_errors,
    written,
)
from smartmask.weights import WEIGHTS

if TYPE_CHECKING:
    from smartmask.data.layered_scene import Split
    from smartmask.training.planner.scorer_examples import Missing, ScorerExamples

EVERY = 500
MOST_SCENES = 4000
"""Scenes of a data set that are looked at."""


@click.command("place-scorer")
@data_option
@click.option("--photos", type=PATH, required=True, help="Folder of COCO's scenes.parquet and its photos.")
@run_option("place_scorer")
@click.option("--steps", type=click.IntRange(1), default=4000, show_default=True)
@out_option("place_scorer.npz")
def place_scorer(data: Path, photos: Path, run: Path, steps: int, out: Path) -> None:
    """Train what tells places of single things apart, on one core, and write it.

    Boxes are found in the layouts of nyu40, coco, voc and made, and of COCO's photos as the shipped segmenter
    sees them; once, in half an hour, kept in RUN/examples_SPLIT.npz.
    """
    need_training("train place-scorer")
    import numpy as np
    import torch

    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.training.planner.scorer_examples import read_examples
    from smartmask.training.planner.scorer_loop import (
        MIXTURE,
        ScorerTrainConfig,
        export_scorer,
        train_scorer,
    )

    torch.set_num_threads(1)

    def examples(split: "Split") -> "ScorerExamples":
        path = run / f"examples_{split}.npz"
        if not path.exists():
            run.mkdir(parents=True, exist_ok=True)
            _make(data, photos, split, path)
        return read_examples(path)

    learnt, held_out = examples("train"), examples("validation")
    counts = dict(zip(MIXTURE, np.bincount(learnt.kinds, minlength=len(MIXTURE)).tolist(), strict=True))
    print_line(f"{len(learnt)} things: " + ", ".join(f"{count} of {name}" for name, count in counts.items()))
    config = ScorerTrainConfig(steps=steps)
    with usage_errors():
        network = train_scorer(config, learnt, StaticTextEncoder(WEIGHTS / "text.npz"), run, held_out, tell)
    samples = config.steps * config.batch_size
    export_scorer(network, samples, counts, out)
    written(out, f"{samples:,} things")


def _make(data: Path, photos: Path, split: "Split", path: Path) -> None:
    """Make the examples of a split, and keep them."""
    import numpy as np

    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.annotations.base import Problems
    from smartmask.data.labelled_photos import read_labelled_photos
    from smartmask.data.shards import SceneDataset
    from smartmask.model.planner.embedded import EmbeddedPlanner
    from smartmask.model.planner.places import load_places_network
    from smartmask.model.segmenter.embedded import EmbeddedSegmenter
    from smartmask.training.planner.scorer_examples import (
        make_examples,
        missing_segments,
        missing_things,
        write_examples,
    )
    from smartmask.training.planner.scorer_loop import MIXTURE

    rng = np.random.default_rng([1, split == "train"])

    def of_annotations(name: str) -> "Iterator[Missing]":
        for scene in islice(SceneDataset.open(data / name).of_split(split), MOST_SCENES):
            yield from missing_things(name, scene, rng)

    def of_photos() -> "Iterator[Missing]":
        segmenter = EmbeddedSegmenter(WEIGHTS / "segmenter.onnx")
        images = {photo.key: photo.image for photo in read_labelled_photos(photos, [split], Problems())}
        for scene in SceneDataset.open(data / "coco").of_split(split):
            if scene.group in images:
                yield from missing_segments(scene, segmenter.segment(images[scene.group]), rng)

    def say(name: str, count: int) -> None:
        if count % EVERY == 0:
            print_line(f"{split}, {name}: {count} things", err=True)

    missing: dict[str, Callable[[], Iterator[Missing]]] = {
        name: of_photos if name == "segmented" else partial(of_annotations, name) for name in MIXTURE
    }
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    planner = EmbeddedPlanner.load(WEIGHTS / "planner.npz", encoder)
    places = load_places_network(WEIGHTS / "places.npz")
    write_examples(make_examples(missing, planner, places, rng, say), path)
