"""`smartmask memory`: shapes of your own, which can be asked for as soon as they are added."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli.lines import print_line

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from collections.abc import Callable

    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.protocols import ShapeCoder

_PATH = click.Path(path_type=Path, readable=False)
_STYLES = ("photo", "render", "drawing")
MOST_SHOWN = 64


def _memory_option(required: bool) -> "Callable[[Callable[..., Any]], Callable[..., Any]]":
    text = "The file of your shapes." if required else "A file of your shapes; by default the shipped ones."
    return click.option("--memory", "memory_path", metavar="FILE", type=_PATH, required=required, help=text)


@click.group()
def memory() -> None:
    """Keep shapes of your own, and look at those that are known.

    A request draws upon real shapes of what it names. Add silhouettes of things that nobody has drawn here
    before, and ask for them at once: nothing is trained.

    \b
    Examples:
      smartmask memory add chairs/ --memory mine.npz --label "Kuba chair"
      smartmask memory show "Kuba chair" --memory mine.npz --out sheet.png
      smartmask memory list horse
    """


@memory.command()
@click.argument("source", type=_PATH)
@_memory_option(required=True)
@click.option("--label", help="What all of them show; by default as sub-folders, files or records are named.")
@click.option("--style", type=click.Choice(_STYLES), help="What they were cut from; by default a good guess.")
@click.option("--licence", help="Licence and credit, kept with each shape.")
def add(source: Path, memory_path: Path, label: str | None, style: str | None, licence: str | None) -> None:
    """Add the silhouettes of SOURCE to a file, which is made if there is none.

    SOURCE is a picture or a folder of pictures: cut out on a transparent ground, or in one tone on the
    other. Each is named by its sub-folder, or else by its file (chair_01.png). It may also be a COCO
    instances JSON, a folder of smartmask data, or parquet files of whole shapes; of photos only things that
    are whole are taken. A shape that is there already is not added again. These need: pip install
    "smartmask-open[data]".

    \b
    Examples:
      smartmask memory add kuba_1.png --memory mine.npz --label "Kuba chair"
      smartmask memory add shapes/ --memory mine.npz --licence "CC0, by me"
      smartmask memory add instances.json --memory mine.npz
    """
    from smartmask.apps.cli.memory_sources import Given, read_source
    from smartmask.memory.remembered import STYLES
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.passing import alone_in
    from smartmask.pipelines.shapes.remember import remember, without_known
    from smartmask.scene.labels import plain_label

    if label is not None and not plain_label(label):
        raise click.UsageError("--label: must name what the shapes show, such as 'Kuba chair'")
    if not source.exists():
        raise click.ClickException(f"{source}: no such file or folder; check the path")
    _check_own(memory_path, source)
    coder = load_coder()
    given = Given(
        source,
        None if label is None else plain_label(label),
        next((known for known in STYLES if known == style), None),
        licence,
    )
    found = remember(read_source(given), coder, given.parents)
    for line in given.left_out:
        print_line(f"left out: {line}", err=True)
    if not len(found):
        raise click.ClickException(f"{source}: holds no whole shape; nothing was written")
    with alone_in(memory_path.parent):
        before = ShapeMemory.load(memory_path, coder.digest) if memory_path.exists() else ShapeMemory.empty()
        new = without_known(found, before)
        if not len(new):
            print_line(f"{memory_path}: nothing new; {_size(before)} as before")
            return
        after = ShapeMemory.joined(before, new)
        _save(after, memory_path)
    print_line(f"{memory_path}: {_count(len(new), 'shape')} added; {_size(after)} now")
    for name in new.labels[:20]:
        print_line(f"  {name}: {len(new.of_label(name)):,}")
    if len(new.labels) > 20:
        print_line(f"  and {len(new.labels) - 20:,} labels more")


@memory.command("list")
@click.argument("word", required=False)
@_memory_option(required=False)
def list_(word: str | None, memory_path: Path | None) -> None:
    """List the labels that are known, how many shapes of each, and where they are from.

    With WORD only those labels that it is a part of, or a wider word for.

    \b
    Examples:
      smartmask memory list
      smartmask memory list insect
      smartmask memory list --memory mine.npz
    """
    from collections import Counter

    from smartmask.scene.labels import plain_label

    known = _known(memory_path)
    labels = known.labels
    if word is not None:
        wanted = plain_label(word)
        below = {known.entry(number).label for number in known.of_label(wanted).tolist()}
        labels = tuple(name for name in labels if name in below or (wanted and wanted in name))
        if not labels:
            raise click.ClickException(f"no shape of {word!r} is known{_perhaps(known, word)}")
    for name in labels:
        numbers = known.of_label(name)
        sources = Counter(known.rows.texts["source"][int(number)] for number in numbers)
        origin = ", ".join(f"{source} {count:,}" for source, count in sources.most_common())
        print_line(f"{name}: {len(numbers):,} ({origin})")
    shapes = sum(len(known.of_label(name)) for name in labels)
    print_line(f"{_count(shapes, 'shape')} of {_count(len(labels), 'label')}")


@memory.command()
@click.argument("word")
@_memory_option(required=False)
@click.option("--out", type=_PATH, required=True, help="The picture, a PNG.")
def show(word: str, memory_path: Path | None, out: Path) -> None:
    """Draw a sheet of the shapes of WORD, a label or a wider word.

    Of many shapes some that are spread evenly over all are shown.

    \b
    Examples:
      smartmask memory show horse --out horses.png
      smartmask memory show "Kuba chair" --memory mine.npz --out sheet.png
    """
    import numpy as np

    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.shape_sheet import shape_sheet
    from smartmask.scene.labels import plain_label
    from smartmask.scene.picture import png_bytes

    if out.suffix.lower() != ".png":
        raise click.UsageError(f"--out {out}: the sheet is a PNG; give a name such as sheet.png")
    check_folder(out.parent, [out.name], [memory_path], f"--out {out}")
    coder = load_coder()
    known = _known(memory_path, coder.digest)
    numbers = known.of_label(plain_label(word))
    if not len(numbers):
        raise click.ClickException(f"no shape of {word!r} is known{_perhaps(known, word)}")
    places = np.linspace(0, len(numbers) - 1, min(MOST_SHOWN, len(numbers))).round().astype(int)
    shown = numbers[places]
    sheet = shape_sheet(
        [known.entry(number) for number in shown.tolist()],
        coder.decode(known.codes[shown]),
        word,
        f"{len(shown):,} of {len(numbers):,} shapes",
    )
    write_folder(out.parent, {out.name: png_bytes(sheet)}, f"--out {out}")
    print_line(f"{out}: {len(shown):,} of {len(numbers):,} shapes of {word!r}")


@memory.command()
@click.argument("label")
@_memory_option(required=True)
def remove(label: str, memory_path: Path) -> None:
    """Take all shapes of LABEL out of a file.

    \b
    Examples:
      smartmask memory remove "Kuba chair" --memory mine.npz
    """
    from smartmask.scene.labels import plain_label

    _check_own(memory_path, None)
    known = _known(memory_path)
    wanted = plain_label(label)
    if wanted not in known.labels:
        raise click.ClickException(f"{memory_path}: holds no shape of {label!r}{_perhaps(known, label)}")
    after = known.without(label=wanted)
    _save(after, memory_path)
    gone = _count(len(known) - len(after), "shape")
    print_line(f"{memory_path}: {gone} of {wanted!r} removed; {_size(after)} now")


def load_coder() -> "ShapeCoder":
    """The shipped codec."""
    from smartmask.model.shape.codec import SilhouetteCodec
    from smartmask.weights import WEIGHTS

    return SilhouetteCodec.load(WEIGHTS / "codec.npz")


def _known(path: Path | None, codec: str | None = None) -> "ShapeMemory":
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.weights import WEIGHTS

    return ShapeMemory.load(path or WEIGHTS / "memory.npz", codec)


def _check_own(path: Path, source: Path | None) -> None:
    """Refuse to write where the shipped memory, or the source, or no file can be."""
    from smartmask.weights import WEIGHTS

    if path.suffix.lower() != ".npz" or path.is_dir():
        raise click.UsageError(f"--memory {path}: must be a file such as mine.npz")
    if path.resolve() == (WEIGHTS / "memory.npz").resolve():
        raise click.UsageError(f"--memory {path}: is the shipped memory; give a file of your own")
    if source is not None and path.resolve() == source.resolve():
        raise click.UsageError(f"--memory {path}: would replace SOURCE; give another file")


def _save(memory: "ShapeMemory", path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        memory.save(path)
    except OSError as error:
        raise click.ClickException(
            f"--memory {path}: cannot be written ({error.strerror or error}); nothing was saved"
        ) from error


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(memory: "ShapeMemory") -> str:
    return f"{_count(len(memory), 'shape')} of {_count(len(memory.labels), 'label')}"


def _perhaps(known: "ShapeMemory", word: str) -> str:
    """A hint at labels that are spelled alike."""
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), known.words, n=3)
    return f"; perhaps {', '.join(map(repr, near))}" if near else "; smartmask memory list shows all labels"
