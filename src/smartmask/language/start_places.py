"""The kinds of places that a scene may begin with, and what each is made of.

They are those of the data engine (rooms, open places) and a few more of the same materials.
"""

from dataclasses import dataclass
from typing import Literal

Ridge = Literal["building", "forest", "hill", "mountain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kind of place.

    Attributes:
        names: What people call it.
        is_room: Whether it has a floor, a wall and perhaps a ceiling; else sky and what follows.
        ground: What its ground is of, one is drawn.
        ridges: What may stand along the horizon; "" = nothing.
        water: Where its water lies: "none", "far" (a band at the horizon), "all" (up to the viewer's feet).
        tallness: How high its ridge is, of what such ridges are elsewhere.
        strip: A strip that leads towards the horizon or across: "road", "pavement", "railroad" or "".
    """

    names: tuple[str, ...]
    is_room: bool = False
    ground: tuple[str, ...] = ()
    ridges: tuple[Ridge | Literal[""], ...] = ("",)
    water: Literal["none", "far", "all"] = "none"
    tallness: float = 1.0
    strip: str = ""


def _room(*names: str) -> Place:
    return Place(names=names, is_room=True)


PLACES: dict[str, Place] = {
    "living room": _room(
        "living room", "lounge", "sitting room", "room", "apartment", "loft", "studio", "lobby", "nook",
        "lodge", "ski lodge"
    ),
    "bedroom": _room("bedroom", "nursery", "hotel room", "children's room", "dorm room"),
    "kitchen": _room("kitchen", "pantry", "kitchenette", "kitchen corner"),
    "dining room": _room(
        "dining room", "restaurant", "cafe", "cafeteria", "bar", "pub", "canteen", "dining area"
    ),
    "office": _room(
        "office", "study", "home office", "classroom", "library", "meeting room", "workshop", "laboratory",
        "lab",
    ),
    "bathroom": _room("bathroom", "restroom", "toilet room", "shower room", "laundry room", "laundry"),
    "hallway": _room(
        "hallway", "corridor", "hall", "garage", "museum", "gallery", "shop", "store", "gym", "attic",
        "cellar", "basement", "bakery", "supermarket", "greenhouse", "conservatory", "aisle",
        "supermarket aisle", "shop aisle", "bookshop", "bookstore", "salon", "hair salon", "stable",
    ),
    "street": Place(
        names=(
            "street", "city street", "road", "city", "town", "village", "alley", "sidewalk", "crossroad",
            "bus stop", "street corner", "construction site",
        ),
        ground=("pavement",), ridges=("building", "building", ""), strip="road",
    ),
    "highway": Place(
        names=("highway", "country road", "lane", "driveway"),
        ground=("grass",), ridges=("hill", "forest", "mountain"), strip="road",
    ),
    "square": Place(
        names=(
            "square", "plaza", "courtyard", "market", "marketplace", "playground", "terrace", "patio",
            "balcony", "porch", "deck", "rooftop", "basketball court", "tennis court", "poolside",
        ),
        ground=("pavement",), ridges=("building",),
    ),
    "parking lot": Place(
        names=("parking lot", "car park"), ground=("road",), ridges=("forest", "building")
    ),
    "airfield": Place(
        names=("airfield", "airport", "runway"), ground=("grass",), ridges=("hill", "building"), strip="road"
    ),
    "railway": Place(
        names=(
            "railway station", "train platform", "train station", "railway", "station", "railway platform",
        ),
        ground=("grass",), ridges=("forest", "building"), strip="railroad",
    ),
    "park": Place(
        names=(
            "park", "garden", "backyard", "yard", "lawn", "campsite", "campground", "orchard",
            "schoolyard", "allotment", "village green", "churchyard", "cemetery", "trail", "path",
        ),
        ground=("grass",), ridges=("forest",), strip="pavement",
    ),
    "forest": Place(
        names=("forest", "wood", "jungle", "clearing", "glade", "rainforest"),
        ground=("grass",), ridges=("forest",), tallness=2.5,
    ),
    "meadow": Place(
        names=(
            "meadow", "field", "countryside", "farm", "farmyard", "barnyard", "pasture", "prairie",
            "savanna", "savannah", "vineyard", "landscape", "zoo", "hilltop", "cornfield", "golf course",
            "football pitch", "pitch", "chicken run", "enclosure",
        ),
        ground=("grass",), ridges=("hill", "forest", "mountain"),
    ),
    "mountains": Place(
        names=("mountain", "mountain valley", "valley", "alp", "hill"),
        ground=("grass",), ridges=("mountain",)
    ),
    "beach": Place(
        names=("beach", "shore", "seaside", "coast", "island", "waterfront", "bay", "cove"),
        ground=("sand",), ridges=("", "hill", "mountain"), water="far",
    ),
    "lake": Place(
        names=(
            "lake", "pond", "river", "stream", "lakeside", "riverbank", "harbor", "harbour", "marina",
            "water", "canal", "quay", "pier", "jetty",
        ),
        ground=("grass",), ridges=("forest", "hill", "mountain"), water="far",
    ),
    "sea": Place(names=("sea", "ocean", "open sea"), ground=("water",), water="all"),
    "desert": Place(names=("desert", "dune"), ground=("sand",), ridges=("", "hill")),
    "snow": Place(
        names=("snow", "winter landscape", "ski slope", "ice"),
        ground=("snow",), ridges=("mountain", "forest")
    ),
}  # fmt: skip
PLACE_NAMES: dict[str, str] = {name: kind for kind, place in PLACES.items() for name in place.names}
"""The kind of each name."""
BEGINNINGS = frozenset(
    ("pier", "jetty", "quay", "deck", "porch", "balcony", "path", "trail", "nook", "pitch")
)
"""Names of places that are things where another place, or a thing, is named before: a lake with a jetty."""
