import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.clean import LIMIT, clean, cleaned, line
from tests.report.samples import HOSTILE, HOSTILE_ONE, MIXED

ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]0;mHh\x07\x9b\r\n\t\u202e\ud800\u2028")))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("h = np.tanh(a)", "h = np.tanh(a)"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bcreset", "reset"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a   b"),
        ("abc\u202edef\u2066ghi", "abcdefghi"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("<Cell object at 0x7f12ab34cd56>", "<Cell object>"),
        ("look at 0x10", "look at 0x10"),
        ("é 漢字 👩\u200d🎓", "é 漢字 👩\u200d🎓"),
        ("", ""),
    ],
)
def test_clean(raw, expected):
    assert clean(raw) == expected


@given(ANY_TEXT)
@settings(deadline=None)
def test_clean_text_holds_nothing_that_acts(raw):
    text = clean(raw)
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n"]
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    text.encode()
    assert clean(text) == text


def test_whatever_python_calls_printable_may_stay():
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert len(printable) > 100_000
    assert clean(f"{printable}\t", len(printable) + 9).rstrip() == printable.rstrip()


@given(st.text(max_size=200), st.integers(0, 60))
@settings(deadline=None)
def test_clean_is_bounded(raw, limit):
    assert len(clean(raw, limit)) <= limit


def test_what_is_cut_is_counted():
    assert clean("x" * (LIMIT + 5)).endswith("x … (5 more characters)")
    assert len(clean("x" * 10 * LIMIT)) == LIMIT


def test_line_has_no_line_ends():
    assert line("  two\n  lines\t\r\nof text ") == "two lines of text"
    assert len(line("word " * 1000, 80)) == 80


def test_every_text_of_a_report_is_cleaned():
    report = cleaned(HOSTILE_ONE)
    example = report.exercises[0].counterexamples[0]
    for text in (
        report.problem,
        report.error,
        report.traceback[0].text,
        report.remarks[0],
        report.exercises[0].explanation[0],
        report.exercises[0].parts[0].problem,
        example.inputs["s"],
        example.outcome.error,
        example.outputs[0].deviation.detail,
        next(iter(example.outputs[0].got)),
        next(iter(example.outputs[0].got.values()))[1].type,
    ):
        assert text == clean(HOSTILE)


def test_arrays_and_numbers_pass_through():
    before, after = MIXED.exercises[1].counterexamples[0], cleaned(MIXED).exercises[1].counterexamples[0]
    assert after.outputs[0].got is before.outputs[0].got
    assert after.inputs["n"] == 3
    assert np.array_equal(after.inputs["b_h"], before.inputs["b_h"])
