"""`SmartMask.load()`: the shipped parts, wired."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from smartmask.apps.hints import (
    Canvas,
    Drawing,
    Hint,
    Photo,
    Shown,
    read_canvas,
    read_drawing,
    read_hint,
    read_where,
    shape_of,
)
from smartmask.apps.inpainters import load_inpainter
from smartmask.data.photos import read_focal_px, read_photo, read_picture
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.perspective.depth import depth_map
from smartmask.perspective.estimate import estimate_camera
from smartmask.pipelines.hidden_parts import with_order
from smartmask.pipelines.insertion.history import (
    InpainterOf,
    InsertionHistory,
    InsertionSequence,
    InsertStep,
    insert_steps,
    replay,
)
from smartmask.pipelines.insertion.insert import (
    DEFAULT_SETTINGS,
    Insertion,
    InsertPipeline,
    InsertSettings,
    check_insertion,
)
from smartmask.pipelines.planning import plan_record
from smartmask.pipelines.planning.plan import PlanPipeline, PlanSession, check_plan_request
from smartmask.pipelines.shapes.shape_words import ShapeWords
from smartmask.pipelines.suggest import SuggestPipeline, check_request
from smartmask.pipelines.suggestion import Suggestion
from smartmask.protocols import Inpainter, Planner, Segmenter
from smartmask.scene.camera import Camera
from smartmask.scene.guidance import NoGuidance
from smartmask.scene.layout import Layout
from smartmask.weights import WEIGHTS


class SmartMask:
    """Draws masks of objects that are not there yet. Get one from `SmartMask.load()`."""

    def __init__(self, suggest: SuggestPipeline, segmenter: Segmenter) -> None:
        """Take built parts; `load` builds the shipped ones."""
        self._suggest, self._segmenter = suggest, segmenter
        self._loaded_with: tuple[Path | None, str, ShapeMemory | Path | None] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as what `load` was given, which is called again where it is unpickled.

        Paths are kept from the root, so that a process in another folder finds them.

        Raises:
            TypeError: If it was built from parts.
        """
        if self._loaded_with is None:
            raise TypeError(
                "a SmartMask built from parts cannot be pickled; take one from SmartMask.load, or build it "
                "where it is needed"
            )
        return SmartMask.load, self._loaded_with

    @staticmethod
    def load(
        weights: Path | str | None = None, device: str = "cpu", memory: ShapeMemory | Path | str | None = None
    ) -> "SmartMask":
        """Load the shipped models, or a mask model of your own.

        Args:
            weights: An ONNX file or the folder of a base mask model, written by our training; None = the
                shipped one.
            device: Where a base mask model works: "cpu", "cuda", ... All else works on the CPU.
            memory: The shapes to draw from: a file of `smartmask memory add`, beside the shipped ones; a
                memory, in their place; None = the shipped ones. A base mask model draws without.

        Raises:
            CheckpointError: If weights are missing, damaged, of another version or hold unknown settings.
            BackendError: If a base mask model needs packages that are not installed.
            ValueError: If the device does not suit, or a memory is given to a base mask model.
        """
        # Imported here so that `import smartmask` stays quick: these load ONNX Runtime and the tokenizer.
        from smartmask.apps.load_suggest import from_root, load_ranker, load_suggest
        from smartmask.backends.text_static import StaticTextEncoder
        from smartmask.model.segmenter.embedded import EmbeddedSegmenter

        encoder = StaticTextEncoder(WEIGHTS / "text.npz")
        suggest = load_suggest(weights, encoder, load_ranker(encoder), device=device, memory=memory)
        loaded = SmartMask(suggest, EmbeddedSegmenter(WEIGHTS / "segmenter.onnx"))
        shapes = memory if isinstance(memory, ShapeMemory) else from_root(memory)
        loaded._loaded_with = from_root(weights), device, shapes
        return loaded

    def segment(self, image: Photo) -> Layout:
        """The layout seen in a photo, of the photo's size.

        Raises:
            ImageError: If the photo cannot be read.
        """
        return self._segmenter.segment(read_photo(image))

    def camera(
        self, image_or_layout: Shown, *, horizon: float | None = None, focal: float | None = None
    ) -> Camera:
        """The camera that a photo or layout was seen by: horizon, height, focal length, how sure they are.

        Args:
            image_or_layout: A photo, whose EXIF may tell the focal length, or a layout.
            horizon, focal: Row of the horizon and focal length in pixels, if they are known.

        Raises:
            ImageError: If the photo cannot be read.
            ValueError: If the horizon or the focal length is none.
        """
        canvas, _ = read_canvas(image_or_layout)
        if focal is None and not isinstance(image_or_layout, Layout):
            focal = read_focal_px(image_or_layout)
        return estimate_camera(self._layout(canvas), horizon=horizon, focal=focal)

    @staticmethod
    def depth(layout: Layout, camera: Camera | None = None) -> Float32[np.ndarray, "H W"]:
        """Metres to what a layout shows at each pixel, by its camera if that is known; the sky is infinite.

        Raises:
            ValueError: If the camera is of another size.
        """
        return depth_map(layout, estimate_camera(layout) if camera is None else camera)

    def words(self, prompt: str) -> ShapeWords | None:
        """How a prompt is understood, as `say()` tells; None if a base mask model reads it."""
        return self._suggest.words(prompt)

    def suggest(
        self,
        image_or_layout: Shown,
        prompt: str,
        scene: str | None = None,
        guidance: Hint = NoGuidance(),
        n: int = 4,
        seed: int = 0,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Suggestion]:
        """Masks of an object that is not there yet, best first, hidden parts included; see `visible_mask`.

        Args:
            image_or_layout: A photo (path, PIL image, or uint8 RGB array), or a layout.
            prompt: What is to come, in a few words.
            scene: What the finished scene shows, in a sentence.
            guidance: A hint drawn on the canvas: a `Box` or four numbers, a `Region`, a `Scribble`, or a
                drawing for one: a bool array, a picture or its path, white on black or opaque on transparent.
            n: How many, 1 to 64. Fewer come back if there are not so many distinct ones.
            seed: Same seed, same masks.
            on_progress: Called with (candidates drawn, candidates known to be needed).

        Raises:
            ImageError: If the photo, or the picture of a hint, cannot be read.
            TypeError: If the hint is none of these.
            ValueError: If the prompt is empty or too long, n or the seed is out of range, or the hint does
                not fit.
        """
        canvas, size_hw = read_canvas(image_or_layout)
        hint = read_hint(guidance, size_hw)
        check_request(prompt, scene, hint, n, seed, size_hw)
        layout = self._layout(canvas)
        return with_order(layout, self._suggest(layout, prompt, scene, hint, n, seed, on_progress))

    def more_like(
        self,
        image_or_layout: Shown,
        prompt: str,
        like: Drawing,
        change: float = 0.5,
        n: int = 4,
        seed: int = 0,
    ) -> list[Suggestion]:
        """Masks like one, in its place: other ears, another stance, as much as the change asks for.

        Args:
            image_or_layout: A photo or a layout, as for `suggest`; so are the prompt, n and the seed.
            like: The mask: a suggestion, a bool array, a picture or its path.
            change: From 0, hardly any, to 1, another shape.

        Raises:
            BackendError: If it is a base mask model that draws; for the rest see `suggest`.
        """
        canvas, size_hw = read_canvas(image_or_layout)
        mask = read_drawing(like, size_hw)
        layout = self._layout(canvas)
        return with_order(layout, self._suggest.more_like(layout, prompt, mask, change, n, seed))

    def between(
        self, image_or_layout: Shown, prompt: str, one: Drawing, other: Drawing, n: int = 4, seed: int = 0
    ) -> list[Suggestion]:
        """Masks on the way from one to another, without the two, in their order.

        Args:
            image_or_layout: A photo or a layout, as for `more_like`; so are the prompt, n and the seed.
            one, other: Its ends, each a suggestion, a bool array, a picture or its path.
        """
        canvas, size_hw = read_canvas(image_or_layout)
        first, last = read_drawing(one, size_hw), read_drawing(other, size_hw)
        layout = self._layout(canvas)
        return with_order(layout, self._suggest.between(layout, prompt, first, last, n, seed))

    def turn(
        self, image_or_layout: Shown, prompt: str, like: Drawing, steps: int = 1, shape: str | None = None
    ) -> Suggestion:
        """A mask's mesh from another side, the next view of it, in the mask's place and as large.

        Args:
            image_or_layout: A photo or a layout, as for `more_like`; so are the prompt and the mask.
            steps: Views to go on, or back where below 0; after the last comes the first.
            shape: What it was drawn from, as `suggestion.origin.shape` tells; None = as `like` tells itself.

        Raises:
            ValueError: If it is known from one side only, was changed, or is cut off.
        """
        canvas, size_hw = read_canvas(image_or_layout)
        mask, name = read_drawing(like, size_hw), shape_of(like) if shape is None else shape
        layout = self._layout(canvas)
        return with_order(layout, [self._suggest.turn(layout, prompt, mask, name, steps)])[0]

    def _layout(self, canvas: Canvas) -> Layout:
        return canvas if isinstance(canvas, Layout) else self._segmenter.segment(canvas)

    # Eleven parameters, one above the ceiling: long drawing needs a progress bar, and nothing else is spare.
    def insert(
        self,
        image: Photo,
        prompt: str,
        where: Hint = NoGuidance(),
        *,
        inpainter: Inpainter,
        scene: str | None = None,
        n: int = 1,
        seed: int = 0,
        settings: InsertSettings = DEFAULT_SETTINGS,
        layout: Layout | None = None,
        behind: Sequence[int | str] = (),
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Insertion]:
        """The photo with an object in it, everything else bit for bit as it was.

        Args:
            image: A photo (path, PIL image, or uint8 RGB array).
            prompt: What is to come, in a few words.
            where: The object's mask, parts that will be hidden included (a suggestion, a bool array, a
                picture or its path), or a hint for one: a `Box` or four numbers, a `Region`, a `Scribble`.
            inpainter: What draws it: `load_inpainter` gives one.
            scene: What the finished scene shows, in a sentence.
            n: How many pictures for the one mask; picture i depends on the seed and i alone.
            seed: Same seed, same pictures.
            settings: How far the change reaches, in pixels.
            layout: What is in the photo; None = it is segmented.
            behind: Numbers or labels of the layers that hide the object; none = `Suggestion.behind`.
            on_progress: Called with (pictures drawn, n).

        Raises:
            ImageError: If the photo cannot be read.
            TypeError: If `where` is none of these.
            ValueError: If the words, the mask, the hint, the layout, n, the seed or `behind` do not fit, no
                mask is found, or nothing of the object would be seen.
            BackendError: If the inpainter fails.
        """
        taken = read_picture(image)
        photo, size_hw = taken.pixels, taken.pixels.shape[:2]
        place = read_where(where, size_hw)
        check_insertion(prompt, place, scene, n, seed, size_hw)
        pipeline = InsertPipeline(self._suggest, inpainter, taken.profile)
        seen = self._segmenter.segment(photo) if layout is None else layout
        return pipeline(photo, seen, prompt, place, scene, n, seed, settings, behind, on_progress)

    def insert_steps(
        self,
        image: Photo,
        steps: Sequence[InsertStep],
        layout: Layout | None = None,
        inpainter_of: InpainterOf = load_inpainter,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> InsertionSequence:
        """The photo with several objects in it, put in one by one, and a history to undo them by.

        Args:
            image: A photo (path, PIL image, or uint8 RGB array).
            steps: What is to come, in order; each sees what the ones before it left.
            layout: What is in the photo; None = it is segmented.
            inpainter_of: Gives the inpainter of a step's description.
            on_progress: Called with (steps done, steps).

        Raises:
            ImageError: If the photo or a cut-out cannot be read.
            ValueError: If a step does not fit; its number is named.
            BackendError: If an inpainter cannot be had, or fails.
        """
        taken = read_picture(image)
        seen = self._segmenter.segment(taken.pixels) if layout is None else layout
        return insert_steps(
            taken.pixels, seen, steps, self._suggest, inpainter_of, on_progress, taken.profile
        )

    @staticmethod
    def replay(
        history: InsertionHistory,
        image: Photo,
        inpainter_of: InpainterOf = load_inpainter,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> InsertionSequence:
        """Do insertions again, bit for bit; to undo step k, replay `history.without(k)`.

        Args:
            history: What was put in.
            image: The photo that it was put into.
            inpainter_of, on_progress: As for `insert_steps`.

        Raises:
            ImageError: If the photo or a cut-out cannot be read.
            ValueError: If it is another photo, or nothing of an object would be seen.
            BackendError: If an inpainter cannot be had, fails, or draws another picture than it did.
        """
        taken = read_picture(image)
        return replay(history, taken.pixels, inpainter_of, on_progress, taken.profile)

    def plan(
        self,
        prompt: str,
        start: Photo | Layout | None = None,
        *,
        planner: Planner | None = None,
        limit: int = 12,
        size_hw: tuple[int, int] = (480, 640),
        horizon: float | None = None,
        seed: int = 0,
    ) -> PlanSession:
        """A scene from nothing, or on top of one: iterate the session, and an object comes with each step.

        Args:
            prompt: What the finished scene shows.
            start: A photo or layout to begin with; None = floor and wall, or sky and ground, by the prompt.
            planner: Says what comes next: `load_planner` gives one; None = the shipped one.
            limit: Objects at the most.
            size_hw: Of the canvas if there is no start.
            horizon: Row of the start's horizon in pixels, if it is known.
            seed: Same request, same scene.

        Raises:
            ImageError, CheckpointError: If the photo cannot be read, or the shipped planner not be used.
            ValueError: If the prompt is empty or too long, or a number is out of range.
        """
        from smartmask.apps.planners import begun, load_planner
        from smartmask.language.scene_prompts import clean_prompt

        check_plan_request(prompt := clean_prompt(prompt), limit, seed)
        given = None if start is None else self._layout(read_canvas(start)[0])
        layout, camera = begun(prompt, given, size_hw, horizon, seed)
        pipeline = PlanPipeline(load_planner() if planner is None else planner, self._suggest)
        return pipeline.begin(layout, prompt, limit, seed, camera)

    def replay_plan(
        self, record: plan_record.PlanRecord, on_step: Callable[[int, int], None] = lambda done, total: None
    ) -> Layout:
        """Make a planned scene again, bit for bit.

        Args:
            record: What was planned: `read_plan_record` reads one.
            on_step: Called with (objects drawn, objects).

        Raises:
            LayoutFileError: If a mask comes out differently, as it does with other weights.
        """
        return plan_record.replay(record, self._suggest, on_step)

    def resume_plan(
        self,
        record: plan_record.PlanRecord,
        planner: Planner | None = None,
        on_step: Callable[[int, int], None] = lambda done, total: None,
    ) -> PlanSession:
        """The session of a planned scene, to take steps back, change them, put others in, and go on.

        Args:
            record: What was planned; it and `on_step` as for `replay_plan`, which says what is raised.
            planner: Says what comes next if the session goes on; None = the shipped one.
        """
        from smartmask.apps.planners import load_planner

        return plan_record.resume(record, planner or load_planner(), self._suggest, on_step)
