"""How to get the same on the command line and in Python: text to copy.

Files are named as the page's exports: photo.jpg, layout.json, region.png, ... No path of the server is told,
but for those that it was started with to load its models.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from smartmask.apps.serve.layouts import Kept
from smartmask.apps.serve.messages import InsertOptions
from smartmask.apps.serve.photos import Photo
from smartmask.apps.serve.studio import Studio
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble

Options = Sequence[tuple[str, str]]
"""Options of commands with their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What something is drawn on, as a reader would have it on disk.

    Attributes:
        photo: The photo's file name; None where there is none.
        size_hw: Height and width of the canvas.
        has_layout: Whether the layout is another than what is seen in the photo.
        options: What the models are loaded with.
    """

    photo: str | None
    size_hw: tuple[int, int]
    has_layout: bool
    options: Options

    @staticmethod
    def of(studio: Studio, kept: Kept) -> "Source":
        """The source that a kept layout is."""
        photo = None if kept.photo_id is None else studio.store.find(Photo, kept.photo_id)
        name = None if kept.photo_id is None else f"photo{'.png' if photo is None else photo.suffix}"
        return Source(
            photo=name,
            size_hw=kept.layout.size_hw,
            has_layout=not kept.is_seen,
            options=studio.options,
        )

    def command(self, verb: str, *arguments: str) -> str:
        """A command on the photo; "" if there is none, since commands begin with one."""
        if self.photo is None:
            return ""
        layout = ["--layout", "layout.json"] if self.has_layout else []
        return shlex.join(["smartmask", verb, self.photo, *arguments, *layout, *self.model_options])

    @property
    def model_options(self) -> list[str]:
        """The command's options for the models."""
        return [part for option in self.options for part in option]

    def python(self, call: str, *names: str) -> str:
        """A call of `smartmask` with all that it needs; names are those of the package that it uses."""
        lines = [f"from smartmask import {', '.join(sorted(['SmartMask', *names]))}"]
        if "read_mask(" in call:
            lines.append("from smartmask.data.photos import read_mask")
        if self.has_layout:
            lines = ["from pathlib import Path", *lines]
        options = ", ".join(f"{name.removeprefix('--')}={value!r}" for name, value in self.options)
        return "\n".join([*lines, "", f"smartmask = SmartMask.load({options})", call]) + "\n"

    @property
    def layout_names(self) -> list[str]:
        """The names that `canvas` uses."""
        return ["read_layout"] if self.has_layout else []

    @property
    def canvas(self) -> str:
        """The photo or the layout in Python."""
        return 'read_layout(Path("layout.json"))' if self.has_layout else repr(self.photo)

    def mask(self, name: str) -> str:
        """A drawing in Python."""
        return f"read_mask({name!r}, {tuple(self.size_hw)})"


def of_suggest(
    source: Source, prompt: str, scene: str | None, guidance: Guidance, n: int, seed: int
) -> tuple[str, str]:
    """The command and the Python of suggestions for words and a hint."""
    options = [] if scene is None else ["--scene", scene]
    given = [source.canvas, repr(prompt)] + ([] if scene is None else [f"scene={scene!r}"])
    match guidance:
        case Box():
            options += ["--box", ",".join(_number(value) for value in guidance.box_xyxy)]
            given.append(f"guidance=Box(({', '.join(_number(value) for value in guidance.box_xyxy)}))")
        case Region():
            options += ["--region", "region.png"]
            given.append(f"guidance=Region({source.mask('region.png')})")
        case Scribble(avoid=None):
            options += ["--scribble", "scribble.png"]
            given.append(f"guidance=Scribble({source.mask('scribble.png')})")
        case Scribble():
            options += ["--scribble", "scribble.png", "--avoid", "avoid.png"]
            given.append(f"guidance=Scribble({source.mask('scribble.png')}, {source.mask('avoid.png')})")
    call = f"suggestions = smartmask.suggest({', '.join(given)}, n={n}, seed={seed})"
    names = [] if isinstance(guidance, NoGuidance) else [type(guidance).__name__]
    return (
        source.command("suggest", prompt, *options, *_count(n, seed)),
        source.python(call, *names, *source.layout_names),
    )


def of_variations(source: Source, prompt: str, change: float, n: int, seed: int) -> tuple[str, str]:
    """The command and the Python of masks like one."""
    like, change_text = source.mask("like.png"), _number(change)
    call = (
        f"suggestions = smartmask.more_like({source.canvas}, {prompt!r}, {like}, {change_text}, "
        f"n={n}, seed={seed})"
    )
    options = ["--like", "like.png", "--change", change_text, *_count(n, seed)]
    return source.command("suggest", prompt, *options), source.python(call, *source.layout_names)


def of_turn(source: Source, prompt: str, shape: str, steps: int) -> tuple[str, str]:
    """The command and the Python of a mask turned."""
    like = source.mask("like.png")
    call = f"suggestions = [smartmask.turn({source.canvas}, {prompt!r}, {like}, {steps}, shape={shape!r})]"
    options = ["--like", "like.png", "--turn", str(steps), "--shape", shape]
    return source.command("suggest", prompt, *options), source.python(call, *source.layout_names)


def of_between(source: Source, prompt: str, n: int, seed: int) -> tuple[str, str]:
    """The command and the Python of masks between two."""
    ends = f"{source.mask('like.png')}, {source.mask('toward.png')}"
    call = f"suggestions = smartmask.between({source.canvas}, {prompt!r}, {ends}, n={n}, seed={seed})"
    options = ["--like", "like.png", "--toward", "toward.png", *_count(n, seed)]
    return source.command("suggest", prompt, *options), source.python(call, *source.layout_names)


def of_insert(
    source: Source, prompt: str, behind: Sequence[int], seed: int, options: InsertOptions
) -> tuple[str, str]:
    """The command and the Python of a cut-out put into a photo."""
    usual = InsertOptions()
    look = [
        f"{name}={_number(getattr(options, name))}"
        for name in ("colour", "shadow", "grain")
        if getattr(options, name) != getattr(usual, name)
    ]
    inpainter = "reference:cutout.png" + (f"?{'&'.join(look)}" if look else "")
    reach = {
        name: _number(getattr(options, name))
        for name in ("grow_px", "feather_px", "padding_px")
        if getattr(options, name) != getattr(usual, name)
    }
    arguments = ["--inpainter", inpainter, "--mask", "mask.png", "--seed", str(seed)]
    for layer in behind:
        arguments += ["--behind", str(layer)]
    for name, value in reach.items():
        arguments += [f"--{name.replace('_', '-')}", value]
    given = [repr(source.photo), repr(prompt), source.mask("mask.png")]
    given += [f"inpainter=load_inpainter({inpainter!r})", f"seed={seed}"]
    given += [f"behind={list(behind)}"] if behind else []
    if reach:
        given.append(f"settings=InsertSettings({', '.join(f'{k}={v}' for k, v in reach.items())})")
    given += [f"layout={source.canvas}"] if source.has_layout else []
    names = ["load_inpainter", *(["InsertSettings"] if reach else []), *source.layout_names]
    call = f"picture = smartmask.insert({', '.join(given)})[0].image"
    return source.command("insert", prompt, *arguments), source.python(call, *names)


def of_plan(
    source: Source | None,
    options: Options,
    prompt: str,
    limit: int,
    size_wh: tuple[int, int],
    seed: int,
    veto: Sequence[int],
    horizon: float | None = None,
) -> tuple[str, str]:
    """The command and the Python of a scene; no command takes steps back as they come.

    Args:
        source: What it begins with; None = nothing, on a canvas of the size.
        options: What the models are loaded with.
        prompt: What the scene shows.
        limit: Objects at the most.
        size_wh: Of the canvas.
        seed: Same seed, same scene.
        veto: Numbers of steps that are taken back as they come.
        horizon: Row of the source's horizon in pixels, if it is known.
    """
    if source is None:
        begin, given = ["--size", f"{size_wh[0]}x{size_wh[1]}"], [f"size_hw=({size_wh[1]}, {size_wh[0]})"]
        source = Source(photo=None, size_hw=(size_wh[1], size_wh[0]), has_layout=False, options=options)
    elif source.has_layout:
        begin, given = ["--start", "layout.json"], [source.canvas]
    else:
        begin, given = ["--photo", str(source.photo)], [source.canvas]
    if horizon is not None:
        begin += ["--horizon", _number(horizon)]
        given.append(f"horizon={_number(horizon)}")
    command = ["smartmask", "plan", prompt, *begin, "--steps", str(limit), "--seed", str(seed)]
    call = f"session = smartmask.plan({', '.join([repr(prompt), *given])}, limit={limit}, seed={seed})\n"
    call += "for number, step in enumerate(session, 1):\n"
    call += (
        f"    if number in {tuple(veto)}:\n        session.veto()\n" if veto else "    print(number, step)\n"
    )
    python = source.python(f"{call}layout = session.layout", *source.layout_names)
    return "" if veto else shlex.join([*command, *source.model_options]), python


def _count(n: int, seed: int) -> list[str]:
    return ["-n", str(n), "--seed", str(seed)]


def _number(value: float) -> str:
    """A number in the fewest letters that keep it."""
    return str(int(value)) if value == int(value) else repr(float(value))
