"""What a handout shows: read off its Markdown, with places; and what of it students would not see."""

from __future__ import annotations

import shutil

import pytest

from grader.course.find import Course
from grader.course.handout import LARGEST, ShownFigure, handout_files, handout_mistakes, shown_in
from tests.conftest import TINY


@pytest.fixture
def files(tmp_path):
    """The tiny assignment, with a figure that nothing shows and a function for another."""
    course = shutil.copytree(TINY, tmp_path / "course")
    found = Course(course).assignment("tiny")
    found.figures.mkdir()
    (found.figures / "curve.svg").write_text("<svg/>")
    (found.figures / "draft.svg").write_text("<svg/>")
    found.figures_py.write_text("def later():\n    pass\n")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![A curve](figures/a.svg)", ShownFigure(1, 1, "A curve", "figures/a.svg")),
        ('one\n\ntwo ![A\ncurve](<figures/a b.png> "title")', ShownFigure(3, 5, "A curve", "figures/a b.png")),
        ("![](figures/a%20b.png)", ShownFigure(1, 1, "", "figures/a b.png")),
        ("<img width=3 alt='A curve'\n src=\"figures/a.svg\">", ShownFigure(1, 1, "A curve", "figures/a.svg")),
        ("![A curve][it]\n\n[it]: figures/a.svg", ShownFigure(1, 1, "A curve", "figures/a.svg")),
        ("![It]\n\n[it]: <figures/a.svg>", ShownFigure(1, 1, "It", "figures/a.svg")),
        ("`code` ![A](b.svg) `code`", ShownFigure(1, 8, "A", "b.svg")),
        ("a lone ` here\n\n![A](b.svg) and ` there", ShownFigure(3, 1, "A", "b.svg")),
        ("![A]()", ShownFigure(1, 1, "A", "")),
    ],
)
def test_images_of_every_kind_are_found_with_their_places(text, expected):
    assert shown_in(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "[a link](figures/a.svg)",
        "`![A](b.svg)`",
        "``a ` ![A](b.svg)``",
        "```md\n![A](b.svg)\n```",
        "~~~\n![A](b.svg)\n",
        "<!-- ![A](b.svg) -->",
        "![nothing of this name]",
        "wow![sic] (aside)",
    ],
)
def test_what_is_no_image_is_none(text):
    assert shown_in(text) == []


def mistakes(files, text):
    files.handout.write_text(text, encoding="utf-8")
    found = handout_mistakes(files)
    assert all(each.file == str(files.handout) for each in found)
    return [(each.line, each.column, each.message) for each in found]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a\nb ![x](figures/none.svg)", (2, 3), "none.svg, which is not there: put it there, or write a function of"),
        ("![x](figures/later.svg)", (1, 1), "not there yet: `grade figures tiny` draws it"),
        ("![x](figures/later.png)", (1, 1), "not there: put it there"),
        ("![x](curve.svg)", (1, 1), "shows curve.svg, which students are not given: put it into figures/"),
        ("![x](figures/../../reference/tiny.py)", (1, 1), "students are not given"),
        ("![x](/etc/passwd)", (1, 1), "students are not given"),
        ("![x](figures/curve.pdf)", (1, 1), "as .svg or .png"),
        ("![x](figures\\curve.svg)", (1, 1), "students are not given"),
        ("![x](figures/.svg)", (1, 1), "students are not given"),
        ("![x]()", (1, 1), "shows nothing, which"),
        ("![](figures/curve.svg)", (1, 1), "without a word for who cannot see it: ![what it shows](figures/curve.svg)"),
    ],
)
def test_what_students_would_not_see_is_a_mistake_at_its_place(files, text, place, words):
    ((line, column, message),) = mistakes(files, text)
    assert (line, column) == place
    assert words in message


def test_a_figure_that_is_large_is_a_mistake(files):
    (files.figures / "curve.svg").write_bytes(b" " * (LARGEST + 1))
    ((_, _, message),) = mistakes(files, "![x](figures/curve.svg)")
    assert "more than 2 MiB" in message


def test_all_is_told_at_once_and_what_is_right_or_elsewhere_is_none(files):
    text = (
        "![x](figures/a.svg) ![x](figures/curve.svg) ![x](./figures/curve.svg)\r\n![x](https://a.org/b.png) ![](b.png)"
    )
    assert [place[:2] for place in mistakes(files, text)] == [(1, 1), (2, 27)]


def test_what_is_shown_goes_with_the_handout_and_nothing_else(files):
    files.handout.write_text("![x](figures/curve.svg) ![y](figures/none.svg) ![z](../tiny/assignment.yaml)")
    assert handout_files(files) == {"handout.md": files.handout, "figures/curve.svg": files.figures / "curve.svg"}
    files.handout.unlink()
    assert handout_files(files) == {}
    assert handout_mistakes(files) == []
