"""The planner that asks a vision-language model on this machine."""

import threading
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from smartmask.backends.planner_chat import ChatPlanner
from smartmask.backends.vision_language import VisionLanguageModel, load_vision_language

MAX_ANSWER_TOKENS = 512
"""An answer takes about 60; models that think aloud need more."""


class VlmChat:
    """A `Chat` with a vision-language model."""

    def __init__(self, model: VisionLanguageModel, temperature: float, max_answer_tokens: int) -> None:
        """Take the model.

        Raises:
            ValueError: If the temperature is negative, or an answer may have no token.
        """
        if not (0 <= temperature < float("inf") and max_answer_tokens >= 1):
            raise ValueError(
                "temperature must be 0 or more and max_answer_tokens at least 1, not "
                f"{temperature} and {max_answer_tokens}"
            )
        self._model, self._temperature, self._max_answer_tokens = model, temperature, max_answer_tokens
        self._is_answering = threading.Lock()  # the generator of random numbers is the process's own

    @property
    def name(self) -> str:
        """Where the model came from."""
        return self._model.name

    def reply(self, text: str, picture: UInt8[np.ndarray, "H W 3"], seed: int) -> str:
        """The model's answer; at temperature 0 the likeliest one whatever the seed.

        Raises:
            ValueError: If the question is longer than the model reads.
        """
        import torch

        network, tokenizer = self._model.network, self._model.processor.tokenizer
        inputs = self._model.question_inputs(text, picture)
        ends = self._model.end_tokens
        pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else ends[0]
        sampling = {"do_sample": True, "temperature": self._temperature}
        greedy = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        devices = [network.device] if network.device.type == "cuda" else []
        with self._is_answering, torch.random.fork_rng(devices), torch.inference_mode():
            torch.manual_seed(seed % 2**63)
            tokens = network.generate(
                **inputs,
                **(sampling if self._temperature else greedy),
                max_new_tokens=self._max_answer_tokens,
                eos_token_id=list(ends),
                pad_token_id=pad,
            )
        said: str = tokenizer.decode(tokens[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return said


def load_vlm_planner(
    name: str | Path,
    device: str = "cpu",
    dtype: str = "float32",
    temperature: float = 0.0,
    max_answer_tokens: int = MAX_ANSWER_TOKENS,
) -> ChatPlanner:
    """A planner from any image-text-to-text checkpoint of transformers, or from a fine-tuned adapter.

    Args:
        name: A folder, or a name on the hub ("llava-hf/llava-1.5-7b-hf").
        device: "cpu", "cuda", ...
        dtype: "float32", "bfloat16" or "float16".
        temperature: Of sampling; 0 takes the likeliest answer, so every seed gives the same plan.
        max_answer_tokens: Where an answer is cut.

    Raises:
        BackendError: If PyTorch or transformers is missing, or the model cannot be had or used.
        ValueError: If a setting is out of range, or the device or dtype is not to be had.
    """
    return ChatPlanner(VlmChat(load_vision_language(name, device, dtype), temperature, max_answer_tokens))
