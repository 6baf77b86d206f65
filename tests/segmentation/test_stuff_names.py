import pytest

from smartmask.segmentation.stuff_names import BENCHMARKS, stuff_by_name


def test_the_benchmarks_have_as_much_stuff_as_they_say() -> None:
    # ADE20K: 50 names, two of them in two spellings.
    assert {name: len(stuff) for name, stuff in BENCHMARKS.items()} == {
        "COCO": 53,
        "ADE20K": 52,
        "Cityscapes": 11,
        "Mapillary Vistas": 28,
    }


@pytest.mark.parametrize(
    ("names", "stuff"),
    [
        (["person", "wall-brick", "table-merged", "curtain", "dining table"], {1, 2, 3}),
        (["wall", "floor", "table", "curtain", "ceiling"], {0, 1, 4}),
        (["road, route", "window ", "sidewalk, pavement", "sky", "earth, ground"], {0, 2, 3, 4}),
        (["road", "sidewalk", "traffic light", "vegetation", "person", "rider"], {0, 1, 2, 3}),
        (["Curb", "Traffic Light", "Lane Marking - General", "Bike Lane", "Bird"], {0, 2, 3}),
        (["widget", "gadget"], set()),
    ],
    ids=["COCO", "ADE20K", "ADE20K with synonyms", "Cityscapes", "Mapillary Vistas", "none of them"],
)
def test_stuff_is_what_the_benchmark_of_these_names_says(names: list[str], stuff: set[int]) -> None:
    assert stuff_by_name(dict(enumerate(names))) == stuff
