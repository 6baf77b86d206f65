"""Depth by hand in places that are known, and never against the order of the layers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seen_places import agrees, empty_room, open_place
from shapes import rectangle
from silhouette_shapes import oval_library
from tiny_library import write_tiny_library

from smartmask.data.synthesis.scenes import SynthesisSettings, make_views
from smartmask.perspective.depth import depth_map, nearness
from smartmask.perspective.estimate import estimate_camera
from smartmask.perspective.stands import FARTHEST_M
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (240, 320)
CAMERA = Camera.of_horizon(90.0, 1.6, 300.0, SIZE_HW)
LABELS = ("sky", "wall", "floor", "ceiling", "person", "cup", "table", "tree", "picture", "bird", "xyz")


def layout_of(*layers: tuple[str, tuple[int, int, int, int]], extent: str = "amodal") -> Layout:
    masks = [(label, rectangle(SIZE_HW, box)) for label, box in layers]
    return Layout(SIZE_HW, tuple(Layer(label, mask, extent) for label, mask in masks))


@pytest.mark.parametrize("pitch", [-0.25, 0.0, 0.1])
def test_an_open_place_is_as_deep_as_it_was_built(pitch: float) -> None:
    camera = Camera(position=(0, 0, 1.6), yaw=0.0, pitch=pitch, focal_px=300.0, size_hw=SIZE_HW)
    layout = open_place(camera, [("person", 1.7, 0.6, 6.0, -1.5), ("car", 1.48, 3.6, 12.0, 2.0)])
    depth = depth_map(layout, camera)
    index = layout.visible_index()
    for number, label in enumerate(layout.labels):
        seen = depth[index == number]
        if label == "sky":
            assert np.isinf(seen).all()
        elif label == "grass":
            rows = np.flatnonzero((index == number).any(1))
            assert seen.min() == pytest.approx(camera.depth_at(rows[-1] + 0.5))
            assert seen.max() <= FARTHEST_M
        else:
            assert np.median(seen) == pytest.approx({"person": 6.0, "car": 12.0}[label], rel=0.08)
    assert agrees(layout, depth)


@pytest.mark.parametrize("yaw", [0.0, 0.2, 0.4])
def test_the_walls_of_a_room_stand_on_its_floor_and_bear_its_ceiling(yaw: float) -> None:
    camera = Camera(position=(0, 0, 1.5), yaw=0.0, pitch=-0.1, focal_px=260.0, size_hw=SIZE_HW)
    layout = empty_room(camera, yaw, (-1.2, -1.4), (3.4, 2.2))
    depth = depth_map(layout, camera)
    assert agrees(layout, depth)
    # No step where regions meet, for they do in the room.
    index = layout.visible_index()
    meets = (index[1:] != index[:-1]) & (index[1:] >= 0) & (index[:-1] >= 0)
    steps = np.abs(np.log(depth[1:] / depth[:-1]))[meets]
    assert np.quantile(steps, 0.9) < 0.08
    # The middle of the view, by cutting the ray with the four walls.
    ahead = np.array([np.cos(-yaw), np.sin(-yaw)])
    with np.errstate(divide="ignore"):
        cuts = np.array([[-1.2, 3.4] / ahead[0], [-1.4, 2.2] / ahead[1]])
    expected = cuts[cuts > 0].min() / np.cos(camera.pitch)
    assert depth[round(camera.horizon), 160] == pytest.approx(expected, rel=0.12)


def test_what_is_carried_is_where_its_carrier_stands_a_hair_nearer() -> None:
    room = ("wall", (0, 0, 320, 130)), ("floor", (0, 130, 320, 240))
    layout = layout_of(*room, ("table", (100, 140, 200, 200)), ("cup", (140, 130, 150, 150)))
    depth = depth_map(layout, CAMERA)
    table, cup = depth[180, 150], depth[145, 145]
    assert table == pytest.approx(CAMERA.depth_at(200.5), rel=0.02)
    assert 0.97 * table < cup < table
    alone = depth_map(layout_of(*room, ("cup", (140, 130, 150, 150))), CAMERA)
    assert alone[145, 145] > 1.5 * cup


def test_pictures_hang_on_their_wall_and_lamps_before_it() -> None:
    room = ("wall", (0, 0, 320, 130)), ("floor", (0, 130, 320, 240)), ("ceiling", (0, 0, 320, 20))
    layout = layout_of(*room, ("picture", (40, 40, 80, 70)), ("ceiling lamp", (200, 10, 220, 30)))
    depth = depth_map(layout, CAMERA)
    assert depth[55, 60] == pytest.approx(depth[55, 120], rel=1e-3)
    assert depth[25, 210] <= depth[25, 230]
    assert agrees(layout, depth)


def test_a_hidden_foot_does_not_put_a_person_at_the_horizon() -> None:
    table = ("table", (60, 95, 260, 240))
    layout = layout_of(("wall", (0, 0, 320, 240)), ("person", (140, 10, 190, 95)), table, extent="visible")
    person = depth_map(layout, CAMERA)[50, 160]
    assert CAMERA.depth_at(239.5) <= person <= 300 * 1.7 / 85 * 1.05


def test_what_nothing_is_known_of_is_as_deep_as_what_is_near_it() -> None:
    half = layout_of(("floor", (0, 120, 160, 240)))
    assert depth_map(half, CAMERA)[200, 300] == depth_map(half, CAMERA)[200, 100]
    nothing = depth_map(Layout(SIZE_HW), CAMERA)
    assert nothing[239, 5] == pytest.approx(CAMERA.depth_at(239.5))
    assert nothing[10, 5] == FARTHEST_M


@given(st.integers(0, 2**32 - 1), st.floats(-100, 300), st.sampled_from(["visible", "amodal"]))
def test_no_layer_is_deeper_than_what_it_hides(seed: int, horizon: float, extent: str) -> None:
    rng = np.random.default_rng(seed)
    size_hw = 24, 32
    masks = [(rng.random((6, 8)) < 0.4).repeat(4, 0).repeat(4, 1) for _ in range(rng.integers(1, 9))]
    layers = [Layer(str(rng.choice(LABELS)), mask, extent) for mask in masks]
    layout = Layout(size_hw, tuple(layers))
    camera = Camera.of_horizon(horizon / 10, float(np.exp(rng.normal())), 30.0, size_hw)
    depth = depth_map(layout, camera)
    assert agrees(layout, depth)
    assert (depth > 0).all()
    assert not np.isnan(depth).any()
    assert depth[np.isfinite(depth)].max(initial=0) <= FARTHEST_M
    near = nearness(depth)
    assert 0 <= near.min() <= near.max() <= 1


@pytest.mark.parametrize("is_whole", [True, False])
def test_made_scenes_keep_their_order(tmp_path: Path, is_whole: bool) -> None:
    folder = tmp_path / "meshes"
    folder.mkdir()
    write_tiny_library(folder)
    oval_library().save(tmp_path / "silhouettes.npz")
    settings = SynthesisSettings(meshes=folder, silhouettes=tmp_path / "silhouettes.npz", outdoor_share=0.5)
    for scene, camera in make_views(0, 6, 5, settings):
        layout = scene.layout()
        if not is_whole:
            seen = zip(layout.labels, layout.visible(), strict=True)
            layout = Layout(layout.size_hw, tuple(Layer(label, mask) for label, mask in seen))
        assert camera is not None
        assert agrees(layout, depth_map(layout, camera))
        assert agrees(layout, depth_map(layout, estimate_camera(layout)))


def test_a_camera_of_another_size_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"the camera's canvas is \(240, 320\) \(H, W\) but the layout is \(24, 32\)"
    ):
        depth_map(Layout((24, 32)), CAMERA)
