"""The public, or the hidden, cases of one exercise: what is asked, and what the answers show.

The two are apart, so that :mod:`grader.grading.grade` can run everything public of a submission before it sends the
first hidden input: what student code may have kept of those has no later way into a student's report.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from grader.grading.budget import Budget
from grader.grading.raising import each_by_itself
from grader.judge.example import smallest
from grader.judge.heed import heedless
from grader.judge.minimise import as_told, can_be_smaller, failure, minimise, shortened
from grader.judge.properties import hold, in_turn
from grader.judge.shape_hints import held_against
from grader.judge.telling import telling
from grader.judge.trials import AnswerKey, draws_differ, repeats_differ, try_cases, try_raises
from grader.records.errors import PropertyFault, SandboxFault
from grader.records.extent import extent
from grader.records.holding import Holding
from grader.records.run import FATAL, OF_MANY, NotRun, Raised, Returned, Run, TimedOut, job_of
from grader.records.verdict import LawFailed, LawUntried, PartKey, RuleBroken
from grader.sandbox.protocol import pack_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.judge.properties import Property
    from grader.records.answers import NamedMistake
    from grader.records.assignment import Exercise, PropertyCheck
    from grader.records.bank import Case
    from grader.records.breaches import SourceBroken
    from grader.records.errors import GraderError
    from grader.records.record import Value
    from grader.records.run import Job
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox

_Item = TypeVar("_Item")

REPEATED = 3  # cases that run once more, to see whether the result depends on chance or on earlier calls
#: Objects that a right answer to a case may take, in whatever form it comes: lists of lists of NumPy's numbers, say.
#: With it may come what it was worked out from, as a tuple's further items.
LEAST_EXTENT, FOR_EXPECTED, FOR_INPUTS = 100, 16, 4


class ReferenceProcess(Protocol):
    """The reference, for :mod:`grader.grading.follow_through`: it runs jobs in a process of its own."""

    @property
    def source(self) -> str:
        """Its text."""

    def begin(self) -> None:
        """Have its process come up, for it will be asked."""

    def run(self, job: Job) -> Run:
        """Run a job, beside :mod:`grader.mistakes.replay`."""


class Author(NamedTuple):
    """What of the author's side takes part in grading: the properties, and the reference where it is present.

    ``answers`` gives the reference's outputs on other inputs, None where it has no finite answer. Without it a
    counterexample is the smallest failing case of the bank. Without ``reference`` there are no marks for the method
    alone. ``named`` are the mistakes that the instructor has named.
    """

    properties: Mapping[str, Property] = {}
    answers: Callable[[Exercise, Sequence[Case]], Sequence[dict[str, Value] | None]] | None = None
    reference: ReferenceProcess | None = None
    named: Sequence[NamedMistake] = ()


class Questions:
    """Cases of an exercise that expect values, and what is the same for every submission.

    Worked out when it is first needed, which is while a worker is busy with the cases.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case], salt: int = 0) -> None:
        self.cases = cases
        self._exercise = exercise
        self._salt = salt

    @cached_property
    def job(self) -> Job:
        """What is sent."""
        job = graded_job_of(self._exercise, self.cases, self._salt)
        return replace(job, packed=pack_cases(job.sizes, job.inputs))

    @cached_property
    def key(self) -> AnswerKey:
        """The answers."""
        return AnswerKey(self._exercise, self.cases)

    @cached_property
    def in_turn(self) -> Sequence[Case]:
        """The cases in the order in which properties are tried."""
        return in_turn(self.cases)

    @cached_property
    def again(self) -> Questions:
        """Those of the cases that run once more."""
        return Questions(self._exercise, _some(self.cases), salt=1)


def graded_job_of(exercise: Exercise, cases: Sequence[Case], salt: int = 0) -> Job:
    """A snippet over cases for a submission, which is to give what they expect."""
    extents = (LEAST_EXTENT + FOR_EXPECTED * extent(c.expected) + FOR_INPUTS * extent(c.inputs) for c in cases)
    return replace(job_of(exercise, cases, salt), extents=tuple(extents))


class Asked(NamedTuple):
    """All that an exercise asks; ``raising`` are the cases that must raise."""

    public: Questions
    hidden: Questions
    raising: Sequence[Case]


def asked(exercise: Exercise, cases: Sequence[Case]) -> Asked:
    """What an exercise with these cases asks."""
    valued = [case for case in cases if case.raises is None]
    return Asked(
        public=Questions(exercise, [case for case in valued if case.public]),
        hidden=Questions(exercise, [case for case in valued if not case.public]),
        raising=[case for case in cases if case.raises is not None],
    )


class Phase:
    """The public, or the hidden, cases of an exercise on their way: job, answers, job again, answers, and the rest.

    Afterwards it holds what they showed. A ``fault`` of ours ends it.
    """

    def __init__(self, exercise: Exercise, questions: Questions, sandbox: Sandbox, budget: Budget) -> None:
        """``budget``: the seconds of the exercise's cases, public and hidden together."""
        self.exercise = exercise
        self.fault: GraderError | None = None
        self.trials: tuple[Trial, ...] = ()
        self.raises: tuple[Trial, ...] = ()
        self.holdings: tuple[Holding, ...] = ()
        self.broken: RuleBroken | None = None
        self.source: SourceBroken | None = None  # the text is public, so this is of the public phase alone
        self.printed = ""
        self.cut: int | None = None  # bytes, beyond which more was printed
        self.shown: Trial | None = None  # the failing case to show, made smaller where that is possible
        self.calls = 1  # at which of so many calls it goes wrong; 0: only after others
        self._questions = questions
        self._sandbox = sandbox
        self._budget = budget

    def asked_of(self, key: PartKey) -> int:
        """On how many cases an output, or a law that holds, is tried."""
        if key.kind != "property":
            return len(self._questions.cases)
        check = next(check for check in self.exercise.properties if check.check == key.name)
        return min(check.cases, len(self._questions.in_turn))

    @property
    def asks_reference(self) -> bool:
        """True if a public case goes wrong in a way that is to be shown on other inputs than the bank's."""
        return any(trial.case.public and not trial.right and can_be_smaller(trial) for trial in self.trials)

    @property
    def ended(self) -> bool:
        """True if a case ended the process, so that running more of them would only do it again."""
        return any(isinstance(trial.outcome, FATAL) for trial in self.trials)

    def job(self) -> Job | None:
        """The cases to run, with what is left of the exercise's seconds; None if there is nothing to run."""
        return self._budget.limited(self._questions.job)

    def see(self, job: Job, ran: Run) -> None:
        """Compare what the cases gave."""
        self._compare(self._budget.spent(job, ran))

    def job_again(self) -> Job | None:
        """Some of the cases once more; None where that would show nothing, or only end the process again."""
        given = any(trial.given is not None for trial in self.trials)
        worthwhile = given and not self.ended and self.broken is None
        return self._questions.again.job if worthwhile else None

    def see_again(self, _job: Job, ran: Run) -> None:
        """See whether the same came again."""
        if any(isinstance(outcome, TimedOut) and outcome.scope in OF_MANY for outcome in ran.outcomes):
            return  # there was no time to try it, which says nothing of the results
        before, again = _some(self.trials), self._questions.again.key.trials(ran.outcomes, ran.before)
        if repeats_differ(before, again):
            self.broken = RuleBroken("repeatable")
        elif draws_differ(before, again):
            self.broken = RuleBroken("own_chance")

    def finish(self, author: Author) -> None:
        """All that there is beside the cases: properties, and what to show."""
        try:
            self._finish(Budget(self._sandbox.run, self.exercise).run, author)  # costs no case its time
        except (SandboxFault, PropertyFault) as fault:
            self.fault = fault

    def hold_against(self, trials: Sequence[Trial]) -> None:
        """Have wrong shapes say no more than what is so of those of other ``trials`` as well."""
        own = self.trials if self.shown is None else (*self.trials, self.shown)
        held = held_against(own, trials)
        now = dict(zip(map(id, own), held, strict=True))
        self.trials, self.shown = held[: len(self.trials)], now.get(id(self.shown))

    def _finish(self, run: Callable[[Job], Run], author: Author) -> None:
        self._hold_laws(run, author.properties)
        self.shown = smallest(self.trials)

    def _compare(self, ran: Run) -> None:
        self.trials = self._questions.key.trials(ran.outcomes, ran.before)
        changed = any(trial.given is not None and trial.given.changed for trial in self.trials)
        if self.exercise.inputs_unchanged == "required" and not self.ended and changed:
            self.broken = RuleBroken("inputs_unchanged")

    def _hold_laws(self, run: Callable[[Job], Run], properties: Mapping[str, Property]) -> None:
        if not self.trials:
            return
        if self.ended or all(isinstance(trial.outcome, NotRun) for trial in self.trials):
            self.holdings = tuple(Holding(check.check, LawUntried()) for check in self.exercise.properties)
        else:
            same = heedless(self.exercise, self.trials) if self.exercise.properties else frozenset[str]()
            self.holdings = tuple(self._hold(check, run, properties, same) for check in self.exercise.properties)

    def _hold(
        self, check: PropertyCheck, run: Callable[[Job], Run], properties: Mapping[str, Property], same: frozenset[str]
    ) -> Holding:
        if check.check not in properties:
            raise PropertyFault(f"properties.py has no function {check.check}")
        return hold(check, properties[check.check], self.exercise, self._questions.in_turn, run, same)


class PublicPhase(Phase):
    """Public cases: what they printed is shown, exceptions that are asked for are tried, a failure is made small."""

    def __init__(self, exercise: Exercise, asked: Asked, sandbox: Sandbox, budget: Budget) -> None:
        super().__init__(exercise, asked.public, sandbox, budget)
        self._raising = asked.raising

    def see(self, job: Job, ran: Run) -> None:
        """Compare what the cases gave, and keep what they printed."""
        super().see(job, ran)
        self.printed, self.cut = ran.stdout, ran.cut

    def _finish(self, run: Callable[[Job], Run], author: Author) -> None:
        self._hold_laws(run, author.properties)
        jobs = [graded_job_of(self.exercise, [case]) for case in self._raising]
        self.raises = try_raises(self._raising, each_by_itself(jobs, self.exercise, run, self._sandbox.run))
        found = smallest(self.trials)
        self.shown = smallest(self.raises) if found is None else _minimised(found, self.exercise, run, author)

    def confirm(self, sandbox: Sandbox) -> None:
        """See that what is shown goes wrong as it is told, in a process that has run nothing of the exercise before.

        Code that remembers earlier calls may not: then it is shown how it goes wrong at its second call, if it does.
        """
        shown = self.shown
        if shown is None or shown.case.raises is not None or not isinstance(shown.outcome, Returned | Raised):
            return
        if _same(self._tried(sandbox, shown, 1)[0], shown):
            return
        with sandbox.aside() as fresh:
            first, second = self._tried(fresh, shown, 2)
        if not all(isinstance(trial.outcome, Returned | Raised) for trial in (first, second)):
            return  # it came to no end in the time that is left, which shows nothing
        if not first.right:
            self.shown = first
        elif second.right:
            self.calls = 0
        else:
            self.calls, self.shown = 2, second

    def _tried(self, sandbox: Sandbox, shown: Trial, times: int) -> Sequence[Trial]:
        cases = [shown.case] * times
        ran = Budget(sandbox.run, self.exercise).run(graded_job_of(self.exercise, cases))
        return [as_told(trial, shown) for trial in try_cases(self.exercise, cases, ran.outcomes, ran.before)]


class HiddenPhase(Phase):
    """Hidden cases, which are not run where a public one ended the process."""

    def __init__(self, exercise: Exercise, asked: Asked, sandbox: Sandbox, budget: Budget, public: PublicPhase) -> None:
        super().__init__(exercise, asked.hidden, sandbox, budget)
        self._public = public

    def job(self) -> Job | None:
        """As for public ones."""
        if self._public.ended:
            self._compare(Run((NotRun(),) * len(self._questions.cases)))
            return None
        return super().job()

    def _hold(
        self, check: PropertyCheck, run: Callable[[Job], Run], properties: Mapping[str, Property], same: frozenset[str]
    ) -> Holding:
        """As for public ones, but what a law fails at here was provoked, by values that no public case had.

        If it were no verdict but a fault of ours, a submission could say something of each hidden input by it.
        """
        try:
            return super()._hold(check, run, properties, same)
        except PropertyFault as fault:
            tried = self.asked_of(PartKey("property", check.check))
            return Holding(check.check, LawFailed(str(fault)), hidden=tried, hidden_failed=1)


def _some(items: Sequence[_Item]) -> Sequence[_Item]:
    """A few, from first to last."""
    return items[:: max(1, len(items) // REPEATED)][:REPEATED]


def _same(one: Trial, other: Trial) -> bool:
    """Whether two trials of a case give the same, to the last digit of what is shown."""
    if failure(one) != failure(other):
        return False
    pairs = zip(one.comparisons, other.comparisons, strict=True)
    return all(repr(first.deviation) == repr(second.deviation) for first, second in pairs)  # NaN is NaN there


def _minimised(trial: Trial, exercise: Exercise, run: Callable[[Job], Run], author: Author) -> Trial:
    """The trial with a smaller case, or the same one if there is no reference to say what that case should give."""
    if (answers := author.answers) is None or not can_be_smaller(trial):
        return trial

    def attempt(cases: Sequence[Case]) -> list[Trial | None]:
        known = [
            replace(case, expected=expected)
            for case, expected in zip(cases, answers(exercise, cases), strict=True)
            if expected is not None
        ]
        if not known:
            return []
        ran = run(job_of(exercise, known))
        return list(try_cases(exercise, known, ran.outcomes, ran.before))

    if isinstance(trial.outcome, Raised):  # of which numbers seldom decide
        return minimise(trial, exercise, attempt)
    return telling(shortened(trial, exercise, attempt), exercise, attempt)
