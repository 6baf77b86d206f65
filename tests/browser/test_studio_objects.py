"""The object in hand: moved, repainted, varied, put behind others, kept, lifted, inserted."""

import numpy as np
import pytest
from PIL import Image
from serving import mask_of

from smartmask.apps.inpainters import load_inpainter
from smartmask.pipelines.insertion.place_behind import put_behind
from smartmask.scene.affine import affine_outline
from smartmask.scene.boxes import box_of
from smartmask.scene.guidance import Box
from smartmask.scene.layout import Layer
from smartmask.scene.masks import mask_iou

BOX = (360, 300, 460, 400)


@pytest.fixture
def held(studio):
    """The first suggestion for a dog, in hand."""
    studio.open_demo("a dog")
    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested().nth(0).click()
    studio.settle()
    return studio


def mask_in_hand(studio):
    return mask_of(studio.state()["object"]["rle"])


def box_in_hand(studio):
    return box_of(mask_in_hand(studio))


def test_it_is_moved_scaled_mirrored_and_repainted(held):
    before = mask_in_hand(held)
    x0, y0, x1, y1 = box_of(before)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    held.drag([middle, (middle[0] - 60, middle[1] - 20)])
    held.settle()
    assert box_in_hand(held) == pytest.approx((x0 - 60, y0 - 20, x1 - 60, y1 - 20), abs=1.5)

    held.page.focus("#canvas")
    held.page.keyboard.press("Shift+ArrowRight")
    held.settle()
    assert box_in_hand(held) == pytest.approx((x0 - 50, y0 - 20, x1 - 50, y1 - 20), abs=1.5)

    x0, y0, x1, y1 = box_in_hand(held)
    held.drag([(x1, y1), (x1 + 30, y1 + 30)])
    held.settle()
    assert mask_in_hand(held).sum() > 1.2 * before.sum()

    moved = mask_in_hand(held)
    held.page.click("#mirror")
    held.settle()
    x0, _, x1, _ = (round(value) for value in box_of(moved))
    mirrored = mask_in_hand(held)
    assert (mirrored[:, x0:x1] == moved[:, x0:x1][:, ::-1]).mean() > 0.98

    held.page.focus("#canvas")
    for key in (">", ">", ",", "<", "<", "."):  # there and back
        held.page.keyboard.press(key)
    held.settle()
    assert (mask_in_hand(held) != mirrored).mean() < 1e-4

    held.use("edge")
    held.drag([(300, 250), (340, 250)])
    held.settle()
    painted = mask_in_hand(held)
    assert painted[250, 300:340].all()
    assert (painted >= mirrored).all()
    held.page.check("#edge-removes")
    held.drag([(300, 250), (340, 250)])
    held.settle()
    assert not mask_in_hand(held)[250, 300:340].any()
    assert held.page.get_by_text("changed by hand").is_visible()


def test_it_is_turned_by_its_handle_and_by_keys_and_undo_gives_its_pixels_back(held, smartmask, layout):
    box = smartmask.suggest(layout, "a dog", guidance=Box(BOX), n=8, seed=0)[0]
    before = held.state()["object"]
    x0, y0, x1, _ = box.outline.box_xyxy()
    scale = float(held.page.get_attribute("#canvas", "data-place").split()[0])
    middle, top = (x0 + x1) / 2, y0 - 28 / scale
    held.drag([(middle, top), (middle + 60, top + 20)])
    held.settle()
    turned = held.state()["object"]
    a, b, c, d, e, f = turned["base"]["matrix"]
    assert (a * d - b * c, d) == pytest.approx((1, a))
    assert b > 0.3  # clockwise
    expected = affine_outline(box.outline, (a, b, c, d, e, f))
    assert np.array_equal(mask_in_hand(held), expected.mask(layout.size_hw))
    assert turned["base"]["rle"] == before["rle"]

    held.page.focus("#canvas")
    for _ in range(30):
        held.page.keyboard.press(">")
    held.settle()
    for _ in range(31):
        held.page.keyboard.press("Control+z")
    held.settle()
    assert held.state()["object"] == before


def test_more_like_it_and_toward_another_are_the_librarys(held, smartmask, layout):
    like = mask_in_hand(held)
    held.page.click("#more")
    assert held.suggested().count() == 8
    state = held.state()
    expected = smartmask.more_like(layout, "a dog", like, change=0.5, n=8, seed=0)
    found = [mask_of(one["rle"]) for one in state["answer"]["suggestions"]]
    assert all(np.array_equal(one.mask, other) for one, other in zip(expected, found, strict=True))
    assert "--like like.png --change 0.5" in held.page.text_content("#code")

    held.page.click("#toward")
    held.page.locator(".suggestion").nth(3).click()
    held.suggested()
    ends = smartmask.between(layout, "a dog", like, found[3], n=8, seed=0)
    between = held.state()["answer"]["suggestions"]
    assert np.array_equal(mask_of(between[0]["rle"]), ends[0].mask)


def test_it_turns_by_button_and_keys_and_from_where_it_was_moved_to(studio, smartmask, layout):
    studio.open_demo("a chair")
    studio.drag([BOX[:2], BOX[2:]])
    found = studio.suggested()
    names = [one["turn"] for one in studio.state()["answer"]["suggestions"]]
    found.nth(next(place for place, name in enumerate(names) if name)).click()
    studio.settle()
    first, name = mask_in_hand(studio), studio.state()["object"]["turning"]["now"]

    studio.page.click("#turn")
    studio.settle()
    ahead = smartmask.turn(layout, "a chair", first, 1, shape=name)
    assert np.array_equal(mask_in_hand(studio), ahead.mask)
    assert studio.state()["object"]["turning"]["now"] == ahead.origin.shape
    assert f"--turn 1 --shape {name.split()[0]}" in studio.page.text_content("#code").replace("'", "")
    studio.page.focus("#canvas")
    studio.page.keyboard.press("n")
    studio.settle()
    twice = smartmask.turn(layout, "a chair", first, 2, shape=name)
    assert np.array_equal(mask_in_hand(studio), twice.mask)
    for _ in range(2):
        studio.page.keyboard.press("Shift+N")
        studio.settle()
    assert mask_iou(mask_in_hand(studio), first) > 0.95

    studio.page.keyboard.press("Shift+ArrowLeft")
    studio.settle()
    studio.page.click("#mirror")
    studio.settle()
    moved, mirrored = mask_in_hand(studio), studio.state()["object"]["turning"]["now"]
    assert mirrored != name
    assert mirrored.split()[0] == name.split()[0]
    studio.page.click("#turn")
    studio.settle()
    expected = smartmask.turn(layout, "a chair", moved, 1, shape=mirrored)
    assert np.array_equal(mask_in_hand(studio), expected.mask)

    studio.use("edge")
    x0, y0, _, _ = box_in_hand(studio)
    studio.drag([(x0, y0), (x0 + 30, y0)])
    studio.settle()
    assert studio.page.is_disabled("#turn")
    assert "not repainted or rotated, can be turned" in studio.page.get_attribute("#turn", "title")


def test_it_goes_behind_a_layer_is_kept_and_lifted_again(held, layout):
    mask = mask_in_hand(held)
    rows = held.page.locator("#layer-list li")
    assert held.labels() == ["a dog", *reversed(layout.labels)]
    front = layout.labels[-1]
    held.drag_row(rows.nth(0), below=rows.nth(1))
    held.settle()
    assert held.labels()[:2] == [front, "a dog"]
    assert held.page.text_content("#behind").startswith(f"behind {front}")
    held.page.click("#keep")
    held.page.wait_for_selector("#object", state="hidden")
    held.settle()
    placed = put_behind(layout, Layer("a dog", mask, "amodal"), [len(layout) - 1]).layout
    assert [layer["label"] for layer in held.state()["layout"]["layers"]] == list(placed.labels)
    seen = [mask_of(layer["rle"]) for layer in held.state()["layout"]["layers"]]
    assert all(np.array_equal(one, other) for one, other in zip(placed.visible(), seen, strict=True))

    held.page.fill("#prompt", "a ball")
    held.drag([(240, 360), (280, 400)])
    held.suggested().nth(0).click()
    held.settle()
    assert held.labels().count("a dog") == 1
    held.page.click("#keep")
    held.page.wait_for_selector("#object", state="hidden")
    held.settle()
    held.page.locator("#layer-list li", has_text="a dog").locator(".pick").click()
    held.page.click("#lift")
    held.page.wait_for_selector("#object h2")
    held.settle()
    assert np.array_equal(mask_in_hand(held), mask)
    assert held.labels().count("a dog") == 1


def test_another_word_keeps_the_object_in_hand(held):
    held.page.fill("#prompt", "a ball")
    held.use("box")
    held.drag([(240, 360), (280, 400)])
    held.suggested()
    assert held.labels()[0] == "a dog"
    assert held.state()["object"] is None
    assert held.state()["answer"]["suggestions"]


def test_a_slow_server_keeps_it_once(held):
    waiting = []
    held.page.route("**/edits", lambda route: waiting.append(route))
    held.page.fill("#prompt", "a ball")
    held.use("box")
    with held.page.expect_request("**/edits"):
        held.drag([(240, 360), (280, 400)])
    for route in waiting:
        route.continue_()
    held.page.unroute("**/edits")
    held.until(lambda state: state["hint"] == {"kind": "box", "box": [240, 360, 280, 400]})
    held.suggested()
    assert held.labels().count("a dog") == 1
    for _ in range(2):  # the suggestions, the keeping
        held.page.click("#undo")
        held.settle()
    assert held.state()["object"]["label"] == "a dog"


def test_a_cut_out_is_inserted_as_the_library_does(held, smartmask, layout, demo, tmp_path):
    cutout = np.zeros((60, 80, 4), np.uint8)
    cutout[10:50, 10:70] = (200, 60, 30, 255)
    path = tmp_path / "cut.png"
    Image.fromarray(cutout).save(path)
    mask = mask_in_hand(held)
    before = held.pixels()
    held.page.set_input_files("#cutout-file", path)
    held.page.wait_for_selector("#compare", state="visible")
    held.settle()
    state = held.state()
    picture = held.page.request.get(f"{held.address}v1/photos/{state['photo']['id']}").body()
    expected, *_ = smartmask.insert(
        demo, "a dog", mask, inpainter=load_inpainter(f"reference:{path}"), layout=layout, seed=0
    )
    (tmp_path / "after.png").write_bytes(picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "after.png")), expected.image)
    assert np.array_equal(mask_of(state["inserted"]["changed"]), expected.alpha > 0)
    assert held.labels()[0] == "a dog"
    assert "smartmask insert" in held.page.text_content("#code")

    after = [held.pixels()]
    held.page.fill("#share", "100")
    after.append(held.pixels())
    held.page.check("#changed")
    after.append(held.pixels())
    assert len({before, *after}) == 4
    held.page.click("#compare-close")
    held.page.wait_for_selector("#compare", state="hidden")
    held.page.click("#undo")
    held.page.click("#undo")
    held.settle()
    assert held.state()["object"]["label"] == "a dog"
    assert held.pixels() == before
