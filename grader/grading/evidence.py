"""Running one exercise: everything that its cases show, before anything is concluded from it.

Public and hidden cases are gathered apart, so that :mod:`grader.grading.grade` can run everything public of a
submission before it sends the first hidden input: what student code may have kept of those has no later way into a
student's report.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec.structs import replace

from grader.judge import trials
from grader.judge.example import smallest
from grader.judge.minimise import minimise
from grader.judge.properties import hold, in_turn
from grader.records.errors import PropertyFault
from grader.records.run import FATAL, Job, NotRun, Raised, Returned, TimedOut, job_of
from grader.records.verdict import Holding
from grader.sandbox.clocks import WALL_FACTOR
from grader.sandbox.protocol import pack_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.judge.properties import Property
    from grader.records.assignment import Exercise, PropertyCheck
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome, Run
    from grader.records.verdict import Trial

_Item = TypeVar("_Item")

REPEATED = 3  # cases that run once more, to see whether the result depends on chance or on earlier calls


class Author(NamedTuple):
    """What of the author's side takes part in grading: the properties, and the reference where it is present.

    ``answers`` gives the reference's outputs on other inputs, None where it has no finite answer. Without it a
    counterexample is the smallest failing case of the bank. ``replay`` runs a job in the reference's process, for
    :mod:`grader.grading.follow_through`; without it there are no marks for the method alone.
    """

    properties: Mapping[str, Property] = {}
    answers: Callable[[Exercise, Sequence[Case]], Sequence[dict[str, Value] | None]] | None = None
    replay: Callable[[Job], Run] | None = None


class Evidence(NamedTuple):
    """What running the public, or the hidden, cases of an exercise showed."""

    trials: tuple[Trial, ...] = ()
    raises: tuple[Trial, ...] = ()
    holdings: tuple[Holding, ...] = ()
    spoiled: str = ""  # a rule broken by the exercise as a whole, as a phrase
    printed: str = ""
    shown: Trial | None = None  # the failing case to show: the smallest, made smaller where that is possible

    @property
    def ended(self) -> bool:
        """True if a case ended the process, so that running more of them would only do it again."""
        return _ended([trial.outcome for trial in self.trials])


class Allowance:
    """An exercise's seconds, spent by one job after the other. Its cases have one, whatever else is tried another."""

    def __init__(self, run: Callable[[Job], Run], exercise: Exercise) -> None:
        self._run = run
        self._limits = exercise.limits
        self._left = exercise.limits.seconds

    def run(self, job: Job) -> Run:
        """Run a job with what is left."""
        limited = self.limited(job)
        return self.spent(limited, self._run(limited))

    def limited(self, job: Job) -> Job:
        """The job, which may take what is left."""
        return replace(job, limits=replace(self._limits, seconds=max(self._left, 0.1)))

    def spent(self, job: Job, ran: Run) -> Run:
        """The run of a limited job, which is counted from now on."""
        self._left -= max(ran.cpu, ran.wall / WALL_FACTOR)  # who sleeps in every job would never come to an end
        left = job.limits.seconds
        return replace(ran, outcomes=tuple(self._in_full(outcome, left) for outcome in ran.outcomes))

    def _in_full(self, outcome: Outcome, left: float) -> Outcome:
        """The outcome with the exercise's own limit: what was left of it says nothing, and differs from run to run."""
        if isinstance(outcome, TimedOut) and outcome.scope == "exercise":
            return replace(outcome, seconds=outcome.seconds / left * self._limits.seconds)
        return outcome


class Paper:
    """The public, or the hidden, cases of an exercise that expect values, and what is the same for every submission.

    Worked out when it is first needed, which is while a worker is busy with the cases.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case], salt: int = 0) -> None:
        self.cases = cases
        self._exercise = exercise
        self._salt = salt

    @cached_property
    def job(self) -> Job:
        """The questions, ready to be sent."""
        job = job_of(self._exercise, self.cases, self._salt)
        return replace(job, packed=pack_cases(job.sizes, job.inputs))

    @cached_property
    def key(self) -> trials.Key:
        """The answers."""
        return trials.Key(self._exercise, self.cases)

    @cached_property
    def in_turn(self) -> Sequence[Case]:
        """The cases in the order in which properties are tried."""
        return in_turn(self.cases)

    @cached_property
    def again(self) -> Paper:
        """Those of the cases that run once more."""
        return Paper(self._exercise, _some(self.cases), salt=1)


class Papers(NamedTuple):
    """All that an exercise asks; ``raising`` are the cases that must raise."""

    public: Paper
    hidden: Paper
    raising: Sequence[Case]


def papers(exercise: Exercise, cases: Sequence[Case]) -> Papers:
    """The papers of an exercise with these cases."""
    valued = [case for case in cases if case.raises is None]
    return Papers(
        public=Paper(exercise, [case for case in valued if case.public]),
        hidden=Paper(exercise, [case for case in valued if not case.public]),
        raising=[case for case in cases if case.raises is not None],
    )


def seen(exercise: Exercise, paper: Paper, outcomes: Sequence[Outcome], printed: str = "") -> Evidence:
    """What the cases themselves show."""
    found = Evidence(paper.key.trials(outcomes), printed=printed)
    if exercise.inputs_unchanged == "required" and not found.ended and any(map(_changed, found.trials)):
        return found._replace(spoiled="changes an input in place, which is not allowed here")
    return found


def worth_repeating(found: Evidence) -> bool:
    """Whether it is worth running some of the cases again."""
    returned = any(isinstance(trial.outcome, Returned) for trial in found.trials)
    return returned and not found.ended and not found.spoiled


def seen_again(found: Evidence, paper: Paper, outcomes: Sequence[Outcome]) -> Evidence:
    """Add what came of running some of the cases again."""
    if any(isinstance(outcome, TimedOut) and outcome.scope == "exercise" for outcome in outcomes):
        return found  # there was no time to try it, which says nothing of the results
    if trials.repeats_differ(_some(found.trials), paper.again.key.trials(outcomes)):
        phrase = "gives another result when the same inputs come again: it depends on chance or on earlier calls"
        return found._replace(spoiled=phrase)
    return found


def gather_public(
    exercise: Exercise, found: Evidence, asked: Papers, run: Callable[[Job], Run], author: Author
) -> Evidence:
    """Add to what the public cases showed: properties, the cases that must raise, a smaller failure.

    Raises PropertyFault when a property fails by itself.
    """
    found = _gather(exercise, found, asked.public, run, author)
    answered = [run(job_of(exercise, [case])).outcomes[0] for case in asked.raising]  # one that hangs costs no other
    raises = trials.try_raises(asked.raising, answered)
    shown = smallest(found.trials)
    small = _minimised(shown, exercise, run, author) if shown else smallest(raises)
    return found._replace(raises=raises, shown=small)


def gather_hidden(
    exercise: Exercise, found: Evidence, asked: Papers, run: Callable[[Job], Run], author: Author
) -> Evidence:
    """Add to what the hidden cases showed: properties. Raises PropertyFault as above."""
    return _gather(exercise, found, asked.hidden, run, author)._replace(shown=smallest(found.trials))


def _gather(exercise: Exercise, found: Evidence, paper: Paper, run: Callable[[Job], Run], author: Author) -> Evidence:
    if not found.trials:
        return found
    if found.ended or all(isinstance(trial.outcome, NotRun) for trial in found.trials):
        return found._replace(holdings=tuple(_not_tried(check) for check in exercise.properties))
    holdings = tuple(_hold(check, exercise, paper.in_turn, run, author.properties) for check in exercise.properties)
    return found._replace(holdings=holdings)


def _ended(outcomes: Sequence[Outcome]) -> bool:
    return not frozenset(map(type, outcomes)).isdisjoint(FATAL)


def _some(items: Sequence[_Item]) -> Sequence[_Item]:
    """A few, from first to last."""
    return items[:: max(1, len(items) // REPEATED)][:REPEATED]


def _changed(trial: Trial) -> bool:
    return isinstance(trial.outcome, Returned) and bool(trial.outcome.changed)


def _hold(
    check: PropertyCheck,
    exercise: Exercise,
    cases: Sequence[Case],
    run: Callable[[Job], Run],
    properties: Mapping[str, Property],
) -> Holding:
    if check.check not in properties:
        raise PropertyFault(f"properties.py has no function {check.check}")
    return hold(check, properties[check.check], exercise, cases, run)


def _not_tried(check: PropertyCheck) -> Holding:
    return Holding(check=check.check, problem="Could not be tried, because the code does not come to its end.")


def _minimised(trial: Trial, exercise: Exercise, run: Callable[[Job], Run], author: Author) -> Trial:
    """The trial with a smaller case, or the same one if there is no reference to say what that case should give."""
    answers = author.answers
    unfinished = isinstance(trial.outcome, Raised) and trial.outcome.error == "NotImplementedError"
    if answers is None or unfinished or not isinstance(trial.outcome, Returned | Raised):
        return trial

    def attempt(cases: Sequence[Case]) -> list[Trial | None]:
        known = [
            replace(case, expected=expected)
            for case, expected in zip(cases, answers(exercise, cases), strict=True)
            if expected is not None
        ]
        return list(trials.try_cases(exercise, known, run(job_of(exercise, known)).outcomes)) if known else []

    return minimise(trial, exercise, attempt)
