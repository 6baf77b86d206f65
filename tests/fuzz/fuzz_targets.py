"""What is asked to read a damaged input, and the errors that its documentation promises."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fuzz_seeds import Seed
from serving import SIZE_HW, NoPlanner, closed_form, png, studio_round

from smartmask.apps.serve.app import build_app
from smartmask.apps.serve.limits import Limits
from smartmask.apps.serve.security import LOOPBACK
from smartmask.data.annotations.base import Problems
from smartmask.data.layout_formats import read_any_layout
from smartmask.data.photos import read_focal_px, read_mask, read_picture
from smartmask.data.planning.answer import AnswerError, read_answer
from smartmask.data.shards import SceneDataset
from smartmask.data.silhouette_files import silhouette_of
from smartmask.data.sources import READERS, read_scenes
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.errors import SmartMaskError
from smartmask.evaluation.insertion_folder import InsertionFolder
from smartmask.language.foreign_words import foreign_guess
from smartmask.language.prompt_reader import read_scene_prompt
from smartmask.language.shape_phrases import read_shape_phrase
from smartmask.model.mask.chooser import load_chooser
from smartmask.model.planner.network import load_planner_network
from smartmask.model.ranker.network import load_ranker_network
from smartmask.model.ranker.outlines import load_outline_judge
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.insertion.history_files import read_history
from smartmask.pipelines.planning.plan_record import read_plan_record

Target = tuple[Callable[[Path], object], tuple[type[BaseException], ...]]
OURS = (SmartMaskError,)


def _picture(path: Path) -> None:
    for read in (read_picture, read_focal_px, silhouette_of):
        try:
            read(path)
        except SmartMaskError as error:
            str(error).encode()
    read_mask(path, (9, 12))


def _layout(path: Path) -> None:
    problems = Problems()
    layout = read_any_layout(path, problems=problems)
    layout.visible_index()
    "\n".join([*problems.report(), *problems.notes()]).encode()


def _dataset(name: str) -> Callable[[Path], None]:
    def read(path: Path) -> None:
        problems = Problems()
        for scene in read_scenes(name, path, problems):
            scene.visible_index()
        "\n".join([*problems.report(), *problems.notes()]).encode()

    return read


def _shards(path: Path) -> None:
    for scene in SceneDataset.open(path):
        try:
            scene.visible_index()
        except ValueError as error:  # as its documentation says: masks are unpacked when they are asked for
            str(error).encode()


def _insertions(path: Path) -> None:
    for _ in InsertionFolder(path, Problems()):
        pass


def _prompt(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    for read in (read_scene_prompt, read_shape_phrase, foreign_guess):
        try:
            read(text)
        except ValueError as error:
            str(error)


TARGETS: dict[str, Target] = {
    "picture": (_picture, (SmartMaskError, ValueError)),
    "layout": (_layout, OURS),
    "history": (read_history, OURS),
    "plan": (read_plan_record, OURS),
    "answer": (lambda path: read_answer(path.read_bytes().decode("utf-8", "replace")), (AnswerError,)),
    "insertions": (_insertions, OURS),
    "shards": (_shards, OURS),
    "silhouettes": (SilhouetteLibrary.open, OURS),
    "prompt": (_prompt, ()),
    "weights ranker.npz": (load_ranker_network, OURS),
    "weights planner.npz": (load_planner_network, OURS),
    "weights chooser.npz": (load_chooser, OURS),
    "weights codec.npz": (SilhouetteCodec.load, OURS),
    "weights outlines.npz": (lambda path: load_outline_judge(path, "0" * 64), OURS),
    **{f"dataset {name}": (_dataset(name), OURS) for name in READERS},
}


@cache
def _server() -> tuple[Any, dict[str, str]]:
    """An app without sockets, and the ids of what it holds."""
    app = build_app(studio_round(closed_form(), Limits(), NoPlanner()), LOOPBACK)
    pixels = np.random.default_rng(0).integers(0, 255, (*SIZE_HW, 3), np.uint8)
    cutout = np.zeros((20, 20, 4), np.uint8)
    cutout[4:16, 4:16] = (200, 30, 30, 255)
    photo = asyncio.run(_ask(app, "/v1/photos", png(pixels)))["photo_id"]
    ids = {"PHOTO": photo, "CUTOUT": asyncio.run(_ask(app, "/v1/photos", png(cutout)))["photo_id"]}
    layout = asyncio.run(_ask(app, "/v1/layouts", json.dumps({"photo_id": photo}).encode()))
    return app, ids | {"LAYOUT": layout["layout_id"]}


async def _ask(app: Any, path: str, body: bytes) -> dict[str, Any]:
    kind = "application/json" if body[:1] in (b"{", b"[") else "application/octet-stream"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.post(path, content=body, headers={"content-type": kind})
    if answer.status_code >= 500:
        raise AssertionError(f"{path}: answered {answer.status_code}: {answer.text[:200]}")
    return answer.json() if answer.headers.get("content-type", "").endswith("json") else {}


def _http(path: str, body: bytes) -> None:
    app, ids = _server()
    for name, ident in ids.items():
        path, body = path.replace(name, ident), body.replace(name.encode(), ident.encode())
    asyncio.run(_ask(app, path.rstrip("?"), body))


def run(seed: Seed, files: dict[str, bytes], folder: Path) -> None:
    """Give files to a seed's reader.

    Raises:
        BaseException: What its documentation does not promise.
    """
    if seed.kind == "http":
        _http(seed.given, files["body"])
        return
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    read, promised = TARGETS[seed.kind]
    try:
        read(folder / seed.given)
    except promised as error:
        # A limit of memory that somebody caught would be a finding all the same.
        if "MemoryError" in str(error) or "Unable to allocate" in str(error):
            raise MemoryError(str(error)) from error
        if not isinstance(error, UnicodeError):
            str(error).encode()


def warm() -> None:
    """Load what is loaded once."""
    _server()
