"""What the pipelines need from outside: one or two methods each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32, Integer, UInt8

from smartmask.scene.boxes import BoxXYXY
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout


@runtime_checkable
class TextEncoder(Protocol):
    """Turns words into vectors whose angle says how near their meanings are."""

    @property
    def width(self) -> int:
        """D, the length of an embedding."""
        ...

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "N D"]:
        """Embeddings of unit length, one row a text; a text with no known word gives a zero row."""
        ...


@runtime_checkable
class WordEncoder(TextEncoder, Protocol):
    """A text encoder that says which words it was taught and which it only spells."""

    def tokens(self, text: str) -> list[str]:
        """What it reads a text as; a word that it was taught is one token."""
        ...


@runtime_checkable
class ShapeCoder(Protocol):
    """Turns the field of a shape (`model/shape/frame.py`) into a short code and back."""

    @property
    def digest(self) -> str:
        """Names the coder; codes of another digest are of no use to it."""
        ...

    def encode(self, fields: Float32[np.ndarray, "N F F"], /) -> UInt8[np.ndarray, "N B"]:
        """The code of each field."""
        ...

    def decode(self, codes: UInt8[np.ndarray, "N B"], /) -> Float32[np.ndarray, "N F F"]:
        """The field of each code, in [-1, 1], positive inside."""
        ...

    def sketch(self, codes: UInt8[np.ndarray, "N B"], /) -> Float32[np.ndarray, "N f f"]:
        """The field of each code on fewer pixels, for a fraction of the time."""
        ...


@runtime_checkable
class Segmenter(Protocol):
    """Turns a photo into a layout."""

    def segment(self, image: UInt8[np.ndarray, "H W 3"]) -> Layout:
        """The layout that is seen in an RGB photo, of the photo's own size."""
        ...


@runtime_checkable
class DepthEstimator(Protocol):
    """Says how near each pixel of a photo is."""

    def nearness(self, image: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W"]:
        """Larger = nearer; the unit is the estimator's own, so only the order within a photo counts."""
        ...


@runtime_checkable
class Ranker(Protocol):
    """Says how plausible a mask is where it lies."""

    def score(
        self,
        visible_index: Integer[np.ndarray, "H W"],
        labels: Sequence[str],
        mask: Bool[np.ndarray, "H W"],
        prompt: str,
        scene: str | None,
    ) -> float:
        """The score, in [0, 1]; it depends on the arguments alone.

        Args:
            visible_index: Number of the layer seen at each canvas pixel, `UNKNOWN` where nothing is known.
            labels: The label of each layer.
            mask: The mask, with at least one pixel.
            prompt: What it is meant to be.
            scene: What the finished scene shows, in a sentence; None = not said.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class InpaintTask:
    """A window of a photo, and what is to appear in it.

    Attributes:
        image: The window, RGB.
        mask: The pixels that are to change.
        prompt: What is to appear, in a few words.
        layout: What is there, on the window's canvas, the new object at its place in the order.
        seed: Same task, same seed, same picture.
        layer_number: The new object's layer, its amodal mask; by default the last, which nothing hides.
        profile: The ICC profile of the window's colours, and of those to be returned; None = sRGB.
    """

    image: UInt8[np.ndarray, "H W 3"]
    mask: Bool[np.ndarray, "H W"]
    prompt: str
    layout: Layout
    seed: int
    layer_number: int = -1
    profile: bytes | None = None


DrawBox = Callable[[int | None, np.random.Generator, float | None], BoxXYXY]
"""Draws a box: at the place of a number, of places that lie apart, or anywhere if that is None; with all its
chance from the generator; of that width over height, if one is given."""


@runtime_checkable
class Placer(Protocol):
    """Says where an object may come, before it has a shape."""

    def boxes(self, layout: Layout, prompt: str, scene: str | None, seed: int) -> DrawBox:
        """Read a layout once; then draw as many boxes as are wanted.

        Args:
            layout: What is there.
            prompt: What is to come; it may say where ("a cat on the sofa").
            scene: What the finished scene shows, in a sentence; None = not said.
            seed: Same seed, same places.

        Returns:
            Draws a box on the layout's canvas, in pixels. It may be called from several threads.
        """
        ...


@runtime_checkable
class Inpainter(Protocol):
    """Draws an object into a window of a photo."""

    @property
    def working_side(self) -> int | None:
        """Pixels that a window's longer side is brought to before it is handed over; None = left as it is."""
        ...

    @property
    def size_multiple(self) -> int:
        """Both sides of a window are brought to a multiple of this."""
        ...

    def inpaint(self, task: InpaintTask) -> UInt8[np.ndarray, "H W 3"]:
        """The window with the object in it; pixels off the mask may differ, the caller restores them."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """What an inpainter is going to do to a photo.

    Attributes:
        covered: The whole object as it will be drawn, hidden parts included.
        beside: Pixels off the mask that change too: where the object sticks out of it, where a shadow falls.
        margin_px: Pixels round the mask that the window must show, as far as the photo goes.
    """

    covered: Bool[np.ndarray, "H W"]
    beside: Bool[np.ndarray, "H W"]
    margin_px: int


@runtime_checkable
class HasFootprint(Protocol):
    """An inpainter that does not follow a mask exactly, and knows beforehand what it will do instead."""

    def footprint(self, mask: Bool[np.ndarray, "H W"]) -> Footprint:
        """What an object of this mask comes to on the photo."""
        ...


@runtime_checkable
class LayoutRenderer(Protocol):
    """Draws a picture of a layout."""

    def render(self, layout: Layout, prompt: str, seed: int) -> UInt8[np.ndarray, "H W 3"]:
        """A picture of the layout's size."""
        ...


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """What is to come next in a scene.

    Attributes:
        label: What it is, in plain words.
        description: What to ask the mask model for ("a round wooden table"); the label if there is no more to
            say.
        box_xyxy: Where it is to come, on the layout's canvas; None leaves the place to the mask model.
        behind: Number of the layer that it comes just behind; None = in front of all.
    """

    label: str
    description: str
    box_xyxy: BoxXYXY | None = None
    behind: int | None = None


@runtime_checkable
class Planner(Protocol):
    """Decides what comes next in a scene."""

    def next_object(
        self,
        layout: Layout,
        prompt: str,
        placed: Sequence[PlannedObject],
        seed: int,
        camera: Camera | None = None,
    ) -> PlannedObject | None:
        """The next object, or None if the scene is complete.

        Args:
            layout: What is there, the placed objects among it.
            prompt: What the finished scene shows.
            placed: What was planned before and is there now, in the order it came.
            seed: Same question, same seed, same answer.
            camera: That the scene is seen by; None = not known.
        """
        ...
