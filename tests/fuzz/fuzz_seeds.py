"""Sound small inputs of every kind that is read from elsewhere, made by the library and tests' builders."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from annotation_files import LARGE, SIZE, SMALL, plain_runs, png, polygon, runs
from layout_examples import photo_of, room, seen_of
from PIL import Image, ImageCms

from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.data.layout_formats import FILE_NAMES, SEEN_ONLY, layout_files_as
from smartmask.data.shards import DatasetSpec, write_shard, write_spec
from smartmask.data.synthesis.stage.silhouettes import Silhouette, SilhouetteLibrary
from smartmask.pipelines.insertion.history import InsertionHistory, RecordedStep
from smartmask.pipelines.insertion.history_files import history_to_json
from smartmask.pipelines.insertion.insert import InsertSettings
from smartmask.pipelines.planning import plan_record
from smartmask.protocols import PlannedObject
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.rle import encode_rle
from smartmask.weights import WEIGHTS


@dataclass(frozen=True, slots=True)
class Seed:
    """An input: the files of a folder, and which of them, or the folder, is given to the reader `kind`."""

    kind: str
    files: dict[str, bytes]
    given: str


def seeds() -> list[Seed]:
    """All of them; the same each time."""
    return [*_pictures(), *_layouts(), *_datasets(), *_tables(), *_records(), *_stores(), *_texts()]


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _pictures() -> Iterator[Seed]:
    rgb = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    made = {
        "rgb.png": _saved(rgb, "PNG", icc_profile=profile),
        "palette.png": _saved(rgb.quantize(16), "PNG", transparency=3),
        "grey.png": _saved(rgb.convert("LA"), "PNG"),
        "deep.png": _saved(Image.fromarray(np.arange(108, dtype=np.uint16).reshape(9, 12) * 600), "PNG"),
        "photo.jpg": _saved(rgb, "JPEG", exif=exif, icc_profile=profile),
        "cmyk.jpg": _saved(rgb.convert("CMYK"), "JPEG"),
        "a.webp": _saved(rgb.convert("RGBA"), "WEBP"),
        "a.tif": _saved(rgb, "TIFF", compression="tiff_lzw"),
        "a.gif": _saved(rgb.quantize(8), "GIF"),
        "a.bmp": _saved(rgb, "BMP"),
        "a.ppm": _saved(rgb, "PPM"),
        "a.jp2": _saved(rgb, "JPEG2000"),
        "a.avif": _saved(rgb, "AVIF"),
    }
    for name, content in made.items():
        yield Seed("picture", {name: content}, name)


def _layouts() -> Iterator[Seed]:
    layout = room()
    for name, file in FILE_NAMES.items():
        shown = seen_of(layout) if name in SEEN_ONLY else layout
        yield Seed("layout", layout_files_as(name, shown, photo=photo_of(shown)), file)


def _encoded(content: object) -> bytes:
    return json.dumps(content).encode()


def _coco(annotations: list[dict[str, Any]]) -> dict[str, Any]:
    image = {"id": 9, "height": SIZE[0], "width": SIZE[1], "file_name": "9.jpg"}
    categories = [{"id": 5, "name": "dog", "isthing": 1, "synonyms": ["hound"]}]
    return {"images": [image], "annotations": annotations, "categories": categories}


def _datasets() -> Iterator[Seed]:
    about = {"image_id": 9, "category_id": 5, "iscrowd": 0}
    masks = (polygon(4, 4, 60, 44), [polygon(20, 14, 40, 34)], runs(SMALL), plain_runs(LARGE))
    objects = [about | {"id": number, "segmentation": mask} for number, mask in enumerate(masks)]
    for kind in ("coco-instances", "lvis"):
        yield Seed(f"dataset {kind}", {"a.json": _encoded(_coco(objects))}, "a.json")
    seen = {"oco_id": 1, "ico_id": 2, "a_segm": [polygon(4, 4, 60, 44)], "i_segm": runs(LARGE & ~SMALL)}
    yield Seed("dataset kins", {"a.json": _encoded(_coco([about | seen | {"id": 1}]))}, "a.json")
    ids = np.where(SMALL, 5, np.where(LARGE, 300, 0))
    infos = [{"id": 5, "category_id": 5}, {"id": 300, "category_id": 5, "iscrowd": 1}]
    panoptic = _coco([{"image_id": 9, "file_name": "9.png", "segments_info": infos}])
    colours = png(np.stack([ids % 256, ids // 256, 0 * ids], -1))
    yield Seed("dataset coco-panoptic", {"a.json": _encoded(panoptic), "a/9.png": colours}, "a.json")
    regions = [
        {"name": "table", "order": 2, "isStuff": 0, "segmentation": polygon(4, 4, 60, 44)},
        {"name": "cup", "order": 1, "isStuff": 0, "segmentation": polygon(20, 14, 40, 34)},
    ]
    hidden = {"visible_mask": runs(LARGE & ~SMALL)}
    cocoa = {
        "image_id": 9,
        "id": 41,
        "url": "http://a/COCO_9.jpg",
        "regions": [regions[0] | hidden, regions[1]],
    }
    yield Seed("dataset cocoa", {"set/9.json": _encoded(cocoa)}, "set")
    yield Seed("dataset cocoa", {"a.json": _encoded(_coco([cocoa]))}, "a.json")
    parts = {"hasparts": [], "ispartof": [], "part_level": 0}
    thing = {"id": 0, "name": "floor, flooring", "raw_name": "floor", "parts": parts}
    thing |= {"instance_mask": "A/instance_0.png", "depth_ordering_rank": 1, "occluded": "no", "crop": "0"}
    ade = {"annotation": {"filename": "A.jpg", "imsize": [*SIZE, 3], "object": [thing]}}
    files = {
        "t/A.json": _encoded(ade),
        "t/A/instance_0.png": png(np.where(SMALL, 128, np.where(LARGE, 255, 0))),
    }
    yield Seed("dataset ade20k", files, "t")
    classes = png(np.where(SMALL, 12, np.where(LARGE, 11, 0)), "P")
    numbers = png(np.where(SMALL, 1, np.where(LARGE, 2, 0)), "P")
    named = "".join(f"<object><name>{name}</name></object>" for name in ("dog", "diningtable"))
    size = f"<size><width>{SIZE[1]}</width><height>{SIZE[0]}</height></size>"
    xml = f"<annotation><filename>1.jpg</filename>{size}{named}</annotation>".encode()
    voc = {"SegmentationObject/1.png": numbers, "SegmentationClass/1.png": classes, "Annotations/1.xml": xml}
    yield Seed("dataset voc", {f"v/{name}": content for name, content in voc.items()}, "v")
    sprite = np.zeros((40, 60, 4))
    sprite[:, :30] = 255
    scene = "2,s_3s.png,0,3,0,100,80,0,0,t_4s.png,1,4,7,130,90,1,1"
    told = {"image_id": 27, "abs_t": scene, "dialog": [{"msg_t": "hi", "abs_d": scene}]}
    clip_art = {f"Pngs/{name}": png(sprite) for name in ("s_3s.png", "t_4s.png")}
    yield Seed("dataset codraw", {"a.json": _encoded({"data": {"train_1": told}}), **clip_art}, "a.json")


def _tables() -> Iterator[Seed]:
    sized = {"height": SIZE[0], "width": SIZE[1]}
    held = [{"name": "dog", "complete": 1, "occluded": 0, "truncated": 0, "counts": encode_rle(SMALL)}]
    photo = sized | {"image_id": 7, "file_name": "7.jpg", "objects": held}
    classes = png(np.where(SMALL, 12, 0))
    amodal = [{"name": "boy", "amodal": encode_rle(LARGE), "order": 1}]
    rows: dict[str, dict[str, Any]] = {
        "coco": photo,
        "lvis": photo,
        "taco": photo,
        "voc": photo | {"image_id": "2007_1", "class_map_png": classes},
        "nyu40": sized | {"image_id": "0001", "class_map_png": png(np.where(SMALL, 2, 1))},
        "codraw": sized | {"scene_id": 27, "source": "teller", "objects": amodal},
    }
    names = _encoded(["void", "wall", "chair"])
    for name, row in rows.items():
        made = io.BytesIO()
        parquet.write_table(pa.Table.from_pylist([row]), made)
        files = {"scenes.parquet": made.getvalue(), "classes.json": names}
        yield Seed(f"dataset parquet-{name}", files, "scenes.parquet")


def _records() -> Iterator[Seed]:
    layout, settings = room(), InsertSettings()
    mask = layout.layers[2].mask
    step = RecordedStep(
        prompt="a cat",
        inpainter="reference",
        mask=mask,
        behind=(1,),
        seed=3,
        settings=settings,
        digest="0" * 64,
    )
    yield Seed("history", {"a.json": history_to_json(InsertionHistory("0" * 64, layout, (step,)))}, "a.json")
    planned = PlannedObject("cat", "a cat", (3.0, 2.0, 6.0, 5.0), 1)
    taken = plan_record.RecordedStep(planned, mask, 0.5, 3, 4, 1, True)
    camera = Camera.of_horizon(2.0, 1.6, 8.0, layout.size_hw)
    plan = plan_record.PlanRecord("a room", 1, 5, "embedded", "0" * 64, layout, camera, (taken,))
    yield Seed("plan", {"a.json": plan.to_json()}, "a.json")
    answer = {"label": "cat", "description": "a cat", "box": [100, 200, 300, 400], "behind": None}
    yield Seed("answer", {"a.json": _encoded(answer)}, "a.json")
    picture = png(np.zeros((*SIZE, 3)))
    line = {"image": "a.png", "mask": "m.png", "text": "a dog", "result": "a.png", "raw": "a.png"}
    files = {"a.png": picture, "m.png": png(np.where(SMALL, 255, 0))}
    lines = b"\n".join([_encoded(line)] * 3)
    yield Seed("insertions", {"metadata.jsonl": lines, **files}, ".")


def _stores() -> Iterator[Seed]:
    """What the library keeps itself: shards, silhouettes, weights."""
    layers = tuple(
        SceneLayer.of(name, mask, extent="amodal", is_thing=True, texts=("it",))
        for name, mask in (("table", LARGE), ("dog", SMALL))
    )
    scene = LayeredScene("coco:1", "coco:1", SIZE, layers, False, ("a room",), encode_rle(SMALL))
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_spec(folder, DatasetSpec(source="coco", settings={"a": 1}, scenes_per_shard=2))
        write_shard(folder / "shard-000000.parquet", [scene, scene])
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        shapes = (Silhouette("dog", (48, 64), np.packbits(SMALL).tobytes(), "mine", "1"),)
        SilhouetteLibrary(shapes).save(folder / "a.npz")
        yield Seed("shards", files, ".")
        yield Seed("silhouettes", {"a.npz": (folder / "a.npz").read_bytes()}, "a.npz")
    for name in ("ranker.npz", "planner.npz", "outlines.npz", "chooser.npz", "codec.npz"):
        if (WEIGHTS / name).is_file():
            yield Seed(f"weights {name}", {"a.npz": (WEIGHTS / name).read_bytes()}, "a.npz")


def _texts() -> Iterator[Seed]:
    for text in (
        "a brown dog on the sofa",
        "two cups and a plate, no chairs",
        "ein Hund im Garten",
        "一只猫",
    ):
        yield Seed("prompt", {"a.txt": text.encode()}, "a.txt")
    mask = {"size": [72, 96], "counts": encode_rle(np.eye(72, 96, dtype=bool))}
    bodies: dict[str, Any] = {
        "/v1/layouts": {"photo_id": "PHOTO"},
        "/v1/layouts/LAYOUT/edits": {
            "edits": [
                {"do": "rename", "layer": 0, "label": "wall"},
                {"do": "push", "label": "a", "rle": mask},
            ]
        },
        "/v1/suggest": {"layout_id": "LAYOUT", "prompt": "a dog", "n": 1, "seed": 1, "box": [10, 10, 60, 60]},
        "/v1/suggest?": {"layout_id": "LAYOUT", "prompt": "a dog", "n": 1, "scribble": {"wanted": mask}},
        "/v1/suggest??": {"layout_id": "LAYOUT", "prompt": "a dog", "n": 1, "region": [1, 2, 30, 40]},
        "/v1/export": {"layout_id": "LAYOUT", "format": "psd"},
        "/v1/export?": {"layout_id": "LAYOUT", "format": "mask", "rle": mask, "grow": 3.0},
        "/v1/insert": {
            "photo_id": "PHOTO",
            "layout_id": "LAYOUT",
            "rle": mask,
            "prompt": "a dog",
            "cutout_id": "CUTOUT",
        },
        "/v1/plan": {"layout_id": "LAYOUT", "prompt": "a room", "limit": 2, "seed": 1},
    }
    for path, body in bodies.items():
        yield Seed("http", {"body": _encoded(body)}, path)
    for name, file in FILE_NAMES.items():
        if name not in ("label-map", "label-map-csv", "coco-panoptic"):
            yield Seed(
                "http",
                {"body": layout_files_as(name, Layout((4, 5), (_wall(),)))[file]},
                "/v1/layouts/import",
            )
    yield Seed("http", {"body": png(np.zeros((6, 8, 3)))}, "/v1/photos")


def _wall() -> Layer:
    return Layer("wall", np.ones((4, 5), bool))
