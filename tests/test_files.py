"""One door to files that others named: regular files inside their folder alone, of a bounded size."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from smartmask.data.annotations.base import Problems
from smartmask.data.inpaint_folder import METADATA_FILE, read_metadata
from smartmask.data.layout_formats import read_any_layout
from smartmask.data.photos import read_photo
from smartmask.data.shards import read_shard, read_spec
from smartmask.data.sources import READERS
from smartmask.errors import SmartMaskError
from smartmask.files import check_regular, inside, read_arrays, read_regular


def test_a_file_is_read_whole_up_to_the_limit(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(OSError, match="has 5 bytes; files of up to 4 are read"):
        read_regular(path, 4)


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, message in (
        (tmp_path / "pipe", "is a device or a pipe"),
        (Path("/dev/zero"), "is a device or a pipe"),
        (tmp_path, "is a folder"),
        (tmp_path / "a\0b", "no file can have this name"),
        (tmp_path / "gone", "No such file"),
    ):
        for door in (read_regular, check_regular):
            with pytest.raises(OSError, match=message):
                door(path)


def test_a_name_leads_nowhere_else(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"")
    (folder / "out").symlink_to("../secret")
    (folder / "loop").symlink_to("loop")
    (folder / "real").write_bytes(b"")
    (folder / "same").symlink_to("real")
    (tmp_path / "link").symlink_to("set")
    for base in (folder, tmp_path / "link"):
        assert inside(base, "real") == base / "real"
        assert inside(base, "same").exists()
        for name in ("../secret", str(tmp_path / "secret"), "out", "loop", "a\0b"):
            with pytest.raises(OSError, match="leads out of its folder"):
                inside(base, name)


READ = {
    "layout": read_any_layout,
    "photo": read_photo,
    "shard": read_shard,
    "spec": lambda path: read_spec(path.parent),
    **{
        f"dataset {name}": lambda path, name=name: list(READERS[name].read(path, Problems()))
        for name, reader in READERS.items()
        if "folder" not in reader.path.split(",")[0] or name == "cocoa"
    },
}
NAMES = {"spec": "dataset.json"}


@pytest.mark.parametrize("reader", READ)
def test_no_reader_waits_for_a_pipe(reader, tmp_path):
    path = tmp_path / NAMES.get(reader, "scenes.json")
    os.mkfifo(path)
    (tmp_path / "scenes").mkdir()
    (tmp_path / "Pngs").mkdir()
    (tmp_path / "classes.json").write_text('["wall"]')
    with pytest.raises(SmartMaskError, match=r"pipe|not a file"):
        READ[reader](path)


def test_a_line_that_names_what_lies_elsewhere_is_left_out_and_counted(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    for path in (folder / "a.png", tmp_path / "b.png"):
        path.write_bytes(b"")
    (folder / "link.png").symlink_to("../b.png")
    os.mkfifo(folder / "pipe.png")
    names = ("a.png", "../b.png", "link.png", "pipe.png", "/dev/zero", "a\0.png")
    lines = [json.dumps({"image": name, "mask": "a.png", "text": "a dog"}) for name in names]
    (folder / METADATA_FILE).write_text("\n".join([*lines, "{"]))
    problems = Problems()
    assert [record["image"] for record in read_metadata(folder, (), problems)] == ["a.png"]
    assert problems.counts == {"missing file": 5, "damaged file": 1}


@pytest.mark.parametrize("order", "<>")
def test_texts_beyond_unicode_are_damaged(tmp_path, order):
    path = tmp_path / "a.npz"
    for letter in (sys.maxunicode, sys.maxunicode + 1):
        np.savez(path, labels=np.array([97, letter], f"{order}u4").view(f"{order}U2"))
        if letter == sys.maxunicode:
            assert read_arrays(path)["labels"].tolist() == ["a" + chr(letter)]
    with pytest.raises(ValueError, match=r"labels\.npy: holds texts that are not Unicode"):
        read_arrays(path)


def test_an_error_that_quotes_half_a_letter_can_be_printed():
    assert str(SmartMaskError("category \ud800 is unknown")).encode() == b"category \\ud800 is unknown"
