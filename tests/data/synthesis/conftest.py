"""A library of boxes and cylinders, so that rooms can be tested without any data."""

from pathlib import Path

import pytest
from tiny_library import write_tiny_library

from smartmask.data.synthesis.stage.meshes import MeshLibrary

REAL_MESHES = Path(__file__).parents[4] / "shared" / "data" / "meshes"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meshes")
    write_tiny_library(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_library(tiny_folder: Path) -> MeshLibrary:
    return MeshLibrary.open(tiny_folder)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("tiny", id="boxes"),
        pytest.param(
            "real",
            id="real meshes",
            marks=[
                pytest.mark.data,
                pytest.mark.skipif(
                    not REAL_MESHES.is_dir(), reason="the mesh library is not in the repository"
                ),
            ],
        ),
    ],
)
def mesh_folder(request: pytest.FixtureRequest, tiny_folder: Path) -> Path:
    return tiny_folder if request.param == "tiny" else REAL_MESHES
