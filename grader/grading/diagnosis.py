"""What is said of an exercise's mistake: its diagnostic cases on their way through a sandbox, and what they show."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from grader.diagnose.diagnose import diagnose, with_contradictions
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
    from grader.sandbox.api import Sandbox


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

    def job(self, diagnostics: Diagnostics, author: Author) -> Job | None:
        """The diagnostics' cases; inputs of named mistakes after them: what hangs there costs no other finding."""
        with suppress(SandboxFault), optional(self.exercise, "no mistake is named"):
            self._named = NamedQuestions(self.exercise, author.named, author.answers)
            return self._budget.limited(graded_job_of(self.exercise, [*diagnostics.asked, *self._named.cases]))
        return None

    def see(self, job: Job, ran: Run, diagnostics: Diagnostics, right: frozenset[str]) -> None:
        """Say what they show; ``right`` are functions that need no mending."""
        with suppress(SandboxFault), optional(self.exercise, "no mistake is named"):  # all marks are given already
            asked, outcomes = diagnostics.asked, self._budget.spent(job, ran).outcomes
            known = self._known(outcomes[len(asked) :])
            self.answers = {
                case.id: answer_of(outcome) for case, outcome in zip(diagnostics.cases, outcomes, strict=False)
            }
            trials = try_cases(self.exercise, asked, outcomes[: len(asked)], brief=True)
            public = self._public.trials
            self.findings = diagnose(self.exercise, diagnostics, trials, public, right, known)
            self.staffs = self.findings
            self._public.hold_against(trials)
            self.staffs = with_contradictions(self.exercise, self.findings, trials, public, self._hidden.trials)

    def _known(self, outcomes: Sequence[Outcome]) -> list[Finding]:
        """The named mistakes that it makes; what fails here costs no other finding."""
        with suppress(SandboxFault), optional(self.exercise, "no named mistake is told"):
            return self._named.findings(outcomes)
        return []


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
