"""Who may see what. Nothing else in the package decides it; writers show whatever a report holds.

A student learns of a hidden case only that it failed and, in the part's ``problem``, of which class the failure is.
Its inputs, its origin and what came out stay with the staff; so does whatever student code could have put hidden
inputs into: the message of an exception, the name of its class, a traceback's function names and line numbers. The
diagnosis is theirs as it stands: it comes from cases that count for nothing, run where no hidden one was ever seen. Of
hidden ones it tells, by a sentence that is left out, no more than that one is right or wrong.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.report import Timing
from grader.records.run import Raised

if TYPE_CHECKING:
    from grader.records.report import ExerciseResult, Report
    from grader.records.verdict import Counterexample

#: Stands for headline and explanation where only hidden cases fail: those may have been made from them.
HIDDEN_ONLY = "Every public case is right, some hidden ones are not: try sizes and values that the public cases lack."

#: The same where the code never came to an answer, by how the problem of an output begins, which a student may read.
HIDDEN_ENDINGS = {
    "does not finish": "Every public case is right, but a hidden one does not finish: "
    "look for work that grows too fast with the sizes, and for a loop that some values never end.",
    "needs more than": "Every public case is right, but a hidden one needs too much memory: "
    "look for what grows too fast with the sizes.",
    "prints without end": "Every public case is right, but a hidden one prints without end: "
    "look for a print in a loop that some values never end.",
    "crashes": "Every public case is right, but a hidden one crashes Python: look for recursion that some values or "
    "larger sizes drive too deep.",
    "stops with": "Every public case is right, but in a hidden one the code stops with an exception: "
    "try sizes and values that the public cases lack.",
}


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


def _exercise(exercise: ExerciseResult) -> ExerciseResult:
    public = tuple(example for example in exercise.counterexamples if not example.hidden)
    if exercise.status == "ungraded":  # the text of a fault may quote what a property or the sandbox was working on
        return replace(exercise, counterexamples=public, explanation=(), error="", traceback=(), parts=())
    if not any(part.hidden_failed for part in exercise.parts):
        return replace(exercise, counterexamples=public)
    raised = _raised(public)
    shown = replace(
        exercise,
        counterexamples=public,
        error=f"{raised.error}: {raised.message}".removesuffix(": ") if raised else _builtin_name(exercise.error),
        traceback=raised.frames if raised else (),
    )
    if exercise.status not in ("wrong", "partly") or any(part.public_failed for part in exercise.parts):
        return shown
    if exercise.followed:  # its sentences hold names of the author's alone
        return shown
    return replace(shown, headline=_hidden_only(exercise), explanation=())


def _hidden_only(exercise: ExerciseResult) -> str:
    problems = [part.problem for part in exercise.parts if part.kind == "output" and part.hidden_failed]
    for beginning, headline in HIDDEN_ENDINGS.items():
        if any(problem.startswith(beginning) for problem in problems):
            return headline
    return HIDDEN_ONLY


def _raised(examples: tuple[Counterexample, ...]) -> Raised | None:
    outcomes = (example.outcome for example in examples)
    return next((outcome for outcome in outcomes if isinstance(outcome, Raised)), None)


def _builtin_name(error: str) -> str:
    """``ValueError`` of ``ValueError: any message``; nothing for a class that student code may have named."""
    name = error.partition(":")[0].strip()
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else ""
