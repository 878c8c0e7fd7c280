"""From an assignment's files to its case bank: load, run the reference in a sandbox of its own, freeze, store."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from msgspec.structs import replace

from grader.bank import store
from grader.judge.outcomes import phrase
from grader.records.assignment import Limits
from grader.records.errors import AssignmentError, Mistake, PropertyFault, ReferenceFault
from grader.records.run import Outcome, Raised, Returned, job_of
from grader.sandbox.host import ProcessSandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.course.find import AssignmentFiles
    from grader.judge.properties import Property
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import Case, CaseBank
    from grader.records.record import Value
    from grader.records.run import Job, Run, Submission
    from grader.sandbox import Nursery, Sandbox


AUTHORS_OWN = ("grader.author",)  # what a reference may import, and a submission may not
REPLAY = "grader.mistakes.replay"  # what the reference's own process has beside it


def bank_for(
    files: AssignmentFiles, nursery: Nursery, progress: Callable[[str], None] | None = None, *, anew: bool = False
) -> CaseBank:
    """The case bank of an assignment: from the cache, or built when its files have changed, or ``anew`` in any case.

    ``progress`` is told the id of each exercise as it is done, when there is anything to build.
    """
    sources = files.sources()
    folder = store.cache_folder(files.name, sources)
    bank = None if anew else store.fetch(folder, sources)
    if bank is not None:
        return bank
    with store.locked(folder):
        bank = None if anew else store.fetch(folder, sources)  # another process may have built it meanwhile
        if bank is None:
            bank = build(files, nursery, progress)
            store.save(bank, folder)
    return bank


def build(files: AssignmentFiles, nursery: Nursery, progress: Callable[[str], None] | None = None) -> CaseBank:
    """Freeze an assignment now. Raises AssignmentError with every mistake that stands in the way."""
    from grader.bank.freeze import freeze
    from grader.bank.prove import Prover
    from grader.course.load import load
    from grader.mistakes.runner import Laboratory

    assignment = load(files.yaml)
    properties = agreed_functions(files, assignment)
    with Reference(files, nursery, assignment.preload) as reference:
        sandbox = reference.sandbox
        problem = sandbox.load().problem
        if problem is not None:
            message = f"{phrase(problem)} when it is imported{_message(problem)}"
            line = problem.frames[-1].line if isinstance(problem, Raised) and problem.frames else 0
            raise ReferenceFault([Mistake(str(files.reference), line, 1, "", message)])
        laboratory = Laboratory(reference.submission, nursery, reference.preload)
        prover = Prover(assignment, reference.source, laboratory, properties, str(files.reference), reference.answers)
        bank = freeze(
            assignment,
            sources=files.sources(),
            run=lambda _, job: sandbox.run(job),
            custom=properties,
            guide=prover,
            progress=progress,
        )
        _hold_properties(files, bank, properties, sandbox)
        exercises = bank.manifest.assignment.exercises
        return replace(
            bank,
            proof={exercise.id: prover.proof(exercise, bank.cases[exercise.id]) for exercise in exercises},
            clues={exercise.id: prover.clues(exercise) for exercise in exercises},
        )


def author_functions(files: AssignmentFiles) -> dict[str, Callable[..., Any]]:
    """The functions of ``properties.py`` by name."""
    module = files.load_properties()
    return {} if module is None else {name: value for name, value in vars(module).items() if callable(value)}


def agreed_functions(files: AssignmentFiles, assignment: Assignment) -> dict[str, Callable[..., Any]]:
    """The author's functions. Raises ReferenceFault where the files do not fit together, with every mistake."""
    from grader.course import agreement

    mistakes = agreement.of_reference(files, assignment)
    functions: dict[str, Callable[..., Any]] = {}
    try:
        functions = author_functions(files)
    except AssignmentError as error:
        mistakes += error.mistakes
    else:
        mistakes += agreement.of_properties(files, assignment, functions)
    if mistakes:
        raise ReferenceFault(mistakes)
    return functions


class Reference:
    """The reference, to be run on other inputs. Its process starts when it is first asked for something.

    It is trusted, but gets a sandbox all the same: it may hang like any program.
    """

    def __init__(self, files: AssignmentFiles, nursery: Nursery, preload: Sequence[str]) -> None:
        self._files = files
        self._nursery = nursery
        self.preload = (*preload, *AUTHORS_OWN)
        self._sandbox: ProcessSandbox | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sandbox is not None:
            self._sandbox.close()

    @property
    def sandbox(self) -> Sandbox:
        """The reference's own sandbox."""
        if self._sandbox is None:
            limits = Limits(load_seconds=60.0)
            self._sandbox = ProcessSandbox(self.submission, limits, self._nursery, (*self.preload, REPLAY))
        return self._sandbox

    def run(self, job: Job) -> Run:
        """Run a job in its process, beside :mod:`grader.mistakes.replay`."""
        return self.sandbox.run(job)

    @cached_property
    def submission(self) -> Submission:
        """Its text, with the files and data that it takes along."""
        from grader.submission import read

        return read(self._files.reference, self._files.reference.name)

    @property
    def source(self) -> str:
        """Its text."""
        return self.submission.files[self.submission.module]

    def answers(self, exercise: Exercise, cases: Sequence[Case]) -> list[dict[str, Value] | None]:
        """Outputs for each case; None where the reference raises or is not finite."""
        return [
            outcome.outputs if isinstance(outcome, Returned) and _finite(list(outcome.outputs.values())) else None
            for outcome in self.sandbox.run(job_of(exercise, cases)).outcomes
        ]


def _finite(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_finite, value))
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    return not isinstance(value, np.ndarray | np.generic | float) or bool(np.all(np.isfinite(value)))


def _hold_properties(
    files: AssignmentFiles, bank: CaseBank, properties: Mapping[str, Property], sandbox: Sandbox
) -> None:
    """Hold every property against the reference: one that it breaks would fail every student."""
    from grader.judge.properties import hold, in_turn

    mistakes = []
    for exercise in bank.manifest.assignment.exercises:
        cases = [case for case in bank.cases[exercise.id] if case.raises is None and case.public]
        for check in exercise.properties:
            try:
                problem = hold(check, properties[check.check], exercise, in_turn(cases), sandbox.run).problem
            except PropertyFault as fault:
                problem = str(fault)
            if problem:
                message = f"does not hold for the reference of {exercise.id}: {problem}"
                mistakes.append(Mistake(str(files.properties), 0, 0, check.check, message))
    if mistakes:
        raise ReferenceFault(mistakes)


def _message(problem: Outcome) -> str:
    return f": {problem.message}" if isinstance(problem, Raised) and problem.message else ""
