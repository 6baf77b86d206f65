"""Options that several commands take, each declared once: so they read alike, mean the same, fail alike."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from smartmask.apps.cli.lines import print_line
from smartmask.arguments import MAX_SEED

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.scene.layout import Layout

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

MAX_MEGAPIXELS = 100.0
"""That of `data/photos.py`, at hand without importing the library."""
FILE = click.Path(path_type=Path, readable=False)


def file_option(name: str, kind: str, text: str, variable: str = "") -> Decorator:
    """The path of a file that the command reads."""
    return click.option(name, *([variable] if variable else []), metavar=kind, type=FILE, help=text)


layout_argument = click.argument("layout_path", metavar="LAYOUT", type=FILE)
scene_option = click.option("--scene", metavar="TEXT", help="What the finished scene shows, in a sentence.")
image_option = click.option(
    "--image", metavar="NAME", help="Which image of a COCO file: its file name or id."
)
names_option = file_option("--names", "FILE", "Names of a label map, if they are not beside its PNG.")
layout_option = file_option(
    "--layout", "FILE", "Layout of the photo, in any format; it is not segmented.", "layout_path"
)
out_option = click.option(
    "--out", type=FILE, default=Path("out"), show_default=True, help="Folder for the results."
)
dtype_option = click.option(
    "--dtype",
    type=click.Choice(["float32", "bfloat16", "float16"]),
    default="float32",
    show_default=True,
    help="Number format of the networks.",
)


def count_option(what: str, default: int) -> Decorator:
    """`-n`."""
    return click.option(
        "-n", "n", type=click.IntRange(1, 64), default=default, show_default=True, help=f"{what} wanted."
    )


def seed_option(what: str) -> Decorator:
    """`--seed`."""
    return click.option(
        "--seed",
        type=click.IntRange(0, MAX_SEED),
        default=0,
        show_default=True,
        help=f"Same seed, same {what}.",
    )


def device_option(text: str) -> Decorator:
    """`--device`."""
    return click.option("--device", default="cpu", show_default=True, help=text)


def max_megapixels_option(what: str = "photos", most: float = MAX_MEGAPIXELS) -> Decorator:
    """`--max-megapixels`."""
    return click.option(
        "--max-megapixels",
        type=click.FloatRange(min=0, min_open=True),
        default=most,
        show_default=True,
        help=f"Refuse larger {what}.",
    )


def gathered(name: str, kind: type[Any], *options: Decorator) -> Decorator:
    """Options that the command takes as one value: a dataclass with a field for each, and maybe others."""
    names = [field.name for field in fields(kind)]

    def decorate(command: Command) -> Command:
        def call(*arguments: Any, **values: Any) -> Any:
            given = {field: values.pop(field) for field in names if field in values}
            return command(*arguments, **values, **{name: kind(**given)})

        outer: Command = functools.update_wrapper(call, command)
        for option in reversed(options):
            outer = option(outer)
        return outer

    return decorate


@contextmanager
def usage_errors() -> Iterator[None]:
    """Has a wrong value end the command as a wrong option does: in one line, with exit code 2."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def check_unicode(*texts: str | None) -> None:
    """Refuse bytes of the command line that are no text: the tokenizer cannot read them.

    Raises:
        ValueError: If a text holds such bytes.
    """
    for text in texts:
        try:
            (text or "").encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                "the prompt and the scene must be valid Unicode; check the terminal's encoding"
            ) from error


def given_options(context: click.Context) -> dict[str, str]:
    """The parameters that a command line sets, by name, each with its option as it is written."""
    return {
        parameter.name: parameter.opts[0]
        for parameter in context.command.params
        if parameter.name is not None
        and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
        and context.params[parameter.name] is not None
    }


def read_layout_file(
    path: Path,
    image: str | None = None,
    names: Path | None = None,
    max_megapixels: float = MAX_MEGAPIXELS,
    photo_name: str | None = None,
) -> "Layout":
    """The layout of a file in any format; what is left out of it is told on standard error.

    Args:
        path: The file.
        image: Which image of a COCO file.
        names: The names of a label map.
        max_megapixels: The largest canvas accepted, in millions of pixels.
        photo_name: File name of its photo, which tells the image of a COCO file where `image` does not.

    Raises:
        LayoutFileError: If it cannot be read.
        ValueError: If names are given for a file that is no label map, or an image of one that is not COCO's.
    """
    from smartmask.data.annotations.base import Problems
    from smartmask.data.layout_formats import read_any_layout

    problems = Problems()
    layout = read_any_layout(
        path,
        image=image,
        photo_name=photo_name,
        names=names,
        max_megapixels=max_megapixels,
        problems=problems,
    )
    for line in [*problems.report(), *problems.notes()]:
        print_line(f"Note: {line}", err=True)
    return layout


def read_layout_of(
    photo: Path, path: Path | None, size_hw: tuple[int, int], max_megapixels: float
) -> "Layout | None":
    """The layout that `--layout` gives.

    Raises:
        LayoutFileError: If it cannot be read.
        ValueError: If it is of another size than the photo.
    """
    if path is None:
        return None
    layout = read_layout_file(path, photo_name=photo.name, max_megapixels=max_megapixels)
    if tuple(layout.size_hw) != size_hw:
        found, expected = f"{layout.size_hw[1]}x{layout.size_hw[0]}", f"{size_hw[1]}x{size_hw[0]}"
        raise ValueError(
            f"--layout {path}: is {found} but the photo is {expected}; give the layout of this photo"
        )
    return layout
