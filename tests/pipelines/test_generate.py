"""Sampling one field, with closed-form denoisers and a tiny network."""

import numpy as np
import pytest
from field_parts import field_generator
from shapes import disc, rectangle
from tiny_network import RESOLUTION, TinyNetwork

from smartmask.model.diffusion.condition import Condition
from smartmask.model.diffusion.sampler import heun
from smartmask.pipelines.generate import MaskGenerator, SamplingConfig, Scene
from smartmask.scene.guidance import Box, NoGuidance
from smartmask.scene.layout import UNKNOWN, Layer, Layout
from smartmask.scene.view import View

SIZE_HW = (20, 32)
LAYERS = (Layer("wall", rectangle(SIZE_HW, (0, 0, 32, 12))), Layer("ball", disc(SIZE_HW, (20, 10), 5)))
PLAIN = {"steps": 6, "shift": 3.0}
STEPS = SamplingConfig(**PLAIN)
SCENE = Scene.of(Layout(SIZE_HW, LAYERS))


class Constants:
    """Answers one number where words are told, another where they are not."""

    def __init__(self, told: float, untold: float) -> None:
        self.told, self.untold = told, untold

    def __call__(self, x: np.ndarray, t: float, conditions: tuple[Condition, ...]) -> tuple[np.ndarray, ...]:
        values = [self.told if condition.object_text.any() else self.untold for condition in conditions]
        return tuple(np.full_like(x, value) for value in values)


def sampled(encoder, told: float, untold: float, **settings: object) -> np.ndarray:
    generator = field_generator(Constants(told, untold), encoder, RESOLUTION)
    sampling = SamplingConfig(**(PLAIN | settings))
    return generator.sample(whole(generator), sampling, np.random.default_rng(0))[0]


def whole(generator: MaskGenerator) -> Condition:
    return generator.condition(SCENE, "dog", None, NoGuidance(), View.whole(SIZE_HW, RESOLUTION))


class Doubled:
    """A space of samples of three numbers a row: each row's mean, twice, in a layout of its own."""

    shape = (3, RESOLUTION)

    def decode(self, sample: np.ndarray) -> np.ndarray:
        return np.repeat(sample.mean(0)[:, None] / 2, RESOLUTION, 1).astype(np.float32)


def test_a_denoiser_may_work_in_a_space_of_its_own(tiny_encoder):
    seen = []

    class Remembering(Constants):
        def __call__(self, x, t, conditions):
            seen.append(x)
            return super().__call__(x, t, conditions)

    generator = MaskGenerator(Remembering(0.8, 0.0), tiny_encoder, RESOLUTION, Doubled())
    field = generator.sample(whole(generator), STEPS, np.random.default_rng(0))
    assert {x.shape for x in seen} == {(1, 3, RESOLUTION)}
    np.testing.assert_allclose(field, 0.4, atol=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"steps": 0}, id="no step"),
        pytest.param({"steps": -3}, id="less than no step"),
        pytest.param({"shift": 0.0}, id="no shift at all"),
        pytest.param({"cfg_scale": -0.1}, id="words pushed away"),
        pytest.param({"layout_scale": -0.1}, id="the layout pushed away"),
        pytest.param({"cfg_until": -0.1}, id="until a time below 0"),
        pytest.param({"cfg_until": 1.1}, id="until a time above 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    rules = r"steps must be >= 1, shift > 0, cfg_scale >= 0, cfg_until in \[0, 1\]"
    with pytest.raises(ValueError, match=rules):
        SamplingConfig(**(PLAIN | wrong))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="plain ones"),
        pytest.param({"steps": 1, "cfg_scale": 0.0, "cfg_until": 0.0}, id="all at their lower ends"),
        pytest.param({"cfg_until": 1.0, "sampler": heun}, id="steered never, by Heun"),
    ],
)
def test_settings_at_their_ends_are_taken(settings, tiny_encoder):
    assert np.isfinite(sampled(tiny_encoder, 0.1, 0.2, **settings)).all()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"cfg_scale": 1.0}, 0.1, id="strength 1 is the told branch"),
        pytest.param({"cfg_scale": 0.0, "cfg_until": 0.0}, -0.3, id="strength 0 is the untold branch"),
        pytest.param({"cfg_scale": 2.0, "cfg_until": 0.0}, 0.5, id="strength 2 goes as far beyond the told"),
        pytest.param({"cfg_scale": 2.0, "cfg_until": 0.5}, 0.1, id="late steps are not steered"),
    ],
)
@pytest.mark.parametrize("steps", [1, 14], ids=["in one step", "in 14 steps"])
def test_words_are_strengthened_as_far_and_as_long_as_set(settings, expected, steps, tiny_encoder):
    if steps == 1 and settings.get("cfg_until") == 0.5:
        expected = 0.5  # the only step starts at time 1, where words are strengthened
    found = sampled(tiny_encoder, 0.1, -0.3, steps=steps, **settings)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("answer", "field"), [(7.0, 1.0), (-7.0, -1.0), (0.25, 0.25)], ids=str)
def test_a_field_is_clipped_to_what_the_codec_reads(answer, field, tiny_encoder):
    found = sampled(tiny_encoder, answer, answer)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.full((RESOLUTION, RESOLUTION), field, np.float32), atol=1e-6)


def test_a_sample_depends_on_its_condition_and_generator_alone(tiny_encoder):
    generator = field_generator(TinyNetwork(), tiny_encoder, RESOLUTION)
    condition = whole(generator)
    first = generator.sample(condition, STEPS, np.random.default_rng(3))
    other = generator.sample(condition, STEPS, np.random.default_rng(4))
    again = generator.sample(condition, STEPS, np.random.default_rng(3))
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)
    elsewhere = generator.condition(SCENE, "cat", "x", Box((2, 2, 9, 9)), View.whole(SIZE_HW, RESOLUTION))
    assert not np.array_equal(first, generator.sample(elsewhere, STEPS, np.random.default_rng(3)))


def test_a_generator_goes_on_so_that_two_samples_of_one_differ(tiny_encoder):
    generator = field_generator(TinyNetwork(), tiny_encoder, RESOLUTION)
    rng = np.random.default_rng(3)
    first, second = (generator.sample(whole(generator), STEPS, rng) for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_scene_holds_what_is_visible():
    assert SCENE.visible_index[5, 20] == 1
    assert SCENE.visible_index[2, 2] == 0
    assert SCENE.visible_index[19, 0] == UNKNOWN
