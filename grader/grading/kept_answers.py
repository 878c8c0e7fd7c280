"""Hand-ins that no sentence of their report explains, and what is kept of their answers for the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.answers import ExerciseAnswers, answer_of
from grader.records.report import CallFails, Deviates, Ends, HiddenFails
from grader.records.run import Raised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.answers import CaseAnswer
    from grader.records.report import ExerciseResult, Reason

_PLAIN = frozenset({"value", "nonfinite"})  # of other deviations it is said what is wrong


def answers_of(result: ExerciseResult, key: str, cases: Mapping[str, CaseAnswer]) -> ExerciseAnswers | None:
    """What is kept of an exercise, None where its student reads what the mistake is. ``key`` is that of its bank."""
    if result.status not in {"wrong", "partly"} or not _is_plain(result.reason):
        return None
    if any(finding.kind != "circumstance" for finding in result.diagnosis):  # which say when, and not what
        return None
    wrong = tuple(part.key.name for part in result.parts if part.key.kind == "output" and not part.right)
    return ExerciseAnswers(result.id, key, wrong, _ended(result.reason), cases)


def _is_plain(reason: Reason) -> bool:
    """Whether a reason says that something is wrong, and not what."""
    match reason:
        case Ends(outcome=outcome, near=near):
            return not near and not (isinstance(outcome, Raised) and outcome.cause is not None)
        case CallFails(yours=yours, value=value, method=method):
            return yours is None and not value and not method
        case Deviates(deviation=deviation):
            return deviation.kind in _PLAIN
    return isinstance(reason, HiddenFails)


def _ended(reason: Reason) -> str:
    match reason:
        case Ends(outcome=outcome) | CallFails(raised=outcome):
            return answer_of(outcome).ended
    return ""
