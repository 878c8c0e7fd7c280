"""The curves that a report's page draws of a hand-in: what its student reads there, and what no student may."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report import WRITERS, view
from grader.report.words.written import written

HAND_INS = Path(__file__).parent / "submissions" / "assignment3"


def pictures(report):
    """The SVG of a page, each from its title on."""
    return [piece.partition("</svg>")[0] for piece in WRITERS["html"](written(report)).split("<svg ")[1:]]


@pytest.mark.parametrize(
    ("hand_in", "words", "rings"),
    [
        ("088_state_of_the_object", "19 are wrong. The first is at index 2: 0.81 expected, 0.8 got.", 0),
        ("080_one_at_the_other_end", "The first is at index 20: 0.122 expected, no number got.", 1),
    ],
)
def test_a_table_that_fades_otherwise_is_drawn(hand_in, words, rings, graded):
    report = graded(HAND_INS / f"{hand_in}.py").report
    drawn = next(each for each in pictures(view.student(report)) if "table at each index: expected and got" in each)
    assert words in drawn
    assert drawn.count('class="ring"') == rings + bool(rings), "and one in the key"


def test_steps_of_vectors_are_drawn_by_their_norm(graded):
    report = graded(HAND_INS / "070_no_start_and_no_bias.py").report
    assert any("norm of ys at each step: expected and got" in each for each in pictures(view.student(report)))


def test_of_a_hidden_case_a_student_sees_no_curve(graded):
    report = graded(HAND_INS / "088_state_of_the_object.py").report
    student, staff = view.student(report), view.staff(report)
    shown = [example for exercise in student.exercises for example in exercise.counterexamples]
    assert not any(example.hidden for example in shown)
    hidden = [example for exercise in staff.exercises for example in exercise.counterexamples if example.hidden]
    assert len(pictures(staff)) > len(pictures(student)), "the staff's page has curves of hidden cases as well"
    values = {repr(detail.expected) for example in hidden for detail in example.outputs}
    assert values.isdisjoint(repr(detail.expected) for example in shown for detail in example.outputs)
