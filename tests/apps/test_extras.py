"""On an installed core each command that needs more says in a line what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

from smartmask.apps.cli.main import EXTRAS

RUN = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from smartmask.apps.cli.main import main
sys.exit(main({arguments}))
"""


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        ("data read coco-instances x.json --out d", "data"),
        ("data silhouettes set --out s.npz", "data"),
        ("data stats set", "data"),
        ("data inspect set --out i", "data"),
        ("data instructions set --out q", "data"),
        ("train mask --minutes 1", "torch"),
        ("train planner-lora --instructions set --run r", "data"),
        ("evaluate masks --data set --out e", "data"),
        ("evaluate planner", "data"),
        ("evaluate ranker", "data"),
        ("serve --no-open", "web"),
        ("convert a.json --to psd --out a.psd", "psd"),
    ],
)
def test_a_missing_extra_is_named_in_a_line(line, extra, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "x.json").write_text("{}")
    layer = '{"label": "wall", "extent": "visible", "counts": "01"}'
    (tmp_path / "a.json").write_text(
        f'{{"format": "smartmask-layout", "version": 1, "size_hw": [1, 1], "layers": [{layer}]}}'
    )
    code = RUN.format(names=set(EXTRAS), arguments=line.split())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert f'pip install "smartmask-open[{extra}]"' in done.stderr


def test_each_package_of_an_extra_is_known():
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    for extra in set(EXTRAS.values()):
        assert extra in project["optional-dependencies"]
