"""What a report says, from result files alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from benchmark_results import figure, result, table

from smartmask.errors import AnnotationError
from smartmask.evaluation.report import aims, cell, figure_text, read_findings
from smartmask.evaluation.report_tables import markdown, seed_spread


def write(folder: Path, name: str, value: object) -> None:
    (folder / name).write_text(json.dumps(value))


@pytest.fixture
def folder(tmp_path) -> Path:
    hints = table(
        ["IoU"],
        {"box": [figure(0.71, 0.65, 0.77, seeds=[0.7, 0.72, 0.71])], "scribble": [figure(0.8)]},
        "IoU",
    )
    use = table(["layout", "words"], {"box given, IoU": [figure(0.02, 0.01, 0.03), figure(0.0, -0.1, 0.1)]})
    write(tmp_path, "silhouettes.json", result("silhouettes", hints=hints, use=use))
    free = table(
        ["recall@10", "violation", "diversity"],
        {
            "model": [figure(0.4), figure(0.1), figure(0.6)],
            "class prior + retrieval": [figure(0.2), figure(0.3), figure(0.9)],
            "the true objects": [None, figure(0.05), None],
        },
    )
    real = result("real", free=free)
    real["judged"] = [{"key": f"p{n}", "label": "cat", "page": 1} for n in range(4)]
    write(tmp_path, "real.json", real)
    return tmp_path


def test_aims_are_met_or_missed_by_the_figures(folder):
    found = {aim.text: aim.is_met for aim in aims(read_findings(folder))}
    assert found["silhouettes: box, IoU >= 0.67"]
    assert not found["silhouettes: scribble, IoU >= 0.84"]
    assert found["real: model, violation < 0.15"]
    assert found["real: recall@10 at least twice that of class prior + retrieval"]
    assert found["silhouettes: box given, IoU, use of the layout above zero"]
    assert not found["silhouettes: box given, IoU, use of the words above zero"]
    assert not any("scenes" in text for text in found), "what was not measured is no aim missed"


def test_tables_show_figures_with_intervals_and_seeds(folder):
    text = markdown(read_findings(folder))
    assert "| box | 9 | 0.710 (0.650 to 0.770) | 0.700 to 0.720 |" in text
    assert "| the true objects | 9 |  | 0.050 |  |" in text
    assert (
        "9 objects of 5 images in 4 groups, test split; seeds 0 to 2; weights dddddddddddd of 1,000 views"
        in text
    )
    assert text.index("## silhouettes") < text.index("## real")
    assert markdown(read_findings(folder)) == text


def test_a_cell_that_is_not_there_is_none(folder):
    real = read_findings(folder).results["real"]
    assert cell(real, "free", "model", "recall@10") == figure(0.4)
    assert cell(real, "free", "the true objects", "recall@10") is None
    assert cell(real, "free", "nobody", "recall@10") is None
    assert cell(real, "hints", "box", "IoU") is None
    assert figure_text(None) == ""
    assert seed_spread(figure(0.5, seeds=[0.5])) == ""


def test_the_cost_of_the_segmenter_stands_beside_the_suite_real(folder):
    assert "What the segmenter costs" not in markdown(read_findings(folder))
    write(folder, "segmenter.json", {"cost": None})  # measured without it
    assert "What the segmenter costs" not in markdown(read_findings(folder))
    cost = {
        "objects": 100,
        "mask_model_views": 591808,
        "annotated": {"box_iou": 0.6, "free_hit": 0.1, "free_iou": 0.2},
        "box_iou_lost": [0.1, 0.0, 0.2],
    }
    write(folder, "segmenter.json", {"cost": cost})
    text = markdown(read_findings(folder))
    assert "by weights of 591,808 views" in text
    assert "| annotated | 0.600 | 0.200 | 10% |" in text


class TestVerdicts:
    VALUE: ClassVar[dict[str, object]] = {
        "objects_sha256": "a" * 64,
        "weights_sha256": "d" * 64,
        "judge": "One pair of eyes.",
        "plausible": {"p0": [True, False], "p1": [False, False], "p2": [False, True], "p3": [True, True]},
    }

    def test_they_are_counted_by_pair(self, folder):
        write(folder, "verdicts.json", self.VALUE)
        found = read_findings(folder)
        assert found.verdicts is not None
        assert (found.verdicts.pairs, found.verdicts.any_plausible, found.verdicts.plausible) == (
            4,
            0.75,
            0.5,
        )
        assert {aim.text: aim.is_met for aim in aims(found)}[
            "real: a plausible one among four, of the judged pairs, >= 0.7"
        ]
        assert "At least one plausible: 75%" in markdown(found)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            pytest.param(
                {"weights_sha256": "e" * 64}, "weights_sha256 is not that of real.json", id="other weights"
            ),
            pytest.param(
                {"objects_sha256": "e" * 64}, "objects_sha256 is not that of real.json", id="other list"
            ),
            pytest.param(
                {"plausible": {"p9": [True]}}, "must hold a list of true and false", id="unknown pair"
            ),
            pytest.param({"plausible": {"p0": [1]}}, "must hold a list of true and false", id="no verdicts"),
            pytest.param({"plausible": {}}, "must hold a list of true and false", id="nothing judged"),
        ],
    )
    def test_those_of_another_run_are_refused(self, folder, change, message):
        write(folder, "verdicts.json", {**self.VALUE, **change})
        with pytest.raises(AnnotationError, match=message):
            read_findings(folder)

    def test_they_need_the_result_that_they_judge(self, folder):
        (folder / "real.json").unlink()
        write(folder, "verdicts.json", self.VALUE)
        with pytest.raises(AnnotationError, match="judges the suite real"):
            read_findings(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "cannot be read as JSON", id="cut short"),
        pytest.param("[" * 100_000, "cannot be read as JSON", id="nested too deeply"),
        pytest.param("[]", "must hold a JSON object", id="no object"),
        pytest.param('{"protocol": 1}', "run smartmask evaluate masks silhouettes", id="an older protocol"),
    ],
)
def test_a_result_that_cannot_be_used_is_an_error_with_its_name(folder, content, message):
    (folder / "silhouettes.json").write_text(content)
    with pytest.raises(AnnotationError, match=message) as error:
        read_findings(folder)
    assert "silhouettes.json" in str(error.value)


def first_figure(value: dict) -> dict:
    return value["tables"]["hints"]["rows"]["box"][0]


def sheet(name: str) -> Callable[[dict], None]:
    return lambda value: value.update(sheets=[{"file": name, "title": "t"}])


MARKUP = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda value: value.update(objects=MARKUP), "a count must be a whole", id="objects"),
        pytest.param(lambda value: first_figure(value).update(count=MARKUP), "a count must", id="a count"),
        pytest.param(lambda value: first_figure(value).update(mean=MARKUP), "a figure must", id="a mean"),
        pytest.param(lambda value: first_figure(value).update(seeds=[MARKUP]), "a figure must", id="a seed"),
        pytest.param(lambda value: first_figure(value).pop("low"), "is not as smartmask", id="no interval"),
        pytest.param(lambda value: value.update(tables=[]), "is not as smartmask", id="no tables"),
        pytest.param(sheet("../secret.png"), "leads out of its folder", id="a sheet above"),
        pytest.param(sheet("/secret.png"), "leads out of its folder", id="a sheet anywhere"),
        pytest.param(sheet("a/secret.png"), "must lie beside", id="a sheet in another folder"),
        pytest.param(sheet("a\0b"), "leads out of its folder", id="a name of none"),
    ],
)
def test_a_result_of_strange_values_is_an_error_with_its_name(folder, change, message):
    path = folder / "silhouettes.json"
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))
    with pytest.raises(AnnotationError, match=rf"silhouettes\.json.*{message}"):
        read_findings(folder)


def test_a_folder_without_results_is_an_error(tmp_path):
    with pytest.raises(AnnotationError, match="holds no result of a suite"):
        read_findings(tmp_path)
