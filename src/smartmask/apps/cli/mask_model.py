"""Which mask model draws, and from which shapes: the same options for every command that draws masks."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.apps.load import SmartMask


def mask_model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command with `--weights`, `--device` and `--memory`."""
    weights = click.option(
        "--weights",
        metavar="PATH",
        type=click.Path(path_type=Path, readable=False),
        help="A mask model of your own: a shape generator's ONNX file, or a base mask model's folder.",
    )
    device = click.option(
        "--device", default="cpu", show_default=True, help="Where a base mask model works: cpu, cuda, ..."
    )
    memory = click.option(
        "--memory",
        metavar="FILE",
        type=click.Path(path_type=Path, readable=False),
        help="Shapes of your own beside the shipped ones: a file of `smartmask memory add`.",
    )
    return weights(device(memory(command)))


def load_mask_model(weights: Path | None, device: str, memory: Path | None = None) -> "SmartMask":
    """What the options ask for.

    Raises:
        SmartMaskError: If the weights cannot be used.
        click.UsageError: If the device is not to be had.
    """
    from smartmask.apps.load import SmartMask

    try:
        return SmartMask.load(weights, device, memory)
    except ValueError as error:
        is_memory = memory is not None and weights is not None and weights.is_dir()
        raise click.UsageError(f"{'--memory' if is_memory else '--device'}: {error}") from error


def mask_model_record(weights: Path | None) -> dict[str, str]:
    """The name and the SHA-256 of the mask model's file, or of a base model's files and their paths."""
    from smartmask.weights import WEIGHTS

    path = weights or WEIGHTS / "generator.onnx"
    if path.is_file():
        return {"file": path.name, "sha256": _sha256(path)}
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = [f"{_sha256(file)}  {file.relative_to(path).as_posix()}\n" for file in files]
    return {"file": path.resolve().name, "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
