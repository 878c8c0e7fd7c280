from __future__ import annotations

import pytest

from grader.course.snippet import SnippetError, parse_snippet


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("a = b = 1", {"a", "b"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case e: pass", {"a", "b", "c", "d", "e"}),
        ("import a.b, c as d\nfrom e import f", {"a", "d", "f"}),
        ("if x:\n    a = 1\nelse:\n    b = 1", {"a", "b"}),
        ("class A:\n    b = 1", {"A"}),
        ("async def a():\n    b = 1", {"a"}),
        ("x[0] = y.z = 1", set()),
        ("{a: b for a in x for b in y}", set()),
        ("", set()),
    ],
)
def test_names_left_behind(source, bound):
    assert parse_snippet(source).bound == bound


def test_names_that_come_from_elsewhere():
    snippet = parse_snippet("h = np.tanh(step(x, len(x)))\nd = h.sum()")
    assert snippet.used == {"np", "step", "x", "len", "h"}
    assert snippet.borrowed == {"step", "x"}


@pytest.mark.parametrize(
    ("source", "line", "column"), [("a = 1\nb = (", 2, 5), ("return 1", 1, 1), ("a = 'b", 1, 5), ("a\0", 1, 1)]
)
def test_text_that_is_no_python(source, line, column):
    with pytest.raises(SnippetError) as caught:
        parse_snippet(source)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "source", ["a" + ".b" * 9_000, "-" * 15_000 + "1", "(" * 5_000, "a = " + "[" * 150 + "]" * 150]
)
def test_deep_nesting_is_refused_or_parsed(source):
    try:
        snippet = parse_snippet(source)
    except SnippetError as error:
        message = str(error)
    else:
        assert snippet.bound <= {"a"}
        return
    assert "too" in message


def test_doubtful_escapes_are_no_warnings_here():
    assert parse_snippet(r"a = '\d'").bound == {"a"}
