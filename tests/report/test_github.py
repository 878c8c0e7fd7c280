import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from grader.records.run import CellFrame, Frame
from grader.report.github import MAX_SUMMARY, _escaped, _marked, annotations, end_annotations, ended, summary
from tests.report.samples import (
    ALL_RIGHT,
    HOSTILE,
    HOSTILE_ONE,
    MIXED,
    RAISED,
    SAMPLES,
    SYNTAX_ERROR,
    UNGRADED_ONE,
    WRONG_VALUE,
    report,
    right,
)

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)", re.DOTALL)


def unescaped(text):
    for code, character in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@pytest.mark.parametrize("name", SAMPLES)
def test_summary_is_markdown_of_the_graders_own_making(name):
    html = MARKDOWN.render(summary(SAMPLES[name]))
    tags = {tag.lower() for tag in re.findall(r"<\s*([A-Za-z]\w*)", html)}
    assert tags <= {"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "sub"}
    assert html.count("<tr>") == len(SAMPLES[name].exercises) + 1


def test_summary_says_the_score_and_what_to_do():
    text = summary(MIXED)
    assert text.startswith("## Week 3: teaching networks to remember: 17.5 / 91\n")
    assert "| ✗ missing | Clipping by the global norm | 0 / 5 |" in text
    assert "```text\nThe bias b_h is added twice. Explains all 16 cases tried to find it.\n" in text


def test_right_exercises_have_no_section():
    assert "###" not in summary(ALL_RIGHT)


def test_summary_stays_below_its_limit():
    big = replace(WRONG_VALUE, beyond=tuple("é" * 3_000 for _ in range(20)))
    text = summary(report([big] * 60))
    assert len(text.encode()) <= MAX_SUMMARY
    assert "the rest was left out" in text


@given(st.text(st.one_of(st.characters(), st.sampled_from("*_`<>[]()|~#1.-+&;\\$@!:/"))))
@settings(deadline=None)
def test_escaped_text_renders_as_itself(text):
    shown = MARKDOWN.render(f"x {_escaped(text)}")
    assert re.fullmatch(r"<p>[^<]*</p>\n", shown)


@given(st.text(st.one_of(st.characters(), st.sampled_from("``*_<>[]|~#1.&\\@!:"))))
@settings(deadline=None)
def test_nothing_but_code_comes_out_of_what_stands_between_backticks(text):
    shown = MARKDOWN.render(f"x {_marked(text)}")
    assert re.fullmatch(r"<p>(?:[^<]|</?code>)*</p>\n", shown)
    row = MARKDOWN.render(f"| a | b |\n|--|--|\n| {_marked(text, cell=True)} | end |\n")
    assert "<td>end</td>" in row


def test_code_in_a_headline_is_code_and_no_escaped_backticks():
    text = summary(report([replace(WRONG_VALUE, title="The `step`", headline="Check `h_1`: it is `(H,)` and *late*")]))
    assert "**Check `h_1`: it is `(H,)` and \\*late\\***" in text
    assert "| The `step` |" in text
    assert "\\`" not in text


def test_no_markup_comes_out_of_hostile_text():
    shown = MARKDOWN.render(_escaped(HOSTILE))
    assert re.fullmatch(r"<p>[^<]*</p>\n", shown)
    assert "&lt;script&gt;window.pwned" in shown


def test_annotations_of_a_mixed_report():
    notice, *errors = annotations(MIXED, "week3/memory.py")
    assert notice == (
        "::notice file=week3/memory.py,title=Week 3%3A teaching networks to remember::17.5 / 91 points. "
        "445 of 506 checks failed. "
        "Checks of 1 exercise not done yet, and of 1 that could not be tried, are not counted."
    )
    assert len(errors) == 10
    assert errors[3] == (
        "::error file=week3/memory.py,line=41,title=One step of an LSTM::"
        "Look at line 41: the shapes of W_f and h_prev do not go together. (0 / 10)"
    )


def test_more_than_ten_of_a_kind_are_summed_up_in_the_last():
    exercises = [replace(WRONG_VALUE, title=f"Task {number}") for number in range(12)]
    commands = annotations(report([*exercises, *UNGRADED_ONE.exercises[1:] * 15]), "memory.py")
    kinds = [command.split(" ")[0] for command in commands]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"::notice": 1, "::error": 10, "::warning": 10}
    assert commands[10].endswith(
        "::3 more exercises, of which the report tells more: Task 9 (7.5 / 15); Task 10 (7.5 / 15); Task 11 (7.5 / 15)"
    )
    assert len(annotations(report(exercises[:10]), "memory.py")) == 11
    with_problem = annotations(report(exercises[:10], problem="It cannot be read."), "memory.py")
    assert len(with_problem) == 11
    assert "::2 more exercises, " in with_problem[-1]


def test_what_stopped_nowhere_is_annotated_at_its_function():
    wrong = replace(WRONG_VALUE, defined=Frame("memory.py", 33, "rnn_step"))
    assert "::error file=week3/memory.py,line=33,title=" in annotations(report([wrong]), "week3/memory.py")[1]
    assert ",line=" not in annotations(report([wrong]), "week3/hand-in.zip")[1]
    beside = replace(WRONG_VALUE, defined=Frame("gates.py", 5, "gate"))
    assert "::error file=week3/gates.py,line=5," in annotations(report([beside]), "week3/memory.py")[1]
    stopped = replace(RAISED, defined=Frame("memory.py", 50, "lstm_step"))
    assert ",line=41," in annotations(report([stopped]), "memory.py")[1]
    in_cell = replace(RAISED, traceback=(CellFrame("cell 3", 2, "lstm_step"),))
    assert ",line=" not in annotations(report([in_cell]), "memory.py")[1]


def test_why_a_command_ended_without_a_report():
    told = [(f"week{number}.yaml: `title` is missing", {}) for number in range(12)]
    commands = end_annotations([("::error::x\n`a` is wrong", {"file": "a.yaml", "line": "3"}), *told], 2)
    assert commands[0] == "::error file=a.yaml,line=3,title=grade stopped with exit code 2::::error::x%0A`a` is wrong"
    assert len(commands) == 10
    assert commands[-1].endswith("::4 more mistakes in the log of this step")
    assert ended(["`a` is <b>wrong</b>"], 2) == "## grade stopped with exit code 2\n\n- `a` is \\<b\\>wrong\\</b\\>\n"


def test_ungraded_is_a_warning():
    _, warning = annotations(UNGRADED_ONE, "memory.py")
    assert warning.startswith("::warning file=memory.py,title=A product of small numbers::Nothing to do for you")


def test_all_right_is_a_notice_only():
    (notice,) = annotations(ALL_RIGHT, "memory.py")
    assert notice.startswith("::notice ")


def test_problem_points_at_its_line():
    _, error, *_ = annotations(SYNTAX_ERROR, "memory.py")
    assert error.startswith("::error file=memory.py,line=12,title=")


def test_other_files_lie_beside_the_module():
    frame = replace(SYNTAX_ERROR.traceback[0], file="helpers/gates.py")
    _, error, *_ = annotations(replace(SYNTAX_ERROR, traceback=(frame,)), "week3/memory.py")
    assert "file=week3/helpers/gates.py,line=12," in error


def test_hostile_text_starts_no_command():
    for command in annotations(HOSTILE_ONE, "memory.py"):
        assert COMMAND.fullmatch(command)
        assert command.count("::error ") + command.count("::notice ") + command.count("::warning ") == 1


@given(st.text(max_size=50), st.text(max_size=50))
@settings(deadline=None)
def test_properties_and_messages_can_be_read_back(title, headline):
    wrong = replace(right("a", title or "a", 1), status="wrong", headline=headline)
    _, command = annotations(report([wrong]), "memory.py")
    kind, properties, message = COMMAND.fullmatch(command).groups()
    names = [item.split("=")[0] for item in properties.split(",")]
    assert (kind, names) == ("error", ["file", "title"])
    assert unescaped(message).endswith(" (1 / 1)")
