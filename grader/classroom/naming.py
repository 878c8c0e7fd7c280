"""A group of hand-ins as a known mistake: a few diagnostic inputs, what the group answers to them, and a sentence.

No line and no name of a student's is in it, and no hidden case. What it would say of a right solution is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.named_mistakes import LEAST_CASES, MAX_CASES
from grader.judge.trials import try_cases
from grader.records.answers import NamedCase, NamedMistake, packed, raised, sentence_problem
from grader.records.errors import UsageError
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.classroom.unexplained import Grouped
    from grader.records.answers import CaseAnswer, ExerciseAnswers
    from grader.records.assignment import Exercise
    from grader.records.bank import Case, CaseBank

MOST_WRONG = 9  # of the cases: the others are right ones, which another mistake may have wrong
ROOM = 144 << 10  # bytes of inputs and answers, which a file holds with a third more


def mistake_of(grouped: Grouped, bank: CaseBank, sentence: str) -> NamedMistake:
    """The mistake that a group makes. Raises UsageError, with what to do, where its answers cannot stand for one."""
    group, answers = grouped.group, grouped.answers
    if problem := sentence_problem(sentence):
        raise UsageError(f"the sentence {problem}")
    if group.cannot_be_named:
        raise UsageError(f"{group.id} cannot be named: {group.cannot_be_named}")
    exercise = next((each for each in bank.assignment.exercises if each.id == group.exercise), None)
    if exercise is None or bank.keys.get(exercise.id) != answers.key:
        raise UsageError(
            f"the cases of {group.exercise} are others than those that this class was graded on: grade it again with "
            "`grade class`, then name the group that `grade unexplained` shows"
        )
    cases = _chosen(exercise, bank.diagnostics[exercise.id].cases, answers)
    return NamedMistake(group.id, exercise.id, sentence.strip(), group.outputs, cases)


def _chosen(exercise: Exercise, cases: Sequence[Case], answers: ExerciseAnswers) -> tuple[NamedCase, ...]:
    """The first cases that are wrong, and a few of the others. Raises UsageError where too few are wrong."""
    found = [
        (_is_wrong(exercise, case, answer, answers.outputs), NamedCase(case.sizes, case.inputs, answer))
        for case in cases
        if (answer := answers.cases.get(case.id)) is not None and (not answer.ended or raised(answer))
    ]
    wrong = [case for is_wrong, case in found if is_wrong]
    others = [case for is_wrong, case in found if not is_wrong]
    first, more = _fitting(wrong, MOST_WRONG, ROOM)
    if len(first) < LEAST_CASES:
        raise UsageError(
            f"it cannot be named: {len(wrong)} of {len(found)} diagnostic cases show it, in the others it answers as "
            f"the reference does, and {LEAST_CASES} are needed to know a mistake again"
        )
    return (*first, *_fitting(others, MAX_CASES - len(first), more)[0])


def _fitting(cases: Sequence[NamedCase], most: int, room: int) -> tuple[list[NamedCase], int]:
    """As many of the cases as there is room for, and what is left of it."""
    found: list[NamedCase] = []
    for case in cases:
        size = len(packed(case.inputs)) + len(packed(case.answer.outputs))
        if size <= room and len(found) < most:
            room -= size
            found.append(case)
    return found, room


def _is_wrong(exercise: Exercise, case: Case, answer: CaseAnswer, outputs: Sequence[str]) -> bool:
    """Whether an answer is there and is not what is expected, in one of these outputs."""
    if answer.ended:
        return False
    (trial,) = try_cases(exercise, [case], [Returned(dict(answer.outputs))])
    return any(found.deviation is not None and found.output in outputs for found in trial.comparisons)
