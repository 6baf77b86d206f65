"""`smartmask suggest`: a photo and a few words in, masks out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli.mask_model import mask_model_options

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    import numpy as np

    from smartmask.scene.guidance import Guidance
    from smartmask.scene.layout import Layout

_CHANGE = 0.5
_FILE = click.Path(path_type=Path, readable=False)


@click.command()
@click.argument("photo", type=_FILE)
@click.argument("prompt")
@click.option("--scene", metavar="TEXT", help="What the finished scene shows, in a sentence.")
@click.option(
    "--box", metavar="X0,Y0,X1,Y1", help="The object's tight box, in pixels from the top left corner."
)
@click.option(
    "--region", metavar="PNG", type=_FILE, help="Drawing of the part of the photo it should lie about."
)
@click.option("--scribble", metavar="PNG", type=_FILE, help="Rough drawing of the object itself.")
@click.option("--avoid", metavar="PNG", type=_FILE, help="Drawing of where it must not be; with --scribble.")
@click.option("--like", metavar="PNG", type=_FILE, help="A mask of it: more like that one, in its place.")
@click.option("--toward", metavar="PNG", type=_FILE, help="Another mask: those between it and --like.")
@click.option(
    "--change",
    type=click.FloatRange(0, 1),
    help="How far from --like: from 0, hardly at all, to 1.  [default: 0.5]",
)
@click.option("-n", "n", type=click.IntRange(1, 64), default=4, show_default=True, help="Suggestions wanted.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same masks."
)
@click.option(
    "--layout",
    "layout_path",
    metavar="FILE",
    type=_FILE,
    help="Layout of the photo, in any format; it is not segmented.",
)
@click.option("--out", type=_FILE, default=Path("out"), show_default=True, help="Folder for the results.")
@mask_model_options
@click.option(
    "--max-megapixels",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="Refuse larger photos.",
)
def suggest(
    photo: Path,
    prompt: str,
    scene: str | None,
    box: str | None,
    region: Path | None,
    scribble: Path | None,
    avoid: Path | None,
    like: Path | None,
    toward: Path | None,
    change: float | None,
    n: int,
    seed: int,
    layout_path: Path | None,
    out: Path,
    weights: Path | None,
    device: str,
    memory: Path | None,
    max_megapixels: float,
) -> None:
    """Draw masks of PROMPT, an object that is not in PHOTO yet.

    Writes mask_0.png, mask_1.png, ... (0 or 255, best first), alpha_0.png, ... (the same with soft
    edges), overview.png (a picture to look at), suggestions.json (scores, boxes, and all that is needed
    to get the same again) and, unless it was given, layout.json (what was seen in the photo). Files of
    the same names are replaced.

    A drawing (region, scribble, what to avoid) or a mask is a picture of the photo's size: white on black, or
    opaque on transparent. Masks like another are all changed as much as is asked for; those between two come
    in their order.

    \b
    Examples:
      smartmask suggest room.jpg "a sleeping dog"
      smartmask suggest room.jpg "a floor lamp" --scene "a cosy room at night" -n 8
      smartmask suggest room.jpg "a picture frame" --box 120,40,260,180 --out frame
      smartmask suggest room.jpg "an armchair" --scribble chair.png --seed 3
      smartmask suggest room.jpg "an armchair" --like out/mask_0.png --change 0.3 --out more
      smartmask suggest room.jpg "a cat" --layout out/layout.json --out cat
      smartmask suggest room.jpg "a cat" --layout room.psd --out cat
    """
    from smartmask.apps.cli.mask_model import load_mask_model, mask_model_record
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.cli.suggestion_files import drawn_from, file_names, suggestion_files
    from smartmask.data.photos import read_photo
    from smartmask.pipelines.suggest import check_request

    check_folder(
        out,
        file_names(n, layout_path is None),
        [photo, region, scribble, avoid, like, toward, layout_path, weights, memory],
    )
    try:
        check_unicode(prompt, scene)
        image = read_photo(photo, max_megapixels)
        size_hw = image.shape[0], image.shape[1]
        guidance = read_guidance(box, region, scribble, size_hw, avoid)
        masks = _read_masks(like, toward, change, scene, guidance, size_hw)
        check_request(prompt, scene, guidance, n, seed, size_hw)
        given = (
            None if layout_path is None else read_layout_of(layout_path, size_hw, max_megapixels, photo.name)
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    with progress() as (step, on_progress):
        step("loading the models")
        models = load_mask_model(weights, device, memory)
        step("segmenting the photo")
        layout = models.segment(image) if given is None else given
        step("drawing masks")
        words = models.words(prompt)
        if len(masks) == 2:
            suggestions = models.between(layout, prompt, masks[0], masks[1], n, seed)
        elif masks:
            suggestions = models.more_like(
                layout, prompt, masks[0], _CHANGE if change is None else change, n, seed
            )
        else:
            suggestions = models.suggest(layout, prompt, scene, guidance, n, seed, on_progress)
        if not suggestions:
            raise click.ClickException(
                f"no mask of {prompt!r} came out; try another --seed, a hint, or other words"
            )
        step("drawing the overview")
        request = {"photo": str(photo), "prompt": prompt, "scene": scene, "n": n, "seed": seed}
        if like is not None:
            request |= _masks_record(like, toward, change, masks)
        files = suggestion_files(
            suggestions,
            request,
            image=image,
            layout=layout,
            layout_path=layout_path,
            guidance=guidance,
            guidance_path=region or scribble,
            mask_model=mask_model_record(weights),
            words=words,
            memory=memory,
        )
    write_folder(out, files)
    if len(suggestions) < n:
        click.echo(f"Note: {n} were asked for, but only {len(suggestions)} distinct ones came out.", err=True)
    if words is not None:
        click.echo(f"Words: {words.say()}.")
    order = "in their order" if masks else "best first"
    click.echo(f"{len(suggestions)} of {prompt!r}, {order}:")
    for number, suggestion in enumerate(suggestions):
        corners = ",".join(f"{value:g}" for value in suggestion.box_xyxy)
        source = drawn_from(suggestion.origin)
        click.echo(
            f"  {out / f'mask_{number}.png'}   score {suggestion.score:.3f}   box {corners}   {source}"
        )
    click.echo(f"Look at {out / 'overview.png'}; all details are in {out / 'suggestions.json'}.")


def check_unicode(*texts: str | None) -> None:
    """Refuse bytes of the command line that are no text: the tokenizer cannot read them."""
    for text in texts:
        try:
            (text or "").encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                "the prompt and the scene must be valid Unicode; check the terminal's encoding"
            ) from error


def _read_masks(
    like: Path | None,
    toward: Path | None,
    change: float | None,
    scene: str | None,
    guidance: "Guidance",
    size_hw: tuple[int, int],
) -> "list[np.ndarray]":
    """The masks to begin from, if that is asked for."""
    from smartmask.data.photos import read_mask
    from smartmask.scene.guidance import NoGuidance

    if like is None:
        given = [name for name, value in (("--toward", toward), ("--change", change)) if value is not None]
        if given:
            raise ValueError(f"{given[0]} goes with --like; give the mask to begin from")
        return []
    if not isinstance(guidance, NoGuidance) or scene is not None:
        raise ValueError("--like gives the place and takes no hint and no --scene beside it")
    if toward is not None and change is not None:
        raise ValueError("--change is for masks like one; leave it out where --toward is given")
    return [read_mask(path, size_hw) for path in (like, toward) if path is not None]


def _masks_record(
    like: Path, toward: Path | None, change: float | None, masks: "list[np.ndarray]"
) -> "dict[str, Any]":
    """What is needed to draw from the same masks again."""
    from smartmask.scene.rle import encode_rle

    drawings = [
        {"file": str(path), "counts": encode_rle(mask)}
        for path, mask in zip((like, toward), masks, strict=False)
    ]
    if toward is None:
        return {"like": drawings[0], "change": _CHANGE if change is None else change}
    return {"like": drawings[0], "toward": drawings[1]}


def read_guidance(
    box: str | None,
    region: Path | None,
    scribble: Path | None,
    size_hw: tuple[int, int],
    avoid: Path | None = None,
) -> "Guidance":
    """The hint that the options give."""
    from smartmask.data.photos import read_mask
    from smartmask.scene.guidance import Box, NoGuidance, Region, Scribble

    given = {"--box": box, "--region": region, "--scribble": scribble}
    hints = [name for name, value in given.items() if value is not None]
    if len(hints) > 1:
        raise ValueError(f"{' and '.join(hints)} were given; give one hint or none")
    if avoid is not None and scribble is None:
        raise ValueError("--avoid goes with --scribble; draw where the object is to be, too")
    if box is not None:
        return Box(_clipped_box(box, size_hw))
    if region is not None:
        return Region(read_mask(region, size_hw))
    if scribble is not None:
        return Scribble(read_mask(scribble, size_hw), read_mask(avoid, size_hw) if avoid else None)
    return NoGuidance()


def _clipped_box(text: str, size_hw: tuple[int, int]) -> tuple[float, float, float, float]:
    """The part of a box that lies on the photo; a note says so if that is not all of it."""
    from smartmask.scene.boxes import clip_box

    try:
        x0, y0, x1, y1 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(
            f"--box {text!r} must be four numbers X0,Y0,X1,Y1 in pixels, like 10,20,300,400"
        ) from error
    try:
        clipped = clip_box((x0, y0, x1, y1), size_hw)
    except ValueError as error:
        raise ValueError(f"--{error}") from error
    if min(clipped[2] - clipped[0], clipped[3] - clipped[1]) < 1:
        raise ValueError(f"--box {text} covers less than one pixel of the {size_hw[1]}x{size_hw[0]} photo")
    if clipped != (x0, y0, x1, y1):
        corners = ",".join(f"{value:g}" for value in clipped)
        click.echo(f"Note: the box reaches beyond the photo; its part {corners} is used.", err=True)
    return clipped


def read_layout_of(
    path: Path, size_hw: tuple[int, int], max_megapixels: float, photo_name: str | None = None
) -> "Layout":
    """The layout in a file, which must be of the photo's size."""
    from smartmask.data.layout_formats import read_any_layout

    layout = read_any_layout(path, image=photo_name, max_megapixels=max_megapixels)
    if tuple(layout.size_hw) != size_hw:
        found, expected = f"{layout.size_hw[1]}x{layout.size_hw[0]}", f"{size_hw[1]}x{size_hw[0]}"
        raise ValueError(
            f"--layout {path}: is {found} but the photo is {expected}; give the layout of this photo"
        )
    return layout
