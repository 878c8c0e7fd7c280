"""One exercise of one submission: its public phase, its hidden phase, and what is done where they show a mistake."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.course.snippet import needed_names
from grader.diagnose.diagnose import diagnose, with_contradictions
from grader.grading.budget import Budget
from grader.grading.kept_answers import answers_of
from grader.grading.named_mistakes import NamedQuestions
from grader.grading.phase import HiddenPhase, PublicPhase, graded_job_of
from grader.grading.result import absent_names, graded, missing, ungraded, without_fault
from grader.grading.students import Told, students_result
from grader.judge.points import rule_for_all, total
from grader.judge.trials import try_cases
from grader.records.answers import answer_of
from grader.records.breaches import SourceBroken
from grader.records.errors import BankError, GraderError, PropertyFault, SandboxFault, SourceFault
from grader.records.run import Returned
from grader.records.verdict import Unearned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.grading.earlier import EarlierFunction
    from grader.grading.phase import Asked, Author
    from grader.records.answers import CaseAnswer, ExerciseAnswers
    from grader.records.assignment import Exercise
    from grader.records.bank import Diagnostics
    from grader.records.finding import Finding
    from grader.records.report import ExerciseResult
    from grader.records.run import Loaded, Outcome
    from grader.records.verdict import Part, RuleBroken, Trial
    from grader.sandbox.api import Sandbox


class Attempt:
    """An exercise on its way through grading. A fault of ours ends it, and it alone."""

    def __init__(
        self,
        exercise: Exercise,
        asked: Asked,
        sandbox: Sandbox,
        loaded: Loaded,
        names: frozenset[str],
        source: SourceBroken | SourceFault | None = None,
    ) -> None:
        """``names`` are those that any exercise of the assignment asks for.

        ``source``: how the code is not written as the exercise asks, or why that is not known.
        """
        budget = Budget(sandbox.run, exercise)
        self.exercise = exercise
        self.public = PublicPhase(exercise, asked, sandbox, budget)
        self.public.source = source if isinstance(source, SourceBroken) else None
        self.hidden = HiddenPhase(exercise, asked, sandbox, budget, self.public)
        self._sandbox = sandbox
        self._loaded = loaded
        self._names = names
        self._absent = absent_names(exercise, loaded)
        self._fault: GraderError | None = source if isinstance(source, SourceFault) else None
        self._diagnosis: tuple[Finding, ...] = ()
        self._staffs: tuple[Finding, ...] = ()  # the same, where hidden cases have their say
        self._answers: Mapping[str, CaseAnswer] = {}  # to the diagnostic cases
        self._followed: Mapping[str, tuple[str, ...]] = {}
        # Which of the earlier functions is wrong may be for hidden cases to say; these are so in public.
        self._blamed: tuple[str, ...] = ()
        self._builds_on: tuple[str, ...] = ()
        self._possible: frozenset[str] = frozenset()  # outputs whose method might be right, if it could be seen

    @property
    def can_run(self) -> bool:
        """True if the submission has what the exercise needs, and nothing of ours has failed."""
        return not self._absent and self.fault is None

    @property
    def fault(self) -> GraderError | None:
        """What of ours has failed."""
        return self.public.fault or self.hidden.fault or self._fault

    @property
    def wrong(self) -> bool:
        """True if a case returned and was wrong, so that there is something to diagnose."""
        returned = any(isinstance(trial.outcome, Returned) for trial in self._trials)
        ended = self.public.ended or self.hidden.ended
        return self.can_run and returned and not ended and any(not trial.right for trial in self._trials)

    @property
    def undiagnosed(self) -> bool:
        """True if the diagnostics' cases are to be run: by what public cases show, or because some output is wrong.

        How hidden cases came to be wrong must not matter: what is said of a mistake is for students to read.
        """
        if not self.can_run or self.public.ended:
            return False
        trials = self.public.trials
        if any(not trial.right for trial in trials):
            return any(isinstance(trial.outcome, Returned) for trial in trials)
        wrong = self.hidden.broken is not None or any(not trial.right for trial in self.hidden.trials)
        return wrong and self._broken is None and bool(self.exercise.outputs)

    @property
    def _broken(self) -> RuleBroken | SourceBroken | None:
        """The rule that costs every output in public, so that no hidden case says anything of one."""
        return rule_for_all(self.exercise, self.public.broken, self.public.source)

    def diagnose(
        self, bank: Mapping[str, Diagnostics], sandbox: Sandbox, author: Author, right: frozenset[str]
    ) -> None:
        """Run the diagnostics' cases and say what they show; ``right`` are functions that need no mending.

        Inputs of named mistakes run after them: what hangs there costs no other finding.
        """
        with suppress(SandboxFault), self._optional("no mistake is named"):  # all marks are given already
            diagnostics = bank.get(self.exercise.id)
            if diagnostics is not None:
                asked, named = diagnostics.asked, NamedQuestions(self.exercise, author.named, author.answers)
                job = graded_job_of(self.exercise, [*asked, *named.cases])
                outcomes = Budget(sandbox.run, self.exercise).run(job).outcomes
                known = self._named(named, outcomes[len(asked) :])
                self._answers = {
                    case.id: answer_of(outcome) for case, outcome in zip(diagnostics.cases, outcomes, strict=False)
                }
                trials = try_cases(self.exercise, asked, outcomes[: len(asked)], brief=True)
                public = self.public.trials
                self._diagnosis = diagnose(self.exercise, diagnostics, trials, public, right, known)
                self._staffs = self._diagnosis
                self.public.hold_against(trials)
                self._staffs = with_contradictions(self.exercise, self._diagnosis, trials, public, self.hidden.trials)

    def _named(self, questions: NamedQuestions, outcomes: Sequence[Outcome]) -> list[Finding]:
        """The named mistakes that it makes; what fails here costs no other finding."""
        with suppress(SandboxFault), self._optional("no named mistake is told"):
            return questions.findings(outcomes)
        return []

    def confirm(self, sandbox: Sandbox) -> None:
        """See that what is shown to the student goes wrong as it is told."""
        with suppress(SandboxFault), self._optional():
            self.public.confirm(sandbox)

    def build_on(self, earlier: Sequence[Attempt]) -> None:
        """Note which functions it builds on whose ``earlier`` exercises are wrong, as public cases show."""
        wrong = {attempt.exercise.id for attempt in earlier if attempt.wrong_in_public}
        if wrong and self.exercise.follow_through and self.wrong_in_public:
            from grader.grading.earlier import earlier_functions  # seldom needed

            functions = earlier_functions(self.exercise.follow_through, [attempt.exercise for attempt in earlier])
            shown = {function.name for function in functions if function.home.id in wrong}
            self._builds_on = tuple(name for name in self.exercise.follow_through if name in shown)

    def _with_earlier(self, result: ExerciseResult) -> ExerciseResult:
        """A result with the wrong functions that it builds on, unless it earned its method all the same."""
        outputs = [part for part in result.parts if part.key.kind == "output"]
        earned = all(part.right or part.followed for part in outputs)
        return replace(result, builds_on=() if earned else self._builds_on, possible=self._may_earn(result))

    def _may_earn(self, result: ExerciseResult) -> float:
        """What outputs would earn whose method nobody could see, and what earns its points beside one that did."""
        if not self._possible:
            return 0.0
        beside = (part for part in result.parts if isinstance(part.problem, Unearned))
        outputs = (part for part in result.parts if part.key.kind == "output" and part.key.name in self._possible)
        return total(part.points - part.earned for part in (*outputs, *beside))

    def follow_through(self, author: Author, earlier: Sequence[Attempt]) -> None:
        """See which outputs are wrong for reasons of functions alone that ``earlier`` exercises have shown to be."""
        broken = rule_for_all(self.exercise, self.public.broken or self.hidden.broken, self.public.source)
        if not self.exercise.follow_through or not self.can_run or broken is not None:
            return
        from grader.grading.earlier import BuiltOn, earlier_functions, own_outputs  # seldom needed, as what follows

        wrong = [attempt for attempt in earlier if attempt.wrong]
        functions = earlier_functions(self.exercise.follow_through, [attempt.exercise for attempt in earlier])
        if author.reference is None:
            blamed = _of_exercises(functions, wrong)
            self._possible = own_outputs(self.exercise) if blamed else frozenset()
            return
        from grader.grading.follow_through import follow_through

        built_on = BuiltOn(
            functions,
            wrong=frozenset(_of_exercises(functions, wrong)),
            by_themselves=frozenset(
                _of_exercises(functions, [attempt for attempt in wrong if not attempt.right_but_for_others])
            ),
        )
        try:
            with self._optional():  # of what hidden values provoke nothing is said: who reads it may be a student
                asked = (self.exercise, built_on, self._trials, self._sandbox, author.reference)
                self._followed = follow_through(*asked)
                self._blamed = self._blamed_in_public(earlier)
        except (SandboxFault, PropertyFault) as fault:
            self._fault = fault

    @property
    def right_but_for_others(self) -> bool:
        """True if all its outputs that are wrong are so for reasons of earlier functions."""
        return bool(self._followed) and all(
            found.deviation is None or found.output in self._followed
            for trial in self._trials
            for found in trial.comparisons
        )

    @property
    def right(self) -> bool:
        """True if nothing of it is wrong: what a student is told by its points."""
        phases = (self.public, self.hidden)
        broken = any(phase.broken is not None or any(law.problem for law in phase.holdings) for phase in phases)
        broken = broken or self._broken is not None
        return self.can_run and bool(self._trials) and not broken and all(trial.right for trial in self._trials)

    @property
    def wrong_in_public(self) -> bool:
        """True if a public case shows it to be wrong."""
        return any(not trial.right for trial in self.public.trials)

    def _blamed_in_public(self, earlier: Sequence[Attempt]) -> tuple[str, ...]:
        """The functions it builds on that public cases show to be wrong; where none is, all of them."""
        wrong = [attempt for attempt in earlier if attempt.wrong_in_public]
        suspected = frozenset[str]().union(*(needed_names(attempt.exercise) for attempt in wrong))
        return tuple(name for name in self.exercise.follow_through if name in suspected) or self.exercise.follow_through

    def result(self, module: str) -> ExerciseResult:
        """What the exercise earned, and why."""
        if self.fault is not None:
            return ungraded(self.exercise, self.fault)
        if self._absent:
            return missing(self.exercise, self._absent, module, self._loaded, self._names)
        found = (module, self._loaded, self._followed, self._staffs)
        return self._with_earlier(graded(self.exercise, self.public, self.hidden, *found))

    def students_result(self, result: ExerciseResult, module: str, *, counted: bool) -> ExerciseResult:
        """That result as its student may know it; ``counted``: with how many hidden cases fail."""
        if result.earned is None or not result.parts:
            return without_fault(result)
        told = {part.key: self._told(part, counted=counted) for part in result.parts}
        followed = dict.fromkeys(self._followed, self._blamed)
        found = (module, self._loaded, followed, self._diagnosis)
        return self._with_earlier(students_result(self.exercise, self.public, told, result.earned, *found))

    def unexplained(self, result: ExerciseResult, key: str) -> ExerciseAnswers | None:
        """What is kept for the staff where a result, as its student reads it, does not say what the mistake is."""
        return answers_of(result, key, self._answers)

    def _told(self, part: Part, *, counted: bool) -> Told:
        """What hidden cases may say of a part. How many a law was tried on depends on where it first failed."""
        earned = part.right or bool(part.followed)
        groups, paid = part.groups, 0.0 if earned else part.earned
        if counted:
            return Told(earned, part.hidden, part.hidden_failed, groups, paid)
        groups = tuple(replace(group, hidden_failed=None) for group in groups)
        return Told(
            earned, self.hidden.asked_of(part.key) if part.key.kind == "property" else part.hidden, None, groups, paid
        )

    @property
    def _trials(self) -> tuple[Trial, ...]:
        return self.public.trials + self.hidden.trials

    @contextmanager
    def _optional(self, missed: str = "") -> Iterator[None]:
        """Work on values that a submission chose, beyond what its cases earn: what they provoke ends this alone.

        ``missed`` is what a warning says that there is not; without it there is none.
        """
        try:
            yield
        except BankError as error:
            self._warn(missed, f"{error}; the case bank is made anew on the next run")
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - as the docstring says
            self._warn(missed, f"the grader met a {type(error).__name__}")

    def _warn(self, missed: str, why: str) -> None:
        import logging  # takes as long as a worker takes to start

        level = logging.WARNING if missed else logging.INFO
        logging.getLogger(__name__).log(
            level, "%s: %s, for %s", self.exercise.id, missed or "no method is credited", why
        )


def _of_exercises(functions: Sequence[EarlierFunction], attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Those functions that the exercises of these attempts ask for."""
    exercises = {attempt.exercise.id for attempt in attempts}
    return tuple(function.name for function in functions if function.home.id in exercises)
