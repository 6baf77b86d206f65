import re

import numpy as np
import pytest

from smartmask.language.wording import SYNONYMS, mirrored, object_prompt, scene_text


def prompts(label: str, count: int = 300) -> list[str]:
    return [object_prompt(label, np.random.default_rng(seed)) for seed in range(count)]


def bare(prompt: str) -> str:
    return prompt.removeprefix("a ").removeprefix("the ").removeprefix("one ")


def test_one_prompt_in_three_is_a_synonym_where_there_is_one():
    names = [bare(prompt) for prompt in prompts("dog")]
    assert set(names) == {"dog", *SYNONYMS["dog"]}
    assert 1 - names.count("dog") / len(names) == pytest.approx(1 / 3, abs=0.08)


def test_a_label_without_synonyms_keeps_its_name_with_and_without_an_article():
    found = prompts("zebra")
    assert set(found) == {"zebra", "a zebra", "the zebra", "one zebra"}


def test_a_scene_text_names_the_target_once_and_each_other_label_at_most_once():
    for seed in range(50):
        text = scene_text(["wall", "dog", "cat", "wall", "dog"], "dog", np.random.default_rng(seed))
        names = re.split(", | and ", text.removeprefix("a photo of "))
        assert names.count("a dog") == 1
        assert len(set(names)) == len(names)
        assert set(names) <= {"a wall", "a dog", "a cat"}


def test_a_scene_text_names_five_things_at_most():
    labels = [f"thing {number}" for number in range(20)]
    texts = [scene_text(labels, "dog", np.random.default_rng(seed)) for seed in range(60)]
    lengths = {len(re.split(", | and ", text)) for text in texts}
    assert lengths == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamp left of the bed", "lamp right of the bed"),
        ("the chair on the right", "the chair on the left"),
        ("left of what is right of it", "right of what is left of it"),
        ("a bright leftover", "a bright leftover"),
    ],
)
def test_in_the_mirror_left_is_right_and_nothing_else_changes(text, expected):
    assert mirrored(text) == expected
    assert mirrored(expected) == text
