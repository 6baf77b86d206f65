"""ImageNet's 1,000 classes in our words: which of them, by number, are each of the segmenter's classes.

Numbers are those of ILSVRC 2012 in the order of its synsets, in which the published classifiers answer: 0 is
the tench, 281 the tabby cat, 999 toilet tissue. Classes of ours that ImageNet does not have (a giraffe, a
stop sign) are left out, as are those of ImageNet that are none of ours.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32

from smartmask.data.segment_classes import CLASSES

COUNT = 1000


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


IMAGENET_OF: Mapping[str, tuple[int, ...]] = {
    # A ball player, a groom and a diver; the others are clothes, which people wear.
    "person": (
        399, 400, 445, 457, 474, 501, 568, 578, 608, 610, 614, 617, 638, 639, 652, 655, 735, 834, 841, 842,
        869, 887, 906, 981, 982, 983,
    ),
    "bicycle": (444, 671, 870, 880),
    "car": (407, 436, 468, 475, 479, 511, 581, 609, 627, 656, 661, 717, 751, 817),
    "motorcycle": (665, 670),
    "airplane": (404, 895, 908),
    "bus": (654, 779, 874),
    "train": (466, 547, 565, 705, 820, 829),
    "truck": (555, 569, 675, 717, 864, 867),
    "boat": (403, 472, 484, 510, 554, 576, 625, 628, 724, 780, 814, 833, 871, 914),
    "traffic light": (920,),
    "stop sign": (919,),
    "parking meter": (704,),
    "bench": (703,),
    "bird": (*_span(7, 24), *_span(80, 100), *_span(127, 146)),
    "cat": _span(281, 285),
    "dog": (*_span(151, 268), *_span(273, 275)),
    "horse": (339, 603),
    "sheep": _span(348, 350),
    "cow": (345, 346, 347, 690),
    "elephant": (101, 385, 386),
    "bear": _span(294, 297),
    "zebra": (340,),
    "backpack": (414,),
    "umbrella": (879,),
    "handbag": (636, 748),
    "tie": (451, 457, 906),
    "skis": (795,),
    "sports ball": (429, 430, 522, 574, 722, 768, 805, 852, 890),
    "kite": (701,),
    "tennis racket": (752,),
    "bottle": (440, 720, 725, 737, 898, 899, 901, 907),
    "wine glass": (572, 966),
    "cup": (441, 504, 925, 967, 968),
    "knife": (499, 623),
    "spoon": (618, 910),
    "bowl": (469, 659, 809, 926),
    "banana": (954,),
    "apple": (948, 957),
    "sandwich": (930, 931, 933),
    "orange": (950, 951),
    "broccoli": (937, 938),
    "hot dog": (934,),
    "pizza": (963,),
    "donut": (931,),
    "cake": (927,),
    "chair": (423, 559, 765, 857),
    "couch": (831,),
    "potted plant": (738,),
    "bed": (520, 564, 750),
    "dining table": (532, 762, 923),
    "toilet": (861,),
    "tv": (548, 598, 664, 782, 851),
    "laptop": (620, 681),
    "mouse": (673,),
    "remote": (761,),
    "keyboard": (508, 810, 878),
    "cell phone": (487, 590, 605),
    "microwave": (651,),
    "oven": (766, 827),
    "toaster": (859,),
    "sink": (896,),
    "refrigerator": (760,),
    "book": (453, 454, 624, 917, 921),
    "clock": (409, 530, 604, 892),
    "vase": (738, 883),
    "teddy bear": (850,),
    "hair drier": (589,),
    "wall": (825,),
    "table": (526, 736),
    "grass": (958,),
    "building": (425, 449, 483, 497, 500, 538, 663, 668, 698, 832, 853, 858),
    "fence": (489, 716, 743, 912),
    "light": (619, 818, 846),
    "paper": (549, 700, 916, 999),
    "cabinet": (493, 495, 526, 553, 648, 894),
    "door": (799,),
    "food": (924, 928, 935, 936, 943, 945, 949, 952, 953, 959, 962, 964, 965, 987),
    "window": (904, 905),
    "curtain": (794, 854),
    "sea": (460, 976, 977, 978),
    "rug": (539, 741),
    "mountain": (970, 979, 980),
    "water": (975,),
}  # fmt: skip


def named_shares() -> Float32[np.ndarray, "C 1000"]:
    """How much of each of ImageNet's classes each of ours has by name: 1, or parts where several have it."""
    table = np.zeros((len(CLASSES), COUNT), np.float32)
    for label, numbers in IMAGENET_OF.items():
        table[CLASSES.index(label), list(numbers)] = 1
    return table / np.maximum(table.sum(0), 1)
