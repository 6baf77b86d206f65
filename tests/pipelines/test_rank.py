"""The score on closed-form denoisers whose errors are known."""

import numpy as np
import pytest
from shapes import disc, rectangle

from smartmask.model.condition import OUTSIDE, SPECIAL_ROWS, UNKNOWN, Condition, build_condition
from smartmask.pipelines.rank import TIMES, plausibility
from smartmask.scene.guidance import NoGuidance
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View

SIZE_HW, RESOLUTION = (20, 32), 16


@pytest.fixture
def condition(tiny_encoder) -> Condition:
    layers = (Layer("wall", rectangle(SIZE_HW, (0, 0, 32, 12))), Layer("ball", disc(SIZE_HW, (20, 10), 5)))
    layout = Layout(SIZE_HW, layers)
    return build_condition(
        layout.visible_index(), layout.labels, NoGuidance(), View.whole(SIZE_HW, RESOLUTION),
        prompt="dog", scene="a dog", encoder=tiny_encoder,
    )  # fmt: skip


FIELD = np.random.default_rng(0).uniform(-1, 1, (RESOLUTION, RESOLUTION)).astype(np.float32)


class Errors:
    """Restores `FIELD` with an error of known size: one when told, another when blind."""

    def __init__(self, told: float, blind: float) -> None:
        self.told, self.blind = told, blind
        self.seen: list[tuple[float, tuple[Condition, ...]]] = []

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        self.seen.append((t, conditions))
        errors = [self.told if condition.object_text.any() else self.blind for condition in conditions]
        return tuple((FIELD + error)[None].astype(np.float32) for error in errors)


@pytest.mark.parametrize(
    ("told", "blind", "score"),
    [
        pytest.param(0.0, 1.0, 1.0, id="restored exactly when told is 1"),
        pytest.param(1.0, 0.0, 0.0, id="restored exactly when blind is 0"),
        pytest.param(0.3, 0.3, 0.5, id="the same for both is one half"),
        pytest.param(1.0, 3**0.5, 0.75, id="a third of the squared error is three quarters"),
        pytest.param(-0.2, 0.2, 0.5, id="the sign of the error does not matter"),
    ],
)
def test_the_score_is_the_share_of_the_error_made_without_context(told, blind, score, condition):
    assert plausibility(Errors(told, blind), FIELD, condition) == pytest.approx(score, abs=1e-5)


def test_less_error_when_told_is_a_higher_score(condition):
    scores = [plausibility(Errors(told, 0.5), FIELD, condition) for told in (0.1, 0.2, 0.4, 0.8)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_the_blind_branch_knows_the_canvas_and_nothing_on_it(condition):
    branches = Errors(0.1, 0.2)
    plausibility(branches, FIELD, condition)
    assert [t for t, _ in branches.seen] == list(TIMES)
    for _, (told, blind) in branches.seen:
        assert told is condition
        assert not blind.object_text.any()
        assert not blind.scene_text.any()
        assert set(np.unique(blind.regions - SPECIAL_ROWS).tolist()) == {OUTSIDE, UNKNOWN}
        assert np.array_equal(blind.regions == OUTSIDE + SPECIAL_ROWS, told.regions == OUTSIDE + SPECIAL_ROWS)
        assert blind.zoom == told.zoom


def test_the_noise_is_always_the_same_and_mixed_in_by_the_time(condition):
    given: list[list[np.ndarray]] = [[], []]
    for fields in given:

        def remember(x, t, conditions, fields=fields):
            fields.append((x - (1 - t) * FIELD) / t)
            return (x, x)

        plausibility(remember, FIELD, condition)
    for one, other in zip(*given, strict=True):
        assert np.array_equal(one, other)
        assert abs(float(one.mean())) < 0.2
        assert float(one.std()) == pytest.approx(1, abs=0.15)
