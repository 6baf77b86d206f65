"""The instruction set of a planner on disk: questions with pictures and right answers, as JSON lines.

    SET/instructions.json            format, version, what made it
    SET/train-000000.jsonl           a question a line, of the scenes of shard 0 in the training split
    SET/validation-000000.jsonl      likewise; the test split is left out, so that plans can be judged on it
    SET/images/000000/00007-3.png    the picture of a question: shard, scene, layer

    {"id": "synthetic:1:7/3", "group": "synthetic:1:7", "images": ["images/000000/00007-3.png"],
     "messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "..."}]},
                  {"role": "assistant", "content": [{"type": "text", "text": "{...}"}]}]}

`images` and `messages` are the form that TRL and other trainers of vision-language models read. A part
appears when its shard is done, its pictures first, so that a build that was stopped goes on where it was; a
part's bytes follow from the scenes, the seed and the number of questions alone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from smartmask.data.annotations.base import Problems
from smartmask.data.atomic import write_files
from smartmask.data.layered_scene import Split, split_of
from smartmask.data.layouts.checks import checked_member
from smartmask.data.planning.answer import AnswerError, read_answer, write_answer
from smartmask.data.planning.scene_questions import SceneQuestion, scene_questions
from smartmask.data.shards import SceneDataset
from smartmask.errors import AnnotationError, LayoutFileError
from smartmask.files import MAX_DATASET_BYTES, inside, read_regular
from smartmask.scene.picture import png_bytes

FORMAT = "smartmask-instructions"
FORMAT_VERSION = 1
SPEC_FILE = "instructions.json"
SPLITS: tuple[Split, ...] = ("validation", "train")
"""In the order they are written; a shard's training part says that it is done."""
_KEYS = {"id", "group", "images", "messages"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """A question and its right answer.

    Attributes:
        key: Its name, unique in its set.
        group: Of its scene; groups never fall into different splits.
        image: The picture's file.
        question: What is asked.
        answer: What is right.
    """

    key: str
    group: str
    image: Path
    question: str
    answer: str


def build_instructions(
    dataset: SceneDataset,
    out: Path,
    *,
    per_scene: int,
    seed: int,
    problems: Problems,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Make the parts of a set that are missing.

    Args:
        dataset: The scenes.
        out: The set's folder, new or begun before.
        per_scene: Questions of a scene, at most.
        seed: Decides which ones, and their words.
        problems: Counts the scenes that are left out.
        on_progress: Called with the number of shards done and of all, at first and after each.

    Raises:
        AnnotationError: If the folder holds another set or other files, or a shard is damaged.
        OSError: If a file cannot be written.
    """
    _begin(out, {"dataset": asdict(dataset.spec), "per_scene": per_scene, "seed": seed})
    for done, number in enumerate(dataset.shards):
        on_progress(done, len(dataset.shards))
        if not _part(out, "train", number).exists():
            _write_part(dataset, number, out, per_scene, seed, problems)
    on_progress(len(dataset.shards), len(dataset.shards))


def read_instructions(folder: Path, split: Split) -> Iterator[Instruction]:
    """The questions of a split, each one checked.

    Raises:
        AnnotationError: If the folder holds no set, one of another version, or a damaged record.
    """
    _read_spec(folder)
    for path in sorted(folder.glob(f"{split}-*.jsonl")):
        try:
            lines = read_regular(path, MAX_DATASET_BYTES).decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AnnotationError(
                f"{path}: cannot be read ({error}); delete it and build it again"
            ) from error
        for number, line in enumerate(lines, 1):
            try:
                yield _instruction(json.loads(line), folder)
            except (ValueError, LookupError, TypeError, RecursionError) as error:
                raise AnnotationError(
                    f"{path}: line {number} is no question of a planner ({error}); delete the file and build "
                    "it again"
                ) from error


def _write_part(
    dataset: SceneDataset, number: int, out: Path, per_scene: int, seed: int, problems: Problems
) -> None:
    lines: dict[str, list[str]] = {split: [] for split in SPLITS}
    pictures: dict[Path, bytes] = {}
    for row, scene in enumerate(dataset.read_shard(number)):
        split = split_of(scene.group)
        if split not in lines:
            continue
        rng = np.random.default_rng([seed, number, row])
        try:
            questions = scene_questions(scene, per_scene, rng)
        except AnswerError as error:
            problems.add("label that no answer can give", f"{scene.key}: {error}")
            continue
        for question in questions:
            name = f"images/{number:06d}/{row:05d}-{question.step}.png"
            pictures[out / name] = _png(question)
            lines[split].append(
                json.dumps(_record(scene.key, scene.group, name, question), ensure_ascii=False)
            )
    (out / f"images/{number:06d}").mkdir(parents=True, exist_ok=True)
    parts = {_part(out, split, number): "".join(f"{line}\n" for line in lines[split]) for split in SPLITS}
    write_files({**pictures, **{path: text.encode() for path, text in parts.items()}})


def _record(key: str, group: str, image: str, question: SceneQuestion) -> dict[str, Any]:
    asked = [{"type": "image"}, {"type": "text", "text": question.question.text}]
    said = [{"type": "text", "text": write_answer(question.answer)}]
    return {
        "id": f"{key}/{question.step}",
        "group": group,
        "images": [image],
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": said}],
    }


def _instruction(record: Any, folder: Path) -> Instruction:
    """A record as it was written; anything else is an error of any of the kinds that its caller expects."""
    if not isinstance(record, dict) or set(record) != _KEYS:
        raise ValueError(f"expected an object of {', '.join(sorted(_KEYS))}")
    (image,) = record["images"]
    try:
        path = inside(folder, checked_member(image, str(folder)))
    except (LayoutFileError, OSError) as error:
        raise ValueError(f"its picture lies outside the set: {error}") from error
    if not path.is_file():
        raise ValueError(f"its picture {image} is missing")
    user, assistant = record["messages"]
    mark, question = user["content"]
    (answer,) = assistant["content"]
    if (user["role"], mark, assistant["role"]) != ("user", {"type": "image"}, "assistant"):
        raise ValueError("expected a picture and a question of the user, then an answer")
    texts = [record["id"], record["group"], question["text"], answer["text"]]
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError("expected texts that are not empty")
    read_answer(answer["text"])
    return Instruction(texts[0], texts[1], path, texts[2], texts[3])


def _begin(out: Path, settings: dict[str, Any]) -> None:
    """Begin a set, or make sure that it was begun with the same settings."""
    if not (out / SPEC_FILE).exists():
        if out.is_dir() and any(not path.name.startswith(".") for path in out.iterdir()):
            raise AnnotationError(f"{out}: holds other files and no {SPEC_FILE}; give a new folder")
        out.mkdir(parents=True, exist_ok=True)
        spec = {"format": FORMAT, "version": FORMAT_VERSION, **settings}
        write_files({out / SPEC_FILE: (json.dumps(spec, indent=1) + "\n").encode()})
    found = _read_spec(out)
    wanted = json.loads(json.dumps(settings))
    changed = [name for name, value in wanted.items() if found.get(name) != value]
    if changed:
        raise AnnotationError(
            f"{out}: was begun with another {' and '.join(changed)} than is given now; give a new folder"
        )


def _read_spec(folder: Path) -> dict[str, Any]:
    path = folder / SPEC_FILE
    try:
        found = json.loads(read_regular(path))
        name, version = found["format"], found["version"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise AnnotationError(
            f"{path}: cannot be read as the description of an instruction set ({error}); give a folder that "
            "`smartmask data instructions` made"
        ) from error
    if (name, version) != (FORMAT, FORMAT_VERSION):
        raise AnnotationError(
            f"{path}: holds {name!r} version {version!r}; this release reads {FORMAT!r} version "
            f"{FORMAT_VERSION}; build the set again"
        )
    assert isinstance(found, dict), "it has keys"
    return found


def _part(folder: Path, split: Split, number: int) -> Path:
    return folder / f"{split}-{number:06d}.jsonl"


def _png(question: SceneQuestion) -> bytes:
    return png_bytes(question.question.picture)
