"""The suite `boxes` on a tiny collection, by placers that know the answer, or nothing."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from benchmark_data import benchmark_data
from hash_encoder import HashEncoder

from smartmask.apps.load_suggest import load_placer
from smartmask.data.annotations.base import Problems
from smartmask.data.annotations.parquet_boxes import read_named_boxes
from smartmask.errors import AnnotationError
from smartmask.evaluation.benchmark.box_answers import COPIED, PRIOR, BoxAnswers, boxes_of_pictures
from smartmask.evaluation.benchmark.box_relations import holds
from smartmask.evaluation.benchmark.box_tasks import is_copied_from, named_box_tasks
from smartmask.evaluation.benchmark.boxes_runner import run_boxes
from smartmask.evaluation.benchmark.boxes_suite import BoxCollection, boxes_tables
from smartmask.evaluation.benchmark.runner import Request
from smartmask.scene.boxes import box_ious, box_of
from smartmask.weights import WEIGHTS

SHARED = Path(__file__).parents[4] / "shared" / "data" / "boxes"


ROWS = 60


def boxes_folder(folder: Path, rows: int = ROWS) -> Path:
    """Three files as the suite `boxes` reads them."""
    folder.mkdir(exist_ok=True)
    for name in ("flickr30k_entities", "vrd"):
        parquet.write_table(
            pa.Table.from_pylist([_row(name, n) for n in range(rows)]), folder / f"{name}.parquet"
        )
    sentences = [
        {
            **_row("nsr1k", number),
            "normalised": True,
            "labels": ["dog", "cat"],
            "boxes_xyxy": [[0.1, 0.5, 0.3, 0.9], [0.6, 0.5, 0.8, 0.9]],
            "caption": "a dog to the left of a cat",
            "relations": [["0", "left", "1"]],
        }
        for number in range(4)
    ]
    parquet.write_table(pa.Table.from_pylist(sentences), folder / "nsr1k.parquet")
    return folder


def _row(source: str, number: int) -> dict[str, object]:
    """A tree, a dog left of it wherever it stands, and the dog's collar."""
    x = 40.0 + 3 * (number % 50)
    return {
        "source": source,
        "image_id": str(number),
        "height": 200,
        "width": 300,
        "labels": ["tree", "dog", "collar"],
        "boxes_xyxy": [[x + 40, 20, x + 100, 190], [x - 40, 130, x, 190], [x - 30, 140, x - 25, 150]],
    }


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = boxes_folder(tmp_path_factory.mktemp("boxes"))
    return list(read_named_boxes(folder / "vrd.parquet", Problems()))


@pytest.fixture(scope="module")
def collection(pictures):
    tasks = named_box_tasks(pictures, 12, frozenset({"tree", "collar"}))
    copied = [picture for picture in pictures if is_copied_from(picture)]
    return BoxCollection(tasks, BoxAnswers.of(boxes_of_pictures(copied), HashEncoder()))


class BesideTheTree:
    """Reads where the tree is, as the collection has it."""

    def boxes(self, layout, prompt, scene, seed):
        height = layout.size_hw[0]
        x0, _, _, y1 = box_of(layout.layers[0].mask)
        scale = height / 200
        return lambda number, rng, aspect: (x0 - 80 * scale, y1 - 60 * scale, x0 - 40 * scale, y1)


class Corner:
    """Knows one place."""

    def boxes(self, layout, prompt, scene, seed):
        return lambda number, rng, aspect: (0.0, 0.0, 9.0, 9.0)


def test_what_lies_in_the_thing_goes_with_it_and_regions_and_the_other_half_are_not_asked(
    collection, pictures
):
    names = {picture.key for picture in pictures if is_copied_from(picture)}
    assert len(collection.tasks) == 12
    for task in collection.tasks:
        assert task.label == "dog"
        assert task.group not in names
        assert [layer.label for layer in task.layout.layers] == ["tree"]
        assert min(task.layout.size_hw) == 240


def test_a_placer_that_reads_the_layout_hits_and_gains_bits_and_one_that_does_not_loses_them(collection):
    rows = boxes_tables({"boxes": collection}, BesideTheTree(), 2)["boxes"].rows
    found = {name: [cell.mean if cell else None for cell in row] for name, row in rows.items()}
    assert found["placer"][:2] == [1.0, 1.0]
    assert found["placer"][3] == pytest.approx(0, abs=0.05)
    assert found["placer"][4] > 1
    assert found[COPIED][0] < 0.6
    assert found[PRIOR][4] == 0
    blind = boxes_tables({"boxes": collection}, Corner(), 1)["boxes"].rows
    assert blind["placer"][1].mean == 0
    assert blind["placer"][4].mean < 0
    assert blind["one enormous box"][1].mean == 0
    placed, sized = blind["placer, true foot point"], blind["placer, true size"]
    assert placed[3].mean == pytest.approx(blind["placer"][3].mean)
    assert sized[3].mean == pytest.approx(0, abs=1e-6)


def test_copies_are_of_other_pictures(collection, pictures):
    other = np.concatenate([picture.boxes for picture in pictures if is_copied_from(picture)])
    drawn = collection.answers.draw(collection.tasks[0], 10, np.random.default_rng(0))
    assert (np.abs(drawn[COPIED][:, None] - other[None]).max(-1).min(1) < 1e-5).all()
    assert box_ious(drawn[PRIOR], drawn[PRIOR]).diagonal() == pytest.approx(1)


@pytest.mark.parametrize(
    ("relation", "is_held"), [("left", True), ("right", False), ("top", False), ("bottom", False)]
)
def test_a_relation_holds_in_its_direction_alone(relation, is_held):
    assert holds(relation, np.array([0.0, 0.4, 0.2, 0.6]), np.array([0.6, 0.3, 0.8, 0.6])) == is_held


def test_it_runs_from_files_to_a_result_in_json(tmp_path):
    folder, data, encoder = boxes_folder(tmp_path / "boxes"), benchmark_data(tmp_path / "data"), _encoder()
    request = Request(data=data, limit=2, threads=1)
    run = run_boxes(request, folder, load_placer(encoder), encoder, {"sha256": "0" * 64}, None)
    assert json.loads(json.dumps(run.result, allow_nan=False))["suite"] == "boxes"
    assert set(run.result["tables"]) == {"boxes", "scenes", "real", "relations"}
    assert run.result["sources"]["boxes"] == 2
    relations = run.result["tables"]["relations"]["rows"]
    assert relations["the true boxes"][1]["mean"] == 1
    assert relations["planner: left"][1]["count"] == 2


def test_a_file_that_is_not_there_is_named(tmp_path):
    placer = load_placer(_encoder())
    with pytest.raises(AnnotationError, match=r"flickr30k_entities\.parquet: cannot be read as parquet"):
        run_boxes(Request(data=tmp_path), tmp_path, placer, _encoder(), {"sha256": "0" * 64}, None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the files of named boxes are not here")
@pytest.mark.parametrize("name", ["flickr30k_entities", "vrd", "nsr1k"])
def test_the_collections_can_be_read(name):
    problems = Problems()
    found = list(read_named_boxes(SHARED / f"{name}.parquet", problems))
    assert len(found) > 1000
    assert sum(problems.counts.values()) < 0.01 * len(found)


def _encoder():
    from smartmask.backends.text_static import StaticTextEncoder

    return StaticTextEncoder(WEIGHTS / "text.npz")
