import io
import re

import pytest

from grader.report import terminal
from tests.report.samples import (
    ALL_RIGHT,
    FOR_STUDENTS,
    HOSTILE_ONE,
    MIXED,
    RAISED,
    SAMPLES,
    UNFINISHED,
    UNGRADED_ONE,
    WEAK,
    report,
    right,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_colour_changes_nothing_but_colour(name, width):
    plain = terminal.render(SAMPLES[name], width=width)
    coloured = terminal.render(SAMPLES[name], color=True, width=width)
    stripped = [text.rstrip() for text in ANSI.sub("", coloured).splitlines()]
    expected = [re.sub(r"^(\s*): :", r"\1::", text.replace("# #[", "##[")) for text in plain.splitlines()]
    assert stripped == expected
    assert coloured != plain


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"hostile"}))
def test_lines_of_the_grader_fit(name):
    long = [text for text in terminal.render(FOR_STUDENTS[name]).splitlines() if len(text) > 80]
    assert all("matmul" in text for text in long)  # an exception's own words are not broken


def test_only_colours_of_the_sixteen():
    codes = {code for match in ANSI.findall(terminal.render(MIXED, color=True)) for code in match[2:-1].split(";")}
    assert codes <= {"0", "1", "2", *(str(30 + colour) for colour in range(8))}


def test_every_status_has_its_sign():
    text = terminal.render(report([*MIXED.exercises, *UNGRADED_ONE.exercises]))
    for sign in ("  ✓  How fast", "  ◐  One step", "  ✗  The forget", "  ·  Backprop", "  ?  A product"):
        assert f"\n{sign}" in text
    assert re.search(r"A product of small numbers  not graded +– / 3\n", text)


def test_points_stand_below_each_other():
    lines = terminal.render(ALL_RIGHT).splitlines()
    assert len({len(text) for text in lines if text.endswith((" / 10", " / 15", " / 75", " / 100"))}) == 1


def test_unfinished_exercises_take_two_lines():
    lines = terminal.render(report([UNFINISHED, UNFINISHED])).splitlines()
    assert lines[2:6] == [*lines[2:4]] * 2
    assert lines[3] == "     Write bptt: it still raises NotImplementedError."
    assert terminal.details(UNFINISHED) == ""


def test_wide_characters_take_two_columns():
    lines = terminal.render(report([right("a", "漢字", 5), right("b", "ab", 5)])).splitlines()
    assert len(lines[2]) == len(lines[3]) - 2


def test_long_titles_are_shortened():
    heading = terminal.render(report([right("a", "a very long title indeed " * 9, 5)])).splitlines()[2]
    assert len(heading) <= 80
    assert " …" in heading
    assert heading.endswith("5 / 5")


def test_long_output_shows_its_end():
    exercise = RAISED.__class__(
        id="a",
        title="A",
        points=1,
        earned=0,
        status="wrong",
        headline="",
        printed="".join(f"line {n}\n" for n in range(99)),
    )
    text = terminal.render(report([exercise]))
    assert "Printed (last of 99 lines):" in text
    assert "line 98\n" in text
    assert "line 92\n" not in text


def test_no_line_is_a_command_to_a_ci_log():
    text = terminal.render(HOSTILE_ONE)
    assert "error::pwned" in text  # it is there, and harmless
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "##[" not in text


def test_markup_stays_text():
    assert "[bold]b[/bold]" in terminal.render(HOSTILE_ONE, color=True)


def test_details_leave_out_the_headline():
    text = terminal.details(RAISED)
    assert RAISED.headline not in text
    assert text.startswith("✗ h")
    assert 'File "memory.py", line 41, in forget_gate\n  return sigmoid(W_f @ h_prev + b_f)' in text


def test_weak_isolation_is_red():
    weak = terminal.render(report([right("a", "A", 1)], sandbox=WEAK), color=True)
    assert "\x1b[31mIsolation level 1" in weak
    assert "\x1b[2mIsolation level 4" in terminal.render(ALL_RIGHT, color=True)


@pytest.mark.parametrize(
    ("stream", "environ", "expected"),
    [
        (Screen(), {}, True),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_wants_color(stream, environ, expected):
    assert terminal.wants_color(stream, environ) is expected
