"""The output folder: checked before any work is done, written once all of it is."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from smartmask.data.atomic import write_files
from smartmask.passing import made_folders

MOST_FOLDERS = 256
"""Folders within one another that a result may lie in."""


class Stopped(click.ClickException):
    """The user ended the command; what it has made so far is kept."""

    exit_code = 130


def check_folder(
    folder: Path, names: Iterable[str], inputs: Iterable[Path | None], option: str | None = None
) -> None:
    """Make sure that results can be written to a folder, without creating it.

    Args:
        folder: Where results shall go; it and its parents may not exist yet.
        names: The files to be written there.
        inputs: Files that are read; none of them may be replaced by a result.
        option: What names the one file, for messages, if it is not the folder that was given.

    Raises:
        click.UsageError: If it is a file or a broken link, cannot be written to, or a result would replace
            an input.
    """
    where, other = (f"--out {folder}", "folder") if option is None else (option, "name")
    if len(folder.parts) > MOST_FOLDERS:
        raise click.UsageError(
            f"{where.split()[0]}: lies {len(folder.parts)} folders deep; at most {MOST_FOLDERS} are made; "
            "shorten it"
        )
    existing = folder  # os.path: pathlib raises where a folder above may not be read
    while not os.path.exists(existing) and existing != existing.parent:
        if os.path.islink(existing):
            raise click.UsageError(f"{where}: {existing} is a link that leads nowhere; give another {other}")
        existing = existing.parent
    if not existing.is_dir():
        instead = "a folder" if option is None else "another name"
        raise click.UsageError(f"{where}: {existing} is a file; give {instead}")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise click.UsageError(f"{where}: no permission to write in {existing}; choose another {other}")
    results = {os.path.realpath(folder / name) for name in names}
    for path in inputs:
        if path is not None and os.path.realpath(path) in results:
            raise click.UsageError(f"{where}: would replace the input {path}; choose another {other}")


def write_folder(
    folder: Path, contents: Mapping[str, bytes], option: str | None = None, *, is_first: bool = True
) -> None:
    """Write all results, or none.

    Args:
        folder: Where they go.
        contents: What each file shall hold, by its name, which may have a folder.
        option: What names the one file, for messages, if it is not the folder that was given.
        is_first: Whether the command has written nothing before.

    Raises:
        click.ClickException: If they cannot be written.
    """
    try:
        with made_folders(folder, *sorted({(folder / name).parent for name in contents})):
            write_files({folder / name: content for name, content in contents.items()})
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileExistsError):
            reason = f"{error.filename} is a file where a folder must go; move it"
        where = f"--out {folder}" if option is None else option
        saved = "; nothing was saved" if is_first else ""
        raise click.ClickException(f"{where}: cannot be written ({reason}){saved}") from error
