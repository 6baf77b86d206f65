"""The answer to a planner's question, written and read: one JSON object.

    {"label": "chair", "description": "a wooden chair", "box": [120, 400, 310, 900], "behind": 3}
    {"stop": true}

How an answer is found in what a model says:

- what a model thinks aloud, up to the last "</think>", is no answer;
- the answer begins at the first "{" and ends where that object does; what stands round it is ignored;
- "description", "box" and "behind" may be left out: the label, no box, in front of all;
- anything else that breaks the form is refused with a sentence that tells the model what to do.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smartmask.data.planning.question import quoted
from smartmask.data.planning.regions import BoxPermille, Region
from smartmask.protocols import PlannedObject

MAX_LABEL_CHARACTERS = 60
MAX_DESCRIPTION_CHARACTERS = 200
MAX_ANSWER_CHARACTERS = 4000
MIN_SIDE = 5
"""Thousandths of the canvas; a box must also be a pixel wide and high."""
_KEYS = ("label", "description", "box", "behind")
_NO_OBJECT = ("stop", "none", "nothing", "null")
_STOP = '{"stop": true}'


class AnswerError(ValueError):
    """An answer that cannot be used; the message is fit to be told to the model that gave it."""


@dataclass(frozen=True, slots=True)
class NextObject:
    """An answer that names an object, checked as far as it can be without the layout.

    Attributes:
        label: What it is.
        description: The same in more words.
        box: Where the whole of it goes, or None.
        behind: Number or name of the region that it comes just behind, or None.
    """

    label: str
    description: str
    box: BoxPermille | None = None
    behind: int | str | None = None

    def __post_init__(self) -> None:
        _check_text("label", self.label, MAX_LABEL_CHARACTERS)
        _check_text("description", self.description, MAX_DESCRIPTION_CHARACTERS)
        if self.label.lower() in _NO_OBJECT:
            raise AnswerError(f'"label" is {_short(self.label)}, which is no object; to stop, answer {_STOP}')
        if self.box is not None:
            _check_box(self.box)


def write_answer(answer: NextObject | None) -> str:
    """The answer as a model should give it; None is to stop.

    >>> write_answer(NextObject("cat", "a black cat", (100, 200, 300, 400)))
    '{"label": "cat", "description": "a black cat", "box": [100, 200, 300, 400], "behind": null}'
    """
    if answer is None:
        return _STOP
    behind = quoted(answer.behind) if isinstance(answer.behind, str) else json.dumps(answer.behind)
    return (
        f'{{"label": {quoted(answer.label)}, "description": {quoted(answer.description)}, '
        f'"box": {json.dumps(answer.box)}, "behind": {behind}}}'
    )


def read_answer(text: str) -> NextObject | None:
    """The answer in what a model said; None is to stop.

    Raises:
        AnswerError: If there is none, or it breaks the form.

    >>> read_answer('Next: {"label": "cat"}. It sleeps.')
    NextObject(label='cat', description='cat', box=None, behind=None)
    """
    found = _first_object(text)
    unknown = [key for key in found if key not in (*_KEYS, "stop")]
    if unknown:
        raise AnswerError(f"it has the unknown key {_short(unknown[0])}; use {', '.join(_KEYS)} alone")
    if "stop" in found:
        if found != {"stop": True} or found["stop"] is not True:
            raise AnswerError(f'"stop" must be true and stand alone, as in {_STOP}')
        return None
    if "label" not in found:
        raise AnswerError('it has no "label"; name the object, or answer ' + _STOP)
    for key in ("label", "description"):
        if not isinstance(found.get(key, ""), str):
            raise AnswerError(f'"{key}" must be a text, not {_short(found[key])}')
    behind = found.get("behind")
    if isinstance(behind, bool) or not (behind is None or isinstance(behind, int | str)):
        raise AnswerError(f'"behind" must be the number of a region or null, not {_short(behind)}')
    label = found["label"].strip()
    return NextObject(label, found.get("description", label).strip(), _box(found.get("box")), behind)


def planned_object(answer: NextObject, regions: Sequence[Region], size_hw: tuple[int, int]) -> PlannedObject:
    """The object that an answer names, on the layout that it was asked about.

    Args:
        answer: What the model said.
        regions: What it was told is there.
        size_hw: The canvas.

    Raises:
        AnswerError: If it comes behind what is not there, or its box is narrower than a pixel.
    """
    box_xyxy = None
    if answer.box is not None:
        height, width = size_hw
        x0, y0, x1, y1 = answer.box
        box_xyxy = (x0 * width / 1000, y0 * height / 1000, x1 * width / 1000, y1 * height / 1000)
        if box_xyxy[2] - box_xyxy[0] < 1 or box_xyxy[3] - box_xyxy[1] < 1:
            least = math.ceil(1000 / width), math.ceil(1000 / height)
            raise AnswerError(f'"box" is too small for this map; make it {least[0]} wide and {least[1]} high')
    return PlannedObject(answer.label, answer.description, box_xyxy, _behind(answer.behind, regions))


def _first_object(text: str) -> dict[str, Any]:
    start = text.find("{", text.rfind("</think>") + 1)
    if start < 0:
        raise AnswerError("it holds no JSON object; answer with one and nothing else")
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
    try:
        # Cut, so that no answer of a million brackets keeps the parser busy.
        found, _ = decoder.raw_decode(text[start : start + MAX_ANSWER_CHARACTERS])
    except RecursionError as error:
        raise AnswerError("its JSON is nested too deeply; answer with one flat object") from error
    except json.JSONDecodeError as error:
        if len(text) - start > MAX_ANSWER_CHARACTERS:
            raise AnswerError("it is too long; answer with one short JSON object") from error
        raise AnswerError(f"what begins at its first brace is no JSON object ({error.msg})") from error
    assert isinstance(found, dict), "it began with a brace"
    return found


def _box(value: Any) -> BoxPermille | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4 or not all(_is_number(side) for side in value):
        raise AnswerError(
            f'"box" must be four numbers [left, top, right, bottom] or null, not {_short(value)}'
        )
    return value[0], value[1], value[2], value[3]


def _check_box(box: BoxPermille) -> None:
    x0, y0, x1, y1 = box
    if not all(0 <= side <= 1000 for side in box):  # so is neither infinity nor NaN
        raise AnswerError(f'"box" {_short(list(box))} leaves the map; its numbers must be from 0 to 1000')
    if x1 - x0 < MIN_SIDE or y1 - y0 < MIN_SIDE:
        raise AnswerError(
            f'"box" {_short(list(box))} must be [left, top, right, bottom], at least {MIN_SIDE} wide and high'
        )


def _behind(value: int | str | None, regions: Sequence[Region]) -> int | None:
    if value is None:
        return None
    if isinstance(value, str):
        wanted = " ".join(value.split()).casefold()
        numbers = [region.number for region in regions if region.name.casefold() == wanted]
        if len(numbers) > 1:
            raise AnswerError(f'"behind" names the regions {_listed(numbers)}; give the number of one')
    else:
        numbers = [region.number for region in regions if region.number == value]
    if not numbers:
        known = _listed([region.number for region in regions]) or "none"
        raise AnswerError(
            f'"behind" is {_short(value)}, which is no region of the map ({known}); give a number or null'
        )
    return numbers[0]


def _check_text(key: str, text: str, limit: int) -> None:
    if not any(letter.isalnum() for letter in text):
        raise AnswerError(f'"{key}" must say what the object is, not {_short(text)}')
    if len(text) > limit:
        raise AnswerError(f'"{key}" has {len(text)} characters; at most {limit} are allowed')
    if not text.isprintable():
        raise AnswerError(f'"{key}" holds control characters; use letters and blanks')


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    """A value of an answer as the correction shows it, spelled so that it breaks no frame."""
    if isinstance(value, str):
        return quoted(value if len(value) <= 40 else value[:39] + "…")
    if isinstance(value, list):
        is_short = len(value) <= 8 and all(_is_number(item) for item in value)
        return json.dumps(value)[:80] if is_short else "a list of other things"
    return "an object" if isinstance(value, dict) else json.dumps(value)[:40]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise AnswerError("it has a key twice")
    return content


def _refuse(constant: str) -> None:
    raise AnswerError(f"{constant} is no number of JSON")
