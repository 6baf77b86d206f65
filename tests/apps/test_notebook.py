"""The notebook of the examples runs from its first cell to its last, without network or warning."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from shipped import needs_shipped

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOK = EXAMPLES / "first_steps.ipynb"
STRICT = "import warnings\nwarnings.filterwarnings('error', module='smartmask|__main__')"
SHOWN = {
    "load": 1,
    "segment": 1,
    "box": 3,
    "no-hint": 3,
    "scribble": 2,
    "more-like": 4,
    "insert": 1,
    "export": 1,
}


@pytest.fixture
def demo(tmp_path) -> Path:
    """The folder of the demo with its photo in it, beside a copy of the examples: nothing is fetched."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    folder = tmp_path / "out" / "demo"
    folder.mkdir(parents=True)
    package = find_spec("sklearn")
    assert package is not None
    assert package.origin is not None
    shutil.copy(Path(package.origin).parent / "datasets" / "images" / "china.jpg", folder)
    return folder


def test_notebook_is_kept_without_what_it_shows():
    cells = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
    assert {cell.id for cell in cells} >= set(SHOWN)
    assert not [cell.id for cell in cells if cell.outputs or cell.execution_count]


@needs_shipped
def test_notebook_runs_and_its_values_show_themselves(demo):
    notebook = nbformat.read(NOTEBOOK, 4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    folder = demo.parents[1] / "examples"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()

    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    pictures = {name: sum("image/png" in one.get("data", {}) for one in all) for name, all in outputs.items()}
    assert {name: number for name, number in pictures.items() if number} == SHOWN
    assert not [one for all in outputs.values() for one in all if one.output_type == "stream"]
    (labels,) = (one.data["text/plain"] for one in outputs["segment"] if one.output_type == "execute_result")
    assert "'sky'" in labels
    assert "'building'" in labels

    photo, put = (np.asarray(Image.open(demo / name)) for name in ("china.jpg", "inserted.png"))
    assert Image.open(demo / "mask.png").getbbox() == (290, 46, 450, 110)
    changed = np.argwhere((photo != put).any(2))
    assert len(changed) > 1000
    assert (changed.min(0) >= (45, 175)).all()  # the box, and what the change may reach beyond it
    assert (changed.max(0) <= (140, 365)).all()
    cutout = np.asarray(Image.open(demo / "cutout.png"))
    assert np.array_equal(cutout[..., :3], photo)
    assert 0.001 < (cutout[..., 3] > 127).mean() < 0.1
