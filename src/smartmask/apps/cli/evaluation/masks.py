"""`smartmask evaluate masks` and `report`: the benchmark, from held-out data to a report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartmask.apps.cli.lines import print_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smartmask.evaluation.benchmark.measures import Parts
    from smartmask.evaluation.benchmark.runner import Request, SuiteRun

_SUITES = ("silhouettes", "scenes", "codraw", "real", "words", "shapes", "boxes")
SHIPPED_SUITES = ("silhouettes", "scenes", "real", "words")
_MADE_OF = {"scenes": "mesh_infinigen"}
"""Collection whose objects a suite asks for; it is measured with a memory that has none of them."""
REPORT_FILES = ("benchmark.md", "benchmark.html")


RESULTS = Path("docs/results")


def out_option(help: str) -> "Callable[[Callable[..., Any]], Callable[..., Any]]":
    """`--out`, a folder of results."""
    path = click.Path(path_type=Path, readable=False)
    return click.option("--out", type=path, default=RESULTS, show_default=True, help=help)


def mask_options(command: Any) -> Any:
    """What is measured of masks, and how long."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--weights",
        type=click.Path(path_type=Path, readable=False),
        help="The shape generator, an ONNX file.  [default: the shipped one]",
    ),
    click.option(
        "--data",
        type=click.Path(path_type=Path, readable=False),
        default=Path("runs/data"),
        show_default=True,
        help="Folder of the datasets that smartmask data has made, one folder each: voc, coco, ...",
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path, readable=False),
        default=Path("docs/results"),
        show_default=True,
        help="Folder for the results, and of those that are reported.",
    ),
    click.option(
        "--split",
        type=click.Choice(["test", "validation"]),
        default="test",
        show_default=True,
        help="Figures are of test; choices are made on validation.",
    ),
    click.option(
        "--silhouettes",
        type=click.Path(path_type=Path, readable=False),
        help="For the suite shapes: folder of parquet files of whole shapes.",
    ),
    click.option(
        "--recogniser",
        type=click.Path(path_type=Path, readable=False),
        default=Path("runs/recogniser"),
        show_default=True,
        help="For the suite shapes: folder of the readers of silhouettes.",
    ),
    click.option(
        "--boxes",
        type=click.Path(path_type=Path, readable=False),
        help="For the suite boxes: folder of parquet files of named boxes.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(2),
        help="At most so many objects of each suite, from the list's beginning.",
    ),
    click.option(
        "--threads", type=click.IntRange(1), default=2, show_default=True, help="Objects measured at once."
    ),
    click.option(
        "--seeds", type=click.IntRange(1, 16), default=3, show_default=True, help="Seeds of the sampler."
    ),
)


@click.command()
@click.argument("suites", nargs=-1, type=click.Choice(_SUITES))
@mask_options
def masks(suites: tuple[str, ...], out: Path, **options: Any) -> None:
    """Measure a mask model on held-out objects, and report what was measured.

    SUITES are silhouettes, scenes, codraw, real, words, shapes, boxes; by default all of them but codraw,
    which is clip art, shapes, which needs --silhouettes and --recogniser, and boxes, which needs --boxes and
    measures the placer alone. Each writes SUITE.json and its sheets as PNG; then the report is drawn anew.

    \b
    Examples:
      smartmask evaluate masks
      smartmask evaluate masks silhouettes real --limit 20 --out look
      smartmask evaluate masks shapes --silhouettes data/silhouettes --seeds 1
      smartmask evaluate masks boxes --boxes data/boxes
    """
    measure_masks(suites or SHIPPED_SUITES, out, **options)
    write_report(out)


@click.command()
@out_option("Folder of the results, and for the report.")
def report(out: Path) -> None:
    """Draw benchmark.md and benchmark.html from all results in a folder, and measure nothing."""
    from smartmask.apps.cli.output import check_folder

    check_folder(out, REPORT_FILES, ())
    write_report(out)


def write_report(out: Path) -> None:
    """Write benchmark.md and benchmark.html of all results in a folder.

    Raises:
        AnnotationError: If there are none, or one is damaged.
    """
    from smartmask.apps.benchmark_report import benchmark_report
    from smartmask.apps.cli.output import write_folder
    from smartmask.evaluation.report import read_findings
    from smartmask.evaluation.report_tables import markdown

    findings = read_findings(out)
    contents = (markdown(findings).encode(), benchmark_report(findings, out).encode())
    write_folder(out, dict(zip(REPORT_FILES, contents, strict=True)))
    for name in REPORT_FILES:
        print_line(f"  {out / name}")


def measure_masks(
    suites: "Sequence[str]",
    out: Path,
    weights: Path | None,
    data: Path,
    split: str,
    silhouettes: Path | None,
    recogniser: Path,
    boxes: Path | None,
    limit: int | None,
    threads: int,
    seeds: int,
) -> None:
    """Run suites one after the other and write each one's files as soon as they are known."""
    import json
    from typing import cast

    from smartmask.apps.benchmark_sheets import gallery, suite_sheets
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.cli.progress import progress
    from smartmask.data.layered_scene import Split
    from smartmask.evaluation.benchmark.runner import Request, SuiteRun, run_suite

    names = [name for name in _SUITES if name in suites]
    check_folder(out, [*REPORT_FILES, *(f"{name}.json" for name in names)], [weights])
    if "shapes" in names and silhouettes is None:
        raise click.UsageError("the suite shapes needs --silhouettes, the folder of whole shapes")
    if "boxes" in names and boxes is None:
        raise click.UsageError("the suite boxes needs --boxes, the folder of named boxes")
    request = Request(data=data, split=cast(Split, split), limit=limit, seeds=seeds, threads=threads)
    runs: dict[str, SuiteRun] = {}
    with progress() as (step, on_progress):
        for name in names:
            step(name)
            parts, about = _parts(weights, _MADE_OF.get(name))
            if name == "shapes" and silhouettes is not None:
                runs[name] = _shapes(request, parts, about, silhouettes, recogniser, on_progress)
            elif name == "boxes" and boxes is not None:
                runs[name] = _boxes(request, parts, about, boxes, on_progress)
            else:
                runs[name] = run_suite(name, request, parts, about, commit_of_code(), on_progress)
            files = suite_sheets(name, runs[name])
            files[f"{name}.json"] = (json.dumps(runs[name].result, indent=1) + "\n").encode()
            write_folder(out, files)
            print_line(f"{name}: {runs[name].result['objects']} objects, {out / f'{name}.json'}")
        sheet = gallery(runs)
        if sheet is not None:
            write_folder(out, {"gallery.png": sheet})


def _shapes(
    request: "Request",
    parts: "Parts",
    about: "dict[str, Any]",
    silhouettes: Path,
    readers: Path,
    on_progress: "Callable[[int, int], None]",
) -> "SuiteRun":
    """Run the suite shapes; its result says by which recogniser."""
    import hashlib

    from smartmask.evaluation.benchmark.shapes_runner import run_shapes, shape_material
    from smartmask.evaluation.recogniser import Recogniser

    recogniser = Recogniser.load(readers)
    files = b"".join(path.read_bytes() for path in sorted(readers.glob("half_*.onnx")))
    about = about | {"recogniser_sha256": hashlib.sha256(files).hexdigest()}
    material = shape_material(silhouettes, request.data, recogniser, request.split)
    return run_shapes(request, parts, material, about, commit_of_code(), on_progress)


def _boxes(
    request: "Request",
    parts: "Parts",
    about: "dict[str, Any]",
    boxes: Path,
    on_progress: "Callable[[int, int], None]",
) -> "SuiteRun":
    """Run the suite boxes, of the shipped placer alone."""
    from smartmask.apps.load_suggest import load_placer
    from smartmask.evaluation.benchmark.boxes_runner import run_boxes

    placer = load_placer(parts.encoder)
    return run_boxes(request, boxes, placer, parts.encoder, about, commit_of_code(), on_progress)


def _parts(weights: Path | None, left_out: str | None) -> "tuple[Parts, dict[str, Any]]":
    """What is measured, built as `SmartMask.load` builds it, and what results say of its weights.

    The memory is without the shapes of a collection that is left out.

    Objects are measured side by side, so each pipeline call works in one thread.
    """
    import hashlib

    from smartmask.apps.load_suggest import load_ranker, load_shapes
    from smartmask.backends.text_static import StaticTextEncoder
    from smartmask.evaluation.benchmark.measures import Parts
    from smartmask.memory.shape_memory import ShapeMemory
    from smartmask.weights import WEIGHTS

    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    ranker = load_ranker(encoder)
    path = weights or WEIGHTS / "generator.onnx"
    names = ("chooser", "memory", "ranker", "planner", "places")
    files = {"sha256": path} | {f"{name}_sha256": WEIGHTS / f"{name}.npz" for name in names}
    memory = None
    if left_out is not None:
        memory = ShapeMemory.load(WEIGHTS / "memory.npz").without(source=left_out)
    pipeline, card = load_shapes(path, encoder, ranker, threads=1, memory=memory)
    about: dict[str, Any] = {"views": card.views}
    about |= {"memory_without": left_out} if left_out else {}
    about |= {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    return Parts(pipeline=pipeline, ranker=ranker, encoder=encoder), about


def commit_of_code() -> str | None:
    """The commit of the code that runs; None outside a git checkout, or without git."""
    import subprocess

    folder = Path(__file__).resolve().parent
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None
