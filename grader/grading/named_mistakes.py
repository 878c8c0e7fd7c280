"""Mistakes that an instructor named, asked of a submission: their inputs run beside the diagnostic cases."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from grader.diagnose.same_answers import finding_of
from grader.judge.compare import differ
from grader.records.answers import answer_of
from grader.records.bank import Case, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.course.find import AssignmentFiles
    from grader.records.answers import NamedCase, NamedMistake
    from grader.records.assignment import Assignment, Exercise
    from grader.records.finding import Finding
    from grader.records.record import Value
    from grader.records.run import Outcome

    Answers = Callable[[Exercise, Sequence[Case]], Sequence[dict[str, Value] | None]]


class NamedQuestions:
    """The inputs of an exercise's named mistakes, each once, and what answers to them say."""

    def __init__(self, exercise: Exercise, mistakes: Sequence[NamedMistake], answers: Answers | None) -> None:
        """``answers`` are the reference's."""
        self._exercise = exercise
        self._mistakes = [mistake for mistake in mistakes if mistake.exercise == exercise.id]
        self._answers = answers
        by_key = {case.key(): case for mistake in self._mistakes for case in mistake.cases}
        self._keys = tuple(by_key)
        self.cases = tuple(_as_case(exercise, number, case) for number, case in enumerate(by_key.values(), 1))

    def findings(self, outcomes: Sequence[Outcome]) -> list[Finding]:
        """The mistakes that these outcomes of the cases show."""
        given = dict(zip(self._keys, map(answer_of, outcomes), strict=True))
        found = ((mistake, finding_of(mistake, given)) for mistake in self._mistakes)
        return [finding for mistake, finding in found if finding is not None and self._is_wrong(mistake)]

    def _is_wrong(self, mistake: NamedMistake) -> bool:
        """Whether the reference, as it is today, answers otherwise in enough cases. It is seldom asked."""
        return self._answers is None or _answered_otherwise(mistake, self._exercise, self._answers)


def still_wrong(mistake: NamedMistake, assignment: Assignment, answers: Answers) -> bool:
    """Whether the reference answers otherwise than a mistake; of one that it does not, a warning."""
    exercise = next(each for each in assignment.exercises if each.id == mistake.exercise)
    return _answered_otherwise(mistake, exercise, answers)


def _answered_otherwise(mistake: NamedMistake, exercise: Exercise, answers: Answers) -> bool:
    from grader.course.named_mistakes import LEAST_CASES

    cases = [_as_case(exercise, number, case) for number, case in enumerate(mistake.cases)]
    right = answers(exercise, cases)
    wrong = sum(_is_wrong(mistake, case, expected) for case, expected in zip(mistake.cases, right, strict=True))
    if wrong < LEAST_CASES:
        warn_once(f"the mistake {mistake.id} is not told: the reference itself answers so; remove its file")
    return wrong >= LEAST_CASES


def usable_mistakes(files: AssignmentFiles, assignment: Assignment) -> tuple[NamedMistake, ...]:
    """The named mistakes of an assignment. Of those that cannot be used it is told why: no grade depends on them."""
    if not files.mistakes():
        return ()
    from grader.course.named_mistakes import named_mistakes  # few assignments have any

    found = named_mistakes(files, assignment)
    for problem in found.problems:
        warn_once(f"{problem}; that mistake is not told")
    return found.mistakes


@lru_cache(maxsize=256)
def warn_once(problem: str) -> None:
    """Warn of what is the same for all submissions of a class."""
    import logging  # 3 ms, and seldom needed

    logging.getLogger(__name__).warning("%s", problem)


def _is_wrong(mistake: NamedMistake, case: NamedCase, expected: dict[str, Value] | None) -> bool:
    if expected is None or case.answer.ended:
        return expected is not None or not case.answer.ended
    return any(
        name not in case.answer.outputs or differ(expected.get(name), case.answer.outputs[name])
        for name in mistake.outputs
    )


def _as_case(exercise: Exercise, number: int, case: NamedCase) -> Case:
    """As a sandbox takes it: what is expected says how much may come."""
    origin, name = Origin("diagnostic"), f"{exercise.id}/named{number}"
    return Case(name, origin, public=False, sizes=case.sizes, inputs=case.inputs, expected=dict(case.answer.outputs))
