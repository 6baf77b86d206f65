"""A known camera is found again, and the spread says how well."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seen_places import empty_room, open_place
from shapes import rectangle
from silhouette_shapes import oval_library
from tiny_library import write_tiny_library

from smartmask.data.synthesis.scenes import SynthesisSettings, make_views
from smartmask.perspective.estimate import estimate_camera
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (240, 320)
REAL_MESHES = Path(__file__).parents[2] / "shared" / "data" / "meshes"
PEOPLE = [("person", 1.7, 0.6, 5.0, -1.5), ("person", 1.65, 0.6, 9.0, 2.0), ("person", 1.78, 0.6, 15.0, -4.0)]
PLACE = [*PEOPLE, ("car", 1.48, 3.6, 12.0, 1.0), ("bicycle", 1.05, 1.6, 7.0, 0.0)]


@pytest.mark.parametrize("height_m", [1.2, 1.6, 3.0])
@pytest.mark.parametrize("pitch", [-0.16, -0.04, 0.05])
@pytest.mark.parametrize("behind", ["sky", "forest"])
def test_things_of_known_size_tell_horizon_and_height(height_m: float, pitch: float, behind: str) -> None:
    camera = Camera(position=(0, 0, height_m), yaw=0.0, pitch=pitch, focal_px=300.0, size_hw=SIZE_HW)
    found = estimate_camera(open_place(camera, PLACE, behind=behind))
    assert found.horizon == pytest.approx(camera.horizon, abs=0.07 * SIZE_HW[0])
    for depth in (5.0, 8.0, 12.0):
        row = camera.row_at(depth)
        if row < SIZE_HW[0]:
            assert found.scale_at(row) == pytest.approx(camera.scale_at(row), rel=0.12)
            assert found.scale_deviation_at(row) < 0.3


@pytest.mark.parametrize("yaw", [0.15, 0.5, 0.9])
@pytest.mark.parametrize("pitch", [-0.2, -0.05])
def test_the_walls_of_an_empty_room_tell_its_horizon(yaw: float, pitch: float) -> None:
    camera = Camera(position=(0, 0, 1.5), yaw=0.0, pitch=pitch, focal_px=260.0, size_hw=SIZE_HW)
    layout = empty_room(camera, yaw, (-1.2, -1.4), (3.4, 2.2))
    found = estimate_camera(layout, focal=260.0)
    assert found.horizon == pytest.approx(camera.horizon, abs=0.03 * SIZE_HW[0])
    assert found.height_m == pytest.approx(1.5, rel=0.15)


@given(st.floats(30, 110), st.floats(1.2, 2.2), st.integers(0, 1000))
def test_a_quarter_of_wrong_things_does_no_harm(horizon: float, height_m: float, seed: int) -> None:
    camera = Camera.of_horizon(horizon, height_m, 300.0, SIZE_HW)
    rng = np.random.default_rng(seed)
    things = [
        ("person", 1.7 * (2.0 if number == 3 else 0.45 if number == 5 else 1.0), 0.5, 6.0 + number, across)
        for number, across in enumerate(rng.permutation(np.linspace(-3, 3, 8)))
    ]
    found = estimate_camera(open_place(camera, things, behind="forest"))
    row = camera.row_at(8.0)
    assert found.scale_at(row) == pytest.approx(camera.scale_at(row), rel=0.15)


def test_what_is_known_is_kept() -> None:
    camera = Camera.of_horizon(90.0, 1.6, 300.0, SIZE_HW)
    layout = open_place(camera, PLACE, behind="forest")
    found = estimate_camera(layout, horizon=90.0, focal=300.0)
    assert found.spread is not None
    assert (found.horizon, found.focal_px) == (pytest.approx(90.0), pytest.approx(300.0))
    assert (found.spread.horizon_px, found.spread.log_focal) == (
        pytest.approx(0, abs=1e-6),
        pytest.approx(0, abs=1e-6),
    )
    assert found.height_m == pytest.approx(1.6, rel=0.05)
    free = estimate_camera(layout)
    assert free.spread is not None
    assert free.spread.log_height > found.spread.log_height
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"horizon \(a row in pixels\) must be from -"):
            estimate_camera(layout, horizon=wrong)
    for wrong in (0.0, -3.0, float("nan")):
        with pytest.raises(ValueError, match=r"focal \(a length in pixels\) must be from "):
            estimate_camera(layout, focal=wrong)


@given(st.floats(40, 110), st.floats(1.2, 2.5), st.sampled_from(["sky", "forest"]), st.booleans())
def test_a_larger_or_mirrored_picture_has_the_same_camera(
    horizon: float, height_m: float, behind: str, is_large: bool
) -> None:
    layout = open_place(Camera.of_horizon(horizon, height_m, 300.0, SIZE_HW), PLACE, behind=behind)
    factor = 2 if is_large else 1
    changed = Layout(
        (factor * SIZE_HW[0], factor * SIZE_HW[1]),
        tuple(
            Layer(layer.label, np.kron(layer.mask, np.ones((factor, factor), bool))[:, ::-1], layer.extent)
            for layer in layout.layers
        ),
    )
    one, other = estimate_camera(layout), estimate_camera(changed)
    assert other.horizon == pytest.approx(factor * one.horizon, abs=0.015 * factor * SIZE_HW[0])
    assert other.focal_px == pytest.approx(factor * one.focal_px, rel=0.03)
    assert other.height_m == pytest.approx(one.height_m, rel=0.04)


def _whole(label: str, size_hw: tuple[int, int] = SIZE_HW) -> Layout:
    return Layout(size_hw, (Layer(label, np.ones(size_hw, bool)),))


@pytest.mark.parametrize(
    "layout",
    [
        Layout(SIZE_HW),
        Layout((1, 1)),
        _whole("floor", (1, 1)),
        _whole("sky"),
        _whole("grass"),
        _whole("wall"),
        _whole("person"),
        _whole("no such word"),
        Layout(SIZE_HW, (Layer("grass", np.zeros(SIZE_HW, bool)), Layer("car", np.zeros(SIZE_HW, bool)))),
        Layout(
            SIZE_HW,
            (
                Layer("sky", rectangle(SIZE_HW, (0, 120, 320, 240))),
                Layer("grass", rectangle(SIZE_HW, (0, 0, 320, 120))),
            ),
        ),
        _whole("grass", (7, 3000)),
        _whole("grass", (3000, 7)),
    ],
    ids=lambda layout: f"{layout.size_hw}-{'-'.join(layout.labels)}",
)  # fmt: skip
def test_what_shows_nothing_gives_what_is_usual_and_says_so(layout: Layout) -> None:
    found = estimate_camera(layout)
    assert found.spread is not None
    assert np.isfinite([found.horizon, found.height_m, found.focal_px, found.spread.correlation]).all()
    assert found.spread.horizon_px > 0.05 * layout.size_hw[0]
    assert found.spread.log_height > 0.12
    assert 0.8 < found.height_m < 3.0


@pytest.mark.parametrize(
    "meshes",
    [
        pytest.param("tiny", id="boxes"),
        pytest.param(
            "real",
            id="real meshes",
            marks=[
                pytest.mark.data,
                pytest.mark.skipif(
                    not REAL_MESHES.is_dir(), reason="the mesh library is not in the repository"
                ),
            ],
        ),
    ],
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_in_made_scenes_most_are_near_and_the_spread_is_true(
    tmp_path: Path, meshes: str, is_whole: bool
) -> None:
    folder = REAL_MESHES
    if meshes == "tiny":
        folder = tmp_path / "meshes"
        os.mkdir(folder)
        write_tiny_library(folder)
    oval_library().save(tmp_path / "silhouettes.npz")
    settings = SynthesisSettings(meshes=folder, silhouettes=tmp_path / "silhouettes.npz", outdoor_share=0.5)
    off, scales = [], []
    for scene, camera in make_views(0, 24, 5, settings):
        assert camera is not None
        layout = scene.layout()
        if not is_whole:
            seen = zip(layout.labels, layout.visible(), strict=True)
            layout = Layout(layout.size_hw, tuple(Layer(label, mask) for label, mask in seen))
        found = estimate_camera(layout)
        assert found.spread is not None
        error = found.horizon - camera.horizon
        off.append((error / layout.size_hw[0], error / found.spread.horizon_px))
        row = camera.horizon + 0.4 * layout.size_hw[0]
        scales.append(found.scale_at(row) / camera.scale_at(row) - 1)
    share, deviations = np.abs(off).T
    assert (share < 0.05).mean() >= 0.75
    assert (np.abs(scales) < 0.25).mean() >= 0.75
    assert (deviations < 1).mean() >= 0.6
    assert (deviations < 2.5).mean() >= 0.9
