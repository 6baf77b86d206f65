"""axe-core finds no fault in any state of the page, light or dark, on a desk or on a tablet."""

import pytest

BOX = (360, 300, 460, 400)


@pytest.fixture
def check(studio):
    """Looks for faults in the page as it is now, under a name."""
    reason = "axe-playwright-python is not installed: pip install -e '.[dev]'"
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=reason).Axe()

    def check(state):
        faults = axe.run(studio.page).response["violations"]
        assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == [], state

    return check


@pytest.mark.parametrize(("scheme", "size"), [("light", (1280, 720)), ("dark", (820, 1180))])
def test_no_state_of_the_page_has_a_fault(studio, check, scheme, size):
    page = studio.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    studio.open()
    check("start")
    studio.open_demo("a dog")
    check("a photo")
    studio.drag([BOX[:2], BOX[2:]])
    studio.suggested()
    check("suggestions")
    page.locator(".suggestion").first.click()
    studio.settle()
    check("an object in hand")
    for button in ("save", "help"):
        page.click(f"#{button}")
        check(button)
        page.keyboard.press("Escape")
    studio.use("edge")
    check("the edge brush")
    page.click("#keep")
    page.wait_for_selector("#object", state="hidden")
    studio.settle()
    page.locator("#layer-list .pick").nth(1).dblclick()
    check("a layer that is renamed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_plan_has_no_fault(studio, check, scheme):
    studio.page.emulate_media(color_scheme=scheme)
    studio.open()
    studio.page.click("#scratch button")
    studio.settle()
    studio.page.fill("#prompt", "a living room with a sofa")
    studio.page.click("#go")
    studio.page.wait_for_selector("#plan[data-running=false]")
    check("a plan")
    studio.page.locator("#plan li button").first.click()
    studio.page.wait_for_selector("#plan li.vetoed")
    studio.page.wait_for_selector("#plan[data-running=false]")
    check("a veto")
