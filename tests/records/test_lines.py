"""Lines are counted as Python counts them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records.lines import code_of, source_lines

#: What ``str.splitlines`` ends a line at.
BREAKS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\n", ["a", ""]),
        ("a\r\nb\rc\n d", ["a", "b", "c", " d"]),
        ("a\fb\n\u2028c\x85", ["a\fb", "\u2028c\x85"]),
    ],
)
def test_lines(text, lines):
    assert source_lines(text) == lines


@given(st.lists(st.sampled_from(BREAKS), max_size=12))
def test_the_line_that_python_names_is_the_one(breaks):
    """Comments with every kind of break in them, then a statement."""
    text = "".join(f"# {end}#" for end in breaks) + "\nfound = 1"
    assert source_lines(text)[ast.parse(text).body[0].lineno - 1] == "found = 1"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("n = 4 / 2  # 'the half", "n = 4 / 2  "),
        ("a['#'] = \"it's\" + 'a\\'b'", "a[] =  + "),
        ("x = 'begun", "x = 'begun"),
        ("", ""),
    ],
)
def test_code_without_comments_and_texts(line, code):
    assert code_of(line) == code
