"""`smartmask serve`: the studio, a page in the browser and an HTTP interface."""

import os
from pathlib import Path

import click

from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.mask_model import MaskModel, mask_model_options


@click.command()
@click.argument("photo", required=False, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7860, show_default=True, help="0 = any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--open/--no-open", "opens", default=True, show_default=True, help="Show it in a browser.")
@click.option("--token", metavar="TEXT", help="What requests must bear; made up where others can reach it.")
@click.option("--workers", type=click.IntRange(1, 64), help="Requests worked on at once.  [default: cores]")
@mask_model_options
def serve(
    photo: Path | None,
    port: int,
    host: str,
    opens: bool,
    token: str | None,
    workers: int | None,
    mask_model: MaskModel,
) -> None:
    """Draw masks in the browser: open PHOTO, draw a hint, pick a suggestion, export it.

    The page and its HTTP interface do what Python and the commands do, with the same bytes. Nothing leaves
    this machine, and nothing is kept but what you save. Ctrl+C stops it. Needs: pip install
    "smartmask-open[web]".

    \b
    Examples:
      smartmask serve
      smartmask serve room.jpg --port 8080
      smartmask serve --no-open --workers 4 --memory mine.npz
      smartmask serve --host 0.0.0.0 --token "$SECRET"
    """
    try:
        from smartmask.apps.serve.running import Address, run
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "pydantic", "starlette", "threadpoolctl", "uvicorn"):
            raise
        raise click.ClickException(
            f'smartmask serve needs {error.name}: pip install "smartmask-open[web]"'
        ) from error
    from smartmask.apps.serve.limits import Limits
    from smartmask.data.photos import read_photo

    content = None
    if photo is not None:
        read_photo(photo, Limits().megapixels)
        content = photo.read_bytes()
    try:
        address = Address.checked(host, port, token)
    except ValueError as error:
        raise click.UsageError(f"--token: {error}") from error
    device = None if mask_model.device == "cpu" else mask_model.device
    given = {"--weights": mask_model.weights, "--device": device, "--memory": mask_model.memory}
    try:
        run(
            mask_model.load(),
            address,
            photo=content,
            opens=opens,
            workers=workers,
            options=tuple((name, str(value)) for name, value in given.items() if value is not None),
            say=print_line,
        )
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise click.ClickException(
            f"--host {host} --port {port}: cannot be listened at ({reason}); choose another --port"
        ) from error
