"""Masks over HTTP from as many replicas as a Ray cluster holds; every request stands alone.

pip install "smartmask-open[web]" "ray[serve]"
cd examples && serve run ray_serve:app
curl --data-binary @photo.jpg "http://127.0.0.1:8000/?prompt=a%20dog&n=4"
"""

import io

import numpy as np
from PIL import Image
from ray import serve
from starlette.requests import Request

from smartmask import SmartMask
from smartmask.scene.rle import encode_rle


@serve.deployment(ray_actor_options={"num_cpus": 1})
class Masks:
    """One replica: the models, loaded once."""

    def __init__(self) -> None:
        """Load them."""
        self.smartmask = SmartMask.load()

    async def __call__(self, request: Request) -> list[dict[str, object]]:
        """Masks for a photo's bytes, best first, as COCO RLE."""
        photo = np.asarray(Image.open(io.BytesIO(await request.body())).convert("RGB"))
        prompt, n = request.query_params["prompt"], int(request.query_params.get("n", 4))
        found = self.smartmask.suggest(photo, prompt, n=n, seed=0)
        return [{"score": one.score, "size": one.mask.shape, "counts": encode_rle(one.mask)} for one in found]


app = Masks.bind()
