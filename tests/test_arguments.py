"""Wrong arguments of the public functions: what was expected, what came, in our own words."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inpainters import Noise

import smartmask
from smartmask import Box, InsertSettings, InsertStep, Layer, Layout, SmartMask, View
from smartmask.arguments import MAX_SEED, check_number, check_size, check_whole, path_of

MASK = np.zeros((48, 64), bool)
MASK[20:40, 20:40] = True
LAYOUT = Layout((48, 64), (Layer("wall", np.ones((48, 64), bool)),))
PHOTO = np.zeros((48, 64, 3), np.uint8)
NAN = float("nan")


@pytest.fixture(scope="module")
def loaded() -> SmartMask:
    return SmartMask.load()


ASK: dict[str, Callable[..., Any]] = {
    "suggest": lambda loaded, prompt="a dog", **given: loaded.suggest(LAYOUT, prompt, **given),
    "more_like": lambda loaded, prompt="a dog", **given: loaded.more_like(LAYOUT, prompt, MASK, **given),
    "between": lambda loaded, prompt="a dog", **given: loaded.between(LAYOUT, prompt, MASK, MASK, **given),
    "turn": lambda loaded, prompt="a dog", **given: loaded.turn(
        LAYOUT, prompt, MASK, **{"shape": "1"} | given
    ),
    "insert": lambda loaded, prompt="a dog", **given: loaded.insert(
        PHOTO, prompt, MASK, **{"inpainter": Noise(), "layout": LAYOUT} | given
    ),
    "plan": lambda loaded, prompt="a room", **given: loaded.plan(prompt, **{"size_hw": (48, 64)} | given),
    "words": lambda loaded, prompt: loaded.words(prompt),
    "camera": lambda loaded, **given: loaded.camera(LAYOUT, **given),
}
TEXTS = [
    (b"a dog", TypeError, "must be a text, not bytes"),
    (None, TypeError, "must be a text, not None"),
    (5, TypeError, "must be a text, not int"),
    (["a dog"], TypeError, "must be a text, not a list of str"),
    ("\ud800 dog", ValueError, r"must be valid Unicode, not '\\ud800 dog'"),
]
WHOLES = [
    (1.5, TypeError, "must be a whole number, not 1.5"),
    (NAN, TypeError, "must be a whole number, not nan"),
    ("4", TypeError, "must be a whole number, not str"),
    (None, TypeError, "must be a whole number, not None"),
    (True, TypeError, "must be a whole number, not True"),
]
CASES = [
    *(
        (name, {"prompt": value}, kind, "the prompt " + said)
        for name in ("suggest", "more_like", "between", "turn", "insert", "plan", "words")
        for value, kind, said in TEXTS
    ),
    *(
        (name, {"scene": value}, kind, "the scene text " + said)
        for name in ("suggest", "insert")
        for value, kind, said in TEXTS
        if value is not None
    ),
    *(
        (name, {"seed": value}, kind, "the seed " + said)
        for name in ("suggest", "more_like", "between", "insert", "plan")
        for value, kind, said in [*WHOLES, (-1, ValueError, f"must be from 0 to {MAX_SEED}, not -1")]
    ),
    *(
        (name, {"n": value}, kind, "n " + said)
        for name in ("suggest", "more_like", "between", "insert")
        for value, kind, said in [*WHOLES, (65, ValueError, "must be from 1 to 64, not 65")]
    ),
    *(("plan", {"limit": value}, kind, "the limit " + said) for value, kind, said in WHOLES),
    *(("turn", {"steps": value}, kind, "steps " + said) for value, kind, said in WHOLES),
    ("turn", {"shape": 5}, TypeError, "shape must be a text, not int"),
    ("more_like", {"change": NAN}, ValueError, "the change must be from 0 to 1, not nan"),
    ("more_like", {"change": "4"}, TypeError, "the change must be a number, not str"),
    ("camera", {"horizon": 1e300}, ValueError, "horizon .* must be from -64000 to 64000, not 1e.300"),
    ("camera", {"horizon": NAN}, ValueError, "horizon .* must be from -64000 to 64000, not nan"),
    ("camera", {"horizon": "4"}, TypeError, "horizon .* must be a number, not str"),
    ("camera", {"focal": 1e-300}, ValueError, "focal .* must be from 0.064 to 64000, not 1e-300"),
    ("camera", {"focal": [1]}, TypeError, r"focal .* must be a number, not \[1\]"),
    ("plan", {"size_hw": (48, 64.5)}, TypeError, r"size_hw must be two whole numbers .*, not \[48, 64.5\]"),
    *((name, {"on_progress": None}, TypeError, "on_progress must be a f") for name in ("suggest", "insert")),
    ("plan", {"size_hw": "big"}, TypeError, "size_hw must be two whole numbers .*, not str"),
    ("plan", {"planner": {}}, TypeError, "planner must be a Planner; load_planner gives one, not dict"),
    ("insert", {"inpainter": "reference:a.png"}, TypeError, "inpainter must be an Inpainter; load_inp.* str"),
    ("insert", {"layout": "a.json"}, TypeError, "layout must be a Layout; read_layout gives one, not str"),
    ("insert", {"settings": 3}, TypeError, "settings must be InsertSettings, not int"),
    ("insert", {"behind": "wall"}, TypeError, "behind must be several of .* in a tuple or a list, not str"),
    ("insert", {"behind": [1.5]}, TypeError, "behind: number 0 must be a layer's number or label, not float"),
]


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(("name", "given", "kind", "said"), CASES, ids=str)
def test_a_wrong_argument_is_named(loaded, name, given, kind, said):
    with pytest.raises(kind, match=f"^{said}"):
        ASK[name](loaded, **given)


MADE: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a layout's size": (lambda: Layout((NAN, 4)), TypeError, r"size_hw .* not \[nan, 4\]"),
    "a layout's layers": (
        lambda: Layout((4, 4), (MASK,)),
        TypeError,
        "layers: number 0 must be a Layer, not",
    ),
    "no layers": (lambda: Layout((4, 4), 5), TypeError, "layers must be several of a Layer in a tuple"),
    "a layer pushed": (lambda: LAYOUT.push(MASK), TypeError, "layer must be a Layer, not a bool array"),
    "layers counted": (lambda: LAYOUT.first("1"), TypeError, "count must be a whole number, not str"),
    "a confidence": (lambda: Layer("a", MASK, confidence="1"), TypeError, "confidence must be a number, not"),
    "a box": (lambda: Box((1, 2, "3", 4)), TypeError, "a box must be four numbers"),
    "a setting": (lambda: InsertSettings(grow_px="3"), TypeError, "grow_px must be a number, not str"),
    "half a pixel": (lambda: InsertSettings(padding_px=1.5), TypeError, "padding_px must be a whole number"),
    "a step's words": (
        lambda: InsertStep(prompt=b"a", inpainter="x"),
        TypeError,
        "prompt of a step must be a t",
    ),
    "a step's inpainter": (
        lambda: InsertStep(prompt="a", inpainter=None),
        TypeError,
        "must be a text, not None",
    ),
    "a view": (
        lambda: View(x0="0", y0=0, side=1, resolution=1, size_hw=(2, 2)),
        TypeError,
        "x0 of a view must be a number, not str",
    ),
    "a depth's layout": (lambda: SmartMask.depth("a.json"), TypeError, "layout must be a Layout, not str"),
    "a depth's camera": (
        lambda: SmartMask.depth(LAYOUT, {}),
        TypeError,
        "camera must be a Camera; estimate_",
    ),
    "weights": (lambda: SmartMask.load(5), TypeError, "weights must be a text or a Path, not int"),
    "a memory": (lambda: SmartMask.load(memory=5), TypeError, "memory must be a text or a Path, not int"),
    "a device": (lambda: SmartMask.load(device=None), TypeError, "device must be a text, not None"),
    "an inpainter": (lambda: smartmask.load_inpainter(5), TypeError, "description must be a text, not int"),
    "a planner": (lambda: smartmask.load_planner(None), TypeError, "description must be a text, not None"),
    "a layout read": (lambda: smartmask.read_layout(5), TypeError, "path must be a text or a Path, not int"),
    "any layout read": (lambda: smartmask.read_any_layout(None), TypeError, "path must be a text or a Path"),
    "a history read": (
        lambda: smartmask.read_history(b"a"),
        TypeError,
        "path must be a text or a Path, not b",
    ),
    "a layout written": (
        lambda: smartmask.write_layout("a", MASK),
        TypeError,
        "layout must be a Layout, not a",
    ),
    "a format": (
        lambda: smartmask.write_layout_as(5, "a", LAYOUT),
        TypeError,
        "format_name must be a text, not int",
    ),
    "a history written": (
        lambda: smartmask.write_history("a", {}),
        TypeError,
        "history must be an InsertionHistory, not dict",
    ),
    "a history replayed": (
        lambda: SmartMask.replay({}, PHOTO),
        TypeError,
        "history must be an InsertionHist",
    ),
}


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize("name", MADE)
def test_a_wrong_part_is_named(name):
    make, kind, said = MADE[name]
    with pytest.raises(kind, match=said):
        make()


@pytest.mark.usefixtures("no_type_check")
def test_steps_and_records_are_asked_for(loaded):
    with pytest.raises(TypeError, match="steps: number 0 must be an InsertStep, not str"):
        loaded.insert_steps(PHOTO, ["a dog"], layout=LAYOUT)
    for again in (loaded.replay_plan, loaded.resume_plan):
        with pytest.raises(
            TypeError, match="record must be a PlanRecord; read_plan_record gives one, not dict"
        ):
            again({})


@pytest.mark.usefixtures("no_type_check")
def test_numbers_of_numpy_are_numbers():
    check_whole("n", np.int64(3), 1, 3)
    check_whole("n", 10**400, 0)
    check_number("x", np.float32(0.5), 0, 1)
    check_number("x", 10**400)
    check_size("size_hw", [np.int64(1), 2])
    for value in (float("inf"), -float("inf"), NAN):
        with pytest.raises(ValueError, match="x must be a finite number, not"):
            check_number("x", value)
    with pytest.raises(ValueError, match=re.escape("x must be 3 at most, not 4")):
        check_number("x", 4, high=3)


def test_paths_may_be_texts(tmp_path):
    path = str(tmp_path / "layout.json")
    smartmask.write_layout(path, LAYOUT)
    assert smartmask.read_layout(path).labels == smartmask.read_any_layout(path).labels == ("wall",)
    assert [str(one) for one in smartmask.write_layout_as("json", path, LAYOUT)] == [path]
    assert path_of("path", path) == tmp_path / "layout.json"


@pytest.mark.parametrize("seed", [10**5000, -(10**5000)], ids=["huge", "far below 0"])
def test_a_number_that_python_cannot_print_is_named_by_its_length(seed):
    with pytest.raises(ValueError, match="not a number of more than 40 digits"):
        check_whole("the seed", seed, 0, MAX_SEED)
