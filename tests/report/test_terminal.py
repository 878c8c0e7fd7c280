import io
import re

import numpy as np
import pytest
from msgspec.structs import replace

from grader.records.verdict import Bound
from grader.report import terminal
from grader.report.document import WrittenPart
from grader.report.terminal import Shown
from grader.report.words.checks import checks
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
    WRONG_VALUE,
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
    assert re.search(r"\n  \?  A product of small numbers .* – / 3\n", text)


def test_points_stand_below_each_other():
    lines = terminal.render(ALL_RIGHT).splitlines()
    assert len({len(text) for text in lines if text.endswith((" / 10", " / 15", " / 75", " / 100"))}) == 1


def test_what_is_not_finished_takes_a_line():
    lines = terminal.render(report([RAISED, UNFINISHED, UNFINISHED])).splitlines()
    assert [text.startswith("  ·  Backpropagation through time") for text in lines].count(True) == 2
    assert terminal.details(UNFINISHED) == ""


def test_wide_characters_take_two_columns():
    lines = terminal.render(report([right("a", "漢字", 5), right("b", "ab", 5)])).splitlines()
    assert len(lines[3]) == len(lines[4]) - 2


def test_long_titles_are_shortened():
    heading = terminal.render(report([right("a", "a very long title indeed " * 9, 5)])).splitlines()[3]
    assert len(heading) <= 80
    assert " …" in heading
    assert heading.endswith("5 / 5")


# ── how much is shown ─────────────────────────────────────────────────────────────────────────────────────────────


def several(count, **changes):
    """A report with so many exercises that are wrong alike."""
    exercises = [replace(RAISED, id=f"e{number}", title=f"Exercise {number}", **changes) for number in range(count)]
    return report(exercises)


def test_the_score_comes_first_and_then_a_line_an_exercise():
    lines = terminal.render(several(3)).splitlines()
    assert lines[0].endswith("0 / 30")
    assert [text[5:15] for text in lines[3:6]] == ["Exercise 0", "Exercise 1", "Exercise 2"]
    assert all("Look at line 41" in text for text in lines[3:6])


def test_the_first_is_shown_in_full_and_of_the_others_what_says_most():
    text = terminal.render(several(3))
    assert text.count("h, c = lstm_step(") == text.count('File "memory.py", line 58') == 1
    others = text.partition("  ✗  e1  ")[2]
    assert "ValueError: matmul" in " ".join(others.split())
    assert "--full" in others


def test_many_mistakes_fit_on_a_few_screens():
    lines = terminal.render(several(25, headline="Look at this. " * 9)).splitlines()
    assert len(lines) <= 70  # of which 25 are the table, and 25 the first exercise
    assert re.search(r"of \d+ there is only a line", " ".join(" ".join(lines).split()))


def test_all_of_it_can_be_asked_for_or_a_part():
    document = several(3)
    whole = terminal.render(document, shown=Shown("all"))
    assert whole.count('File "memory.py", line 58') == 3
    one = terminal.render(document, shown=Shown(exercises=("e2",)))
    assert one.count('File "memory.py", line 58') == 1
    assert "Exercise 2" in one
    assert "Exercise 1" not in one
    table = terminal.render(document, shown=Shown("none"))
    assert "memory.py, line" not in table
    assert len(table.splitlines()) < 10
    for text in (whole, one, table):
        assert "--full" not in text


def test_all_of_it_has_the_remarks_on_what_is_right_as_well():
    document = several(2)
    right = replace(document.exercises[0], status="right", remarks=("`h`: a list was read as an array.",))
    document = replace(document, exercises=(right, *document.exercises[1:]))
    for shown in (Shown(), Shown("all")):
        assert "e0  Remark: `h`: a list was read as an array." in terminal.render(document, shown=shown)


def test_what_has_one_cause_is_told_once():
    first, *others = several(8).exercises
    text = terminal.render(report([first, *(replace(each, told_by=first.id) for each in others)]))
    assert "The same in 7 more exercises." in text
    assert text.count("ValueError: matmul") == 1
    of_the_whole = [replace(each, of_problem=True, status="missing") for each in several(8).exercises]
    text = terminal.render(report(of_the_whole, problem="It cannot be read."))
    assert text.count("It cannot be read.") == 1
    assert "ValueError" not in text


def test_code_stands_in_the_first_column_and_whole():
    text = terminal.render(report([WRONG_VALUE]))
    code = WRONG_VALUE.counterexamples[0].code
    assert f"\n{code.strip()}\n" in text


def test_an_input_too_long_for_a_report_is_not_shown_in_part():
    example = replace(WRONG_VALUE.counterexamples[0], code="x = " + "1 + " * 5_000 + "1", cut=True)
    text = terminal.render(report([replace(WRONG_VALUE, counterexamples=(example,))]))
    assert "1 + 1" not in text
    assert "--save-examples" in text


def test_of_a_container_the_item_that_differs_is_shown():
    (example,) = WRONG_VALUE.counterexamples
    output = replace(
        example.outputs[0],
        expected={"W": np.eye(9), "b": [1.0]},
        got={"W": np.eye(9), "b": [2.0]},
        item="['b'][0]",
        item_expected=1.0,
        item_got=2.0,
    )
    text = terminal.render(report([replace(WRONG_VALUE, counterexamples=(replace(example, outputs=(output,)),))]))
    assert "h['b'][0] expected: 1  float\n     h['b'][0] got: 2  float\n" in text
    assert "dict of 2" not in text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("hand-in/memory.py", "\nhand-in/memory.py\n"),
        ("067_believable.py", "\n067_believable.py, graded as memory.py\n"),
        ("", "\nmemory.py\n"),
    ],
)
def test_the_header_names_what_was_graded(path, said):
    assert said in terminal.render(ALL_RIGHT, shown=Shown(graded=path))


def test_allowed_differences_are_told_once():
    strict, loose = (within(WRONG_VALUE, name, limit) for name, limit in (("a", 1e-6), ("b", 1e-4)))
    document = report([strict, loose])
    assert terminal.render(document, shown=Shown("all")).count("Allowed: within 1e-06 to 0.0001,") == 1
    assert "Allowed" not in terminal.render(document, shown=Shown("none"))


def within(exercise, name, limit):
    """The exercise under another id, with a measured limit for what its example shows."""
    (example,) = exercise.counterexamples
    outputs = tuple(replace(detail, bound=Bound(within=limit)) for detail in example.outputs)
    return replace(exercise, id=name, counterexamples=(replace(example, outputs=outputs),))


def test_what_is_said_of_all_exercises_is_said_of_those_that_are_shown():
    document = report([within(WRONG_VALUE, "a", 1e-6), within(WRONG_VALUE, "b", 1e-4), UNFINISHED])
    text = terminal.render(document, shown=Shown(exercises=("a",)))
    assert "Allowed: within 1e-06, " in text
    assert f"\n  {checks(report([WRONG_VALUE]))}\n" in text
    assert "not done yet" in terminal.render(document)


def test_a_headline_has_the_room_that_the_points_beside_it_leave():
    room = 80 - 5 - 2 - len("Exercise 0") - 2
    short, long = (f"Look here, {'x' * (room - 11 - len(points))}" for points in ("0 / 10", "0 / 100"))
    exercises = [
        replace(RAISED, id="e0", title="Exercise 0", headline=short),
        replace(RAISED, id="e1", title="Exercise 1", headline=long, points=100),
        replace(RAISED, id="e2", title="Exercise 2", headline=f"{short} too", points=10),
    ]
    table = terminal.render(report(exercises)).splitlines()[3:6]
    assert f"  {short}  0 / 10" in table[0]
    assert f"  {long}  0 / 100" in table[1]
    assert "Look here, …" in table[2]
    assert {len(text) for text in table} == {80}


def test_the_table_alone_has_a_short_line_on_weak_isolation():
    weak = report([right("a", "A", 1)], sandbox=WEAK)
    last = terminal.render(weak, shown=Shown("none")).splitlines()[-1]
    assert last == "  Isolation level 1. Hidden cases were run with weak isolation"
    assert "resource limits" in terminal.render(weak)
    assert terminal.render(ALL_RIGHT, shown=Shown("none")).splitlines()[-1] == "  Isolation level 4."


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


def test_what_several_parts_say_is_said_once():
    long = "Counts once an output is right in at least half of the cases; where the code stops it is not."
    parts = tuple(WrittenPart("raises", f"raises {n}", f"raises {n}", 1.0, 0.0, False, beyond=long) for n in range(3))
    text = " ".join(terminal.render(several(1, parts=parts)).split())
    assert (text.count("Counts once"), text.count("The same as above.")) == (1, 2)
