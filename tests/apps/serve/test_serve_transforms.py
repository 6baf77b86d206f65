"""A mask in hand is mapped by its outline if it has one, by its pixels if not."""

import io

import numpy as np
import pytest
from PIL import Image
from serving import disc, mask_of, rle

from smartmask.apps.serve.layouts import Kept
from smartmask.scene.affine import affine_mask, affine_outline
from smartmask.scene.guidance import Box

TURN = (0.9, 0.3, -0.3, 0.9, 12, -4)


def test_a_suggested_mask_is_mapped_by_its_outline_and_keeps_its_soft_edge(server, layout):
    box = (20, 20, 60, 60)
    body = {"layout_id": layout["layout_id"], "prompt": "a ball", "box": box, "n": 1}
    (found,) = server.client.post("/v1/suggest", json=body).json()["suggestions"]
    answer = server.client.post("/v1/transform", json={"rle": found["rle"], "matrix": TURN}).json()
    kept = server.studio.store.get(Kept, layout["layout_id"], "layout")
    (suggestion,) = server.studio.models.suggest(kept.layout, "a ball", guidance=Box(box), n=1)
    expected = affine_outline(suggestion.outline, TURN)
    assert np.array_equal(mask_of(answer["rle"]), expected.mask((72, 96)))
    assert answer["outline"]

    file = server.client.post("/v1/export", json={"format": "alpha", "rle": answer["rle"]}).content
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(file))), np.rint(expected.alpha((72, 96)) * 255))
    back = server.client.post("/v1/transform", json={"rle": found["rle"], "matrix": (1, 0, 0, 1, 0, 0)})
    assert back.json()["rle"] == found["rle"]


def test_a_painted_mask_is_mapped_by_its_pixels(server):
    mask = disc()
    answer = server.client.post("/v1/transform", json={"rle": rle(mask), "matrix": TURN}).json()
    assert np.array_equal(mask_of(answer["rle"]), affine_mask(mask, TURN))
    assert answer["outline"] is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matrix": [1, 0, 0, 1, 500, 0]}, "nothing of the mask is left"),
        ({"matrix": [1, 1, 1, 1, 0, 0]}, "not flat"),
        ({"matrix": [1, 0, 0, 1, 0]}, "body.matrix"),
        ({"matrix": [1000, 0, 0, 1, 0, 0]}, "body.matrix"),
        ({"rle": {"size": [60000, 60000], "counts": "1"}}, "above 50 megapixels"),
        ({"rle": rle(np.zeros((4, 4), bool))}, "nothing of the mask is left"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_does_not_fit_is_refused(server, change, message):
    body = {"rle": rle(disc()), "matrix": (1, 0, 0, 1, 0, 0)} | change
    answer = server.client.post("/v1/transform", json=body)
    assert answer.status_code in (413, 422)
    assert message in answer.json()["detail"]
