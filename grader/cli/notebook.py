"""``grader.check``: functions as they stand in a notebook, or at a prompt, held against the public cases.

The user's code runs where it is, in this process and with their rights, so the answer is a help and no mark. What a
saved notebook would give is another matter: cells run in another order, or a name that is no longer in any. So the
saved file is graded as well, in the sandbox, and where the two differ the card says so.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from grader.cli.amount import proposed
from grader.cli.output import problem
from grader.cli.public_cases import meant_here, only, public_cases
from grader.course.environment import take
from grader.course.note import NOTE
from grader.course.snippet import needed_names
from grader.grading.grade import grade, grade_on
from grader.records.errors import GraderError, UsageError
from grader.records.run import Submission, TimedOut
from grader.report import view
from grader.report.card import Card
from grader.report.words import card as words
from grader.report.words.written import written
from grader.sandbox.namespace import NamespaceSandbox
from grader.sandbox.open import open_pool
from grader.submission.locate import find_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.grading.bank_and_author import BankAndAuthor
    from grader.records.assignment import Assignment, Limits
    from grader.report.document import Document, WrittenExercise
    from grader.sandbox.api import WorkerPool

LOAD_SECONDS: Final = 5.0  # that a saved notebook may take; of one that takes longer nothing is said
_CELL: Final = re.compile(r"In ?\[(\d+)\]")


def check(
    names: Mapping[str, Any],
    wanted: Sequence[str | Callable[..., Any]],
    assignment: str | None = None,
    course: str | Path | None = None,
) -> Card:
    """Hold what is ``wanted`` of these names against the public cases. An error is a sentence on the card."""
    take()
    given = {_name(each): each for each in wanted if callable(each)}
    sandbox = NamespaceSandbox({**names, **given}, _cell_of)
    try:
        asked = meant_here(assignment, None, None if course is None else Path(course))
        return _checked(public_cases(asked), wanted, sandbox)
    except GraderError as error:
        return Card(problem=problem(error))
    except KeyboardInterrupt as error:
        return Card(problem=words.INTERRUPTED, frames=sandbox.interrupted_at(error))


def _checked(found: BankAndAuthor, wanted: Sequence[object], sandbox: NamespaceSandbox) -> Card:
    own = only(found, _exercises(found.bank.assignment, wanted, sandbox.names))
    assignment = own.bank.assignment
    submission = _written_in(sandbox.names) if any(each.source for each in assignment.exercises) else _UNREAD
    with open_pool(alone=True) as pool, own.author(pool) as author:
        report = view.student(grade(own.bank, submission, sandbox, author._replace(reference=None)))
        saved = _saved(own, sandbox.names, pool)
    notes = [words.slow(*sandbox.slow)] if sandbox.slow else []
    if any(each.source for each in assignment.exercises) and not submission.files:
        notes.append(words.UNREAD)
    document = written(report)
    return Card(document.exercises, (*notes, *_otherwise(document, saved), words.PRACTICE))


# ── what is tried ─────────────────────────────────────────────────────────────────────────────────────────────────


def _name(wanted: object) -> str:
    """The name that is meant; empty where it has none."""
    name = getattr(wanted, "__name__", "") if callable(wanted) else wanted
    return name if isinstance(name, str) else ""


def _exercises(assignment: Assignment, wanted: Sequence[object], names: Mapping[str, Any]) -> list[str]:
    """The exercises that are meant. Raises UsageError where none is."""
    if not wanted:
        found = [each.id for each in assignment.exercises if needed_names(each) <= names.keys()]
        if not found:
            raise UsageError(words.none_defined(assignment.id, len(assignment.exercises)))
        return found
    return [exercise for each in wanted for exercise in _meant_by(each, assignment)]


def _meant_by(wanted: object, assignment: Assignment) -> list[str]:
    """The exercise of that name, or else those that ask for a function of that name."""
    name = _name(wanted)
    if not name:
        raise UsageError('name an exercise or a function: grader.check("rnn_step")')
    ids = [each.id for each in assignment.exercises]
    found = [name] if name in ids else [each.id for each in assignment.exercises if name in needed_names(each)]
    if not found:
        raise UsageError(f"there is no exercise {name!r}: {proposed(name, ids)}")
    return found


# ── what IPython knows ────────────────────────────────────────────────────────────────────────────────────────────


def _shell() -> Any:
    """IPython's, None where this is none."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _cell_of(file: str) -> int | None:
    """The number of the cell that IPython has compiled under this name of a file."""
    told = getattr(getattr(_shell(), "compile", None), "format_code_name", lambda _: None)(file)
    number = _CELL.fullmatch(str(told[1])) if told else None
    return int(number[1]) if number else None


_UNREAD: Final = Submission(module="", files={})


def _written_in(names: Mapping[str, Any]) -> Submission:
    """The text of the names: all cells that were run, or the file that is run; no file where there is neither."""
    if _shell() is not None:
        cells = tuple(map(str, names.get("In", ())))[1:]
        return Submission(module="", files={"": "\n".join(cells)}, cells=cells)
    with suppress(OSError, UnicodeDecodeError, TypeError):
        return (
            Submission(module="", files={"": Path(names["__file__"]).read_text("utf-8")})
            if "__file__" in names
            else _UNREAD
        )
    return _UNREAD


# ── what is saved ─────────────────────────────────────────────────────────────────────────────────────────────────


def _saved(own: BankAndAuthor, names: Mapping[str, Any], pool: WorkerPool) -> tuple[str, Document] | None:
    """The saved file and what it gives, run from the top; None where there is none, or it takes too long."""
    path = _saved_at(names, own.bank.assignment.module)
    if path is None:
        return None
    exercises = [replace(each, limits=_quick(each.limits)) for each in own.bank.assignment.exercises]
    bank = replace(own.bank, assignment=replace(own.bank.assignment, exercises=tuple(exercises)))
    with suppress(GraderError):
        report = view.student(grade_on(own._replace(bank=bank), path, pool))
        ends = [report.problem, *(cell.outcome for cell in report.lost)]
        return None if any(isinstance(each, TimedOut) for each in ends) else (path.name, written(report))
    return None


def _saved_at(names: Mapping[str, Any], module: str) -> Path | None:
    """The file of this notebook, as far as Jupyter or an editor tells it; or else what ``grade`` would grade here."""
    if "__file__" in names:  # a script, which is what is saved
        return None
    for told in (names.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"), names.get("__session__")):
        if isinstance(told, str) and told.endswith(".ipynb") and Path(told).is_file():
            return Path(told)
    with suppress(GraderError):
        return find_module(Path(), module).file if Path(NOTE).is_file() else None
    return None


def _quick(limits: Limits) -> Limits:
    return replace(limits, load_seconds=min(limits.load_seconds, LOAD_SECONDS))


def _otherwise(document: Document, saved: tuple[str, Document] | None) -> Iterator[str]:
    """Where the saved file gives something else."""
    if saved is None:
        return
    file, given = saved
    for live, other in zip(document.exercises, given.exercises, strict=True):
        if other.status != "ungraded" and _verdict(live) != _verdict(other):
            yield words.saved_otherwise(file, other)


def _verdict(exercise: WrittenExercise) -> tuple[str, list[bool]]:
    return exercise.status, [part.right for part in exercise.parts]
