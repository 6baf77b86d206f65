"""A machine without network."""

import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hub_cache import HubCache


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
