"""The rasteriser against what geometry says in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_library import box, cylinder, sphere

from smartmask.data.synthesis.stage.rasterize import NEAR_M, rasterize, rasterize_billboard, rasterize_polygon
from smartmask.data.synthesis.stage.world import Billboard
from smartmask.scene.camera import Camera

SIZE = (120, 160)
LEVEL = Camera(position=(0.0, 0.0, 1.0), yaw=0.0, pitch=0.0, focal_px=150.0, size_hw=SIZE)
ROWS, COLUMNS = np.mgrid[:120, :160] + 0.5


def mask_of(solid: tuple[np.ndarray, np.ndarray], camera: Camera = LEVEL) -> np.ndarray:
    patch = rasterize(solid[0].astype(np.float64), solid[1], camera)
    return np.zeros(camera.size_hw, bool) if patch is None else patch.on_canvas(camera.size_hw) > 0


def iou(one: np.ndarray, two: np.ndarray) -> float:
    return float((one & two).sum() / (one | two).sum())


@given(st.floats(2.0, 8.0), st.floats(0.2, 0.8), st.floats(0, 6.28), st.floats(-0.6, 0.6))
def test_a_sphere_on_the_axis_covers_a_disc(distance: float, radius: float, yaw: float, pitch: float) -> None:
    camera = Camera(position=(1.0, 2.0, 3.0), yaw=yaw, pitch=pitch, focal_px=150.0, size_hw=SIZE)
    centre = np.array(camera.position) + distance * camera.axes()[2]
    covered = mask_of(sphere(radius, tuple(centre.tolist())), camera)
    disc_radius = 150.0 * radius / np.sqrt(distance**2 - radius**2)
    disc = disc_radius**2 > (COLUMNS - 80) ** 2 + (ROWS - 60) ** 2
    assert (covered != disc).sum() <= 0.12 * 2 * np.pi * disc_radius + 4


def test_a_box_before_the_camera_covers_its_front_face_to_the_pixel() -> None:
    patch = rasterize(*box((3.0, -0.4, 0.8), (5.0, 0.6, 1.4)), LEVEL)
    assert patch is not None
    # y = 0.6 lies 30 px to the left of the middle, z = 1.4 20 px above it.
    assert (patch.x0, patch.y0) == (50, 40)
    assert patch.inverse_depth.shape == (30, 50)
    np.testing.assert_allclose(patch.inverse_depth, 1 / 3, rtol=1e-5)


def test_depth_is_that_of_the_plane() -> None:
    corners = np.array([(2.0, 2.0, -1.0), (6.0, -2.0, -1.0), (6.0, -2.0, 3.0), (2.0, 2.0, 3.0)])
    patch = rasterize_polygon(corners, LEVEL)
    assert patch is not None
    inverse = patch.on_canvas(SIZE)
    # The ray through column x meets the plane x + y = 4 at depth d with d - d (x - 80) / 150 = 4.
    np.testing.assert_allclose(inverse[inverse > 0], ((1 - (COLUMNS - 80) / 150) / 4)[inverse > 0], rtol=1e-4)


def test_the_nearer_plane_hides_the_farther() -> None:
    near, far = ((np.array([(x, -9, -9), (x, 9, -9), (x, 9, 9), (x, -9, 9.0)])) for x in (2.0, 3.0))
    one, two = rasterize_polygon(near, LEVEL), rasterize_polygon(far, LEVEL)
    assert one is not None
    assert two is not None
    assert (one.on_canvas(SIZE) > two.on_canvas(SIZE)).all()


def test_a_floor_that_passes_under_the_camera_fills_all_below_the_horizon() -> None:
    floor = np.array([(-500.0, -5e4, 0), (5e6, -5e6, 0), (5e6, 5e6, 0), (-500.0, 5e4, 0)])
    patch = rasterize_polygon(floor, LEVEL)
    assert patch is not None
    np.testing.assert_array_equal(patch.on_canvas(SIZE) > 0, ROWS > 60)
    assert patch.inverse_depth.max() <= 1 / NEAR_M


@pytest.mark.parametrize(
    "solid",
    [box((-3, -1, 0), (-1, 1, 2)), box((-2, 5, 0), (2, 6, 2)), box((-0.05, -0.01, 0.9), (0.05, 0.01, 1.1))],
    ids=["behind", "to the side", "nearer than the near plane"],
)
def test_what_is_out_of_sight_covers_nothing(solid: tuple[np.ndarray, np.ndarray]) -> None:
    assert rasterize(*solid, LEVEL) is None


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_a_plane_of_many_triangles_has_no_cracks(seed: int, cells: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.linspace(-1, 1, cells + 1)
    y, z = np.meshgrid(steps, steps, indexing="ij")
    inner = (np.abs(y) < 1) & (np.abs(z) < 1)
    jitter = rng.uniform(-0.4, 0.4, (2, *y.shape)) * 2 / cells * inner
    vertices = np.stack([np.full(y.size, 3.0), (y + jitter[0]).ravel(), 1 + 0.8 * (z + jitter[1]).ravel()], 1)
    number = np.arange(y.size).reshape(y.shape)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)])
    whole = np.array([(3.0, -1, 0.2), (3.0, 1, 0.2), (3.0, 1, 1.8), (3.0, -1, 1.8)])
    expected = rasterize_polygon(whole, LEVEL)
    assert expected is not None
    np.testing.assert_array_equal(mask_of((vertices, faces)), expected.on_canvas(SIZE) > 0)


@pytest.mark.parametrize("thickness", [0.03, 0.004], ids=["of about a pixel", "of a seventh of a pixel"])
@pytest.mark.parametrize("upright", [True, False], ids=["rod", "rail"])
def test_a_thin_part_stays_in_one_piece(thickness: float, upright: bool) -> None:
    half = thickness / 2
    solid = (
        box((5.0, 0.3 - half, 0.0), (5.0 + thickness, 0.3 + half, 1.9))
        if upright
        else box((5.0, -1.0, 0.5 - half), (5.0 + thickness, 1.0, 0.5 + half))
    )
    covered = mask_of(solid)
    lines = covered.any(1) if upright else covered.any(0)
    assert lines[np.flatnonzero(lines)[0] : np.flatnonzero(lines)[-1] + 1].all()
    assert lines.sum() >= 55


def test_thick_parts_are_not_swollen() -> None:
    covered = mask_of(cylinder(0.3, 0.9, sides=400), LEVEL_AT_SIDE)
    exact = mask_of(cylinder(0.3, 0.9, sides=12_000), LEVEL_AT_SIDE)
    assert iou(covered, exact) > 0.985


LEVEL_AT_SIDE = Camera(position=(-3.0, 0.0, 1.2), yaw=0.0, pitch=-0.1, focal_px=150.0, size_hw=SIZE)


@pytest.mark.parametrize("is_mirrored", [False, True], ids=["as it is", "mirrored"])
def test_a_billboard_stands_upright_at_its_metric_height(is_mirrored: bool) -> None:
    mask = np.ones((200, 100), bool)
    mask[:100, :50] = False
    board = Billboard("person", mask, (4.0, 0.0, 0.0), 1.6, "floor", is_mirrored)
    patch = rasterize_billboard(board, LEVEL)
    assert patch is not None
    covered = patch.on_canvas(SIZE) > 0
    # Feet 1 m below the eye at 4 m: 37.5 px under the horizon; 60 px high, 30 px wide.
    expected = (COLUMNS > 65) & (COLUMNS < 95) & (ROWS > 37.5) & (ROWS < 97.5)
    missing = (ROWS < 67.5) & ((COLUMNS > 80) if is_mirrored else (COLUMNS < 80))
    assert (covered != (expected & ~missing)).sum() <= 60
    np.testing.assert_allclose(patch.inverse_depth.max(), 0.25, rtol=1e-4)


def test_a_billboard_that_reaches_behind_the_camera_is_not_drawn() -> None:
    board = Billboard("dog", np.ones((4, 4), bool), (0.05, 0.0, 0.0), 1.0, "floor")
    assert rasterize_billboard(board, LEVEL) is None
