"""A `Planner` that asks somebody who looks at pictures and answers in words.

Asked is in the words of `data/planning`. An answer that cannot be used is told back with what is wrong with
it; after `TRIES` such answers the planner fails and says so. It never makes up an object.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from smartmask.data.planning.answer import AnswerError, planned_object, read_answer
from smartmask.data.planning.question import ask, ask_again, quoted, shortened
from smartmask.errors import BackendError
from smartmask.protocols import PlannedObject
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

TRIES = 3


@runtime_checkable
class Chat(Protocol):
    """Somebody who looks at a picture and answers."""

    @property
    def name(self) -> str:
        """Who it is, for errors."""
        ...

    def reply(self, text: str, picture: UInt8[np.ndarray, "H W 3"], seed: int) -> str:
        """The answer to a question about a picture.

        Raises:
            BackendError: If none can be had.
        """
        ...


class ChatPlanner:
    """A `Planner`; `load_vlm_planner` and `openai_planner` build one."""

    def __init__(self, chat: Chat) -> None:
        """Take whom to ask."""
        self._chat = chat

    def next_object(
        self,
        layout: Layout,
        prompt: str,
        placed: Sequence[PlannedObject],
        seed: int,
        camera: Camera | None = None,
    ) -> PlannedObject | None:
        """The next object, or None if the scene is complete.

        Args:
            layout: What is there, the placed objects among it.
            prompt: What the finished scene shows.
            placed: What was planned before and is there now, in the order it came.
            seed: Same question, same seed, same answer, as far as the one who is asked keeps to it.
            camera: Not asked for: the picture is all that is shown.

        Raises:
            ValueError: If the prompt is blank or too long, or the seed below 0.
            BackendError: If no answer can be had, or none of `TRIES` can be used.
        """
        if seed < 0:
            raise ValueError(f"the seed must be 0 or more, not {seed}")
        asked = question = ask(layout, prompt, [planned.label for planned in placed])
        for _ in range(TRIES):
            said = self._chat.reply(asked.text, asked.picture, seed)
            try:
                answer = read_answer(said)
                return None if answer is None else planned_object(answer, question.regions, layout.size_hw)
            except AnswerError as error:
                problem, asked = error, ask_again(question, said, str(error))
        raise BackendError(
            f"{self._chat.name}: gave no usable answer in {TRIES} tries; the last, "
            f"{quoted(shortened(said, 120))}, cannot be used: {problem}; larger models answer better, and so "
            "do those fine-tuned on planning (smartmask train planner-lora)"
        )
