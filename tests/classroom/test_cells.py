"""Cells of a table, as different spreadsheets read them."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.cells import cell, names_apart, visible
from grader.classroom.export import ScoreRow, scores_csv

#: What matters to some reader of a table, and little else, so that it comes together.
NASTY = st.text(st.sampled_from("=+-@＝,;\"' \t\n\r\xa0x12.\u200b\u202e\u2028|"), max_size=12)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run it, also one that drops blanks and quotes."""
    return text.strip().lstrip(' "\xa0')[:1] in tuple("=+-@＝＋＠－")


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(NASTY, NASTY), min_size=1, max_size=4))
def test_no_reader_meets_a_formula_or_loses_a_line(texts) -> None:
    rows = [ScoreRow(student=name, status="graded", score=1.0, message=message) for name, message in texts]
    table = scores_csv(rows, [])
    for delimiter in ",;":
        lines = list(csv.reader(io.StringIO(table, newline=""), delimiter=delimiter))
        assert len(lines) == len(rows) + 1
        assert not [piece for line in lines for piece in line if is_formula(piece)]
    assert not [
        piece for line in table.splitlines() for piece in line.replace(";", ",").split(",") if is_formula(piece)
    ]
    names = [line[0] for line in csv.reader(io.StringIO(table, newline=""))]
    assert len(set(names)) == len(names)


@settings(deadline=None)
@given(st.text())
def test_text_survives_but_for_marks_and_for_what_cannot_be_seen(text: str) -> None:
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"))
    assert cell(kept).replace("'", "") == visible(kept).replace("'", "")
    assert not [char for char in cell(text) if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    cell(text).encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1", "'+1"),
        ("-x", "'-x"),
        ("-2-cmd()", "'-2-cmd()"),
        ("-2", "'-2"),
        ("@SUM", "'@SUM"),
        ("\t=x", "' =x"),
        ("\tx", " x"),
        ("\x1b=x", "' =x"),
        ("\xa0=x", "'\xa0=x"),
        ("＝x", "'＝x"),
        ("a=b", "a=b"),
        ('O"Neil, P.', 'O"Neil, P.'),
        ("a\r\nb\x1b[31m", "a  b [31m"),
        ("\ud800", " "),
        ("x;=1+1;@y", "x;'=1+1;'@y"),
        ("x, =1", "x,' =1"),
        ('x;"=1"', 'x;\'"=1"'),
        ('x;"\ny', "x;'\" y"),
        ("x; ", "x;' "),
        ("x;-2,-3.5", "x;'-2,'-3.5"),
        ("x;\u200b=1", "x;\\u200b=1"),
        ("eve\u202ecsv", "eve\\u202ecsv"),
        ("\U000e0041\u3164\xad\ufeff", "\\U000e0041\\u3164\\xad\\ufeff"),
        ("Zoë 漢字 🎓 ñ n\u0303", "Zoë 漢字 🎓 ñ n\u0303"),
    ],
)
def test_a_cell(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_names_that_look_the_same_are_numbered_whatever_others_are_called() -> None:
    assert names_apart(["a\tb", "c", "a b"]) == ["a b (1)", "c", "a b (3)"]
    assert names_apart(["a\tb", "a b (1)", "a b"]) == ["a b (1) (1)", "a b (1) (2)", "a b (3)"]
    assert names_apart(["x"] * 3) == ["x (1)", "x (2)", "x (3)"]
