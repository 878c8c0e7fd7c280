"""From an assignment's files to its case bank: load, run the reference in a sandbox of its own, freeze, store."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from grader.bank import cache, store
from grader.bank.reference import Reference
from grader.records.errors import AssignmentError, BankError, Mistake, PropertyFault, ReferenceFault
from grader.records.run import Outcome, Raised
from grader.records.verdict import ending
from grader.report.words.endings import phrase
from grader.report.words.problems import problem as problem_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.judge.properties import Property
    from grader.records.assignment import Assignment
    from grader.records.bank import CaseBank
    from grader.sandbox.api import Sandbox, WorkerPool


def bank_for(
    files: AssignmentFiles,
    pool: WorkerPool,
    progress: Callable[[str], None] | None = None,
    *,
    anew: bool = False,
    whole: bool = False,
) -> CaseBank:
    """The case bank of an assignment: from the cache, or built when its files have changed, or ``anew`` in any case.

    A damaged one is built anew. Damage to what is read later, proof and diagnostics, is found at once if ``whole``;
    that takes longer, and is for what asks for much of it. Where the cache cannot be used, the bank is built for this
    run alone. ``progress`` is told the id of each exercise as it is done, when there is anything to build.
    """
    sources = files.sources()
    folder = cache.cache_folder(files.name, sources)
    if not anew:
        with suppress(BankError):  # told below, if it still has to be built then
            if (bank := store.fetch(folder, sources, whole=whole)) is not None:
                return bank
    with cache.locked(folder):
        kept = None if anew else _kept(folder, sources, whole=whole)  # another process may have built it meanwhile
        if kept is not None:
            return kept
        bank = build(files, pool, progress)
        _keep(bank, folder)
    return bank


def _kept(folder: Path, sources: Mapping[str, str], *, whole: bool) -> CaseBank | None:
    """The bank in the cache; None if there is none, or none that can be used, which is told."""
    try:
        return store.fetch(folder, sources, whole=whole)
    except BankError as error:
        _warn(f"{error}: the case bank is made anew")
    return None


def _keep(bank: CaseBank, folder: Path) -> None:
    """Put a bank into the cache, if that can be."""
    try:
        store.save(bank, folder)
    except BankError as error:
        _warn(f"{error}: it serves this run alone; let GRADER_CACHE name a folder that can be written")
    else:
        cache.prune(folder)


def _warn(problem: str) -> None:
    import logging  # takes as long as a worker takes to start

    logging.getLogger(__name__).warning("%s", problem)


def build(files: AssignmentFiles, pool: WorkerPool, progress: Callable[[str], None] | None = None) -> CaseBank:
    """Freeze an assignment now. Raises AssignmentError with every mistake that stands in the way."""
    from grader.bank.freeze import freeze
    from grader.bank.prove import Prover
    from grader.course.load import load
    from grader.mistakes.runner import VersionRunner

    assignment = load(files.yaml)
    properties = agreed_functions(files, assignment)
    with Reference(files, pool, assignment.preload) as reference:
        sandbox = reference.sandbox
        loaded = sandbox.load()
        problem = loaded.problem or next((cell.outcome for cell in loaded.lost), None)
        if problem is not None:
            message = f"{phrase(ending(problem))} when it is imported{_message(problem)}"
            line = problem.frames[-1].line if isinstance(problem, Raised) and problem.frames else 0
            raise ReferenceFault([Mistake(str(files.reference), line, 1, "", message)])
        runner = VersionRunner(reference.submission, pool, reference.preload)
        prover = Prover(assignment, reference.source, runner, properties, str(files.reference), reference.answers)
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
            diagnostics={exercise.id: prover.diagnostics(exercise) for exercise in exercises},
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


def _hold_properties(
    files: AssignmentFiles, bank: CaseBank, properties: Mapping[str, Property], sandbox: Sandbox
) -> None:
    """Hold every property against the reference: one that it breaks would fail every student."""
    from grader.judge.properties import hold, in_turn

    mistakes = []
    for exercise in bank.manifest.assignment.exercises:
        valued = [case for case in bank.cases[exercise.id] if case.raises is None]
        phases = [[case for case in valued if case.public is public] for public in (True, False)]
        for check, cases in product(exercise.properties, phases):
            try:
                found = hold(check, properties[check.check], exercise, in_turn(cases), sandbox.run)
                problem = problem_in_words(found.problem)
            except PropertyFault as fault:
                problem = str(fault)
            if problem:
                message = f"does not hold for the reference of {exercise.id}: {problem}"
                mistakes.append(Mistake(str(files.properties), 0, 0, check.check, message))
    if mistakes:
        raise ReferenceFault(mistakes)


def _message(problem: Outcome) -> str:
    return f": {problem.message}" if isinstance(problem, Raised) and problem.message else ""
