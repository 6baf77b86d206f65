"""Folders that appear whole or not at all."""

from pathlib import Path

import pytest

from smartmask.data.atomic_folder import check_place, write_folder

MARK = "ours.json"


def fill_with(text: str):
    def fill(folder: Path) -> None:
        (folder / "part").mkdir()
        (folder / "part" / "a.txt").write_text(text)
        (folder / MARK).write_text("{}")

    return fill


def test_a_folder_appears_and_is_replaced_whole(tmp_path):
    place = tmp_path / "some" / "model"
    write_folder(place, fill_with("one"), MARK)
    (place / "left over").touch()
    write_folder(place, fill_with("two"), MARK)
    assert (place / "part" / "a.txt").read_text() == "two"
    assert sorted(path.name for path in place.iterdir()) == [MARK, "part"]
    assert [path.name for path in place.parent.iterdir()] == ["model"]


def test_a_failure_half_way_leaves_the_old_one_and_nothing_else(tmp_path):
    place = tmp_path / "model"
    write_folder(place, fill_with("one"), MARK)

    def disk_full(folder: Path) -> None:
        (folder / "half.bin").write_bytes(b"half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        write_folder(place, disk_full, MARK)
    assert (place / "part" / "a.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("kind", ["a folder of something else", "a file"])
def test_what_is_not_ours_is_never_replaced(tmp_path, kind):
    place = tmp_path / "photos"
    if kind == "a file":
        place.write_text("precious")
    else:
        place.mkdir()
        (place / "precious.jpg").touch()
    for attempt in (lambda: check_place(place, MARK), lambda: write_folder(place, fill_with("one"), MARK)):
        with pytest.raises(FileExistsError, match="photos: holds something else; give a new folder"):
            attempt()
    assert place.exists()


def test_an_empty_folder_is_free(tmp_path):
    (tmp_path / "model").mkdir()
    write_folder(tmp_path / "model", fill_with("one"), MARK)
    assert (tmp_path / "model" / MARK).exists()
