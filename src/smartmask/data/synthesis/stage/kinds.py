"""What we know of each kind of shape: what people call it, where its front is, how large it is.

The shapes of the library face +x as they come, but for doors and windows, which are thin along y. A few come
in a size that no home has; `size_m` brings those to life size.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """Facts about a kind.

    Attributes:
        label: Its name in the words of COCO or ADE20K where they have one.
        words: What else people call it.
        front_degrees: Direction of its front as the file has it, from +x towards +y.
        size_m: Least and most depth (x), width (y) and height (z) in metres; None leaves that side in
            proportion to the others, or as it is if all are None.
        holds: "top" if small things may stand on its highest face, "shelves" if on its inner boards too.
    """

    label: str
    words: tuple[str, ...] = ()
    front_degrees: int = 0
    size_m: tuple[Range | None, Range | None, Range | None] = (None, None, None)
    holds: str | None = None

    def scale_for(self, size: Float32[np.ndarray, "3"], name: str) -> Float32[np.ndarray, "3"]:
        """Factors along x, y, z that bring a shape into the ranges; the same name gives the same."""
        share = (zlib.crc32(name.encode()) % 1000) / 999
        wanted = np.full(3, np.nan)
        for axis, limits in enumerate(self.size_m):
            if limits is not None:
                wanted[axis] = (limits[0] + share * (limits[1] - limits[0])) / max(float(size[axis]), 1e-6)
        if np.isnan(wanted).all():
            return np.ones(3, np.float32)
        return np.where(np.isnan(wanted), np.nanmean(wanted), wanted).astype(np.float32)


def _height(low: float, high: float) -> tuple[None, None, Range]:
    return None, None, (low, high)


KINDS: dict[str, Kind] = {
    # To sit and lie on.
    "armchair": Kind(
        "armchair", ("easy chair", "upholstered chair"), size_m=((0.8, 0.95), (0.8, 0.95), (0.8, 0.95))
    ),
    "sofa": Kind("couch", ("sofa", "settee"), size_m=((0.85, 1.05), (1.5, 2.3), (0.75, 0.9))),
    "bed-frame": Kind("bed frame"),
    "mattress": Kind("mattress"),
    "chair": Kind("chair", ("wooden chair", "seat")),
    "office-chair": Kind("office chair", ("swivel chair", "desk chair"), size_m=_height(0.95, 1.2)),
    "bar-stool": Kind("bar stool", ("stool", "high stool"), size_m=_height(0.7, 0.85)),
    # To put things on and into.
    "bookcase": Kind("bookcase", ("bookshelf", "low shelf"), holds="shelves"),
    "shelf": Kind("shelf", ("shelving", "tall shelf"), holds="shelves"),
    "cube-shelf": Kind("shelf", ("cube shelf", "open shelf"), holds="shelves"),
    "corner-shelf": Kind("corner shelf", ("shelf", "small shelf"), size_m=_height(0.7, 1.3), holds="shelves"),
    "cabinet": Kind("cabinet", ("cupboard", "closet"), holds="top"),
    "kitchen-cabinet": Kind(
        "kitchen cabinet",
        ("counter", "kitchen counter"),
        size_m=((0.5, 0.62), None, (0.86, 0.94)),
        holds="top",
    ),
    "tv-stand": Kind("tv stand", ("tv cabinet", "low cabinet"), holds="shelves"),
    "desk": Kind("desk", ("writing desk", "work table"), holds="top"),
    "dining-table": Kind("dining table", ("table", "kitchen table"), holds="top"),
    "coffee-table": Kind("coffee table", ("low table", "table"), holds="top"),
    "side-table": Kind("side table", ("small table", "end table"), holds="top"),
    "cocktail-table": Kind(
        "bar table", ("high table", "cocktail table"), size_m=_height(1.0, 1.1), holds="top"
    ),
    # Kitchen and bathroom. The appliances of the library are about a metre in all directions.
    "fridge": Kind("refrigerator", ("fridge",), size_m=((0.6, 0.72), (0.6, 0.85), (1.5, 1.9)), holds="top"),
    "oven": Kind("oven", ("stove", "cooker"), size_m=((0.58, 0.65), (0.58, 0.75), (1.02, 1.15))),
    "dishwasher": Kind(
        "dishwasher", ("dish washer",), size_m=((0.55, 0.62), (0.58, 0.62), (0.84, 0.9)), holds="top"
    ),
    "microwave": Kind("microwave", ("microwave oven",), size_m=((0.34, 0.4), (0.45, 0.55), (0.26, 0.32))),
    "sink": Kind("sink", ("washbasin", "basin"), size_m=_height(0.98, 1.1)),
    "bathtub": Kind("bathtub", ("bath", "tub"), size_m=((0.72, 0.82), (1.5, 1.8), (0.55, 0.62))),
    "toilet": Kind("toilet", ("toilet bowl", "loo")),
    # Screens and light.
    "tv": Kind("tv", ("television", "flat screen")),
    "monitor": Kind("monitor", ("computer screen", "computer monitor")),
    "floor-lamp": Kind("floor lamp", ("lamp", "standing lamp")),
    "table-lamp": Kind("table lamp", ("lamp", "bedside lamp")),
    "ceiling-lamp": Kind("ceiling lamp", ("lamp", "hanging lamp", "pendant light")),
    # In and on the walls.
    "door": Kind("door", ("wooden door",), front_degrees=90, size_m=((0.05, 0.07), (0.8, 0.95), (1.98, 2.1))),
    "glass-door": Kind(
        "door", ("glass door",), front_degrees=90, size_m=((0.05, 0.07), (0.8, 0.95), (1.98, 2.1))
    ),
    "window": Kind("window", ("window frame",), front_degrees=90),
    "picture": Kind("picture", ("painting", "framed picture", "poster")),
    "mirror": Kind("mirror", ("wall mirror",)),
    # Small things.
    "book": Kind("book", ("closed book",)),
    "book-stack": Kind("books", ("stack of books", "pile of books")),
    "bottle": Kind("bottle", ("plastic bottle",), size_m=_height(0.22, 0.32)),
    "bowl": Kind("bowl", ("dish",)),
    "can": Kind("can", ("tin", "tin can")),
    "cup": Kind("cup", ("mug",), size_m=_height(0.08, 0.13)),
    "food-bag": Kind("food bag", ("bag of chips", "snack bag"), size_m=_height(0.18, 0.3)),
    "food-box": Kind("box", ("cereal box", "food box"), size_m=_height(0.16, 0.3)),
    "fork": Kind("fork"),
    "knife": Kind("knife"),
    "spoon": Kind("spoon"),
    "spatula": Kind("spatula"),
    "fruit-bowl": Kind("bowl", ("fruit bowl", "dish")),
    "jar": Kind("jar", ("glass jar",)),
    "pan": Kind("pan", ("frying pan",)),
    "plate": Kind("plate", ("dish",)),
    "pot": Kind("pot", ("cooking pot",), size_m=(None, None, (0.1, 0.2))),
    "vase": Kind("vase", ("flower vase",), size_m=_height(0.16, 0.32)),
    "wine-glass": Kind("wine glass", ("glass",), size_m=_height(0.15, 0.24)),
    "pillow": Kind("pillow", ("cushion",)),
    "blanket": Kind("blanket", ("bed cover", "throw")),
    "towel": Kind("towel", ("folded towel",), size_m=(None, (0.3, 0.45), None)),
    "shirt": Kind("shirt", ("t-shirt",), size_m=((0.6, 0.7), None, None)),
    "trousers": Kind("trousers", ("pants",)),
    "snake-plant": Kind("snake plant", size_m=_height(0.5, 1.1)),
    "spider-plant": Kind("spider plant", size_m=_height(0.22, 0.38)),
    "succulent": Kind("succulent", ("cactus",), size_m=_height(0.12, 0.2)),
    # Outdoors.
    "staircase": Kind("stairs", ("staircase", "steps")),
    "boulder": Kind("rock", ("boulder", "large stone")),
    "bird": Kind("bird", size_m=_height(0.25, 0.5)),
    "big-cat": Kind("big cat", ("leopard", "wild cat"), size_m=_height(0.7, 0.9)),
    "deer": Kind("deer", ("stag",), size_m=_height(1.2, 1.6)),
    "fish": Kind("fish", size_m=((0.2, 0.5), None, None)),
    "beetle": Kind("beetle", ("bug", "insect")),
    "snail": Kind("seashell", ("shell", "snail shell"), size_m=_height(0.06, 0.14)),
    "conch": Kind("seashell", ("shell", "conch"), size_m=_height(0.08, 0.2)),
    # Made of two shapes.
    "bed": Kind("bed", holds="top"),
    "potted-plant": Kind("potted plant", ("plant in a pot", "houseplant")),
}


def kind_of(name: str) -> Kind:
    """Facts about a kind; one that is not in the table is called by its own name and left in its size."""
    return KINDS.get(name) or Kind(name.replace("-", " ").replace("_", " "))
