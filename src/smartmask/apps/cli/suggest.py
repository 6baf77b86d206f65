"""`smartmask suggest`: a photo and a few words in, masks out."""

from pathlib import Path
from typing import Any

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.hint_options import HintOptions, hint_options
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.mask_model import MaskModel, mask_model_options
from smartmask.arguments import check_number

_CHANGE = 0.5


@click.command()
@click.argument("photo", type=options.FILE)
@click.argument("prompt")
@options.scene_option
@hint_options()
@options.file_option("--like", "PNG", "A mask of it: more like that one, in its place.")
@options.file_option("--toward", "PNG", "Another mask: those between it and --like.")
@click.option(
    "--change",
    type=click.FloatRange(0, 1),
    help="How far from --like: from 0, hardly at all, to 1.  [default: 0.5]",
)
@click.option("--turn", type=int, help="Views to turn --like by, below 0 back; gives one mask.")
@click.option("--shape", help="With --turn, the remembered shape of --like: as suggest told it.")
@options.count_option("Suggestions", 4)
@options.seed_option("masks")
@options.layout_option
@options.out_option
@mask_model_options
@options.max_megapixels_option()
def suggest(
    photo: Path,
    prompt: str,
    scene: str | None,
    hint: HintOptions,
    like: Path | None,
    toward: Path | None,
    change: float | None,
    turn: int | None,
    shape: str | None,
    n: int,
    seed: int,
    layout_path: Path | None,
    out: Path,
    mask_model: MaskModel,
    max_megapixels: float,
) -> None:
    """Draw masks of PROMPT, an object that is not in PHOTO yet.

    Writes mask_0.png, mask_1.png, ... (0 or 255, best first, hidden parts too), visible_0.png, ... (without
    what nearer things hide, as "a dog behind the car" or the ground tell), alpha_0.png, ... (the mask with
    soft edges), overview.png (a picture to look at), suggestions.json (scores, boxes, and all that is needed
    to get the same again) and, unless it was given, layout.json (what was seen in the photo). Files of
    the same names are replaced.

    A drawing (region, scribble, what to avoid) or a mask is a picture of the photo's size: white on black, or
    opaque on transparent. Masks like another are all changed as much as is asked for; those between two come
    in their order. A mask that was drawn from a mesh can be turned, where the mesh is known from several
    sides: the next view of it, in its place and as large.

    \b
    Examples:
      smartmask suggest room.jpg "a sleeping dog"
      smartmask suggest room.jpg "a floor lamp" --scene "a cosy room at night" -n 8
      smartmask suggest room.jpg "a picture frame" --box 120,40,260,180 --out frame
      smartmask suggest room.jpg "an armchair" --scribble chair.png --seed 3
      smartmask suggest room.jpg "an armchair" --like out/mask_0.png --change 0.3 --out more
      smartmask suggest room.jpg "an armchair" --like out/mask_0.png --turn 1 --shape 120 --out turned
      smartmask suggest room.jpg "a cat" --layout out/layout.json --out cat
      smartmask suggest room.jpg "a cat" --layout room.psd --out cat
    """
    from smartmask.apps.cli.mask_model import mask_model_record
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.cli.suggestion_files import drawn_from, file_names, suggestion_files
    from smartmask.data.photos import read_picture
    from smartmask.pipelines.suggest import check_request
    from smartmask.scene.guidance import NoGuidance
    from smartmask.scene.rle import encode_rle

    inputs = [photo, *hint.files, like, toward, layout_path, *mask_model.files]
    check_folder(out, file_names(n, layout_path is None), inputs)
    with options.usage_errors():
        options.check_unicode(prompt, scene)
        picture = read_picture(photo, max_megapixels)
        size_hw = picture.pixels.shape[0], picture.pixels.shape[1]
        guidance = hint.read(size_hw, *(path for path in (like, toward) if path is not None))
        _check_masks(like, toward, change, is_placed=scene is not None or guidance != NoGuidance())
        _check_turn(like, toward, change, turn, shape)
        n = n if turn is None else 1
        change = _CHANGE if change is None else change
        begin = {name: path for name, path in (("like", like), ("toward", toward)) if path is not None}
        masks = [hint.drawing(path, size_hw) for path in begin.values()]
        check_request(prompt, scene, guidance, n, seed, size_hw)
        given = options.read_layout_of(photo, layout_path, size_hw, max_megapixels)

    with progress() as (step, on_progress):
        step("loading the models")
        models = mask_model.load()
        step("segmenting the photo")
        layout = models.segment(picture.pixels) if given is None else given
        step("drawing masks")
        words = models.words(prompt)
        if turn is not None:
            with options.usage_errors():
                suggestions = [models.turn(layout, prompt, masks[0], turn, shape)]
        elif len(masks) == 2:
            suggestions = models.between(layout, prompt, masks[0], masks[1], n, seed)
        elif masks:
            suggestions = models.more_like(layout, prompt, masks[0], change, n, seed)
        else:
            suggestions = models.suggest(layout, prompt, scene, guidance, n, seed, on_progress)
        if not suggestions:
            raise click.ClickException(
                f"no mask of {prompt!r} came out; try another --seed, a hint, or other words"
            )
        step("drawing the overview")
        request: dict[str, Any] = {"photo": str(photo), "prompt": prompt, "scene": scene}
        request |= {"n": n, "seed": seed}
        for (name, path), mask in zip(begin.items(), masks, strict=True):
            request[name] = {"file": str(path), "counts": encode_rle(mask)}
        if turn is not None:
            request |= {"turn": turn, "shape": shape}
        elif len(masks) == 1:
            request["change"] = change
        files = suggestion_files(
            suggestions,
            request,
            photo=picture,
            layout=layout,
            layout_path=layout_path,
            guidance=guidance,
            guidance_path=hint.region or hint.scribble,
            mask_model=mask_model_record(mask_model.weights),
            words=words,
            memory=mask_model.memory,
        )
    write_folder(out, files)
    if len(suggestions) < n:
        print_line(f"Note: {n} were asked for, but only {len(suggestions)} distinct ones came out.", err=True)
    if words is not None:
        print_line(f"Words: {words.say()}.")
    order = "in their order" if masks else "best first"
    print_line(f"{len(suggestions)} of {prompt!r}, {order}:")
    for number, suggestion in enumerate(suggestions):
        corners = ",".join(f"{value:g}" for value in suggestion.box_xyxy)
        source = drawn_from(suggestion.origin)
        print_line(
            f"  {out / f'mask_{number}.png'}   score {suggestion.score:.3f}   box {corners}   {source}"
        )
    print_line(f"Look at {out / 'overview.png'}; all details are in {out / 'suggestions.json'}.")


def _check_masks(like: Path | None, toward: Path | None, change: float | None, is_placed: bool) -> None:
    """Make sure that what is said of masks to begin from goes together."""
    for name, value in (("--toward", toward), ("--change", change)):
        if value is not None and like is None:
            raise ValueError(f"{name} goes with --like; give the mask to begin from")
    if change is not None:
        check_number("--change", change, 0, 1)
    if like is not None and is_placed:
        raise ValueError("--like gives the place and takes no hint and no --scene beside it")
    if toward is not None and change is not None:
        raise ValueError("--change is for masks like one; leave it out where --toward is given")


def _check_turn(
    like: Path | None, toward: Path | None, change: float | None, turn: int | None, shape: str | None
) -> None:
    """Make sure that what is said of turning goes together."""
    if (turn is None) != (shape is None):
        raise ValueError(
            "--turn and --shape go together; suggest tells the shape of each mask that it writes"
        )
    if turn is not None and like is None:
        raise ValueError("--turn goes with --like; give the mask to turn")
    if turn is not None and (toward is not None or change is not None):
        raise ValueError("--turn takes no --toward and no --change; turn first, and go on from there")
