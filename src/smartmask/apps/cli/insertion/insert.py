"""`smartmask insert`: a photo and what is to come in, the photo with it out."""

from pathlib import Path

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.hint_options import HintOptions, hint_options
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.mask_model import MaskModel, mask_model_options

_WITH_STEPS = {"photo", "steps_path", "layout_path", "out", "weights", "device", "memory", "max_megapixels"}
_WITH_REPLAY = {"photo", "replay_path", "undo", "out", "max_megapixels"}


@click.command()
@click.argument("photo", type=options.FILE)
@click.argument("prompt", required=False)
@click.option("--inpainter", metavar="WHAT", help="What draws it: reference:CUTOUT.png or diffusers:NAME.")
@click.option("--controlnet", metavar="NAME", help="A ControlNet for diffusers: folder or hub name.")
@hint_options(options.file_option("--mask", "PNG", "The object's mask, hidden parts included."))
@options.scene_option
@click.option("--behind", metavar="LABEL", multiple=True, help="Layer that hides it, by label or number.")
@click.option("--grow-px", type=float, default=3.0, show_default=True, help="Mask grown; below 0, shrunk.")
@click.option("--feather-px", type=float, default=3.0, show_default=True, help="Fading out beyond that.")
@click.option("--padding-px", type=int, default=64, show_default=True, help="Surroundings shown round it.")
@options.count_option("Pictures", 1)
@options.seed_option("bytes")
@options.file_option("--steps", "JSON", "Several objects, one by one.", "steps_path")
@options.file_option("--replay", "JSON", "A history_0.json to do again.", "replay_path")
@click.option("--undo", type=click.IntRange(min=0), multiple=True, help="Step of --replay to leave out.")
@click.option("--raw", is_flag=True, help="Write raw_0.png, ..., too: before the photo was pasted back.")
@options.layout_option
@options.out_option
@mask_model_options
@options.max_megapixels_option()
@click.pass_context
def insert(
    context: click.Context,
    photo: Path,
    prompt: str | None,
    inpainter: str | None,
    controlnet: str | None,
    hint: HintOptions,
    scene: str | None,
    behind: tuple[str, ...],
    grow_px: float,
    feather_px: float,
    padding_px: int,
    n: int,
    seed: int,
    steps_path: Path | None,
    replay_path: Path | None,
    undo: tuple[int, ...],
    raw: bool,
    layout_path: Path | None,
    out: Path,
    mask_model: MaskModel,
    max_megapixels: float,
) -> None:
    """Put PROMPT into PHOTO; every pixel beyond the change stays as it is, bit for bit.

    Writes image_0.png, ... (the pictures), history_0.json, ... (how each came about), mask_0.png (the
    object), changed_0.png (where the pictures may differ from the photo, and how far), layout.json (what is
    there now) and overview.png. Files of the same names are replaced.

    reference:CUTOUT.png lays a cut-out with transparency onto the mask; shadow, colours, sharpness and grain
    follow the photo, or what ?shadow=0.5&colour=0.5&grain=0.5 behind the name says. diffusers:NAME draws with
    Stable Diffusion.

    A drawing (mask, region, scribble, what to avoid) is a picture of the photo's size: white on black, or
    opaque on transparent.

    --steps names a JSON list of objects: {"prompt": ..., "inpainter": ...} each, and if wanted one of
    "mask", "box", "region", "scribble" (with "avoid"), then "behind", "scene", "seed", "settings".

    \b
    Examples:
      smartmask insert room.jpg "a dog" --inpainter reference:dog.png --box 80,200,220,330
      smartmask insert room.jpg "a dog" --inpainter reference:dog.png --mask dog.png --behind chair
      smartmask insert room.jpg "a clock" --inpainter "reference:clock.png?shadow=0"
      smartmask insert room.jpg "a cat" -n 4 --grow-px 8 \\
        --inpainter diffusers:stable-diffusion-v1-5/stable-diffusion-inpainting
      smartmask insert room.jpg --steps steps.json --out room
      smartmask insert room.jpg --replay room/history_0.json --undo 1
    """
    from smartmask.apps.cli.insertion.files import file_names, insertion_files
    from smartmask.apps.cli.insertion.job import check_inpainters, cutouts_of, draw, read_behind
    from smartmask.apps.cli.insertion.steps import read_steps
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.inpainters import with_controlnet
    from smartmask.data.photos import read_picture
    from smartmask.pipelines.insertion.history import InsertionHistory, InsertStep
    from smartmask.pipelines.insertion.history_files import read_history
    from smartmask.pipelines.insertion.insert import InsertSettings, check_insertion

    _check_mode(context, prompt, inpainter, steps_path, replay_path)
    job: list[InsertStep] | InsertionHistory
    with options.usage_errors():
        picture = read_picture(photo, max_megapixels)
        size_hw = picture.pixels.shape[0], picture.pixels.shape[1]
        layout = options.read_layout_of(photo, layout_path, size_hw, max_megapixels)
        if replay_path is not None:
            job = read_history(replay_path, max_megapixels)
            for step in sorted(set(undo), reverse=True):
                job = job.without(step)
        elif steps_path is not None:
            job = read_steps(steps_path, size_hw)
        else:
            assert prompt is not None, "see _check_mode"
            assert inpainter is not None, "see _check_mode"
            options.check_unicode(prompt, scene)
            where = hint.read_where(size_hw)
            check_insertion(prompt, where, scene, n, seed, size_hw)
            job = [
                InsertStep(
                    prompt=prompt,
                    inpainter=with_controlnet(inpainter, controlnet),
                    where=where,
                    scene=scene,
                    seed=seed,
                    settings=InsertSettings(grow_px=grow_px, feather_px=feather_px, padding_px=padding_px),
                    behind=read_behind(behind),
                )
            ]
        steps = job.steps if isinstance(job, InsertionHistory) else job
        if not steps:
            raise ValueError("no step is left; undo fewer" if undo else "the record holds no step")
        check_inpainters(steps)
    inputs = [photo, *hint.files, steps_path, replay_path, layout_path, *mask_model.files]
    check_folder(out, file_names(n, len(steps), raw), [*inputs, *cutouts_of(steps)])

    with progress() as (step_begins, on_progress):
        with options.usage_errors():
            drawn = draw(picture, job, n, layout, mask_model, step_begins, on_progress)
        step_begins("drawing the overview")
        files = insertion_files(picture, drawn, raw)
    write_folder(out, files)
    labels = ", ".join(repr(step.prompt) for step in steps)
    print_line(f"{labels} in {photo}:")
    for number in range(n):
        print_line(f"  {out / f'image_{number}.png'}")
    print_line(f"Look at {out / 'overview.png'}; how it came about is in {out / 'history_0.json'}.")


def _check_mode(
    context: click.Context,
    prompt: str | None,
    inpainter: str | None,
    steps_path: Path | None,
    replay_path: Path | None,
) -> None:
    """Make sure that what was given belongs together."""
    given = options.given_options(context).keys()
    names = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    mode, allowed = ("--replay", _WITH_REPLAY) if replay_path else ("--steps", _WITH_STEPS)
    if steps_path is None and replay_path is None:
        if prompt is None:
            raise click.UsageError(
                "Missing argument 'PROMPT'; say what is to come, or give --steps or --replay"
            )
        if inpainter is None:
            raise click.UsageError(
                "Missing option '--inpainter'; for a cut-out: --inpainter reference:dog.png"
            )
        mode, allowed = "a prompt", set(names) - {"undo"}
    surplus = sorted(names[name].upper() if name == "prompt" else names[name] for name in given - allowed)
    if surplus:
        raise click.UsageError(f"{', '.join(surplus)} cannot go with {mode}; leave it out")
