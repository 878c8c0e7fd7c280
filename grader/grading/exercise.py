"""One exercise of one submission: its public phase, its hidden phase, and what is done where they show a mistake."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.course.snippet import needed_names
from grader.grading.budget import Budget
from grader.grading.diagnosis import Diagnosis, optional
from grader.grading.kept_answers import answers_of
from grader.grading.phase import HiddenPhase, PublicPhase
from grader.grading.result import absent_names, graded, missing, ungraded, without_fault
from grader.grading.students import Told, students_result
from grader.judge.points import rule_for_all, total
from grader.records.breaches import SourceBroken
from grader.records.errors import GraderError, PropertyFault, SandboxFault, SourceFault
from grader.records.run import OutOfMemory, Returned, TimedOut
from grader.records.verdict import Unearned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.grading.earlier import EarlierFunction
    from grader.grading.phase import Asked, Author
    from grader.records.answers import ExerciseAnswers
    from grader.records.assignment import Exercise
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
        self.diagnosis = Diagnosis(exercise, self.public, self.hidden, sandbox)
        self._sandbox = sandbox
        self._loaded = loaded
        self._names = names
        self._absent = absent_names(exercise, loaded)
        self._fault: GraderError | None = source if isinstance(source, SourceFault) else None
        self.kept = False  # from an earlier grading: what its cases showed stands
        self._followed: Mapping[str, tuple[str, ...]] = {}
        self._followed_for: tuple[frozenset[str], frozenset[str]] | None = None  # wrong functions that it was held to
        # Which of the earlier functions is wrong may be for hidden cases to say; these are so in public.
        self._blamed: tuple[str, ...] = ()
        self._builds_on: tuple[str, ...] = ()
        self._possible: frozenset[str] = frozenset()  # outputs whose method might be right, if it could be seen

    @property
    def can_run(self) -> bool:
        """True if the submission has what the exercise needs, and nothing of ours has failed."""
        return not self._absent and self.fault is None

    def carried_over(self, to: Attempt, *, followed: bool) -> Attempt:
        """The same cases' answers on their way through another grading, in which ``to`` would ask for them once more.

        ``followed``: what was found of the method stands as well, as long as the same functions are wrong.
        """
        found = copy(self)
        found.kept = True
        found.public, found.hidden = copy(self.public), copy(self.hidden)
        found.diagnosis = self.diagnosis.carried_over(found.public, found.hidden, to._sandbox)
        found._begin_again(to._sandbox, to._loaded, followed=followed)  # noqa: SLF001 - of its own class
        return found

    def _begin_again(self, sandbox: Sandbox, loaded: Loaded, *, followed: bool) -> None:
        """Be in another grading of ``loaded`` code, where what other exercises have a say in is not known yet."""
        self._sandbox, self._loaded = sandbox, loaded
        self._builds_on, self._blamed = (), ()
        if not followed:
            self._followed, self._followed_for = {}, None

    def stands(self, beside: Attempt, *, same_lines: bool) -> bool:
        """Whether its answers are those of the same code ``beside`` it; ``same_lines``: which stands where it stood."""
        able = self.can_run and beside.can_run and self.public.source == beside.public.source
        return able and (same_lines or not self._tells_lines)

    @property
    def _tells_lines(self) -> bool:
        """Whether it may tell of lines, as what raises does."""
        laws = self.public.holdings + self.hidden.holdings
        return any(law.problem for law in laws) or not all(isinstance(each, Returned) for each in self._outcomes)

    @property
    def lacks_room(self) -> bool:
        """True if there was too little of what all exercises have together: time, or memory."""
        return any(
            isinstance(each, OutOfMemory) or (isinstance(each, TimedOut) and each.scope == "submission")
            for each in self._outcomes
        )

    @property
    def _outcomes(self) -> list[Outcome]:
        trials = (*self._trials, *self.public.raises, self.public.shown, self.hidden.shown)
        return [*(trial.outcome for trial in trials if trial is not None), *self.diagnosis.outcomes]

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

    def confirm(self, sandbox: Sandbox) -> None:
        """See that what is shown to the student goes wrong as it is told."""
        with suppress(SandboxFault), optional(self.exercise):
            self.public.confirm(sandbox)

    def build_on(self, earlier: Sequence[Attempt]) -> None:
        """Note which functions it builds on whose ``earlier`` exercises are wrong, as public cases show."""
        if not self.exercise.follow_through or not self.wrong_in_public:
            return
        wrong = {attempt.exercise.id for attempt in earlier if attempt.wrong_in_public}
        if wrong:
            from grader.grading.earlier import earlier_functions  # seldom needed

            functions = earlier_functions(self.exercise.follow_through, [attempt.exercise for attempt in earlier])
            shown = {function.name for function in functions if function.home.id in wrong}
            self._builds_on = tuple(name for name in self.exercise.follow_through if name in shown)

    def _completed(self, result: ExerciseResult) -> ExerciseResult:
        """A result with names of code, and with the wrong functions that it builds on, unless it earned its method."""
        outputs = [part for part in result.parts if part.key.kind == "output"]
        earned = all(part.right or part.followed for part in outputs)
        names = tuple(sorted({*self._names, *self.exercise.inputs, *self.exercise.outputs}))
        builds_on = () if earned else self._builds_on
        return replace(result, builds_on=builds_on, possible=self._may_earn(result), names=names)

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
            with optional(self.exercise):  # of what hidden values provoke nothing is said: a student may read it
                if self._followed_for != (built_on.wrong, built_on.by_themselves):
                    self._followed, self._followed_for = {}, None
                    asked = (self.exercise, built_on, self._trials, self._sandbox, author.reference)
                    self._followed = follow_through(*asked)
                    self._followed_for = (built_on.wrong, built_on.by_themselves)
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
        found = (module, self._loaded, self._followed, self.diagnosis.staffs)
        return self._completed(graded(self.exercise, self.public, self.hidden, *found))

    def students_result(self, result: ExerciseResult, module: str, *, counted: bool) -> ExerciseResult:
        """That result as its student may know it; ``counted``: with how many hidden cases fail."""
        if result.earned is None or not result.parts:
            return without_fault(result)
        told = {part.key: self._told(part, counted=counted) for part in result.parts}
        followed = dict.fromkeys(self._followed, self._blamed)
        found = (module, self._loaded, followed, self.diagnosis.findings)
        return self._completed(students_result(self.exercise, self.public, told, result.earned, *found))

    def unexplained(self, result: ExerciseResult, key: str) -> ExerciseAnswers | None:
        """What is kept for the staff where a result, as its student reads it, does not say what the mistake is."""
        return answers_of(result, key, self.diagnosis.answers)

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


def _of_exercises(functions: Sequence[EarlierFunction], attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Those functions that the exercises of these attempts ask for."""
    exercises = {attempt.exercise.id for attempt in attempts}
    return tuple(function.name for function in functions if function.home.id in exercises)
