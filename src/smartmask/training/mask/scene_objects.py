"""Whole objects of scenes, with the layouts behind them: what a generator's pack takes from scenes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from smartmask.data.examples.example import REFINE_ONLY, Example, PassShare, askable, make_example
from smartmask.data.layered_scene import split_of
from smartmask.data.shards import SceneDataset
from smartmask.data.whole_shapes import WholeShape
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.model.mask.generator_inputs import cell_rows
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.model.shape.frame import frame_field
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box
from smartmask.scene.layout import OUTSIDE
from smartmask.scene.rle import decode_rle

RESOLUTION = 64
BOXES_ONLY = {"refine": PassShare(share=1.0, hints={Box: 1.0})}
assert set(BOXES_ONLY) == set(REFINE_ONLY)


@dataclass(frozen=True, slots=True, eq=False)
class SceneObject:
    """An object of a scene, with the layout behind it.

    Attributes:
        shape: Its whole shape.
        code: Of the shape.
        log_aspect: Of its box in the view.
        zoom: Of the view.
        labels: Of the layout's cells; "" = unknown, None = off the canvas.
    """

    shape: WholeShape
    code: UInt8[np.ndarray, " bytes"]
    log_aspect: float
    zoom: float
    labels: tuple[str | None, ...]


def scene_objects(
    datasets: Mapping[str, SceneDataset], counts: Mapping[str, int], codec: SilhouetteCodec, seed: int
) -> Iterator[SceneObject]:
    """Whole objects of scenes of the training split, with the layouts behind them.

    Args:
        datasets: Scenes.
        counts: Objects wanted of each.
        codec: Codes their shapes.
        seed: What is random follows from it.

    Raises:
        AnnotationError: If a shard is damaged.
    """
    for place, (name, count) in enumerate(counts.items()):
        rng = np.random.default_rng([seed, 7, place])
        left = count
        dataset = datasets[name]
        for shard in rng.permutation(dataset.shards).tolist():
            for scene in dataset.read_shard(shard):
                if split_of(scene.group) != "train":
                    continue
                for layer in askable(scene):
                    item = scene.layers[layer]
                    if item.extent != "amodal" or left <= 0:
                        continue
                    example = make_example(scene, layer, RESOLUTION, rng, BOXES_ONLY)
                    if example is None or not example.is_whole:
                        continue
                    found = _scene_object(
                        example, decode_rle(item.counts, scene.size_hw), item.label, scene.group, codec
                    )
                    if found is not None:
                        left -= 1
                        yield found
            if left <= 0:
                break


def _scene_object(
    example: Example, mask: np.ndarray, label: str, group: str, codec: SilhouetteCodec
) -> SceneObject | None:
    """None where the mask is cut by the canvas, or is not what the example shows."""
    sharp, shown = frame_field(mask), frame_field(example.target)
    fields = (sharp, sharp[:, ::-1])
    alike = [float(((field > 0) == (shown > 0)).mean()) for field in fields]
    if max(alike) < 0.9:
        return None
    x0, y0, x1, y1 = box_of(example.target)
    rows = cell_rows(example.view.pick(example.visible_index, OUTSIDE) + np.int16(SPECIAL_ROWS))
    names: list[str | None] = [None, "", *example.labels]  # OUTSIDE, UNKNOWN, then the layers
    shape = WholeShape(
        label=label,
        parent="",
        size_hw=mask.shape,
        counts="",
        aspect=(x1 - x0) / (y1 - y0),
        style="photo",
        is_bank=False,
        source="scene",
        group=group,
        licence="",
    )
    code = codec.encode(fields[int(np.argmax(alike))][None])[0]
    labels = tuple(names[row] for row in rows)
    return SceneObject(shape, code, float(np.log(shape.aspect)), example.zoom, labels)
