"""Files appear whole or not at all."""

import os
from pathlib import Path

import pytest

from smartmask.data.atomic import write_files


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_writes_and_replaces(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    write_files({tmp_path / "a": b"new", tmp_path / "b": b""})
    assert files_in(tmp_path) == {"a": b"new", "b": b""}


def test_a_failure_changes_nothing_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_files({tmp_path / "a": b"new", tmp_path / "folder": b"x"})
    with pytest.raises(FileNotFoundError):
        write_files({tmp_path / "a": b"new", tmp_path / "gone" / "b": b"x"})
    assert files_in(tmp_path) == {"a": b"old"}


def test_new_files_get_the_usual_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_files({tmp_path / "ours": b""})
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_files({tmp_path / "link": b"new"})
    assert (tmp_path / "link").is_symlink()
    assert files_in(tmp_path) == {"real": b"new", "link": b"new"}


def test_a_pipe_or_a_device_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is a device or a pipe, which a result would replace"):
        write_files({tmp_path / "a": b"new", tmp_path / "pipe": b"new"})
    assert (tmp_path / "pipe").is_fifo()
    assert files_in(tmp_path) == {}


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone.a\.txt: there is no folder .*gone; make it first"):
        write_files({tmp_path / "gone" / "a.txt": b""})
