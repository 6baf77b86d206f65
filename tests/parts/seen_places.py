"""Layouts of places that a known camera sees: upright boxes on level ground, and empty rooms."""

from collections.abc import Iterable

import numpy as np
from shapes import rectangle

from smartmask.data.synthesis.stage.rasterize import rasterize_polygon
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout

Thing = tuple[str, float, float, float, float]
"""Label, height and width in metres, depth, metres to the right."""


def open_place(camera: Camera, things: Iterable[Thing], ground: str = "grass", behind: str = "sky") -> Layout:
    """Ground up to the horizon and upright things on it, the nearest in front; visible masks."""
    height, width = camera.size_hw
    top = int(np.clip(round(camera.horizon), 0, height))
    masks = [(behind, rectangle(camera.size_hw, (0, 0, width, top)))]
    masks += [(ground, rectangle(camera.size_hw, (0, top, width, height)))]
    for label, tall, wide, depth, across in sorted(things, key=lambda thing: -thing[3]):
        x, foot = camera.size_hw[1] / 2 + across * camera.focal_px / depth, camera.row_at(depth)
        (point,) = camera.ground_points(np.array([[x, foot]]))
        head = float(camera.project(point[None] + np.array([[0, 0, tall]]))[0, 1])
        half = wide * camera.focal_px / depth / 2
        corners = np.clip(np.round([x - half, head, x + half, foot]), 0, [width, height, width, height])
        x0, y0, x1, y1 = (int(corner) for corner in corners)
        masks.append((label, rectangle(camera.size_hw, (x0, y0, x1, y1))))
    layout = Layout(camera.size_hw, tuple(Layer(label, mask) for label, mask in masks if mask.any()))
    seen = zip(layout.labels, layout.visible(), strict=True)
    return Layout(camera.size_hw, tuple(Layer(label, mask) for label, mask in seen if mask.any()))


def agrees(layout: Layout, depth: np.ndarray) -> bool:
    """Whether no layer is deeper than one behind it on the other side of a border."""
    index = layout.visible_index()
    for turn in (lambda array: array, np.transpose):
        numbers, metres = turn(index), turn(depth)
        for one, other in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            hides = (numbers[one] > numbers[other]) & (numbers[other] >= 0)
            if (metres[one] > metres[other])[hides].any():
                return False
    return True


def empty_room(camera: Camera, yaw: float, near: tuple[float, float], far: tuple[float, float]) -> Layout:
    """Floor, walls and ceiling of a room turned by `yaw`, its corners `near` and `far` from the camera."""
    (x0, y0), (x1, y1) = near, far
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    plan = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    floor, ceiling = ([(*point, z) for point in plan] for z in (0.0, 2.6))
    walls = [[floor[k], floor[(k + 1) % 4], ceiling[(k + 1) % 4], ceiling[k]] for k in range(4)]
    layers = []
    for label, faces in (("wall", walls), ("floor", [floor]), ("ceiling", [ceiling])):
        mask = np.zeros(camera.size_hw, bool)
        for face in faces:
            corners = np.array(face)
            corners[:, :2] = corners[:, :2] @ turn
            patch = rasterize_polygon(corners, camera)
            if patch is not None:
                mask |= patch.on_canvas(camera.size_hw) > 0
        layers.append(Layer(label, mask))
    return Layout(camera.size_hw, tuple(layer for layer in layers if layer.mask.any()))
