"""What the server has forgotten is made again: undo and the next suggestion do not depend on its memory."""

import numpy as np
from serving import NoPlanner, closed_form, png, running, studio_round

from smartmask.apps.serve.limits import Limits

NAMES = [f"name {number}" for number in range(12)]


def test_undo_goes_back_beyond_what_the_server_keeps(studio):
    photo = np.random.default_rng(0).integers(0, 255, (72, 96, 3), np.uint8)
    with running(studio_round(closed_form(), Limits(cache_bytes=120_000), NoPlanner())) as server:
        studio.address = f"http://127.0.0.1:{server.port}/"
        studio.open()
        studio.page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": png(photo)})
        studio.settle()
        first = studio.state()["layout"]
        for name in NAMES:
            studio.page.locator("#layer-list .pick").first.dblclick()
            studio.page.keyboard.type(name)
            studio.page.keyboard.press("Enter")
            studio.page.wait_for_selector(f"#layer-list li:first-child:has-text('{name}')")
            studio.settle()
        forgotten = f"/v1/layouts/{first['layout_id']}", f"/v1/photos/{first['photo_id']}"
        assert [server.client.get(path).status_code for path in forgotten] == [404, 404]

        for _ in NAMES:
            studio.page.keyboard.press("Control+z")
            studio.settle()
        assert studio.state()["layout"] == first
        studio.page.fill("#prompt", "a dog")
        studio.page.click("#go")
        assert studio.suggested().count() >= 1
        assert [server.client.get(path).status_code for path in forgotten] == [200, 200]
