"""Files appear whole or not at all."""

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
