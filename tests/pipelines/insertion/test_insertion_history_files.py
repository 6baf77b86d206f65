"""Histories on disk: back bit for bit, or one line that says what is wrong."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import bool_masks

from smartmask.errors import LayoutFileError
from smartmask.pipelines.insertion.history import InsertionHistory, RecordedStep
from smartmask.pipelines.insertion.history_files import history_to_json, read_history, write_history
from smartmask.pipelines.insertion.insert import InsertSettings
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (7, 9)
DIGEST = "0123456789abcdef" * 4
SETTINGS = st.builds(
    InsertSettings,
    grow_px=st.floats(-1000, 1000),
    feather_px=st.floats(0, 1000),
    padding_px=st.integers(0, 1000),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@st.composite
def histories(draw: st.DrawFn) -> InsertionHistory:
    """Layers and steps of all kinds."""
    layers = tuple(Layer(draw(TEXTS), mask) for mask in draw(st.lists(bool_masks(), max_size=3)))
    steps: list[RecordedStep] = []
    for number in range(draw(st.integers(0, 3))):
        known = len(layers) + number
        behind = draw(st.sets(st.integers(0, known - 1))) if known else set()
        steps.append(
            RecordedStep(
                prompt=draw(TEXTS),
                inpainter=draw(st.text(st.characters(exclude_categories=["Cs"]))),
                mask=draw(bool_masks().filter(np.any)),
                behind=tuple(sorted(behind)),
                seed=draw(st.integers(0, 2**32 - 1)),
                settings=draw(SETTINGS),
                digest=draw(st.sampled_from([None, DIGEST])),
            )
        )
    return InsertionHistory(DIGEST, Layout(SIZE_HW, layers), tuple(steps))


@given(histories())
def test_a_history_comes_back_bit_for_bit(tmp_path_factory, history):
    path = tmp_path_factory.mktemp("history") / "history.json"
    write_history(path, history)
    back = read_history(path)
    assert history_to_json(back) == path.read_bytes()
    for one, other in zip(history.steps, back.steps, strict=True):
        assert np.array_equal(one.mask, other.mask)
        fields = ("prompt", "inpainter", "behind", "seed", "settings", "digest")
        assert [getattr(one, name) for name in fields] == [getattr(other, name) for name in fields]
    assert back.layout.labels == history.layout.labels


def content() -> dict:
    """A sound history as JSON."""
    mask = np.zeros(SIZE_HW, bool)
    mask[2:5, 3:6] = True
    step = RecordedStep(
        prompt="a dog",
        inpainter="reference:dog.png",
        mask=mask,
        behind=(0,),
        seed=1,
        settings=InsertSettings(),
        digest=DIGEST,
    )
    layout = Layout(SIZE_HW, (Layer("wall", mask),))
    return json.loads(history_to_json(InsertionHistory(DIGEST, layout, (step,))))


def changed(path: str, value: object) -> bytes:
    """The sound history with one value replaced; `...` removes it."""
    record = content()
    *folders, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = record
    for part in folders:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(record).encode()


BAD_FILES = {
    "no JSON": (b"{", "is not valid JSON"),
    "a list": (b"[]", 'expected a JSON object with "format": "smartmask-insertions"'),
    "NaN": (json.dumps(content()).replace("3.0", "NaN", 1).encode(), "NaN is no number of JSON"),
}
BAD_VALUES = {
    "a layout": ("format", "smartmask-layout", "is not a history of insertions"),
    "another version": ("version", 2, "has version 2 but this program reads version 1"),
    "a version that is true": ("version", True, "has version True"),
    "no layout": ("layout", ..., "bad.json: lacks layout"),
    "a key too many": ("author", "me", r"bad.json: has unknown keys \['author'\]; expected format"),
    "a bad layout": ("layout.layers.0.counts", "~", "bad.json: layout: layer 0"),
    "a short digest": ("photo_digest", "12", "must be a SHA-256 of 64 hexadecimal digits, not '12'"),
    "a digest that is no text": ("steps.0.digest", 7, "step 0: digest must be a SHA-256"),
    "steps that are no list": ("steps", {}, "steps must be a list"),
    "a step that is no object": ("steps.0", 3, "step 0: must be a JSON object, not int"),
    "a step without a seed": ("steps.0.seed", ..., "step 0: lacks seed"),
    "a step with a key too many": ("steps.0.mask", 1, r"step 0: has unknown keys \['mask'\]"),
    "a seed below 0": ("steps.0.seed", -1, "step 0: seed must be from 0 to 18446744073709551615, not -1"),
    "a seed beyond those there are": (
        "steps.0.seed",
        2**64,
        "step 0: seed must be from 0 to 18446744073709551615",
    ),
    "a seed that is no number": ("steps.0.seed", "1", "step 0: seed must be a whole number, not '1'"),
    "no prompt": ("steps.0.prompt", " ", "step 0: prompt: label must be a non-empty text"),
    "a damaged mask": ("steps.0.counts", "zz", "step 0: .*RLE"),
    "an empty mask": ("steps.0.counts", "o1", "bad.json: step 0: its mask is empty"),
    "behind itself": ("steps.0.behind", [1], r"step 0: is behind \(1,\), but there are 0 to 0"),
    "behind a label": ("steps.0.behind", ["wall"], "step 0: behind must hold whole numbers"),
    "an unknown setting": ("steps.0.settings.blur", 1, r"step 0: settings: has unknown keys \['blur'\]"),
    "a missing setting": ("steps.0.settings.grow_px", ..., "step 0: settings: lacks grow_px"),
    "a setting out of range": ("steps.0.settings.feather_px", -3, "settings: feather_px must be from 0"),
    "a setting as a text": ("steps.0.settings.grow_px", "3", "grow_px must be a number, not '3'"),
    "half a pixel": ("steps.0.settings.padding_px", 2.5, "padding_px must be a whole number, not 2.5"),
}
BAD = BAD_FILES | {kind: (changed(path, value), text) for kind, (path, value, text) in BAD_VALUES.items()}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_breaks_the_form_is_named_with_the_place(kind, tmp_path):
    bytes_, message = BAD[kind]
    path = tmp_path / "bad.json"
    path.write_bytes(bytes_)
    with pytest.raises(LayoutFileError, match=message) as raised:
        read_history(path)
    assert str(raised.value).startswith(str(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LayoutFileError, match=r"gone.json: cannot be read"):
        read_history(tmp_path / "gone.json")


def test_a_canvas_above_the_limit_is_refused_before_it_is_made(tmp_path):
    (tmp_path / "huge.json").write_bytes(changed("layout.size_hw", [100000, 100000]))
    with pytest.raises(LayoutFileError, match="above the limit of 100 megapixels"):
        read_history(tmp_path / "huge.json")
