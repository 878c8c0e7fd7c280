"""The page of an audit in a real browser: accessible, self-contained, readable on a phone, dead to scripts."""

import pytest

from grader.report import audit_html
from tests.browser.conftest import violations
from tests.browser.test_report import PHONE
from tests.report.audit_samples import AUDITS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The page of each sample, for ``open_page``."""
    folder = tmp_path_factory.mktemp("audits")
    paths = {name: folder / f"{name}.html" for name in AUDITS}
    for name, audit in AUDITS.items():
        paths[name].write_text(audit_html.render(audit), encoding="utf-8")
    return paths


@pytest.mark.parametrize("name", AUDITS)
def test_accessible(look_at, name):
    assert violations(look_at(name)) == []
    assert violations(look_at(name, scheme="dark"), "color-contrast") == []


@pytest.mark.parametrize("name", AUDITS)
def test_the_page_does_not_scroll_sideways(look_at, name):
    scrolled = "document.documentElement.scrollWidth"
    assert [width for width in (320, PHONE, 1100) if look_at(name, width=width).evaluate(scrolled) > width] == []


@pytest.mark.parametrize("name", AUDITS)
def test_nothing_but_the_page_is_asked_for_and_no_script_runs(look_at, pages, name):
    page = look_at(name)
    page.wait_for_load_state("networkidle")
    assert page.asked == [pages[name].as_uri()]
    assert page.said == []
    assert page.evaluate("window.pwned") is None
    assert page.locator("script, img, iframe, object, embed, link, base, form").count() == 0


def test_the_page_that_the_command_writes(open_page, pages, grade, tmp_path):
    from tests.audit.conftest import PROVEN

    pages["command"] = tmp_path / "audit.html"
    assert grade("audit", "proven", "--html", pages["command"], cwd=PROVEN).returncode == 0
    page = open_page("command")
    assert violations(page) == []
    assert page.get_by_role("heading", level=1).inner_text() == "Proven: an affine map"
    hidden = page.get_by_text("W @ x - b")
    assert not hidden.first.is_visible()
    page.get_by_text("All versions").first.click()
    assert hidden.first.is_visible()
    assert page.get_by_role("link", name="An affine map").get_attribute("href") == "#exercise-1"
