"""What every step of an audit uses: the bank, the wrong versions, threads, and what an interrupted audit found out.

Whatever takes long is found once, and kept beside the banks under a hash of all that it depends on: of what is about
one exercise that is the exercise and the key of its bank, of all else the assignment's files.
"""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from grader.bank import cache, compiled, garbage
from grader.bank.author_functions import author_functions
from grader.bank.plans import canonical
from grader.bank.prove import Prover
from grader.bank.reference import Reference
from grader.bank.strategies import draw, edges
from grader.course.secret import secret_of
from grader.mistakes.runner import VersionRunner
from grader.records.bank import Case, Kill
from grader.records.errors import UsageError
from grader.records.record import Record
from grader.sandbox.processors import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from grader.bank.prove import VersionSource
    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import CaseBank, WrongVersion
    from grader.sandbox.api import WorkerPool

DRAWN = 200  # further candidates of an exercise, beside its edges

_Found = TypeVar("_Found", bound=Record)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Bench:
    """One assignment with its bank. What is ``fresh`` forgets what earlier audits found out."""

    def __init__(self, files: AssignmentFiles, bank: CaseBank, pool: WorkerPool, *, fresh: bool = False) -> None:
        self.files = files
        self.bank = bank
        self.pool = pool
        self._fresh = fresh
        self._versions: dict[str, list[VersionSource]] = {}
        self._further: dict[str, list[Case]] = {}

    @property
    def assignment(self) -> Assignment:
        """As the bank was made from it."""
        return self.bank.assignment

    @cached_property
    def properties(self) -> dict[str, Callable[..., Any]]:
        """The author's functions by name."""
        return author_functions(self.files)

    @cached_property
    def seed(self) -> str:
        """What decides whatever an audit draws: no hidden case can be got from it."""
        return secret_of(self.files.root).draws(self.assignment).public

    @cached_property
    def prover(self) -> Prover:
        """Makes the wrong versions anew, as when the bank was frozen."""
        return Prover(
            self.assignment, self.source, self.runner, self.properties, str(self.files.reference), seed=self.seed
        )

    @cached_property
    def runner(self) -> VersionRunner:
        """Where they run."""
        reference = self.reference()
        return VersionRunner(reference.submission, self.pool, reference.preload)

    @cached_property
    def source(self) -> str:
        """The text of the reference."""
        return self.reference().source

    def reference(self) -> Reference:
        """The reference, to be closed."""
        return Reference(self.files, self.pool, self.assignment.preload)

    def further(self, exercise: Exercise) -> list[Case]:
        """Cases that are none of the bank's, drawn as its own were, with what the reference gives."""
        if exercise.id not in self._further:
            known = {canonical([case.sizes, case.inputs]) for case in self.bank.cases[exercise.id]}
            seed = f"{self.seed}/further"
            drawn = [*edges(exercise, seed, self.properties), *draw(exercise, DRAWN, seed, self.properties)]
            new = {one.key(): one for one in drawn if one.key() not in known}
            cases = [Case("", one.origin, False, one.sizes, one.inputs) for one in new.values()]
            with self.reference() as reference:
                answers = zip(cases, reference.answers(exercise, cases), strict=True)
            solved = [replace(case, expected=found) for case, found in answers if found is not None]
            sound = self.prover.calibrated(exercise, solved)
            self._further[exercise.id] = [case for case in sound if case is not None]
        return self._further[exercise.id]

    def versions(self, exercise: Exercise) -> dict[str, VersionSource]:
        """Each wrong version by its id. Raises UsageError where the bank was proven with other ones."""
        return {version.id: version for version in self._made(exercise)}

    def sources(self, exercise: Exercise) -> dict[str, str]:
        """Their texts."""
        return {version.id: version.source for version in self._made(exercise)}

    def proof(self, exercise: Exercise) -> tuple[WrongVersion, ...]:
        """What the bank's cases make of the wrong versions, which stand where they stand in the reference today.

        Raises UsageError as :meth:`sources` does.
        """
        lines = {version.id: version.line for version in self._made(exercise)}
        return tuple(replace(wrong, line=lines[wrong.id]) for wrong in self.bank.proof[exercise.id])

    def former(self, exercise: Exercise) -> dict[str, str]:
        """Ids of the exercise's mutants by those that they had before."""
        return {version.former: version.id for version in self._made(exercise) if version.former}

    def _made(self, exercise: Exercise) -> list[VersionSource]:
        if exercise.id not in self._versions:
            versions = self.prover.versions(exercise)
            if _changes(versions) != _changes(self.bank.proof[exercise.id]):
                raise UsageError(
                    f"the case bank of {self.files.name} was made by another version of grader, which knew other "
                    f"mistakes: run `grade build {self.files.name} --force`"
                )
            self._versions[exercise.id] = versions
        return self._versions[exercise.id]

    def value_kills(self, exercise: Exercise) -> frozenset[Kill]:
        """Whatever a version can be killed by that is a case which expects values, and no law."""
        return frozenset(Kill(case.id) for case in self.bank.cases[exercise.id] if case.raises is None)

    def told_by_values(self, exercise: Exercise, wrong: WrongVersion) -> bool:
        """Whether a case tells it by its values, rather than a required exception or a property alone."""
        return not self.value_kills(exercise).isdisjoint(wrong.killed_by)

    # ── at work ───────────────────────────────────────────────────────────────────────────────────────────────────

    def each(self, work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
        """The work done on each item, in order, on all processors."""
        with garbage.looked_for_by_hand(), ThreadPoolExecutor(max_workers=processors()) as threads:
            try:
                for found in threads.map(work, items):
                    gc.collect(1)
                    yield found
            finally:
                threads.shutdown(cancel_futures=True)  # also when whoever asked is interrupted

    def recall(self, kind: type[_Found], *on: object, of: Exercise | None = None) -> _Found | None:
        """What was found out earlier, about one exercise or all; None if nothing was, or nothing that can be read."""
        return None if self._fresh else compiled.recall(kind, self._path(kind, on, of))

    def keep(self, found: Record, *on: object, of: Exercise | None = None) -> None:
        """Keep what was found out, for an audit that comes later. Where that cannot be, it is found out again then."""
        compiled.keep(found, self._path(type(found), on, of))

    def _path(self, kind: type[Record], on: tuple[object, ...], of: Exercise | None) -> Path:
        if of is None:
            return cache.audit_file(self.files.name, [kind.__name__, on, sorted(self.bank.sources.items())])
        asked = replace(of, title="", waive=())
        return cache.audit_file(self.files.name, [kind.__name__, on, self.bank.keys[of.id], asked])


def _changes(versions: Iterable[VersionSource | WrongVersion]) -> dict[str, str]:
    """What each is: an id is a short hash of that."""
    return {version.id: version.change for version in versions}
