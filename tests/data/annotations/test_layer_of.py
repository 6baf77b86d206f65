import pytest
from hypothesis import given
from shapes import bool_masks

from smartmask.data.annotations.base import DamageError
from smartmask.data.annotations.masks import layer_of
from smartmask.data.layered_scene import SceneLayer


@given(bool_masks())
def test_a_layer_made_by_pycocotools_is_that_of_our_own_encoder(mask):
    if not mask.any():
        with pytest.raises(DamageError, match="empty mask"):
            layer_of("dog", mask, extent="amodal", is_thing=True)
        return
    found = layer_of("dog_(animal)", mask, extent="amodal", is_thing=True, synonyms=["dog", "hound", "Hound"])
    expected = SceneLayer.of("dog", mask, extent="amodal", is_thing=True, texts=["hound"])
    names = ("label", "counts", "box_xyxy", "area_px", "extent", "is_thing", "texts")
    assert [getattr(found, name) for name in names] == [getattr(expected, name) for name in names]
