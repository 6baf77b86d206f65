"""Hints drawn on the page give the library's masks, live and on release; undo gives the pixels back."""

import numpy as np
import pytest
from serving import mask_of

from smartmask.scene.guidance import Box, Region, Scribble
from smartmask.scene.rle import encode_rle

BOX = (440, 215, 510, 300)


def test_the_mask_follows_the_box_and_eight_come_on_release(studio, smartmask, layout):
    studio.open_demo("a sailboat")
    studio.press([BOX[:2], BOX[2:]], moves=30)
    studio.page.wait_for_selector(f"#canvas[data-live='{','.join(map(str, BOX))}']")
    live = studio.page.get_attribute("#canvas", "data-counts")
    (one,) = smartmask.suggest(layout, "a sailboat", guidance=Box(BOX), n=1, seed=0)
    assert live == encode_rle(one.mask)

    studio.page.mouse.up()
    assert studio.suggested().count() == 8
    state = studio.state()
    assert state["hint"] == {"kind": "box", "box": list(BOX)}
    expected = smartmask.suggest(layout, "a sailboat", guidance=Box(BOX), n=8, seed=0)
    assert [found["rle"]["counts"] for found in state["answer"]["suggestions"]] == [
        encode_rle(found.mask) for found in expected
    ]
    said = studio.page.text_content("#code")
    assert said == "smartmask suggest photo.jpg 'a sailboat' --box 440,215,510,300 -n 8 --seed 0"
    studio.page.get_by_text("Python", exact=True).click()
    assert "guidance=Box((440, 215, 510, 300))" in studio.page.text_content("#code")


def test_a_drawn_box_is_moved_and_resized_by_its_handles(studio):
    studio.open_demo("a sailboat")
    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested()
    studio.drag([(475, 258), (455, 278)])
    studio.suggested()
    assert studio.state()["hint"]["box"] == pytest.approx([420, 235, 490, 320], abs=1)
    studio.drag([(490, 320), (520, 330)])
    studio.suggested()
    assert studio.state()["hint"]["box"] == pytest.approx([420, 235, 520, 330], abs=2)


def test_undo_and_redo_give_the_pixels_back(studio):
    studio.open_demo("a sailboat")
    empty = studio.pixels()
    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested().nth(2).click()
    studio.settle()
    studio.page.mouse.move(2, 2)
    taken, held = studio.pixels(), studio.state()["object"]
    studio.page.click("#mirror")
    studio.settle()
    studio.page.mouse.move(2, 2)
    mirrored = studio.pixels()
    assert len({empty, taken, mirrored}) == 3

    studio.page.click("#undo")
    studio.settle()
    studio.page.mouse.move(2, 2)
    assert studio.pixels() == taken
    assert studio.state()["object"] == held
    for _ in range(2):
        studio.page.click("#undo")
        studio.settle()
    assert studio.pixels() == empty
    for _ in range(3):
        studio.page.keyboard.press("Control+Shift+z")
        studio.settle()
    assert studio.page.is_disabled("#redo")
    assert studio.pixels() == mirrored


def test_a_region_a_scribble_and_what_to_avoid_are_the_librarys(studio, smartmask, layout):
    studio.open_demo("a dog")
    studio.use("region")
    studio.drag([(330, 330), (520, 340), (560, 400), (420, 420), (330, 380)])
    studio.suggested()
    _same(studio, smartmask, layout, lambda hint: Region(mask_of(hint["rle"])))

    studio.use("scribble")
    studio.drag([(430, 330), (500, 330), (500, 380)])
    studio.suggested()
    studio.use("avoid")
    studio.drag([(470, 300), (520, 300)])
    studio.suggested()
    drawn = studio.state()["hint"]
    studio.use("eraser")
    studio.drag([(500, 375), (505, 385)])
    studio.suggested()
    hint = studio.state()["hint"]
    assert mask_of(hint["wanted"]).sum() < mask_of(drawn["wanted"]).sum()
    _same(studio, smartmask, layout, lambda hint: Scribble(mask_of(hint["wanted"]), mask_of(hint["avoid"])))


def test_all_can_be_done_with_keys(studio):
    studio.open()
    keys = studio.page.keyboard
    keys.press("Tab")  # from "Choose a photo" to "Take the demo photo"
    keys.press("Enter")
    studio.settle()
    keys.type("a sailboat")
    keys.press("Enter")
    studio.suggested()
    studio.page.focus("#canvas")
    for key in ("ArrowLeft", "Shift+ArrowDown", "Alt+ArrowRight"):
        keys.press(key)
        studio.suggested()
    width, height = 640, 427
    box = [round(value) for value in (width * 0.4, height * 0.4, width * 0.6, height * 0.8)]
    assert studio.state()["hint"]["box"] == [box[0], box[1] + 10, box[2] + 1, box[3] + 10]
    studio.page.focus(".suggestion")
    keys.press("ArrowRight")
    assert studio.page.get_attribute("#canvas", "data-mask") == "preview"
    keys.press("Enter")
    studio.settle()
    assert studio.state()["object"]["number"] == 1
    assert studio.page.evaluate("document.activeElement.dataset.number") == "1"
    assert studio.page.get_attribute("#canvas", "data-mask") == "object"
    studio.page.focus("li.in-hand .pick")
    before = studio.labels().index("a sailboat")
    keys.press("Alt+ArrowDown")
    studio.settle()
    keys.press("Alt+ArrowDown")
    studio.settle()
    assert studio.labels()[before + 2] == "a sailboat"
    keys.press("Alt+ArrowUp")
    studio.settle()
    keys.press("k")
    studio.page.wait_for_selector("#object[hidden]", state="attached")
    studio.settle()
    assert studio.labels()[before + 1] == "a sailboat"


def test_without_a_hint_too_and_a_hint_is_cleared(studio):
    studio.open_demo("a bird")
    studio.use("avoid")
    studio.drag([(470, 100), (520, 100)])
    assert "scribble" in studio.page.text_content("#message")
    studio.page.click("#go")
    assert studio.state()["answer"] is None
    studio.page.click("#clear")
    studio.settle()
    assert studio.state()["hint"] == {"kind": "none"}
    studio.page.click("#go")
    assert studio.suggested().count() == 8
    assert studio.page.text_content("#code") == "smartmask suggest photo.jpg 'a bird' -n 8 --seed 0"


def test_a_finger_draws_on_a_tablet(studio):
    studio.page.set_viewport_size({"width": 820, "height": 1180})
    studio.open_demo("a sailboat")
    device = studio.page.context.new_cdp_session(studio.page)
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    (x0, y0), (x1, y1) = studio.at(BOX[:2]), studio.at(BOX[2:])
    touches = [("touchStart", x0, y0), ("touchMove", (x0 + x1) / 2, (y0 + y1) / 2), ("touchMove", x1, y1)]
    for kind, x, y in touches:
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    device.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert studio.suggested().count() == 8
    assert studio.state()["hint"]["box"] == pytest.approx(BOX, abs=1)
    fits = "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
    assert studio.page.evaluate(fits)


def _same(studio, smartmask, layout, guidance_of):
    """The page's first suggestion is the library's."""
    state = studio.state()
    expected = smartmask.suggest(layout, "a dog", guidance=guidance_of(state["hint"]), n=8, seed=0)
    assert np.array_equal(mask_of(state["answer"]["suggestions"][0]["rle"]), expected[0].mask)
