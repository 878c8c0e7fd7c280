"""From an assignment's files to its case bank: load, run the reference in a sandbox of its own, freeze, store.

Each exercise has a bank of its own. It is made anew when something changed that decides its cases, and no other.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec.structs import replace

from grader.bank import cache, compiled, store
from grader.bank.author_functions import agreed_functions
from grader.bank.join import join
from grader.bank.reference import Reference
from grader.course.secret import secret_of
from grader.records.bank import ExerciseBank
from grader.records.errors import BankError, Mistake, ReferenceFault
from grader.records.run import Outcome, Raised
from grader.records.verdict import ending
from grader.report.words.endings import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.bank.build_progress import BuildStep
    from grader.bank.prove import Prover
    from grader.bank.shipped import Wanted
    from grader.course.find import AssignmentFiles
    from grader.course.secret import CourseSecret, Draws
    from grader.course.wording import Path as YamlPath
    from grader.records.assignment import Assignment
    from grader.records.bank import CaseBank
    from grader.sandbox.api import Sandbox, WorkerPool


def bank_for(
    files: AssignmentFiles,
    pool: WorkerPool,
    progress: Callable[[BuildStep], None] | None = None,
    *,
    anew: bool = False,
    whole: bool = False,
) -> CaseBank:
    """The case bank of an assignment: of each exercise from the cache, or built when what decides it has changed.

    All of it is built ``anew`` in any case. What is damaged is built anew. Damage to what is read later, proof and
    diagnostics, is found at once if ``whole``; that takes longer, and is for what asks for much of it. Where the cache
    cannot be used, the bank is built for this run alone. ``progress`` is told of each exercise that is built.
    """
    sources, secret = files.sources(), secret_of(files.root)
    if not anew and (bank := _cached(files, sources, secret, whole=whole)) is not None:
        return bank
    with cache.locked(cache.build_lock(files.name, sources)):
        return _made(files, sources, secret, pool, progress, anew=anew, whole=whole)


def public_bank(files: AssignmentFiles) -> CaseBank | None:
    """The bank without hidden cases, as it was made or used last; None where it is not in the cache.

    Neither the file of the hidden cases nor the secret that they are drawn from is even read.
    """
    return _cached(files, files.sources(), None, hidden=False)


def _cached(
    files: AssignmentFiles,
    sources: Mapping[str, str],
    secret: CourseSecret | None,
    *,
    hidden: bool = True,
    whole: bool = False,
) -> CaseBank | None:
    """The bank, if all that it is made of is in the cache under these very files and this secret, or the last one."""
    known = compiled.known(files, sources, secret)
    if known is None:
        return None
    assignment, keys = known
    banks = {}
    with suppress(BankError):  # told below, if it still has to be built then
        for exercise, key in keys.exercises.items():
            found = store.fetch(cache.bank_folder(files.name, exercise, key), key, hidden=hidden, whole=whole)
            if found is None:
                return None
            banks[exercise] = found
        return join(assignment, banks, sources, keys.inputs_sha256)
    return None


def _made(
    files: AssignmentFiles,
    sources: Mapping[str, str],
    secret: CourseSecret,
    pool: WorkerPool,
    progress: Callable[[BuildStep], None] | None,
    *,
    anew: bool,
    whole: bool,
) -> CaseBank:
    """The bank, of what is in the cache and what is built. Raises AssignmentError."""
    from grader.bank.freeze import inputs_sha256

    found = _banks(files, sources, secret, pool, progress, source="nowhere" if anew else "course", whole=whole)
    inputs = inputs_sha256({exercise: bank.cases for exercise, bank in found.banks.items()})
    if found.kept:
        compiled.keep_keys(files, sources, secret, compiled.Keys(found.keys, inputs))
    return join(found.assignment, found.banks, sources, inputs)


#: Where banks are looked for first, before they are built.
_Source = Literal["course", "cache", "nowhere"]


class _Banks(NamedTuple):
    """The bank of each exercise. ``kept``: they are those to look for in the cache the next time."""

    assignment: Assignment
    keys: dict[str, str]
    banks: dict[str, ExerciseBank]
    wanted: Wanted
    kept: bool


def _banks(
    files: AssignmentFiles,
    sources: Mapping[str, str],
    secret: CourseSecret,
    pool: WorkerPool,
    progress: Callable[[BuildStep], None] | None,
    *,
    source: _Source,
    whole: bool,
) -> _Banks:
    """What comes with the course, then what the cache has, then what is built; or from a later ``source`` on."""
    from grader.bank.keys import decided
    from grader.bank.shipped import NOTHING, Wanted, shipped

    assignment = compiled.assignment_of(files, sources)
    properties = agreed_functions(files, assignment)
    draws = secret.draws(assignment)
    decisive = decided(assignment, files.read_reference(), files.properties_text(), draws)
    wanted = Wanted(decisive, assignment.draw)
    came = shipped(files, wanted, secret, pool.isolation) if source == "course" else NOTHING
    if came.remark:
        _warn(came.remark)
    keys = {name: cache.digest([key, came.sha256] if name in came.banks else key) for name, key in decisive.items()}
    folders = {exercise: cache.bank_folder(files.name, exercise, key) for exercise, key in keys.items()}
    banks = {name: replace(bank, manifest=replace(bank.manifest, key=keys[name])) for name, bank in came.banks.items()}
    if not came.sealed:
        list(_keeping(banks.values(), folders))
    if source != "nowhere":  # another process may have built it meanwhile
        banks = {**_kept_ones(keys.keys() - banks.keys(), keys, folders, whole=whole), **banks}
    if banks.keys() != keys.keys():
        building = Building(files, assignment, draws, keys, properties, pool)
        for built in _keeping(_built(building, banks.keys(), progress), folders):
            banks[built.manifest.exercise] = built
        cache.prune(*folders.values())
    # What comes along and does not fit is said each time, as the cases are others than those that were meant.
    kept = not came.sealed and not came.remark and (bool(came.banks) or not {"frozen", "sealed"} & sources.keys())
    return _Banks(assignment, keys, {exercise: banks[exercise] for exercise in keys}, wanted, kept)


def _kept_ones(
    exercises: Collection[str], keys: Mapping[str, str], folders: Mapping[str, Path], *, whole: bool
) -> dict[str, ExerciseBank]:
    """The banks of these exercises that the cache has."""
    found = {exercise: _kept(folders[exercise], keys[exercise], whole=whole) for exercise in exercises}
    return {exercise: bank for exercise, bank in found.items() if bank is not None}


def frozen_bank(
    files: AssignmentFiles,
    pool: WorkerPool,
    progress: Callable[[BuildStep], None] | None = None,
    *,
    anew: bool = False,
) -> bytes:
    """The file ``bank.frozen``, with cases drawn here. Raises UsageError where the course has those of a later draw."""
    from grader.bank.shipped import check_draw, frozen_file

    sources = files.sources()
    check_draw(files, compiled.assignment_of(files, sources).draw)
    with cache.locked(cache.build_lock(files.name, sources)):
        found = _banks(
            files, sources, secret_of(files.root), pool, progress, source="nowhere" if anew else "cache", whole=True
        )
    return frozen_file(files, found.wanted, found.banks)


def _kept(folder: Path, key: str, *, whole: bool) -> ExerciseBank | None:
    """The bank in the cache; None if there is none, or none that can be used, which is told."""
    try:
        return store.fetch(folder, key, whole=whole)
    except BankError as error:
        _warn(f"{error}: the case bank is made anew")
    return None


def _keeping(banks: Iterable[ExerciseBank], folders: Mapping[str, Path]) -> Iterator[ExerciseBank]:
    """The banks, each put into the cache as it comes; once that could not be, which is told, it is not tried again."""
    writable = True
    for bank in banks:
        writable = writable and _keep(bank, folders[bank.manifest.exercise])
        yield bank


def _keep(bank: ExerciseBank, folder: Path) -> bool:
    """Put a bank into the cache, and say whether that could be."""
    try:
        store.save(bank, folder)
    except BankError as error:
        _warn(f"{error}: it serves this run alone; let GRADER_CACHE name a folder that can be written")
        return False
    return True


def _warn(problem: str) -> None:
    import logging  # takes as long as a worker takes to start

    logging.getLogger(__name__).warning("%s", problem)


class Building(NamedTuple):
    """What banks are built of. ``keys`` names the exercises, ``properties`` are the author's functions."""

    files: AssignmentFiles
    assignment: Assignment
    draws: Draws
    keys: Mapping[str, str]
    properties: Mapping[str, Callable[..., Any]]
    pool: WorkerPool


def _built(
    building: Building, there: Collection[str], progress: Callable[[BuildStep], None] | None
) -> Iterator[ExerciseBank]:
    """The banks of the exercises that are not ``there``, as they are done; several are made at the same time.

    Raises ReferenceFault at the end, with every mistake that stands in the way of any.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    from grader.bank import garbage
    from grader.bank.build_progress import Estimate
    from grader.bank.keys import decisive
    from grader.bank.prove import Prover
    from grader.course.sampled import samples
    from grader.mistakes.runner import VersionRunner
    from grader.sandbox.processors import processors

    files, assignment = building.files, building.assignment
    mistakes: dict[int, Sequence[Mistake]] = {}
    with ExitStack() as ending:
        reference = ending.enter_context(Reference(files, building.pool, assignment.preload))
        _check_import(files, reference.sandbox)
        ending.enter_context(garbage.looked_for_by_hand())
        threads = ThreadPoolExecutor(processors())
        ending.callback(threads.shutdown, cancel_futures=True)
        # Ended before the threads, so that of an interrupted build none goes on.
        runner = ending.enter_context(VersionRunner(reference.submission, building.pool, reference.preload))
        prover = Prover(
            assignment,
            reference.source,
            runner,
            building.properties,
            str(files.reference),
            reference.answers,
            files.reference.stem,
            seed=building.draws.public,
        )
        waiting = {index: each for index, each in enumerate(assignment.exercises) if each.id not in there}
        many = {index: prover.mutants(decisive(exercise)) for index, exercise in waiting.items()}
        estimate = Estimate({exercise.id: many[index] for index, exercise in waiting.items()})

        def build(index: int) -> ExerciseBank:
            if progress is not None:
                progress(estimate.begun(waiting[index].id))
            return _build(building, index, prover, reference)

        # What takes longest is begun first, so that all are done at about the same time: each sample is many calls.
        longest = sorted(waiting, key=lambda index: (bool(samples(waiting[index])), many[index]), reverse=True)
        begun = {threads.submit(build, index): index for index in longest}
        for found in as_completed(begun):
            estimate.done(waiting[begun[found]].id)
            gc.collect(1)
            try:
                yield found.result()
            except ReferenceFault as fault:
                mistakes[begun[found]] = fault.mistakes
    if mistakes:
        raise ReferenceFault([mistake for _, found in sorted(mistakes.items()) for mistake in found])


def _build(building: Building, index: int, prover: Prover, reference: Reference) -> ExerciseBank:
    """Freeze one exercise. Raises ReferenceFault with every mistake that stands in the way."""
    from grader.bank.freeze import freeze, manifest
    from grader.bank.keys import decisive
    from grader.bank.laws import check_laws
    from grader.course.places import YamlPlaces

    assignment, properties = building.assignment, building.properties
    exercise = assignment.exercises[index]
    places = YamlPlaces(building.files)

    def place(path: YamlPath, message: str) -> Mistake:
        return places.mistake(("exercises", index, *path), message)

    found = freeze(
        assignment,
        index,
        building.draws,
        run=lambda _, job: reference.run(job),
        custom=properties,
        guide=prover,
        place=place,
    )
    cases = found.cases
    check_laws(place, exercise, cases, properties, reference.run)
    proof = prover.proof(decisive(exercise), cases)
    diagnostics = prover.diagnostics(decisive(exercise), cases)
    made = manifest(assignment, exercise.id, building.keys[exercise.id], cases)
    return ExerciseBank(made, cases, lambda: proof, lambda: diagnostics, lambda: found.sifted)


def _check_import(files: AssignmentFiles, sandbox: Sandbox) -> None:
    """Raise ReferenceFault where the reference cannot be imported."""
    loaded = sandbox.load()
    problem = loaded.problem or next((cell.outcome for cell in loaded.lost), None)
    if problem is not None:
        message = f"{phrase(ending(problem))} when it is imported{_message(problem)}"
        line = problem.frames[-1].line if isinstance(problem, Raised) and problem.frames else 0
        raise ReferenceFault([Mistake(str(files.reference), line, 1, "", message)])


def _message(problem: Outcome) -> str:
    return f": {problem.message}" if isinstance(problem, Raised) and problem.message else ""
