"""The benchmark's sheets: what was drawn for the first objects of each list, over their layouts.

No photo is shown and nothing is chosen. Yellow is the hint, red the mask that was drawn, and a blue line the
outline of the true object. Pages to be judged by eye leave the true outline out.
"""

from collections.abc import Mapping, Sequence

from PIL import Image

from smartmask.apps.drawing import (
    ACCENT,
    GAP,
    MARGIN,
    PAGE_WIDTH,
    TINT,
    draw_contour,
    draw_faded,
    draw_hint,
    draw_layout,
    draw_page,
    grey,
)
from smartmask.evaluation.benchmark.measures import BEST_OF, best_iou, iou_of
from smartmask.evaluation.benchmark.runner import JUDGED, PICTURED, Picture, SuiteRun
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Guidance, NoGuidance
from smartmask.scene.picture import png_bytes

TRUE = (20, 90, 220)
PAIRS_A_PAGE = 10
COLOURS = 128
"""Of a page: flat drawings need no more, and a third of the bytes."""
GALLERY, GALLERY_COLUMNS = 4, 5
"""Objects of each suite in the gallery, and panels of each."""
Panel = tuple[Image.Image, str]


def suite_sheets(name: str, run: SuiteRun) -> dict[str, bytes]:
    """The sheets of a suite as PNG files, named and titled in its result under "sheets".

    The suite `real` gets pages to be judged as well, and its result the list of what they show.
    """
    if not run.pictures:
        return {}
    shown = run.pictures[:PICTURED]
    title = f"{name}: the first {len(shown)} objects of the frozen list"
    drawn = "candidates 0 to 3" if len(shown[0].drawn) == 1 else "candidate 0"
    subtitle = f"Yellow: the hint. Red: {drawn} of seed 0. Blue: the outline of the true object."
    files = {f"{name}_sheet.png": png_bytes(_page(_rows(shown), title, subtitle))}
    titles = {f"{name}_sheet.png": title}
    if name == "real":
        pages = [
            run.pictures[start : start + PAIRS_A_PAGE]
            for start in range(0, min(len(run.pictures), JUDGED), PAIRS_A_PAGE)
        ]
        run.result["judged"] = [
            {"key": picture.task.entry.key, "label": picture.task.label, "page": page}
            for page, pictures in enumerate(pages, 1)
            for picture in pictures
        ]
        for page, pictures in enumerate(pages, 1):
            file = f"{name}_judge_{page}.png"
            first = (page - 1) * PAIRS_A_PAGE + 1
            titles[file] = f"To be judged: pairs {first} to {first + len(pictures) - 1}"
            files[file] = png_bytes(_judged_page(pictures, titles[file], first))
    run.result["sheets"] = [{"file": file, "title": titles[file]} for file in files]
    return files


def gallery(runs: Mapping[str, SuiteRun]) -> bytes | None:
    """The first objects of each suite on one sheet; None if no suite has pictures."""
    every = [row for run in runs.values() for row in _rows(run.pictures[:GALLERY])]
    rows = [[*row[: GALLERY_COLUMNS - 1], row[-1]] for row in every]
    if not rows:
        return None
    title = "The first objects of the frozen lists, candidates of seed 0 in order; nothing is chosen"
    subtitle = "Layouts of held-out scenes. Yellow: the hint. Red: what was drawn. Blue: the true outline."
    return png_bytes(_page(rows, title, subtitle))


def _rows(pictures: Sequence[Picture]) -> list[list[Panel]]:
    """A row an object: its layout, and a panel for each hint, or each candidate if there was none alone."""
    rows = []
    for picture in pictures:
        task, size_wh = picture.task, _size(picture)
        row = [(draw_layout(task.scene.layout, None, longest_px=max(size_wh)), f"asked for: {task.label}")]
        for drawn in picture.drawn:
            shown = drawn.found[:BEST_OF] if len(picture.drawn) == 1 else drawn.found[:1]
            for found in shown:
                iou = (
                    iou_of(found, task.target)
                    if drawn.hint
                    else best_iou([found.mask] if found else [], task)
                )
                caption = f"{drawn.hint or 'no hint'}: {f'IoU {iou:.2f}' if found else 'came out empty'}"
                row.append((_panel(picture, found, drawn.guidance, has_truth=True), caption))
        rows.append(row)
    return rows


def _judged_page(pictures: Sequence[Picture], title: str, first: int) -> Image.Image:
    """The layout and the first candidates of each pair, best score first, empty ones last."""
    rows = []
    for number, picture in enumerate(pictures, first):
        found = sorted(picture.drawn[-1].found[:BEST_OF], key=lambda item: -item.score if item else 1.0)
        layout = draw_layout(picture.task.scene.layout, None, longest_px=max(_size(picture)))
        row = [(layout, f"{number}. {picture.task.label}")]
        for place, item in enumerate(found, 1):
            caption = f"score {item.score:.2f}" if item else "came out empty"
            panel = _panel(picture, item, NoGuidance(), has_truth=False)
            row.append((panel, f"{number}.{place}  {caption}"))
        rows.append(row)
    return _page(rows, title, f"Candidates 0 to {BEST_OF - 1} of seed 0 without a hint, best score first.")


def _page(rows: Sequence[Sequence[Panel]], title: str, subtitle: str) -> Image.Image:
    """Rows of equally many panels."""
    panels = [panel for row in rows for panel in row]
    room = max(picture.width for picture, _ in panels), max(picture.height for picture, _ in panels)
    page = draw_page(panels, len(rows[0]), room, title, subtitle)
    return page.quantize(COLOURS, dither=Image.Dither.NONE)


def _panel(picture: Picture, found: Suggestion | None, guidance: Guidance, has_truth: bool) -> Image.Image:
    """A candidate over its layout."""
    task, size_wh = picture.task, _size(picture)
    panel = draw_faded(task.scene.layout, size_wh)
    scale = size_wh[0] / task.target.shape[1]
    if not isinstance(guidance, NoGuidance):
        draw_hint(panel, guidance, scale)
    if found is not None:
        alpha = grey(found.alpha)
        tint = alpha.resize(size_wh, Image.Resampling.BICUBIC, reducing_gap=3.0)
        panel.paste(ACCENT, mask=tint.point([round(value * TINT) for value in range(256)]))
        draw_contour(panel, alpha, ACCENT, 2)
    if has_truth:
        for truth in task.truths if isinstance(guidance, NoGuidance) else task.truths[:1]:
            draw_contour(panel, grey(truth), TRUE, 1)
    return panel


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height of its panels: five fill the page's width, and none is higher than 3:4."""
    room = (PAGE_WIDTH - 2 * MARGIN - 4 * GAP) // 5
    height, width = picture.task.target.shape
    scale = min(room / width, 0.75 * room / height)
    return max(round(width * scale), 8), max(round(height * scale), 8)
