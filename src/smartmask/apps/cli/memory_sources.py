"""What `smartmask memory add` can read, told apart by what is there.

Pictures are the user's own and kept as they are; one that is no silhouette stops the command. Annotations of
photos hold much that is cut off or in pieces; that is left out and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from jaxtyping import Bool

from smartmask.data.silhouette_files import read_silhouettes
from smartmask.memory.remembered import RememberedShape, Style
from smartmask.scene.boxes import box_of

if TYPE_CHECKING:
    from smartmask.data.annotations.base import Problems
    from smartmask.data.layered_scene import SceneLayer

_NOT_STATED = "not stated"


@dataclass(slots=True)
class Given:
    """What the user says of all shapes of a source, and what was learnt of it on the way.

    Attributes:
        path: Where it is.
        label: What all show; None = what the source says.
        style: What all were cut from; None = what the source says, or what its kind mostly is.
        licence: Licence and credit of all; None = what the source says.
        parents: Wider words that the source had for labels.
        left_out: A line for each kind of what was left out.
    """

    path: Path
    label: str | None
    style: Style | None
    licence: str | None
    parents: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def shape(self, label: str, mask: Bool[np.ndarray, "h w"], style: Style, group: str) -> RememberedShape:
        """What is to be remembered of a mask."""
        x0, y0, x1, y1 = box_of(mask)
        source = self.path.resolve().stem
        return RememberedShape(
            label=label,
            style=self.style or style,
            aspect=(x1 - x0) / (y1 - y0),
            may_mirror=True,
            source=source,
            group=f"{source}:{group}",
            licence=self.licence or _NOT_STATED,
        )


Shape = tuple[RememberedShape, Bool[np.ndarray, "h w"]]


def read_source(given: Given) -> Iterator[Shape]:
    """The shapes of a source, whatever kind it is.

    Raises:
        SmartMaskError: If it cannot be read.
        click.ClickException: If it needs packages that are not installed.
    """
    path = given.path
    try:
        if path.suffix.lower() == ".json":
            yield from _of_coco(given)
        elif path.suffix.lower() == ".parquet" or (path.is_dir() and any(path.glob("*.parquet"))):
            yield from _of_scenes(given) if (path / "dataset.json").is_file() else _of_whole_shapes(given)
        else:
            for item in read_silhouettes(path, given.label):
                yield given.shape(item.label, item.mask, "drawing", item.where), item.mask
    except ImportError as error:
        raise click.ClickException(
            f'{path}: needs {error.name}; pip install "smartmask-open[data]"'
        ) from error


def _of_coco(given: Given) -> Iterator[Shape]:
    from smartmask.data.annotations.base import Problems
    from smartmask.data.annotations.coco_instances import read_coco_instances

    problems = Problems()
    for scene in read_coco_instances(given.path, problems):
        for layer in scene.objects:
            yield from _of_layer(given, layer, scene.size_hw, scene.group, problems)
    given.left_out += problems.report()


def _of_scenes(given: Given) -> Iterator[Shape]:
    from smartmask.data.annotations.base import Problems
    from smartmask.data.shards import SceneDataset

    problems = Problems()
    for scene in SceneDataset.open(given.path):
        for layer in scene.layers:
            yield from _of_layer(given, layer, scene.size_hw, scene.group, problems)
    given.left_out += problems.report()


def _of_layer(
    given: Given, layer: "SceneLayer", size_hw: tuple[int, int], group: str, problems: "Problems"
) -> Iterator[Shape]:
    from smartmask.data.synthesis.stage.silhouettes import fault_of

    if not layer.is_thing:
        problems.add("regions that are no things", group)
        return
    mask = layer.mask(size_hw)
    if fault := fault_of(layer.label, mask):
        problems.add(f"shape that {fault}", f"{group} ({layer.label})")
        return
    yield given.shape(given.label or layer.label, mask, "photo", group), mask


def _of_whole_shapes(given: Given) -> Iterator[Shape]:
    from smartmask.data.whole_shapes import read_whole_shapes

    for item in read_whole_shapes(given.path):
        name = given.label or item.label
        if item.parent:
            given.parents[name] = item.parent
        yield (
            RememberedShape(
                label=name,
                style=given.style or item.style,
                aspect=item.aspect,
                may_mirror=True,
                source=item.source,
                group=item.group,
                licence=given.licence or item.licence,
            ),
            item.mask(),
        )
