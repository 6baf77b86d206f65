"""`smartmask render`: a layout and a sentence in, pictures out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli import options

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.backends.palette_ade20k import LabelClass

_LARGEST_PX = 4096


@click.command()
@options.layout_argument
@options.image_option
@click.option("--prompt", metavar="TEXT", help="What the picture shows, in a sentence.")
@click.option(
    "--model", metavar="NAME", help="A Stable Diffusion checkpoint (1, 2 or XL): folder or hub name."
)
@click.option("--controlnet", metavar="NAME", help="A segmentation ControlNet for it: folder or hub name.")
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
@click.option("--control-only", is_flag=True, help="Draw only what the ControlNet is shown; needs no model.")
@options.device_option("cpu, cuda, cuda:1, mps, ...")
@options.dtype_option
@options.out_option
def render(
    layout_path: Path,
    image: str | None,
    prompt: str | None,
    model: str | None,
    controlnet: str | None,
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
    """Draw pictures of LAYOUT with Stable Diffusion and a segmentation ControlNet.

    LAYOUT is a file in any of the formats that `smartmask convert` reads, known by its content.

    Writes render_0.png, render_1.png, ..., control.png (what the ControlNet was shown: the layout in the
    colours of ADE20K's 150 classes) and render.json (which label became which class, the settings, the
    seed of each picture). A label like none of the classes is drawn black, and said. Files of the same
    names are replaced. Nothing filters what is drawn, and nothing marks it as drawn by a machine.

    \b
    Examples:
      smartmask render out/layout.json --control-only
      smartmask render room.psd --control-only
      smartmask render out/layout.json --prompt "a sunny living room, photo" -n 4 \\
        --model stable-diffusion-v1-5/stable-diffusion-v1-5 \\
        --controlnet lllyasviel/control_v11p_sd15_seg --device cuda --dtype float16
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
    from smartmask.data.layout_formats import read_any_layout
    from smartmask.pipelines.insertion.insert import sample_seed
    from smartmask.scene.picture import png_bytes
    from smartmask.weights import WEIGHTS

    names = [] if control_only else [f"render_{number}.png" for number in range(n)]
    check_folder(out, ["control.png", "render.json", *names], [layout_path])
    wanted = _what_to_draw(control_only, prompt, model, controlnet)
    layout = read_any_layout(layout_path, image=image)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    palette = Ade20kPalette(encoder)
    classes = palette.seen(layout)
    record: dict[str, Any] = {"format": "smartmask-render", "version": 1, "layout": str(layout_path)}
    files: dict[str, bytes] = {}
    if wanted is None:
        control = control_picture(layout, palette, size or min(max(layout.size_hw), _LARGEST_PX))
    else:
        words, checkpoint, net = wanted
        seeds = [sample_seed(seed, number) for number in range(n)]
        with progress() as (step, on_progress), options.usage_errors():
            settings = RenderSettings(
                steps=steps, cfg_scale=cfg_scale, negative_prompt=negative, longer_side=size
            )
            step("loading the models")
            renderer = load_diffusers_renderer(checkpoint, net, encoder, settings, device=device, dtype=dtype)
            control = renderer.control_picture(layout)
            step("drawing")
            for number, (name, sample) in enumerate(zip(names, seeds, strict=True)):
                on_progress(number, n)
                files[name] = png_bytes(Image.fromarray(renderer.draw(layout, words, sample)))
        record |= {"prompt": words, "model": checkpoint, "controlnet": net, "seed": seed, **asdict(settings)}
        record |= {"device": device, "dtype": dtype}
        record["pictures"] = [
            {"file": name, "seed": sample} for name, sample in zip(names, seeds, strict=True)
        ]
    record["size_hw"] = [int(side) for side in control.shape[:2]]
    record["classes"] = [_class_record(match) for match in classes]
    files["control.png"] = png_bytes(Image.fromarray(control))
    files["render.json"] = (json.dumps(record, indent=1, allow_nan=False) + "\n").encode()
    write_folder(out, files)
    _report(classes)
    click.echo("Written:")
    for name in files:
        click.echo(f"  {out / name}")


def _what_to_draw(
    control_only: bool, prompt: str | None, model: str | None, controlnet: str | None
) -> tuple[str, str, str] | None:
    """Prompt, checkpoint and ControlNet; None if only the ControlNet's picture is wanted."""
    values = {"--prompt": prompt, "--model": model, "--controlnet": controlnet}
    given = [name for name, value in values.items() if value is not None]
    missing = [name for name, value in values.items() if not (value or "").strip()]
    if control_only:
        if given:
            raise click.UsageError(
                f"--control-only needs no {' or '.join(given)}; leave one or the other out"
            )
        return None
    if missing:
        raise click.UsageError(f"give {' and '.join(missing)}, or --control-only, which needs no model")
    return str(prompt), str(model), str(controlnet)


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
    click.echo("Each label, the class of ADE20K that it is drawn as, and their similarity:")
    for match in classes:
        drawn = match.name or f"none, so black; nearest is {match.nearest!r}"
        click.echo(f"  {match.label:{width}}  {match.similarity:.2f}  {drawn}")
    unknown = [match.label for match in classes if match.name is None]
    if unknown:
        click.echo(f"Note: like none of the classes, so drawn black: {', '.join(unknown)}.", err=True)
