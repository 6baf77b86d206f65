"""The report on a dataset: one HTML file that needs nothing else, to be looked at in any browser.

It shows what made the dataset, its figures beside those of COCOA, the frequent labels, some of its scenes
layer by layer, and training examples with every kind of guidance. All text that comes from the data is
escaped, pictures lie in the file itself, and its own policy forbids scripts.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template

import numpy as np
from PIL import Image

from smartmask.apps.contact_sheet import draw_example, draw_scene
from smartmask.data.examples.example import Example, askable, make_example
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.statistics import (
    COCOA_MEAN_HIDDEN_SHARE,
    COCOA_MEDIAN_HIDDEN_SHARE,
    COCOA_OCCLUDED_SHARE,
    HIDDEN_BINS,
    SIZE_BINS,
    Occlusion,
    Statistics,
    hidden_shares,
)
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.picture import png_bytes

TOP_LABELS = 100
EXAMPLES_PER_KIND = 8
RESOLUTION = 64
"""Side of the views that examples are drawn for, as in the recipe of the shipped weights."""
FAR = 0.2
"""A figure that differs from COCOA's by more than this share of it is marked."""
KINDS: dict[type[Guidance], str] = {NoGuidance: "none", Box: "box", Region: "region", Scribble: "scribble"}
_SCENE_PX, _EXAMPLE_PX = 584, 288
"""As large as the page shows them: scaled by the browser, names would be illegible."""
_TRIES = 4000


def inspect_report(
    title: str,
    made: Mapping[str, str],
    statistics: Statistics,
    scenes: Sequence[LayeredScene],
    rng: np.random.Generator,
    per_kind: int = EXAMPLES_PER_KIND,
) -> str:
    """The report as the text of an HTML file.

    Args:
        title: Name of the dataset.
        made: What made it: names and values, in order.
        statistics: Figures of the whole dataset.
        scenes: The scenes to show, and to draw examples from.
        rng: Source of the examples.
        per_kind: Examples of each kind of guidance.
    """
    template = Template(
        resources.files("smartmask.apps").joinpath("templates/inspect.html").read_text("utf-8")
    )
    counts = statistics.label_counts
    shown = min(len(counts), TOP_LABELS)
    return template.substitute(
        title=escape(title),
        summary=f"{statistics.scenes:,} scenes, {statistics.layers:,} layers, {statistics.labels:,} labels",
        made="".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in made.items()),
        figures=_figures(statistics),
        occlusion=_occlusion(statistics),
        charts=_charts(statistics),
        labels_note=f"The {shown} most frequent of {len(counts):,}."
        if shown < len(counts)
        else "All of them.",
        labels=_labels(counts),
        scenes_note=f"{len(scenes)} of {statistics.scenes:,}, drawn by chance.",
        scenes="".join(_scene(scene) for scene in scenes),
        examples=_examples(guidance_examples(scenes, per_kind, rng)),
    )


def guidance_examples(
    scenes: Sequence[LayeredScene], per_kind: int, rng: np.random.Generator
) -> dict[type[Guidance], list[Example]]:
    """Training examples of random things, until each kind of guidance has enough or chance gives no more.

    Args:
        scenes: Where the things are.
        per_kind: Examples of each kind.
        rng: Source of all choices.
    """
    found: dict[type[Guidance], list[Example]] = {kind: [] for kind in KINDS}
    things = [(scene, number) for scene in scenes for number in askable(scene)]
    for _ in range(_TRIES if things else 0):
        scene, number = things[int(rng.integers(len(things)))]
        example = make_example(scene, number, RESOLUTION, rng)
        if example is not None and len(found[type(example.guidance)]) < per_kind:
            found[type(example.guidance)].append(example)
        if all(len(examples) == per_kind for examples in found.values()):
            break
    return found


def _figures(statistics: Statistics) -> str:
    rows = {
        "Scenes": f"{statistics.scenes:,}",
        "Layers": f"{statistics.layers:,}",
        "Layers a scene": f"{statistics.layers / max(statistics.scenes, 1):.1f}",
        "Things, which may be asked for": f"{statistics.things:,}",
        "Labels": f"{statistics.labels:,}",
        "Labels of things": f"{statistics.thing_labels:,}",
    }
    if statistics.bytes_on_disk is not None and statistics.bytes_per_layer is not None:
        size = statistics.bytes_on_disk
        rows["Size on disk"] = f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
        rows["Bytes a layer"] = f"{statistics.bytes_per_layer:,.0f}"
    return "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows.items())


def _occlusion(statistics: Statistics) -> str:
    """The three figures of all layers and of things, each with its difference to COCOA's."""
    every, things = statistics.occlusion, statistics.thing_occlusion
    if not statistics.layers:
        return "<p>There are no layers yet to be measured.</p>"
    if every is None:
        return "<p>Only the visible parts of the objects are known, so what is hidden cannot be measured.</p>"
    rows = [
        ("Share that is occluded", "occluded_share", COCOA_OCCLUDED_SHARE),
        ("Mean hidden share", "mean_hidden_share", COCOA_MEAN_HIDDEN_SHARE),
        ("Median hidden share", "median_hidden_share", COCOA_MEDIAN_HIDDEN_SHARE),
    ]
    body = "".join(
        f"<tr><td>{name}</td>{_beside(every, key, published)}{_beside(things, key, published)}"
        f"<td>{published:.2f}</td></tr>"
        for name, key, published in rows
    )
    return (
        f"<table><tr><th></th><th>All layers</th><th></th><th>Things</th><th></th><th>COCOA</th></tr>{body}"
        f"</table><p class='faint'>Of {every.layers:,} layers whose whole extent is known. COCOA counts "
        f"things and regions alike; figures more than {FAR:.0%} from its own are red.</p>"
    )


def _beside(occlusion: Occlusion | None, key: str, published: float) -> str:
    if occlusion is None:
        return "<td>&ndash;</td><td></td>"
    value = float(getattr(occlusion, key))
    difference = value / published - 1
    sign = "+" if difference >= 0 else "&minus;"
    far = " class='far'" if abs(difference) > FAR else ""
    return f"<td>{value:.3f}</td><td{far}>{sign}{abs(difference):.0%}</td>"


def _charts(statistics: Statistics) -> str:
    edges = [f"{number / HIDDEN_BINS:.1f}" for number in range(1, HIDDEN_BINS + 1)]
    sizes = [f"{(number + 1) / SIZE_BINS:.2f}" for number in range(SIZE_BINS)]
    charts = []
    for name, occlusion in (("layers", statistics.occlusion), ("things", statistics.thing_occlusion)):
        if occlusion is not None:
            bars = dict(zip(["none", *edges], occlusion.histogram, strict=True))
            charts.append((f"Hidden share of {name}, up to each value", bars))
    charts.append(
        (
            "Size of things, square root of their share of the canvas, up to each value",
            dict(zip(sizes, statistics.size_histogram, strict=True)),
        )
    )
    charts.append(("Layers in a scene", _grouped(statistics.layers_per_scene)))
    return "".join(
        f"<figure>{_bars(bars)}<figcaption class='faint'>{name}</figcaption></figure>"
        for name, bars in charts
    )


def _grouped(counts: Mapping[int, int], most: int = 20) -> dict[str, int]:
    """Counts by a number, in at most `most` bars of equal width."""
    if not counts:
        return {}
    width = -(-(max(counts) - min(counts) + 1) // most)
    first = min(counts)
    bars: dict[str, int] = {}
    for start in range(first, max(counts) + 1, width):
        name = str(start) if width == 1 else f"{start}-{start + width - 1}"
        bars[name] = sum(counts.get(number, 0) for number in range(start, start + width))
    return bars


def _bars(bars: Mapping[str, int]) -> str:
    """A bar chart as SVG: the share of each bar above it, its name below."""
    width, height, top, bottom = 560, 190, 18, 22
    total, highest = max(sum(bars.values()), 1), max([*bars.values(), 1])
    step = width / max(len(bars), 1)
    parts = [f"<svg viewBox='0 0 {width} {height}' role='img'>"]
    for place, (name, count) in enumerate(bars.items()):
        tall = count / highest * (height - top - bottom)
        x, y = place * step, height - bottom - tall
        parts.append(
            f"<rect x='{x + 1.5:.1f}' y='{y:.1f}' width='{step - 3:.1f}' height='{tall:.1f}'>"
            f"<title>{name}: {count:,} ({count / total:.1%})</title></rect>"
        )
        if count:
            share = 100 * count / total
            text = f"{share:.0f}%" if share >= 1 else "&lt;1%"
            parts.append(f"<text x='{x + step / 2:.1f}' y='{y - 4:.1f}'>{text}</text>")
        if step > 36 or place % 2:
            parts.append(f"<text x='{x + step / 2:.1f}' y='{height - 7}'>{name}</text>")
    base = height - bottom
    parts.append(f"<line x1='0' y1='{base}' x2='{width}' y2='{base}'/></svg>")
    return "".join(parts)


def _labels(counts: Mapping[str, int]) -> str:
    highest = max(counts.values(), default=1)
    return "".join(
        f"<div><i style='width:{100 * count / highest:.1f}%'></i>"
        f"<span title='{escape(label)}'>{escape(label)}</span><span>{count:,}</span></div>"
        for label, count in list(counts.items())[:TOP_LABELS]
    )


def _scene(scene: LayeredScene) -> str:
    items = []
    for layer, share in zip(scene.layers, hidden_shares(scene), strict=True):
        percent = f"{share:.0%}" if share >= 0.01 else "&lt;1%"
        hidden = f" <span class='faint'>{percent} hidden</span>" if share > 0 else ""
        items.append(f"<li>{escape(layer.label)}{hidden}</li>")
    texts = "".join(f"<div>“{escape(text)}”</div>" for text in scene.texts[:2])
    return (
        f"<figure>{_image(draw_scene(scene, _SCENE_PX), scene.key)}<figcaption><b>{escape(scene.key)}</b>"
        f"{texts}<ol start='0'>{''.join(items)}</ol></figcaption></figure>"
    )


def _examples(found: Mapping[type[Guidance], Sequence[Example]]) -> str:
    sections = []
    for kind, examples in found.items():
        figures = "".join(_example(example) for example in examples)
        body = f"<div class='examples'>{figures}</div>" if figures else "<p>No example came up.</p>"
        sections.append(f"<h3>Guidance: {KINDS[kind]}</h3>{body}")
    return "".join(sections)


def _example(example: Example) -> str:
    scene = f"“{escape(example.scene)}”" if example.scene else "no scene text"
    return (
        f"<figure>{_image(draw_example(example, _EXAMPLE_PX), example.prompt)}<figcaption>"
        f"<b>{escape(example.prompt)}</b><div class='faint'>{scene}</div>"
        f"<div class='faint'>window {np.exp(example.zoom):.0%} of the canvas</div></figcaption></figure>"
    )


def _image(picture: Image.Image, name: str) -> str:
    """The picture inside the page; few colours serve a label map, and make it a third as large."""
    data = base64.b64encode(png_bytes(picture.quantize(96, dither=Image.Dither.NONE))).decode("ascii")
    return f"<img src='data:image/png;base64,{data}' alt='{escape(name)}' loading='lazy'>"
