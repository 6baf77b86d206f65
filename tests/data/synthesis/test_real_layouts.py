from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapes import rectangle
from silhouette_shapes import oval, oval_library

from smartmask.data.layered_scene import LayeredScene, SceneLayer, split_of
from smartmask.data.shards import DatasetSpec, shard_name, write_shard, write_spec
from smartmask.data.synthesis.real_layouts import stand_in_layout, sure_camera
from smartmask.data.synthesis.scenes import SynthesisSettings, make_scenes
from smartmask.data.synthesis.stage.rasterize import rasterize_billboard
from smartmask.data.synthesis.stage.silhouettes import SilhouetteLibrary
from smartmask.data.synthesis.stage.world import Billboard
from smartmask.errors import AnnotationError
from smartmask.perspective.scales import scale_of
from smartmask.perspective.standing import GROUNDS
from smartmask.scene.camera import Camera

SIZE_HW = (240, 320)
LIBRARY = oval_library()


def _photo(
    camera: Camera,
    things: list[tuple[str, float, float, float]],
    ground: str = "grass",
) -> LayeredScene:
    """What a camera sees of people and animals of median height on a lawn: label, aspect, depth, across."""
    horizon = camera.size_hw[0] / 2 + camera.focal_px * np.tan(camera.pitch)
    top = max(0, int(np.ceil(horizon)))
    rest = rectangle(SIZE_HW, (0, 0, SIZE_HW[1], top))
    lawn = ~rest
    drawn = []
    for label, aspect, depth, across in sorted(things, key=lambda thing: -thing[2]):
        shape = oval(aspect, 200)
        metres = scale_of(label).pose(shape.shape[1] / shape.shape[0]).height(shape.shape[1] / shape.shape[0])
        board = Billboard(label, shape, (depth, -across, 0.0), metres, "floor")
        patch = rasterize_billboard(board, camera)
        mask = patch.on_canvas(SIZE_HW) > 0
        drawn.append(SceneLayer.of(label, mask, extent="visible", is_thing=True))
        lawn &= ~mask
        rest &= ~mask
    regions = (("sky", rest), (ground, lawn))
    layers = [SceneLayer.of(label, mask, extent="visible", is_thing=False) for label, mask in regions]
    return LayeredScene("photo", "photos", SIZE_HW, (*layers, *drawn), False)


def test_where_nothing_tells_the_size_of_a_metre_nothing_is_stood() -> None:
    camera = Camera(position=(0, 0, 1.6), yaw=0.0, pitch=-0.05, focal_px=260.0, size_hw=SIZE_HW)
    people = [("person", 0.4, 6.0, -1.5), ("person", 0.45, 9.0, 1.0)]
    assert sure_camera(_photo(camera, people)) is not None
    assert sure_camera(_photo(camera, people, "table")) is None
    hidden = _photo(camera, [])
    layers = [replace(layer, label="pattern") if layer.label == "sky" else layer for layer in hidden.layers]
    assert sure_camera(replace(hidden, layers=tuple(layers))) is None


def _layout() -> tuple[LayeredScene, Camera]:
    camera = Camera(position=(0, 0, 1.6), yaw=0.0, pitch=-0.05, focal_px=260.0, size_hw=SIZE_HW)
    things = [("person", 0.4, 6.0, -1.2), ("cow", 1.3, 10.0, 1.0), ("person", 0.45, 16.0, 3.0)]
    scene = _photo(camera, things)
    found = sure_camera(scene)
    assert found is not None
    return scene, found


@pytest.mark.parametrize("seed", range(12))
def test_a_new_thing_has_the_implied_size_and_hides_what_is_behind_it(seed: int) -> None:
    scene, camera = _layout()
    new = stand_in_layout(np.random.default_rng(seed), scene, LIBRARY, "new")
    assert new is not None
    assert (new.key, new.group, new.size_hw, new.is_exact) == ("new", "photos", SIZE_HW, False)
    old = {layer.counts for layer in scene.layers}
    (place,) = [number for number, layer in enumerate(new.layers) if layer.counts not in old]
    added = new.layers[place]
    assert (added.extent, added.is_thing) == ("amodal", True)
    x0, y0, x1, y1 = added.box_xyxy
    pose = scale_of(added.label).pose((x1 - x0) / (y1 - y0))
    if pose is not None:
        metres = (y1 - y0) / camera.scale_at(y1)
        expected = pose.height((x1 - x0) / (y1 - y0))
        assert abs(np.log(metres / expected)) < 2 * pose.spread + 0.15
    for number, layer in enumerate(new.layers):
        shared = layer.mask(SIZE_HW) & added.mask(SIZE_HW)
        if number != place and shared.any():
            is_lower = layer.box_xyxy[3] > y1 + 2 and layer.label not in GROUNDS
            assert (number > place) == is_lower
    assert sorted(layer.counts for layer in new.layers if layer is not added) == sorted(old)


def test_a_nearer_thing_stays_in_front() -> None:
    scene, camera = _layout()
    wall = SceneLayer.of("fence", rectangle(SIZE_HW, (0, 150, 320, 239)), extent="visible", is_thing=True)
    layers = (*scene.layers, wall)
    fenced = LayeredScene(scene.key, scene.group, SIZE_HW, layers, False)
    found = [
        stand_in_layout(np.random.default_rng(seed), fenced, LIBRARY, "new", camera) for seed in range(15)
    ]
    made = [new for new in found if new is not None]
    assert made
    for new in made:
        added = next(number for number, layer in enumerate(new.layers) if layer not in layers)
        if (new.layers[added].mask(SIZE_HW) & wall.mask(SIZE_HW)).any():
            assert added < new.layers.index(wall)


def test_one_seed_makes_one_scene_and_nothing_to_stand_makes_none() -> None:
    scene, _ = _layout()
    one, two = (stand_in_layout(np.random.default_rng(4), scene, LIBRARY, "new") for _ in range(2))
    assert [layer.counts for layer in one.layers] == [layer.counts for layer in two.layers]
    assert stand_in_layout(np.random.default_rng(0), scene, SilhouetteLibrary(()), "new") is None
    paved = _photo(Camera(position=(0, 0, 1.6), yaw=0, pitch=0, focal_px=260.0, size_hw=SIZE_HW), [], "table")
    assert stand_in_layout(np.random.default_rng(0), paved, LIBRARY, "new") is None


def test_scenes_made_from_real_layouts_ask_for_the_new_things_alone(
    tiny_folder: Path, tmp_path: Path
) -> None:
    photo, _ = _layout()
    group = next(name for name in map(str, range(99)) if split_of(name) == "train")
    (tmp_path / "photos").mkdir()
    write_spec(tmp_path / "photos", DatasetSpec(source="drawn", scenes_per_shard=1))
    write_shard(tmp_path / "photos" / shard_name(0), [replace(photo, group=group)])
    LIBRARY.save(tmp_path / "silhouettes.npz")
    settings = SynthesisSettings(
        meshes=tiny_folder,
        silhouettes=tmp_path / "silhouettes.npz",
        layouts=tmp_path / "photos",
        outdoor_share=0.0,
        layout_share=1.0,
    )
    scenes = list(make_scenes(0, 4, 3, settings))
    assert len({scene.key for scene in scenes}) == 4
    for scene in scenes:
        assert scene.group == group  # of the photo: no part of it may reach another split
        added = [layer for layer in scene.layers if layer.is_thing]
        assert 1 <= len(added) <= 3
        assert all(layer.extent == "amodal" for layer in added)
        assert len(scene.layers) == len(photo.layers) + len(added)


def test_layouts_without_a_scale_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    write_spec(tmp_path / "photos", DatasetSpec(source="drawn", scenes_per_shard=1))
    LIBRARY.save(tmp_path / "silhouettes.npz")
    settings = SynthesisSettings(
        meshes=tiny_folder, silhouettes=tmp_path / "silhouettes.npz", layouts=tmp_path / "photos"
    )
    with pytest.raises(AnnotationError, match="no layout shows ground and things of known size"):
        next(make_scenes(0, 1, 0, settings))
