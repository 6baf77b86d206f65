"""Ways to begin: files chosen, dropped, pasted, the address, an empty scene and its plan; and refusals."""

import base64
import json

import numpy as np
import pytest

from smartmask.data.layout_files import write_layout
from smartmask.scene.layout import Layer, Layout

HOSTILE = "<b onclick=alert(1)>'\".png"

# The page clicks by itself: a plan ends sooner than a click from outside arrives.
STOP_AT_THIRD = """() => new MutationObserver((_, watch) => {
    if (document.querySelector("#plan li:nth-child(3)")) {
        watch.disconnect();
        document.querySelector("#plan-stop").click();
    }
}).observe(document.querySelector("#plan"), { childList: true, subtree: true })"""


def test_a_broken_picture_is_refused_in_the_librarys_words(studio):
    studio.open()
    studio.page.set_input_files("#file", {"name": HOSTILE, "mimeType": "image/png", "buffer": b"no picture"})
    studio.page.wait_for_selector("#message[data-kind=error]")
    assert studio.page.text_content("#message").strip()
    assert studio.page.is_visible("#welcome")
    assert studio.page.locator("main b").count() == 0


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_is_dropped_or_pasted(studio, demo, way):
    studio.open()
    content = base64.b64encode(demo.read_bytes()).decode()
    studio.page.evaluate(
        """([content, name, way]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
            const event = way === "drop"
                ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true });
            document.body.dispatchEvent(event);
        }""",
        [content, HOSTILE, way],
    )
    studio.settle()
    assert studio.state()["photo"]["size"] == [640, 427]
    assert "tree" in studio.labels()


def test_a_layout_file_opens_and_its_labels_are_text(studio, tmp_path):
    mask = np.zeros((40, 60), bool)
    mask[10:30, 10:50] = True
    layers = (Layer("wall", np.ones((40, 60), bool)), Layer(HOSTILE, mask))
    path = tmp_path / "layout.json"
    write_layout(path, Layout((40, 60), layers))
    studio.open()
    studio.page.set_input_files("#file", path)
    studio.settle()
    assert studio.labels() == [HOSTILE, "wall"]
    assert studio.state()["photo"] is None
    assert studio.page.locator("#layer-list b").count() == 0


def test_the_address_names_a_photo(studio, demo):
    answer = studio.page.request.post(f"{studio.address}v1/photos", data=demo.read_bytes())
    studio.page.goto(f"{studio.address}#photo={json.loads(answer.body())['photo_id']}")
    studio.settle()
    assert "tree" in studio.labels()
    assert studio.page.url == studio.address


def test_a_token_is_asked_for_and_a_stopped_server_is_told(serve, studio):
    with serve("--token", "a-long-secret") as (server, guarded):
        assert guarded.endswith("#token=a-long-secret")
        studio.address = guarded.partition("#")[0]
        studio.open()
        studio.page.click("#demo")
        studio.page.wait_for_selector("#message[data-kind=error]")
        studio.page.goto(guarded)
        studio.page.reload()
        studio.page.click("#demo")
        studio.settle()
        assert "token" not in studio.page.url
        server.terminate()
        server.wait()
        studio.page.fill("#prompt", "a dog")
        studio.page.click("#go")
        studio.page.get_by_text("The server does not answer").wait_for()


def test_without_words_the_page_asks_for_them(studio):
    studio.open_demo()
    studio.drag([(100, 100), (200, 200)])
    assert "Say first what is to come" in studio.page.text_content("#message")
    assert studio.page.locator("#prompt:focus").count() == 1


def test_a_scene_is_planned_object_by_object_with_a_veto(studio):
    studio.open()
    studio.page.fill("#scene", "a living room")
    studio.page.click("#scratch button")
    studio.settle()
    start = studio.labels()
    studio.page.fill("#prompt", "a living room with a sofa and two armchairs")
    studio.page.evaluate(STOP_AT_THIRD)
    studio.page.click("#go")
    studio.page.wait_for_selector("#plan li:nth-child(3)")
    studio.page.wait_for_selector("#plan[data-running=false]")
    studio.settle()
    steps = studio.page.locator("#plan li .label").all_text_contents()
    assert studio.labels() != start

    studio.page.locator("#plan li button").nth(1).click()
    studio.page.wait_for_selector("#plan li.vetoed")
    studio.page.wait_for_selector("#plan li:nth-child(4)")
    again = studio.page.locator("#plan li .label").all_text_contents()
    assert again[:2] == steps[:2]
    assert studio.page.locator("#plan li.vetoed").get_attribute("data-step") == "2"
    studio.page.wait_for_selector("#plan[data-running=false]")
    placed = studio.page.locator("#plan li:not(.vetoed)").count()
    studio.page.click("#plan-accept")
    studio.settle()
    assert len(studio.state()["layout"]["layers"]) == len(start) + placed
    studio.page.get_by_text("Python", exact=True).click()
    assert "plan(" in studio.page.text_content("#code")
    studio.page.click("#undo")
    studio.settle()
    assert studio.labels() == start
