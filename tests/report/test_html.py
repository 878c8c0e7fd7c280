from html.parser import HTMLParser
from itertools import pairwise

import pytest
from msgspec.structs import replace

from grader.report.html import render
from tests.report.samples import (
    ALL_RIGHT,
    FOR_STUDENTS,
    HOSTILE_ONE,
    MIXED,
    SAMPLES,
    SYNTAX_ERROR,
    UNFINISHED,
    UNGRADED_ONE,
    report,
)

VOID = {"meta", "br", "img", "link", "input", "hr"}
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "article", "footer", "div", "p"),
    *("h1", "h2", "h3", "h4", "a", "span", "code", "small", "i", "b", "pre", "samp", "time", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li", "dl", "dt", "dd"),
    *("button", "script", "svg", "desc", "text", "path", "rect", "circle"),
}
ATTRIBUTES = {
    *("aria-hidden", "aria-label", "aria-labelledby", "role", "tabindex", "scope", "id", "href", "class", "style"),
    *("charset", "content", "http-equiv", "name", "lang", "datetime", "type", "hidden"),
    *("viewbox", "x", "y", "width", "height", "d", "cx", "cy", "r"),
}


class Page(HTMLParser):
    """Elements, attributes and text of a page; fails where tags do not nest."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data

    def every(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]


@pytest.mark.parametrize("name", SAMPLES)
def test_only_known_elements_and_attributes(name):
    page = Page(render(SAMPLES[name]))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {attribute for _, attributes in page.elements for attribute in attributes} <= ATTRIBUTES
    assert all(target.startswith("#") for target in page.every("href"))


def test_counts_of_checks_do_not_break():
    text = render(MIXED)
    assert '<span class="count">public 10 of 10</span>, <span class="count">hidden 40 of 40</span>' in text
    assert ".count { white-space: nowrap; }" in text


@pytest.mark.parametrize("name", SAMPLES)
def test_links_and_labels_lead_somewhere(name):
    page = Page(render(SAMPLES[name]))
    ids = page.every("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.every("href")} <= set(ids)
    assert {target for label in page.every("aria-labelledby") for target in label.split()} <= set(ids)


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_never_skip_a_level(name):
    levels = [int(tag[1]) for tag, _ in Page(render(SAMPLES[name])).elements if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched_and_nothing_runs():
    text = render(MIXED)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_hostile_text_is_shown_as_text():
    page = Page(render(HOSTILE_ONE))
    assert "<script>window.pwned = 1</script>" in page.text
    assert "{{ 7 * 7 }} {% raw %}" in page.text
    assert not [value for value in page.every("style") if not value.startswith("width: ")]


def test_score_and_points():
    text = Page(render(FOR_STUDENTS["mixed"])).text
    assert "17.5 / 91" in text
    assert "88 of 103 public checks failed, 403 hidden checks not shown." in text
    assert "7.5 / 15 points" in text


def test_ungraded_has_a_dash_and_no_bar():
    text = render(UNGRADED_ONE)
    assert "– / 3" in text
    assert 'class="bar"' not in text
    assert 'class="bar"' in render(ALL_RIGHT)


def test_wrong_cells_say_so_in_words_and_signs():
    text = render(MIXED)
    assert '<span aria-hidden="true">≠ </span><span class="hidden">wrong: </span>0.53705</td>' in text
    assert 'class="e4 worst"' in text


def test_the_checks_of_what_is_not_finished_are_folded():
    text = render(report([UNFINISHED]))
    assert "<details><summary>Checks</summary>" in text
    assert "Where it stopped" not in text


def test_problem_of_the_whole_submission():
    text = Page(render(SYNTAX_ERROR)).text
    assert SYNTAX_ERROR.problem in text
    assert "SyntaxError: '(' was never closed" in text


def test_what_stands_between_backticks_is_code():
    text = render(MIXED)
    assert "before tanh: <code>h</code> is right when <code>b_h</code> is 0" in text
    assert "<code>&lt;b&gt;</code> and ` alone" in render(replace(ALL_RIGHT, headline="`<b>` and ` alone"))
