"""`smartmask insert --inpainter diffusers:...` end to end, on every kind of tiny checkpoint."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapes import disc
from shipped import needs_shipped

from smartmask.data.layout_files import write_layout
from smartmask.pipelines.insertion.history_files import read_history
from smartmask.scene.layout import Layer, Layout

SIZE_HW = (72, 96)
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    needs_shipped,
]
CHECKPOINTS = {
    "SD inpainting": ("sd-inpainting", None, ""),
    "SD with inpaint control": ("sd", "control-sd", "&control=inpaint"),
    "SD with segmentation control": ("sd", "control-sd", "&control=segmentation"),
    "SDXL inpainting": ("sdxl-inpainting", None, ""),
    "SDXL with inpaint control": ("sdxl", "control-sdxl", "&control=inpaint"),
    "SDXL inpainting with segmentation control": ("sdxl-inpainting", "control-sdxl", "&control=segmentation"),
}


@pytest.fixture
def request_of(photo, tmp_path) -> list[object]:
    """A photo, its layout and the mask of what is to come, as far as the inpainter."""
    Image.fromarray(disc(SIZE_HW, (50, 40), 14).astype(np.uint8) * 255).save(tmp_path / "mask.png")
    write_layout(tmp_path / "layout.json", Layout(SIZE_HW, (Layer("wall", np.ones(SIZE_HW, bool)),)))
    return ["insert", photo, "a ball", "--mask", "mask.png", "--layout", "layout.json", "--padding-px", 9]


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("kind", CHECKPOINTS)
def test_it_draws_there_and_nowhere_else_and_the_same_again(
    run, request_of, photo, tmp_path, tiny_checkpoints, kind
):
    model, controlnet, control = CHECKPOINTS[kind]
    inpainter = f"diffusers:{tiny_checkpoints(model)}?steps=2{control}"
    net = () if controlnet is None else ("--controlnet", tiny_checkpoints(controlnet))
    code, _, err = run(*request_of, "--inpainter", inpainter, *net, "-n", 2, "--seed", 3)
    assert (code, err) == (0, "")
    before, changed = read(photo), read(tmp_path / "out" / "changed_0.png") > 0
    pictures = [read(tmp_path / "out" / f"image_{number}.png") for number in range(2)]
    for picture in pictures:
        assert np.array_equal(picture[~changed], before[~changed])
        assert (picture != before)[disc(SIZE_HW, (50, 40), 12)].mean() > 0.5
    assert (pictures[0] != pictures[1]).any()
    recorded = read_history(tmp_path / "out" / "history_1.json").steps[0]
    assert recorded.inpainter.startswith(inpainter)
    code, _, err = run("insert", photo, "--replay", "out/history_1.json", "--out", "again")
    assert (code, err) == (0, "")
    assert np.array_equal(read(tmp_path / "again" / "image_0.png"), pictures[1])


def test_a_hub_name_without_internet_is_one_line_and_leaves_nothing(run, request_of, tmp_path, offline_cache):
    code, out, err = run(*request_of, "--inpainter", "diffusers:someone/inpainting")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("Error: someone/inpainting: not in the cache ")
    assert "On a machine with internet, 'hf download someone/inpainting --local-dir FOLDER'" in err
    assert not (tmp_path / "out").exists()
