"""`smartmask data instructions`: questions and answers to teach a vision-language model to plan."""

import time
from pathlib import Path

import click

from smartmask.apps.cli.lines import print_line


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    required=True,
    help="Folder of the set, new or begun before.",
)
@click.option(
    "--per-scene", type=click.IntRange(1), default=4, show_default=True, help="Questions of a scene, at most."
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Other seeds, other questions."
)
def instructions(dataset: Path, out: Path, per_scene: int, seed: int) -> None:
    """Ask questions about the scenes of DATASET: what comes next, where, and behind what.

    Each has a picture of what is there so far and the right answer; for a scene that is complete, to stop.
    They are the JSON lines that smartmask train planner-lora and other trainers read. Made scenes teach more
    than photos, of whose annotations nobody knows whether they are complete.

    \b
    Examples:
      smartmask data instructions runs/data/made --out runs/instructions
      smartmask data instructions runs/data/made --out runs/instructions --per-scene 8 --seed 1
    """
    from smartmask.apps.cli.output import Stopped
    from smartmask.apps.cli.progress import progress
    from smartmask.data.annotations.base import Problems
    from smartmask.data.instructions import build_instructions, read_instructions
    from smartmask.data.shards import SceneDataset

    found = SceneDataset.open(dataset)
    if not found.scene_count():
        raise click.ClickException(f"{dataset}: holds no scenes yet; continue its build")
    problems = Problems()
    started = time.monotonic()
    with progress() as (step, on_progress):
        step("asking about shards")
        try:
            build_instructions(
                found, out, per_scene=per_scene, seed=seed, problems=problems, on_progress=on_progress
            )
        except OSError as error:
            raise click.ClickException(
                f"--out {out}: cannot be written ({error.strerror or error})"
            ) from error
        except KeyboardInterrupt as error:
            raise Stopped(f"stopped; {out} keeps its whole parts, the same command goes on") from error
    for line in problems.report():
        print_line(f"left out: {line}", err=True)
    counts = {split: sum(1 for _ in read_instructions(out, split)) for split in ("train", "validation")}
    print_line(
        f"{out}: {counts['train']:,} questions to learn from, {counts['validation']:,} to validate with, in "
        f"{time.monotonic() - started:,.0f} s"
    )
