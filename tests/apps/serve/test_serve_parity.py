"""HTTP, Python and the command line give the same bytes: the text to copy of each answer is run."""

import json
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from serving import Server, disc, mask_of, png, rle

from smartmask.apps.cli import suggestion_files
from smartmask.apps.cli.insertion import files as insertion_files
from smartmask.apps.cli.planning import files as plan_files
from smartmask.apps.drawing import draw_layout
from smartmask.apps.load import SmartMask

SIZE_HW = (96, 128)


class Copied:
    """A folder in which the files that the texts name lie, and what the texts do there."""

    def __init__(self, server: Server, folder: Path, run: Any) -> None:
        self.server, self.folder, self.run = server, folder, run
        rows, columns = np.indices(SIZE_HW)
        ground = np.where((rows < 40)[..., None], (206, 226, 242), (188, 208, 150))
        self.photo = png((ground + 8 * np.sin(columns / 20)[..., None]).clip(0, 255).astype(np.uint8))
        (folder / "photo.png").write_bytes(self.photo)
        self.photo_id = self.post("photos", content=self.photo)["photo_id"]
        self.layout = self.post("layouts", json={"photo_id": self.photo_id})

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.server.client.post(f"/v1/{path}", **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def export(self, **body: Any) -> bytes:
        answer = self.server.client.post("/v1/export", json=body)
        assert answer.status_code == 200, answer.text
        return answer.content

    def draw(self, name: str, mask: np.ndarray) -> dict[str, Any]:
        (self.folder / name).write_bytes(png(mask))
        return rle(mask)

    def edit(self) -> None:
        """Work on a layout that is more than what is seen in the photo; lay its export beside the photo."""
        push = {"do": "push", "label": "ball", "rle": rle(disc(SIZE_HW)), "behind": []}
        self.layout = self.post(f"layouts/{self.layout['layout_id']}/edits", json={"edits": [push]})
        layout = self.export(layout_id=self.layout["layout_id"], format="json")
        (self.folder / "layout.json").write_bytes(layout)

    def python(self, text: str) -> dict[str, Any]:
        names: dict[str, Any] = {}
        exec(compile(text, "copied", "exec"), names)
        return names

    def command(self, text: str) -> Path:
        code, out, err = self.run(*shlex.split(text)[1:])
        assert code == 0, out + err
        return self.folder / "out"


@pytest.fixture
def copied(shipped_server, tmp_path, monkeypatch, run) -> Copied:
    models = shipped_server.studio.models
    monkeypatch.setattr(SmartMask, "load", staticmethod(lambda *_: models))
    # Pictures to look at take longest, and none of them is compared.
    monkeypatch.setattr(suggestion_files, "overview", lambda *_: Image.new("L", (9, 9)))
    monkeypatch.setattr(insertion_files, "_overview", lambda *_: Image.new("L", (9, 9)))
    monkeypatch.setattr(plan_files, "draw_layout", partial(draw_layout, longest_px=64))
    return Copied(shipped_server, tmp_path, run)


def check_suggestions(copied: Copied, answer: dict[str, Any]) -> None:
    """The masks of an answer are those of its command and its Python, also as files."""
    assert answer["suggestions"]
    out = copied.command(answer["command"])
    record = json.loads((out / "suggestions.json").read_text())
    found = copied.python(answer["python"])["suggestions"]
    assert len(found) == len(record["suggestions"]) == len(answer["suggestions"])
    for number, told in enumerate(answer["suggestions"]):
        assert told["rle"]["counts"] == record["suggestions"][number]["counts"]
        assert (mask_of(told["rle"]) == found[number].mask).all()
        assert told["score"] == record["suggestions"][number]["score"] == found[number].score
        assert told["behind"] == record["suggestions"][number]["behind"] == list(found[number].behind)
        seen = mask_of(told["visible"] or told["rle"])
        assert (seen == found[number].visible_mask).all()
        assert (np.asarray(Image.open(out / f"visible_{number}.png")) == 255 * seen.astype(np.uint8)).all()
        for kind in ("mask", "alpha"):
            exported = copied.export(rle=told["rle"], format=kind)
            assert exported == (out / f"{kind}_{number}.png").read_bytes()
        cutout = copied.export(rle=told["rle"], format="cutout", photo_id=copied.photo_id)
        photo = np.asarray(Image.open(copied.folder / "photo.png"))
        assert cutout == png(found[number].cutout(photo))
    assert answer["said"] == record["words"]["said"]


@pytest.mark.parametrize("hint", ["none", "box", "region", "scribble"])
def test_suggestions_are_those_of_the_command_and_of_python(copied, hint):
    body: dict[str, Any] = {
        "layout_id": copied.layout["layout_id"],
        "prompt": "a dog's ball",
        "n": 2,
        "seed": 5,
    }
    _, columns = np.indices(SIZE_HW)
    if hint == "none":
        body |= {"scene": "it's a lawn"}
    elif hint == "box":
        body |= {"box": [-10, 30.25, 60, 90]}
    elif hint == "region":
        body |= {"region": copied.draw("region.png", disc(SIZE_HW))}
    else:
        wanted, avoid = copied.draw("scribble.png", disc(SIZE_HW)), copied.draw("avoid.png", columns < 40)
        body |= {"scribble": {"wanted": wanted, "avoid": avoid}}
    check_suggestions(copied, copied.post("suggest", json=body))


def test_a_change_of_the_layout_goes_along(copied):
    copied.edit()
    body = {
        "layout_id": copied.layout["layout_id"],
        "prompt": "a sleeping dog",
        "box": [30, 40, 100, 90],
        "n": 2,
    }
    answer = copied.post("suggest", json=body)
    assert "--layout layout.json" in answer["command"]
    check_suggestions(copied, answer)


def test_masks_from_masks_are_those_of_the_command_and_of_python(copied):
    copied.edit()
    layout_id = copied.layout["layout_id"]
    body = {"layout_id": layout_id, "prompt": "a dog", "box": [20, 30, 90, 80], "n": 2}
    one, other = (told["rle"] for told in copied.post("suggest", json=body)["suggestions"])
    for name, record in (("like.png", one), ("toward.png", other)):
        copied.draw(name, mask_of(record))
    like = {"layout_id": layout_id, "prompt": "a dog", "rle": one, "change": 0.25, "n": 2, "seed": 3}
    check_suggestions(copied, copied.post("variations", json=like))
    between = {"layout_id": layout_id, "prompt": "a dog", "one": one, "other": other, "n": 2}
    check_suggestions(copied, copied.post("between", json=between))


def test_a_turned_mask_is_that_of_the_command_and_of_python(copied):
    copied.edit()
    layout_id = copied.layout["layout_id"]
    body = {"layout_id": layout_id, "prompt": "a chair", "box": [20, 20, 90, 80], "n": 4}
    found = copied.post("suggest", json=body)["suggestions"]
    like = next(told for told in found if told["turn"])
    copied.draw("like.png", mask_of(like["rle"]))
    body = {"layout_id": layout_id, "prompt": "a chair", "rle": like["rle"], "shape": like["turn"]}
    answer = copied.post("turn", json=body | {"steps": -2})
    check_suggestions(copied, answer)
    (turned,) = answer["suggestions"]
    assert turned["turn"] != like["turn"]
    assert turned["shape"] == like["shape"]
    back = copied.post("turn", json=body | {"rle": turned["rle"], "shape": turned["turn"], "steps": 2})
    assert back["suggestions"][0]["turn"] == like["turn"]


def test_an_insertion_is_that_of_the_command_and_of_python(copied):
    values = np.zeros((40, 30, 4), np.uint8)
    values[5:35, 5:25] = (200, 40, 40, 255)
    (copied.folder / "cutout.png").write_bytes(png(values))
    cutout_id = copied.post("photos", content=png(values))["photo_id"]
    mask = copied.draw("mask.png", np.roll(disc(SIZE_HW), 25, 1))
    copied.edit()
    settings = {"grow_px": 1.5, "padding_px": 20, "shadow": 0.25, "grain": 0}
    more = {"behind": [len(copied.layout["layers"]) - 1], "settings": settings, "seed": 4}
    body = {"photo_id": copied.photo_id, "layout_id": copied.layout["layout_id"], "prompt": "a ball"}
    answer = copied.post("insert", json=body | {"rle": mask, "cutout_id": cutout_id} | more)
    picture = copied.server.client.get(f"/v1/pictures/{answer['picture_id']}").content
    out = copied.command(answer["command"])
    assert picture == (out / "image_0.png").read_bytes()
    changed = np.asarray(Image.open(out / "changed_0.png")) > 0
    assert not changed[~mask_of(answer["changed"])].any()
    shown = copied.python(answer["python"])["picture"]
    assert picture == png(shown)
    untouched = ~mask_of(answer["changed"])
    assert (shown[untouched] == np.asarray(Image.open(copied.folder / "photo.png"))[untouched]).all()
    layout = copied.export(layout_id=answer["layout"]["layout_id"], format="json")
    assert layout == (out / "layout.json").read_bytes()
    assert answer["layout"]["photo_id"] == answer["picture_id"]


def plan(copied: Copied, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    events = []
    with copied.server.client.stream("POST", "/v1/plan", json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            name, _, text = line.partition(": ")
            if name == "event":
                events.append((text, {}))
            elif name == "data":
                events[-1] = (events[-1][0], json.loads(text))
    return events


@pytest.mark.parametrize("start", ["nothing", "a photo", "a photo whose horizon is known"])
def test_a_plan_is_that_of_the_command_and_of_python(copied, start):
    body: dict[str, Any] = {"prompt": "a lawn with a dog", "limit": 2, "size": [128, 96], "seed": 1}
    if start != "nothing":
        body["layout_id"] = copied.layout["layout_id"]
    if "horizon" in start:
        body["horizon"] = 30.5
    *steps, (name, done) = plan(copied, body)
    assert name == "done"
    assert [step["step"] for _, step in steps] == [1, 2]
    assert steps[-1][1]["layout"] == done["layout"]
    layout = copied.export(layout_id=done["layout"]["layout_id"], format="json")
    assert layout == (copied.command(done["command"]) / "layout.json").read_bytes()
    made = copied.python(done["python"])["layout"]
    assert [layer["label"] for layer in done["layout"]["layers"]] == list(made.labels)
    for told, layer in zip(done["layout"]["layers"], made.layers, strict=True):
        assert (mask_of(told.get("mask", told["rle"])) == layer.mask).all()


def test_a_scene_from_nothing_has_its_own_horizon(copied):
    body = {"prompt": "a lawn", "size": [128, 96], "horizon": 30}
    answer = copied.server.client.post("/v1/plan", json=body)
    assert answer.status_code == 422
    assert "a horizon is that of a photo or layout" in answer.json()["detail"]


def test_what_is_vetoed_is_taken_back_as_it_comes_and_python_does_the_same(copied):
    body = {"prompt": "a lawn with a dog", "limit": 2, "size": [128, 96], "seed": 1}
    first = plan(copied, body)[0][1]
    *steps, (_, done) = plan(copied, body | {"veto": [1]})
    assert steps[0][1]["vetoed"]
    assert (steps[0][1]["rle"], steps[0][1]["label"]) == (first["rle"], first["label"])
    assert len(steps[0][1]["layout"]["layers"]) == len(first["layout"]["layers"]) - 1
    assert [step["step"] for _, step in steps] == [1, 2, 3]
    assert done["command"] == ""
    made = copied.python(done["python"])["layout"]
    layout = copied.export(layout_id=done["layout"]["layout_id"], format="json")
    assert [layer["counts"] for layer in json.loads(layout)["layers"]] == [
        rle(layer.mask)["counts"] for layer in made.layers
    ]


def test_what_goes_wrong_on_the_way_is_the_last_event(copied, monkeypatch):
    def fail(*_: Any) -> None:
        raise ValueError("the planner asked for a layer that there is not")

    monkeypatch.setattr(type(copied.server.studio.planner), "next_object", fail)
    ((name, problem),) = plan(copied, {"prompt": "a lawn", "size": [128, 96]})
    assert (name, problem["type"]) == ("problem", "urn:smartmask:invalid")
    assert "asked for a layer" in problem["detail"]


def test_a_veto_of_a_step_that_never_comes_is_told(copied):
    body = {"prompt": "a lawn with a dog", "limit": 1, "size": [128, 96], "seed": 1, "veto": [40]}
    *_, (name, problem) = plan(copied, body)
    assert name == "problem"
    assert "veto 40: only 1 steps came" in problem["detail"]
