"""`smartmask edit`: a layout mended step by step."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_block, print_line

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.scene.layout import Layout

_STEPS = {
    "rename": ("N=LABEL", "Give a layer another label."),
    "merge": ("N,N,...", "Make layers one; the first keeps its number, label and place."),
    "delete": ("N", "Take a layer out; what only it covered becomes unknown."),
    "fill": ("N", "Take a layer out; what only it covered goes, pixel by pixel, to the nearest region seen."),
    "front": ("N", "Move a layer in front of all others."),
    "back": ("N", "Move a layer behind all others."),
    "in-front": ("N:M", "Move layer N right in front of layer M."),
    "behind": ("N:M", "Move layer N right behind layer M."),
    "by-depth": (None, "Order all layers by the depth that their visible regions tell."),
    "add-polygon": (
        "LABEL:X,Y X,Y ...",
        "Add a polygon, in pixels from the top left corner, in front of all.",
    ),
    "add-mask": ("LABEL:PNG", "Add a drawing of the layout's size, in front of all."),
}
"""The options that are steps: what each takes, None for a flag, and its help."""


class _InOrder(click.Command):
    """A command whose steps are done in the order given; click alone keeps it within an option only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        values, _, order = self.make_parser(ctx).parse_args(list(args))
        # All steps but the flag share one list of values, which is therefore in order too.
        texts = iter(values.get("steps", ()))
        ctx.obj = [
            (parameter.opts[0].lstrip("-"), next(texts) if parameter.name == "steps" else "")
            for parameter in order
            if parameter.name in ("steps", "by_depth")
        ]
        return super().parse_args(ctx, args)


def _with_steps(command: click.Command) -> click.Command:
    for name, (metavar, text) in _STEPS.items():
        if metavar is None:
            option = click.Option([f"--{name}"], is_flag=True, help=text, expose_value=False)
        else:
            option = click.Option(
                ["steps", f"--{name}"], metavar=metavar, multiple=True, help=text, expose_value=False
            )
        command.params.insert(-2, option)
    return command


@_with_steps
@click.command(cls=_InOrder)
@options.layout_argument
@options.image_option
@options.names_option
@options.max_megapixels_option("layouts")
@click.option("--list", "lists", is_flag=True, help="Show the layers in a table, after the steps if any.")
@options.file_option("--out", "FILE", "The result, a layout JSON; may be LAYOUT itself.")
@click.pass_obj
def edit(
    steps: Sequence[tuple[str, str]],
    layout_path: Path,
    image: str | None,
    names: Path | None,
    max_megapixels: float,
    lists: bool,
    out: Path | None,
) -> None:
    """Rename, merge, delete, reorder and add layers of LAYOUT.

    LAYOUT is a layout JSON or a file of any format that smartmask convert reads. The steps are done in the
    order given, and each may be given several times. N is a layer's number, or its label if no other layer
    bears it. Numbers are those of LAYOUT as --list shows them, 0 for the rearmost, and stay the same during
    one command, whatever is deleted or moved; layers that are added are numbered on. Without --out nothing
    is written, so --list shows what the steps would do. LAYOUT itself is only replaced if --out names it
    and it is a layout JSON.

    \b
    Examples:
      smartmask edit room.json --list
      smartmask edit room.json --rename 3=sofa --merge 2,4 --out mended.json
      smartmask edit room.json --fill cat --front 6 --behind 3:1 --out mended.json
      smartmask edit room.json --add-polygon "lamp:10,10 40,10 25,60" --behind lamp:3 --list
      smartmask edit room.json --by-depth --out room.json
      smartmask edit room.psd --rename "Layer 3=sofa" --out room.json
    """
    from smartmask.apps.cli.edit_steps import Editing
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.data.layout_files import layout_to_json, read_layout
    from smartmask.data.layout_formats import FILE_NAMES

    if out is not None and not steps:
        raise click.UsageError("--out without a step would be a mere copy; give one, such as --rename 3=sofa")
    if out is None and not lists:
        raise click.UsageError("give --out FILE for the result, or --list to look at the layers")
    if out is not None:
        if out.is_dir():
            raise click.UsageError(f"--out {out}: is a folder; give a file, such as {out / 'layout.json'}")
        drawings = [Path(text.partition(":")[2]) for step, text in steps if step == "add-mask"]
        check_folder(out.parent, [out.name], [*drawings, names], f"--out {out}")
        if out.suffix.lower() in {Path(name).suffix for name in FILE_NAMES.values()} - {".json"}:
            raise click.UsageError(
                f"--out {out}: the result is a layout JSON; give a .json, then smartmask convert it"
            )
    if out is not None and out.exists() and layout_path.exists() and out.samefile(layout_path):
        # A file of another program is not to become one of ours.
        layout = read_layout(layout_path, max_megapixels)
    else:
        with options.usage_errors():
            layout = options.read_layout_file(layout_path, image, names, max_megapixels)
    editing = Editing(layout)
    with options.usage_errors():
        for step, text in steps:
            editing.apply(step, text)
    if lists:
        caption = "rearmost first, numbered as in the result" if steps else "rearmost first"
        print_block(_table(editing.layout, caption))
    if out is not None:
        write_folder(out.parent, {out.name: layout_to_json(editing.layout)}, f"--out {out}")
        labels = ", ".join(editing.layout.labels) or "none"
        print_line(f"{out}: {len(editing.layout)} layers, rearmost first: {labels}")


ALIGNED = "><<>>"
"""How each column of the table is."""


def _table(layout: "Layout", caption: str) -> str:
    """The layers, with their numbers in this very layout."""
    import numpy as np

    index = layout.visible_index()
    rows = [("N", "label", "extent", "of canvas", "visible")]
    for number, layer in enumerate(layout.layers):
        seen, whole = np.count_nonzero(index == number), np.count_nonzero(layer.mask)
        share = f"{seen / whole:.0%}" if whole else "empty"
        label = "".join(letter if letter.isprintable() else "?" for letter in layer.label)
        rows.append((str(number), label, layer.extent, f"{seen / index.size:.1%}", share))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "   ".join(f"{text:{side}{width}}" for text, side, width in zip(row, ALIGNED, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(line.rstrip() for line in [*lines, caption]) + "\n"
