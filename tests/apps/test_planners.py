"""Planners by description: what is refused, and what an environment gives."""

import pytest

from smartmask.apps.planners import check_planner, load_planner
from smartmask.backends.planner_chat import ChatPlanner
from smartmask.errors import BackendError
from smartmask.model.planner.embedded import EmbeddedPlanner


def test_the_shipped_one():
    assert isinstance(load_planner(), EmbeddedPlanner)


def test_a_server_is_named_without_being_asked(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert isinstance(load_planner("openai:some-model"), ChatPlanner)


def test_a_model_that_is_not_there(tmp_path):
    with pytest.raises(BackendError):
        load_planner(f"vlm:{tmp_path / 'gone'}")


@pytest.mark.parametrize("text", ["", "vlm", "vlm: ", "openai:", "embedded:x", "Embedded", "http://x"])
def test_refuses(text):
    with pytest.raises(ValueError, match=r"a planner is embedded, vlm:NAME or openai:MODEL, not"):
        check_planner(text)
