"""The scales of the data engine and the table of kinds say the same of a thing."""

from math import log2

import pytest

from smartmask.language.kinds import kind_of
from smartmask.perspective.scales import SCALES

OTHER_THINGS = {
    "traffic light": "the lamps without their pole",
    "stop sign": "the plate without its pole",
    "umbrella": "one over a table or a towel, not one that is carried",
}


@pytest.mark.parametrize("label", sorted(SCALES.keys() - OTHER_THINGS.keys()))
def test_the_usual_pose_is_as_large_as_the_kind(label):
    """The pose that fits the kind's own shape; of a thing that is drawn lying or standing the larger side."""
    kind = kind_of(label)
    scale = SCALES[label]
    pose = scale.pose(kind.length_m / kind.height_m)
    if pose is not None:
        metres = kind.height_m if pose.side == "height" else kind.length_m
    else:
        pose, metres = scale.poses[0], max(kind.height_m, kind.length_m)
    assert abs(log2(metres / pose.metres)) <= 0.5
