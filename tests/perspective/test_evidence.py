"""What a layout shows of its camera, and what it does not."""

import numpy as np
import pytest
from shapes import rectangle

from smartmask.perspective.evidence import read_evidence
from smartmask.scene.layout import Extent, Layer, Layout

SIZE = (120, 160)
SKY, LAWN = rectangle(SIZE, (0, 0, 160, 50)), rectangle(SIZE, (0, 50, 160, 120))
PERSON = rectangle(SIZE, (60, 30, 78, 90))


def layout(*layers: tuple[str, np.ndarray, Extent]) -> Layout:
    return Layout(
        SIZE, tuple(Layer(*layer) for layer in (("sky", SKY, "amodal"), ("grass", LAWN, "amodal"), *layers))
    )


def test_a_whole_person_on_the_lawn_counts() -> None:
    found = read_evidence(layout(("person", PERSON, "visible")))
    assert found.kind == "outdoors"
    np.testing.assert_allclose(found.things, [[90, 60, 1.7, 0.06, 0]])
    assert found.border is not None
    assert (found.border.row, found.border.is_open, found.border.is_water) == (50, True, False)
    assert (found.ground_row, found.sky_row) == (50, 50)


@pytest.mark.parametrize(
    ("name", "mask", "front"),
    [
        ("feet hidden", PERSON, (50, 80, 90, 110)),
        ("head hidden", PERSON, (50, 20, 90, 40)),
        ("in the air", rectangle(SIZE, (60, 5, 72, 40)), None),
        ("cut off below", rectangle(SIZE, (60, 70, 76, 120)), None),
        ("cut off at the side", rectangle(SIZE, (0, 30, 20, 90)), None),
        ("too small", rectangle(SIZE, (60, 60, 63, 70)), None),
        ("empty", np.zeros(SIZE, bool), None),
    ],
)  # fmt: skip
def test_what_is_not_whole_or_does_not_stand_says_nothing(
    name: str, mask: np.ndarray, front: tuple[int, int, int, int] | None
) -> None:
    layers: list[tuple[str, np.ndarray, Extent]] = [("person", mask, "visible")]
    if front is not None:
        cover = rectangle(SIZE, front)
        layers = [("person", mask & ~cover, "visible"), ("box", cover, "visible")]
    assert len(read_evidence(layout(*layers)).things) == 0, name


def test_a_mask_known_to_be_whole_counts_behind_others() -> None:
    fence = rectangle(SIZE, (0, 80, 160, 110))
    for extent, count in (("amodal", 1), ("visible", 0)):
        found = read_evidence(layout(("person", PERSON, extent), ("box", fence, "visible")))
        assert len(found.things) == count


def test_without_any_ground_what_stands_on_nothing_known_counts() -> None:
    assert len(read_evidence(Layout(SIZE, (Layer("person", PERSON),))).things) == 1
    table = rectangle(SIZE, (0, 85, 160, 120))
    masks = (Layer("person", PERSON & ~table), Layer("table", table))
    assert len(read_evidence(Layout(SIZE, masks)).things) == 0


def test_the_border_of_water_and_of_what_stands_behind_is_told_apart() -> None:
    lake = Layout(SIZE, (Layer("sky", SKY), Layer("lake", LAWN)))
    border = read_evidence(lake).border
    assert border is not None
    assert (border.is_open, border.is_water) == (True, True)
    walled = read_evidence(Layout(SIZE, (Layer("wall", SKY), Layer("floor", LAWN))))
    assert (walled.kind, walled.sky_row) == ("indoors", None)
    assert walled.border is not None
    assert (walled.border.row, walled.border.is_open) == (50, False)
    np.testing.assert_allclose(walled.lines[:, 1:3], [[50, 0]], atol=1e-9)


def test_a_large_layout_is_read_coarsely_in_its_own_pixels() -> None:
    small = layout(("person", PERSON, "visible"))
    grown = [np.kron(layer.mask, np.ones((10, 10), bool)) for layer in small.layers]
    layers = zip(small.layers, grown, strict=True)
    large = Layout((1200, 1600), tuple(Layer(each.label, mask, each.extent) for each, mask in layers))
    one, other = read_evidence(small), read_evidence(large)
    np.testing.assert_allclose(other.things[:, :2], 10 * one.things[:, :2], atol=other.pixel)
    assert other.pixel == 2
