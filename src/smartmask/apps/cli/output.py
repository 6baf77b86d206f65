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
    if len(folder.parts) > MOST_FOLDERS:
        raise click.UsageError(
            f"--out: lies {len(folder.parts)} folders deep; at most {MOST_FOLDERS} are made; shorten it"
        )
    existing = folder  # os.path: pathlib raises where a folder above may not be read
    while not os.path.exists(existing) and existing != existing.parent:
        if os.path.islink(existing):
            raise click.UsageError(f"--out {folder}: {existing} is a link that leads nowhere; give a folder")
        existing = existing.parent
    if not existing.is_dir():
        raise click.UsageError(f"--out {folder}: {existing} is a file; give a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise click.UsageError(f"--out {folder}: no permission to write in {existing}; choose another folder")
    results = {os.path.realpath(folder / name) for name in names}
    for path in inputs:
        if path is not None and os.path.realpath(path) in results:
            where, other = (f"--out {folder}", "folder") if option is None else (option, "name")
            raise click.UsageError(f"{where}: would replace the input {path}; choose another {other}")


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write all results, or none.

    Raises:
        click.ClickException: If they cannot be written.
    """
    try:
        with made_folders(folder, *sorted({(folder / name).parent for name in contents})):
            write_files({folder / name: content for name, content in contents.items()})
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"--out {folder}: cannot be written ({reason}); nothing was saved"
        ) from error
