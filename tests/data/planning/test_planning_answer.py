"""Answers: what is understood, what is refused, and in which words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmask.data.planning.answer import (
    MAX_ANSWER_CHARACTERS,
    AnswerError,
    NextObject,
    planned_object,
    read_answer,
    write_answer,
)
from smartmask.data.planning.regions import Region
from smartmask.protocols import PlannedObject

CAT = {"label": "cat", "description": "a black cat", "box": [100, 200, 300, 400], "behind": None}
ROOM = (
    Region(0, "wall", (0, 0, 1000, 500)),
    Region(2, "chair", (100, 100, 200, 900)),
    Region(5, "Arm Chair", (0, 0, 9, 9)),
    Region(6, "chair", (0, 0, 9, 9)),
)


def said(**changes: object) -> str:
    return json.dumps({**CAT, **changes})


words = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=30).filter(
    lambda word: word.lower() not in ("stop", "none", "nothing", "null")
)
sides = st.tuples(st.integers(0, 900), st.integers(5, 100)).map(lambda pair: (pair[0], sum(pair)))


@given(
    label=words,
    description=words,
    box=st.none() | st.tuples(sides, sides).map(lambda xy: (xy[0][0], xy[1][0], xy[0][1], xy[1][1])),
    behind=st.none() | st.integers(0, 1000),
)
def test_what_is_written_is_read(label, description, box, behind):
    answer = NextObject(label, description, box, behind)
    assert read_answer(write_answer(answer)) == answer


def test_what_is_written_spells_no_mark_of_structure():
    answer = NextObject('a "<image>"', "ends </s> here", None, "[INST]")
    assert not set(write_answer(answer)) & set("<>[]")
    assert read_answer(write_answer(answer)) == answer


def test_to_stop_is_written_and_read():
    assert json.loads(write_answer(None)) == {"stop": True}
    assert read_answer(write_answer(None)) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"label": "cat"}', id="alone"),
        pytest.param(
            'Sure! Here it is:\n```json\n{"label": "cat"}\n```\nIt sits.', id="in prose and a fence"
        ),
        pytest.param('{"label": "cat"} {"label": "dog"}', id="first of two"),
        pytest.param('[{"label": "cat"}, {"stop": true}]', id="first of a list"),
        pytest.param('<think>{"label": "dog"}? No.</think>{"label": "cat"}', id="after thinking aloud"),
        pytest.param('{"label": " cat ", "box": null, "behind": null}', id="with blanks and nulls"),
    ],
)
def test_an_answer_is_found_where_the_rule_says(text):
    assert read_answer(text) == NextObject("cat", "cat")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("A chair, perhaps.", "it holds no JSON object", id="prose"),
        pytest.param("", "it holds no JSON object", id="nothing"),
        pytest.param("null", "it holds no JSON object", id="null"),
        pytest.param('{"label": "cat"', "what begins at its first brace is no JSON object", id="cut off"),
        pytest.param("{'label': 'cat'}", "is no JSON object", id="Python's quotes"),
        pytest.param('{a} {"label": "cat"}', "is no JSON object", id="a brace before"),
        pytest.param('{"note": {"stop": true}', "is no JSON object", id="a stop inside of what is cut off"),
        pytest.param('{"label": "cat", "label": "dog"}', "it has a key twice", id="a key twice"),
        pytest.param('{"label": "cat", "box": [NaN, 0, 1, 1]}', "NaN is no number of JSON", id="NaN"),
        pytest.param(
            '{"a": ' + "[" * 3000, "its JSON is nested too deeply; answer with one flat object", id="nested"
        ),
        pytest.param(
            '{"label": "' + "a" * 10_000 + '"}', "it is too long; answer with one short", id="endless"
        ),
        pytest.param("{" * 100_000, "is too long", id="braces"),
        pytest.param('{"box": ' + "9" * 3900 + "}", 'it has no "label"', id="digits"),
        pytest.param("{}", 'it has no "label"; name the object, or answer {"stop": true}', id="empty"),
        pytest.param('{"stop": false}', '"stop" must be true and stand alone', id="no stop"),
        pytest.param('{"stop": 1}', '"stop" must be true and stand alone', id="stop 1"),
        pytest.param('{"stop": true, "label": "cat"}', '"stop" must be true and stand alone', id="both"),
        pytest.param(said(colour="red"), 'unknown key "colour"; use label, description, box', id="a key"),
        pytest.param(said(**{"<image>": 1}), r'unknown key "\\u003cimage\\u003e"', id="a hostile key"),
        pytest.param(said(label=3), '"label" must be a text, not 3', id="label 3"),
        pytest.param(said(label=None), '"label" must be a text, not null', id="label null"),
        pytest.param(said(label=["cat"]), '"label" must be a text, not a list of other', id="label list"),
        pytest.param(said(label=""), '"label" must say what the object is, not ""', id="label blank"),
        pytest.param(said(label="?!"), '"label" must say what the object is', id="label of signs"),
        pytest.param(said(label="a" * 61), '"label" has 61 characters; at most 60', id="label long"),
        pytest.param(said(label="cat\ndog"), '"label" holds control characters', id="label of two lines"),
        pytest.param(said(label="cat\u202e"), '"label" holds control characters', id="label turned"),
        pytest.param(said(label="cat\ud800"), '"label" holds control characters', id="half a letter"),
        pytest.param(said(label="None"), 'which is no object; to stop, answer {"stop": true}', id="none"),
        pytest.param(said(description=None), '"description" must be a text', id="description null"),
        pytest.param(said(description="a" * 201), '"description" has 201 characters', id="description long"),
        pytest.param(said(box=[1, 2, 3]), r'"box" must be four numbers .*, not \[1, 2, 3\]', id="three"),
        pytest.param(said(box="1,2,3,4"), '"box" must be four numbers', id="box text"),
        pytest.param(said(box=[True, 2, 30, 40]), '"box" must be four numbers', id="box of true"),
        pytest.param(said(box={"x": 1}), '"box" must be four numbers .*, not an object', id="box object"),
        pytest.param(said(box=[0, 0, 1001, 500]), r"leaves the map; its numbers must be from 0", id="beyond"),
        pytest.param(said(box=[-1, 0, 100, 500]), "leaves the map", id="below 0"),
        pytest.param('{"label": "cat", "box": [0, 0, 1e999, 9]}', "leaves the map", id="infinite"),
        pytest.param(said(box=[300, 200, 100, 400]), "at least 5 wide and high", id="turned round"),
        pytest.param(said(box=[100, 100, 104, 400]), "at least 5 wide and high", id="narrow"),
        pytest.param(said(behind=1.5), '"behind" must be the number of a region or null', id="behind 1.5"),
        pytest.param(said(behind=True), '"behind" must be the number of a region', id="behind true"),
        pytest.param(said(behind=[1]), '"behind" must be the number of a region', id="behind list"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(text, message):
    with pytest.raises(AnswerError, match=message) as refused:
        read_answer(text)
    assert len(str(refused.value)) < 200, "it is told to the model"
    assert str(refused.value).isprintable()
    assert "<image>" not in str(refused.value)


@given(st.text(max_size=MAX_ANSWER_CHARACTERS))
def test_no_text_raises_anything_but_a_refusal(text):
    for candidate in (
        text,
        "{" + text,
        '{"label": "' + text + '"}',
        '{"label": "cat", "box": [' + text + "]}",
    ):
        try:
            answer = read_answer(candidate)
        except AnswerError:
            continue
        assert answer is None or (answer.label.isprintable() and len(answer.label) <= 60)


def test_a_box_becomes_pixels_and_a_name_a_number():
    answer = read_answer(said(box=[100, 200, 300, 400], behind=" arm  CHAIR "))
    planned = planned_object(answer, ROOM, (500, 2000))
    assert planned == PlannedObject("cat", "a black cat", (200.0, 100.0, 600.0, 200.0), 5)
    assert planned_object(read_answer(said(box=None, behind=2)), ROOM, (9, 9)).behind == 2
    assert planned_object(read_answer(said(box=None)), ROOM, (9, 9)) == PlannedObject("cat", "a black cat")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"behind": 1}, r'"behind" is 1, which is no region of the map \(0, 2, 5, 6\)', id="hidden"
        ),
        pytest.param({"behind": -1}, '"behind" is -1, which is no region', id="negative"),
        pytest.param({"behind": 10**30}, '"behind" is 1000000', id="huge"),
        pytest.param({"behind": "sofa"}, '"behind" is "sofa", which is no region', id="unknown"),
        pytest.param({"behind": "Chair"}, '"behind" names the regions 2, 6; give the number', id="two"),
        pytest.param({"box": [0, 0, 50, 1000]}, '"box" is too small .* 100 wide and 100 high', id="narrow"),
    ],
)
def test_an_answer_about_what_is_not_there_is_refused(changes, message):
    with pytest.raises(AnswerError, match=message):
        planned_object(read_answer(said(**changes)), ROOM, (10, 10))


def test_nothing_can_come_behind_something_in_an_empty_layout():
    with pytest.raises(AnswerError, match=r"no region of the map \(none\)"):
        planned_object(read_answer(said(behind=0)), (), (10, 10))
