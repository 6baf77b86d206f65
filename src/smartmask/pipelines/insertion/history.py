"""Several objects put into a photo one after the other, and their history, from which all is done again.

Each step draws into the picture and the layout that the steps before it left. The history holds all that a
step was decided by (words, mask, what hides it, seed, settings, the inpainter's description) and a digest of
the picture it gave. So the same history and photo give the same pictures bit for bit, or an error; and to
undo step k is to replay the history without it.

A layer goes by its *identity*, which stays the same while layers move past one another: the number it has in
the history's layout, or, for the object of step k, the number of layers in that layout + k.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from jaxtyping import Bool, UInt8

from smartmask.arguments import check_all, check_function, check_kind, check_text
from smartmask.errors import BackendError
from smartmask.pipelines.insertion.insert import (
    Insertion,
    InsertSettings,
    check_insertion,
    fill_mask,
    find_mask,
    sample_seed,
)
from smartmask.pipelines.insertion.place_behind import layer_numbers, put_behind
from smartmask.pipelines.suggest import SuggestPipeline
from smartmask.protocols import Inpainter
from smartmask.scene.guidance import Guidance, NoGuidance
from smartmask.scene.layout import Layer, Layout

InpainterOf = Callable[[str], Inpainter]
"""The inpainter of a description."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InsertStep:
    """An object that is to come.

    Attributes:
        prompt: What it is, in a few words; also its label.
        inpainter: Description of what draws it.
        where: Its mask, hidden parts included, or a hint for one.
        scene: What the finished scene shows, for suggestions.
        seed: Same seed, same picture.
        settings: How far the change reaches.
        behind: Numbers or labels, in the layout that this step meets, of what hides it; objects of earlier
            steps bear their prompt as label.
    """

    prompt: str
    inpainter: str
    where: Bool[np.ndarray, "H W"] | Guidance = NoGuidance()
    scene: str | None = None
    seed: int = 0
    settings: InsertSettings = field(default_factory=InsertSettings)
    behind: tuple[int | str, ...] = ()

    def __post_init__(self) -> None:
        check_text("prompt of a step", self.prompt)
        check_text("inpainter of a step (a description)", self.inpainter)
        check_kind("settings of a step", self.settings, InsertSettings, "InsertSettings")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordedStep:
    """An object that came.

    Attributes:
        prompt: What it is.
        inpainter: Description of what drew it.
        mask: Its pixels, hidden parts included.
        behind: Identities of the layers that were named to hide it.
        seed: What the inpainter was given.
        settings: How far the change reached.
        digest: `digest_of` the picture after the step; None = not known, because a step before was undone.
    """

    prompt: str
    inpainter: str
    mask: Bool[np.ndarray, "H W"]
    behind: tuple[int, ...]
    seed: int
    settings: InsertSettings
    digest: str | None


@dataclass(frozen=True, slots=True, eq=False)
class InsertionHistory:
    """What was put into a photo, in order.

    Attributes:
        photo_digest: `digest_of` the photo.
        layout: What was in it before.
        steps: What came, first to last.
    """

    photo_digest: str
    layout: Layout
    steps: tuple[RecordedStep, ...]

    def __post_init__(self) -> None:
        for number, step in enumerate(self.steps):
            if step.mask.shape != tuple(self.layout.size_hw) or not step.mask.any():
                raise ValueError(f"step {number}: its mask is empty or of another size than the layout")
            known = len(self.layout) + number
            if any(not 0 <= identity < known for identity in step.behind):
                raise ValueError(f"step {number}: is behind {step.behind}, but there are 0 to {known - 1}")

    def first(self, count: int) -> "InsertionHistory":
        """The history of the first steps alone.

        Raises:
            ValueError: If there are fewer steps, or `count` is negative.
        """
        if not 0 <= count <= len(self.steps):
            raise ValueError(f"first({count}) of a history with {len(self.steps)} steps")
        return InsertionHistory(self.photo_digest, self.layout, self.steps[:count])

    def without(self, number: int) -> "InsertionHistory":
        """The history with one step undone; what that object hid of later ones comes to light.

        Raises:
            ValueError: If there is no such step.
        """
        if not 0 <= number < len(self.steps):
            last = len(self.steps) - 1
            raise ValueError(f"step {number} cannot be undone: the history has steps 0 to {last}")
        gone = len(self.layout) + number
        later = tuple(
            replace(
                step,
                behind=tuple(identity - (identity > gone) for identity in step.behind if identity != gone),
                digest=None,
            )
            for step in self.steps[number + 1 :]
        )
        return InsertionHistory(self.photo_digest, self.layout, self.steps[:number] + later)


@dataclass(frozen=True, slots=True, eq=False)
class InsertionSequence:
    """What came of several steps: an insertion each, the last with everything in it, and their history."""

    insertions: tuple[Insertion, ...]
    history: InsertionHistory


def insert_steps(
    photo: UInt8[np.ndarray, "H W 3"],
    layout: Layout,
    steps: Sequence[InsertStep],
    suggest: SuggestPipeline,
    inpainter_of: InpainterOf,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    profile: bytes | None = None,
) -> InsertionSequence:
    """Put several objects into a photo, one after the other.

    Args:
        photo: What is there.
        layout: The same as a layout.
        steps: What is to come.
        suggest: Finds masks where a step has none.
        inpainter_of: Gives the inpainter of a description; asked once for each.
        on_progress: Called with (steps done, steps).
        profile: The ICC profile of the photo's colours; None = sRGB.

    Raises:
        ValueError: If a step does not fit, see `InsertPipeline`; its number is named.
        BackendError: If an inpainter fails.
    """
    check_all("steps", steps, InsertStep, "an InsertStep")
    check_function("inpainter_of", inpainter_of)
    check_kind("layout", layout, Layout, "a Layout")
    canvas = _Canvas(photo, layout, inpainter_of, profile)
    for number, step in enumerate(steps):
        try:
            check_insertion(step.prompt, step.where, step.scene, 1, step.seed, canvas.layout.size_hw)
            mask, before = find_mask(suggest, canvas.layout, step.prompt, step.where, step.scene, step.seed)
            behind = layer_numbers(canvas.layout, step.behind) or before
            canvas.put(step.prompt, step.inpainter, mask, behind, sample_seed(step.seed, 0), step.settings)
        except ValueError as error:
            raise ValueError(f"step {number} ({step.prompt!r}): {error}") from error
        on_progress(number + 1, len(steps))
    return canvas.sequence()


def replay(
    history: InsertionHistory,
    photo: UInt8[np.ndarray, "H W 3"],
    inpainter_of: InpainterOf,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    profile: bytes | None = None,
) -> InsertionSequence:
    """Do again what was done.

    Args:
        history: What was put in.
        photo: The photo that it was put into.
        inpainter_of: Gives the inpainter of a description; asked once for each.
        on_progress: Called with (steps done, steps).
        profile: The ICC profile of the photo's colours; None = sRGB.

    Raises:
        ValueError: If it is another photo, or nothing of an object would be seen.
        BackendError: If an inpainter fails, or draws another picture than it did.
    """
    check_function("inpainter_of", inpainter_of)
    check_kind("history", history, InsertionHistory, "an InsertionHistory; read_history gives one")
    found = digest_of(photo)
    if found != history.photo_digest:
        raise ValueError(
            f"the photo (digest {found[:12]}) is not the one of this history ({history.photo_digest[:12]}); "
            "give the photo as it was before the first step"
        )
    canvas = _Canvas(photo, history.layout, inpainter_of, profile)
    for number, step in enumerate(history.steps):
        behind = [canvas.identities.index(identity) for identity in step.behind]
        digest = canvas.put(step.prompt, step.inpainter, step.mask, behind, step.seed, step.settings)
        if step.digest not in (None, digest):
            raise BackendError(
                f"step {number} ({step.prompt!r}): {step.inpainter} draws another picture than it did; "
                "is its file, or the version of a library, another one?"
            )
        on_progress(number + 1, len(history.steps))
    return canvas.sequence()


def history_of(
    photo: UInt8[np.ndarray, "H W 3"], layout: Layout, insertion: Insertion, step: InsertStep
) -> InsertionHistory:
    """The history of one insertion.

    Args:
        photo: What was there.
        layout: The same as a layout.
        insertion: What came of the step.
        step: What was asked for.
    """
    recorded = RecordedStep(
        prompt=step.prompt,
        inpainter=step.inpainter,
        mask=insertion.mask,
        behind=insertion.behind,
        seed=insertion.seed,
        settings=step.settings,
        digest=digest_of(insertion.image),
    )
    return InsertionHistory(digest_of(photo), layout, (recorded,))


def digest_of(photo: UInt8[np.ndarray, "H W 3"]) -> str:
    """SHA-256 of a photo's size and pixels, in hexadecimal."""
    height, width, _ = photo.shape
    return hashlib.sha256(f"{width}x{height}:".encode() + photo.tobytes()).hexdigest()


class _Canvas:
    """The picture and the layout after the steps so far."""

    def __init__(
        self,
        photo: UInt8[np.ndarray, "H W 3"],
        layout: Layout,
        inpainter_of: InpainterOf,
        profile: bytes | None,
    ) -> None:
        self.photo, self.layout = photo, layout
        self.identities = list(range(len(layout)))
        self._before = digest_of(photo), layout
        self._inpainter_of, self._profile = cache(inpainter_of), profile
        self._insertions: list[Insertion] = []
        self._steps: list[RecordedStep] = []

    def put(
        self,
        prompt: str,
        inpainter: str,
        mask: Bool[np.ndarray, "H W"],
        behind: Sequence[int],
        seed: int,
        settings: InsertSettings,
    ) -> str:
        """Put in one object; the digest of the picture comes back."""
        drawer = self._inpainter_of(inpainter)
        check_kind(f"what inpainter_of gives for {inpainter!r}", drawer, Inpainter, "an Inpainter")
        (found,) = fill_mask(
            self.photo, self.layout, prompt, mask, drawer, [seed], settings, behind, profile=self._profile
        )
        order = put_behind(self.layout, Layer(prompt, mask, "amodal"), behind).order
        hiding = tuple(sorted(self.identities[number] for number in behind))
        identities = [*self.identities, len(self.identities)]
        self.identities = [identities[number] for number in order]
        self.photo, self.layout = found.image, found.layout
        digest = digest_of(found.image)
        self._insertions.append(found)
        self._steps.append(
            RecordedStep(
                prompt=prompt,
                inpainter=inpainter,
                mask=mask,
                behind=hiding,
                seed=seed,
                settings=settings,
                digest=digest,
            )
        )
        return digest

    def sequence(self) -> InsertionSequence:
        """All steps so far."""
        return InsertionSequence(tuple(self._insertions), InsertionHistory(*self._before, tuple(self._steps)))
