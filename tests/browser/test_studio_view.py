"""Zoom and pan by wheel, keys and two fingers; nothing is drawn by it."""

import pytest

INSIDE, BESIDE = (200, 150), (400, 250)


def place(studio):
    """The zoom, and where the picture's corner is."""
    return [float(value) for value in studio.page.get_attribute("#canvas", "data-place").split()]


def test_wheel_and_keys_zoom_about_the_pointer_and_move(studio):
    studio.open_demo()
    fitted = place(studio)
    before = studio.at(INSIDE)
    studio.page.mouse.move(*before)
    studio.page.mouse.wheel(0, -200)
    scale, x, y = place(studio)
    assert scale == pytest.approx(fitted[0] * 2.718 ** (200 / 400), rel=0.01)
    assert studio.at(INSIDE) == pytest.approx(before, abs=0.5)

    studio.page.keyboard.down("Shift")
    studio.page.mouse.wheel(0, 60)  # the browser takes it as across
    studio.page.keyboard.up("Shift")
    moved = place(studio)
    assert moved[0] == scale
    assert abs(moved[1] - x) + abs(moved[2] - y) == pytest.approx(60)

    studio.page.focus("#canvas")
    for key, (dx, dy) in {"Control+ArrowRight": (-40, 0), "Control+ArrowUp": (0, 40)}.items():
        studio.page.keyboard.press(key)
        assert place(studio) == pytest.approx([scale, moved[1] + dx, moved[2] + dy])
        moved = place(studio)
    studio.page.keyboard.press("+")
    assert place(studio)[0] == pytest.approx(1.25 * scale)
    studio.page.keyboard.press("0")
    assert place(studio) == pytest.approx(fitted)
    studio.page.keyboard.down("Space")
    studio.drag([INSIDE, BESIDE])
    studio.page.keyboard.up("Space")
    assert place(studio)[1] > fitted[1] + 100
    assert studio.state()["hint"] == {"kind": "none"}


@pytest.mark.parametrize("tool", ["box", "region", "scribble"])
def test_two_fingers_zoom_and_call_off_what_the_first_began(studio, tool):
    studio.page.set_viewport_size({"width": 820, "height": 1180})
    studio.open_demo("a dog")
    studio.use(tool)
    drawn = studio.pixels()
    device = studio.page.context.new_cdp_session(studio.page)
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    one, other = studio.at(INSIDE), studio.at(BESIDE)
    middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)

    def touch(kind, *points):
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", one)
    touch("touchMove", (one[0] + 3, one[1] + 3))
    touch("touchMove", (one[0] + 9, one[1] + 9))
    touch("touchMove", one)
    touch("touchStart", one, other)
    fitted = place(studio)
    apart = [tuple(m + 1.5 * (p - m) for m, p in zip(middle, point, strict=True)) for point in (one, other)]
    touch("touchMove", *apart)
    touch("touchMove", *[(x + 30, y) for x, y in apart])
    touch("touchEnd")
    studio.settle()
    assert place(studio)[0] == pytest.approx(1.5 * fitted[0], rel=0.01)
    assert studio.at(INSIDE) == pytest.approx((apart[0][0] + 30, apart[0][1]), abs=2)
    assert studio.state()["hint"] == {"kind": "none"}
    studio.page.click("#zoom-fit")
    assert studio.pixels() == drawn
