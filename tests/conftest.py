"""What all tests share: threads, hypothesis settings, and a text encoder of a few numbers."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jaxtyping
import pytest
from hash_encoder import HashEncoder
from hub_cache import HubCache
from hypothesis import settings

if TYPE_CHECKING:
    from tiny_diffusers import TinyCheckpoints

try:
    import torch
except ModuleNotFoundError:  # in `make oldest`, which leaves out what trains
    pass
else:
    torch.set_num_threads(1)
settings.register_profile("quick", deadline=None, max_examples=20, derandomize=True, database=None)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    """Let strategies build values that beartype checks: it looks at a random item of a container."""
    config.addinivalue_line("filterwarnings", "ignore:Do not use the `random` module inside strategies")


@pytest.fixture
def tiny_encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture(scope="session")
def tiny_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> "TinyCheckpoints":
    """Tiny Stable Diffusion, ControlNets and CLIP on disk; tests copy a folder before they change it."""
    from tiny_diffusers import TinyCheckpoints  # takes seconds: it imports diffusers

    return TinyCheckpoints(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def no_type_check() -> Iterator[None]:
    """For tests of what the library itself says to a wrong type: the run-time check would speak first."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def offline_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HubCache:
    """Offline as with HF_HUB_OFFLINE=1; whoever calls the network all the same, fails."""

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("the network was called")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return HubCache(tmp_path / "cache")
