"""What tests of training share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _slow_only_when_asked(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("slow") and "slow" not in request.config.getoption("-m"):
        pytest.skip("takes about a minute; run with -m slow")


@pytest.fixture
def fresh_accelerate() -> Iterator[None]:
    """accelerate keeps its precision and process group for the life of a process; a test begins anew."""
    from accelerate.state import AcceleratorState, GradientState

    yield
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()
