"""What draws masks for `SuggestPipeline`, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from smartmask.pipelines.generate import Scene
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.shapes.turning import ShapeTurning
from smartmask.pipelines.shapes.variations import ShapeVariations
from smartmask.pipelines.suggestion import Origin
from smartmask.scene.guidance import Guidance
from smartmask.scene.outline import Outline


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A shape on the canvas.

    Attributes:
        outline: On the canvas.
        origin: The remembered shape that it is; None = drawn freely.
    """

    outline: Outline
    origin: Origin | None = None


@runtime_checkable
class Drawer(Protocol):
    """Draws candidates; safe to call from several threads at once."""

    @property
    def variations(self) -> ShapeVariations | None:
        """What draws shapes from others; None if it cannot."""
        ...

    @property
    def turning(self) -> ShapeTurning | None:
        """What turns shapes; None if it cannot."""
        ...

    def words(self, prompt: str) -> ShapeWords | None:
        """How the words are understood; None if there is no memory to look them up in.

        Raises:
            ValueError: If the prompt is empty.
        """
        ...

    def is_ordered(self, guidance: Guidance) -> bool:
        """Whether candidates for a hint come best first; else their scores say which is better."""
        ...

    def candidate(
        self, scene: Scene, prompt: str, text: str | None, guidance: Guidance, seed: int, number: int
    ) -> Sequence[Drawn]:
        """What candidate `number` of a seed may be; the one that is scored best is taken.

        Args:
            scene: What is there.
            prompt: What is to come.
            text: What the finished scene shows.
            guidance: A hint within the canvas.
            seed: Same seed, same candidates.
            number: Which; candidates do not depend on one another.
        """
        ...
