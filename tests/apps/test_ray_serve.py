"""The example for Ray Serve answers as the library does, on a Ray of this machine."""

import runpy
import warnings
from pathlib import Path

import httpx
import numpy as np
import pytest
from serving import mask_of, png
from shipped import needs_shipped

from smartmask import SmartMask

EXAMPLE = Path(__file__).parents[2] / "examples" / "ray_serve.py"


@pytest.fixture
def address():
    """Where the example answers."""
    pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
    reason = "Ray Serve is not installed: pip install 'ray[serve]'"
    pytest.importorskip("grpc", reason=reason)
    serve = pytest.importorskip("ray.serve", reason=reason)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray warns of its own future
        serve.start(http_options={"port": 18765})
        serve.run(runpy.run_path(str(EXAMPLE))["app"])
        yield "http://127.0.0.1:18765/"
        serve.shutdown()
        import ray

        ray.shutdown()


@needs_shipped
@pytest.mark.slow
def test_masks_come_over_http(address):
    photo = np.full((72, 96, 3), 200, np.uint8)
    photo[40:] = (90, 120, 60)
    answer = httpx.post(address, params={"prompt": "a dog", "n": 2}, content=png(photo), timeout=300)
    assert answer.status_code == 200, answer.text
    expected = SmartMask.load().suggest(photo, "a dog", n=2, seed=0)
    for found, one in zip(answer.json(), expected, strict=True):
        assert np.array_equal(mask_of(found), one.mask)
        assert found["score"] == pytest.approx(one.score)
