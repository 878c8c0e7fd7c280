"""The HTML report in a real browser: accessible, self-contained, readable on a phone, dead to scripts."""

from itertools import combinations

import pytest

from tests.browser.conftest import executable, violations
from tests.report.samples import SAMPLES

pytestmark = pytest.mark.browser

PAGES = [*SAMPLES, "hidden_fails_staff"]
DESKTOP, PHONE = 1100, 375  # pixels across
LAID_OUT = ("scrollable-region-focusable", "target-size")  # rules of axe that depend on the width


def test_without_a_browser_the_tests_are_skipped_but_fail_on_ci(tmp_path):
    with pytest.raises(pytest.skip.Exception, match="install Debian's package chromium"):
        executable({"PATH": str(tmp_path)})
    with pytest.raises(pytest.fail.Exception, match="no browser found"):
        executable({"PATH": str(tmp_path), "CI": "true"})


@pytest.mark.parametrize("name", PAGES)
def test_accessible(look_at, name):
    assert violations(look_at(name)) == []


@pytest.mark.parametrize("name", ["hostile", "mixed", "pictures"])
def test_accessible_on_a_phone(look_at, name):
    assert violations(look_at(name, width=PHONE), *LAID_OUT) == []


#: In the dark all is the same but for its colours.
@pytest.mark.parametrize("name", PAGES)
def test_colours_of_the_dark_page_can_be_read(look_at, name):
    assert violations(look_at(name, scheme="dark"), "color-contrast") == []


def test_axe_finds_what_is_wrong(open_page):
    page = open_page("all_right")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    assert violations(page)[0].startswith("color-contrast: <h1")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_but_the_page_is_asked_for(look_at, pages, name):
    page = look_at(name)
    page.wait_for_load_state("networkidle")
    assert page.asked == [pages[name].as_uri()]
    assert page.said == []


@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_not_scroll_sideways(look_at, name):
    widths = [320, PHONE, 390, DESKTOP]
    scrolled = "document.documentElement.scrollWidth"
    assert [width for width in widths if look_at(name, width=width).evaluate(scrolled) > width] == []


def test_wide_tables_scroll_by_keyboard(open_page):
    page = open_page("hostile", width=PHONE)
    region = page.get_by_role("region", name="Values of big")
    assert region.evaluate("region => region.scrollWidth > region.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("region => region.scrollLeft > 0", arg=region.element_handle())


@pytest.mark.parametrize("name", ["hostile", "pictures"])
def test_no_script_of_a_submission_runs(look_at, name):
    page = look_at(name)
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link, base, form").count() == 0
    assert page.said == []


def test_a_button_copies_the_example(open_page):
    page = open_page("mixed", permissions=["clipboard-read", "clipboard-write"])
    copy = page.get_by_role("button", name="Copy")
    assert copy.count() == page.locator(".example").count()
    copy.first.click()
    page.get_by_role("status").get_by_text("Copied", exact=True).wait_for()
    code = SAMPLES["mixed"].exercises[1].counterexamples[0].code
    assert page.evaluate("navigator.clipboard.readText()") == f"{code}\n"
    assert page.said == []


@pytest.mark.parametrize("width", [PHONE, 390, DESKTOP])
def test_the_button_stands_beside_what_it_copies(look_at, width):
    page = look_at("mixed", width=width)
    for example in page.locator(".example").all():
        title, button = (example.locator(each).bounding_box() for each in ("h3", "button"))
        assert abs(title["y"] - button["y"]) < title["height"]
        assert button["x"] >= title["x"] + title["width"]


@pytest.mark.parametrize("width", [390, DESKTOP])
def test_columns_of_parts_line_up_between_exercises(look_at, width):
    page = look_at("mixed", width=width)
    tables = [table.locator("thead th").all() for table in page.locator("article:not(.right) > .scroll > .parts").all()]
    places = {tuple(round(head.bounding_box()["x"]) for head in heads) for heads in tables}
    assert len(tables) > 2
    assert len(places) == 1


@pytest.mark.parametrize("name", ["mixed", "practice"])
def test_the_overview_fits_on_a_phone_and_breaks_no_word(look_at, name):
    page = look_at(name, width=390)
    table = page.locator(".overview")
    for points in table.locator("td.number").all():
        assert points.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    words = table.locator("tbody th a").evaluate_all("""links => links.flatMap(link => {
      const text = link.firstChild, found = [...text.data.matchAll(/\\S+/g)];
      return found.map(word => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return [word[0], range.getClientRects().length];
      });
    })""")
    assert "Backpropagation" in dict(words)
    assert [word for word, pieces in words if pieces > 1] == []


#: The luminance of what a cell is painted with, over the page, as WCAG reckons it; and of the page and of its text.
LUMINANCE = """page => {
  const painted = (...layers) => {
    const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    for (const layer of layers) { pixel.fillStyle = layer; pixel.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = getComputedStyle(document.body).backgroundColor;
  const cell = document.createElement("td");
  document.querySelector(".grid tbody tr").append(cell);
  return ["", "e1", "e2", "e3", "e4"].map(shade => {
    cell.className = shade;
    return painted(ground, getComputedStyle(cell).backgroundColor);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_shade_of_a_wrong_cell_can_be_told_from_a_right_one(open_page, scheme):
    plain, *shades = open_page("mixed", scheme=scheme).locator("body").evaluate(LUMINANCE)
    steps = [(max(pair) + 0.05) / (min(pair) + 0.05) for pair in zip([plain, *shades], shades, strict=False)]
    assert min(steps) > 1.1, steps


def test_where_the_browser_does_not_let_copy_the_example_is_selected(open_page):
    page = open_page("mixed")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()) }")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("status").get_by_text("Selected").wait_for()
    assert page.evaluate("getSelection().toString()") == SAMPLES["mixed"].exercises[1].counterexamples[0].code


def test_without_the_script_there_is_no_button(open_page):
    page = open_page("mixed", java_script_enabled=False)
    assert page.get_by_role("heading", name="A small failing input").first.is_visible()
    assert page.get_by_role("button", name="Copy").count() == 0


def test_what_fails_comes_first_and_what_is_right_is_folded(open_page):
    page = open_page("mixed")
    first, *_, last = page.get_by_role("article").all()
    assert "One step of a recurrent network" in first.inner_text()
    assert last.get_by_role("heading", name="How fast a memory fades").is_visible()
    assert not last.get_by_role("table").is_visible()
    last.get_by_text("How fast a memory fades").click()
    assert last.get_by_role("table").is_visible()


def test_pictures_say_what_they_show(look_at):
    page = look_at("pictures")
    bars = page.get_by_role("img", name="hs: largest error at each time step")
    assert bars.locator("rect").count() == 2
    curves = page.get_by_role("img", name="expected and got")
    assert curves.count() == 3
    assert "<script>pwned" in curves.last.locator("title").text_content()
    assert bars.bounding_box()["width"] > 300


def test_lines_part_where_the_picture_says_and_in_dashes(look_at):
    page = look_at("pictures")
    curve = page.get_by_role("img", name="strengths at each step: expected and got")
    assert curve.get_by_text("first wrong: step 4").count() == 1
    assert (curve.get_by_text("strengths").count(), curve.get_by_text("step", exact=True).count()) == (2, 1)
    dashes = [
        line.evaluate("line => getComputedStyle(line).strokeDasharray")
        for line in curve.locator(".wanted, .came").all()
    ]
    assert dashes == ["none", "5px, 3px"] * 2, "in the key and in the picture"
    at, ticks = curve.locator(".parting").bounding_box()["x"], curve.locator(".x").all()
    named = {tick.text_content(): tick.bounding_box() for tick in ticks}
    assert abs(named["4"]["x"] + named["4"]["width"] / 2 - at) < 2
    first_dot = curve.locator("circle:not(.ring)").nth(1).bounding_box()  # behind that of the key
    assert abs(first_dot["x"] + first_dot["width"] / 2 - at) < 2
    assert curve.locator("circle.ring").count() == 1 + 3


@pytest.mark.parametrize("width", [320, DESKTOP])
def test_nothing_of_a_picture_is_cut_off_or_lies_on_something_else(look_at, width):
    page = look_at("pictures", width=width)
    for name in ("strengths at each step", "norm of states at each step"):
        curve = page.get_by_role("img", name=name)
        frame, boxes = curve.bounding_box(), [text.bounding_box() for text in curve.locator("text").all()]
        for box in boxes:
            assert box["x"] > frame["x"] - 1
            assert box["x"] + box["width"] < frame["x"] + frame["width"] + 1
        for one, other in combinations(boxes, 2):
            across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            assert min(across, down) < 2


def test_a_picture_is_whole_on_paper(open_page):
    page = open_page("pictures")
    page.emulate_media(media="print")
    for curve in page.locator(".plot").all():
        assert curve.evaluate("plot => getComputedStyle(plot).breakInside") == "avoid"
        assert curve.bounding_box()["width"] > 300


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


def test_a_link_leads_back_to_the_top(open_page):
    page = open_page("mixed")
    page.get_by_role("link", name="Back to top").last.click()
    page.wait_for_function("() => window.scrollY === 0")


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
