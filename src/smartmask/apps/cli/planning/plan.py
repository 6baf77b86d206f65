"""`smartmask plan`: a sentence in, an ordered layout out, one object after another."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.mask_model import MaskModel, mask_model_options

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.apps.cli.planning.changes import PlanChange
    from smartmask.pipelines.planning.plan_record import PlanRecord
    from smartmask.scene.colour_profile import Picture
    from smartmask.scene.layout import Layout

_SIZE_WH = (640, 480)


@click.command()
@click.argument("prompt", required=False)
@options.file_option("--start", "LAYOUT", "Layout to begin with, in any format.")
@options.file_option("--photo", "PHOTO", "Photo to begin with; it is segmented.")
@click.option(
    "--planner",
    metavar="NAME",
    default="embedded",
    show_default=True,
    help="embedded, vlm:NAME (folder or hub name) or openai:MODEL.",
)
@click.option(
    "--steps", type=click.IntRange(1, 100), default=12, show_default=True, help="Objects at the most."
)
@click.option("--size", metavar="WxH", help=f"Canvas in pixels.  [default: {_SIZE_WH[0]}x{_SIZE_WH[1]}]")
@click.option(
    "--horizon", type=float, metavar="ROW", help="Row of the horizon in the photo or --start, if you know it."
)
@options.seed_option("scene")
@options.file_option("--replay", "RECORD", "Make the scene of a plan.json again, and check it.")
@click.option("--veto", metavar="N", type=click.IntRange(min=1), multiple=True, help="Leave out object N.")
@click.option("--edit", metavar="N=WHAT@BOX", multiple=True, help="Make object N another, or move it.")
@click.option("--insert", metavar="N=WHAT@BOX", multiple=True, help="Put a new object before object N.")
@mask_model_options
@options.out_option
@options.max_megapixels_option("photos and layouts")
@click.pass_context
def plan(
    context: click.Context,
    prompt: str | None,
    start: Path | None,
    photo: Path | None,
    planner: str,
    steps: int,
    size: str | None,
    horizon: float | None,
    seed: int,
    replay: Path | None,
    veto: tuple[int, ...],
    edit: tuple[str, ...],
    insert: tuple[str, ...],
    mask_model: MaskModel,
    out: Path,
    max_megapixels: float,
) -> None:
    """Lay out the scene of PROMPT, one object at a time, each with its precise mask.

    The embedded planner begins with floor and wall, or sky and ground, places what PROMPT names, counted
    and where it says ("two chairs", "a lamp left of the sofa", "no people"), then what the scene needs.
    On a layout or a photo it adds to what is there. One camera sees the scene at every step: the one that
    it begins with, or the one that is estimated of the layout or photo, once, and kept in the record.

    Writes step_00.png, step_01.png, ... (the scene as it grows), plan.gif (the same as an animation),
    plan.json (the record, for --replay) and the final layout as layout.json, labels.png, panoptic.json,
    instances.json, labelme.json, layers.zip and, with the extra psd, layout.psd; its camera as camera.json,
    its depth as depth.npy (metres, float32, the sky infinite) and as depth.png (inverse depth in 16 bits,
    near things bright, for depth ControlNets). Files of the same names are replaced. openai: reads
    OPENAI_API_KEY and OPENAI_BASE_URL.

    --replay makes the scene of a record again and makes sure that it is the same bit for bit. With --veto,
    --edit and --insert it is changed: N is the number of an object's step picture, WHAT is in words, BOX is
    X0,Y0,X1,Y1 in pixels, and either may be left out. What came later keeps its place and is drawn again.
    With --steps, the planner then goes on until there are so many objects. The result has a record too.

    \b
    Examples:
      smartmask plan "a living room with a couch, two chairs and a table"
      smartmask plan "three birds above a lake" --steps 6 --size 960x640 --seed 3
      smartmask plan "a cosy room with a cat on the sofa" --photo room.jpg --out room
      smartmask plan "a busy street" --planner openai:gpt-4o-mini
      smartmask plan --replay out/plan.json --out again
      smartmask plan --replay out/plan.json --veto 5 --edit 2=@60,220,300,420 --out mended
      smartmask plan --replay out/plan.json --insert "3=a sleeping cat@80,200,180,280" --steps 14
    """
    from smartmask.apps.cli.output import check_folder
    from smartmask.apps.cli.planning.changes import read_changes
    from smartmask.apps.cli.planning.files import plan_file_names
    from smartmask.apps.planners import check_planner
    from smartmask.language.scene_prompts import clean_prompt
    from smartmask.pipelines.planning.plan import MAX_OBJECTS, check_plan_request

    names = plan_file_names(MAX_OBJECTS if replay else steps)
    check_folder(out, names, [start, photo, replay, *mask_model.files])
    with options.usage_errors():
        changes = read_changes(veto, edit, insert)
        if replay is not None:
            _check_replay(context)
        elif changes:
            raise ValueError(
                "--veto, --edit and --insert change a recorded scene; give it by --replay RECORD"
            )
        elif prompt is None:
            raise ValueError("give a prompt that says what the scene shows, or --replay RECORD")
        else:
            prompt = clean_prompt(prompt)
            check_plan_request(prompt, steps, seed)
        check_planner(planner)
        given = [name for name, value in (("--start", start), ("--photo", photo), ("--size", size)) if value]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} were given; give one of them or none")
        size_hw = _parse_size(size)
        if horizon is not None and start is None and photo is None and replay is None:
            raise ValueError("--horizon tells of --photo or --start; a scene from nothing has its own")
    if replay is not None:
        given_names = options.given_options(context)
        goes_on, asked = "steps" in given_names, planner if "planner" in given_names else None
        _replay(replay, changes, steps if goes_on else None, asked, mask_model, out, max_megapixels)
    else:
        assert prompt is not None
        _plan(prompt, start, photo, planner, steps, size_hw, horizon, seed, mask_model, out, max_megapixels)


def _check_replay(context: click.Context) -> None:
    """Refuse what a record decides.

    Raises:
        ValueError: If such a thing was given.
    """
    given = options.given_options(context)
    for name in ("prompt", "start", "photo", "size", "horizon", "seed"):
        if name in given:
            raise ValueError(f"--replay takes the {name} from the record; give none")
    if "planner" in given and "steps" not in given:
        raise ValueError("--replay asks no planner unless --steps says how many objects there may be")


def _plan(
    prompt: str,
    start: Path | None,
    photo: Path | None,
    planner: str,
    steps: int,
    size_hw: tuple[int, int],
    horizon: float | None,
    seed: int,
    mask_model: MaskModel,
    out: Path,
    max_megapixels: float,
) -> None:
    from smartmask.apps.cli.mask_model import mask_model_record
    from smartmask.apps.cli.planning.notes import notes_on
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.planners import load_planner
    from smartmask.data.photos import read_picture
    from smartmask.pipelines.planning.plan_record import PlanRecord

    with options.usage_errors():
        picture = None if photo is None else read_picture(photo, max_megapixels)
        given = None if start is None else options.read_layout_file(start, max_megapixels=max_megapixels)

    with progress() as (step, on_progress):
        step("loading the models")
        models = mask_model.load()
        planning = load_planner(planner)
        if picture is not None:
            step("segmenting the photo")
            given = models.segment(picture.pixels)
        step("placing objects")
        with options.usage_errors():
            session = models.plan(
                prompt, given, planner=planning, limit=steps, size_hw=size_hw, horizon=horizon, seed=seed
            )
            for placed in session:
                on_progress(len(session.steps), steps)
                step(f"placing objects: {placed.planned.label}")
        step("drawing the pictures")
        record = PlanRecord.of(session, planner, mask_model_record(mask_model.weights)["sha256"])
        notes = _write(out, record, picture)
    if planner == "embedded":  # others may use words of their own
        notes += notes_on(prompt, session.layout)
    _say(out, record, notes)


def _replay(
    path: Path,
    changes: "list[PlanChange]",
    steps: int | None,
    planner: str | None,
    mask_model: MaskModel,
    out: Path,
    max_megapixels: float,
) -> None:
    """Make a recorded scene again; change it; go on with it until there are so many objects."""
    from smartmask.apps.cli.planning.changes import change_plan
    from smartmask.apps.cli.progress import progress
    from smartmask.apps.planners import check_planner, load_planner
    from smartmask.pipelines.planning.plan import MAX_OBJECTS
    from smartmask.pipelines.planning.plan_record import PlanRecord, read_plan_record

    record = read_plan_record(path, max_megapixels)
    count = len(record.steps)
    with progress() as (step, on_progress):
        step("loading the models")
        models = mask_model.load()
        described = planner or record.planner
        with options.usage_errors():
            if steps is not None:
                check_planner(described)
            planning = load_planner(described if steps is not None else "embedded")
            step("drawing the masks again")
            session = models.resume_plan(record, planning, on_progress)
            if changes:
                step("changing the scene")
                session.limit = MAX_OBJECTS
                change_plan(session, changes)
            if steps is not None and steps < len(session.steps):
                raise ValueError(
                    f"--steps {steps}: the scene has {len(session.steps)} objects already; give more, or "
                    "leave some out by --veto"
                )
            session.limit = max(record.limit if steps is None else steps, len(session.steps))
            for placed in session if steps is not None else ():
                on_progress(len(session.steps), session.limit)
                step(f"placing objects: {placed.planned.label}")
        step("drawing the pictures")
        record = PlanRecord.of(session, described, record.weights_sha256)
        notes = _write(out, record, None)
    print_line(f"All {count} masks came out as recorded.")
    _say(out, record, notes)


def _write(out: Path, record: "PlanRecord", photo: "Picture | None") -> list[str]:
    from smartmask.apps.cli.output import write_folder
    from smartmask.apps.cli.planning.files import plan_files

    layouts: list[Layout] = record.layouts()
    files, notes = plan_files(layouts, record.to_json(), record.camera, photo)
    write_folder(out, files)
    return notes


def _say(out: Path, record: "PlanRecord", notes: list[str]) -> None:
    from smartmask.apps.cli.planning.files import ANIMATION, RECORD, step_name

    for note in notes:
        print_line(f"Note: {note}.", err=True)
    count = len(record.steps)
    objects = f"{count} object{'' if count == 1 else 's'} for {record.prompt!r}"
    print_line(f"{objects}, in the order they came:" if count else f"{objects}.")
    for number, step in enumerate(record.steps, 1):
        print_line(f"  {out / step_name(number)}   {step.planned.description}   score {step.score:.3f}")
    print_line(f"Look at {out / ANIMATION}; the layout is {out / 'layout.json'}, the record {out / RECORD}.")


def _parse_size(text: str | None) -> tuple[int, int]:
    """Height and width of "640x480"."""
    from smartmask.model.planner.start_layouts import LARGEST_SIDE_PX, SMALLEST_SIDE_PX

    if text is None:
        return _SIZE_WH[1], _SIZE_WH[0]
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise ValueError(f"--size {text!r} must be WIDTHxHEIGHT in pixels, like 640x480")
    sides = int(height[:9]), int(width[:9])
    if not all(SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX for side in sides):
        raise ValueError(f"--size {text} must have sides of {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels")
    return sides
