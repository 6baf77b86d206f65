"""`smartmask render`: a layout and a sentence in, pictures out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_line

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.backends.palette_ade20k import LabelClass
    from smartmask.backends.render_diffusers import Control

_LARGEST_PX = 4096
_FILES: "dict[Control, str]" = {"seg": "control.png", "depth": "control_depth.png"}
_OPTIONS: "dict[Control, str]" = {"seg": "--controlnet", "depth": "--depth-controlnet"}
_WITHOUT_MODEL = {"layout_path", "image", "control", "size", "control_only", "out"}
"""The parameters that have a use without a model."""


@click.command()
@options.layout_argument
@options.image_option
@click.option("--prompt", metavar="TEXT", help="What the picture shows, in a sentence.")
@click.option(
    "--model", metavar="NAME", help="A Stable Diffusion checkpoint (1, 2 or XL): folder or hub name."
)
@click.option(
    "--control",
    type=click.Choice(["seg", "depth", "both"]),
    default="seg",
    show_default=True,
    help="What steers it: the classes, the depth, or both.",
)
@click.option("--controlnet", metavar="NAME", help="A segmentation ControlNet for it: folder or hub name.")
@click.option("--depth-controlnet", metavar="NAME", help="A depth ControlNet for it: folder or hub name.")
@options.count_option("Pictures", 1)
@options.seed_option("pictures")
@click.option("--steps", type=click.IntRange(1, 1000), default=30, show_default=True, help="Denoising steps.")
@click.option(
    "--cfg-scale",
    type=click.FloatRange(min=1),
    default=7.5,
    show_default=True,
    help="How closely the text is followed; 1 is least.",
)
@click.option("--negative", metavar="TEXT", default="", help="What the picture must not show.")
@click.option(
    "--size",
    type=click.IntRange(64, _LARGEST_PX),
    help="Longer side in pixels.  [default: what the checkpoint was trained at]",
)
@click.option("--control-only", is_flag=True, help="Draw only what ControlNets are shown; needs no model.")
@options.device_option("cpu, cuda, cuda:1, mps, ...")
@options.dtype_option
@options.out_option
@click.pass_context
def render(
    context: click.Context,
    layout_path: Path,
    image: str | None,
    prompt: str | None,
    model: str | None,
    control: str,
    controlnet: str | None,
    depth_controlnet: str | None,
    n: int,
    seed: int,
    steps: int,
    cfg_scale: float,
    negative: str,
    size: int | None,
    control_only: bool,
    device: str,
    dtype: str,
    out: Path,
) -> None:
    """Draw pictures of LAYOUT with Stable Diffusion and ControlNets for segmentation, depth or both.

    LAYOUT is a file in any of the formats that `smartmask convert` reads, known by its content.

    Writes render_0.png, render_1.png, ..., render.json (which label became which class, the settings, the
    seed of each picture) and what the ControlNets were shown: control.png, the layout in the colours of
    ADE20K's 150 classes, and control_depth.png, its depth, near things bright. A label like none of the
    classes is drawn black, and said. Files of the same names are replaced. Nothing filters what is drawn,
    and nothing marks it as drawn by a machine.

    \b
    Examples:
      smartmask render out/layout.json --control-only
      smartmask render room.psd --control-only
      smartmask render out/layout.json --prompt "a sunny living room, photo" -n 4 \\
        --model stable-diffusion-v1-5/stable-diffusion-v1-5 \\
        --controlnet lllyasviel/control_v11p_sd15_seg --device cuda --dtype float16
      smartmask render out/layout.json --prompt "a sunny living room, photo" --control depth \\
        --model stable-diffusion-v1-5/stable-diffusion-v1-5 \\
        --depth-controlnet lllyasviel/control_v11f1p_sd15_depth
    """
    from PIL import Image

    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.backends.palette_ade20k import Ade20kPalette
    from smartmask.backends.render_diffusers import (
        RenderSettings,
        control_picture,
        load_diffusers_renderer,
    )
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.pipelines.insertion.insert import sample_seed
    from smartmask.scene.picture import png_bytes
    from smartmask.weights import WEIGHTS

    names = [] if control_only else [f"render_{number}.png" for number in range(n)]
    shown = [name for name in _FILES if control in (name, "both")]
    check_folder(out, [*(_FILES[name] for name in shown), "render.json", *names], [layout_path])
    nets: dict[Control, str | None] = {"seg": controlnet, "depth": depth_controlnet}
    given = options.given_options(context)
    if control_only and (idle := sorted(given[name] for name in given.keys() - _WITHOUT_MODEL)):
        raise click.UsageError(f"--control-only needs no {' or '.join(idle)}; leave one or the other out")
    wanted = None if control_only else _what_to_draw(prompt, model, nets, shown)
    with options.usage_errors():
        layout = options.read_layout_file(layout_path, image=image)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    palette = Ade20kPalette(encoder)
    classes = palette.seen(layout)
    record: dict[str, Any] = {"format": "smartmask-render", "version": 1, "layout": str(layout_path)}
    files: dict[str, bytes] = {}
    if wanted is None:
        side = size or min(max(layout.size_hw), _LARGEST_PX)
        controls = {name: control_picture(layout, palette, side, name) for name in shown}
    else:
        words, checkpoint = wanted
        used = {name: net for name in shown if (net := nets[name]) is not None}
        seeds = [sample_seed(seed, number) for number in range(n)]
        with progress() as (step, on_progress), options.usage_errors():
            settings = RenderSettings(
                steps=steps, cfg_scale=cfg_scale, negative_prompt=negative, longer_side=size
            )
            step("loading the models")
            renderer = load_diffusers_renderer(
                checkpoint, used, encoder, settings, device=device, dtype=dtype
            )
            controls = renderer.control_pictures(layout)
            step("drawing")
            for number, (name, sample) in enumerate(zip(names, seeds, strict=True)):
                on_progress(number, n)
                files[name] = png_bytes(Image.fromarray(renderer.draw(layout, words, sample)))
        record |= {
            "prompt": words,
            "model": checkpoint,
            "controlnets": used,
            "seed": seed,
            **asdict(settings),
        }
        record |= {"device": device, "dtype": dtype}
        record["pictures"] = [
            {"file": name, "seed": sample} for name, sample in zip(names, seeds, strict=True)
        ]
    record["size_hw"] = [int(side) for side in controls[shown[0]].shape[:2]]
    record["classes"] = [_class_record(match) for match in classes]
    files |= {_FILES[name]: png_bytes(Image.fromarray(drawn)) for name, drawn in controls.items()}
    files["render.json"] = (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()
    write_folder(out, files)
    _report(classes)
    print_line("Written:")
    for name in files:
        print_line(f"  {out / name}")


def _what_to_draw(
    prompt: str | None,
    model: str | None,
    nets: "Mapping[Control, str | None]",
    shown: "Sequence[Control]",
) -> tuple[str, str]:
    """Prompt and checkpoint.

    Raises:
        click.UsageError: If something is missing, or given and not used.
    """
    values = {"--prompt": prompt, "--model": model, **{_OPTIONS[name]: net for name, net in nets.items()}}
    given = [name for name, value in values.items() if value is not None]
    needed = ["--prompt", "--model", *(_OPTIONS[name] for name in shown)]
    missing = [name for name in needed if not (values[name] or "").strip()]
    if missing:
        raise click.UsageError(f"give {' and '.join(missing)}, or --control-only, which needs no model")
    idle = [name for name in given if name not in needed]
    if idle:
        raise click.UsageError(
            f"{idle[0]} is not used by this --control; leave it out, or use --control both"
        )
    return str(prompt), str(model)


def _class_record(match: "LabelClass") -> dict[str, Any]:
    return {
        "label": match.label,
        "class": match.name,
        "colour": list(match.colour),
        "nearest": match.nearest,
        "similarity": round(match.similarity, 4),
    }


def _report(classes: Sequence["LabelClass"]) -> None:
    """Say which label became which class."""
    width = max((len(match.label) for match in classes), default=0)
    print_line("Each label, the class of ADE20K that it is drawn as, and their similarity:")
    for match in classes:
        drawn = match.name or f"none, so black; nearest is {match.nearest!r}"
        print_line(f"  {match.label:{width}}  {match.similarity:.2f}  {drawn}")
    unknown = [match.label for match in classes if match.name is None]
    if unknown:
        print_line(f"Note: like none of the classes, so drawn black: {', '.join(unknown)}.", err=True)
