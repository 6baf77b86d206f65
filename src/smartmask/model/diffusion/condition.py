"""What the denoiser is told about a view, built in NumPy by this one file for training and for inference.

    layout     -> per pixel, the row of a table of label embeddings: open vocabulary, no class ids, no palette
    guidance   -> a map in [0, 1] and the number of its kind
    words      -> embeddings of the object's text and of the scene's text; zero = not given; and the words
                  themselves, for a network that reads them by an encoder of its own
    zoom       -> log(window side / longer canvas side), so the network knows how far a view is from the whole

It reads what is *visible* in the layout: a segmented photo has nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int16, Int64, Integer

from smartmask.protocols import TextEncoder
from smartmask.scene.guidance import Guidance, kind_index
from smartmask.scene.layout import OUTSIDE, UNKNOWN
from smartmask.scene.view import View

SPECIAL_ROWS = 2
"""Rows of the label table that the network owns: row of an index = index + SPECIAL_ROWS."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """The condition of one view.

    Attributes:
        regions: Row of the label table under each pixel; rows below `SPECIAL_ROWS` are the network's own.
        label_table: Embeddings of the layout's labels, row `SPECIAL_ROWS` first.
        guidance: The hint's map.
        guidance_kind: The hint's row in `GUIDANCE_KINDS`.
        object_text: Embedding of the object's text.
        scene_text: Embedding of the scene's text.
        zoom: Natural logarithm of window side / longer canvas side.
        prompt: The object's text; "" = not given.
        scene: The scene's text; "" = not given.
    """

    regions: Int16[np.ndarray, "R R"]
    label_table: Float32[np.ndarray, "N D"]
    guidance: Float32[np.ndarray, "R R"]
    guidance_kind: int
    object_text: Float32[np.ndarray, " D"]
    scene_text: Float32[np.ndarray, " D"]
    zoom: float
    prompt: str = ""
    scene: str = ""

    def null(self, *, texts: bool = True, layout: bool = False) -> "Condition":
        """This condition without its words, its layout, or both: the other branch of guidance."""
        result = self
        if texts:
            zero = np.zeros_like(self.object_text)
            result = replace(result, object_text=zero, scene_text=zero, prompt="", scene="")
        if layout:
            inside = self.regions != OUTSIDE + SPECIAL_ROWS
            unknown = np.where(inside, UNKNOWN + SPECIAL_ROWS, OUTSIDE + SPECIAL_ROWS).astype(np.int16)
            result = replace(result, regions=unknown)
        return result


@dataclass(frozen=True, slots=True, eq=False)
class ConditionBatch:
    """Conditions stacked, in the order and form of the network's inputs."""

    regions: Int64[np.ndarray, "B R R"]
    label_table: Float32[np.ndarray, "B N D"]
    guidance: Float32[np.ndarray, "B 1 R R"]
    guidance_kind: Int64[np.ndarray, " B"]
    object_text: Float32[np.ndarray, "B D"]
    scene_text: Float32[np.ndarray, "B D"]
    zoom: Float32[np.ndarray, " B"]

    @staticmethod
    def stack(conditions: Sequence[Condition]) -> "ConditionBatch":
        """Stack conditions; shorter label tables are filled up with zero rows that no pixel points to."""
        rows = max(1, *(len(c.label_table) for c in conditions))
        width = conditions[0].label_table.shape[1]
        tables = np.zeros((len(conditions), rows, width), np.float32)
        for table, condition in zip(tables, conditions, strict=True):
            table[: len(condition.label_table)] = condition.label_table
        return ConditionBatch(
            regions=np.stack([c.regions for c in conditions]).astype(np.int64),
            label_table=tables,
            guidance=np.stack([c.guidance for c in conditions])[:, None],
            guidance_kind=np.array([c.guidance_kind for c in conditions], np.int64),
            object_text=np.stack([c.object_text for c in conditions]),
            scene_text=np.stack([c.scene_text for c in conditions]),
            zoom=np.array([c.zoom for c in conditions], np.float32),
        )


def build_condition(
    visible_index: Integer[np.ndarray, "H W"],
    labels: Sequence[str],
    guidance: Guidance,
    view: View,
    *,
    prompt: str,
    scene: str | None,
    encoder: TextEncoder,
    zoom: float | None = None,
) -> Condition:
    """The condition of a view of a layout.

    Args:
        visible_index: Number of the layer seen at each canvas pixel, `UNKNOWN` where nothing is known.
        labels: The label of each layer.
        guidance: The user's hint, drawn on the same canvas.
        view: The window that the denoiser will see.
        prompt: Text of the object that is to come.
        scene: Text of the final scene, or None.
        encoder: Turns texts into embeddings.
        zoom: Overrides the view's own zoom, for a canvas that is itself a window of a larger one.
    """
    zero = np.zeros(encoder.width, np.float32)
    return Condition(
        regions=view.pick(visible_index, OUTSIDE) + np.int16(SPECIAL_ROWS),
        label_table=encoder.encode(labels),
        guidance=guidance.rasterize(view),
        guidance_kind=kind_index(guidance),
        object_text=encoder.encode([prompt])[0] if prompt else zero,
        scene_text=encoder.encode([scene])[0] if scene else zero,
        zoom=view.zoom if zoom is None else zoom,
        prompt=prompt,
        scene=scene or "",
    )
