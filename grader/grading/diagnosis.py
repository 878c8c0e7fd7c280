"""What is said of an exercise's mistake: its diagnostic cases on their way through a sandbox, and what they show."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from grader.grading.budget import Budget
from grader.grading.named_mistakes import NamedQuestions
from grader.grading.phase import graded_job_of
from grader.judge.trials import try_cases
from grader.records.answers import answer_of
from grader.records.errors import BankError, GraderError, SandboxFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.grading.phase import Author, HiddenPhase, PublicPhase
    from grader.records.answers import CaseAnswer
    from grader.records.assignment import Exercise
    from grader.records.bank import Diagnostics
    from grader.records.finding import Finding
    from grader.records.run import Job, Outcome, Run
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox


class SeenAnswers(NamedTuple):
    """What a diagnosis rests on: ``trials`` of diagnostic cases, and the ``public`` ones as they were before.

    ``named`` are the named mistakes that it makes, ``outcomes`` those of all that was run for it.
    """

    diagnostics: Diagnostics
    trials: tuple[Trial, ...]
    public: tuple[Trial, ...]
    named: Sequence[Finding]
    outcomes: Sequence[Outcome]


class Diagnosis:
    """The findings on an exercise, none before its diagnostic cases have run. A ``fault`` of ours leaves it at that."""

    def __init__(self, exercise: Exercise, public: PublicPhase, hidden: HiddenPhase, sandbox: Sandbox) -> None:
        self.exercise = exercise
        self.fault: GraderError | None = None
        self.findings: tuple[Finding, ...] = ()
        self.staffs: tuple[Finding, ...] = ()  # the same, where hidden cases have their say
        self.answers: Mapping[str, CaseAnswer] = {}  # to the diagnostic cases
        self._public, self._hidden = public, hidden
        self._budget = Budget(sandbox.run, exercise)
        self._named = NamedQuestions(exercise, (), None)
        self._diagnostics: Diagnostics | None = None
        self._seen: SeenAnswers | None = None
        self._concluded_for: frozenset[str] | None = None  # those of its functions that are right elsewhere

    def carried_over(self, public: PublicPhase, hidden: HiddenPhase, sandbox: Sandbox) -> Diagnosis:
        """The same on its way through another grading, in which its cases give what they gave."""
        found = copy(self)
        found._public, found._hidden = public, hidden  # noqa: SLF001 - of its own class
        found._budget = Budget(sandbox.run, self.exercise)  # noqa: SLF001 - of its own class
        return found

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """Those of all that was run for it."""
        return self._seen.outcomes if self._seen is not None else ()

    def job(self, diagnostics: Mapping[str, Diagnostics], author: Author) -> Job | None:
        """The diagnostics' cases, None where they have run or there are none.

        Inputs of named mistakes come after them: what hangs there costs no other finding.
        """
        with suppress(SandboxFault), optional(self.exercise, "no mistake is named"):
            self._diagnostics = None if self._seen else diagnostics.get(self.exercise.id)
            if self._diagnostics is not None:
                self._named = NamedQuestions(self.exercise, author.named, author.answers)
                asked = [*self._diagnostics.asked, *self._named.cases]
                return self._budget.limited(graded_job_of(self.exercise, asked))
        return None

    def see(self, job: Job, ran: Run, right: frozenset[str]) -> None:
        """Keep what they show, and say it; ``right`` are functions that need no mending."""
        with suppress(SandboxFault), optional(self.exercise, "no mistake is named"):  # all marks are given already
            assert self._diagnostics is not None, "they were asked"
            asked, outcomes = self._diagnostics.asked, self._budget.spent(job, ran).outcomes
            known = self._known(outcomes[len(asked) :])
            self.answers = {
                case.id: answer_of(outcome) for case, outcome in zip(self._diagnostics.cases, outcomes, strict=False)
            }
            trials = try_cases(self.exercise, asked, outcomes[: len(asked)], brief=True)
            self._seen = SeenAnswers(self._diagnostics, trials, self._public.trials, known, outcomes)
            self._conclude(self._seen, right)

    def conclude(self, right: frozenset[str]) -> None:
        """Say what was seen in an earlier grading, where it may not be the same as it was then."""
        with suppress(SandboxFault), optional(self.exercise, "no mistake is named"):
            if self._seen is not None and self._concluded_for != right & _functions(self._seen.diagnostics):
                self._conclude(self._seen, right)

    def _conclude(self, seen: SeenAnswers, right: frozenset[str]) -> None:
        from grader.diagnose.diagnose import diagnose, with_contradictions  # of no use to who is right

        self.findings, self.staffs, self._concluded_for = (), (), None
        told = (seen.trials, seen.public)
        self.findings = diagnose(self.exercise, seen.diagnostics, *told, right, seen.named)
        self.staffs = self.findings
        self._public.hold_against(seen.trials)
        self.staffs = with_contradictions(self.exercise, self.findings, *told, self._hidden.trials)
        self._concluded_for = right & _functions(seen.diagnostics)

    def _known(self, outcomes: Sequence[Outcome]) -> list[Finding]:
        """The named mistakes that it makes; what fails here costs no other finding."""
        with suppress(SandboxFault), optional(self.exercise, "no named mistake is told"):
            return self._named.findings(outcomes)
        return []


def _functions(diagnostics: Diagnostics) -> frozenset[str]:
    """Those of which it matters to a diagnosis whether they are right elsewhere."""
    return frozenset(mistake.function for mistake in diagnostics.mistakes)


@contextmanager
def optional(exercise: Exercise, missed: str = "") -> Iterator[None]:
    """Work on values that a submission chose, beyond what its cases earn: what they provoke ends this alone.

    ``missed`` is what a warning says that there is not; without it there is none.
    """
    try:
        yield
    except BankError as error:
        _warn(exercise, missed, f"{error}; the case bank is made anew on the next run")
    except GraderError:
        raise
    except Exception as error:  # noqa: BLE001 - as the docstring says
        _warn(exercise, missed, f"the grader met a {type(error).__name__}")


def _warn(exercise: Exercise, missed: str, why: str) -> None:
    import logging  # takes as long as a worker takes to start

    level = logging.WARNING if missed else logging.INFO
    logging.getLogger(__name__).log(level, "%s: %s, for %s", exercise.id, missed or "no method is credited", why)
