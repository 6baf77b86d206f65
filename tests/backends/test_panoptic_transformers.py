"""The panoptic adapter on tiny checkpoints of every kind, loaded as a user would: by path."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hub_cache import HubCache
from safetensors.torch import load_file, save_file
from tiny_transformers import (
    NAMES,
    STUFF,
    save_eomt,
    save_eomt_dinov3,
    save_image_classifier,
    save_mask2former,
    save_maskformer,
    save_oneformer,
)

from smartmask.backends.panoptic_transformers import TransformersSegmenter
from smartmask.errors import BackendError
from smartmask.protocols import Segmenter
from smartmask.segmentation.panoptic_segments import MergeSettings, merge_queries

KINDS = {
    "MaskFormer": save_maskformer,
    "Mask2Former": save_mask2former,
    "OneFormer": save_oneformer,
    "EoMT": save_eomt,
    "EoMT with DINOv3": save_eomt_dinov3,
}
EASY = MergeSettings(min_score=0.17, min_claim=0.3, min_kept=0.0)
"""Random weights are sure of nothing: these let something through."""
Checkpoints = dict[str, Path]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Checkpoints:
    torch.manual_seed(0)
    return {kind: save(tmp_path_factory.mktemp("checkpoint")) for kind, save in KINDS.items()}


def photo(height: int = 40, width: int = 60) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def copy_of(checkpoint: Path, folder: Path) -> Path:
    return Path(shutil.copytree(checkpoint, folder / "copy"))


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_kind_gives_a_layout_of_the_photos_size(
    kind: str, dtype: str, checkpoints: Checkpoints
) -> None:
    segmenter: Segmenter = TransformersSegmenter(checkpoints[kind], dtype=dtype, settings=EASY)
    for size_hw in ((40, 60), (60, 40), (3, 90)):
        layout = segmenter.segment(photo(*size_hw))
        assert layout.size_hw == size_hw
        assert set(layout.labels) <= {"wall", "floor", "chair", "bed"}
    assert len(segmenter.segment(photo())) > 0
    assert all(0 < (layer.confidence or 0) <= 1 for layer in layout.layers)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_photo_gives_the_same_layout(kind: str, checkpoints: Checkpoints) -> None:
    segmenter = TransformersSegmenter(checkpoints[kind], settings=EASY)
    first, second = segmenter.segment(photo()), segmenter.segment(photo())
    assert first.labels == second.labels
    np.testing.assert_array_equal(first.visible_index(), second.visible_index())


def hand_made_answer(class_count: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    """Sure queries with smooth masks that cover everything, and a few that are nothing."""
    rng = np.random.default_rng(1)
    classes = torch.zeros(1, 6, class_count + 1)
    for query, number in enumerate((0, 3, 3, 1, class_count, class_count)):
        classes[0, query, number] = 14.0
    masks = torch.full((1, 6, 16, 16), -30.0)
    regions = np.zeros((16, 16), int)
    regions[8:] = 3
    regions[6:12, 2:6], regions[7:14, 8:13] = 1, 2
    for query in range(4):
        masks[0, query][torch.from_numpy(regions == query)] = 20.0
    masks[0, 4:] = torch.from_numpy(rng.normal(0, 5, (2, 16, 16)).astype(np.float32))
    return classes, masks


@pytest.mark.parametrize("kind", ["MaskFormer", "EoMT", "EoMT with DINOv3"])
@pytest.mark.parametrize("size_hw", [(48, 64), (64, 48), (50, 50)], ids=str)
def test_sure_queries_merge_as_the_checkpoints_own_processor_merges_them(
    kind: str, size_hw: tuple[int, int], checkpoints: Checkpoints
) -> None:
    segmenter = TransformersSegmenter(checkpoints[kind])
    processor = segmenter._processor
    classes, masks = hand_made_answer()
    answer = SimpleNamespace(class_queries_logits=classes, masks_queries_logits=masks)
    options = {"stuff_classes": []} if "EoMT" in kind else {"label_ids_to_fuse": set()}
    (theirs,) = processor.post_process_panoptic_segmentation(answer, target_sizes=[size_hw], **options)

    class FixedNetwork:
        def __call__(self, **_: Any) -> SimpleNamespace:
            return answer

    segmenter._network = FixedNetwork()
    layout = segmenter.segment(photo(*size_hw))
    expected = theirs["segmentation"].numpy()
    labels = {row["id"]: NAMES[row["label_id"]].split(",")[0] for row in theirs["segments_info"]}
    for layer in layout.layers:
        (number,) = {number for number in labels if (layer.mask & (expected == number)).any()} & {
            number for number, label in labels.items() if label == layer.label
        }
        disagreement = layer.mask ^ (expected == number)
        # They interpolate in two steps, first to the padded square.
        assert disagreement.mean() < 0.02, disagreement.sum()
    assert sorted(layout.labels) == sorted(labels.values())


def test_mask2formers_own_processor_agrees_at_the_size_that_it_merges_at() -> None:
    from transformers.models.mask2former.image_processing_pil_mask2former import Mask2FormerImageProcessorPil

    classes, masks = hand_made_answer()
    answer = SimpleNamespace(class_queries_logits=classes, masks_queries_logits=masks)
    (theirs,) = Mask2FormerImageProcessorPil().post_process_panoptic_segmentation(
        answer, target_sizes=[(384, 384)], label_ids_to_fuse=set()
    )
    index, segments = merge_queries(classes[0].numpy(), masks[0].numpy(), (384, 384))
    # Theirs gives pixels that nobody claims to somebody; ours leaves them unknown.
    known = index >= 0
    np.testing.assert_array_equal(index[known] + 1, theirs["segmentation"].numpy()[known])
    assert known.mean() > 0.95
    assert [segment.class_number for segment in segments] == [
        row["label_id"] for row in theirs["segments_info"]
    ]


def test_stuff_is_told_by_the_names_or_by_what_oneformers_processor_says(
    checkpoints: Checkpoints, tmp_path: Path
) -> None:
    assert TransformersSegmenter(checkpoints["Mask2Former"]).stuff == STUFF
    assert TransformersSegmenter(checkpoints["OneFormer"]).stuff == STUFF
    folder = copy_of(checkpoints["OneFormer"], tmp_path)
    metadata = {"thing_ids": [0, 4], "class_names": list(NAMES.values())}
    change(folder / "preprocessor_config.json", metadata=metadata)
    assert TransformersSegmenter(folder).stuff == {1, 2, 3}


@pytest.mark.usefixtures("offline_cache")
def test_oneformers_file_of_classes_in_another_repository_is_not_asked_for(
    checkpoints: Checkpoints, tmp_path: Path
) -> None:
    folder = copy_of(checkpoints["OneFormer"], tmp_path)
    change(
        folder / "preprocessor_config.json",
        class_info_file="coco_panoptic.json",
        repo_path="shi-labs/oneformer_demo",
    )
    assert TransformersSegmenter(folder).segment(photo()).size_hw == (40, 60)


def test_oneformer_is_told_its_task_as_its_own_processor_tells_it(checkpoints: Checkpoints) -> None:
    from transformers import AutoImageProcessor, AutoTokenizer, OneFormerProcessor

    folder = checkpoints["OneFormer"]
    images, tokenizer = AutoImageProcessor.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    whole = OneFormerProcessor(images, tokenizer, task_seq_length=16)
    theirs = whole(photo(), task_inputs=["panoptic"], return_tensors="pt")["task_inputs"]
    assert torch.equal(TransformersSegmenter(folder)._task, theirs)
    assert len(set(theirs[0].tolist())) > 5


def test_a_cached_name_is_used_offline(offline_cache: HubCache, checkpoints: Checkpoints) -> None:
    shutil.copytree(checkpoints["EoMT"], offline_cache.snapshot("owner/eomt"), dirs_exist_ok=True)
    by_name = TransformersSegmenter("owner/eomt", settings=EASY).segment(photo())
    by_path = TransformersSegmenter(checkpoints["EoMT"], settings=EASY).segment(photo())
    np.testing.assert_array_equal(by_name.visible_index(), by_path.visible_index())


def test_a_name_that_cannot_be_had_offline_says_what_to_do(offline_cache: HubCache) -> None:
    with pytest.raises(BackendError) as caught:
        TransformersSegmenter("facebook/mask2former-swin-tiny-coco-panoptic")
    message = str(caught.value)
    assert f"not in the cache {offline_cache.path}" in message
    assert "hf download facebook/mask2former-swin-tiny-coco-panoptic --local-dir FOLDER" in message
    assert message.endswith("The embedded segmenter needs no download")


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    class Marker:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return Path.touch, (folder / "opened",)

    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Marker()))


def cut_short(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def without_a_head(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    kept = {key: value for key, value in weights.items() if "class_predictor" not in key}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def without_processor(folder: Path) -> None:
    (folder / "preprocessor_config.json").unlink()


def nameless(folder: Path) -> None:
    change(folder / "config.json", id2label={str(number): f"LABEL_{number}" for number in range(5)})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (without_weights, r"holds no weights \(\*\.safetensors\), only config\.json, preproc"),
        (pickled, r"as a pickle only \(pytorch_model\.bin\)"),
        (cut_short, r"cannot be loaded as a panoptic segmenter \(SafetensorError: "),
        (
            without_a_head,
            r"lack 2 of the \d+ tensors that Mask2Former\w+ needs, first 'class_predictor",
        ),
        (
            without_processor,
            r"holds neither preprocessor_config\.json nor processor_config\.json, which say how photos",
        ),
        (nameless, "its 5 classes have no names; write them into 'id2label' of its config.json"),
    ],
    ids=["no weights", "a pickle", "damaged weights", "other weights", "no processor", "no names"],
)
def test_a_folder_that_will_not_do_is_refused(
    damage: Callable[[Path], None], message: str, checkpoints: Checkpoints, tmp_path: Path
) -> None:
    folder = copy_of(checkpoints["Mask2Former"], tmp_path)
    damage(folder)
    with pytest.raises(BackendError, match=message) as caught:
        TransformersSegmenter(folder)
    assert str(caught.value).startswith(f"{folder}: ")
    assert not (folder / "opened").exists()


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = save_image_classifier(tmp_path)
    with pytest.raises(
        BackendError, match=r"is of the kind 'vit', expected a panoptic segmenter \(eomt, "
    ) as caught:
        TransformersSegmenter(folder)
    assert "mask2former, maskformer, oneformer) such as facebook/mask2former" in str(caught.value)
    assert str(caught.value).endswith("The embedded segmenter needs no download")


def test_a_checkpoint_with_code_of_its_own_is_refused(checkpoints: Checkpoints, tmp_path: Path) -> None:
    folder = copy_of(checkpoints["Mask2Former"], tmp_path)
    (folder / "own.py").write_text(f"open({str(folder / 'opened')!r}, 'w')")
    change(folder / "config.json", model_type="own", auto_map={"AutoConfig": "own.OwnConfig"})
    with pytest.raises(BackendError, match="cannot be loaded as a panoptic segmenter"):
        TransformersSegmenter(folder)
    assert not (folder / "opened").exists()


def test_a_semantic_checkpoint_that_splits_photos_is_refused(
    checkpoints: Checkpoints, tmp_path: Path
) -> None:
    folder = copy_of(checkpoints["EoMT"], tmp_path)
    change(folder / "preprocessor_config.json", do_split_image=True, size={"shortest_edge": 64})
    segmenter = TransformersSegmenter(folder)
    with pytest.raises(BackendError, match="looks at squares of a photo one by one, as semantic ones do"):
        segmenter.segment(photo(64, 90))


def test_an_answer_that_is_no_number_is_refused(checkpoints: Checkpoints, tmp_path: Path) -> None:
    folder = copy_of(checkpoints["EoMT"], tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["class_predictor.bias"][:] = torch.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BackendError, match=r"no numbers in torch\.float32; load it in float32 or bfloat16"):
        TransformersSegmenter(folder).segment(photo())


def test_photos_without_pixels_or_too_narrow_are_refused(checkpoints: Checkpoints) -> None:
    segmenter = TransformersSegmenter(checkpoints["EoMT"])
    with pytest.raises(ValueError, match="at least 1x1 pixels, not 5x0"):
        segmenter.segment(photo(0, 5))
    with pytest.raises(ValueError, match=r"cannot prepare a photo of 500x1 pixels .*; crop or enlarge it"):
        segmenter.segment(photo(1, 500))


def test_loading_prints_nothing(checkpoints: Checkpoints, capsys: pytest.CaptureFixture[str]) -> None:
    TransformersSegmenter(checkpoints["EoMT"])
    assert "Loading weights" not in capsys.readouterr().err
