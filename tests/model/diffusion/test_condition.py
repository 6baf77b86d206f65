import dataclasses

import numpy as np
import pytest
from shapes import blob, disc, rectangle

from smartmask.model.diffusion.condition import (
    OUTSIDE,
    SPECIAL_ROWS,
    UNKNOWN,
    Condition,
    ConditionBatch,
    build_condition,
)
from smartmask.scene.guidance import GUIDANCE_KINDS, Box, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View

SIZE = (40, 40)
R = 16
WHOLE = View.whole(SIZE, R)
hints = pytest.mark.parametrize(
    "guidance",
    [
        pytest.param(NoGuidance(), id="no guidance"),
        pytest.param(Box((4, 10, 23, 31)), id="a box"),
        pytest.param(Region(disc(SIZE, (12, 25), 7)), id="a region"),
        pytest.param(Scribble(blob(SIZE, 5)), id="a scribble"),
    ],
)


def layout() -> Layout:
    layers = Layer("wall", rectangle(SIZE, (0, 0, 40, 20))), Layer("a cat", rectangle(SIZE, (5, 10, 20, 30)))
    return Layout(SIZE, layers)


def condition(
    encoder, view=WHOLE, guidance=None, prompt="dog", scene="a dog by a wall", labels=None
) -> Condition:
    index = layout().visible_index()
    labels = layout().labels if labels is None else labels
    hint = NoGuidance() if guidance is None else guidance
    return build_condition(index, labels, hint, view, prompt=prompt, scene=scene, encoder=encoder)


def fields(value) -> dict:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def test_each_pixel_points_to_the_row_of_what_is_seen_there(tiny_encoder):
    found = condition(tiny_encoder)
    picked = WHOLE.pick(layout().visible_index(), OUTSIDE)
    assert np.array_equal(found.regions, picked + SPECIAL_ROWS)
    table = np.concatenate([np.full((SPECIAL_ROWS, tiny_encoder.width), np.nan), found.label_table])
    cat = found.regions[8, 4]
    assert np.array_equal(table[cat], tiny_encoder.encode(["a cat"])[0])


def test_the_first_rows_are_those_of_what_is_outside_and_of_what_is_unknown(tiny_encoder):
    assert (OUTSIDE + SPECIAL_ROWS, UNKNOWN + SPECIAL_ROWS) == (0, 1)
    view = View(x0=-20.0, y0=0.0, side=40.0, resolution=R, size_hw=SIZE)
    regions = condition(tiny_encoder, view).regions
    assert (regions[:, : R // 2] == 0).all()
    assert (regions[-2:, R // 2 :] == 1).all()


def test_only_what_is_visible_counts(tiny_encoder):
    hidden = Layer("a mouse", disc(SIZE, (12, 15), 4))
    behind = Layout(SIZE, (hidden, *layout().layers))
    shown = build_condition(
        behind.visible_index(),
        behind.labels,
        NoGuidance(),
        WHOLE,
        prompt="dog",
        scene=None,
        encoder=tiny_encoder,
    )
    assert np.array_equal(np.where(shown.regions > 1, shown.regions - 1, 1), condition(tiny_encoder).regions)


@hints
def test_the_hint_enters_as_its_map_and_the_number_of_its_kind(tiny_encoder, guidance):
    found = condition(tiny_encoder, guidance=guidance)
    assert np.array_equal(found.guidance, guidance.rasterize(WHOLE))
    assert GUIDANCE_KINDS[found.guidance_kind] is type(guidance)


def test_texts_enter_as_their_embeddings_and_a_missing_one_as_zero(tiny_encoder):
    found = condition(tiny_encoder, prompt="dog", scene="a park")
    assert np.array_equal(found.object_text, tiny_encoder.encode(["dog"])[0])
    assert np.array_equal(found.scene_text, tiny_encoder.encode(["a park"])[0])
    bare = condition(tiny_encoder, prompt="", scene=None)
    assert not bare.object_text.any()
    assert not bare.scene_text.any()
    assert (found.prompt, found.scene, bare.prompt, bare.scene) == ("dog", "a park", "", "")


def test_zoom_is_the_views_own_unless_it_is_given(tiny_encoder):
    view = View(x0=10.0, y0=10.0, side=20.0, resolution=R, size_hw=SIZE)
    assert condition(tiny_encoder, view).zoom == pytest.approx(np.log(0.5))
    index, labels = layout().visible_index(), layout().labels
    told = build_condition(
        index, labels, NoGuidance(), view, prompt="", scene=None, encoder=tiny_encoder, zoom=-3.0
    )
    assert told.zoom == -3


def test_a_layout_without_layers_has_an_empty_table_and_is_unknown_everywhere(tiny_encoder):
    empty = Layout(SIZE)
    found = build_condition(
        empty.visible_index(),
        empty.labels,
        NoGuidance(),
        WHOLE,
        prompt="dog",
        scene=None,
        encoder=tiny_encoder,
    )
    assert found.label_table.shape == (0, tiny_encoder.width)
    assert (found.regions == UNKNOWN + SPECIAL_ROWS).all()
    assert ConditionBatch.stack([found]).label_table.shape == (1, 1, tiny_encoder.width)


def test_null_drops_the_words_and_nothing_else(tiny_encoder):
    full = condition(tiny_encoder, guidance=Box((4, 10, 23, 31)))
    null = full.null()
    assert not null.object_text.any()
    assert not null.scene_text.any()
    assert null.prompt == null.scene == ""
    for name in {"regions", "label_table", "guidance", "guidance_kind", "zoom"}:
        assert np.array_equal(getattr(null, name), getattr(full, name)), name


def test_null_of_the_layout_leaves_only_what_lies_outside_the_canvas(tiny_encoder):
    view = View(x0=-20.0, y0=0.0, side=40.0, resolution=R, size_hw=SIZE)
    full = condition(tiny_encoder, view)
    null = full.null(texts=False, layout=True)
    assert np.array_equal(null.object_text, full.object_text)
    assert np.array_equal(null.regions == 0, full.regions == 0)
    assert set(np.unique(null.regions).tolist()) == {0, 1}


def test_null_of_nothing_is_the_condition_itself(tiny_encoder):
    full = condition(tiny_encoder)
    assert full.null(texts=False) is full


def test_an_item_alone_equals_itself_in_a_batch(tiny_encoder):
    first = condition(tiny_encoder, guidance=Box((4, 10, 23, 31)))
    second = condition(tiny_encoder, prompt="cup", labels=("wall", "cat", "dog", "hat", "car"))
    alone, together = ConditionBatch.stack([first]), ConditionBatch.stack([first, second])
    for name, value in fields(alone).items():
        batched = getattr(together, name)
        assert batched.dtype == value.dtype, name
        if name == "label_table":
            assert not batched[0, value.shape[1] :].any()
            batched = batched[:, : value.shape[1]]
        assert np.array_equal(batched[0], value[0]), name


def test_a_batch_has_the_shapes_and_types_of_the_networks_inputs(tiny_encoder):
    batch = ConditionBatch.stack([condition(tiny_encoder)] * 3)
    found = {name: (value.shape, value.dtype.name) for name, value in fields(batch).items()}
    assert found == {
        "regions": ((3, R, R), "int64"),
        "label_table": ((3, 2, 8), "float32"),
        "guidance": ((3, 1, R, R), "float32"),
        "guidance_kind": ((3,), "int64"),
        "object_text": ((3, 8), "float32"),
        "scene_text": ((3, 8), "float32"),
        "zoom": ((3,), "float32"),
    }


@pytest.mark.parametrize(
    ("guidance", "mirrored"),
    [
        pytest.param(Box((4, 10, 23, 31)), Box((17, 10, 36, 31)), id="a box"),
        pytest.param(Region(blob(SIZE, 6)), Region(blob(SIZE, 6)[:, ::-1]), id="a region"),
        pytest.param(Scribble(blob(SIZE, 6)), Scribble(blob(SIZE, 6)[:, ::-1]), id="a scribble"),
    ],
)
def test_flipping_the_scene_flips_the_condition(tiny_encoder, guidance, mirrored):
    words = {"prompt": "dog", "scene": "a park", "encoder": tiny_encoder}
    index, labels = layout().visible_index(), layout().labels
    there = build_condition(index, labels, guidance, WHOLE, **words)
    back = build_condition(np.ascontiguousarray(index[:, ::-1]), labels, mirrored, WHOLE, **words)
    assert np.array_equal(back.regions, there.regions[:, ::-1])
    np.testing.assert_allclose(back.guidance, there.guidance[:, ::-1], atol=1e-6)
