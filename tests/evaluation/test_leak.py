"""Does the hole of a removed object give it away? Asked of the shipped models on held-out photos."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from shipped import needs_shipped

from smartmask.apps.load_suggest import load_ranker, load_recall, load_suggest
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.annotations.base import Problems
from smartmask.data.examples.example import askable
from smartmask.data.examples.removal import Fill, remove_object
from smartmask.data.layered_scene import LayeredScene, split_of
from smartmask.data.sources import read_scenes
from smartmask.evaluation.benchmark.measures import iou_of
from smartmask.evaluation.benchmark.protocol import Entry, frozen
from smartmask.evaluation.benchmark.tasks import Task, task_of
from smartmask.evaluation.ranking import pair_auc, ranking_pairs, score_pairs
from smartmask.model.mask.generator import ShapeGenerator
from smartmask.model.ranker.outlines import load_outline_judge
from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.pipelines.shapes.free_drawing import FreeDrawing
from smartmask.scene.boxes import box_of
from smartmask.scene.layout import UNKNOWN
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

VOC = Path(__file__).parents[3] / "shared" / "data" / "voc" / "scenes.parquet"
RANKER = WEIGHTS / "ranker.npz"
FILLS: tuple[Fill, ...] = ("nearest", "rows", "unknown")
PHOTOS, OBJECTS = 80, 32

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not VOC.is_file(), reason="the annotation data is not beside the repository"),
]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[LayeredScene]:
    """Photos of the test split; read from a slice, since the whole file takes long."""
    names = parquet.read_table(VOC, columns=["image_id"])["image_id"].to_pylist()
    rows = [row for row, name in enumerate(names) if split_of(f"voc:{name}") == "test"]
    path = tmp_path_factory.mktemp("voc") / "scenes.parquet"
    parquet.write_table(parquet.read_table(VOC).take(pa.array(rows[:PHOTOS])), path)
    return list(read_scenes("parquet-voc", path, Problems(strict=True)))


@pytest.fixture(scope="module")
def entries(scenes: list[LayeredScene]) -> list[Entry]:
    """Their objects."""
    return frozen("voc", scenes, "test", asked_for, 10**6)


def asked_for(source: str, scene: LayeredScene) -> Iterator[Entry]:
    """Every object, hidden ones too: holes must not be read next to other things either."""
    for layer in askable(scene):
        yield Entry(source, scene, layer, (layer,))


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


def check(entries: list[Entry], iou: Callable[[Task], float]) -> None:
    """Refuse what draws better where a hole was filled in one way than in another, or badly at all."""
    means = {
        fill: float(np.mean([iou(task_of(entries, place, fill)) for place in range(OBJECTS)]))
        for fill in FILLS
    }
    assert min(means.values()) > 0.4, means
    assert max(means.values()) - min(means.values()) < 0.04, means


@needs_shipped
def test_the_shipped_model_draws_as_well_however_the_hole_was_filled(
    encoder: StaticTextEncoder, entries: list[Entry]
):
    pipeline = load_suggest(None, encoder, load_ranker(encoder), threads=1)

    def iou(task: Task) -> float:
        drawn = pipeline.candidate(task.scene, task.label, None, task.box(), task.number, 0)
        return iou_of(drawn, task.target)

    check(entries, iou)


@needs_shipped
def test_the_shipped_generator_draws_freely_as_well_however_the_hole_was_filled(
    encoder: StaticTextEncoder, entries: list[Entry]
):
    codec = SilhouetteCodec.load(WEIGHTS / "codec.npz")
    generator = ShapeGenerator(WEIGHTS / "generator.onnx", codec.digest)
    judge = load_outline_judge(WEIGHTS / "outlines.npz", codec.digest)
    free = FreeDrawing(generator, judge, codec, encoder, load_recall(None, encoder, codec))

    def iou(task: Task) -> float:
        drawn = free(task.scene, task.label, task.box(), np.random.default_rng(task.number), 1)
        return mask_iou(free.outline(drawn, 0).mask(task.target.shape), task.target)

    check(entries, iou)


@pytest.mark.skipif(not RANKER.is_file(), reason="the shipped weights are not in the package yet")
def test_the_shipped_ranker_tells_true_from_false_as_well_however_holes_were_filled(
    encoder: StaticTextEncoder, scenes: list[LayeredScene]
):
    ranker = load_ranker(encoder)
    found = {fill: pair_auc(score_pairs(ranker, ranking_pairs(scenes, 2 * OBJECTS, fill))) for fill in FILLS}
    assert min(found.values()) > 0.6, found
    assert max(found.values()) - min(found.values()) < 0.05, found


@pytest.mark.parametrize("fill", FILLS, ids="fill {}".format)
def test_a_reader_of_exact_holes_sees_them_as_cut_and_loses_them_when_hidden(fill, entries):
    cut, hidden = [], []
    for place in range(OBJECTS):
        task = task_of(entries, place)
        background = len(task.scene.layout.labels)
        whole = np.where(task.scene.visible_index < 0, background, task.scene.visible_index).astype(np.int16)
        left_open = whole.copy()
        left_open[task.target] = UNKNOWN
        closed = remove_object(whole, task.target, np.random.default_rng([task.number, 5]), fill)
        for index, ious in ((left_open, cut), (closed, hidden)):
            ious.append(mask_iou(hole_read(index, task), task.target))
    assert np.mean(cut) > 0.9
    assert np.mean(hidden) < np.mean(cut) - 0.2


def hole_read(index: np.ndarray, task: Task) -> np.ndarray:
    """The pixels of the object's box whose index is none of those right round the box."""
    x0, y0, x1, y1 = (int(v) for v in box_of(task.target))
    ring = np.zeros(index.shape, bool)
    ring[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1] = True
    ring[y0:y1, x0:x1] = False
    answer = np.zeros(index.shape, bool)
    answer[y0:y1, x0:x1] = ~np.isin(index[y0:y1, x0:x1], np.unique(index[ring]))
    return answer
