from itertools import pairwise

import pytest

from grader.report.audit_html import render
from tests.report.audit_samples import AUDITS, HOSTILE_AUDIT, SHORT_OF_IT
from tests.report.test_html import ATTRIBUTES, ELEMENTS, Page


@pytest.mark.parametrize("name", AUDITS)
def test_only_known_elements_and_attributes(name):
    page = Page(render(AUDITS[name]))
    assert {tag for tag, _ in page.elements} <= ELEMENTS | {"tfoot"}
    assert {attribute for _, attributes in page.elements for attribute in attributes} <= ATTRIBUTES
    assert all(target.startswith("#") for target in page.every("href"))


@pytest.mark.parametrize("name", AUDITS)
def test_links_and_labels_lead_somewhere(name):
    page = Page(render(AUDITS[name]))
    ids = page.every("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.every("href")} <= set(ids)
    assert {target for label in page.every("aria-labelledby") for target in label.split()} <= set(ids)


@pytest.mark.parametrize("name", AUDITS)
def test_headings_never_skip_a_level(name):
    levels = [int(tag[1]) for tag, _ in Page(render(AUDITS[name])).elements if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched_and_nothing_runs():
    text = render(SHORT_OF_IT)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "url(" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_hostile_text_is_shown_as_text():
    page = Page(render(HOSTILE_AUDIT))
    assert "<script>window.pwned = 1</script>" in page.text
    assert "{{ 7 * 7 }} {% raw %}" in page.text
    assert not [value for value in page.every("style") if not value.startswith("width: ")]


def test_what_is_open_comes_first_and_all_the_rest_is_folded():
    text = Page(render(SHORT_OF_IT)).text
    (_, bptt) = text.split("Backpropagation through time", 2)[1:]
    assert bptt.index("Not killed") < bptt.index("bptt.time_index.2") < bptt.index("The other versions")
    assert bptt.index("The other versions") < bptt.index("bptt.time_index.1")
    assert "Waived: a tanh never leaves [-1, 1]" in text
    assert "Not counted: numerically off." in text


def test_right_variants_and_what_they_lost():
    text = " ".join(Page(render(SHORT_OF_IT)).text.split())
    assert "accepted: tests/submissions/assignment3/100_loops.py 100 / 100 96 / 97" in text
    assert "rejected: assignments/assignment3/right/list.pyOne step: Check the shape of h. 90 / 100 –" in text
    assert "Mutants of right variants that are not killed" in text
