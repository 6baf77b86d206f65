"""Open meshes obey the rules of made scenes; without them the scenes are what they were before."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from silhouette_shapes import oval_library
from solids import MOST_SHARED, boxes_meet, crossings, shared_share
from tiny_open_meshes import write_tiny_open_meshes

from smartmask.data.synthesis.indoor.furnish import Density
from smartmask.data.synthesis.indoor.open_plans import OPEN_PLANS
from smartmask.data.synthesis.indoor.plans import PLANS
from smartmask.data.synthesis.indoor.world import make_world as make_room
from smartmask.data.synthesis.outdoor.ground import Ground, Zone
from smartmask.data.synthesis.outdoor.open_places import OPEN_PLACES, UNDER_WATER
from smartmask.data.synthesis.outdoor.scene import PLACES
from smartmask.data.synthesis.outdoor.scene import make_world as make_place
from smartmask.data.synthesis.scenes import SynthesisSettings, make_scenes, synthesis_spec
from smartmask.data.synthesis.stage.meshes import MeshLibrary
from smartmask.data.synthesis.stage.open_meshes import OpenMeshes
from smartmask.data.synthesis.stage.world import World

GOLDEN = Path(__file__).parents[2] / "golden" / "made_scenes.json"
REAL = Path(__file__).parents[4] / "shared" / "data" / "meshes_open"
REST_M, CELL_M = 0.02, 0.02
LIBRARY = oval_library()


@pytest.fixture(
    scope="module",
    params=[
        "boxes",
        pytest.param(
            "open meshes",
            marks=[
                pytest.mark.data,
                pytest.mark.skipif(not REAL.is_dir(), reason="the open meshes are not in the repository"),
            ],
        ),
    ],
)
def open_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "boxes":
        return write_tiny_open_meshes(tmp_path_factory.mktemp("open"))
    return REAL


@pytest.fixture(scope="module")
def rooms(open_folder: Path, tiny_folder: Path) -> list[World]:
    library, more = MeshLibrary.open(tiny_folder), OpenMeshes.open(open_folder)

    def each() -> Iterator[World]:
        for kind in (*PLANS, *OPEN_PLANS):
            for seed in range(1):
                made = make_room(np.random.default_rng([seed, 21]), library, Density(), kind=kind, more=more)
                if made is not None:
                    yield made[0]

    return list(each())


@pytest.fixture(scope="module")
def places(open_folder: Path) -> list[World]:
    more = OpenMeshes.open(open_folder)
    return [
        make_place(np.random.default_rng(seed), LIBRARY, (144, 192), kind, more)[0]
        for kind in (*PLACES, *OPEN_PLACES)
        for seed in range(2)
    ]


def test_in_a_room_hardly_anything_enters_another_thing(rooms: list[World]) -> None:
    """Open meshes are not always closed, so that a few lines through them are counted wrongly."""
    pairs = faults = 0
    for world in rooms:
        for number, one in enumerate(world.bodies):
            for two in world.bodies[:number]:
                pairs += 1
                faults += boxes_meet(one, two) and shared_share(one, two) > MOST_SHARED
    assert pairs > 500
    assert faults <= 1 + pairs / 5000


def test_in_a_room_everything_rests_or_hangs(rooms: list[World]) -> None:
    faults = []
    for world in rooms:
        corners = np.concatenate([surface.corners for surface in world.surfaces])
        high = corners.max(0)
        for body in world.bodies:
            low_z, high_z = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max())
            sides = np.concatenate([body.vertices.min(0)[:2], high[:2] - body.vertices.max(0)[:2]])
            if body.support == "floor":
                gap = abs(low_z)
            elif body.support == "ceiling":
                gap = abs(high_z - float(high[2]))
            elif body.support == "wall":
                gap = float(np.abs(sides).min())
            else:
                assert isinstance(body.support, int)
                if body.label.startswith("sitting") and abs(low_z) < REST_M:
                    continue  # they sit on the seat, and their feet are on the floor
                low = body.vertices.min(0)[:2].astype(np.float64)
                shape = np.ceil((body.vertices.max(0)[:2] - low) / CELL_M).astype(int) + 1
                lines = crossings(world.bodies[body.support], low, (int(shape[0]), int(shape[1])))
                heights = np.concatenate(list(lines.values()) or [np.array([np.inf])])
                gap = float(np.abs(heights - low_z).min())
            if gap > REST_M and body.label != "blanket":
                faults.append((world.kind, body.label, body.support, round(gap, 3)))
    assert not faults


def test_outdoors_things_stand_on_ground_that_carries_them(places: list[World]) -> None:
    afloat = {"boat", "goldfish", "cruise ship", "sailboat", "sailing ship", "viking ship", "rowboat", "raft"}
    boats = 0
    for world in places:
        zones = [
            Zone(surface.label, tuple((float(x), float(y)) for x, y, _ in surface.corners))
            for surface in world.surfaces
        ]
        ground = Ground(tuple(zones))
        for body in world.bodies:
            if body.support != "floor" or not body.is_thing:
                continue
            low, high = body.vertices.min(0), body.vertices.max(0)
            assert abs(low[2]) <= REST_M, body.label
            below = ground.label_at((float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2))
            if body.label in afloat and world.kind in ("shore", "waterfront") and below == "water":
                boats += 1
            if body.label in ("car", "bus", "cow", "man", "cat"):
                assert below != "water", body.label
    assert boats


def test_outdoors_solid_things_do_not_enter_one_another(places: list[World]) -> None:
    for world in places:
        standing = [body for body in world.bodies if body.support == "floor" and body.is_thing]
        small = [body for body in standing if np.ptp(body.vertices, axis=0).max() < 15]
        for number, one in enumerate(small):
            for two in small[:number]:
                assert not boxes_meet(one, two) or shared_share(one, two) < 0.05, (one.label, two.label)


def test_a_seed_makes_one_scene_and_open_meshes_come_up(tiny_folder: Path, tmp_path: Path) -> None:
    settings = SynthesisSettings(
        meshes=tiny_folder, open_meshes=write_tiny_open_meshes(tmp_path / "open"), outdoor_share=0
    )
    scenes = list(make_scenes(0, 6, 4, settings))
    (again,) = make_scenes(3, 1, 4, settings)
    assert [(layer.label, layer.counts) for layer in again.layers] == [
        (layer.label, layer.counts) for layer in scenes[3].layers
    ]
    labels = {layer.label for scene in scenes for layer in scene.layers}
    assert labels & {"apple", "plate", "candle", "barrel", "workbench", "pendant lamp", "toy block"}


def test_the_bottom_of_the_sea_is_full_of_fish(open_folder: Path) -> None:
    more = OpenMeshes.open(open_folder)
    sea, _ = make_place(np.random.default_rng(0), LIBRARY, (144, 192), UNDER_WATER, more)
    assert sea.backdrop == "water"
    fish = [body for body in sea.bodies if body.support == "air"]
    assert fish
    assert min(body.vertices[:, 2].min() for body in fish) >= 0


def test_without_open_meshes_scenes_are_what_they_were(tiny_folder: Path, tmp_path: Path) -> None:
    """After a wanted change of made scenes, write the labels of the new ones into the golden file."""
    LIBRARY.save(tmp_path / "silhouettes.npz")
    settings = SynthesisSettings(
        meshes=tiny_folder, silhouettes=tmp_path / "silhouettes.npz", outdoor_share=0.5
    )
    found = [[layer.label for layer in scene.layers] for scene in make_scenes(0, 6, 8, settings)]
    assert found == json.loads(GOLDEN.read_text())
    assert not any("open" in name for name in synthesis_spec(6, 8, settings).settings)
