"""Vision-language models of transformers (LLaVA, Qwen-VL, SmolVLM, ...): loading, and the form of a dialogue.

Any checkpoint will do that `AutoModelForImageTextToText` reads and whose processor has a chat template. A
folder of a LoRA adapter (`adapter_config.json`, as `training/planner/lora.py` or peft writes it) stands for
its base model with the adapter.

A dialogue here is one turn: a picture, a text, an answer. How it is put into tokens is the same for training
and for use: an answer's tokens follow the prompt's, and the two are never tokenized as one text.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from smartmask.backends.hub import Wanted, need_packages, one_line, torch_place
from smartmask.backends.quiet_libraries import muted
from smartmask.backends.transformers_parts import open_network, open_processor
from smartmask.errors import BackendError

if TYPE_CHECKING:
    import torch

WANTED = Wanted(
    what="a vision-language model",
    example="llava-hf/llava-1.5-7b-hf",
    instead="The embedded planner needs no download",
)
ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class VisionLanguageModel:
    """A loaded checkpoint.

    Attributes:
        name: Where it came from.
        network: The transformers network, on its device.
        processor: Makes tokens and pixels of texts and pictures.
    """

    name: str
    network: Any
    processor: Any

    @property
    def end_tokens(self) -> tuple[int, ...]:
        """The tokens with which the network ends an answer."""
        ends = self.network.generation_config.eos_token_id
        if ends is None:
            ends = self.processor.tokenizer.eos_token_id
        return tuple(ends) if isinstance(ends, list | tuple) else (ends,)

    def question_inputs(self, text: str, picture: UInt8[np.ndarray, "H W 3"]) -> dict[str, "torch.Tensor"]:
        """What the network is given for a question, a batch of one on its device.

        Raises:
            ValueError: If there are more tokens than the network reads.
        """
        inputs = self.processor.apply_chat_template(
            [_turn(text, Image.fromarray(picture))],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        ).to(self.network.device, self.network.dtype)
        self.check_length(inputs["input_ids"].shape[1])
        return dict(inputs)

    def answer_tokens(self, text: str, answer: str) -> list[int]:
        """The tokens of an answer, from the first that the network has to say to the one that ends it.

        Raises:
            BackendError: If the checkpoint's chat template gives an answer no place behind the question.
        """
        question = _turn(text, None)
        said = {"role": "assistant", "content": [{"type": "text", "text": answer}]}
        prompt = self.processor.apply_chat_template([question], add_generation_prompt=True)
        whole = self.processor.apply_chat_template([question, said])
        if not whole.startswith(prompt):
            raise BackendError(
                f"{self.name}: its chat template does not put an answer where it asks for one, as those of "
                "models that think aloud; fine-tune another checkpoint"
            )
        rest = whole[len(prompt) :]
        tokenizer = self.processor.tokenizer
        tokens: list[int] = tokenizer(rest, add_special_tokens=False).input_ids
        end = next((place for place, token in enumerate(tokens) if token in self.end_tokens), None)
        if end is not None:
            return tokens[: end + 1]
        return [*tokenizer(rest.rstrip(), add_special_tokens=False).input_ids, self.end_tokens[0]]

    def check_length(self, count: int) -> None:
        """Refuse more tokens than the network reads.

        Raises:
            ValueError: If there are.
        """
        limit = getattr(self.network.config.get_text_config(), "max_position_embeddings", None)
        if limit is not None and count > limit:
            raise ValueError(
                f"the question takes {count} tokens but {self.name} reads {limit}; shorten the prompt, or "
                "use a model that reads more"
            )


def load_vision_language(
    name: str | Path, device: str = "cpu", dtype: str = "float32"
) -> VisionLanguageModel:
    """A checkpoint, or an adapter with its base model.

    Args:
        name: A folder, or a name on the hub; an adapter must be a folder.
        device: "cpu", "cuda", ...
        dtype: "float32", "bfloat16" or "float16".

    Raises:
        BackendError: If it cannot be had, is damaged, a pickle, or not made for dialogues about a picture.
        ValueError: If the device or dtype is not to be had.
    """
    need_packages(WANTED, "torch", "transformers")
    torch_device, torch_dtype = torch_place(device, dtype)
    from transformers import AutoModelForImageTextToText

    folder = Path(name).expanduser()
    adapter = folder if (folder / ADAPTER_CONFIG).is_file() else None
    base = name if adapter is None else _base_of(adapter)
    own = adapter is not None and (adapter / "processor_config.json").is_file()
    with muted():
        network = open_network(AutoModelForImageTextToText, base, WANTED, torch_device, torch_dtype)
        processor = _processor(folder if own else base)
        if adapter is not None:
            network = _adapted(network, adapter, base)
        model = VisionLanguageModel(str(name), network, processor)
        _check_dialogue(model)
    return model


def _processor(name: str | Path) -> Any:
    """A checkpoint's processor; some read videos too, with a package that pictures do not need."""
    from transformers import AutoProcessor

    try:
        return open_processor(AutoProcessor, name, WANTED)
    except BackendError as error:
        if "torchvision" in str(error.__cause__).lower():
            raise BackendError(
                f"{name}: its processor needs torchvision, for videos; run: pip install torchvision, in the "
                "release that fits the installed torch"
            ) from error
        raise


def _turn(text: str, picture: Image.Image | None) -> dict[str, Any]:
    """A question: the picture (for its place alone it need not be there), then the words."""
    image = {"type": "image"} if picture is None else {"type": "image", "image": picture}
    return {"role": "user", "content": [image, {"type": "text", "text": text}]}


def _base_of(adapter: Path) -> str:
    """The base model that an adapter was made for."""
    path = adapter / ADAPTER_CONFIG
    try:
        base = json.loads(path.read_text("utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BackendError(
            f"{path}: names no base model ({one_line(error)}); save the adapter again"
        ) from error
    if not isinstance(base, str) or not base:
        raise BackendError(f"{path}: base_model_name_or_path must be a name, not {base!r}; write it there")
    if not (adapter / ADAPTER_WEIGHTS).is_file():
        raise BackendError(
            f"{adapter}: holds no {ADAPTER_WEIGHTS}; adapters are read from safetensors alone, because a "
            "pickle runs code when it is opened; save it again with peft's save_pretrained"
        )
    return base


def _adapted(network: Any, adapter: Path, base: str | Path) -> Any:
    """The network with an adapter beside its weights: merged, small updates would be rounded off."""
    need_packages(WANTED, "peft")
    from peft import PeftModel

    try:
        with warnings.catch_warnings():
            # Of another network's adapter nothing would be used, with no more than a warning.
            warnings.filterwarnings("error", message=".*missing adapter keys")
            PeftModel.from_pretrained(network, str(adapter))  # puts the adapter into the network itself
    except Exception as error:  # damaged and foreign adapters raise almost any exception
        raise BackendError(
            f"{adapter}: cannot be used as an adapter of {base} ({one_line(error)}); give one that was made "
            "for it"
        ) from error
    return network.eval()


def _check_dialogue(model: VisionLanguageModel) -> None:
    """Ask a trial question, as far as the tokens."""
    advice = f"give {WANTED.what} for dialogues {WANTED.advice}"
    if not getattr(model.processor, "chat_template", None):
        raise BackendError(
            f"{model.name}: its processor has no chat template (chat_template.jinja); {advice}"
        )
    try:
        model.question_inputs("What is this?", np.zeros((64, 64, 3), np.uint8))
    except Exception as error:  # a template is a program of the checkpoint's maker, and fails as it likes
        raise BackendError(
            f"{model.name}: its chat template cannot put a picture before a text ({one_line(error)}); "
            f"{advice}"
        ) from error
