"""The layer list: choose, rename, reorder, merge, delete; labels are text, whatever is in them."""

HOSTILE = "<img src=x onerror=alert(1)>\"'&amp;"


def test_layers_are_renamed_reordered_merged_and_deleted(studio, layout):
    studio.open_demo()
    front_first = list(reversed(layout.labels))
    assert studio.labels() == front_first
    rows = studio.page.locator("#layer-list li")

    rows.nth(1).locator(".pick").dblclick()
    studio.page.keyboard.type(HOSTILE)
    studio.page.keyboard.press("Enter")
    studio.page.get_by_text(HOSTILE).first.wait_for()
    studio.settle()
    assert studio.labels() == [front_first[0], HOSTILE, *front_first[2:]]
    assert studio.page.locator("#layer-list img").count() == 0

    studio.drag_row(rows.nth(0), below=rows.nth(2))
    studio.page.wait_for_selector("#layer-list li:nth-child(3):has-text('tree')")
    studio.settle()
    order = [HOSTILE, front_first[2], front_first[0], *front_first[3:]]
    assert studio.labels() == order
    assert [layer["label"] for layer in reversed(studio.state()["layout"]["layers"])] == order

    assert studio.page.is_disabled("#merge")
    rows.nth(0).locator(".pick").click()
    rows.nth(1).locator(".pick").click(modifiers=["Control"])
    studio.page.click("#merge")
    studio.page.wait_for_selector(f"#layer-list:not(:has(li:nth-child({len(order)})))")
    studio.settle()
    assert studio.labels() == [HOSTILE, *order[2:]]

    rows.nth(0).locator(".pick").click()
    studio.page.keyboard.press("Delete")
    studio.page.wait_for_selector(f"#layer-list:not(:has(li:nth-child({len(order) - 1})))")
    studio.settle()
    assert studio.labels() == order[2:]
    for _ in range(4):
        studio.page.keyboard.press("Control+z")
        studio.settle()
    assert studio.labels() == front_first


def test_a_region_is_chosen_in_the_picture_and_named_under_the_pointer(studio):
    studio.open_demo()
    studio.use("move")
    studio.page.mouse.move(*studio.at((500, 40)))
    named = studio.pixels()
    studio.page.mouse.click(*studio.at((500, 40)))
    assert studio.page.locator("#layer-list li.chosen").text_content().endswith("sky")
    assert studio.pixels() != named
    studio.page.fill("#opacity", "0")
    assert studio.pixels() != named


def test_a_wrong_name_is_refused_in_words(studio):
    studio.open_demo()
    studio.page.locator("#layer-list .pick").first.focus()
    studio.page.keyboard.press("F2")
    studio.page.keyboard.press("Control+a")
    studio.page.keyboard.press("Delete")
    studio.page.keyboard.press("Enter")
    studio.page.wait_for_selector("#message[data-kind=error]")
    assert studio.page.text_content("#message")
    studio.settle()
    assert len(studio.labels()) == len(studio.state()["layout"]["layers"])
