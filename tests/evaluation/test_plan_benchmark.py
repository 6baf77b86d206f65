"""The planning benchmark: what counts as kept, distances that behave, baselines that are what they say."""

import json
from collections import Counter

import numpy as np
import pytest

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.layered_scene import LayeredScene, SceneLayer
from smartmask.errors import AnnotationError
from smartmask.evaluation.plan_baselines import ClassPriors, Retrieval
from smartmask.evaluation.plan_benchmark import (
    box_mask,
    count_unsupported,
    placed_layers,
    plan_boxes,
    scene_unsupported,
    score_layout,
    summarize,
    things_as_layout,
)
from smartmask.evaluation.plan_prompts import (
    BenchmarkPrompt,
    Stated,
    StatedRelation,
    read_prompts,
    score_prompt,
)
from smartmask.evaluation.plan_statistics import (
    Things,
    covered_share,
    frechet_distance,
    frechet_limit,
    kernel_distance,
    layout_features,
    pair_iou,
)
from smartmask.model.planner.support import SupportRules
from smartmask.protocols import PlannedObject
from smartmask.scene.layout import Layer, Layout
from smartmask.weights import WEIGHTS

SIZE_HW = (50, 100)


def filled(x0, y0, x1, y1):
    mask = np.zeros(SIZE_HW, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def room(*things):
    layers = [("floor", filled(0, 25, 100, 50)), ("wall", filled(0, 0, 100, 25)), *things]
    return Layout(SIZE_HW, tuple(Layer(label, mask, "amodal") for label, mask in layers))


def prompt(*named, relations=(), absent=()):
    stated = tuple(Stated(label, count, at_least, False) for label, count, at_least in named)
    told = tuple(StatedRelation(kind, subject, references) for kind, subject, references in relations)
    return BenchmarkPrompt("a prompt", "hand", stated, absent, told)


COUCH, LAMP = ("couch", filled(40, 20, 80, 45)), ("lamp", filled(10, 10, 20, 45))


class TestScores:
    """What a layout keeps of a prompt."""

    def test_all_is_kept(self):
        asked = prompt(("sofa", 1, False), ("lamp", 1, False), relations=[("left of", "lamp", ("sofa",))])
        score = score_prompt(asked, room(COUCH, LAMP))
        assert (score.recall, score.is_counted, score.relations) == (1.0, True, (True,))

    def test_one_too_few_and_one_too_many(self):
        lamps = LAMP, ("lamp", filled(85, 10, 95, 45))
        for wanted, kept in ((1, False), (2, True), (3, False)):
            assert score_prompt(prompt(("lamp", wanted, False)), room(*lamps)).is_counted is kept
        assert score_prompt(prompt(("lamp", 1, True)), room(*lamps)).is_counted

    def test_what_is_hidden_is_not_there(self):
        score = score_prompt(prompt(("lamp", 1, False)), room(LAMP, ("cabinet", filled(8, 8, 30, 47))))
        assert (score.recall, score.is_counted) == (0.0, False)

    def test_what_is_ruled_out(self):
        assert not score_prompt(prompt(("lamp", 1, False), absent=("sofa",)), room(LAMP, COUCH)).is_counted

    def test_all_subjects_must_keep_a_relation(self):
        asked = prompt(("lamp", 2, False), ("couch", 1, False), relations=[("left of", "lamp", ("couch",))])
        right = "lamp", filled(85, 10, 95, 45)
        assert score_prompt(asked, room(COUCH, LAMP, right)).relations == (False,)
        assert score_prompt(asked, room(COUCH, LAMP, ("lamp", filled(25, 10, 35, 45)))).relations == (True,)
        assert score_prompt(asked, room(COUCH)).relations == (False,)

    def test_order_between_and_regions(self):
        behind = prompt(("couch", 1, False), ("lamp", 1, False), relations=[("behind", "lamp", ("couch",))])
        lamp = "lamp", filled(50, 5, 60, 40)
        assert score_prompt(behind, room(lamp, COUCH)).relations == (True,)
        assert score_prompt(behind, room(COUCH, lamp)).relations == (False,)
        chairs = ("chair", filled(0, 20, 10, 40)), ("chair", filled(80, 20, 90, 40))
        between = prompt(("chair", 2, False), ("lamp", 1, False), relations=[("between", "lamp", ("chair",))])
        assert score_prompt(between, room(*chairs, lamp)).relations == (True,)
        on_wall = prompt(("lamp", 1, False), ("wall", 1, False), relations=[("on", "lamp", ("wall",))])
        assert score_prompt(on_wall, room(("lamp", filled(50, 5, 60, 15)))).relations == (True,)
        assert score_prompt(on_wall, room(("lamp", filled(50, 35, 60, 45)))).relations == (False,)


class TestPrompts:
    """The file of prompts."""

    def test_the_committed_set(self):
        prompts = read_prompts()
        assert Counter(one.source for one in prompts) == {"template": 150, "hand": 50}
        assert len({one.text for one in prompts}) == 200
        assert sum(len(one.relations) for one in prompts) > 100
        for one in prompts:
            for item in one.named:
                assert item.label == "person" or item.label.split()[-1][:3] in one.text.lower()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda c: c.update(version=2), "expected 'smartmask-plan-prompts' of version 1"),
            (lambda c: c["prompts"][0].pop("text"), "prompt 0: lacks text"),
            (lambda c: c["prompts"][0]["named"][0].update(count="2"), "count must be a whole number"),
            (lambda c: c["prompts"][0]["named"][0].update(at_least=1), "at_least must be true or false"),
            (
                lambda c: c["prompts"][0]["relations"].append(
                    {"kind": "on", "subject": "x", "references": []}
                ),
                "a relation of something that is not named",
            ),
        ],
    )
    def test_strict(self, tmp_path, change, message):
        item = {"label": "cat", "count": 1, "at_least": False, "is_region": False}
        one = {"text": "a cat", "source": "hand", "named": [item], "absent": [], "relations": []}
        content = {"format": "smartmask-plan-prompts", "version": 1, "prompts": [one]}
        path = tmp_path / "prompts.json"
        path.write_text(json.dumps(content))
        assert read_prompts(path)[0].named[0].label == "cat"
        change(content)
        path.write_text(json.dumps(content))
        with pytest.raises(AnnotationError, match=message):
            read_prompts(path)


@pytest.fixture(scope="module")
def encoder() -> StaticTextEncoder:
    return StaticTextEncoder(WEIGHTS / "text.npz")


class TestStatistics:
    """Distances and baselines."""

    def some(self, rng, labels=("chair", "table", "lamp"), low=0.5):
        count = int(rng.integers(1, 8))
        corner = rng.uniform(0, low, (count, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(0.05, 0.4, (count, 2))], 1).astype(np.float32)
        return Things.of([str(rng.choice(labels)) for _ in range(count)], boxes)

    def test_another_draw_is_nearer_than_other_labels_or_places(self, encoder):
        rng = np.random.default_rng(0)
        reference, same = ([self.some(rng) for _ in range(300)] for _ in range(2))
        labels = [self.some(rng, ("dog", "car", "tree")) for _ in range(300)]
        places = [self.some(rng, low=0.1) for _ in range(300)]
        features = layout_features(reference, encoder)
        distance = {
            name: frechet_distance(layout_features(one, encoder), features)
            for name, one in (("same", same), ("labels", labels), ("places", places))
        }
        assert distance["same"] < 0.2 * min(distance["labels"], distance["places"])

    def test_distance_of_gaussians_in_closed_form(self):
        rng = np.random.default_rng(0)
        one = rng.normal(size=(50_000, 2)) * [1.0, 2.0]
        other = rng.normal(size=(50_000, 2)) * [2.0, 2.0] + [1.0, 0.0]
        # In units of the reference: means differ by 1/2, deviations are (1/2, 1) and (1, 1).
        assert frechet_distance(one, other) == pytest.approx(0.25 + 0.25, abs=0.02)
        with pytest.raises(ValueError, match="at least 2 layouts are compared, not 1 and 50000"):
            frechet_distance(one[:1], other)

    def test_few_samples_do_not_make_the_unbiased_distances_large(self):
        rng = np.random.default_rng(0)
        reference, same, found = (rng.normal(size=(200, 20)) for _ in range(3))
        pairs = [rng.normal(size=(2, 200, 20)) for _ in range(8)]
        assert np.mean([frechet_distance(*pair) for pair in pairs]) > 1
        assert abs(np.mean([frechet_limit(*pair, rng) for pair in pairs])) < 0.15
        assert abs(kernel_distance(same, reference)[0]) < 3 * kernel_distance(same, reference)[1]
        moved = found + 0.5  # 20 features, each off by half its deviation
        assert frechet_limit(moved, reference, np.random.default_rng(1)) == pytest.approx(5, abs=1)
        assert kernel_distance(moved, reference)[0] > 5 * kernel_distance(moved, reference)[1]

    def test_texts_in_common_do_not_make_the_unbiased_distances_small(self):
        """A set that is the reference plus noise shares its chance, not its distribution."""
        rng = np.random.default_rng(0)
        reference = rng.normal(size=(200, 20))
        found = reference + rng.normal(size=(200, 20))  # deviations of 2 ** 0.5 instead of 1
        limit = frechet_limit(found, reference, np.random.default_rng(1))
        assert limit == pytest.approx(20 * (2**0.5 - 1) ** 2, rel=0.15)
        with pytest.raises(ValueError, match="the same 16 or more texts are compared, not of 9"):
            frechet_limit(found[:9], reference[:9], rng)
        with pytest.raises(ValueError, match="the same 2 or more texts are compared, not of 1"):
            kernel_distance(found[:1], reference[:1])

    def test_boxes(self):
        boxes = np.array([[0, 0, 0.5, 1], [0, 0, 0.5, 1], [0.5, 0, 1, 1]], np.float32)
        assert pair_iou(boxes) == pytest.approx(1 / 3)
        assert covered_share(boxes[:2]) == pytest.approx(0.5)
        assert (pair_iou(boxes[:1]), covered_share(boxes[:0])) == (0.0, 0.0)

    def test_only_the_largest_things_count(self):
        boxes = np.stack([np.array([0, 0, 0.01 * n + 0.001, 0.5]) for n in range(20)]).astype(np.float32)
        things = Things.of([str(n) for n in range(20)], boxes)
        assert things.labels == tuple(str(n) for n in range(19, 7, -1))

    def test_baselines(self, encoder):
        scenes = [
            LayeredScene(
                str(number),
                str(number),
                SIZE_HW,
                (SceneLayer.of(label, filled(10, 10, 40, 40), extent="amodal", is_thing=True),),
                True,
                (f"a photo of a {label}",),
            )
            for number, label in enumerate(("toilet", "horse"))
        ]
        retrieval = Retrieval.of(scenes, encoder)
        assert retrieval.plan("a pony in a field", encoder).labels == ("horse",)
        assert retrieval.plan("a bathroom with a toilet", encoder).labels == ("toilet",)
        priors = ClassPriors.of([Things.of_scene(scene) for scene in scenes])
        found = [priors.plan(np.random.default_rng(seed)).labels for seed in range(20)]
        assert set(found) == {("toilet",), ("horse",)}


class Repeats:
    """A planner that always says the same."""

    def __init__(self, *objects):
        self.objects = objects

    def next_object(self, layout, prompt, placed, seed, camera):
        return self.objects[len(placed)] if len(placed) < len(self.objects) else None


def test_a_box_that_reaches_beyond_the_canvas_is_filled_as_far_as_it_lies_on_it():
    found = box_mask((-0.1, -0.02, 0.5, 0.5), room())
    assert found[:25, :50].all()
    assert found.sum() == 25 * 50


def test_summary_of_a_plan():
    rules = SupportRules(StaticTextEncoder(WEIGHTS / "text.npz"))
    start = room()
    planner = Repeats(
        PlannedObject("couch", "a couch", (40, 20, 80, 45)),
        PlannedObject("lamp", "a lamp", (10, 2, 20, 12)),  # hangs in the air
        PlannedObject("plant", "a plant", (45, 10, 60, 40), behind=2),
    )
    layout = plan_boxes(planner, start, "a room", 12, 0)
    assert layout.labels == ("floor", "wall", "plant", "couch", "lamp")
    assert placed_layers(layout, start) == [2, 3, 4]
    assert count_unsupported(layout, [2, 3, 4], rules) == 1
    asked = prompt(("couch", 1, False), ("cat", 1, False), relations=[("behind", "plant", ("couch",))])
    summary = summarize([asked], [score_layout(asked, layout, start, rules)])
    assert (summary.recall, summary.all_named, summary.relations_kept) == (0.5, 0.0, 1.0)
    assert summary.unsupported == pytest.approx(1 / 3)
    assert Things.of_layout(layout, start).labels == ("couch", "plant", "lamp")
    flat = things_as_layout(Things.of_layout(layout, start), start)
    assert sorted(flat.labels) == sorted(layout.labels)


def test_the_rule_on_scenes_that_are_right():
    rules = SupportRules(StaticTextEncoder(WEIGHTS / "text.npz"))
    layers = [
        ("floor", filled(0, 25, 100, 50), False),
        ("wall", filled(0, 0, 100, 25), False),
        (*COUCH, True),
    ]
    made = LayeredScene(
        "a", "a", SIZE_HW,
        tuple(SceneLayer.of(label, mask, extent="amodal", is_thing=thing) for label, mask, thing in layers),
        True,
    )  # fmt: skip
    assert scene_unsupported([made], rules) == (1, 0)
