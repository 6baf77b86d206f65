"""Layers come out whole, in order, and painted as the z-buffer has them."""

import numpy as np
from tiny_library import box, chair, joined, table

from smartmask.data.layered_scene import LayeredScene
from smartmask.data.synthesis.compose import Limits, compose
from smartmask.data.synthesis.stage.world import Billboard, Body, Support, Surface, World
from smartmask.scene.camera import Camera

CAMERA = Camera(position=(0.0, 0.0, 1.2), yaw=0.0, pitch=-0.1, focal_px=160.0, size_hw=(120, 160))
FEW = Limits(least_things=1)
FLOOR = Surface("floor", np.array([(-1.0, -9, 0), (9.0, -9, 0), (9.0, 9, 0), (-1.0, 9, 0)]), False)
WALL = Surface("wall", np.array([(9.0, -9, 0), (9.0, 9, 0), (9.0, 9, 4), (9.0, -9, 4)]), False)


def body(label: str, solid: tuple[np.ndarray, np.ndarray], support: Support = "floor") -> Body:
    return Body(label, solid[0].astype(np.float32), solid[1].astype(np.int32), support)


def seen(*bodies: Body, surfaces: tuple[Surface, ...] = (FLOOR, WALL), limits: Limits = FEW) -> LayeredScene:
    scene = compose(World("room", surfaces, bodies), CAMERA, "key", "group", limits)
    assert scene is not None
    return scene


def labels(scene: LayeredScene) -> list[str]:
    return [layer.label for layer in scene.layers]


def test_regions_come_first_then_things_back_to_front() -> None:
    near, far = box((2.5, -0.4, 0), (3, 0.4, 0.8)), box((5, -0.4, 0), (6, 0.6, 1.5))
    scene = seen(body("near", near), body("far", far))
    assert labels(scene) in (["wall", "floor", "far", "near"], ["floor", "wall", "far", "near"])
    assert [layer.is_thing for layer in scene.layers] == [False, False, True, True]
    assert all(layer.extent == "amodal" for layer in scene.layers)
    assert scene.is_exact


def test_a_hidden_part_belongs_to_the_amodal_mask() -> None:
    near, far = box((2.5, -0.4, 0), (3, 0.4, 0.8)), box((5, -0.4, 0), (6, 0.6, 1.5))
    both, alone = seen(body("near", near), body("far", far)), seen(body("far", far))
    one = next(layer for layer in both.layers if layer.label == "far")
    two = next(layer for layer in alone.layers if layer.label == "far")
    assert one.counts == two.counts
    assert (both.visible_index() == both.layers.index(one)).sum() < one.area_px


def test_surfaces_of_a_label_are_one_region_and_those_to_be_asked_for_are_not() -> None:
    side = Surface("wall", np.array([(2.0, 3, 0), (9.0, 3, 0), (9.0, 3, 4), (2.0, 3, 4)]), False)
    pictures = [
        Surface("picture", np.array([(8.9, y, 1), (8.9, y + 1, 1), (8.9, y + 1, 2), (8.9, y, 2.0)]), True)
        for y in (-2.0, 0.5)
    ]
    scene = seen(surfaces=(FLOOR, WALL, side, *pictures))
    assert sorted(labels(scene)) == ["floor", "picture", "picture", "wall"]


def test_a_backdrop_lies_behind_all_and_ends_at_the_ground() -> None:
    scene = compose(
        World("field", (FLOOR,), (body("box", box((4, -1, 0), (5, 1, 1))),), (), "sky"), CAMERA, "", "", FEW
    )
    assert scene is not None
    assert labels(scene)[0] == "sky"
    ground = next(layer for layer in scene.layers if layer.label == "floor")
    assert scene.layers[0].area_px + ground.area_px == 120 * 160


def test_a_chair_pushed_under_its_table_is_left_out_with_what_lies_on_it() -> None:
    board = table(1.0, 1.6, 0.75)
    board[0][:, 0] += 4.0
    seat = chair()
    seat[0][:, 0] = -seat[0][:, 0] + 3.45
    bag = box((3.4, -0.1, 0.45), (3.6, 0.1, 0.65))
    scene = seen(body("table", board), body("chair", seat), body("bag", bag, 1))
    assert [label for label in labels(scene) if label not in ("wall", "floor")] == ["table"]


def test_three_rods_in_a_circle_are_still_put_in_an_order() -> None:
    # Each passes before the next: no order paints all three crossings right.
    def rod(
        start: tuple[float, float, float], end: tuple[float, float, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        a, b = np.array(start), np.array(end)
        off = np.array([0.0, 0.0, 0.12])
        corners = np.array([a - off, b - off, b + off, a + off])
        return corners, np.array([(0, 1, 2), (0, 2, 3)])

    rods = [
        rod((3.6, -1.0, 0.7), (4.4, 1.0, 0.75)),
        rod((3.6, 0.9, 0.5), (4.4, -0.1, 1.8)),
        rod((3.6, 0.1, 1.8), (4.4, -0.9, 0.5)),
    ]
    loose = Limits(least_things=1, wrong_share=1.0, agreement=0.9)
    scene = seen(*[body(f"rod {number}", item) for number, item in enumerate(rods)], limits=loose)
    assert sorted(labels(scene))[1:4] == ["rod 0", "rod 1", "rod 2"]


def test_what_is_too_small_or_hidden_is_left_out() -> None:
    speck = box((8, 0.2, 1.0), (8.02, 0.22, 1.02))
    hidden = box((4, -0.1, 0.2), (4.5, 0.1, 0.6))
    front = box((2.5, -0.4, 0), (3, 0.4, 0.9))
    scene = seen(body("front", front), body("hidden", hidden), body("speck", speck))
    assert [label for label in labels(scene) if label not in ("wall", "floor")] == ["front"]


def test_things_on_a_table_beyond_the_edge_leave_with_it() -> None:
    board = table(1.0, 1.6, 0.75)
    board[0][:, :2] += np.array([2.0, 2.25])
    cup = box((2.4, 1.1, 0.75), (2.6, 1.3, 1.0))
    other = body("other", box((4, -0.5, 0), (5, 0.5, 1)))
    assert "cup" not in labels(seen(body("table", board), body("cup", cup, 0), other))
    assert "cup" in labels(seen(body("table", board), body("cup", cup, "floor"), other))


def test_a_thing_right_before_the_camera_makes_no_scene() -> None:
    wardrobe = body("wardrobe", box((0.5, -0.7, 0), (1.0, 0.7, 2)))
    assert compose(World("room", (FLOOR, WALL), (wardrobe,)), CAMERA, "", "", FEW) is None


def test_too_few_things_make_no_scene() -> None:
    lone = body("box", box((4, -1, 0), (5, 1, 1)))
    assert compose(World("room", (FLOOR, WALL), (lone,)), CAMERA, "", "", Limits(least_things=2)) is None


def test_billboards_are_layers_and_texts_name_their_place() -> None:
    board = Billboard("cat", np.ones((20, 10), bool), (4.0, 0.0, 0.75), 0.3, 0)
    carrier = table(1.0, 1.6, 0.75)
    carrier[0][:, 0] += 4.0
    scene = compose(World("kitchen", (FLOOR, WALL), (body("table", carrier),), (board,)), CAMERA, "", "", FEW)
    assert scene is not None
    cat = next(layer for layer in scene.layers if layer.label == "cat")
    assert "cat on the table" in cat.texts
    assert any("kitchen" in text and "cat" in text for text in scene.texts)


def test_a_pile_is_painted_from_below() -> None:
    low = joined(box((4, -1, 0), (5, 1, 0.5)))
    scene = seen(body("top", box((4.2, -0.3, 0.5), (4.8, 0.3, 0.9)), 1), body("base", low))
    assert labels(scene)[-2:] == ["base", "top"]


def test_a_shelf_comes_before_the_jar_that_its_board_hides_a_little_of() -> None:
    board = box((4.0, -1.0, 1.3), (4.4, 1.0, 1.33))
    jar = box((4.3, -0.2, 1.33), (4.38, 0.2, 2.1))
    scene = seen(body("shelf", board, "wall"), body("jar", jar, 0))
    assert labels(scene)[-2:] == ["shelf", "jar"]


def test_a_jar_that_its_shelf_hides_in_part_is_left_out() -> None:
    board = box((3.0, -1.0, 1.7), (3.6, 1.0, 1.73))
    jar = box((3.5, -0.1, 1.73), (3.58, 0.1, 1.95))
    assert "jar" not in labels(seen(body("shelf", board, "wall"), body("jar", jar, 0)))


def test_what_a_hidden_table_carries_leaves_with_it() -> None:
    screen, board = box((2.0, -1.5, 0), (2.1, 1.5, 1.0)), box((4, -0.5, 0), (5, 0.5, 0.6))
    pole = box((4.4, -0.05, 0.6), (4.5, 0.05, 2.5))
    scene = seen(body("screen", screen), body("table", board), body("pole", pole, 1))
    assert [name for name in labels(scene) if name not in ("floor", "wall")] == ["screen"]
