"""The HTML report in a real browser: accessible, self-contained, readable on a phone, dead to scripts."""

import pytest

from tests.browser.conftest import executable
from tests.report.samples import SAMPLES

pytestmark = pytest.mark.browser

PAGES = [*SAMPLES, "hidden_fails_staff"]
DESKTOP, PHONE = 1100, 375  # pixels across


def test_without_a_browser_the_tests_are_skipped_but_fail_on_ci(tmp_path):
    with pytest.raises(pytest.skip.Exception, match="install Debian's package chromium"):
        executable({"PATH": str(tmp_path)})
    with pytest.raises(pytest.fail.Exception, match="no browser found"):
        executable({"PATH": str(tmp_path), "CI": "true"})


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def open_all_details(page):
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")


#: Every page in both schemes. The longest, which takes axe half a minute, is read in one of them at each width.
READ = [
    *((name, scheme, DESKTOP) for name in PAGES if name != "hostile" for scheme in ("light", "dark")),
    ("mixed", "light", PHONE),
    ("hostile", "light", DESKTOP),
    ("hostile", "dark", PHONE),
]


@pytest.mark.parametrize(("name", "scheme", "width"), READ)
def test_accessible(open_page, name, scheme, width):
    page = open_page(name, scheme=scheme, width=width)
    open_all_details(page)
    assert violations(page) == []


def test_axe_finds_what_is_wrong(open_page):
    page = open_page("all_right")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    assert violations(page)[0].startswith("color-contrast: <h1")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_but_the_page_is_asked_for(open_page, pages, name):
    page = open_page(name)
    open_all_details(page)
    page.wait_for_load_state("networkidle")
    assert page.asked == [pages[name].as_uri()]
    assert page.said == []


@pytest.mark.parametrize("width", [320, PHONE, 1100])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_not_scroll_sideways(open_page, name, width):
    page = open_page(name, width=width)
    open_all_details(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_tables_scroll_by_keyboard(open_page):
    page = open_page("hostile", width=PHONE)
    region = page.get_by_role("region", name="Values of big")
    assert region.evaluate("region => region.scrollWidth > region.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("region => region.scrollLeft > 0", arg=region.element_handle())


def test_no_script_of_a_submission_runs(open_page):
    page = open_page("hostile")
    open_all_details(page)
    assert page.evaluate("window.pwned") is None
    assert page.locator("script, img, iframe, object, embed, link, base, form").count() == 0
    assert page.said == []


def test_scripts_and_images_are_refused_even_if_one_slipped_through(open_page):
    page = open_page("hostile")
    image = '<img src="http://localhost:9/x" onerror="window.pwned = 1">'
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", image)
    page.evaluate(
        "script => document.body.append(Object.assign(document.createElement('script'), { textContent: script }))",
        "window.pwned = 2",
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in text for text in page.said)


def test_dark_is_dark_and_light_is_light(open_page):
    brightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    assert open_page("mixed", scheme="light").evaluate(brightness) > 200
    assert open_page("mixed", scheme="dark").evaluate(brightness) < 60


def test_print_opens_what_is_folded(open_page):
    page = open_page("mixed", scheme="dark")
    printed = page.get_by_text("entering rnn_step")
    assert not printed.is_visible()
    page.emulate_media(media="print")
    assert printed.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_overview_links_lead_to_the_exercises(open_page):
    page = open_page("mixed")
    page.get_by_role("link", name="The forget gate").click()
    assert page.url.endswith("#exercise-4")
    page.wait_for_function("() => Math.abs(document.querySelector('#exercise-4').getBoundingClientRect().top) < 40")


def test_a_screen_reader_finds_its_way(open_page):
    page = open_page("mixed")
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == "Week 3: teaching networks to remember"
    assert page.get_by_role("heading", level=2).count() == 1 + len(SAMPLES["mixed"].exercises)
    assert page.get_by_role("table", name="difference h").get_by_role("cell", name="wrong: 0.246").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the exercises"
