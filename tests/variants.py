"""Wrong versions of single functions, held in ``tests/submissions/*.more.yaml``, each run once in files of many.

A file is a right solution in which every exercise has one of its wrong versions, so that as few files are run as an
exercise has versions. Each stands in a function of its own, whose helpers nobody else sees.
"""

from __future__ import annotations

from collections import defaultdict
from textwrap import indent
from typing import TYPE_CHECKING, NamedTuple

import yaml

from grader.records.assignment import Limits
from grader.records.run import job_of
from grader.sandbox.host import ProcessSandbox
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.records.bank import Case, CaseBank
    from grader.records.run import Outcome
    from grader.sandbox.api import WorkerPool


class Variant(NamedTuple):
    """A wrong version of the function of one exercise; ``kinds`` are the names that fit what is wrong with it."""

    name: str
    exercise: str
    mistake: str
    kinds: frozenset[str]
    faults: int
    code: str


class Tried(NamedTuple):
    """What a variant gave: on the diagnostic cases and the witnesses, on public ones, and on hidden ones."""

    variant: Variant
    diagnostic: tuple[tuple[Case, Outcome], ...]
    public: tuple[tuple[Case, Outcome], ...]
    hidden: tuple[tuple[Case, Outcome], ...]


def variants(path: Path) -> list[Variant]:
    """All that stand in a file."""
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Variant(name, each["exercise"], each["mistake"], frozenset(each["kinds"]), each.get("faults", 1), each["code"])
        for name, each in held.items()
    ]


def files_of(many: Sequence[Variant], right: str) -> Iterator[tuple[tuple[Variant, ...], str]]:
    """As few files as hold them all, each with at most one version of an exercise."""
    by_exercise = defaultdict(list)
    for variant in many:
        by_exercise[variant.exercise].append(variant)
    for index in range(max(map(len, by_exercise.values()))):
        held = tuple(each[index] for each in by_exercise.values() if index < len(each))
        yield held, right + "".join(map(_defined, held))


def _defined(variant: Variant) -> str:
    name = variant.exercise
    body = indent(f"{variant.code}\nreturn {name}", "    ")
    return f"\n\ndef wrong_{name}():\n{body}\n\n\n{name} = wrong_{name}()\n"


def tried(many: Sequence[Variant], right: str, bank: CaseBank, pool: WorkerPool, path: Path) -> Iterator[Tried]:
    """Run all variants on all cases of their exercises; ``path`` is where each file is written."""
    assignment = bank.assignment
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    for held, source in files_of(many, right):
        path.write_text(source, encoding="utf-8")
        with ProcessSandbox(read(path, assignment.module), Limits(), pool, assignment.preload) as sandbox:
            for variant in held:
                exercise = exercises[variant.exercise]
                counted = [case for case in bank.cases[exercise.id] if case.raises is None]
                cases = [*bank.diagnostics[exercise.id].asked, *counted]
                given = list(zip(cases, sandbox.run(job_of(exercise, cases)).outcomes, strict=True))
                apart = len(cases) - len(counted)
                yield Tried(
                    variant,
                    tuple(given[:apart]),
                    tuple(each for each in given[apart:] if each[0].public),
                    tuple(each for each in given[apart:] if not each[0].public),
                )
