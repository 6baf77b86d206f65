"""Fine-tuning of a planner: a LLaVA of width 64 learns eight questions by heart, and then plans with them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file
from shapes import dataset_of, disc, rectangle, scene_of
from tiny_vlm import save_llava, save_smolvlm

from smartmask.backends.planner_vlm import VlmChat, load_vlm_planner
from smartmask.backends.vision_language import load_vision_language
from smartmask.data.annotations.base import Problems
from smartmask.data.instructions import Instruction, build_instructions, read_instructions
from smartmask.data.layered_scene import LayeredScene
from smartmask.data.photos import read_photo
from smartmask.data.planning.question import ask
from smartmask.errors import BackendError, CheckpointError
from smartmask.protocols import PlannedObject, Planner
from smartmask.training.planner import lora as planner_lora
from smartmask.training.planner.lora import train_planner_lora
from smartmask.training.planner.lora_config import PlannerLoraConfig
from smartmask.training.planner.lora_config import planner_lora as recipe
from smartmask.training.planner.lora_model import NO_LOSS, question_tensors

# transformers 5.23 has other names for these; peft 0.21 uses the one, transformers 5.0 knows only the other.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:`gradient_checkpointing_enable` is deprecated:FutureWarning"),
]
SIZE = (60, 80)


def a_room(number: int) -> LayeredScene:
    """A wall, a picture on it and a ball before it; each number has its own floor and its own text."""
    top = 26 + 4 * number
    picture = rectangle(SIZE, (10 + 8 * number, 4, 30 + 8 * number, 20))
    masks = {
        "wall": rectangle(SIZE, (0, 0, 80, 60)),
        "floor": rectangle(SIZE, (0, top, 80, 60)),
        "picture": picture,
        "ball": disc(SIZE, (60 - 9 * number, 48), 9),
    }
    return scene_of(
        masks, key=f"room:{number}", is_exact=True, texts=[f"room {'abcdefgh'[number]} with a ball"]
    )


@pytest.fixture(autouse=True)
def another_process() -> Iterator[None]:
    """Let each run decide on its precision: accelerate keeps the first one's for the whole process."""
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llava(tmp_path_factory.mktemp("checkpoints") / "llava")


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[Instruction]:
    """All nine questions of three rooms: a picture, a ball, a stop."""
    folder = tmp_path_factory.mktemp("instructions")
    dataset = dataset_of(folder / "rooms", [a_room(number) for number in range(3)], 3)
    build_instructions(dataset, folder / "set", per_scene=3, seed=0, problems=Problems())
    found = list(read_instructions(folder / "set", "train"))
    assert len({question.question for question in found}) == 9
    return found


def config_of(llava: Path, **changes: object) -> PlannerLoraConfig:
    config = PlannerLoraConfig(
        base=str(llava),
        steps=4,
        rank=4,
        alpha=8,
        batch_size=2,
        learning_rate=1e-2,
        warmup_steps=2,
        precision="no",
    )
    return replace(config, **changes)


def answers_of(folder: Path, questions: Sequence[Instruction]) -> list[str]:
    chat = VlmChat(load_vision_language(folder), 0.0, 80)
    return [chat.reply(item.question, read_photo(item.image), 0) for item in questions]


@pytest.mark.slow
def test_eight_questions_are_learnt_by_heart_and_planned_with(llava, questions, tmp_path):
    eight = questions[:8]
    config = config_of(
        llava,
        steps=40,
        rank=16,
        alpha=32,
        dropout=0.0,
        batch_size=8,
        warmup_steps=5,
        learning_rate=2e-2,
        gradient_checkpointing=False,
    )
    records: list[dict[str, float]] = []
    adapter = train_planner_lora(config, eight, [], tmp_path / "run", on_log=records.append)
    assert records[0]["loss"] > 10 * records[-1]["loss"]
    assert answers_of(adapter, eight) == [item.answer for item in eight]
    assert not set(answers_of(llava, eight[:1])) & {item.answer for item in eight}

    planner = load_vlm_planner(adapter)
    planned = [answer for number in range(3) for answer in plans_of(planner, a_room(number), eight)]
    assert len(planned) >= 4, "some questions are about what comes between things"
    assert None in planned
    assert any(isinstance(answer, PlannedObject) for answer in planned)


def plans_of(
    planner: Planner, scene: LayeredScene, learnt: Sequence[Instruction]
) -> list[PlannedObject | None]:
    """What is planned at each step of a scene that was learnt; it must be what the scene holds."""
    layout, answers = scene.layout(), []
    for step in (2, 3, 4):
        placed = [PlannedObject(layer.label, layer.label) for layer in scene.layers[2:step]]
        question = ask(layout.first(step), scene.texts[0], [planned.label for planned in placed])
        if question.text in {item.question for item in learnt}:
            answer = planner.next_object(layout.first(step), scene.texts[0], placed, seed=0)
            answers.append(answer)
            if step == 4:
                assert answer is None
            else:
                label, box = scene.layers[step].label, scene.layers[step].box_xyxy
                assert (answer.label, answer.description, answer.behind) == (label, label, None)
                assert answer.box_xyxy == pytest.approx(box, abs=0.1)
    return answers


def test_half_a_run_a_stop_and_the_other_half_equal_a_whole_run(llava, questions, tmp_path, monkeypatch):
    monkeypatch.setattr(planner_lora, "SAVE_EVERY_STEPS", 1)
    config = config_of(llava, dropout=0.2)
    whole = train_planner_lora(config, questions, [], tmp_path / "whole")
    half = train_planner_lora(config, questions, [], tmp_path / "half", should_stop=lambda step: step == 2)
    first = load_file(half / "adapter_model.safetensors")
    (tmp_path / "half" / ".state-00000003.tmp").mkdir()  # as a killed process leaves one
    rest = train_planner_lora(config, questions, [], tmp_path / "half")
    expected, found = (load_file(folder / "adapter_model.safetensors") for folder in (whole, rest))
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert not all(torch.equal(first[name], found[name]) for name in found)
    assert [path.name for path in sorted((tmp_path / "half").glob("state-*"))] == ["state-00000004"]


def test_a_run_that_is_complete_changes_nothing_more(llava, questions, tmp_path):
    config = config_of(llava, steps=1)
    before = load_file(train_planner_lora(config, questions, [], tmp_path) / "adapter_model.safetensors")
    after = load_file(train_planner_lora(config, questions, [], tmp_path) / "adapter_model.safetensors")
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_gradient_does_not_depend_on_what_is_kept(llava, questions, tmp_path):
    kept, twice = (
        train_planner_lora(
            config_of(llava, gradient_checkpointing=checkpointing),
            questions,
            [],
            tmp_path / str(checkpointing),
        )
        for checkpointing in (False, True)
    )
    first, second = (load_file(folder / "adapter_model.safetensors") for folder in (kept, twice))
    assert all(torch.allclose(first[name], second[name], atol=1e-5) for name in first)


def test_bfloat16_learns_too_and_the_adapter_stays_in_float32(llava, questions, tmp_path):
    records: list[dict[str, float]] = []
    adapter = train_planner_lora(
        config_of(llava, precision="bf16", steps=10, batch_size=1),
        questions[:1],
        questions[:1],
        tmp_path,
        on_log=records.append,
    )
    weights = load_file(adapter / "adapter_model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
    loss, validation = records[0]["loss"], records[1]["validation_loss"]
    assert validation < loss
    assert records == [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]


def test_the_loss_is_on_the_answer_alone_and_the_adapter_in_the_language_model_alone(
    llava, questions, tmp_path
):
    model = load_vision_language(llava)
    inputs = question_tensors(model, questions[0])
    labels = inputs["labels"][0]
    learnt = labels[labels != NO_LOSS]
    assert model.processor.tokenizer.decode(learnt) == questions[0].answer + "<|im_end|>"
    assert torch.equal(inputs["input_ids"][0][-len(learnt) :], learnt)
    assert {len(inputs[name][0]) for name in ("input_ids", "attention_mask", "labels")} == {len(labels)}

    adapter = train_planner_lora(config_of(llava, steps=1), questions, [], tmp_path)
    names = list(load_file(adapter / "adapter_model.safetensors"))
    assert all(".language_model." in name for name in names)
    assert len(names) == 2 * 2 * 7, "two matrices for each of seven in two layers"
    assert not list(adapter.glob("*.bin"))
    assert json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"] == str(llava)


def test_another_family_learns_too(questions, tmp_path):
    """Its pictures come in tiles and its language model goes by another name."""
    smolvlm = save_smolvlm(tmp_path / "smolvlm")
    records: list[dict[str, float]] = []
    config = config_of(smolvlm, steps=10, batch_size=1, dropout=0.0, alpha=16, learning_rate=5e-2)
    adapter = train_planner_lora(
        config, questions[:1], questions[:1], tmp_path / "run", on_log=records.append
    )
    assert records[1]["validation_loss"] < records[0]["loss"] - 0.5
    names = list(load_file(adapter / "adapter_model.safetensors"))
    assert all(".text_model." in name for name in names)
    assert len(names) == 2 * 2 * 7
    assert answers_of(adapter, questions[:1])[0]


def test_every_question_comes_once_an_epoch():
    for epoch in range(3):
        places = [planner_lora._place(epoch * 10 + number, 10, seed=4) for number in range(10)]
        assert sorted(places) == list(range(10))
    assert places != list(range(10))


def test_a_run_goes_on_under_its_own_settings_only(llava, questions, tmp_path):
    train_planner_lora(config_of(llava, steps=1), questions, [], tmp_path)
    with pytest.raises(CheckpointError, match="begun with other settings of rank, steps; use a new folder"):
        train_planner_lora(config_of(llava, steps=2, rank=2), questions, [], tmp_path)


@pytest.mark.parametrize("name", ["run.json", "adapter_model.safetensors", "optimizer.pt"])
def test_a_damaged_state_is_named(llava, questions, tmp_path, name):
    train_planner_lora(config_of(llava, steps=1), questions, [], tmp_path)
    (tmp_path / "state-00000001" / name).write_bytes(b"no such thing")
    with pytest.raises(CheckpointError, match=r"state-00000001: cannot be read as a training state"):
        train_planner_lora(config_of(llava, steps=1), questions, [], tmp_path)


def test_what_cannot_be_learnt_from_is_refused(llava, questions, tmp_path):
    with pytest.raises(
        ValueError, match="no questions to learn from; build a set with `smartmask data instr"
    ):
        train_planner_lora(config_of(llava), [], [], tmp_path)
    with pytest.raises(BackendError, match="no such folder"):
        train_planner_lora(config_of(tmp_path / "gone"), questions, [], tmp_path)
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    with pytest.raises(ValueError, match="is an adapter; give the base model"):
        train_planner_lora(config_of(adapter), questions, [], tmp_path)


def test_a_question_too_long_for_the_model_is_named(questions, tmp_path):
    short = save_llava(tmp_path / "short", positions=64)
    with pytest.raises(ValueError, match=r"takes \d+ tokens but .* reads 64"):
        train_planner_lora(config_of(short), questions, [], tmp_path / "run")


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": 0},
        {"steps": 0},
        {"dropout": 1.0},
        {"learning_rate": 0.0},
        {"batch_size": 0},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        replace(recipe(), **changes)
