"""What is saved is what the library writes, under safe names; seed and command are there to copy."""

import io
import json

import numpy as np
from PIL import Image
from serving import mask_of

from smartmask.data.layout_files import layout_to_json
from smartmask.scene.distance import grow
from smartmask.scene.guidance import Box
from smartmask.scene.picture import png_bytes

BOX = (440, 215, 510, 300)
PROMPT = "a sailboat ../<b>"


def test_every_format_is_saved(studio, smartmask, layout):
    studio.open_demo(PROMPT)
    studio.page.click("#save")
    assert studio.save("json") == ("layout.json", layout_to_json(layout))
    studio.page.get_by_text("Close", exact=True).click()
    studio.page.wait_for_selector("#save-dialog", state="hidden")

    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested().nth(0).click()
    studio.settle()
    best = smartmask.suggest(layout, PROMPT, guidance=Box(BOX), n=8, seed=0)[0]
    assert np.array_equal(mask_of(studio.state()["object"]["rle"]), best.mask)
    studio.page.keyboard.press("Control+s")
    studio.page.fill("input[name=grow]", "6")
    studio.page.fill("input[name=feather]", "0")
    assert studio.save("mask") == ("a-sailboat-b_mask.png", png_bytes(best.mask))
    assert studio.save("inverted")[1] == png_bytes(~best.mask)
    assert studio.save("grown")[1] == png_bytes(grow(best.mask, 6))
    alpha = np.asarray(Image.open(io.BytesIO(studio.save("alpha")[1])))
    assert np.array_equal(alpha, np.rint(best.alpha * 255).astype(np.uint8))
    cutout = np.asarray(Image.open(io.BytesIO(studio.save("cutout")[1])))
    assert np.array_equal(cutout[..., 3] > 127, best.mask)

    name, content = studio.save("json")
    assert name == "layout.json"
    saved = [layer["label"] for layer in json.loads(content)["layers"]]
    assert PROMPT in saved
    assert len(saved) == len(layout) + 1
    assert studio.save("zip")[1].startswith(b"PK")
    assert studio.save("psd")[1].startswith(b"8BPS")
    assert json.loads(studio.save("coco")[1])["annotations"]
    assert json.loads(studio.save("labelme")[1])["shapes"]


def test_a_painted_hint_is_saved_as_the_command_names_it(studio):
    studio.open_demo("a dog")
    studio.use("region")
    studio.drag([(330, 330), (520, 340), (560, 400), (420, 420), (330, 380)])
    studio.suggested()
    assert "--region region.png" in studio.page.text_content("#code")
    region = mask_of(studio.state()["hint"]["rle"])
    studio.page.click("#save")
    assert studio.save("'region.png'") == ("region.png", png_bytes(region))


def test_the_seed_counts_and_the_command_is_copied(studio, smartmask, layout):
    studio.open_demo("a sailboat")
    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested()
    studio.page.click("#roll")
    studio.page.wait_for_selector("#code:has-text('--seed 1')")
    studio.settle()
    best = smartmask.suggest(layout, "a sailboat", guidance=Box(BOX), n=8, seed=1)[0]
    assert np.array_equal(mask_of(studio.state()["answer"]["suggestions"][0]["rle"]), best.mask)
    studio.page.fill("#seed", "-3")
    studio.page.keyboard.press("Enter")
    studio.page.wait_for_selector("#message[data-kind=error]")
    assert studio.page.input_value("#seed") == "1"
    studio.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio.page.click("#copy")
    studio.page.get_by_text("Copied.").wait_for()
    copied = studio.page.evaluate("navigator.clipboard.readText()")
    assert copied == studio.page.text_content("#code")
