"""Answers that know nothing of the scene: from rooms whose things have known places and shapes."""

from dataclasses import replace

import numpy as np
import pytest
from hash_encoder import HashEncoder
from hypothesis import given
from hypothesis import strategies as st
from shapes import disc, rectangle, room, scene_of

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.evaluation.baselines import (
    BANDWIDTH,
    PRIOR_COUNT,
    ClassPrior,
    ShapeBank,
    ellipse,
    filled_box,
    nearest_label,
    random_boxes,
    random_masks,
    shape_in_box,
)
from smartmask.scene.boxes import box_of
from smartmask.scene.masks import mask_iou
from smartmask.weights import WEIGHTS

SIZE_HW = (72, 96)
ENCODER = HashEncoder()
ROOMS = [room(number) for number in range(60)]  # pictures hang in the upper left, balls lie low
WORDS = StaticTextEncoder(WEIGHTS / "text.npz")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def prior() -> ClassPrior:
    return ClassPrior.of(ROOMS, ENCODER)


@pytest.fixture(scope="module")
def bank() -> ShapeBank:
    return ShapeBank(ROOMS, ENCODER)


def middles(boxes) -> np.ndarray:
    x0, y0, x1, y1 = np.array(boxes).T
    return np.stack([(x0 + x1) / 2, (y0 + y1) / 2], 1)


class TestClassPrior:
    def test_boxes_lie_where_the_class_lay(self, prior):
        pictures = middles(prior.propose("picture", SIZE_HW, 2000, rng()))
        balls = middles(prior.propose("ball", SIZE_HW, 2000, rng()))
        assert np.mean(balls[:, 1] > SIZE_HW[0] / 2) > 0.95
        assert np.mean(pictures[:, 1] < SIZE_HW[0] / 2) > 0.95
        true = [scene.layers[3].box_xyxy for scene in ROOMS]
        assert balls.mean(0) == pytest.approx(middles(true).mean(0), abs=2)

    def test_sizes_are_those_of_the_class_and_near_things_may_be_larger(self):
        canvas_hw = (144, 192)

        def street(number):
            half, y = (32, 100) if number % 2 else (8, 40)
            x = 40 + number % 112
            return scene_of({"car": rectangle(canvas_hw, (x - half, y - half, x + half, y + half))})

        found = ClassPrior.of([street(n) for n in range(400)], ENCODER).propose("car", canvas_hw, 4000, rng())
        wide = np.array([x1 - x0 for x0, _, x1, _ in found])
        is_near = middles(found)[:, 1] > 70
        assert np.median(wide[~is_near]) == pytest.approx(16, rel=0.25)
        assert np.median(wide[is_near]) > 2.5 * np.median(wide[~is_near])

    def test_places_scale_with_the_canvas_and_shapes_keep_their_aspect(self, prior):
        one = np.array(prior.propose("picture", SIZE_HW, 50, rng(3)))
        twice = np.array(prior.propose("picture", (144, 192), 50, rng(3)))
        np.testing.assert_allclose(twice, 2 * one, rtol=1e-9)
        tall = np.array(prior.propose("picture", (96, 72), 500, rng(3)))
        aspect = np.exp(np.mean(np.log((tall[:, 2] - tall[:, 0]) / (tall[:, 3] - tall[:, 1]))))
        assert aspect == pytest.approx(24 / 18, rel=0.1)

    def test_many_things_of_a_class_are_smoothed_less_than_few(self):
        many, few = ClassPrior.of(ROOMS, ENCODER), ClassPrior.of(ROOMS[:2], ENCODER)
        assert (many.spread["ball"][:2] < few.spread["ball"][:2]).all()
        assert (few.spread["ball"] > 0).all()

    def test_one_thing_of_a_class_is_spread_by_what_all_things_are(self):
        scenes = [*ROOMS, scene_of({"cup": rectangle(SIZE_HW, (40, 40, 60, 56))})]
        prior = ClassPrior.of(scenes, ENCODER)
        shared = np.concatenate(list(prior.things.values())).std(0)
        assert prior.spread["cup"] == pytest.approx(
            BANDWIDTH * np.sqrt(PRIOR_COUNT / (PRIOR_COUNT + 1)) * shared
        )
        found = middles(prior.propose("cup", SIZE_HW, 2000, rng()))
        assert found.mean(0) == pytest.approx((50, 48), abs=0.5)
        assert found.std(0) == pytest.approx(prior.spread["cup"][:2] * (96, 72), rel=0.1)

    def test_size_and_aspect_vary_by_themselves(self):
        """Cars of any size and one aspect are not proposed tall."""
        sides = [(16 + 2 * n % 48, 100 + n % 40) for n in range(80)]
        scenes = [scene_of({"car": rectangle((200, 300), (y, y, y + 2 * s, y + s))}) for s, y in sides]
        boxes = np.array(ClassPrior.of(scenes, ENCODER).propose("car", (200, 300), 500, rng()))
        aspects = (boxes[:, 2] - boxes[:, 0]) / (boxes[:, 3] - boxes[:, 1])
        assert np.quantile(aspects, [0.02, 0.98]) == pytest.approx([2, 2], rel=0.05)
        assert np.ptp(boxes[:, 2] - boxes[:, 0]) > 60

    @given(st.integers(0, 999), st.integers(1, 40), st.integers(1, 40))
    def test_every_box_has_pixels_on_the_canvas(self, seed, height, width):
        few = ClassPrior.of(ROOMS[:3], ENCODER)
        for x0, y0, x1, y1 in few.propose("ball", (height, width), 20, rng(seed)):
            assert 0 <= x0 <= x1 - 1 + 1e-9
            assert 0 <= y0 <= y1 - 1 + 1e-9
            assert x1 <= width
            assert y1 <= height

    def test_the_same_generator_gives_the_same_boxes(self, prior):
        one, same, other = (prior.propose("ball", SIZE_HW, 8, rng(seed)) for seed in (1, 1, 2))
        assert one == same
        assert one != other
        assert len(set(one)) == 8

    def test_masks_are_not_read(self):
        scene = scene_of({"ball": disc(SIZE_HW, (40.0, 40.0), 12.0)})
        bare = replace(scene, layers=(replace(scene.layers[0], counts=""),))
        assert ClassPrior.of([bare], ENCODER).propose("ball", SIZE_HW, 1, rng())

    def test_nothing_to_learn_from_is_refused(self):
        with pytest.raises(ValueError, match="at least one thing that may be asked for"):
            ClassPrior.of([scene_of({"wall": np.ones(SIZE_HW, bool)})], ENCODER)


class TestShapes:
    BOX = (10.0, 20.0, 60.0, 50.0)

    def test_a_box_and_an_ellipse_fill_their_box(self):
        assert np.array_equal(filled_box(self.BOX, SIZE_HW), rectangle(SIZE_HW, (10, 20, 60, 50)))
        assert box_of(ellipse(self.BOX, SIZE_HW)) == self.BOX
        assert ellipse(self.BOX, SIZE_HW).sum() == pytest.approx(np.pi / 4 * 50 * 30, rel=0.02)

    def test_shapes_of_a_class_are_its_own(self, bank):
        for label, shape in (("picture", filled_box), ("ball", ellipse)):
            expected = shape(self.BOX, SIZE_HW)
            assert mask_iou(bank.mean_shape(label, self.BOX, SIZE_HW), expected) > 0.95
            for mask in bank.retrieved(label, self.BOX, SIZE_HW, 5, rng()):
                assert mask_iou(mask, expected) > 0.9

    def test_retrieval_takes_shapes_of_near_aspect(self):
        wide, tall = rectangle(SIZE_HW, (4, 30, 84, 40)), rectangle(SIZE_HW, (40, 2, 50, 70))
        wide[30:35, 4:44] = False  # told apart by a missing quarter
        scenes = [scene_of({"sign": mask}) for mask in [wide] * 60 + [tall] * 60]
        signs = ShapeBank(scenes, ENCODER)
        for box, has_all in (((0.0, 0.0, 80.0, 8.0), False), ((0.0, 0.0, 8.0, 60.0), True)):
            for mask in signs.retrieved("sign", box, SIZE_HW, 10, rng()):
                assert (mask.sum() == filled_box(box, SIZE_HW).sum()) == has_all

    def test_retrieval_is_seeded_and_gives_different_shapes_while_there_are_enough(self, bank):
        def balls(seed, count):
            return [mask.tobytes() for mask in bank.retrieved("ball", self.BOX, SIZE_HW, count, rng(seed))]

        assert balls(1, 4) == balls(1, 4)
        assert balls(1, 4) != balls(2, 4)
        assert len(balls(1, 200)) == 200

    def test_a_class_with_one_shape_serves_any_number(self):
        alone = ShapeBank([room(100)], ENCODER)
        masks = alone.retrieved("ball", self.BOX, SIZE_HW, 4, rng())
        assert len(masks) == 4
        assert all(np.array_equal(masks[0], mask) for mask in masks)

    def test_any_shape_is_drawn_by_how_often_it_occurs(self):
        rooms = [scene_of({"sign": rectangle(SIZE_HW, (10, 10, 40, 40))})] * 3
        rooms.append(scene_of({"ball": disc(SIZE_HW, (40.0, 40.0), 20.0)}))
        mixed = ShapeBank(rooms, ENCODER)
        generator = rng()
        full = filled_box(self.BOX, SIZE_HW).sum()
        boxes = [mixed.any_shape(self.BOX, SIZE_HW, generator).sum() == full for _ in range(400)]
        assert np.mean(boxes) == pytest.approx(0.75, abs=0.07)

    @given(st.integers(0, 999), st.integers(1, 30), st.integers(1, 30))
    def test_no_mask_is_empty_however_small_its_box(self, seed, height, width):
        thin = np.zeros((48, 48), np.float32)
        thin[7, 3] = 0.4
        generator = rng(seed)
        for box in random_boxes((height, width), 5, generator):
            assert shape_in_box(thin, box, (height, width)).any()
            assert box_of(filled_box(box, (height, width)))[2] <= width


class TestRandom:
    def test_boxes_are_anywhere(self):
        boxes = np.array(random_boxes(SIZE_HW, 4000, rng()))
        assert (boxes[:, 2:] > boxes[:, :2]).all()
        assert middles(boxes).mean(0) == pytest.approx((48, 36), abs=1)
        # Of two uniform corners the sides are a third of the canvas on average.
        assert (boxes[:, 2:] - boxes[:, :2]).mean(0) == pytest.approx((32, 24), rel=0.05)
        assert (boxes[:, 2:] - boxes[:, :2]).min() >= 0.72

    def test_masks_are_as_many_as_asked_for_and_seeded(self, bank):
        one, same, other = (random_masks(SIZE_HW, 6, bank, rng(seed)) for seed in (1, 1, 2))
        assert len(one) == 6
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)
        assert all(mask.any() and mask.shape == SIZE_HW for mask in one)


class TestUnknownLabels:
    @pytest.mark.parametrize(
        ("label", "expected"),
        [("puppy", "dog"), ("armchair", "chair"), ("automobile", "car"), ("dog", "dog")],
    )
    def test_the_nearest_in_meaning_takes_their_place(self, label, expected):
        assert nearest_label(label, ["car", "chair", "dog", "kite"], WORDS) == expected

    def test_prior_and_shapes_answer_for_them(self):
        scenes = [*ROOMS[:8], scene_of({"dog": disc(SIZE_HW, (80.0, 14.0), 12.0)})]
        prior, bank = ClassPrior.of(scenes, WORDS), ShapeBank(scenes, WORDS)
        assert prior.propose("puppy", SIZE_HW, 3, rng()) == prior.propose("dog", SIZE_HW, 3, rng())
        box = (3.0, 4.0, 40.0, 50.0)
        assert np.array_equal(bank.mean_shape("puppy", box, SIZE_HW), bank.mean_shape("dog", box, SIZE_HW))
        for masks in zip(
            *(bank.retrieved(label, box, SIZE_HW, 3, rng()) for label in ("dog", "puppy")), strict=True
        ):
            assert np.array_equal(*masks)

    def test_a_word_without_meaning_is_refused(self, prior):
        with pytest.raises(ValueError, match="nothing is known of ''"):
            prior.propose("", SIZE_HW, 3, rng())
