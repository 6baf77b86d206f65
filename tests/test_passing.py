"""Files and folders under passing names: held while somebody writes, cleared away when nobody does."""

import os
import re
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.apps.cli.main import main
from smartmask.data.atomic import write_files
from smartmask.data.atomic_folder import write_folder
from smartmask.data.layout_files import write_layout
from smartmask.passing import alone_in, made_folders, passing_files
from smartmask.scene.layout import Layer, Layout

MOMENTS = int(os.environ.get("KILL_MOMENTS", "10"))
"""At which each command is killed, half of them where there are older results."""


def age(folder: Path) -> None:
    """Make what lies there old enough to be cleared."""
    for path in folder.rglob(".*"):
        os.utime(path, (0, 0))


def passing_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if re.search(r"\.(tmp|old)$", path.name)]


def test_what_a_killed_writer_left_goes_and_what_another_holds_stays(tmp_path):
    for name in (".0123456789abcdef-0.tmp", ".0123456789abcdef-1.tmp", ".mine.tmp"):
        (tmp_path / name).write_bytes(b"half")
    with passing_files([tmp_path / "a", tmp_path / "b"]) as held:
        age(tmp_path)
        write_files({tmp_path / "c": b"1"})
        assert held[tmp_path / "a"].exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.tmp", "c"]


def test_a_folder_of_a_killed_writer_goes(tmp_path):
    (tmp_path / ".model.0123456789abcdef.tmp").mkdir()
    (tmp_path / ".other.0123456789abcdef.tmp").mkdir()
    age(tmp_path)
    write_folder(tmp_path / "model", lambda folder: (folder / "mark").touch(), "mark")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other.0123456789abcdef.tmp", "model"]


def test_no_empty_folder_is_left_where_nothing_could_be_written(tmp_path):
    (tmp_path / "old").mkdir()
    with pytest.raises(OSError, match="full"), made_folders(tmp_path / "old/a/b", tmp_path / "old/c"):
        raise OSError("full")
    assert list((tmp_path / "old").iterdir()) == []


def layout(folder: Path) -> None:
    wall = np.ones((8, 9), bool)
    write_layout(folder / "layout.json", Layout((8, 9), (Layer("wall", wall), Layer("cat", wall))))
    Image.new("RGB", (9, 8)).save(folder / "photo.png")


def dataset(folder: Path) -> None:
    layout(folder)
    assert main(["convert", "layout.json", "--to", "coco-instances", "--out", "in.json"]) == 0


def shape(folder: Path) -> None:
    (folder / "shapes").mkdir()
    for name in ("dog_1", "dog_2"):
        picture = Image.new("L", (90, 60), 255)
        picture.paste(0, (10, 15, 75, 50))
        picture.save(folder / f"shapes/{name}.png")


COMMANDS = {
    "convert": (layout, "convert layout.json --to label-map --out labels.png"),
    "convert to a zip": (layout, "convert layout.json --to layers-zip --photo photo.png --out a.zip"),
    "edit": (layout, "edit layout.json --rename 1=dog --out edited"),
    "data read": (dataset, "data read coco-instances in.json --out set"),
    "memory add": (shape, "memory add shapes --memory mine.npz"),
    "camera": (layout, "camera layout.json --picture camera.png --depth depth.npy"),
}


def killed_at(arguments: list[str], moment: int) -> bool:
    """Run a command in a child that is killed at its so-manieth change of a file; whether it was."""
    child = os.fork()
    if child == 0:
        left = [moment]

        def watch(event: str, given: tuple) -> None:
            changes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
            if event == "open" and isinstance(given[2], int):
                changes = bool(given[2] & (os.O_WRONLY | os.O_RDWR))
            if changes:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), 9)

        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            sys.addaudithook(watch)
            main(arguments)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path not in passing_in(folder)
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_killed_leaves_the_old_or_the_new_and_nothing_half(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, line = COMMANDS[name]
    arguments = line.split()
    make(tmp_path)
    before = content(tmp_path)
    if main(arguments) != 0:
        pytest.skip("its weights or extras are missing")
    after = content(tmp_path)
    new = {path for path in after if after[path] != before.get(path)}
    for has_old in (False, True):
        for moment in range(MOMENTS // 2):
            for path in new:
                target = tmp_path / path
                target.unlink(missing_ok=True)
                if has_old:
                    target.write_bytes(after[path])
            old = content(tmp_path)
            if not killed_at(arguments, moment):
                break
            for path, found in content(tmp_path).items():
                assert found in (old.get(path), after.get(path)), (path, moment)
    for path in new:
        (tmp_path / path).unlink(missing_ok=True)
    age(tmp_path)
    assert main(arguments) == 0
    assert content(tmp_path) == after
    assert passing_in(tmp_path) == []


def test_who_reads_and_writes_a_file_waits_for_another_who_does(tmp_path):
    order: list[str] = []

    def second() -> None:
        with alone_in(tmp_path):
            order.append("second")

    with alone_in(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    with alone_in(tmp_path / "gone"):
        pass
