"""Who may see what. Nothing else in the package decides it; writers show whatever a report holds.

A student learns of a hidden case only that it failed and, in the part's ``problem``, of which class the failure is.
Its inputs, its origin and what came out stay with the staff; so does whatever student code could have put hidden
inputs into: the message of an exception, the name of its class, a traceback's function names and line numbers. The
diagnosis is theirs as it stands: it comes from cases that count for nothing, run where no hidden one was ever seen. Of
hidden ones it tells, by a sentence that is left out, no more than that one is right or wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.report import CallFails, DoesNotRaise, Ends, GraderFailed, HiddenFails, Timing
from grader.records.run import Raised
from grader.records.verdict import Ending, LawBroken, Unearned, is_builtin_error

if TYPE_CHECKING:
    from grader.records.report import ExerciseResult, Reason, Report
    from grader.records.verdict import Counterexample, Part

#: How a hidden case may have ended for a student to read it: of these, the one that stands first where several did.
TOLD_ENDINGS = ("timed_out", "out_of_memory", "crashed", "raised")


def staff(report: Report) -> Report:
    """The report as it is."""
    return report


def student(report: Report) -> Report:
    """The report without anything that hidden inputs could be read from. Doing it twice changes nothing."""
    return replace(
        report,
        view="student",
        exercises=tuple(_exercise(exercise) for exercise in report.exercises),
        timing=Timing(started=report.timing.started),  # how long hidden cases took could be made to say what they are
    )


def _part(part: Part) -> Part:
    """A law that fails in hidden cases, and one that is not earned by what hidden cases say of an output, are alike."""
    return replace(part, problem=LawBroken()) if part.hidden and part.problem == Unearned() else part


def _exercise(exercise: ExerciseResult) -> ExerciseResult:
    exercise = replace(exercise, parts=tuple(map(_part, exercise.parts)))
    public = tuple(example for example in exercise.counterexamples if not example.hidden)
    if exercise.status == "ungraded":  # the text of a fault may quote what a property or the sandbox was working on
        return replace(exercise, counterexamples=public, reason=GraderFailed(), parts=())
    if not any(part.hidden_failed for part in exercise.parts):
        return replace(exercise, counterexamples=public)
    hidden_only = not any(part.public_failed for part in exercise.parts)
    if exercise.status in ("wrong", "partly") and hidden_only and not exercise.followed:
        return replace(exercise, counterexamples=public, reason=HiddenFails(_ending(exercise)))
    return replace(exercise, counterexamples=public, reason=_public(exercise.reason, public))


def _ending(exercise: ExerciseResult) -> Ending | None:
    """How hidden cases ended, if an output's problem tells it, without what they had as a limit or raised."""
    problems = [part.problem for part in exercise.parts if part.key.kind == "output" and part.hidden_failed]
    kinds = {problem.kind for problem in problems if isinstance(problem, Ending)}
    return next((Ending(kind) for kind in TOLD_ENDINGS if kind in kinds), None)


def _public(reason: Reason, public: tuple[Counterexample, ...]) -> Reason:
    """A reason whose exception is that of a public counterexample, else without what student code could have said."""
    if isinstance(reason, CallFails):
        return reason if reason.raised in [example.raised for example in public] else _bare_call(reason)
    if not isinstance(reason, Ends | DoesNotRaise) or not isinstance(reason.outcome, Raised):
        return reason
    known = reason.outcome in [example.raised for example in public]
    return reason if known else replace(reason, outcome=_bare(reason.outcome))


def _bare_call(reason: CallFails) -> CallFails:
    return CallFails(reason.subject, _bare(reason.raised), reason.run)


def _bare(raised: Raised) -> Raised:
    """The exception by its class alone, and by none that student code may have named."""
    named = (raised.error,) if is_builtin_error(raised.error) else ()
    return Raised(error="".join(named), message="", ancestors=named)
