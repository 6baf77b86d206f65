"""The planner that asks a server which speaks OpenAI's protocol: OpenAI, vLLM, llama.cpp, Ollama, LM Studio.

    POST {base_url}/chat/completions
    {"model": ..., "seed": ..., "messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,..."}},
        {"type": "text", "text": ...}]}]}

Nothing is sent that some servers refuse: no limit of tokens (its name differs), and a temperature only if one
is set.

Source: platform.openai.com/docs/api-reference/chat/create.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import UInt8

from smartmask.backends.http_json import JsonServer, ServerSettings
from smartmask.backends.planner_chat import ChatPlanner
from smartmask.scene.picture import png_bytes

OPENAI_URL = "https://api.openai.com/v1"


class OpenAIChat:
    """A `Chat` with a model behind a server."""

    def __init__(
        self,
        model: str,
        key: str | None,
        settings: ServerSettings,
        temperature: float | None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take whom to ask, as `openai_planner` says.

        Raises:
            ValueError: If the model has no name, the temperature is negative, or the key could not stand in a
                header.
        """
        if not model.strip():
            raise ValueError("the model has no name; give the one that the server knows it by")
        if temperature is not None and not 0 <= temperature < float("inf"):
            raise ValueError(f"the temperature must be 0 or more, not {temperature}")
        self._model, self._temperature = model, temperature
        self._name = f"{model} at {settings.base_url}"
        self._server = JsonServer(self._name, key, settings, sleep)

    @property
    def name(self) -> str:
        """The model and its server."""
        return self._name

    def reply(self, text: str, picture: UInt8[np.ndarray, "H W 3"], seed: int) -> str:
        """The model's answer; that a seed gives the same one again is the server's to keep.

        Raises:
            BackendError: If none can be had, or in another form.
        """
        url = f"data:image/png;base64,{base64.b64encode(png_bytes(picture)).decode()}"
        content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
        question: dict[str, Any] = {
            "model": self._model,
            "seed": seed % 2**31,  # llama.cpp reads 32 bits
            "messages": [{"role": "user", "content": content}],
        }
        if self._temperature is not None:
            question["temperature"] = self._temperature
        return self._said(self._server.post("chat/completions", question))

    def _said(self, answer: bytes) -> str:
        """The text of an answer."""
        try:
            choice = json.loads(answer)["choices"][0]
            message = choice["message"]
            said, refusal, ended = message.get("content"), message.get("refusal"), choice.get("finish_reason")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            start = self._server.harmless(answer.decode("utf-8", "replace"))
            self._server.fail(f"answered no chat completion ({start!r}); check the base URL")
        if not isinstance(said, str) or not said:
            why = self._server.harmless(str(refusal or f"it ended with {ended!r}"))
            self._server.fail(f"said nothing ({why}); take a model that can see pictures")
        # A letter in escapes is the same letter to whoever reads the JSON.
        plain = re.sub(r"\\u00([2-7][0-9a-fA-F])", lambda found: _letter(int(found[1], 16), found[0]), said)
        return self._server.without_key(plain)


def _letter(number: int, escaped: str) -> str:
    return escaped if chr(number) in '"\\' else chr(number)


def openai_planner(
    model: str,
    key: str | None = None,
    base_url: str = OPENAI_URL,
    timeout_s: float = 120.0,
    temperature: float | None = None,
    proxies: Mapping[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> ChatPlanner:
    """A planner that asks a model behind an OpenAI-compatible server.

    Args:
        model: The name that the server knows it by.
        key: Sent as bearer token; None sends none. It belongs into the environment, never on a command line.
        base_url: Up to and without "/chat/completions".
        timeout_s: How long one try may take.
        temperature: Of sampling; None leaves it to the server.
        proxies: Scheme -> address of a proxy, as `urllib.request.getproxies` gives them.
        sleep: Waits for some seconds between tries.

    Raises:
        ValueError: If the model has no name, the key could not stand in a header, or a setting is out of
            range.
    """
    settings = ServerSettings(base_url=base_url, timeout_s=timeout_s, proxies=proxies)
    return ChatPlanner(OpenAIChat(model, key, settings, temperature, sleep))
