"""Planners by description: one line of text, so that a command and a record can name one.

embedded                    the shipped one
vlm:llava-hf/llava-1.5-7b-hf    a vision-language model: folder, or name on the hub
openai:gpt-4o-mini          a model behind an OpenAI-compatible server; see OPENAI_API_KEY, OPENAI_BASE_URL
"""

import os
import urllib.request

from smartmask.arguments import check_text
from smartmask.perspective.estimate import estimate_camera
from smartmask.protocols import Planner
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

TEMPERATURE = 0.7
"""Of a local model's answers: above 0, so that another seed gives another answer where one was refused."""
DESCRIPTIONS = "embedded, vlm:NAME or openai:MODEL"


def check_planner(description: str) -> None:
    """Refuse a description that names no planner.

    Raises:
        ValueError: If it is malformed.
    """
    check_text("description", description)
    kind, colon, name = description.partition(":")
    if (kind == "embedded" and not colon) or (kind in ("vlm", "openai") and name.strip()):
        return
    raise ValueError(f"a planner is {DESCRIPTIONS}, not {description!r}")


def load_planner(description: str = "embedded") -> Planner:
    """The planner of a description.

    Raises:
        ValueError: If the description is malformed.
        CheckpointError: If the shipped weights cannot be used.
        BackendError: If a model, or the packages for it, cannot be had.
    """
    check_planner(description)
    kind, _, name = description.partition(":")
    if kind == "vlm":
        from smartmask.backends.planner_vlm import load_vlm_planner

        return load_vlm_planner(name, temperature=TEMPERATURE)
    if kind == "openai":
        from smartmask.backends.planner_openai import OPENAI_URL, openai_planner

        return openai_planner(
            name,
            key=os.environ.get("OPENAI_API_KEY"),
            base_url=os.environ.get("OPENAI_BASE_URL", OPENAI_URL),
            proxies=urllib.request.getproxies(),
        )
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.model.planner.embedded import EmbeddedPlanner
    from smartmask.weights import WEIGHTS

    return EmbeddedPlanner.load(WEIGHTS / "planner.npz", StaticTextEncoder(WEIGHTS / "text.npz"))


def begun(
    prompt: str, start: Layout | None, size_hw: tuple[int, int], horizon: float | None, seed: int
) -> tuple[Layout, Camera]:
    """What a scene begins with, and the camera that it is seen by.

    Args:
        prompt: What it shows.
        start: A layout to begin with; None = floor and wall, or sky and ground, by the prompt.
        size_hw: Of the canvas if there is no start.
        horizon: Row of the start's horizon in pixels; None = not known.
        seed: Same request, same regions.

    Raises:
        ValueError: If the size is out of range, or a horizon is given without a start, or is none.
    """
    if start is not None:
        return start, estimate_camera(start, horizon=horizon)
    if horizon is not None:
        raise ValueError("a horizon is that of a photo or layout; a scene from nothing has its own")
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.language.prompt_reader import read_scene_prompt
    from smartmask.model.planner.start_layouts import start_scene
    from smartmask.weights import WEIGHTS

    begins = start_scene(read_scene_prompt(prompt), size_hw, seed, StaticTextEncoder(WEIGHTS / "text.npz"))
    return begins.layout, begins.camera
