"""A memory of shapes: what can be looked up, what is kept in a file, what is refused."""

import gc
import json
import pickle
import time
from pathlib import Path

import numpy as np
import pytest

from smartmask.errors import CheckpointError
from smartmask.memory import memory_file
from smartmask.memory.remembered import RememberedShape
from smartmask.memory.shape_memory import ShapeMemory


def shape(label: str, **known: object) -> RememberedShape:
    facts = {"style": "photo", "aspect": 1.5, "may_mirror": True, "source": "mine", "group": "mine:1"}
    return RememberedShape(label=label, licence="CC0", **{**facts, **known})


def memory_of(*shapes: RememberedShape, codec: str = "a", **parents: str) -> ShapeMemory:
    codes = np.arange(len(shapes) * 4, dtype=np.uint8).reshape(-1, 4)
    return ShapeMemory.of(shapes, codes, codec, parents)


BEE = shape(
    "bee", style="drawing", aspect=0.5, may_mirror=False, view="azimuth 30", poses=("flying", "side view")
)


def test_what_is_put_in_comes_out():
    memory = memory_of(BEE, shape("ant"), shape("bee"))
    assert memory.entry(0) == BEE
    assert memory.labels == ("ant", "bee")
    assert memory.of_label("bee").tolist() == [0, 2]
    assert memory.aspects.tolist() == [0.5, 1.5, 1.5]
    assert memory.codes[1].tolist() == [4, 5, 6, 7]


def test_a_wider_word_finds_all_below_it_but_a_label_its_own():
    memory = memory_of(
        shape("bee"), shape("ant"), shape("insect"), shape("cat"),
        bee="insect", ant="insect", insect="animal", cat="animal",
    )  # fmt: skip
    assert memory.of_label("animal").tolist() == [0, 1, 2, 3]
    assert memory.of_label("insect").tolist() == [2]
    assert memory.of_label("plant").tolist() == []
    assert memory.words == ("animal", "ant", "bee", "cat", "insect")


def test_wider_words_in_a_circle_end():
    memory = memory_of(shape("a"), a="b", b="a")
    assert memory.of_label("b").tolist() == [0]


def test_a_file_holds_all_of_it(tmp_path):
    memory = memory_of(BEE, shape("ant"), bee="insect")
    memory.save(tmp_path / "m.npz")
    back = ShapeMemory.load(tmp_path / "m.npz", "a")
    assert [back.entry(n) for n in range(2)] == [BEE, shape("ant")]
    assert dict(back.parents) == {"bee": "insect"}
    assert np.array_equal(back.codes, memory.codes)
    assert [path.name for path in tmp_path.iterdir()] == ["m.npz"]


def test_the_same_memory_is_the_same_file(tmp_path):
    for name in ("a.npz", "b.npz"):
        memory_of(BEE, shape("ant")).save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_nothing_can_be_kept_and_joined(tmp_path):
    ShapeMemory.empty().save(tmp_path / "m.npz")
    back = ShapeMemory.load(tmp_path / "m.npz", "any")
    assert (len(back), back.labels) == (0, ())
    joined = ShapeMemory.joined(back, memory_of(BEE), ShapeMemory.empty())
    assert joined.entry(0) == BEE
    assert len(ShapeMemory.joined()) == 0


def test_joined_memories_keep_their_order_and_the_later_wider_word():
    first, second = memory_of(shape("ant"), ant="bug"), memory_of(BEE, shape("ant"), ant="insect")
    joined = ShapeMemory.joined(first, second)
    assert [joined.entry(n).label for n in range(3)] == ["ant", "bee", "ant"]
    assert joined.of_label("insect").tolist() == [0, 2]
    assert np.array_equal(joined.codes, np.concatenate([first.codes, second.codes]))


def test_what_is_left_out_is_gone_from_file_and_words(tmp_path):
    memory = memory_of(BEE, shape("ant", source="theirs"), shape("ant"))
    left = memory.without(label="ant", source="mine")
    assert [left.entry(n).source for n in range(2)] == ["mine", "theirs"]
    assert left.codes[1].tolist() == [4, 5, 6, 7]
    memory.without(label="bee").save(tmp_path / "m.npz")
    assert "azimuth" not in str(np.load(tmp_path / "m.npz")["card"].tobytes())
    assert len(memory.without(source="mine").without(label="ant")) == 0
    with pytest.raises(ValueError, match="a label, a source, or both"):
        memory.without()


def test_codes_are_read_late_and_from_the_file_that_was_opened(tmp_path):
    path = tmp_path / "m.npz"
    memory_of(BEE).save(path)
    opened = ShapeMemory.load(path)
    memory_of(shape("ant"), shape("cat")).save(path)
    assert opened.codes.shape == (1, 4)
    assert opened.codes is opened.codes


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists the files of a process")
def test_a_file_whose_codes_nobody_wants_is_closed_with_its_memory_even_in_a_cycle(tmp_path):
    path = tmp_path / "m.npz"
    memory_of(BEE).save(path)
    memory = ShapeMemory.load(path)
    memory.itself = memory
    assert is_open(path)
    del memory
    gc.collect()
    assert not is_open(path)


def is_open(path: Path) -> bool:
    """Whether this process holds a file."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return any(link.resolve() == path.resolve() for link in links)


def test_twenty_thousand_shapes_are_small_and_open_quickly(tmp_path):
    rng = np.random.default_rng(0)
    shapes = [
        shape(f"label {n % 1500}", aspect=float(a), source=f"source {n % 28}", group=f"source:{n:06d}")
        for n, a in enumerate(rng.uniform(0.2, 5, 20_000))
    ]
    codes = rng.integers(0, 256, (20_000, 256), np.uint8)
    ShapeMemory.of(shapes, codes, "a").save(tmp_path / "m.npz")
    assert (tmp_path / "m.npz").stat().st_size < 6.5e6
    started = time.perf_counter()
    memory = ShapeMemory.load(tmp_path / "m.npz")
    assert len(memory.of_label("label 7")) == 14
    assert time.perf_counter() - started < 1.0  # 0.05 s on a quiet machine


def test_another_codec_is_refused(tmp_path):
    memory_of(BEE, codec="old").save(tmp_path / "m.npz")
    with pytest.raises(CheckpointError, match=r"codec old, this release has new; .*smartmask memory add"):
        ShapeMemory.load(tmp_path / "m.npz", "new")
    with pytest.raises(ValueError, match=r"different codecs \(old, new\)"):
        ShapeMemory.joined(memory_of(BEE, codec="old"), memory_of(BEE, codec="new"))


def _changed(path: Path, **members: np.ndarray) -> None:
    with np.load(path) as file:
        content = {name: file[name] for name in file.files} | members
    np.savez(path, **content)


def _card(path: Path, **values: object) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        card = json.loads(file["card"].tobytes()) | values
    return {"card": np.frombuffer(json.dumps(card).encode(), np.uint8)}


@pytest.mark.parametrize(
    ("card", "members", "message"),
    [
        ({"version": 9}, {}, "is not a smartmask-shape-memory file of version 1"),
        ({"extra": 1}, {}, "unknown or missing settings: extra"),
        ({"words": {}}, {}, "damaged shape memory"),
        ({}, {"label": np.array([7, 0], np.uint32)}, "column label names a word that is not there"),
        ({}, {"label": np.array([0], np.uint32)}, "column label has 1 rows, not 2"),
        ({}, {"aspects": np.array([0, 1], np.float32)}, "an aspect is not above 0"),
        ({}, {"may_mirror": np.array([True])}, "damaged shape memory"),
    ],
    ids=["version", "setting", "no words", "word number", "rows", "aspect", "mirror"],
)
def test_damage_is_told_apart(tmp_path, card, members, message):
    path = tmp_path / "m.npz"
    memory_of(BEE, shape("ant")).save(path)
    _changed(path, **_card(path, **card), **members)
    with pytest.raises(CheckpointError, match=message):
        ShapeMemory.load(path)


def test_damaged_codes_show_when_they_are_read(tmp_path):
    path = tmp_path / "m.npz"
    memory_of(BEE, shape("ant")).save(path)
    _changed(path, codes=np.zeros((1, 4), np.uint8))
    memory = ShapeMemory.load(path)
    with pytest.raises(CheckpointError, match=r"damaged codes: uint8 of \(1, 4\), not uint8 of \(2, 4\)"):
        _ = memory.codes


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"text"])
def test_a_file_that_is_none_is_named(tmp_path, content):
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"m\.npz: missing or damaged shape memory"):
        ShapeMemory.load(tmp_path / "m.npz")


def test_a_failure_to_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.npz"
    memory_of(BEE).save(path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        memory_of(shape("ant")).save(path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"aspect": 0.0}, "aspect 0.0 must be width over height"),
        ({"aspect": float("nan")}, "aspect nan must be"),
        ({"poses": ("a; b",)}, "without a semicolon"),
    ],
)
def test_a_shape_is_checked_at_birth(known, message):
    with pytest.raises(ValueError, match=message):
        shape("ant", **known)


def test_a_shape_needs_label_style_and_code(no_type_check):
    with pytest.raises(ValueError, match="needs a label"):
        shape(" ")
    with pytest.raises(ValueError, match="style 'oil' must be one of"):
        shape("ant", style="oil")
    with pytest.raises(ValueError, match="2 shapes but 1 codes"):
        ShapeMemory.of([BEE, BEE], np.zeros((1, 4), np.uint8), "a")
    with pytest.raises(ValueError, match="digest of the codec"):
        memory_of(BEE, codec="")


def test_a_pickled_memory_is_the_same_and_needs_no_file(tmp_path):
    memory_of(BEE, shape("ant"), bee="insect").save(tmp_path / "m.npz")
    content = pickle.dumps(ShapeMemory.load(tmp_path / "m.npz"))
    (tmp_path / "m.npz").unlink()
    back = pickle.loads(content)
    assert [back.entry(number) for number in range(2)] == [BEE, shape("ant")]
    assert back.codes.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert (back.codec, dict(back.parents)) == ("a", {"bee": "insect"})


def test_arrays_that_are_compressed_a_thousandfold_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(memory_file, "MAX_ARRAYS_BYTES", 10**6)
    np.savez_compressed(tmp_path / "m.npz", card=np.zeros(2 * 10**6, np.uint8))
    with pytest.raises(CheckpointError, match=r"m\.npz: missing or damaged .* more than 1000000 bytes"):
        ShapeMemory.load(tmp_path / "m.npz")
