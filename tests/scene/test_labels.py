import pytest

from smartmask.scene.labels import plain_label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("wall-other-merged", "wall"),
        ("floor-wood", "floor"),
        ("wall-brick", "wall"),
        ("door-stuff", "door"),
        ("window-blind", "window blind"),
        ("playingfield", "playing field"),
        ("crab_(animal)", "crab"),
        ("baseball_bat", "baseball bat"),
        ("diningtable", "dining table"),
        ("tvmonitor", "tv monitor"),
        ("refridgerator", "refrigerator"),
        ("Clear plastic bottle", "clear plastic bottle"),
        ("person", "person"),
        ("window ", "window"),
        ("wardrobe, closet, press", "wardrobe"),
        ("airplane, aeroplane, plane", "airplane"),
        ("Traffic Sign (Back)", "traffic sign"),
        ("Lane Marking - General", "lane marking general"),
        ("Wood", "wood"),
    ],
)
def test_a_class_name_in_plain_words(name, label):
    assert plain_label(name) == label
