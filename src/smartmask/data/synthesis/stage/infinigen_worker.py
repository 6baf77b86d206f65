"""Makes one mesh with infinigen (the PyPI package, BSD-3), as `mesh_making.py` asks for it.

Runs in an environment of its own and so needs nothing of this package. Written for infinigen 1.15, whose
factories are made from a seed and build a Blender object with `spawn_asset(number)`; the triangles of all
objects and instances in the scene are then taken as Blender would render them.
"""

import importlib
import importlib.util
import sys
from typing import Any

import numpy as np

KINDS: dict[str, tuple[str, str]] = {
    "armchair": ("seating", "ArmChairFactory"),
    "bar stool": ("seating", "BarChairFactory"),
    "bed frame": ("seating", "BedFrameFactory"),
    "chair": ("seating", "ChairFactory"),
    "mattress": ("seating", "MattressFactory"),
    "office chair": ("seating", "OfficeChairFactory"),
    "pillow": ("seating", "PillowFactory"),
    "sofa": ("seating", "SofaFactory"),
    "cocktail table": ("tables", "TableCocktailFactory"),
    "coffee table": ("tables", "CoffeeTableFactory"),
    "dining table": ("tables", "TableDiningFactory"),
    "side table": ("tables", "SideTableFactory"),
    "bookcase": ("shelves", "SimpleBookcaseFactory"),
    "cabinet": ("shelves", "SingleCabinetFactory"),
    "corner shelf": ("shelves", "TriangleShelfFactory"),
    "cube shelf": ("shelves", "CellShelfFactory"),
    "desk": ("shelves", "SimpleDeskFactory"),
    "kitchen cabinet": ("shelves", "KitchenCabinetFactory"),
    "shelf": ("shelves", "LargeShelfFactory"),
    "tv stand": ("shelves", "TVStandFactory"),
    "ceiling lamp": ("lamp", "CeilingClassicLampFactory"),
    "floor lamp": ("lamp", "FloorLampFactory"),
    "table lamp": ("lamp", "DeskLampFactory"),
    "dishwasher": ("appliances", "DishwasherFactory"),
    "fridge": ("appliances", "BeverageFridgeFactory"),
    "microwave": ("appliances", "MicrowaveFactory"),
    "monitor": ("appliances", "MonitorFactory"),
    "oven": ("appliances", "OvenFactory"),
    "tv": ("appliances", "TVFactory"),
    "bathtub": ("bathroom", "BathtubFactory"),
    "sink": ("bathroom", "StandingSinkFactory"),
    "toilet": ("bathroom", "ToiletFactory"),
    "blanket": ("clothes", "BlanketFactory"),
    "shirt": ("clothes", "ShirtFactory"),
    "towel": ("clothes", "TowelFactory"),
    "trousers": ("clothes", "PantsFactory"),
    "bottle": ("tableware", "BottleFactory"),
    "bowl": ("tableware", "BowlFactory"),
    "can": ("tableware", "CanFactory"),
    "cup": ("tableware", "CupFactory"),
    "food bag": ("tableware", "FoodBagFactory"),
    "food box": ("tableware", "FoodBoxFactory"),
    "fork": ("tableware", "ForkFactory"),
    "fruit bowl": ("tableware", "FruitContainerFactory"),
    "jar": ("tableware", "JarFactory"),
    "knife": ("tableware", "KnifeFactory"),
    "pan": ("tableware", "PanFactory"),
    "plate": ("tableware", "PlateFactory"),
    "pot": ("tableware", "PotFactory"),
    "spatula": ("tableware", "SpatulaFactory"),
    "spoon": ("tableware", "SpoonFactory"),
    "wine glass": ("tableware", "WineglassFactory"),
    "book": ("table_decorations", "BookFactory"),
    "book stack": ("table_decorations", "BookStackFactory"),
    "vase": ("table_decorations", "VaseFactory"),
    "mirror": ("wall_decorations", "MirrorFactory"),
    "picture": ("wall_decorations", "WallArtFactory"),
    "window": ("windows", "WindowFactory"),
    "door": ("elements.doors", "PanelDoorFactory"),
    "glass door": ("elements.doors", "GlassPanelDoorFactory"),
    "staircase": ("elements.staircases", "StraightStaircaseFactory"),
    "fern": ("small_plants", "FernFactory"),
    "snake plant": ("small_plants", "SnakePlantFactory"),
    "spider plant": ("small_plants", "SpiderPlantFactory"),
    "succulent": ("small_plants", "SucculentFactory"),
    "boulder": ("rocks", "BoulderFactory"),
    "beetle": ("creatures", "BeetleFactory"),
    "bird": ("creatures", "BirdFactory"),
    "fish": ("creatures", "FishFactory"),
    "conch": ("mollusk", "ConchFactory"),
    "bush": ("trees", "BushFactory"),
    "tree": ("trees", "TreeFactory"),
}
"""Module below `infinigen.assets.objects` and factory of each kind."""

_MOST_TRIANGLES = 6000
_CELLS = 112
"""Clusters along the longest side: the outline moves by less than 1 % of the size, and thin legs stay."""
_MOST_VERTICES = 3_000_000
_PACKAGES = ("bpy", "infinigen")


def main(arguments: list[str]) -> int:
    """Make one mesh, or say whether that can be done here."""
    lacking = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if lacking:
        print(  # noqa: T201
            f"package {lacking[0]} is missing; run `python3.11 -m venv meshes-env && "
            "meshes-env/bin/pip install infinigen` (2.3 GB) and give --python meshes-env/bin/python"
        )
        return 3
    if arguments == ["--check"]:
        return 0
    kind, seed, path = arguments
    vertices, faces = _spawn(kind, int(seed))
    if len(faces) > _MOST_TRIANGLES:
        vertices, faces = clustered(vertices, faces)
    index_type = np.uint16 if len(vertices) <= 65535 else np.int32
    np.savez_compressed(path, v=vertices.astype(np.float16), f=faces.astype(index_type), name=np.str_(kind))
    return 0


def _spawn(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices in metres and triangles of a new object."""
    bpy: Any = importlib.import_module("bpy")
    fixed_seed: Any = importlib.import_module("infinigen.core.util.math").FixedSeed
    module, factory = KINDS[kind]
    make: Any = getattr(importlib.import_module(f"infinigen.assets.objects.{module}"), factory)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with fixed_seed(seed):
        make(seed).spawn_asset(0)
    all_vertices, all_faces, count = [], [], 0
    for instance in bpy.context.evaluated_depsgraph_get().object_instances:
        item = instance.object
        if item.type not in ("MESH", "CURVE", "SURFACE", "META"):
            continue
        if (not instance.is_instance and item.hide_render) or count > _MOST_VERTICES:
            continue
        mesh = item.to_mesh()
        if mesh is None or not len(mesh.vertices):
            continue
        mesh.calc_loop_triangles()
        vertices = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", vertices)
        faces = np.empty(len(mesh.loop_triangles) * 3, np.int32)
        mesh.loop_triangles.foreach_get("vertices", faces)
        matrix = np.array(instance.matrix_world, np.float32)
        all_vertices.append(vertices.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
        all_faces.append(faces.reshape(-1, 3) + count)
        count += len(all_vertices[-1])
        item.to_mesh_clear()
    if not all_faces:
        raise RuntimeError(f"infinigen made no surface for {kind!r} with seed {seed}")
    return np.concatenate(all_vertices), np.concatenate(all_faces)


def clustered(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mesh with all vertices of a cell of a grid merged at their mean, and no triangle twice."""
    low = vertices.min(0)
    cell = max(float(np.ptp(vertices, 0).max()) / _CELLS, 1e-6)
    places = np.round((vertices - low) / cell).astype(np.int64)
    keys = (places[:, 0] * 4096 + places[:, 1]) * 4096 + places[:, 2]
    _, cluster = np.unique(keys, return_inverse=True)
    members = np.bincount(cluster)
    merged = np.stack([np.bincount(cluster, vertices[:, axis]) / members for axis in range(3)], 1)
    triangles = cluster[faces]
    a, b, c = triangles.T
    triangles = triangles[(a != b) & (b != c) & (a != c)]
    _, first = np.unique(np.sort(triangles, 1), axis=0, return_index=True)
    return merged.astype(np.float32), triangles[np.sort(first)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
