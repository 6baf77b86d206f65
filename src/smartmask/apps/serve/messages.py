"""What requests and answers look like, for checking and for the OpenAPI document.

Boxes are [x0, y0, x1, y1] and sizes [width, height], in pixels of the canvas; masks are COCO RLE.
"""

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Bool
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from smartmask.pipelines.planning.plan import MAX_OBJECTS
from smartmask.pipelines.suggest import MAX_PROMPT_CHARACTERS, MAX_SUGGESTIONS
from smartmask.scene.layout import MAX_LAYERS
from smartmask.scene.rle import decode_rle, encode_rle

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Text = Annotated[str, Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[int, Field(strict=True, ge=0, lt=MAX_LAYERS)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Side = Annotated[int, Field(strict=True, ge=1, le=2**16)]
Coordinate = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Box = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
Linear = Annotated[float, Field(strict=True, ge=-100, le=100, allow_inf_nan=False)]
Offset = Annotated[float, Field(strict=True, ge=-(2**20), le=2**20, allow_inf_nan=False)]
Behind = Annotated[list[Number], Field(max_length=MAX_LAYERS)]


MOST_PX = 200
"""How far a mask is grown or softened at the most; the time that it takes grows with it."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rle(_Message):
    """A mask as compressed COCO RLE; `size` is [height, width]."""

    size: tuple[Side, Side]
    counts: Annotated[str, Field(max_length=2**22, pattern="^[\\x30-\\x6f]*$")]

    def mask(self, size_hw: tuple[int, int], what: str) -> Bool[np.ndarray, "H W"]:
        """The mask, which must be of a canvas's size.

        Raises:
            ValueError: If it is of another size, or damaged.
        """
        if tuple(self.size) != tuple(size_hw):
            found, expected = f"{self.size[1]}x{self.size[0]}", f"{size_hw[1]}x{size_hw[0]}"
            raise ValueError(f"the {what} is {found} but the layout is {expected}; draw it at that size")
        try:
            return decode_rle(self.counts, size_hw)
        except ValueError as error:
            raise ValueError(f"the {what}: {error}") from error

    @staticmethod
    def of(mask: Bool[np.ndarray, "H W"]) -> dict[str, object]:
        """A mask as it goes out."""
        return {"size": list(mask.shape), "counts": encode_rle(mask)}


class PhotoAnswer(_Message):
    """A photo that is kept."""

    photo_id: Id
    size: tuple[int, int]


class LayoutRequest(_Message):
    """A photo to segment, or what a scene from nothing begins with."""

    photo_id: Id | None = None
    scene: Text | None = None
    size: tuple[Side, Side] = (640, 480)
    seed: Seed = 0


class LayerAnswer(_Message):
    """A layer: `rle` is what is seen of it, `mask` the whole of it where that is more."""

    number: int
    label: str
    box: tuple[float, float, float, float] | None
    rle: Rle
    mask: Rle | None = None
    whole: bool
    colour: str


class LayoutAnswer(_Message):
    """A layout, its layers back to front."""

    layout_id: Id
    size: tuple[int, int]
    photo_id: Id | None
    layers: list[LayerAnswer]
    pushed: int | None = None


class Rename(_Message):
    """Give a layer another label."""

    do: Literal["rename"]
    layer: Number
    label: Label


class Delete(_Message):
    """Take a layer out; with `fill`, what only it covered goes to the regions round it."""

    do: Literal["delete"]
    layer: Number
    fill: StrictBool = False


class Merge(_Message):
    """Make layers one; the first keeps its label and place."""

    do: Literal["merge"]
    layers: Annotated[list[Number], Field(min_length=2, max_length=MAX_LAYERS)]


class Move(_Message):
    """Give a layer another number in the order, 0 for the rearmost."""

    do: Literal["move"]
    layer: Number
    to: Number


class Push(_Message):
    """Put a new object in, behind some layers or in front of all."""

    do: Literal["push"]
    label: Label
    rle: Rle
    behind: Behind = []


Edit = Annotated[Rename | Delete | Merge | Move | Push, Field(discriminator="do")]


class EditsRequest(_Message):
    """Changes, each to what the ones before it left."""

    edits: Annotated[list[Edit], Field(min_length=1, max_length=100)]


class ScribbleHint(_Message):
    """A rough drawing of the object, and of where it must not be."""

    wanted: Rle
    avoid: Rle | None = None


class SuggestRequest(_Message):
    """Words, and one hint or none."""

    layout_id: Id
    prompt: Text
    scene: Text | None = None
    box: Box | None = None
    region: Rle | Box | None = None
    scribble: ScribbleHint | None = None
    n: Annotated[int, Field(strict=True, ge=1, le=MAX_SUGGESTIONS)] = 8
    seed: Seed = 0
    stream: Annotated[str, Field(max_length=100)] | None = None


class VariationsRequest(_Message):
    """A mask, and how far from it."""

    layout_id: Id
    prompt: Text
    rle: Rle
    change: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 0.5
    n: Annotated[int, Field(strict=True, ge=1, le=MAX_SUGGESTIONS)] = 8
    seed: Seed = 0
    stream: Annotated[str, Field(max_length=100)] | None = None


class BetweenRequest(_Message):
    """Two masks to go between."""

    layout_id: Id
    prompt: Text
    one: Rle
    other: Rle
    n: Annotated[int, Field(strict=True, ge=1, le=MAX_SUGGESTIONS)] = 8
    seed: Seed = 0
    stream: Annotated[str, Field(max_length=100)] | None = None


class TurnRequest(_Message):
    """A mask, the remembered shape that it was drawn from, and by how many views it is turned."""

    layout_id: Id
    prompt: Text
    rle: Rle
    shape: Annotated[str, Field(min_length=1, max_length=30)]
    steps: Annotated[int, Field(strict=True, ge=-1000, le=1000)] = 1


class SuggestionAnswer(_Message):
    """A mask to choose; `outline` holds its rings for a screen, filled by the even-odd rule.

    `turn` names the shape for a `TurnRequest`; "" if it cannot be turned. `behind` holds the numbers of the
    layers that stand before it, `visible` what is seen of it; null = all.
    """

    score: float
    box: tuple[float, float, float, float]
    rle: Rle
    origin: Literal["memory", "drawn"]
    shape: str
    turn: str
    behind: list[int]
    visible: Rle | None
    outline: list[list[tuple[float, float]]]


class SuggestAnswer(_Message):
    """Suggestions, best first, and how to get the same elsewhere."""

    suggestions: list[SuggestionAnswer]
    said: str
    command: str
    python: str
    milliseconds: float


class TransformRequest(_Message):
    """A mask and an affine map, written as SVG does: x' = a x + c y + e, y' = b x + d y + f."""

    rle: Rle
    matrix: tuple[Linear, Linear, Linear, Linear, Offset, Offset]


class TransformAnswer(_Message):
    """The mask mapped; `outline` is null where a mask was not drawn from one."""

    rle: Rle
    box: tuple[float, float, float, float]
    outline: list[list[tuple[float, float]]] | None


class InsertOptions(_Message):
    """How far the change reaches, in pixels, and how strongly the cut-out is brought to the photo's look."""

    grow_px: Annotated[float, Field(strict=True, ge=-MOST_PX, le=MOST_PX, allow_inf_nan=False)] = 3.0
    feather_px: Annotated[float, Field(strict=True, ge=0, le=MOST_PX, allow_inf_nan=False)] = 3.0
    padding_px: Annotated[int, Field(strict=True, ge=0, le=MOST_PX)] = 64
    colour: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 0.6
    shadow: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 0.7
    grain: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] = 1.0


class InsertRequest(_Message):
    """A cut-out to lay onto a mask."""

    photo_id: Id
    layout_id: Id
    prompt: Text
    rle: Rle
    cutout_id: Id
    behind: Behind = []
    seed: Seed = 0
    settings: InsertOptions = InsertOptions()


class InsertAnswer(_Message):
    """The picture, which counts as a photo too, and its layout."""

    picture_id: Id
    changed: Rle
    layout: LayoutAnswer
    command: str
    python: str


class PlanRequest(_Message):
    """A scene to plan; `horizon` is the row of the layout's horizon, if it is known.

    `veto` holds numbers of steps, as they come, that are taken back at once.
    """

    prompt: Text
    layout_id: Id | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_OBJECTS)] = 12
    size: tuple[Side, Side] = (640, 480)
    horizon: Offset | None = None
    seed: Seed = 0
    veto: Annotated[list[Annotated[int, Field(strict=True, ge=1)]], Field(max_length=1000)] = []


Format = Literal["mask", "inverted", "alpha", "cutout", "grown", "zip", "psd", "coco", "labelme", "json"]


class ExportRequest(_Message):
    """What to write; formats of layouts put the mask in as one more layer."""

    format: Format
    layout_id: Id | None = None
    photo_id: Id | None = None
    rle: Rle | None = None
    label: Label = "object"
    behind: Behind = []
    grow: Annotated[float, Field(strict=True, ge=-MOST_PX, le=MOST_PX, allow_inf_nan=False)] = 0.0
    feather: Annotated[float, Field(strict=True, ge=0, le=MOST_PX, allow_inf_nan=False)] = 0.0
