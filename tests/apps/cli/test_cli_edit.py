"""`smartmask edit`: steps in the order given, numbers that stay, and one line of error."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapes import disc, rectangle

from smartmask.data.layout_files import read_layout, write_layout
from smartmask.data.layout_formats import FILE_NAMES, write_layout_as
from smartmask.scene.editing import delete_and_fill
from smartmask.scene.layout import UNKNOWN, Layer, Layout

GOLDEN = Path(__file__).parents[2] / "golden" / "help_edit.txt"
SIZE = (60, 80)


@pytest.fixture
def room(tmp_path, run) -> Layout:
    """A layout of five layers, as room.json in the folder of the command."""
    floor, cat = rectangle(SIZE, (0, 40, 80, 60)), disc(SIZE, (40, 40), 12)
    sofa = rectangle(SIZE, (10, 25, 60, 50)) & ~cat
    window = rectangle(SIZE, (65, 5, 75, 15))
    wall = ~floor & ~sofa & ~cat & ~window
    masks = {"wall": wall, "floor": floor & ~sofa & ~cat, "couch": sofa, "cat": cat, "window": window}
    layout = Layout(SIZE, tuple(Layer(label, mask) for label, mask in masks.items()))
    write_layout(tmp_path / "room.json", layout)
    return layout


def edited(run, tmp_path, *steps: str) -> Layout:
    code, _, err = run("edit", "room.json", *steps, "--out", "new.json")
    assert (code, err) == (0, "")
    return read_layout(tmp_path / "new.json")


def same(one: Layout, other: Layout) -> bool:
    return one.labels == other.labels and all(
        a.extent == b.extent and np.array_equal(a.mask, b.mask)
        for a, b in zip(one.layers, other.layers, strict=True)
    )


@pytest.mark.parametrize(
    ("steps", "labels"),
    [
        ("--rename 2=sofa", "wall floor sofa cat window"),
        ("--rename couch=sofa --rename sofa=settee", "wall floor settee cat window"),
        ("--merge 4,0", "floor couch cat window"),
        ("--delete cat --delete 1", "wall couch window"),
        ("--front 0", "floor couch cat window wall"),
        ("--back window", "window wall floor couch cat"),
        ("--in-front 4:1", "wall floor window couch cat"),
        ("--behind cat:wall", "cat wall floor couch window"),
        ("--back 4 --delete 0 --rename 4=pane --front 1", "pane couch cat floor"),
        ("--front 0 --back 0 --front 1 --back 2", "couch wall cat window floor"),
    ],
)
def test_steps_are_done_in_order_and_numbers_stay(run, tmp_path, room, steps, labels):
    assert edited(run, tmp_path, *steps.split()).labels == tuple(labels.split())


def test_the_order_of_steps_counts(run, tmp_path, room):
    assert edited(run, tmp_path, "--front", "0", "--merge", "0,4").labels[-1] == "wall"
    assert edited(run, tmp_path, "--merge", "4,0", "--front", "1").labels[-1] == "floor"


def test_a_hole_is_left_or_filled(run, tmp_path, room):
    left = edited(run, tmp_path, "--delete", "cat").visible_index()
    assert np.array_equal(left == UNKNOWN, room.layers[3].mask)
    assert same(edited(run, tmp_path, "--fill", "cat"), delete_and_fill(room, "cat"))


def test_a_polygon_is_added_and_moved_by_its_label(run, tmp_path, room):
    result = edited(run, tmp_path, "--add-polygon", "a lamp:10,10 40,10 25,30", "--behind", "a lamp:couch")
    assert result.labels == ("wall", "floor", "a lamp", "couch", "cat", "window")
    lamp = result.layers[2]
    assert lamp.extent == "amodal"
    assert (lamp.mask[10, 10], lamp.mask[29, 25], lamp.mask[29, 11], lamp.mask[9, 25]) == (
        True,
        True,
        False,
        False,
    )
    assert 250 < np.count_nonzero(lamp.mask) < 350


def test_added_layers_are_numbered_on_whatever_was_deleted(run, tmp_path, room):
    steps = (
        "--delete",
        "4",
        "--add-polygon",
        "cup:1,1 9,1 9,9",
        "--add-polygon",
        "jar:1,1 9,1 9,9",
        "--back",
        "6",
    )
    assert edited(run, tmp_path, *steps).labels == ("jar", "wall", "floor", "couch", "cat", "cup")
    assert edited(run, tmp_path, *steps, "--delete", "5").labels == ("jar", "wall", "floor", "couch", "cat")


def test_a_drawn_mask_is_added(run, tmp_path, room):
    dog = disc(SIZE, (20, 20), 8)
    Image.fromarray(dog).save(tmp_path / "dog.png")
    result = edited(run, tmp_path, "--add-mask", "dog:dog.png")
    assert result.labels[-1] == "dog"
    assert np.array_equal(result.layers[-1].mask, dog)


def test_layers_are_put_in_the_order_of_depth(run, tmp_path, room):
    labels = edited(run, tmp_path, "--back", "cat", "--front", "wall", "--by-depth").labels
    assert set(labels[:2]) == {"wall", "floor"}
    assert labels.index("couch") < labels.index("cat")
    moved = edited(run, tmp_path, "--by-depth", "--back", "cat").labels
    assert moved[0] == "cat", "the flag is a step among the others"


def test_the_layers_are_listed(run, room):
    code, out, err = run("edit", "room.json", "--list")
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines() if line.strip()[:1].isdigit()]
    assert [row[:3] for row in rows] == [
        [str(number), label, "visible"] for number, label in enumerate(room.labels)
    ]
    assert [float(row[3].rstrip("%")) for row in rows] == [
        pytest.approx(100 * layer.mask.mean(), abs=0.06) for layer in room.layers
    ]
    assert {row[4] for row in rows} == {"100%"}


def test_without_a_file_steps_are_only_shown(run, tmp_path, room):
    before = sorted(tmp_path.iterdir())
    code, out, err = run("edit", "room.json", "--rename", "0=[red]brick[/] wall", "--front", "0", "--list")
    assert (code, err) == (0, "")
    assert "4   [red]brick[/] wall   visible" in out
    assert "numbered as in the result" in out
    assert sorted(tmp_path.iterdir()) == before
    assert same(read_layout(tmp_path / "room.json"), room)


def test_the_layout_is_replaced_if_the_user_says_so(run, tmp_path, room):
    assert run("edit", "room.json", "--rename", "0=brick wall", "--out", "room.json").code == 0
    assert read_layout(tmp_path / "room.json").labels[0] == "brick wall"


def test_the_result_is_written_into_a_new_folder(run, tmp_path, room):
    code, out, _ = run("edit", "room.json", "--delete", "0", "--out", "a/b/new.json")
    assert code == 0
    assert out == "a/b/new.json: 4 layers, rearmost first: floor, couch, cat, window\n"
    assert read_layout(tmp_path / "a" / "b" / "new.json").labels == room.labels[1:]


@pytest.mark.parametrize("format_name", FILE_NAMES)
def test_a_layout_of_any_format_is_edited(run, tmp_path, room, format_name):
    source = tmp_path / FILE_NAMES[format_name].replace("layout.json", "other.json")
    write_layout_as(format_name, source, room)
    code, _, err = run("edit", source.name, "--rename", "couch=sofa", "--out", "new.json")
    assert (code, err) == (0, "")
    labels = tuple("sofa" if label == "couch" else label for label in room.labels)
    layers = tuple(Layer(label, layer.mask) for label, layer in zip(labels, room.layers, strict=True))
    assert same(read_layout(tmp_path / "new.json"), Layout(SIZE, layers))


def test_the_names_of_a_label_map_may_lie_elsewhere(run, tmp_path, room):
    write_layout_as("label-map", tmp_path / "labels.png", room)
    (tmp_path / "labels.json").rename(tmp_path / "words.json")
    code, out, _ = run("edit", "labels.png", "--names", "words.json", "--list")
    assert code == 0
    assert "window" in out
    code, _, err = run("edit", "room.json", "--names", "words.json", "--list")
    assert (code, err.count("\n")) == (2, 1)
    assert "which is not the PNG of a label map" in err


def test_a_file_of_another_program_is_never_replaced(run, tmp_path, room):
    write_layout_as("coco-instances", tmp_path / "coco.json", room)
    write_layout_as("psd", tmp_path / "room.psd", room)
    for name, code, message in [
        ("coco.json", 1, "coco.json: is not a layout file"),
        ("room.psd", 2, "--out room.psd: the result is a layout JSON; give a .json"),
    ]:
        before = (tmp_path / name).read_bytes()
        result = run("edit", name, "--delete", "0", "--out", name)
        assert (result.code, result.out) == (code, "")
        assert message in result.err
        assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (["--rename", "7=x"], "--rename 7=x: there is no layer 7; there are 0 'wall', 1 'floor', 2 'couch'"),
        (["--delete", "1", "--front", "1"], "--front 1: there is no layer 1; there are 0 'wall', 2 'couch'"),
        (["--merge", "2,4", "--delete", "4"], "--delete 4: there is no layer 4; there are 0 'wall'"),
        (["--delete", "dog"], "--delete dog: no layer is called 'dog'; there are 0 'wall'"),
        (["--rename", "0=cat", "--back", "cat"], "2 layers are called 'cat'; give a number: 0, 3"),
        (["--rename", "3"], "--rename 3: expected a layer and its new label, as in 3=sofa"),
        (["--rename", "3= "], "--rename 3= : a layer's label must be a non-empty text"),
        (["--merge", "2"], "--merge 2: merge takes two or more different layers"),
        (["--behind", "2"], "--behind 2: expected two layers, as in 3:1"),
        (["--behind", "2:2"], "'couch' cannot go in front of or behind itself"),
        (["--add-polygon", "lamp:1,1 2,2"], "expected a label and at least three corners, as in"),
        (["--add-polygon", "1,1 2,2 3,1"], "expected a label and at least three corners, as in"),
        (["--add-polygon", "lamp:1,1 2,2 3,x"], "expected a label and at least three corners, as in"),
        (["--add-polygon", "lamp:1,1 2,2 nan,1"], "--add-polygon lamp:1,1 2,2 nan,1: the drawing: "),
        (["--add-polygon", "lamp:90,1 99,2 90,9"], "lies wholly outside the 80x60 canvas"),
        (["--add-mask", "dog.png"], "expected a label and a picture, as in cat:cat.png"),
        (["--delete", "0\udcff"], "--delete: is not valid Unicode"),
    ],
    ids=lambda value: ascii(" ".join(value)) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_line_and_writes_nothing(run, tmp_path, room, steps, message):
    code, out, err = run("edit", "room.json", *steps, "--out", "new.json")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "new.json"], "--out without a step would be a mere copy"),
        (["--delete", "0"], "give --out FILE for the result, or --list"),
        ([], "give --out FILE for the result, or --list"),
        (["--delete", "0", "--out", "."], "--out .: is a folder; give a file, such as layout.json"),
        (["--delete", "0", "--out", "room.json/x.json"], "room.json is a file; give another name"),
        (["--add-mask", "dog:dog.png", "--out", "dog.png"], "would replace the input dog.png"),
        (["--delete"], "Option '--delete' requires an argument"),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
)
def test_wrong_use_is_one_line(run, tmp_path, room, arguments, message):
    before = sorted(tmp_path.iterdir())
    code, out, err = run("edit", "room.json", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_files_that_cannot_be_used(run, tmp_path, room):
    Image.new("L", (5, 5), 255).save(tmp_path / "small.png")
    (tmp_path / "notes.json").write_text("no layout")
    for arguments, expected, message in [
        (["gone.json", "--list"], 1, "gone.json: cannot be read"),
        (["notes.json", "--list"], 1, "notes.json: is not"),
        (["room.json", "--add-mask", "dog:gone.png", "--list"], 1, "gone.png: no such file"),
        (
            ["room.json", "--add-mask", "dog:small.png", "--list"],
            2,
            "is 5x5 but the photo is 80x60",
        ),
    ]:
        code, out, err = run("edit", *arguments)
        assert (code, out) == (expected, "")
        assert message in err
        assert err.count("\n") == 1


def test_the_help_is_as_agreed(run):
    """After a wanted change: `COLUMNS=80 smartmask edit --help > tests/golden/help_edit.txt`."""
    code, out, err = run("edit", "--help")
    assert (code, err) == (0, "")
    assert out == GOLDEN.read_text()
