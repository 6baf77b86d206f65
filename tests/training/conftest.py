"""What tests of training share."""

from collections.abc import Iterator

import pytest
from hash_encoder import HashEncoder
from tiny_generator import CODEC, pack_shapes, packed

from smartmask.model.shape.codec import SilhouetteCodec
from smartmask.training.mask.generator_batch import ShapeTensors
from smartmask.training.mask.generator_pack import GeneratorPack
from smartmask.training.shape.export import read_shape_codec


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


@pytest.fixture(scope="session")
def shipped_codec() -> SilhouetteCodec:
    return SilhouetteCodec.load(CODEC)


@pytest.fixture(scope="session")
def generator_pack(shipped_codec: SilhouetteCodec) -> GeneratorPack:
    """Drawn shapes, packed."""
    return packed(*pack_shapes(), shipped_codec, HashEncoder())


@pytest.fixture(scope="session")
def generator_data(generator_pack: GeneratorPack) -> ShapeTensors:
    """The same in memory, in four variants: as they are, mirrored, changed, mirrored and changed."""
    return ShapeTensors(generator_pack, read_shape_codec(CODEC), "cpu", variants=4)
