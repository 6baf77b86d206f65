"""What many open places share: camera, houses, trees, the line of the horizon, people, things that fly."""

import numpy as np
from jaxtyping import Float

from smartmask.data.synthesis.outdoor import bodies
from smartmask.data.synthesis.outdoor.plants import KINDS, draw_bush, draw_tree
from smartmask.data.synthesis.outdoor.stage import Stage
from smartmask.data.synthesis.stage.world import Body
from smartmask.perspective.scales import WILD
from smartmask.scene.camera import Camera

_TREE_HEIGHTS = {"round": (4.0, 12.0), "tall": (6.0, 16.0), "fir": (4.0, 16.0), "palm": (4.0, 9.0)}


def view(rng: np.random.Generator, size_hw: tuple[int, int], at: tuple[float, float], yaw: float) -> Camera:
    """A camera in a person's hands, now and then on a balcony, with the horizon in the picture."""
    is_high = rng.random() < 0.12
    height = float(rng.uniform(2.5, 6.0)) if is_high else float(rng.uniform(1.35, 1.8))
    focal_px = Camera.equivalent_focal_px(float(np.exp(rng.uniform(np.log(24), np.log(60)))), size_hw)
    pitch = float(np.clip(rng.normal(-0.05, 0.05), -0.16, 0.08)) - (0.08 if is_high else 0.0)
    # The horizon stays within the middle half of the picture, however long the lens is.
    most = float(np.arctan(0.25 * size_hw[0] / focal_px))
    pitch = float(np.clip(pitch, -most, most))
    return Camera(position=(*at, height), yaw=yaw, pitch=pitch, focal_px=focal_px, size_hw=size_hw)


def add_buildings(stage: Stage, wall: float, *, is_dense: bool) -> None:
    """A row of houses along x whose fronts stand at y = `wall`, away from y = 0."""
    rng = stage.rng
    side = 1.0 if wall > 0 else -1.0
    is_town = is_dense or rng.random() < 0.5
    setback = 0.15 if is_town else float(rng.uniform(1.5, 6.0))
    x = float(rng.uniform(-30, -10))
    while x < 110:
        width = float(rng.uniform(6, 13)) if is_town else float(rng.uniform(7, 14))
        height = float(rng.uniform(5, 17)) if is_town else float(rng.uniform(2.8, 6.5))
        gable = float(rng.uniform(1.5, 3.5)) if rng.random() < (0.3 if is_town else 0.85) else 0.0
        depth = float(rng.uniform(7, 11))
        shape = bodies.building(width, depth, height, gable)
        point = (x + width / 2, wall + side * (setback + depth / 2 + 0.4))
        words = ("apartment house",) if height > 10 else ("house",)
        number = stage.build(
            "building" if is_town else "house", shape, point, np.pi if side > 0 else 0.0, words=words
        )
        if number is not None:
            _add_openings(stage, number, point, (width, depth, height), side)
        x += width + (float(rng.choice([0.3, 0.3, 3.0])) if is_town else float(rng.uniform(3, 12)))


def _add_openings(
    stage: Stage, number: int, at: tuple[float, float], size: tuple[float, float, float], side: float
) -> None:
    """Windows and a door in the front of a house that is near enough to tell them apart."""
    rng = stage.rng
    width, depth, height = size
    front = (at[0], at[1] - side * depth / 2)
    _, _, ahead = stage.camera.project(np.array([(*front, 1.5)]))[0]
    near = stage.camera.focal_px * 1.4 / max(ahead, 0.1)
    if ahead <= 3 or not 18 < near < 200:
        return
    columns = max(1, int(width / float(rng.uniform(2.4, 4.5))))
    floors = min(3, max(1, int(height / 3.2)))
    wide, high = float(rng.uniform(0.9, 1.6)), float(rng.uniform(1.1, 1.7))
    door = int(rng.integers(columns))
    angle = np.pi if side > 0 else 0.0
    for floor in range(floors):
        for column in range(columns):
            x = (column + 0.5) / columns * width - width / 2
            is_door = floor == 0 and column == door
            if not is_door and rng.random() < 0.25:
                continue
            label = "door" if is_door else "window"
            shape = bodies.panel(1.1, 2.1, 0.0) if is_door else bodies.panel(wide, high, 0.95 + 3.1 * floor)
            point = (front[0] + x, front[1])
            seen = stage.camera.project(np.array([(*point, 1.2 + 3.1 * floor)]))[0]
            is_in_view = 0 < seen[0] < stage.camera.size_hw[1] and 0 < seen[1] < stage.camera.size_hw[0]
            if seen[2] > 1 and is_in_view:
                stage.build(label, shape, point, angle, support=number)


def add_plants(
    stage: Stage,
    label: str,
    count: int,
    *,
    kind: str | None = None,
    along: tuple[float, float] | None = None,
) -> None:
    """Trees or bushes on soft ground, or in a row.

    Args:
        stage: The place.
        label: "tree" or "bush".
        count: How many at most.
        kind: Of which kind the trees are; drawn if None.
        along: For a row along x: its y, and how far it goes.
    """
    rng = stage.rng
    kind = kind or str(rng.choice(KINDS[:3], p=[0.6, 0.2, 0.2]))
    words = {"fir": ("fir", "conifer"), "palm": ("palm tree", "palm")}.get(kind, ())
    row = np.linspace(4, along[1], count) + rng.normal(0, 0.4, count) if along else None
    for number in range(count):
        if label == "bush":
            mask, height = draw_bush(rng), float(rng.uniform(0.6, 2.2))
        else:
            mask, height = draw_tree(rng, kind), float(rng.uniform(*_TREE_HEIGHTS[kind]))
        if row is not None and along is not None:
            place = float(row[number]), along[0]
        else:
            least = 26.0 if label == "bush" else 45.0
            found = stage.spot(("grass", "sand", "dirt", "field", "ground"), height, 0.5, (least, 420.0))
            if found is None:
                continue
            place = found
        stage.plant(label, mask, height, place, words if label == "tree" else ("shrub",))


def add_horizon(stage: Stage, kind: str, share: float = 1.0) -> None:
    """A line of hills, mountains, woods or houses far away, over a share of the view's width."""
    rng = stage.rng
    distance = {"hill": (250, 900), "mountain": (900, 2500), "wood": (70, 220), "town": (120, 350)}[kind]
    depth = float(np.exp(rng.uniform(np.log(distance[0]), np.log(distance[1]))))
    reach = 1.1 * depth * stage.camera.size_hw[1] / 2 / stage.camera.focal_px
    start = -reach if share >= 1 else float(rng.uniform(-reach, reach * (1 - 2 * share)))
    end = reach if share >= 1 else start + 2 * reach * share
    ends = stage.point(depth, start), stage.point(depth * float(rng.uniform(0.9, 1.1)), end)
    heights = depth * _skyline(rng, kind)
    if share < 1:
        heights = heights * np.minimum(
            1, np.minimum(np.arange(len(heights)), np.arange(len(heights))[::-1]) / 12
        )
    label = {"hill": "hill", "mountain": "mountain", "wood": "forest", "town": "building"}[kind]
    sheet = bodies.ridge(ends, np.maximum(heights, 0.02))
    stage.bodies.append(Body(label, sheet.vertices, sheet.faces, "floor", is_thing=False))


def _skyline(rng: np.random.Generator, kind: str) -> Float[np.ndarray, " K"]:
    """Heights along a line in units of its distance."""
    share = np.linspace(0, 1, 97)
    if kind == "town":
        return np.repeat(rng.uniform(0.03, 0.11, 33), rng.integers(8, 26, 33))
    smooth = sum(
        float(rng.uniform(0.3, 1)) / wave * np.sin(2 * np.pi * (wave * share + float(rng.uniform())))
        for wave in range(1, 9 if kind == "mountain" else 5)
    )
    curve = np.asarray(smooth)
    curve = (curve - curve.min()) / max(float(np.ptp(curve)), 1e-6)
    low, high = {"hill": (0.012, 0.07), "mountain": (0.03, 0.2), "wood": (0.05, 0.08)}[kind]
    rough = {"hill": 0.0006, "mountain": 0.003, "wood": 0.006}[kind]
    return low + (high - low) * curve * float(rng.uniform(0.6, 1)) + rough * rng.standard_normal(97)


def add_clutter(stage: Stage, labels: tuple[str, ...], support: str) -> None:
    """One or two things of any other label that such ground carries, so that rare labels are met too."""
    usual = {"person", "car", "bus", "bicycle", "motorcycle", "dog", "cow", "sheep", "horse", "bird", "truck"}
    found = stage.library.labels_on("pavement" if support == "pavement" else "ground")
    rare = sorted(set(found) - usual - WILD)
    for _ in range(int(stage.rng.integers(0, 3))):
        if rare:
            stage.stand(str(stage.rng.choice(rare)), labels)


def add_flyers(stage: Stage, *, birds: float, airplanes: float, kites: float = 0.0) -> None:
    """Birds, an airplane or a kite in the sky, each with a chance."""
    rng = stage.rng
    height, width = stage.camera.size_hw
    top = float(np.arctan(height / 2 / stage.camera.focal_px)) + stage.camera.pitch
    if rng.random() < birds:
        for _ in range(int(rng.integers(1, 6))):
            stage.fly("bird", (0.25 * top, 0.9 * top), (14, 0.12 * width))
    if rng.random() < airplanes:
        stage.fly("airplane", (0.35 * top, 0.85 * top), (30, 0.3 * width))
    if rng.random() < kites:
        stage.fly("kite", (0.3 * top, 0.85 * top), (20, 0.12 * width))


def people(stage: Stage, labels: tuple[str, ...], groups: tuple[int, int]) -> None:
    """Groups of one to four people, more of them standing than sitting."""
    for _ in range(int(stage.rng.integers(groups[0], groups[1] + 1))):
        count = int(stage.rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
        aspects = (0.0, 0.6) if stage.rng.random() < 0.85 else (0.6, 1.2)
        stage.stand("person", labels, aspects=aspects, count=count)


def facing(stage: Stage) -> float:
    """A turn that shows a thing's front (+y) to the camera, more or less."""
    return float(stage.camera.yaw + np.pi / 2 + stage.rng.uniform(-0.9, 0.9))


def add_boulders(stage: Stage, labels: tuple[str, ...], chance: float) -> None:
    """Up to four rocks."""
    if stage.rng.random() >= chance:
        return
    for _ in range(int(stage.rng.integers(1, 5))):
        size = float(np.exp(stage.rng.normal(0.0, 0.5)))
        point = stage.spot(labels, size * 0.6, size, (22, 120))
        if point is not None:
            stage.build("rock", bodies.boulder(stage.rng, size), point, words=("boulder", "stone"))
