"""`smartmask train` of what ships, and `smartmask data pack`: seconds on drawn data, files that are read."""

import functools
import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn_memory import horse, lamp, memory_of, seen
from segmenter_scenes import squares
from shapes import dataset_of, room
from shipped import needs_shipped
from tiny_generator import pack_shapes, packed
from tiny_library import write_tiny_library
from whole_shape_parts import comb, drawn_shapes, silhouette_folder

from smartmask.apps.cli.datasets import pack as data_pack
from smartmask.apps.cli.training import scenes as train_scenes
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data import labelled_photos
from smartmask.data.layered_scene import split_of
from smartmask.data.shards import SceneDataset
from smartmask.evaluation.recogniser import Recogniser
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.mask.chooser import load_chooser
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.planner.network import load_planner_network
from smartmask.model.planner.place_scorer import load_place_scorer
from smartmask.model.planner.places import load_places_network
from smartmask.model.ranker.network import load_ranker_network
from smartmask.model.ranker.outlines import load_outline_judge
from smartmask.model.segmenter.embedded import EmbeddedSegmenter
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.training.local_run import read_state
from smartmask.training.mask import generator_loop
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack
from smartmask.training.planner import loop as planner_loop
from smartmask.training.planner import places_loop, scorer_loop
from smartmask.training.ranker import loop as ranker_loop
from smartmask.training.ranker.outline_drawing import DrawnRows
from smartmask.training.segmenter import config as segmenter_config
from smartmask.training.segmenter.export import load_segmenter
from smartmask.training.shape.plain import things
from smartmask.training.shape.ratings import rated_as
from smartmask.weights import WEIGHTS

# PyTorch's exporter uses a part of itself that it deprecates.
pytestmark = [
    needs_shipped,
    pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*axis name. batch will not be used:UserWarning"),
]
SCRIPT = Path(__file__).parents[3] / "scripts" / "train_generator.py"
SMALL = ("--batch", 8, "--width", 12, "--depth", 1)


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def silhouettes(tmp_path_factory) -> Path:
    return silhouette_folder(tmp_path_factory.mktemp("shapes") / "silhouettes", drawn_shapes())


@pytest.fixture(scope="module")
def pack(tmp_path_factory) -> Path:
    """Drawn shapes, packed with the shipped codec and text encoder."""
    folder = tmp_path_factory.mktemp("pack") / "pack"
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    made = packed(*pack_shapes(), codec, StaticTextEncoder(WEIGHTS / "text.npz"))
    made.write(folder, WEIGHTS / "codec.npz")
    return folder


@pytest.fixture(scope="module")
def rooms(tmp_path_factory) -> Path:
    """Rooms of two splits under the names of the planner's datasets."""
    folder = tmp_path_factory.mktemp("data")
    made = [room(number) for number in range(60)]
    some = [
        scene
        for split in ("train", "validation")
        for scene in [s for s in made if split_of(s.group) == split][:3]
    ]
    for name in ("made", "voc", "nyu40", "coco"):
        dataset_of(folder / name, some)
    return folder


@pytest.mark.slow
def test_a_codec_is_trained_and_written(run, tmp_path, silhouettes):
    done = run("train", "codec", "--silhouettes", silhouettes, "--minutes", 0.01, "--out", "codec.npz")
    assert done.code == 0, done.err
    steps = read_state(tmp_path / "runs" / "shape_codec" / "state.pt")["step"]
    assert SilhouetteCodec.load(tmp_path / "codec.npz").card.views == 64 * steps > 0
    assert f"{64 * steps:,} views" in done.out


def test_a_memory_is_chosen_and_written_with_its_report(run, tmp_path, silhouettes):
    places = ("--silhouettes", silhouettes, "--out", "memory.npz", "--report", "memory.json")
    done = run("train", "memory", *places)
    assert done.code == 0, done.err
    counts = json.loads((tmp_path / "memory.json").read_text())
    digest = SilhouetteCodec.load(WEIGHTS / "codec.npz").digest
    memory = ShapeMemory.load(tmp_path / "memory.npz", digest)
    assert len(memory) == counts["shapes"] > 0
    assert counts["considered"] > counts["shapes"]
    assert counts["labels"] >= 1


def test_a_memory_is_written_with_the_views_of_its_meshes(run, tmp_path):
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    shapes = [seen("lamp", lamp(), "lamp"), seen("horse", horse(), "horse")]
    memory_of(shapes, codec).save(tmp_path / "drawn.npz")
    corners = np.array([[x, 0, z] for x, z in ((0, 0), (1, 0), (1, 3), (0, 3))], np.float16)
    packs = {"v": corners, "f": np.array([[0, 1, 2], [0, 2, 3]], np.uint16), "id": np.array(["lamp"])}
    (tmp_path / "packs").mkdir()
    np.savez(tmp_path / "packs" / "drawn.npz", v_off=np.array([0, 4]), f_off=np.array([0, 2]), **packs)
    done = run("train", "views", "--meshes", "packs", "--memory", "drawn.npz", "--out", "memory.npz")
    assert done.code == 0, done.err
    assert "of 2 shapes have a view" in done.out
    assert len(ShapeMemory.load(tmp_path / "memory.npz", codec.digest)) == 2


def test_a_memory_takes_what_meshes_look_like(run, tmp_path, silhouettes, monkeypatch):
    monkeypatch.setattr(things, "THINGS", {label: things.THINGS[label] for label in ("door", "tripod")})
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    shapes = [seen("comb", comb(number), f"comb{number}") for number in range(3)]
    memory_of(shapes, codec).save(tmp_path / "drawn.npz")
    (tmp_path / "meshes").mkdir()
    write_tiny_library(tmp_path / "meshes")
    shared = ("--silhouettes", silhouettes, "--out", "memory.npz")
    told = ("--memory", "drawn.npz", "--report", "renders.json")
    done = run("train", "renders", "--meshes", "meshes", "--plain", *told, *shared)
    assert done.code == 0, done.err
    before = ShapeMemory.load(tmp_path / "memory.npz", codec.digest)
    counts = json.loads((tmp_path / "renders.json").read_text())
    assert counts["shapes"] + sum(counts["dropped"].values()) == counts["considered"]
    assert counts["shapes"] == sum(counts["labels"].values()) == len(before) - 3
    assert {"comb", "chair", "toilet", "door", "tripod"} <= set(before.labels)
    assert run("train", "renders", *shared).code == 2
    again = run("train", "renders", "--plain", "--memory", "memory.npz", "--report", "again.json", *shared)
    assert again.code == 1
    assert "knows all 4 meshes already; nothing was written" in again.err


def test_a_memory_keeps_what_was_not_called_bad(run, tmp_path):
    memory = memory_of([seen("comb", comb(number), f"comb{number}") for number in range(3)])
    memory.save(tmp_path / "drawn.npz")
    lines = [",".join(shape) for shape in rated_as(memory.rows)]
    table = ["label,group,view,aspect,rating", f"{lines[0]},bad", f"{lines[1]},fair"]
    (tmp_path / "ratings.csv.gz").write_bytes(gzip.compress("\n".join(table).encode()))
    asked = ("train", "clarity", "--memory", "drawn.npz", "--out", "memory.npz", "--ratings")
    done = run(*asked, "ratings.csv.gz")
    assert done.code == 0, done.err
    assert "2 of 3 shapes kept" in done.out
    after = ShapeMemory.load(tmp_path / "memory.npz")
    assert after.rows.texts["group"].texts() == ["drawn:comb1", "drawn:comb2"]
    assert after.rows.clarities.tolist() == [0.5, 1.0]
    assert run(*asked, "none.csv.gz").code == 1


@pytest.mark.slow
def test_readers_are_trained_and_written(run, tmp_path, silhouettes):
    done = run("train", "recogniser", "--silhouettes", silhouettes, "--minutes", 0.005, "--run", "readers")
    assert done.code == 0, done.err
    assert Recogniser.load(tmp_path / "readers").labels == ("ball", "bar", "comb")
    assert {path.name for path in (tmp_path / "readers" / "half_1").iterdir()} == {"state.pt", "log.jsonl"}


@pytest.mark.slow
def test_a_generator_is_trained_in_segments_and_exported(run, tmp_path, pack, monkeypatch):
    monkeypatch.setattr(generator_loop, "WATCHED", 16)
    arguments = ("train", "mask", "--pack", pack, "--run", "run", *SMALL)
    assert run(*arguments, "--minutes", 0.05, "--parts", "parts").code == 0
    first = read_state(tmp_path / "run" / "state.pt")["step"]
    done = run(*arguments, "--minutes", 0.05, "--final", "--export", "generator.onnx")
    assert done.code == 0, done.err
    after = read_state(tmp_path / "run" / "state.pt")["step"]
    assert 0 < first < after
    digest = SilhouetteCodec.load(WEIGHTS / "codec.npz").digest
    assert ShapeGenerator(tmp_path / "generator.onnx", digest).card.views == 8 * after
    assert (tmp_path / "parts" / "log.jsonl").is_file()
    done = run("train", "mask", "--pack", pack, "--run", "parts", "--minutes", 0, "--export", "parts.onnx")
    assert done.code == 0, done.err
    assert ShapeGenerator(tmp_path / "parts.onnx", digest).card.views == 8 * first


def test_nothing_to_do_is_said(run, tmp_path):
    done = run("train", "mask", "--minutes", 0)
    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert "give --export FILE" in done.err


def test_the_generator_is_trained_without_click(tmp_path, pack):
    """Nor with anything else that a machine lent for minutes may lack, and the model does not need."""
    lines = (
        "import runpy, sys",
        "sys.modules.update(dict.fromkeys(('click', 'tqdm', 'accelerate', 'diffusers', 'transformers')))",
        f"sys.argv = ['train', '--pack', {str(pack)!r}, '--minutes', '0.05', '--out', 'parts', '--final']",
        f"sys.argv += {[str(word) for word in SMALL]}",
        "from smartmask.training.mask import generator_loop",
        "generator_loop.WATCHED = 16",
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[1] / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert read_state(tmp_path / "runs" / "generator" / "state.pt")["config"]["network"]["width"] == 12
    assert (tmp_path / "parts" / "part_0.pt").is_file()


@pytest.mark.slow
def test_a_chooser_is_trained_and_written(run, tmp_path, pack):
    done = run("train", "chooser", "--pack", pack, "--minutes", 0.01, "--out", "chooser.npz")
    assert done.code == 0, done.err
    steps = read_state(tmp_path / "runs" / "chooser" / "state.pt")["step"]
    assert load_chooser(tmp_path / "chooser.npz").card.views == 64 * steps > 0


@pytest.mark.slow
def test_a_judge_of_outlines_is_trained_and_written(run, tmp_path, pack):
    read = GeneratorPack.read(pack)
    parts = read.parts.copy()
    parts[::3] = PARTS.index("validation")
    replace(read, parts=parts).write(tmp_path / "held", WEIGHTS / "codec.npz")
    arguments = ("--requests", 6, "--steps", 3, "--out", "outlines.npz")
    done = run("train", "outlines", "--pack", "held", *arguments)
    assert done.code == 0, done.err
    assert "AUC against drawn" in done.out
    digest = SilhouetteCodec.load(WEIGHTS / "codec.npz").digest
    assert load_outline_judge(tmp_path / "outlines.npz", digest).card.views == 3 * 3 * 128
    drawn = DrawnRows.read(tmp_path / "runs" / "outlines" / "drawn_train.npz")
    assert len(drawn.rows) == 4 * 6
    assert set(drawn.rows) <= set(np.flatnonzero(parts == PARTS.index("train")))


def test_a_network_of_places_is_trained_and_written(run, tmp_path, rooms, monkeypatch):
    config = functools.partial(places_loop.PlacesTrainConfig, batch_size=4)
    monkeypatch.setattr(places_loop, "PlacesTrainConfig", config)
    done = run("train", "places", "--data", rooms, "--steps", 2, "--out", "places.npz")
    assert done.code == 0, done.err
    card = load_places_network(tmp_path / "places.npz").card
    assert card.samples == 8
    assert set(card.data) == {"coco", "voc", "nyu40", "made"}


@pytest.mark.slow
def test_a_scorer_of_places_is_trained_on_annotations_and_photos(run, tmp_path, rooms, monkeypatch):
    photos = []
    for scene in SceneDataset.open(rooms / "coco").of_split("train", with_masks=False):
        image = np.random.default_rng(0).integers(0, 255, (*scene.size_hw, 3), np.uint8)
        nothing = np.full(scene.size_hw, labelled_photos.NO_THING, np.int16)
        targets = np.zeros(scene.size_hw, np.uint8)
        photos.append(labelled_photos.LabelledPhoto(scene.group, "inst", image, targets, nothing, ()))
    monkeypatch.setattr(labelled_photos, "read_labelled_photos", lambda folder, splits, problems: photos)
    config = functools.partial(scorer_loop.ScorerTrainConfig, batch_size=4)
    monkeypatch.setattr(scorer_loop, "ScorerTrainConfig", config)
    arguments = ("train", "place-scorer", "--data", rooms, "--photos", rooms, "--steps", 2)
    done = run(*arguments, "--out", "scorer.npz")
    assert done.code == 0, done.err
    card = load_place_scorer(tmp_path / "scorer.npz").card
    assert card.samples == 8
    assert set(card.data) == {"nyu40", "coco", "segmented", "voc", "made"}
    assert min(card.data.values()) > 0
    assert (tmp_path / "runs" / "place_scorer" / "examples_train.npz").is_file()


@pytest.mark.slow
def test_a_planner_is_trained_and_written(run, tmp_path, rooms, monkeypatch):
    config = functools.partial(planner_loop.PlannerTrainConfig, batch_size=4, least_seen=1)
    monkeypatch.setattr(planner_loop, "PlannerTrainConfig", config)
    arguments = ("train", "planner", "--data", rooms, "--steps", 2)
    done = run(*arguments, "--out", "planner.npz")
    assert done.code == 0, done.err
    card = load_planner_network(tmp_path / "planner.npz").card
    assert (card.samples, card.data) == (8, {"made": 3, "nyu40": 3, "coco": 3})
    done = run(*arguments, "--run", "heads", "--init", "planner.npz", "--heads-alone", "--out", "again.npz")
    assert done.code == 0, done.err
    card = load_planner_network(tmp_path / "again.npz").card
    assert (card.samples, card.data["made, before"]) == (16, 3)


def test_what_the_planner_cannot_learn_from_is_said_in_one_line(run, rooms):
    done = run("train", "planner", "--data", rooms, "--steps", 2, "--out", "planner.npz")
    assert done.code == 2
    assert "no label comes 30 times" in done.err


def test_a_ranker_is_trained_and_written(run, tmp_path, rooms, monkeypatch):
    sizes = {
        "mixture": {"made": 0.5, "voc": 0.5},
        "groups": 8,
        "steps": 2,
        "batch_size": 4,
        "warmup_steps": 1,
    }
    monkeypatch.setattr(
        ranker_loop, "RankerTrainConfig", functools.partial(ranker_loop.RankerTrainConfig, **sizes)
    )
    monkeypatch.setattr(train_scenes, "HELD_OUT_GROUPS", 4)
    done = run("train", "ranker", "--data", rooms, "--out", "ranker.npz")
    assert done.code == 0, done.err
    card = load_ranker_network(tmp_path / "ranker.npz").card
    assert (card.groups, sum(card.data.values())) == (8, 8)
    assert read_state(tmp_path / "runs" / "ranker" / "state.pt")["step"] == 2


@pytest.mark.slow
def test_a_segmenter_is_trained_written_and_scored(run, tmp_path, monkeypatch):
    small = replace(
        segmenter_config.embedded(taught=False),
        mixture={"panoptic": 1.0},
        crop=64,
        longer_side=64,
        batch_size=2,
    )
    monkeypatch.setattr(segmenter_config, "embedded", lambda *, taught: small)
    monkeypatch.setattr(
        labelled_photos, "read_labelled_photos", lambda folder, splits, problems: [squares(0), squares(1)]
    )
    arguments = ("train", "segmenter", "--data", "photos", "--minutes", 0.02)
    done = run(*arguments, "--out", "one.onnx")
    assert done.code == 0, done.err
    crops = 2 * read_state(tmp_path / "runs" / "segmenter" / "state.pt")["step"]
    assert EmbeddedSegmenter(tmp_path / "one.onnx").card.crops == crops > 0
    score = json.loads((tmp_path / "runs" / "segmenter" / "score_test.json").read_text())
    assert score["photos"] == 2
    done = run(*arguments, "--run", "more", "--init", "one.onnx", "--new-share", 0, "--out", "same.onnx")
    assert done.code == 0, done.err
    one, same = (load_segmenter(tmp_path / name).state_dict() for name in ("one.onnx", "same.onnx"))
    assert all(torch.allclose(value, same[name], atol=1e-3) for name, value in one.items()), "all of the old"
    done = run(*arguments, "--run", "taught", "--taught", "nowhere")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "cannot be read as the labels of a photo" in done.err


def test_the_planners_tuning_shows_its_settings_and_asks_for_questions(run, tmp_path):
    arguments = ("train", "planner-lora", "--instructions", "none", "--run", "vlm", "--steps", 7)
    done = run(*arguments, "--dry-run")
    assert (done.code, json.loads(done.out)["steps"]) == (0, 7)
    done = run(*arguments, "--batch-size", 0)
    assert (done.code, done.err.count("\n")) == (2, 1)
    done = run(*arguments)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "none" in done.err
    assert list(tmp_path.iterdir()) == []


def test_shapes_and_scenes_are_packed(run, tmp_path, silhouettes, rooms, monkeypatch):
    monkeypatch.setattr(data_pack, "SCENES", {"made": 4, "voc": 2})
    done = run("data", "pack", "--silhouettes", silhouettes, "--data", rooms)
    assert done.code == 0, done.err
    packed = GeneratorPack.read(tmp_path / "runs" / "pack")
    assert f"{len(packed.codes)} shapes, 6 of them in scenes" in done.out
    assert len(packed.codes) > 6
