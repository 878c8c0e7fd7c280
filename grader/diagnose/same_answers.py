"""Answers that are the same, as far as rounding goes; and the named mistakes that a solution makes, by its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.judge.compare import differ
from grader.records.answers import CaseAnswer
from grader.records.finding import Finding, NamedByInstructor, Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.answers import NamedMistake


@np.errstate(all="ignore")  # a student's numbers may be as large as they like
def same_answer(one: CaseAnswer, other: CaseAnswer) -> bool:
    """Whether two answers to a case cannot be told apart: no number by more than 1e-4 of the largest of its output.

    That is what is only numerically off when it is graded. Exceptions are the same if they are of one class.
    """
    if one.ended != other.ended or one.outputs.keys() != other.outputs.keys():
        return False
    return not any(differ(value, other.outputs[name]) for name, value in one.outputs.items())


def finding_of(mistake: NamedMistake, given: Mapping[bytes, CaseAnswer]) -> Finding | None:
    """What is known of a solution that makes the mistake, None of one that does not.

    ``given`` are its answers by the keys of cases. All must be those of the mistake in the outputs that this has wrong;
    others may be wrong for reasons of their own.
    """
    pairs = [(case.answer, given.get(case.key())) for case in mistake.cases]
    if not all(answer and same_answer(_of(mistake, wrong), _of(mistake, answer)) for wrong, answer in pairs):
        return None
    partly = not all(answer and same_answer(wrong, answer) for wrong, answer in pairs)
    count = len(pairs)
    return Finding(NamedByInstructor(mistake.id, mistake.sentence, partly), Share(count, count, count), mistake.outputs)


def _of(mistake: NamedMistake, answer: CaseAnswer) -> CaseAnswer:
    """An answer without the outputs that a mistake does not speak of."""
    return CaseAnswer({name: value for name, value in answer.outputs.items() if name in mistake.outputs}, answer.ended)
