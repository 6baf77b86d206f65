"""Sizes and holds of things: the table as it ships, and each way of finding a word in it."""

from math import hypot, log

import numpy as np
import pytest

from smartmask.backends.text_static import StaticTextEncoder
from smartmask.language.kinds import HEAD_SPREAD, NEAR_SPREAD, SIZE_SPREAD, Kind, Kinds, kind_of, labels
from smartmask.language.label_synonyms import synonyms_of
from smartmask.language.prompt_nouns import singular
from smartmask.memory.shape_memory import ShapeMemory
from smartmask.model.planner.network import load_planner_network
from smartmask.weights import WEIGHTS


def found(phrase, encode=None):
    answer = Kinds(encode).find(phrase)
    assert answer is not None
    return answer


class TestTable:
    def test_rows_are_sorted_unique_and_valid(self):
        assert list(labels()) == sorted(set(labels()))
        assert all(kind_of(label).label == label for label in labels())
        assert all(label == " ".join(label.lower().split()) for label in labels())

    def test_all_that_the_memory_and_the_planner_draw_is_in_it(self):
        drawn = {*ShapeMemory.load(WEIGHTS / "memory.npz").labels}
        drawn |= {*load_planner_network(WEIGHTS / "planner.npz").card.labels}
        assert drawn - {*labels()} == set()

    def test_spreads_are_those_of_things_and_not_of_guesses(self):
        assert kind_of("car").spread < kind_of("dog").spread < kind_of("tree").spread
        assert np.median([kind_of(label).spread for label in labels()]) < 0.3

    @pytest.mark.parametrize(
        ("smaller", "larger"),
        [
            ("kitten", "cat"), ("cat", "dog"), ("dog", "horse"), ("horse", "giraffe"), ("cup", "bottle"),
            ("bottle", "chair"), ("chair", "refrigerator"), ("person", "bus"), ("bus", "house"),
            ("house", "skyscraper"), ("bicycle", "car"), ("car", "truck"), ("mouse", "rat"), ("coin", "cup"),
            ("ant", "mouse"), ("rowboat", "yacht"), ("yacht", "cruise ship"), ("bush", "tree"),
        ],
    )  # fmt: skip
    def test_things_are_in_order_of_size(self, smaller, larger):
        assert kind_of(smaller).height_m < kind_of(larger).height_m

    def test_a_row_needs_metres_and_a_hold(self):
        with pytest.raises(ValueError, match="'car': expected metres and a spread above 0"):
            Kind("car", 0.0, 4.4, 0.07, "road")


class TestFinding:
    def test_labels_answer_for_themselves_and_under_looks(self):
        for phrase in ("car", "Car", "a red car", "the old red car"):
            assert found(phrase).kind == kind_of("car")
            assert found(phrase).how == "label"

    def test_plurals_and_other_words_for_a_thing(self):
        assert "birches" not in labels()
        assert found("birches").kind == kind_of("birch")
        assert found("two dogs").kind == kind_of("dog")
        assert found("two dogs").how == "synonym"

    def test_the_longest_known_end_answers_with_more_doubt(self):
        answer = found("a kuba rocking chair")
        rocker = kind_of("rocking chair")
        assert (answer.how, answer.kind.label) == ("head", "rocking chair")
        assert answer.kind.height_m == rocker.height_m
        assert answer.kind.spread == pytest.approx(hypot(rocker.spread, HEAD_SPREAD))

    def test_portions(self):
        assert found("a slice of pizza").kind == kind_of("pizza slice")
        assert found("a glass of beer").kind.label == "glass"
        assert found("a slice of salmon").kind.label == "salmon"

    @pytest.mark.parametrize(
        ("phrase", "high", "long"),
        [
            ("a tiny horse", 0.4, 0.4), ("a baby horse", 0.5, 0.5), ("a huge horse", 2.0, 2.0),
            ("a tall horse", 1.35, 1.0), ("a long horse", 1.0, 1.4), ("a brown horse", 1.0, 1.0),
        ],
    )  # fmt: skip
    def test_adjectives_of_size(self, phrase, high, long):
        horse, kind = kind_of("horse"), found(phrase).kind
        assert (kind.height_m, kind.length_m) == pytest.approx((high * horse.height_m, long * horse.length_m))
        plain = high == long == 1.0
        assert kind.spread == pytest.approx(horse.spread if plain else hypot(horse.spread, SIZE_SPREAD))
        assert kind.hold == horse.hold

    def test_a_toy_fits_on_a_table(self):
        for thing in ("bus", "elephant", "castle", "excavator"):
            toy = found(f"a miniature {thing}").kind
            assert toy.hold == "top"
            assert 0.1 < max(toy.height_m, toy.length_m) < 0.8
            assert toy.height_m / toy.length_m == pytest.approx(
                kind_of(thing).height_m / kind_of(thing).length_m
            )

    def test_unknown_words_need_something_that_compares(self):
        assert Kinds().find("a zorgle") is None
        assert Kinds(lambda texts: np.zeros((len(texts), 3), np.float32)).find("a zorgle") is None

    def test_near_words_answer_by_their_median_and_disagreement(self):
        near = {"cup": 1.0, "chair": 1.0, "house": 1.0}

        def encode(texts):
            vectors = [[near.get(text, 0.0), 0.0 if text in (*near, "zorgle") else 1.0] for text in texts]
            vectors = [[1.0, 0.0] if text == "zorgle" else v for text, v in zip(texts, vectors, strict=True)]
            return np.array(vectors, np.float32)

        answer = found("a huge zorgle", encode)
        heights = [log(kind_of(label).height_m) for label in near]
        assert answer.how == "near"
        # 13 labels of cosine 0 count exp(-8) each: next to nothing.
        assert log(answer.kind.height_m / 2.0) == pytest.approx(np.median(heights), abs=0.05)
        disagreement = np.sqrt(np.mean((np.array(heights) - np.median(heights)) ** 2))
        assert answer.kind.spread == pytest.approx(hypot(disagreement, NEAR_SPREAD, SIZE_SPREAD), rel=0.02)

    def test_nearness_knows_more_than_the_median(self):
        """Of labels whose head noun was never seen, by the shipped encoder."""
        encoder = StaticTextEncoder(WEIGHTS / "text.npz")
        known = labels()
        words = [{singular(word) for word in label.split()} for label in known]
        heights = np.log([kind_of(label).height_m for label in known])
        vectors = encoder.encode(known)
        asked = [number for number in range(0, len(known), 4) if not synonyms_of(known[number])]

        def without_head(number):
            head = singular(known[number].split()[-1])
            taught = np.array([head not in others for others in words])

            def encode(texts):
                rows = vectors if len(texts) == len(known) else vectors[[number]]
                return rows * taught[:, None] if len(texts) == len(known) else rows

            return Kinds(encode)

        kinds = [without_head(number).near(known[number]) for number in asked]
        missed = np.abs([log(kind.height_m) - heights[n] for kind, n in zip(kinds, asked, strict=True)])
        median = np.abs(heights[asked] - np.median(heights))
        assert np.median(missed) < 0.65 * np.median(median)
        spreads = np.array([kind.spread for kind in kinds])
        assert 0.55 < np.mean(missed < spreads) < 0.85
        assert np.median(missed[spreads < np.median(spreads)]) < np.median(
            missed[spreads > np.median(spreads)]
        )
