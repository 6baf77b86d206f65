"""Which mask model draws, and from which shapes: the same options for every command that draws masks."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.options import device_option, file_option, gathered

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.apps.load import SmartMask


@dataclass(frozen=True, slots=True)
class MaskModel:
    """What the options ask for.

    Attributes:
        weights: A generator's file or a base model's folder; None = the shipped generator.
        device: Where a base model works.
        memory: A file of shapes beside the shipped ones.
    """

    weights: Path | None
    device: str
    memory: Path | None

    @property
    def files(self) -> list[Path | None]:
        """What is read."""
        return [self.weights, self.memory]

    def load(self) -> "SmartMask":
        """Load it.

        Raises:
            SmartMaskError: If the weights cannot be used.
            click.UsageError: If the device is not to be had.
        """
        from smartmask.apps.load import SmartMask

        try:
            return SmartMask.load(self.weights, self.device, self.memory)
        except ValueError as error:
            is_memory = self.memory is not None and self.weights is not None and self.weights.is_dir()
            raise click.UsageError(f"{'--memory' if is_memory else '--device'}: {error}") from error


mask_model_options = gathered(
    "mask_model",
    MaskModel,
    file_option(
        "--weights",
        "PATH",
        "A mask model of your own: a shape generator's ONNX file, or a base mask model's folder.",
    ),
    device_option("Where a base mask model works: cpu, cuda, ..."),
    file_option(
        "--memory", "FILE", "Shapes of your own beside the shipped ones: a file of `smartmask memory add`."
    ),
)
"""A command with `--weights`, `--device` and `--memory`, which it takes as `mask_model`."""


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
