"""Which mask model draws: the same options, and the same way in, for every command that draws masks."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.apps.load import SmartMask


def mask_model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command with `--weights` and `--device`."""
    weights = click.option(
        "--weights",
        metavar="PATH",
        type=click.Path(path_type=Path, readable=False),
        help="A mask model of your own: an ONNX file, or the folder of a base mask model.",
    )
    device = click.option(
        "--device", default="cpu", show_default=True, help="Where a base mask model works: cpu, cuda, ..."
    )
    return weights(device(command))


def load_mask_model(weights: Path | None, device: str) -> "SmartMask":
    """What the two options ask for.

    Raises:
        SmartMaskError: If the weights cannot be used.
        click.UsageError: If the device is not to be had.
    """
    from smartmask.apps.load import SmartMask

    try:
        return SmartMask.load(weights, device)
    except ValueError as error:
        raise click.UsageError(f"--device: {error}") from error


def mask_model_record(weights: Path | None) -> dict[str, str]:
    """The name and the SHA-256 of the mask model's file, or of a base model's files and their paths."""
    from smartmask.apps.load import WEIGHTS

    path = weights or WEIGHTS / "mask.onnx"
    if path.is_file():
        return {"file": path.name, "sha256": _sha256(path)}
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = [f"{_sha256(file)}  {file.relative_to(path).as_posix()}\n" for file in files]
    return {"file": path.resolve().name, "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
