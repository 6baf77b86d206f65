"""Rooms obey physics: nothing enters another thing, everything rests on what carries it or hangs by rule."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from silhouette_shapes import oval_library
from solids import CELL_M, MOST_SHARED, boxes_meet, crossings, shared_share

from smartmask.data.synthesis.compose import Limits, compose
from smartmask.data.synthesis.indoor.furnish import Density
from smartmask.data.synthesis.indoor.plans import PLANS
from smartmask.data.synthesis.indoor.room import Block, Room
from smartmask.data.synthesis.indoor.world import ROOM_SHARES, make_world
from smartmask.data.synthesis.scenes import SynthesisSettings, make_scenes
from smartmask.data.synthesis.stage.meshes import Mesh, MeshLibrary
from smartmask.data.synthesis.stage.rasterize import rasterize, rasterize_polygon
from smartmask.data.synthesis.stage.world import Body, World
from smartmask.errors import AnnotationError
from smartmask.scene.camera import Camera

REST_M = 0.02
HANGS_OVER = ("blanket",)
"""A bed cover is a sheet over the mattress: it has no volume and no foot."""


def worlds(folder: Path, per_kind: int, seed: int) -> Iterator[World]:
    library = MeshLibrary.open(folder)
    for kind in PLANS:
        for number in range(per_kind):
            made = make_world(np.random.default_rng([seed, number]), library, Density(), kind=kind)
            if made is not None:
                yield made[0]


def test_nothing_enters_another_thing(mesh_folder: Path) -> None:
    faults = []
    for world in worlds(mesh_folder, 2, 5):
        for number, one in enumerate(world.bodies):
            for two in world.bodies[:number]:
                if boxes_meet(one, two) and (share := shared_share(one, two)) > MOST_SHARED:
                    faults.append((world.kind, one.label, two.label, round(share, 3)))
    assert not faults


def test_everything_rests_or_hangs(mesh_folder: Path) -> None:
    faults = []
    for world in worlds(mesh_folder, 4, 6):
        ceiling = max(surface.corners[:, 2].max() for surface in world.surfaces)
        for body in world.bodies:
            gap = _gap(world, body, float(ceiling))
            if gap > REST_M and body.label not in HANGS_OVER:
                faults.append((world.kind, body.label, body.support, round(gap, 3)))
    assert not faults


def _gap(world: World, body: Body, ceiling: float) -> float:
    """Metres between a body and what holds it."""
    low_z, high_z = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max())
    if body.support == "floor":
        return abs(low_z)
    if body.support == "ceiling":
        return abs(high_z - ceiling)
    assert isinstance(body.support, int)
    carrier = world.bodies[body.support]
    low = body.vertices.min(0)[:2].astype(np.float64)
    shape = tuple(int(side) for side in np.ceil((body.vertices.max(0)[:2] - low) / CELL_M) + 1)
    heights = np.concatenate(
        list(crossings(carrier, low, (shape[0], shape[1])).values()) or [np.array([np.inf])]
    )
    return float(np.abs(heights - low_z).min())


def test_silhouettes_stand_on_the_floor_or_on_what_carries_them(mesh_folder: Path) -> None:
    library, silhouettes = MeshLibrary.open(mesh_folder), oval_library()
    on_floor, on_top = 0, 0
    for number in range(30):
        made = make_world(np.random.default_rng([9, number]), library, Density(), silhouettes)
        for board in () if made is None else made[0].billboards:
            x, y, z = board.foot
            if board.support == "floor":
                assert z == 0
                on_floor += 1
                continue
            assert isinstance(board.support, int)
            low = np.array([x, y]) - CELL_M / 2
            heights = crossings(made[0].bodies[board.support], low, (1, 1))[0]
            assert np.abs(heights - z).min() <= REST_M, board.label
            on_top += 1
    assert min(on_floor, on_top) > 3


def test_everything_is_in_its_room(mesh_folder: Path) -> None:
    for world in worlds(mesh_folder, 3, 7):
        corners = np.concatenate([surface.corners for surface in world.surfaces])
        for body in world.bodies:
            assert (body.vertices.min(0) > corners.min(0) - 0.02).all(), body.label
            assert (body.vertices.max(0) < corners.max(0) + 0.02).all(), body.label


def test_the_camera_is_in_the_room_and_in_nothing(mesh_folder: Path) -> None:
    library = MeshLibrary.open(mesh_folder)
    for number in range(12):
        made = make_world(np.random.default_rng([8, number]), library, Density())
        if made is None:
            continue
        world, camera = made
        here = np.array(camera.position)
        for body in world.bodies:
            low, high = body.vertices.min(0), body.vertices.max(0)
            is_over = bool((here[:2] > low[:2]).all() and (here[:2] < high[:2]).all())
            distance = np.linalg.norm(body.vertices - here, axis=1).min()
            assert not (is_over and low[2] < here[2] < high[2]) or distance > 0.15, body.label


def nearest_labels(world: World, camera: Camera) -> np.ndarray:
    """The label of the nearest surface or body at each pixel, nothing left out."""
    parts = [(surface.label, rasterize_polygon(surface.corners, camera)) for surface in world.surfaces]
    parts += [(body.label, rasterize(body.vertices, body.faces, camera)) for body in world.bodies]
    found = [(label, patch.on_canvas(camera.size_hw)) for label, patch in parts if patch is not None]
    nearest = np.stack([depth for _, depth in found]).argmax(0)
    return np.array([label for label, _ in found])[nearest]


def test_painting_the_layers_agrees_with_the_depths(mesh_folder: Path) -> None:
    library, agreements = MeshLibrary.open(mesh_folder), []
    for number in range(12):
        made = make_world(np.random.default_rng([10, number]), library, Density())
        scene = None if made is None else compose(*made, "", "")
        if made is None or scene is None:
            continue
        index = scene.visible_index()
        assert index.min() >= 0  # a room is closed: every pixel shows something
        painted = np.array([layer.label for layer in scene.layers])[index]
        # What is small, hidden or tangled is left out of the scene, not of the depths.
        agreements.append(float((painted == nearest_labels(*made)).mean()))
        for layer, seen in zip(scene.layers, np.bincount(index.ravel(), minlength=99), strict=False):
            if layer.is_thing:
                assert seen >= Limits().least_visible_share * layer.area_px
                assert layer.area_px >= Limits().least_px
    assert len(agreements) >= 6
    assert np.mean(agreements) > 0.95, agreements


def test_scenes_depend_on_seed_and_number_alone(mesh_folder: Path) -> None:
    settings = SynthesisSettings(meshes=mesh_folder, outdoor_share=0.0)
    run = list(make_scenes(2, 3, 11, settings))
    (again,) = make_scenes(4, 1, 11, settings)
    (other,) = make_scenes(4, 1, 12, settings)
    assert [(layer.label, layer.counts, layer.texts) for layer in run[2].layers] == [
        (layer.label, layer.counts, layer.texts) for layer in again.layers
    ]
    assert (run[2].key, run[2].texts) == (again.key, again.texts)
    assert [layer.counts for layer in other.layers] != [layer.counts for layer in again.layers]


def test_every_kind_of_room_has_a_share() -> None:
    assert len(ROOM_SHARES) == len(PLANS)
    assert sum(ROOM_SHARES) == pytest.approx(1.0)


def test_a_users_own_kinds_find_a_place(tiny_library: MeshLibrary, tmp_path: Path) -> None:
    solid = tiny_library.load("cabinet", 0)
    np.savez(tmp_path / "robot_000.npz", v=solid.vertices * 0.4, f=solid.faces, name=np.array("robot"))
    library = MeshLibrary.open(tmp_path)
    made = [make_world(np.random.default_rng(n), library, Density(), kind="office") for n in range(4)]
    assert any(body.label == "robot" for item in made if item is not None for body in item[0].bodies)


def test_a_library_without_furniture_ends_with_an_error(tiny_library: MeshLibrary, tmp_path: Path) -> None:
    solid = tiny_library.load("cup", 0)
    np.savez(tmp_path / "fork_000.npz", v=solid.vertices, f=solid.faces, name=np.array("fork"))
    settings = SynthesisSettings(
        meshes=tmp_path, outdoor_share=0.0, limits=Limits(least_things=40), density=Density(furniture=0.0)
    )
    with pytest.raises(AnnotationError, match="add furniture such as sofa"):
        next(make_scenes(0, 1, 0, settings))


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_settings_refuse_what_is_no_share(share: float) -> None:
    with pytest.raises(ValueError, match="expected a share"):
        SynthesisSettings(meshes=Path("m"), silhouettes=Path("s"), outdoor_share=share)
    with pytest.raises(ValueError, match="expected a share"):
        SynthesisSettings(meshes=Path("m"), silhouettes=Path("s"), layout_share=share)


def test_open_places_need_silhouettes() -> None:
    for settings in ({"outdoor_share": 0.3}, {"outdoor_share": 0.0, "layouts": Path("l")}):
        with pytest.raises(ValueError, match="are filled with silhouettes"):
            SynthesisSettings(meshes=Path("m"), **settings)


sides = st.floats(0.1, 2.0)
blocks = st.builds(
    Block,
    x=st.floats(-2, 2),
    y=st.floats(-2, 2),
    half_x=sides,
    half_y=sides,
    yaw=st.floats(-3.2, 3.2),
    low_z=st.just(0.0),
    high_z=st.just(1.0),
)


@given(blocks, blocks)
def test_blocks_overlap_as_their_floor_plans_do(one: Block, two: Block) -> None:
    # OpenCV finds nothing common to blocks whose edges lie on each other.
    turned = replace(two, yaw=two.yaw + 1e-3)
    area, _ = cv2.intersectConvexConvex(
        np.array(one.corners(), np.float32), np.array(turned.corners(), np.float32)
    )
    if area > 0.02:
        assert one.overlaps(two)
        assert two.overlaps(one)
    if area == 0:
        grown = one.grown(-0.01), two.grown(-0.01)
        assert not grown[0].overlaps(grown[1])


def test_one_above_the_other_does_not_overlap() -> None:
    low = Block(0, 0, 1, 1, 0, 0.0, 0.5)
    assert not low.overlaps(Block(0, 0, 1, 1, 0.3, 0.5, 1.0))
    assert low.overlaps(Block(0, 0, 1, 1, 0.3, 0.4, 1.0))


def test_a_piece_is_not_placed_into_another_or_the_wall(tiny_library: MeshLibrary) -> None:
    room = Room((3.0, 3.0, 2.5), tiny_library, np.random.default_rng(0))
    mesh: Mesh = tiny_library.load("cabinet", 0)
    assert room.try_place(mesh, 1.5, 1.5, 0.0) is not None
    assert room.try_place(mesh, 1.6, 1.5, math.pi / 3) is None
    assert room.try_place(mesh, 0.1, 2.5, 0.0) is None
    assert len(room.bodies) == len(room.blocks) == len(room.placed) == 1


def test_a_world_without_a_view_of_anything_is_no_scene(tiny_library: MeshLibrary) -> None:
    made = make_world(
        np.random.default_rng(0), tiny_library, Density(furniture=0.0, small_things=0.0), kind="office"
    )
    if made is not None:
        assert compose(*made, "", "", Limits(least_things=100)) is None


@pytest.mark.slow
def test_the_sort_of_a_scene_does_not_decide_what_it_is_like(tiny_folder: Path, tmp_path: Path) -> None:
    oval_library().save(tmp_path / "ovals.npz")
    settings = SynthesisSettings(
        meshes=tiny_folder, silhouettes=tmp_path / "ovals.npz", outdoor_share=0.25, layout_share=0.0
    )
    scenes = list(make_scenes(0, 90, 1, settings))
    rooms = [scene for scene in scenes if "wall" in [layer.label for layer in scene.layers]]
    open_places = [scene for scene in scenes if scene not in rooms]
    assert len({scene.size_hw for scene in open_places}) == 4
    assert any("living room" in text for scene in rooms for text in scene.texts)
