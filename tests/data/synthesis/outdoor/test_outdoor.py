import numpy as np
import pytest
from silhouette_shapes import oval_library
from solids import MOST_SHARED, boxes_meet, shared_share

from smartmask.data.synthesis.compose import compose
from smartmask.data.synthesis.outdoor.bodies import boulder, box, building, fence, joined, ridge, street_sign
from smartmask.data.synthesis.outdoor.ground import Ground, Zone
from smartmask.data.synthesis.outdoor.plants import KINDS, draw_bush, draw_tree
from smartmask.data.synthesis.outdoor.scene import PLACES, make_world
from smartmask.data.synthesis.outdoor.stage import Footprint, Stage
from smartmask.data.synthesis.stage.rasterize import rasterize_billboard
from smartmask.data.synthesis.stage.world import World
from smartmask.perspective.scales import Scale, scale_of
from smartmask.scene.camera import Camera

LIBRARY = oval_library()
SIZE_HW = (144, 192)
MAY_FLY = {"bird", "airplane", "kite"}
WATER = {"boat"}


def _world(kind: str, seed: int) -> tuple[World, Camera]:
    return make_world(np.random.default_rng(seed), LIBRARY, SIZE_HW, kind)


def _ground(world: World) -> Ground:
    """The zones again, from the surfaces."""
    return Ground(
        tuple(
            Zone(surface.label, tuple((float(x), float(y)) for x, y, _ in surface.corners))
            for surface in world.surfaces
        )
    )


CASES = [(kind, seed) for kind in PLACES for seed in range(4)]


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_everything_stands_on_the_ground_or_may_fly(kind: str, seed: int) -> None:
    world, _ = _world(kind, seed)
    for board in world.billboards:
        if board.support == "air":
            assert board.label in MAY_FLY
            assert board.foot[2] > 1.5
        else:
            assert board.support == "floor"
            assert abs(board.foot[2]) <= 0.02
    for body in world.bodies:
        if body.support == "floor":
            assert abs(body.vertices[:, 2].min()) <= 0.02
        else:  # a window or a door, within the height of its wall and against it
            wall = world.bodies[body.support].vertices
            assert body.vertices[:, 2].min() >= 0
            assert body.vertices[:, 2].max() <= wall[:, 2].max()
            low, high = wall.min(0) - 0.06, wall.max(0) + 0.06
            assert (body.vertices >= low).all()
            assert (body.vertices <= high).all()


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_things_stand_on_ground_that_carries_them(kind: str, seed: int) -> None:
    world, _ = _world(kind, seed)
    ground = _ground(world)
    for board in world.billboards:
        if board.support == "air":
            continue
        below = ground.label_at(board.foot[:2])
        assert (below == "water") == (board.label in WATER), f"{board.label} on {below}"
        if board.label in ("bus", "train"):
            assert below == {"bus": "road", "train": "railroad"}[board.label]


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_sizes_are_those_of_the_table(kind: str, seed: int) -> None:
    world, _ = _world(kind, seed)
    for board in world.billboards:
        scale = scale_of(board.label)
        if scale is None:
            assert board.label in ("tree", "bush")
            assert 0.5 < board.height_m < 17
            continue
        assert isinstance(scale, Scale)
        aspect = board.mask.shape[1] / board.mask.shape[0]
        pose = scale.pose(aspect)
        assert pose is not None
        assert abs(np.log(board.height_m / pose.height(aspect))) <= 2.01 * pose.spread


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_feet_are_apart(kind: str, seed: int) -> None:
    world, _ = _world(kind, seed)
    standing = [board for board in world.billboards if board.support == "floor"]
    feet = np.array([board.foot[:2] for board in standing]).reshape(-1, 2)
    apart = np.linalg.norm(feet[:, None] - feet[None], axis=-1) + 9 * np.eye(len(feet))
    assert apart.min(initial=9) > 0.1


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_solid_things_do_not_enter_one_another(kind: str, seed: int) -> None:
    world, _ = _world(kind, seed)
    standing = [body for body in world.bodies if body.support == "floor" and body.is_thing]
    for number, one in enumerate(standing):
        for two in standing[:number]:
            assert not boxes_meet(one, two) or shared_share(one, two) <= MOST_SHARED, (one.label, two.label)


@pytest.mark.parametrize("kind", PLACES)
def test_a_seed_makes_one_world(kind: str) -> None:
    (one, camera), (two, again) = _world(kind, 7), _world(kind, 7)
    assert camera == again
    assert [board.foot for board in one.billboards] == [board.foot for board in two.billboards]
    assert all((a.vertices == b.vertices).all() for a, b in zip(one.bodies, two.bodies, strict=True))
    assert [board.foot for board in _world(kind, 8)[0].billboards] != [b.foot for b in one.billboards]


@pytest.mark.parametrize("kind", PLACES)
def test_places_become_scenes_with_enough_in_them(kind: str) -> None:
    scenes = []
    for seed in range(4):
        world, camera = _world(kind, seed)
        scenes.append(compose(world, camera, f"{kind}:{seed}", "drawn"))
    made = [scene for scene in scenes if scene is not None]
    assert len(made) >= 3
    assert np.mean([sum(layer.is_thing for layer in scene.layers) for scene in made]) >= 4
    assert all(scene.layers[0].label == "sky" for scene in made)
    assert all(scene.is_exact for scene in made)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_the_camera_is_held_by_a_person_and_sees_the_horizon(kind: str, seed: int) -> None:
    _, camera = _world(kind, seed)
    assert 1.3 <= camera.position[2] <= 6.0
    horizon = camera.size_hw[0] / 2 + camera.focal_px * np.tan(camera.pitch)
    assert 0.2 * camera.size_hw[0] < horizon < 0.8 * camera.size_hw[0]


def test_an_unknown_place_is_named() -> None:
    with pytest.raises(ValueError, match="no open place is called 'moon'; choose from street"):
        make_world(np.random.default_rng(0), LIBRARY, SIZE_HW, "moon")


def test_a_person_of_eye_height_reaches_the_horizon_at_any_distance() -> None:
    camera = Camera(position=(0.0, 0.0, 1.6), yaw=0.3, pitch=-0.03, focal_px=200.0, size_hw=SIZE_HW)
    stage = Stage(np.random.default_rng(0), LIBRARY, camera, Ground.of("grass"))
    silhouette = LIBRARY.by_label["person"][0]
    for depth in (4.0, 9.0, 20.0):
        stage.add_billboard(silhouette, 1.6, stage.point(depth, 0.1))
    horizon = SIZE_HW[0] / 2 + 200.0 * np.tan(-0.03)
    for board in stage.billboards:
        patch = rasterize_billboard(board, camera)
        assert patch is not None
        assert patch.y0 == pytest.approx(horizon, abs=1.5)


def test_a_stage_refuses_what_is_taken_or_behind_the_camera() -> None:
    camera = Camera(position=(0.0, 0.0, 1.6), yaw=0.0, pitch=0.0, focal_px=200.0, size_hw=SIZE_HW)
    stage = Stage(np.random.default_rng(0), LIBRARY, camera, Ground.of("grass"))
    assert stage.stand_at("person", ("grass",), (8.0, 0.0))
    assert not stage.stand_at("person", ("grass",), (8.0, 0.05))
    assert not stage.stand_at("person", ("grass",), (-8.0, 0.0))
    assert not stage.stand_at("person", ("road",), (8.0, 2.0))
    assert not stage.stand_at("unicorn", ("grass",), (8.0, 2.0))
    crate = box((-0.5, -0.5, 0.0), (0.5, 0.5, 1.0))
    assert stage.build("box", crate, (8.2, 0.0)) is None
    assert stage.build("box", crate, (8.0, -2.0)) == 0
    stage.take(Footprint((10.0, 3.0), (2.0, 1.0), np.pi / 2))
    assert stage.build("box", crate, (11.0, 3.0)) is None
    assert stage.build("box", crate, (12.0, 3.0)) == 1


def test_the_uppermost_zone_counts() -> None:
    ground = Ground.of("grass", Zone.strip("pavement", -6, 6), Zone.strip("road", -3, 3))
    assert [ground.label_at((5.0, y)) for y in (0.0, 4.0, 9.0, -5.9)] == [
        "road",
        "pavement",
        "grass",
        "pavement",
    ]
    assert ground.is_all(("road",), (0.0, 2.0), 0.9)
    assert not ground.is_all(("road",), (0.0, 2.5), 0.9)
    assert all(np.ptp(surface.corners[:, 2]) == 0 for surface in ground.surfaces())
    assert max(surface.corners[0, 2] for surface in ground.surfaces()) <= 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_trees_are_in_one_piece_and_touch_their_box(kind: str) -> None:
    for seed in range(5):
        mask = draw_tree(np.random.default_rng(seed), kind)
        assert mask[0].any()
        assert mask[-1].any()
        assert mask[:, 0].any()
        assert mask[:, -1].any()
        assert 0.1 < mask.mean() < 0.9
        assert mask[-1].sum() < 0.3 * mask.shape[1]
    assert draw_bush(np.random.default_rng(0))[-1].mean() > 0.3


@pytest.mark.parametrize(
    "shape",
    [
        building(8, 7, 5, 2),
        fence(8, 1.2, 6, 2),
        street_sign(2.4, 0.6, 8),
        boulder(np.random.default_rng(0), 1.5),
        ridge(((0.0, 5.0), (5.0, 5.0)), np.ones(7)),
        joined(box((0, 0, 0), (1, 1, 1)), box((0, 0, 1), (1, 1, 2))),
    ],
    ids=["building", "fence", "sign", "boulder", "ridge", "two boxes"],
)
def test_shapes_stand_on_the_ground(shape: object) -> None:
    assert shape.vertices[:, 2].min() == pytest.approx(0)
    assert shape.faces.max() < len(shape.vertices)
    assert len(np.unique(shape.faces)) == len(shape.vertices)
