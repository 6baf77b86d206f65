"""The benchmark's page: whole, harmless, and true to the figures."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from benchmark_results import figure, result, table
from PIL import Image

from smartmask.apps.benchmark_report import benchmark_report
from smartmask.evaluation.report import Findings, Verdicts

VOID = {"meta", "img"}


class Balanced(HTMLParser):
    """Fails on a tag that is not closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        """What closes itself is balanced."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def page(tmp_path: Path) -> str:
    Image.new("RGB", (8, 8)).save(tmp_path / "sheet.png")
    hints = table(
        ["IoU"], {"box": [figure(0.5, 0.25, 0.75, seeds=[0.4, 0.6])], "<b>bold</b>": [figure(1.0)]}, "IoU"
    )
    classes = {**table(["box"], {"cat": [figure(0.5)]}), "title": "By class"}
    silhouettes = result("silhouettes", hints=hints, classes=classes)
    silhouettes["sheets"] = [{"file": "sheet.png", "title": "The first <objects>"}]
    real = result("real", free=table(["recall@10"], {"model": [None], "random": [figure(0.1)]}, "recall@10"))
    cost = {
        "objects": 100,
        "mask_model_views": 1000,
        "annotated": {"box_iou": 0.6, "free_hit": 0.1, "free_iou": 0.2},
    }
    verdicts = Verdicts(judge="I & me", pairs=50, any_plausible=0.7, low=0.6, high=0.8, plausible=0.5)
    findings = Findings(
        results={"silhouettes": silhouettes, "real": real},
        layout_cost=cost,
        verdicts=verdicts,
    )
    return benchmark_report(findings, tmp_path)


def test_every_tag_is_closed_in_its_turn(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []


def test_text_of_results_is_escaped_and_nothing_is_fetched(page):
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "The first &lt;objects&gt;" in page
    assert "I &amp; me" in page
    assert not re.search(r"(src|href)='(?!data:|#)", page)
    assert "<script" not in page


def test_charts_are_drawn_to_scale(page):
    widths = [float(width) for width in re.findall(r"<rect [^>]*width='([0-9.]+)'", page)]
    assert len(widths) == 3, "two hints, and the one of two rows of the suite real that has a figure"
    assert widths[0] / widths[1] == pytest.approx(0.5, abs=0.01)
    seeds = [float(x) for x in re.findall(r"<circle cx='([0-9.]+)'", page)]
    middle = float(re.findall(r"<rect x='([0-9.]+)'", page)[0]) + widths[0]
    assert sum(seeds) / 2 == pytest.approx(middle, abs=0.2)


def test_long_tables_are_folded_and_other_sources_stand_beside_the_suite_real(page):
    assert page.index("<details><summary>By class") < page.index("id='real'")
    assert page.index("id='real'") < page.index("What the segmenter costs") < page.index("Judged by eye")
    assert "<b>70%</b> (60% to 80%)" in page
