"""What `smartmask insert` does between reading its options and writing its files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from smartmask.apps.cli.mask_model import MaskModel
from smartmask.apps.inpainters import load_inpainter, parse_description
from smartmask.apps.load import SmartMask
from smartmask.pipelines.insertion.history import InsertionHistory, InsertStep, RecordedStep, history_of
from smartmask.pipelines.insertion.insert import Insertion
from smartmask.scene.colour_profile import Picture
from smartmask.scene.layout import Layout


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a job.

    Attributes:
        histories: How each picture came about.
        last: The insertion that finished each picture.
        objects: An insertion for each object of the first picture.
    """

    histories: Sequence[InsertionHistory]
    last: Sequence[Insertion]
    objects: Sequence[Insertion]


def read_behind(names: Sequence[str]) -> tuple[int | str, ...]:
    """Labels, and numbers where it is all digits."""
    return tuple(int(name) if name.isascii() and name.isdigit() else name for name in names)


def check_inpainters(steps: Sequence[InsertStep] | Sequence[RecordedStep]) -> None:
    """Make sure that every inpainter can be had in principle; cut-outs are opened, checkpoints are not.

    Raises:
        ValueError: If a description is malformed.
        ImageError: If a cut-out cannot be used.
    """
    for description in dict.fromkeys(step.inpainter for step in steps):
        if parse_description(description).kind == "reference":
            load_inpainter(description)


def cutouts_of(steps: Sequence[InsertStep] | Sequence[RecordedStep]) -> list[Path]:
    """The files of the cut-outs among the inpainters."""
    found = [parse_description(step.inpainter) for step in steps]
    return [Path(description.source) for description in found if description.kind == "reference"]


def draw(
    photo: Picture,
    job: list[InsertStep] | InsertionHistory,
    n: int,
    layout: Layout | None,
    mask_model: MaskModel,
    begin: Callable[[str], None],
    on_progress: Callable[[int, int], None],
) -> Drawn:
    """Draw one object n times, or several one after the other, or a history again.

    Raises:
        ValueError: If a step does not fit the photo or what is in it.
        SmartMaskError: If weights cannot be used, or an inpainter fails.
    """
    if isinstance(job, InsertionHistory):
        begin("drawing again")
        sequence = SmartMask.replay(job, photo, on_progress=on_progress)
    else:
        begin("loading the models")
        models = mask_model.load()
        begin("segmenting the photo")
        layout = models.segment(photo.pixels) if layout is None else layout
        if len(job) == 1:
            return _single(models, photo, job[0], n, layout, begin, on_progress)
        begin("drawing")
        sequence = models.insert_steps(photo, job, layout, on_progress=on_progress)
    return Drawn([sequence.history], sequence.insertions[-1:], sequence.insertions)


def _single(
    models: SmartMask,
    photo: Picture,
    step: InsertStep,
    n: int,
    layout: Layout,
    begin: Callable[[str], None],
    on_progress: Callable[[int, int], None],
) -> Drawn:
    begin("loading the inpainter")
    inpainter = load_inpainter(step.inpainter)
    begin("drawing")
    found = models.insert(
        photo,
        step.prompt,
        step.where,
        inpainter=inpainter,
        scene=step.scene,
        n=n,
        seed=step.seed,
        settings=step.settings,
        layout=layout,
        behind=step.behind,
        on_progress=on_progress,
    )
    histories = [history_of(photo.pixels, layout, insertion, step) for insertion in found]
    return Drawn(histories, found, found[:1])
