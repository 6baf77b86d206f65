"""Names of results: one a photo, whatever the photos are called."""

import unicodedata
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.apps.cli.segmenting.photo_paths import find_photos, result_names
from smartmask.data.layouts.checks import checked_member

PARTS = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=6
).filter(lambda text: text not in (".", ".."))
FEW = st.sampled_from(["a", "b", "A", "a__a", "room.jpg", "a.jpg", "a-2"])
PHOTOS = st.lists(
    st.lists(FEW | PARTS, min_size=1, max_size=3).map(lambda parts: Path(*parts)), min_size=1, unique=True
)


@given(PHOTOS)
def test_names_differ_even_where_case_and_accents_do_not_count(photos):
    names = result_names(photos, ["panoptic", "A"])
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(folded) == len(photos)
    assert not folded & {"panoptic", "a"}
    for name in names:
        assert "/" not in checked_member(name, "a name")
        assert len(name.encode()) < 200


def test_names_are_short_where_they_can_be():
    photos = [Path("p/a/x.jpg"), Path("p/b/X.png"), Path("p/b/y.v2.jpg"), Path("p/a/x.png")]
    assert result_names(photos, []) == ["a__x.jpg", "b__X.png", "y.v2", "a__x.png"]
    assert result_names([Path("panoptic.jpg")], ["panoptic"]) == ["panoptic.jpg"]
    assert result_names([Path("a/x.jpg"), Path("b/x.jpg"), Path("a__x.jpg.png")], []) == [
        "a__x.jpg-2",
        "b__x.jpg",
        "a__x.jpg",
    ]


def test_long_names_are_cut_and_still_differ():
    photos = [Path("d" * 200) / ("\u00e9" * 120 + end) for end in ("1.jpg", "2.jpg")]
    names = result_names(photos, [])
    assert len(set(names)) == 2
    assert all(len(name.encode()) < 140 for name in names)


def test_folders_are_looked_through(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("p/b.jpg", "p/a/z.PNG", "p/a/y.txt", "p/.h/x.png", "p/.w.png", "p/out/v.png", "u.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_photos([Path("u.jpg"), Path("p"), Path("p/b.jpg"), Path("gone.jpg")], Path("p/out"))
    assert found == [Path("u.jpg"), Path("p/a/z.PNG"), Path("p/b.jpg"), Path("gone.jpg")]
    (tmp_path / "p" / "empty").mkdir()
    with pytest.raises(click.UsageError, match=r"p/empty: holds no photo .looked for \.apng"):
        find_photos([Path("p/empty")], Path("p/out"))
