"""Figures of handouts as a reader sees them: each opened by itself, in a browser that has fonts of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.find import find_course
from grader.course.handout import shown_files

pytestmark = pytest.mark.browser

COURSE = find_course(Path(__file__))
SHOWN = [path for name in COURSE.assignments() for path in shown_files(COURSE.assignment(name)).values()]

#: Texts, each with what stands out of the figure, and pairs of them that lie on each other. Turned ones are left out.
LOOKED_AT = """svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')];
  const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect(), text.getAttribute('transform')]);
  const out = boxes.filter(([, b]) => b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1
                                      || b.bottom > frame.bottom + 1).map(([text]) => text);
  const level = boxes.filter(([, , turned]) => !turned);
  const over = level.flatMap(([one, a], i) => level.slice(i + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3
  ).map(([other]) => [one, other]));
  return { count: texts.length, out, over };
}"""


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_a_figure_can_be_read_and_read_out(chromium, path):
    page = chromium.new_page()
    try:
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        seen = page.locator("svg").evaluate(LOOKED_AT)
        title = page.locator("svg > title").text_content()
        picture = page.get_by_role("img", name=title)
        assert picture.count() == 1
        assert len(page.locator("svg > desc").text_content()) > 40
        assert seen["count"] > 4
        assert (seen["out"], seen["over"]) == ([], [])
        assert (asked, said) == ([path.as_uri()], [])
    finally:
        page.close()


def test_figures_are_looked_at():
    assert len(SHOWN) >= 3
