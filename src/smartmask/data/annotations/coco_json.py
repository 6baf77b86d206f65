"""What COCO, LVIS, KINS and panoptic files share: images, annotations that name them, and categories."""

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from smartmask.data.annotations.base import DamageError, Problems
from smartmask.data.annotations.damage import (
    CROWD,
    DUPLICATE_ID,
    MISSING_FIELD,
    UNKNOWN_CATEGORY,
    UNKNOWN_IMAGE,
    Record,
    check_text,
    field,
    id_field,
    read_whole_json,
    size_field,
)
from smartmask.errors import AnnotationError


@dataclass(frozen=True, slots=True)
class Category:
    """A class of a file: its name, whether its members can be counted, and its other names."""

    name: str
    is_thing: bool = True
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ImageRecord:
    """An image of a file, and its annotations.

    Attributes:
        where: File and image, for messages.
        ident: The image's id.
        size_hw: Height and width in pixels.
        file_name: Name of the photo, or None.
        annotations: Its annotations as they stand, each with its own `where`.
    """

    where: str
    ident: str
    size_hw: tuple[int, int]
    file_name: str | None
    annotations: tuple[tuple[str, Record], ...]


@dataclass(frozen=True, slots=True, eq=False)
class CocoFile:
    """A file's categories by id, and its images in the file's order."""

    categories: dict[str, Category]
    images: list[ImageRecord]

    def category_of(self, annotation: Record) -> Category:
        """The category of an annotation.

        Raises:
            DamageError: If there is none of that id.
        """
        number = id_field(annotation, "category_id")
        if number not in self.categories:
            raise DamageError(UNKNOWN_CATEGORY, f"category_id {number}")
        return self.categories[number]


def read_coco_file(path: Path, problems: Problems, *, has_categories: bool = True) -> CocoFile:
    """The records of a file in the form of COCO's.

    Records that are damaged, have an id twice, or belong to no image are left out.

    Args:
        path: The JSON file.
        problems: Where damage is counted.
        has_categories: Whether the file must hold `categories`.

    Raises:
        AnnotationError: If the file cannot be read, or is not of that form.
    """
    content = read_whole_json(path)
    needed = ["images", "annotations", *(["categories"] if has_categories else [])]
    absent = [name for name in needed if not isinstance(content, dict) or name not in content]
    if not isinstance(content, dict) or absent:
        raise AnnotationError(
            f"{path}: expected a JSON object with the lists {needed}; {absent} are missing; is it a file of "
            "another format?"
        )
    wrong = [name for name in needed if not isinstance(content[name], list)]
    if wrong:
        raise AnnotationError(f"{path}: {wrong} must be lists")
    images: dict[str, tuple[tuple[int, int], str | None]] = {}
    for number, record in enumerate(content["images"]):
        with problems.skipping(f"{path}: images[{number}]"):
            ident = _ident(record, "id", images)
            images[ident] = size_field(record), _file_name(record)
    found = _by_image(content["annotations"], images, path, problems)
    categories = _categories(content["categories"], path, problems) if has_categories else {}
    return CocoFile(
        categories,
        [
            ImageRecord(f"{path}: image {ident}", ident, size_hw, name, tuple(found[ident]))
            for ident, (size_hw, name) in images.items()
        ],
    )


def is_crowd(annotation: Record, problems: Problems, where: str) -> bool:
    """Whether an annotation is a region of many objects that are not told apart; it is noted."""
    crowd = bool(annotation.get("iscrowd", 0))
    if crowd:
        problems.note(CROWD, where)
    return crowd


def _by_image(
    annotations: list[object], images: Container[str], path: Path, problems: Problems
) -> defaultdict[str, list[tuple[str, Record]]]:
    found: defaultdict[str, list[tuple[str, Record]]] = defaultdict(list)
    seen: set[str] = set()
    for number, record in enumerate(annotations):
        where = f"{path}: annotations[{number}]"
        with problems.skipping(where):
            image = id_field(record, "image_id")
            if image not in images:
                raise DamageError(UNKNOWN_IMAGE, f"image_id {image}")
            assert isinstance(record, dict)
            if record.get("id") is not None:
                seen.add(_ident(record, "id", seen))
            elif "segments_info" in record or "regions" in record:
                # These are about a whole image, and there is one for each; of objects there are many.
                seen.add(_ident(record, "image_id", seen))
            found[image].append((where, record))
    return found


def _categories(records: list[object], path: Path, problems: Problems) -> dict[str, Category]:
    categories: dict[str, Category] = {}
    for number, record in enumerate(records):
        with problems.skipping(f"{path}: categories[{number}]"):
            ident, name = _ident(record, "id", categories), field(record, "name", str)
            assert isinstance(record, dict)
            synonyms = record.get("synonyms", [])
            if not isinstance(synonyms, list):
                raise DamageError(MISSING_FIELD, "'synonyms' must be list")
            is_thing = bool(record.get("isthing", 1))
            names = tuple(str(synonym) for synonym in synonyms)
            for synonym in names:
                check_text(synonym, "synonyms")
            categories[ident] = Category(name, is_thing, names)
    return categories


def _ident(record: object, name: str, seen: Container[str]) -> str:
    ident = id_field(record, name)
    if ident in seen:
        raise DamageError(DUPLICATE_ID, f"{name} {ident}")
    return ident


def _file_name(record: Record) -> str | None:
    """LVIS names its photos by their address only."""
    name = record.get("file_name") or record.get("coco_url")
    return str(name).rsplit("/", 1)[-1] if name else None
