"""Grounding DINO and SAM on tiny checkpoints, loaded as a user would: by path."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hub_cache import HubCache
from tiny_detectors import (
    save_grounding_dino,
    save_mm_grounding_dino,
    save_sam,
    save_sam_hq,
    tiny_bert_tokenizer,
)
from tiny_transformers import save_image_classifier

from smartmask.backends import open_words
from smartmask.backends.open_words import OpenWordsSegmenter
from smartmask.errors import BackendError
from smartmask.protocols import Segmenter
from smartmask.scene.layout import Layer, Layout
from smartmask.segmentation.found_things import Detection, FindSettings

EASY = FindSettings(min_score=0.0, same_box=1.0, min_kept=0.0)
"""Random weights find nothing: these let everything through."""
WORDS = ["cat", "Teddy  bears", "a red dog"]
Checkpoints = dict[str, Path]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Checkpoints:
    torch.manual_seed(0)
    saves = {
        "Grounding DINO": save_grounding_dino,
        "MM Grounding DINO": save_mm_grounding_dino,
        "SAM": save_sam,
        "SAM-HQ": save_sam_hq,
    }
    return {kind: save(tmp_path_factory.mktemp("checkpoint")) for kind, save in saves.items()}


def photo(height: int = 40, width: int = 60) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


class Halves:
    """A base segmenter: wall above floor."""

    def segment(self, image: np.ndarray) -> Layout:
        upper = np.zeros(image.shape[:2], bool)
        upper[: len(upper) // 2] = True
        return Layout(image.shape[:2], (Layer("wall", upper), Layer("floor", ~upper)))


@pytest.mark.parametrize("detector", ["Grounding DINO", "MM Grounding DINO"])
@pytest.mark.parametrize("outliner", ["SAM", "SAM-HQ"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_pair_gives_a_layout_of_the_words(
    detector: str, outliner: str, dtype: str, checkpoints: Checkpoints
) -> None:
    segmenter: Segmenter = OpenWordsSegmenter(
        WORDS, checkpoints[detector], checkpoints[outliner], dtype=dtype, settings=EASY
    )
    for size_hw in ((40, 60), (60, 40)):
        layout = segmenter.segment(photo(*size_hw))
        assert layout.size_hw == size_hw
        assert len(layout) > 0
        assert set(layout.labels) <= {"cat", "Teddy bears", "a red dog"}
        assert np.array([layer.mask for layer in layout.layers]).sum(0).max() <= 1


def test_things_lie_in_front_of_the_base(checkpoints: Checkpoints) -> None:
    alone = OpenWordsSegmenter(WORDS, checkpoints["Grounding DINO"], checkpoints["SAM"], settings=EASY)
    both = OpenWordsSegmenter(
        WORDS, checkpoints["Grounding DINO"], checkpoints["SAM"], base=Halves(), settings=EASY
    )
    things, whole = alone.segment(photo()), both.segment(photo())
    assert whole.labels[-len(things) :] == things.labels
    found = things.visible_index()
    front = whole.visible_index() - (len(whole) - len(things))
    np.testing.assert_array_equal(front[found >= 0], found[found >= 0])
    wall = Halves().segment(photo()).layers[0].mask
    if "wall" in whole.labels:
        np.testing.assert_array_equal(whole.visible()[whole.labels.index("wall")], wall & (found < 0))
    assert (whole.visible_index() >= 0).sum() >= (found >= 0).sum()


def test_nothing_found_leaves_the_base_and_never_calls_the_outliner(checkpoints: Checkpoints) -> None:
    segmenter = OpenWordsSegmenter(
        ["cat"],
        checkpoints["MM Grounding DINO"],
        checkpoints["SAM"],
        base=Halves(),
        settings=FindSettings(min_score=1.0),
    )
    segmenter._outliner = None
    assert segmenter.segment(photo()).labels == ("wall", "floor")


def test_a_box_gets_the_word_of_its_tokens_and_its_place_in_the_photo(checkpoints: Checkpoints) -> None:
    segmenter = OpenWordsSegmenter(WORDS, checkpoints["Grounding DINO"], checkpoints["SAM"])
    logits = torch.full((1, 2, 32), -torch.inf)
    logits[0, :, :12] = -6.0
    logits[0, 0, [3, 4, 5]], logits[0, 1, 1] = torch.tensor([2.0, 2.0, 2.0]), torch.tensor(1.0)
    boxes = torch.tensor([[[0.5, 0.5, 0.5, 0.5], [0.25, 0.1, 0.1, 0.2]]])
    asked = {}

    class FixedNetwork:
        def __call__(self, **inputs: Any) -> SimpleNamespace:
            asked.update(inputs)
            return SimpleNamespace(logits=logits, pred_boxes=boxes)

    segmenter._detector = FixedNetwork()
    bears, cat = segmenter.find(photo(40, 80))
    assert (bears.label, cat.label) == ("Teddy bears", "cat")
    assert bears.score == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert cat.score == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)
    assert bears.box_xyxy == pytest.approx((20, 10, 60, 30))
    assert cat.box_xyxy == pytest.approx((16, 0, 24, 8), abs=1e-4)
    pieces = tiny_bert_tokenizer().convert_ids_to_tokens(asked["input_ids"][0].tolist())
    assert " ".join(pieces) == "[CLS] cat . teddy bear ##s . a red dog . [SEP]"


def test_words_beyond_what_the_detector_reads_at_once_are_asked_for_in_turns(
    checkpoints: Checkpoints,
) -> None:
    words = [
        f"{colour} {animal}" for colour in ("red", "a", "teddy", "table") for animal in ("cat", "dog", "bear")
    ]
    segmenter = OpenWordsSegmenter(words, checkpoints["Grounding DINO"], checkpoints["SAM"], settings=EASY)
    assert [len(tokens_of) for _, tokens_of in segmenter._questions] == [10, 2]  # 2 + 10 * 3 = 32 tokens
    assert [word for _, tokens_of in segmenter._questions for word in tokens_of] == words
    assert {item.label for item in segmenter.find(photo())} <= set(words)


def test_outlines_are_what_the_outliners_own_calls_give(
    checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import SamModel, SamProcessor

    folder = checkpoints["SAM"]
    detections = [
        Detection("cat", 0.9, (3.0, 4.0, 30.0, 35.0)),
        Detection("dog", 0.8, (20.0, 1.0, 55.0, 20.0)),
        Detection("bear", 0.7, (0.0, 0.0, 60.0, 40.0)),
    ]
    processor, network = SamProcessor.from_pretrained(folder), SamModel.from_pretrained(folder).eval()
    boxes = [[list(detection.box_xyxy) for detection in detections]]
    inputs = processor(photo(), input_boxes=boxes, return_tensors="pt")
    inputs["input_boxes"] = inputs["input_boxes"].float()
    with torch.no_grad():
        answer = network(**inputs, multimask_output=False)
    (theirs,) = processor.post_process_masks(
        answer.pred_masks, inputs["original_sizes"], inputs["reshaped_input_sizes"]
    )
    monkeypatch.setattr(open_words, "BOXES_AT_A_TIME", 2)
    segmenter = OpenWordsSegmenter(["cat"], checkpoints["Grounding DINO"], folder)
    ours = np.stack(list(segmenter._outlines(photo(), detections)))
    assert ours.shape == (3, 40, 60)
    assert (ours != theirs[:, 0].numpy()).mean() < 0.002  # boxes in turns, so sums in another order
    assert 0 < ours.mean() < 1


def test_looking_leaves_gradients_as_they_were(checkpoints: Checkpoints) -> None:
    segmenter = OpenWordsSegmenter(["cat"], checkpoints["Grounding DINO"], checkpoints["SAM"], settings=EASY)
    outlines = segmenter._outlines(photo(), [Detection("cat", 0.9, (3.0, 4.0, 30.0, 35.0))] * 2)
    next(outlines)
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "at least one word to look for"),
        (["cat", " "], r"none that is empty: \['cat', ''\]"),
        (["cat", "Cat"], "given twice: cat, Cat"),
        (["cat. dog"], "'cat. dog': a full stop or question mark parts words; leave it out"),
        (["teddy bears " * 11], r"has 33 tokens, more than the detector reads \(29\)"),
    ],
    ids=["none", "an empty one", "one twice", "two in one", "a long one"],
)
def test_words_that_cannot_be_looked_for_are_refused(
    words: list[str], message: str, checkpoints: Checkpoints
) -> None:
    with pytest.raises(ValueError, match=message):
        OpenWordsSegmenter(words, checkpoints["Grounding DINO"], checkpoints["SAM"])


def test_one_text_in_place_of_words_is_refused(checkpoints: Checkpoints) -> None:
    with pytest.raises(TypeError, match="words must be a list of words, not the text 'cat'"):
        OpenWordsSegmenter("cat", checkpoints["Grounding DINO"], checkpoints["SAM"])


def test_checkpoints_of_another_kind_are_refused(checkpoints: Checkpoints, tmp_path: Path) -> None:
    classifier = save_image_classifier(tmp_path)
    with pytest.raises(BackendError, match="is of the kind 'vit', expected a detector of words") as caught:
        OpenWordsSegmenter(["cat"], classifier, checkpoints["SAM"])
    assert "such as IDEA-Research/grounding-dino-tiny. The embedded segmenter needs no download" in str(
        caught.value
    )
    with pytest.raises(BackendError, match="of the kind 'sam', expected a detector of words"):
        OpenWordsSegmenter(["cat"], checkpoints["SAM"], checkpoints["SAM"])
    with pytest.raises(BackendError, match="of the kind 'grounding-dino', expected an outliner of boxes"):
        OpenWordsSegmenter(["cat"], checkpoints["Grounding DINO"], checkpoints["Grounding DINO"])


def test_a_name_that_cannot_be_had_offline_says_what_to_do(
    offline_cache: HubCache, checkpoints: Checkpoints
) -> None:
    with pytest.raises(BackendError, match="hf download facebook/sam-vit-base --local-dir FOLDER") as caught:
        OpenWordsSegmenter(["cat"], checkpoints["Grounding DINO"], "facebook/sam-vit-base")
    assert str(offline_cache.path) in str(caught.value)


def test_a_photo_without_pixels_is_refused(checkpoints: Checkpoints) -> None:
    segmenter = OpenWordsSegmenter(["cat"], checkpoints["Grounding DINO"], checkpoints["SAM"])
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 5x0"):
        segmenter.segment(photo(0, 5))
