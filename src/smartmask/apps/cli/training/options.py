"""What the commands of `smartmask train` share: options, and how a run is told of."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli.lines import print_line
from smartmask.weights import WEIGHTS

PATH = click.Path(path_type=Path, readable=False)
Options = Callable[[Callable[..., Any]], Callable[..., Any]]


def run_option(name: str) -> Options:
    """`--run`, by default a folder of that name."""
    return click.option(
        "--run",
        type=PATH,
        default=Path("runs") / name,
        show_default=True,
        help="Folder of the run: state and log. A run that was stopped goes on.",
    )


def out_option(name: str) -> Options:
    """`--out`, by default the file that ships."""
    return click.option(
        "--out", type=PATH, default=WEIGHTS / name, help="The file to write.  [default: the shipped one]"
    )


def minutes_option(default: float, of: str = "Length of the whole run.") -> Options:
    """`--minutes`."""
    return click.option(
        "--minutes", type=click.FloatRange(min=0, min_open=True), default=default, show_default=True, help=of
    )


def threads_option() -> Options:
    """`--threads`."""
    return click.option("--threads", type=click.IntRange(1), default=1, show_default=True)


def shape_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--silhouettes` and `--library`: whole shapes."""
    silhouettes = click.option(
        "--silhouettes", type=PATH, required=True, help="Folder of parquet files of whole shapes."
    )
    library = click.option(
        "--library", type=PATH, help="Silhouettes cut from annotated photos: `smartmask data silhouettes`."
    )
    return silhouettes(library(command))


cache_option: Options = click.option(
    "--cache",
    type=PATH,
    default=Path("runs/shapes"),
    show_default=True,
    help="Folder where fields and codes of all shapes are kept.",
)
data_option: Options = click.option(
    "--data",
    type=PATH,
    default=Path("runs/data"),
    show_default=True,
    help="Folder of the datasets that `make data` leaves.",
)
pack_option: Options = click.option(
    "--pack", type=PATH, default=Path("runs/pack"), show_default=True, help="Folder of `smartmask data pack`."
)


def need_training(what: str) -> None:
    """Make sure that training is installed.

    Raises:
        BackendError: If it is not; the message holds the pip line.
    """
    from smartmask.backends.hub import Wanted, need_packages

    need_packages(Wanted(what=what, example=""), "torch", "onnx", "pyarrow", "cv2")


@contextmanager
def usage_errors() -> Iterator[None]:
    """Says in a line what cannot be trained."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def tell(record: Mapping[str, Any]) -> None:
    """A record of a log, on one line."""
    print_line(
        "  ".join(
            f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in record.items()
        )
    )


def written(path: Path, how: str) -> None:
    """Say that a file was written."""
    print_line(f"{path}: {path.stat().st_size:,} bytes, {how}")
