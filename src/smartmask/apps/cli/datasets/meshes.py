"""`smartmask data meshes`: a new library of meshes for synthesized scenes."""

import sys
from pathlib import Path

import click

from smartmask.apps.cli.lines import print_line


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the files.")
@click.option("--kinds", default="all", show_default=True, help="Kinds, with commas: chair,bar stool")
@click.option("--count", type=click.IntRange(min=1), default=16, show_default=True, help="Meshes of a kind.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The first seed.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=180.0,
    show_default=True,
    help="Seconds that one mesh may take.",
)
@click.option(
    "--python",
    type=click.Path(path_type=Path),
    default=None,
    help="Interpreter of the environment in which infinigen is installed; by default this one.",
)
@click.option(
    "--worker",
    type=click.Path(path_type=Path),
    default=None,
    help="Another generator, run as PYTHON WORKER KIND SEED FILE; then --kinds names its kinds.",
)
def meshes(
    out: Path, kinds: str, count: int, seed: int, timeout: float, python: Path | None, worker: Path | None
) -> None:
    """Make a library of meshes with infinigen, one process for each object.

    A mesh that is there is kept, so a run that was stopped goes on where it was; what failed or took too
    long is counted, and tried again by the next run. infinigen needs an environment of its own:
    python3.11 -m venv meshes-env && meshes-env/bin/pip install infinigen

    \b
    Examples:
      smartmask data meshes --out meshes --python meshes-env/bin/python
      smartmask data meshes --out meshes --kinds "chair,bar stool" --count 50 --python meshes-env/bin/python
    """
    from smartmask.apps.cli.output import Stopped, check_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.data.synthesis.stage.infinigen_worker import KINDS
    from smartmask.data.synthesis.stage.mesh_making import INFINIGEN_WORKER, make_meshes

    check_folder(out, (), ())
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    if worker is None and wanted == ["all"]:
        wanted = list(KINDS)
    unknown = [kind for kind in wanted if worker is None and kind not in KINDS]
    if unknown or not wanted or any("/" in kind for kind in wanted):
        raise click.UsageError(f"--kinds {kinds}: choose from {', '.join(KINDS)}")
    with progress() as (step, on_progress):
        step("making meshes")
        try:
            report = make_meshes(
                out,
                wanted,
                count,
                seed,
                python=python or Path(sys.executable),
                timeout_s=timeout,
                worker=worker or INFINIGEN_WORKER,
                on_progress=on_progress,
            )
        except OSError as error:
            raise click.ClickException(
                f"--out {out}: cannot be written ({error.strerror or error})"
            ) from error
        except KeyboardInterrupt as error:
            raise Stopped(f"stopped; {out} keeps its meshes, the same command goes on") from error
    failed = report.failures.total()
    print_line(f"{report.made} meshes made, {report.kept} kept, {failed} failed, in {out}")
    for reason, number in report.failures.most_common():
        print_line(f"  {number} x {reason}")
    if failed and not report.made and not report.kept:
        raise click.ClickException("no mesh could be made; see the reasons above")
