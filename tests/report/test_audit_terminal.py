import pytest
from msgspec.structs import replace

from grader.report.audit_terminal import render
from grader.report.lines import columns
from tests.report.audit_samples import ALONE, AUDITS, OPEN_ONE, REACHED, SHORT_OF_IT, audit, version


def words(text):
    return " ".join(text.split())


def test_an_audit_that_reaches_its_bar():
    text = render(REACHED, width=100)
    assert "  ✓  One step of a recurrent network" in text.splitlines()
    assert "Waived: a tanh never leaves [-1, 1] (`rnn_step.clipping.1`)" in words(text)
    assert "Live is every mutant and misconception but 2 that the assignment lets pass" in words(text)
    assert "A unit is what rounding costs" in words(text)
    assert text.splitlines()[-2].startswith("  ✗") is False
    assert "  ✗  The tests reach" not in text


def test_everything_that_is_open_says_why_and_what_would_help():
    text = words(render(SHORT_OF_IT, width=100))
    for said in (
        "`bptt.time_index.2`, line 12: W @ x → x @ W Weak: 1 case kills it, of 3 asked for. Cases with T = 1 would",
        "`bptt.scale.3`, line 12: loss / T → loss Alive: it is off by 7e11 units, which the assignment's own tolerance",
        "misconception `bptt_forgets_dh`, line 204: bptt as bptt_forgets_dh No case tells it from the reference.",
        "misconception `rnn_step_bias_outside`, line 12",
        "1 version is told by a rule beside the cases",
        "No difference in 4,000 inputs: `bptt.swap_comparison.1`, line 12: n > 1 → n >= 1",
        "✗ 1 of 3 right variants accepted.",
        "✗ assignments/assignment3/right/hangs.py – / 100 Not graded.",
        "96 of 97 mutants of right variants killed (99 %). Not counted: 3 that no further input tells from right.",
        "100_loops.py, line 91, `bptt`: range(T) → range(T - 1) Cases with T = 1 would kill it: 3 of 4",
        "gets points as it is: 1 point in rnn_step.",
        "✗ The tests do not reach their bar. • 9 of 13 live versions",
        "• Warning: bptt: the mistake `near` is less than 100 times over what is allowed.",
    ):
        assert said in text


def test_many_survivors_are_counted_and_not_all_shown():
    many = tuple(version(f"bptt.scale.{number}", "survivor") for number in range(60))
    text = render(audit([replace(OPEN_ONE, versions=many)], []), width=100)
    assert text.count("`bptt.scale.") == 40
    assert "… and 20 more: --html and --json hold all." in text


def test_alone():
    assert "· No right variant was tried. There is no starter template." in words(render(ALONE))


@pytest.mark.parametrize("width", [40, 80, 100])
def test_lines_fit(width):
    _, *lines = render(SHORT_OF_IT, width=width).splitlines()  # the first names the assignment and its reference
    (end,) = (number for number, line in enumerate(lines) if "Live is" in line)
    assert [line for line in lines[:end] if columns(line) > max(width, 77)] == []  # a table has a least width
    assert [line for line in lines[end:] if columns(line) > max(width, 42)] == []


@pytest.mark.parametrize("name", AUDITS)
def test_nothing_reaches_the_terminal_or_its_log_as_a_command(name):
    text = render(AUDITS[name])
    assert "\x1b" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##[" not in text


def test_colours_stand_beside_signs():
    assert "\x1b[" in render(SHORT_OF_IT, color=True)
    assert "\x1b[" not in render(SHORT_OF_IT, color=False)
