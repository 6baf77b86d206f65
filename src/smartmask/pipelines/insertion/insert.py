"""Photo + words + mask -> the photo with the object in it, everything else untouched.

    mask -> what may change -> window -> inpainter -> colours set right -> pasted back

What may change is stated before anything is drawn: the mask, grown or shrunk, with what the inpainter says
that it needs beside it (for a shadow), feathered outwards, less all that stands in front of the object.
`Insertion.alpha` holds it; where it is 0 the picture equals the photo bit for bit, whatever the inpainter
did.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from smartmask.arguments import check_all, check_function, check_kind, check_number, check_whole
from smartmask.data.picture_files import write_png
from smartmask.errors import BackendError
from smartmask.pipelines.hidden_parts import with_order
from smartmask.pipelines.insertion.paste import paste_back
from smartmask.pipelines.insertion.place_behind import Placed, layer_numbers, put_behind
from smartmask.pipelines.insertion.window import Window
from smartmask.pipelines.suggest import SuggestPipeline, check_request
from smartmask.protocols import Footprint, HasFootprint, Inpainter, InpaintTask
from smartmask.scene.boxes import box_of
from smartmask.scene.distance import feather, grow
from smartmask.scene.guidance import Guidance, NoGuidance
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.picture import preview_png

MASKS_DRAWN = 4
"""Where no mask is given, so many are suggested and the best is taken."""
MOST_PX = 1000
"""Largest distance in the settings; time grows with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertSettings:
    """How far the change reaches, in pixels of the photo.

    Attributes:
        grow_px: Added round the mask, or taken away if below 0.
        feather_px: Beyond that, the stretch over which the change fades out.
        padding_px: Surroundings that the inpainter sees round all of it.
    """

    grow_px: float = 3.0
    feather_px: float = 3.0
    padding_px: int = 64

    def __post_init__(self) -> None:
        check_number("grow_px", self.grow_px, -MOST_PX, MOST_PX)
        check_number("feather_px", self.feather_px, 0, MOST_PX)
        check_whole("padding_px", self.padding_px, 0, MOST_PX)


DEFAULT_SETTINGS = InsertSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Insertion:
    """A photo with one more object in it.

    Attributes:
        image: The photo, changed only where `alpha` is above 0.
        mask: The whole object as it was asked for, hidden parts included.
        alpha: How much of the inpainter's picture each pixel took, in [0, 1].
        layout: What is there now; the object is layer `layer_number`, its mask what the inpainter says that
            it covers, else `mask`.
        layer_number: The object's place in the layout's order.
        behind: Numbers of the layers, in the layout that it came into, that were named or told to hide it.
        seed: What the inpainter was given.
        raw: The photo with the inpainter's whole window in it, as it came back.
        profile: The ICC profile of the pictures' colours, which is the photo's; None = sRGB.
    """

    image: UInt8[np.ndarray, "H W 3"]
    mask: Bool[np.ndarray, "H W"]
    alpha: Float32[np.ndarray, "H W"]
    layout: Layout
    layer_number: int
    behind: tuple[int, ...]
    seed: int
    raw: UInt8[np.ndarray, "H W 3"]
    profile: bytes | None = None

    def __repr__(self) -> str:
        """Its object, size, place among the layers and seed, without any pixels."""
        height, width = self.image.shape[:2]
        label, place = self.layout.labels[self.layer_number], f"{self.layer_number} of {len(self.layout)}"
        return f"Insertion({label!r}, {width}x{height}, layer {place}, seed {self.seed})"

    def _repr_png_(self) -> bytes:
        """Its picture, small, for notebooks."""
        return preview_png(self.image, self.profile)

    def save(self, path: Path | str) -> None:
        """Write its picture as a PNG file, whole or not at all.

        Raises:
            ValueError: If the name does not end in .png.
            OSError: If it cannot be written.
        """
        write_png(path, self.image, self.profile)


class InsertPipeline:
    """Finds a mask if there is none, and has an inpainter fill it."""

    def __init__(self, suggest: SuggestPipeline, inpainter: Inpainter, profile: bytes | None = None) -> None:
        """Take the parts, and the ICC profile of the photo's colours."""
        self._suggest, self._inpainter, self._profile = suggest, inpainter, profile

    def __call__(
        self,
        photo: UInt8[np.ndarray, "H W 3"],
        layout: Layout,
        prompt: str,
        where: Bool[np.ndarray, "H W"] | Guidance = NoGuidance(),
        scene: str | None = None,
        n: int = 1,
        seed: int = 0,
        settings: InsertSettings = DEFAULT_SETTINGS,
        behind: Sequence[int | str] = (),
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Insertion]:
        """Photos with the object in them, one for each sample.

        Args:
            photo: What is there.
            layout: The same as a layout.
            prompt: What is to come, in a few words.
            where: The object's mask, hidden parts included, or a hint for one; the best of `MASKS_DRAWN`
                suggestions is taken then.
            scene: What the finished scene shows, for suggestions.
            n: How many pictures for the one mask. Sample i depends on the seed and i, not on n.
            seed: Same seed, same pictures.
            settings: How far the change reaches.
            behind: Numbers or labels of the layers that stand in front of the object; none = those that the
                suggestion is behind, if the mask is one.
            on_progress: Called with (pictures drawn, n).

        Raises:
            ValueError: If the words, n or the seed cannot be used, the mask or the layout is of another size
                than the photo, no mask is found, or nothing of the object would be seen.
            BackendError: If the inpainter returns something else than a picture of the window's size.
        """
        _check_parts(layout, self._inpainter, settings)
        check_insertion(prompt, where, scene, n, seed, (photo.shape[0], photo.shape[1]))
        check_function("on_progress", on_progress)
        check_all("behind", behind, (int, str), "a layer's number or label")
        mask, before = find_mask(self._suggest, layout, prompt, where, scene, seed)
        behind = behind or before
        seeds = [sample_seed(seed, number) for number in range(n)]
        return fill_mask(
            photo, layout, prompt, mask, self._inpainter, seeds, settings, behind, on_progress, self._profile
        )


def find_mask(
    suggest: SuggestPipeline,
    layout: Layout,
    prompt: str,
    where: Bool[np.ndarray, "H W"] | Guidance,
    scene: str | None,
    seed: int,
) -> tuple[Bool[np.ndarray, "H W"], tuple[int, ...]]:
    """The mask that is meant, and the layers that stand before it.

    That is the one given, before which nobody knows what stands, or the best suggestion for a hint.

    Raises:
        ValueError: If none comes out, or as `SuggestPipeline` says.
    """
    if isinstance(where, np.ndarray):
        return where, ()
    suggestions = suggest(layout, prompt, scene, where, MASKS_DRAWN, seed)
    if not suggestions:
        raise ValueError(f"no mask of {prompt!r} came out; try another seed, a hint, or other words")
    found = with_order(layout, suggestions[:1])[0]
    return found.mask, found.behind


def fill_mask(
    photo: UInt8[np.ndarray, "H W 3"],
    layout: Layout,
    prompt: str,
    mask: Bool[np.ndarray, "H W"],
    inpainter: Inpainter,
    seeds: Sequence[int],
    settings: InsertSettings,
    behind: Sequence[int | str],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    profile: bytes | None = None,
) -> list[Insertion]:
    """A picture for each seed, which the inpainter is given as it is; all else as in `InsertPipeline`.

    Raises:
        ValueError: If the layout is of another size than the photo, or nothing would be seen.
        BackendError: If the inpainter returns something else than a picture of the window's size.
    """
    size_hw = photo.shape[0], photo.shape[1]
    if tuple(layout.size_hw) != size_hw:
        found = f"{layout.size_hw[1]}x{layout.size_hw[0]}"
        raise ValueError(f"the layout is {found} but the photo is {size_hw[1]}x{size_hw[0]}")
    footprint = inpainter.footprint(mask) if isinstance(inpainter, HasFootprint) else None
    placed = put_behind(layout, Layer(prompt, mask, "amodal"), behind)
    alpha = _alpha(mask, placed, footprint, settings)
    covered = mask if footprint is None else footprint.covered
    after = put_behind(layout, Layer(prompt, covered, "amodal"), behind).layout
    padding_px = max(settings.padding_px, 0 if footprint is None else footprint.margin_px)
    box_xyxy = box_of(mask | (alpha > 0))
    window = Window.around(box_xyxy, padding_px, size_hw, inpainter.working_side, inpainter.size_multiple)
    shown, number = window.layout(placed.layout, placed.number)
    image, touched = window.image(photo), window.touched(alpha > 0)
    insertions = []
    for done, seed in enumerate(seeds, 1):
        picture = inpainter.inpaint(InpaintTask(image, touched, prompt, shown, seed, number, profile))
        _check_picture(picture, window)
        drawn = window.back(picture)
        raw = photo.copy()
        raw[window.on_photo] = drawn
        pasted = paste_back(photo, drawn, window.on_photo, alpha)
        numbers = layer_numbers(layout, behind)
        insertions.append(Insertion(pasted, mask, alpha, after, placed.number, numbers, seed, raw, profile))
        on_progress(done, len(seeds))
    return insertions


def _alpha(
    mask: Bool[np.ndarray, "H W"], placed: Placed, footprint: Footprint | None, settings: InsertSettings
) -> Float32[np.ndarray, "H W"]:
    """What may change, and how much of the new picture is taken where."""
    label = placed.layout.layers[placed.number].label
    area = grow(mask, settings.grow_px)
    if not area.any():
        raise ValueError(f"nothing of {label!r} would be seen: grow_px={settings.grow_px:g} leaves none")
    if footprint is not None:
        area = area | footprint.beside
    alpha = feather(area, settings.feather_px)
    alpha[placed.hidden] = 0
    if not (alpha > 0).any():
        raise ValueError(f"nothing of {label!r} would be seen: the layers in front hide it")
    return alpha


def sample_seed(seed: int, number: int) -> int:
    """The seed of sample `number`: below 2^32, and of no other sample's making."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def check_insertion(
    prompt: str,
    where: Bool[np.ndarray, "H W"] | Guidance,
    scene: str | None,
    n: int,
    seed: int,
    size_hw: tuple[int, int],
) -> None:
    """Refuse what cannot be drawn on a canvas of this size.

    Raises:
        TypeError: If it is neither a mask nor a hint.
        ValueError: As `InsertPipeline` says.
    """
    hint = NoGuidance() if isinstance(where, np.ndarray) else where
    check_request(prompt, scene, hint, n, seed, size_hw)
    if isinstance(where, np.ndarray):
        if where.ndim != 2 or where.dtype != bool:
            raise ValueError(f"a mask must be bool (H, W), not {where.dtype} {where.shape}")
        if where.shape != tuple(size_hw):
            found = f"{where.shape[1]}x{where.shape[0]}"
            raise ValueError(f"the mask is {found} but the photo is {size_hw[1]}x{size_hw[0]}")
        if not where.any():
            raise ValueError("the mask is empty; it must hold at least one pixel of the object")


def _check_parts(layout: object, inpainter: object, settings: object) -> None:
    check_kind("layout", layout, Layout, "a Layout; read_layout gives one")
    check_kind("inpainter", inpainter, Inpainter, "an Inpainter; load_inpainter gives one")
    check_kind("settings", settings, InsertSettings, "InsertSettings")


def _check_picture(picture: np.ndarray, window: Window) -> None:
    expected = (*window.shown_hw, 3)
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or picture.shape != expected:
        is_array = isinstance(picture, np.ndarray)
        found = f"{picture.dtype} {picture.shape}" if is_array else type(picture).__name__
        raise BackendError(f"the inpainter returned {found} but must return uint8 {expected}, as the window")
