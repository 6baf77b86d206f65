"""Where an object goes: the same options for every command that takes a hint."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.options import Decorator, file_option, gathered

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    import numpy as np
    from jaxtyping import Bool

    from smartmask.scene.boxes import BoxXYXY, FourNumbers
    from smartmask.scene.guidance import Guidance


@dataclass(frozen=True, slots=True, kw_only=True)
class HintOptions:
    """What the options say, or a step of a file; no drawing has been opened yet.

    Attributes:
        mask: Drawing of the object itself, hidden parts included.
        box: Its tight box, in pixels.
        region: Drawing of where it lies about.
        scribble: Rough drawing of it.
        avoid: Drawing of where it must not be.
        invert_mask: Whether what is dark or transparent in drawings counts.
    """

    mask: Path | None = None
    box: "FourNumbers | None" = None
    region: Path | None = None
    scribble: Path | None = None
    avoid: Path | None = None
    invert_mask: bool = False

    @property
    def files(self) -> list[Path | None]:
        """What is read."""
        return [self.mask, self.region, self.scribble, self.avoid]

    def read(self, size_hw: tuple[int, int], *drawings: Path) -> "Guidance":
        """The hint, for a photo of this size.

        Args:
            size_hw: Of the photo.
            drawings: Others that a command reads.

        Raises:
            TypeError: If the box is not four numbers.
            ValueError: If there are several, or one does not fit the photo.
            ImageError: If a drawing cannot be read.
        """
        from smartmask.scene.boxes import as_box
        from smartmask.scene.guidance import Box, NoGuidance, Region, Scribble

        given = {"--mask": self.mask, "--box": self.box, "--region": self.region, "--scribble": self.scribble}
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise ValueError(f"{' and '.join(names)} were given; give one hint or none")
        if self.invert_mask and not any([*self.files, *drawings]):
            raise ValueError("--invert-mask goes with a drawing; give one, or leave it out")
        if self.avoid is not None and self.scribble is None:
            raise ValueError("--avoid goes with --scribble; draw where the object is to be, too")
        if self.box is not None:
            return Box(_on_photo(as_box(self.box), size_hw))
        if self.region is not None:
            return Region(self.drawing(self.region, size_hw))
        if self.scribble is not None:
            avoid = None if self.avoid is None else self.drawing(self.avoid, size_hw)
            return Scribble(self.drawing(self.scribble, size_hw), avoid)
        return NoGuidance()

    def read_where(self, size_hw: tuple[int, int]) -> "Bool[np.ndarray, 'H W'] | Guidance":
        """The mask or the hint, for a photo of this size; it raises as `read` does."""
        hint = self.read(size_hw)
        return hint if self.mask is None else self.drawing(self.mask, size_hw)

    def drawing(self, path: Path, size_hw: tuple[int, int]) -> "Bool[np.ndarray, 'H W']":
        """What is drawn in a picture; a note is given if that looks like its ground.

        Raises:
            ValueError: If nothing is drawn, or it is of another size.
            ImageError: If it cannot be read.
        """
        from smartmask.data.photos import read_mask

        mask = read_mask(path, size_hw)
        if self.invert_mask:
            if mask.all():
                raise ValueError(f"{path}: nothing is left of it inverted; leave out --invert-mask")
            return ~mask
        share = mask.mean()
        if share > 0.5 and mask[[0, 0, -1, -1], [0, -1, 0, -1]].all():
            print_line(
                f"Note: {path} selects {share:.0%} of the photo and all four corners, since what is white or "
                "opaque counts; if that is the ground, give --invert-mask.",
                err=True,
            )
        return mask


def hint_options(*others: Decorator) -> Decorator:
    """A command with a parameter `hint`, made of `others` and the options that every hint has."""
    return gathered(
        "hint",
        HintOptions,
        *others,
        click.option(
            "--box",
            metavar="X0,Y0,X1,Y1",
            callback=lambda _context, _option, text: None if text is None else read_box("--box", text),
            help="The object's tight box, in pixels from the top left corner.",
        ),
        file_option("--region", "PNG", "Drawing of the part of the photo it should lie about."),
        file_option("--scribble", "PNG", "Rough drawing of the object itself."),
        file_option("--avoid", "PNG", "Drawing of where it must not be; with --scribble."),
        click.option("--invert-mask", is_flag=True, help="In drawings, what is black or transparent counts."),
    )


def read_box(name: str, text: str) -> "BoxXYXY":
    """The four numbers of a text.

    Args:
        name: What is read, for the message.
        text: Such as "10,20,300,400".

    Raises:
        click.UsageError: If it is something else.
    """
    try:
        x0, y0, x1, y1 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise click.UsageError(
            f"{name} {text!r} must be four numbers X0,Y0,X1,Y1 in pixels, like 10,20,300,400"
        ) from error
    return x0, y0, x1, y1


def _on_photo(box_xyxy: "BoxXYXY", size_hw: tuple[int, int]) -> "BoxXYXY":
    """The part of a box that lies on the photo; a note says so if that is not all of it."""
    from smartmask.pipelines.reduced_canvas import SMALLEST_BOX_PX
    from smartmask.scene.boxes import check_box_size, clip_box

    check_box_size(box_xyxy, size_hw, SMALLEST_BOX_PX)
    clipped = clip_box(box_xyxy, size_hw)
    if clipped != box_xyxy:
        corners = ",".join(f"{value:g}" for value in clipped)
        print_line(f"Note: the box reaches beyond the photo; its part {corners} is used.", err=True)
    return clipped
